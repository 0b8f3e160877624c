"""The catalogue as it holds on a date, and a procedure in all its versions."""

from datetime import date
from typing import Final

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.addresses import asking
from onestop.base.clock import now
from onestop.base.gate import requires
from onestop.base.languages import language
from onestop.base.paging import Paged, page_asked
from onestop.base.permissions import Permission
from onestop.catalogue import queries
from onestop.catalogue.forms import CatalogueForm
from onestop.catalogue.queries import Wanted
from onestop.catalogue.rules.channels import LEVELS, level_word
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation
from onestop.organisation.rules import DESK_TIERS, Tier

blueprint = Blueprint("catalogue", __name__, template_folder="templates")
PAGE: Final = 50


@blueprint.get("/admin/procedures")
@requires(Permission.MANAGE_CATALOGUE)
def index() -> ResponseReturnValue:
    """Show the procedures in force on a date, today if none is asked for."""
    today = legal_date(now())
    form = CatalogueForm(request.args)
    _offer_choices(form, today)
    on = form.settle(today)
    found = [] if form.errors else queries.search(_wanted(form), on)
    return (
        render_template(
            "catalogue/index.html",
            form=form,
            on=on,
            page=Paged.of(found, page_asked(request.args.get("page", "")), PAGE),
            address=_address,
            level_word=lambda level: level_word(level, on),
        ),
        form.status,
    )


@blueprint.get("/admin/procedures/<code>")
@requires(Permission.MANAGE_CATALOGUE)
def show(code: str) -> ResponseReturnValue:
    """Show a procedure in all its versions, and which desks receive it since when."""
    versions = queries.snapshot().versions.get(code) or abort(404)
    today = legal_date(now())
    return render_template(
        "catalogue/show.html",
        versions=list(reversed(versions)),
        today=today,
        offers=queries.offer_periods(versions[0].id),
        tree=organisation.tree(today),
        level_word=level_word,
    )


def _offer_choices(form: CatalogueForm, today: date) -> None:
    everything = [("", _("Tất cả"))]
    form.tier.choices = everything + [(str(tier.value), _(tier.word)) for tier in DESK_TIERS]
    fields = queries.fields(today)
    form.field.choices = everything + [(one.code, one.name(language())) for one in fields]
    form.level.choices = everything + [(str(one), _(level_word(one, date.min))) for one in LEVELS]


def _wanted(form: CatalogueForm) -> Wanted:
    return Wanted(
        text=form.q.data or "",
        tier=Tier.of(form.tier.data) if form.tier.data else None,
        field_code=form.field.data or None,
        level=int(form.level.data) if form.level.data else None,
    )


def _address(number: int) -> str:
    return asking(url_for("catalogue.index"), page=number)
