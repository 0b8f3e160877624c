"""Which figure an address asks for, and in words which of the dossiers it counts."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from flask import abort, request

from onestop.base.asked import known_or_none
from onestop.base.errors import Refusal
from onestop.base.gate import viewer
from onestop.base.languages import gettext as _
from onestop.base.languages import language
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import LEVELS_TOLD, Channel
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Tier
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Period


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
    if tier := known_or_none(request.args.get("tier"), Tier.known):
        agencies &= {node.id for node in tree.nodes if node.tier == tier}
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


def counted_alone(figure: Figure, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return which dossiers alone a figure counts, as `asked` of it: by what, and which.

    Nothing where it counts them all.
    """
    told = [(_(by), say(asked[name], figure)) for name, (by, say) in PARTS.items() if name in asked]
    return [(by, which) for by, which in told if which]


def rates_asked() -> dict[str, str]:
    """Return what the page of rates has to be asked to show the figures of the same dossiers."""
    asked = {name: request.args.get(name) for name in ("from", "to", *PARTS)}
    desk = asked.pop("desk")
    asked["agency"] = desk or asked["agency"]
    return {name: value for name, value in asked.items() if value}


def _agency_said(code: str, figure: Figure) -> str:
    node = organisation.tree_with_past(figure.period.last).by_code(code)
    return node.name(language()) if node else code


def _tier_said(name: str, _figure: Figure) -> str:
    tier = Tier.known(name)
    return _(tier.word) if tier else name


def _field_said(code: str, figure: Figure) -> str:
    fields = catalogue.fields(figure.period.last)
    return next((one.name(language()) for one in fields if one.code == code), code)


def _procedure_said(code: str, figure: Figure) -> str:
    whole = catalogue.snapshot()
    known = code in whole.versions
    return whole.as_of(code, figure.period.last).name(language()) if known else code


def _level_said(_asked: str, figure: Figure) -> str:
    return ", ".join(_("Mức độ %(level)s", level=one) for one in figure.asked.levels or ())


def _channel_said(_asked: str, figure: Figure) -> str:
    return ", ".join(_(one.word) for one in figure.asked.channels or ())


PARTS: Final[dict[str, tuple[str, Callable[[str, Figure], str]]]] = {
    "agency": (N_("Đơn vị"), _agency_said),
    "desk": (N_("Quầy"), _agency_said),
    "tier": (N_("Cấp"), _tier_said),
    "field": (N_("Lĩnh vực"), _field_said),
    "procedure": (N_("Tên thủ tục"), _procedure_said),
    "level": (N_("Mức độ"), _level_said),
    "channel": (N_("Kênh"), _channel_said),
}
"""By what an address narrows a figure, and how that is said."""


def _date(name: str) -> date:
    return date.fromisoformat(request.args.get(name, ""))


def _level() -> set[int] | None:
    asked = known_or_none(request.args.get("level"), LEVELS_TOLD.get)
    return None if asked is None else {asked}


def _channel() -> set[Channel] | None:
    asked = known_or_none(request.args.get("channel"), Channel.known)
    return None if asked is None else {asked}


def _procedures(on: date) -> set[int] | None:
    procedure = request.args.get("procedure")
    field = known_or_none(request.args.get("field"), catalogue.known_field)
    if not procedure and not field:
        return None
    whole = catalogue.snapshot()
    if procedure and procedure not in whole.versions:
        abort(404)
    as_they_were = (whole.as_of(code, on) for code in whole.versions)
    return {
        one.id
        for one in as_they_were
        if (not procedure or one.code == procedure) and (not field or one.field.code == field)
    }
