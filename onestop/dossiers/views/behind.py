"""Which figure an address asks for, and in words which of the dossiers it counts."""

from collections.abc import Iterator
from datetime import date, datetime

from flask import abort, request

from onestop.base.asked import number
from onestop.base.errors import Refusal
from onestop.base.gate import viewer
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules import Channel
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period

PARTS = ("agency", "tier", "field", "procedure", "level", "channel")


def figure_asked(name: str, at: datetime) -> Figure:
    """Return the figure that the address asks for, within what the viewer may see."""
    if name not in FIGURES:
        abort(404)
    try:
        period = Period(_date("from"), _date("to"))
    except (Refusal, ValueError):
        abort(404)
    tree = organisation.tree_with_past(period.last)
    agencies = set(viewer().subtree)
    if code := request.args.get("agency"):
        node = tree.by_code(code) or abort(404)
        agencies &= tree.below(node.id)
    if code := request.args.get("desk"):
        desk = tree.by_code(code) or abort(404)
        agencies &= {desk.id}
    if tier := request.args.get("tier"):
        agencies &= {node.id for node in tree.nodes if node.tier.value == tier}
    return Figure(
        name,
        period,
        Asked(
            agency_ids=agencies,
            levels=_level(),
            channels=_channel(),
            procedure_ids=_procedures(period.last),
        ),
        at,
    )


def counted_alone(on: date) -> list[str]:
    """Return in words which dossiers alone the address counts; none of them where it counts all."""
    return list(dict.fromkeys(_narrowing(on)))


def rates_asked() -> dict[str, str]:
    """Return what the page of rates has to be asked to show the figures of the same dossiers."""
    asked = {name: request.args.get(name) for name in ("from", "to", *PARTS)}
    asked["agency"] = request.args.get("desk") or asked["agency"]
    return {name: value for name, value in asked.items() if value}


def _narrowing(on: date) -> Iterator[str]:
    asked, tree = request.args, organisation.tree_with_past(on)
    for name in ("agency", "desk"):
        if node := tree.by_code(asked.get(name, "")):
            yield node.name(language())
    if tier := Tier.known(asked.get("tier")):
        yield _(tier.word)
    yield from (
        one.name(language()) for one in catalogue.fields(on) if one.code == asked.get("field")
    )
    whole = catalogue.snapshot()
    if (code := asked.get("procedure", "")) in whole.versions:
        yield whole.as_of(code, on).name(language())
    for level in _level() or ():
        yield _("Mức độ %(level)s", level=level)
    for channel in _channel() or ():
        yield _(channel.word)


def _date(name: str) -> date:
    return date.fromisoformat(request.args.get(name, ""))


def _level() -> set[int] | None:
    asked = number(request.args.get("level"))
    return None if asked is None else {asked}


def _channel() -> set[Channel] | None:
    asked = request.args.get("channel")
    return {one for one in Channel if one.value == asked} if asked else None


def _procedures(on: date) -> set[int] | None:
    procedure, field = request.args.get("procedure"), request.args.get("field")
    if not procedure and not field:
        return None
    whole = catalogue.snapshot()
    as_they_were = (whole.as_of(code, on) for code in whole.versions)
    return {
        one.id
        for one in as_they_were
        if (not procedure or one.code == procedure) and (not field or one.field.code == field)
    }
