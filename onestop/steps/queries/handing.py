"""Hand-over lists: what waits to be listed, what stands on them, what a print says."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import aliased

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.moments import local
from onestop.base.paging import whole_of
from onestop.base.typesetting import pdf
from onestop.base.viewer import Staff
from onestop.base.words import capitalize_first
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading, turns
from onestop.letters.queries.printing import TEMPLATES
from onestop.letters.queries.saying import heads, moment_in_words
from onestop.letters.rules import DOTS, FormSet, Paper, Sheet, halves, numbered, set_of
from onestop.organisation import queries as organisation
from onestop.organisation.rules import DESK_TIERS, Node
from onestop.steps.models import DossierStep, HandoverItem, HandoverList, StepHold
from onestop.steps.rules import giving, taking

MOST: Final = 500
SHOWN: Final = 100


@dataclass(frozen=True)
class Pending:
    """A dossier that was handed over and stands on no list, or was missed on its last one."""

    step: DossierStep
    dossier: Dossier
    given_at: datetime
    """Since when it lies with the agency that has it now; a transfer gives it anew."""
    missed: str | None = None


def lock(wanted: ColumnElement[bool]) -> None:
    """Lock the dossiers whose steps stand on lists, before anything of theirs is read."""
    turns.beside_others()
    found = select(Dossier.id).where(wanted).order_by(Dossier.id)
    db.session.execute(found.with_for_update())


def on_list(list_id: int) -> ColumnElement[bool]:
    """Return the condition that a step of a dossier stands on a list."""
    steps = select(DossierStep.dossier_id).join(
        HandoverItem, HandoverItem.step_id == DossierStep.id
    )
    return Dossier.id.in_(steps.where(HandoverItem.list_id == list_id))


def pending(by: Staff, codes: Collection[str] | None = None) -> list[Pending]:
    """Return what the agency of `by` has handed over within the system and not listed.

    Of `codes` alone, where they are told; else what has waited longest.
    """
    found = (
        select(DossierStep, Dossier, _given_at())
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            DossierStep.given_by_id.in_(by.own),
            DossierStep.agency_id.is_not(None),
            DossierStep.started_at.is_not(None),
            DossierStep.finished_at.is_(None),
            DossierStep.list_id.is_(None),
            true() if codes is None else Dossier.code.in_(codes),
        )
        .order_by(DossierStep.agency_id, DossierStep.started_at, DossierStep.id)
        .limit(MOST)
    )
    rows = db.session.execute(found).all()
    ids = [step.id for step, _, _ in rows]
    told = select(HandoverItem.step_id, HandoverItem.missed).where(
        HandoverItem.step_id.in_(ids), HandoverItem.missed.is_not(None)
    )
    missed = {row[0]: row[1] for row in db.session.execute(told.order_by(HandoverItem.id))}
    return [Pending(*row, missed.get(row[0].id)) for row in rows]


def by_taker(codes: Collection[str], by: Staff) -> Mapping[int, Sequence[str]]:
    """Return which of these dossiers would stand on the list of each taker."""
    found = defaultdict(list)
    for one in pending(by, codes):
        found[one.step.agency_id or 0].append(one.dossier.code)
    return found


def _given_at() -> ColumnElement[datetime]:
    of_step = StepHold.step_id == DossierStep.id
    elsewhere = StepHold.agency_id.is_distinct_from(DossierStep.agency_id)
    last = select(func.max(StepHold.id)).where(of_step, elsewhere).correlate(DossierStep)
    here = aliased(StepHold)
    since = select(func.min(here.since)).where(
        here.step_id == DossierStep.id, here.id > func.coalesce(last.scalar_subquery(), 0)
    )
    return func.coalesce(since.correlate(DossierStep).scalar_subquery(), DossierStep.started_at)


@dataclass(frozen=True)
class ListedHandover:
    """A list as its table shows it; both sides as they stood when it was made."""

    row: HandoverList
    code: str
    giver: Node | None
    taker: Node | None
    made_by: str
    confirmed_by: str | None


def place(agency_id: int | None, at: datetime) -> Node | None:
    """Return an agency of today or before."""
    return organisation.tree_with_past(legal_date(at)).by_id(agency_id or 0)


def lists(by: Staff) -> list[ListedHandover]:
    """Return the last lists that the agency of `by` gave or took, open ones first."""
    return [_listed(row) for row in db.session.scalars(_lists(by).limit(SHOWN))]


def every_list(by: Staff) -> Iterator[ListedHandover]:
    """Yield all lists that the agency of `by` gave or took, in that order."""
    return (_listed(row) for (row,) in whole_of(_lists(by)))


def count_lists(by: Staff) -> int:
    """Return how many lists the agency of `by` gave or took."""
    found = select(func.count()).select_from(HandoverList).where(_of_a_side(by))
    return db.session.scalar(found) or 0


def count_to_confirm(by: Staff) -> int:
    """Return how many lists wait for the agency of `by` to say that it has the dossiers."""
    wanted = (HandoverList.taker_id.in_(by.own), HandoverList.confirmed_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(HandoverList).where(*wanted)) or 0


def _lists(by: Staff) -> Select[HandoverList]:
    order = (HandoverList.confirmed_at.is_not(None), HandoverList.id.desc())
    return select(HandoverList).where(_of_a_side(by)).order_by(*order)


def _of_a_side(by: Staff) -> ColumnElement[bool]:
    return or_(HandoverList.giver_id.in_(by.own), HandoverList.taker_id.in_(by.own))


def by_id(list_id: int, by: Staff) -> ListedHandover | None:
    """Return a list that the agency of `by` gave or took."""
    row = db.session.get(HandoverList, list_id)
    if row is None or by.own.isdisjoint({row.giver_id, row.taker_id}):
        return None
    return _listed(row)


def code(row: HandoverList) -> str:
    """Return the number of a list as printed: one series for each giver and year."""
    return numbered(row.number, "PBG")


@dataclass(frozen=True)
class Item:
    """A dossier in its place on a list; `due_at` as it was when the list was made."""

    place: int
    dossier: Dossier
    procedure: str
    papers: int
    due_at: datetime | None
    missed: str | None = None


def items(listed: ListedHandover) -> list[Item]:
    """Return the dossiers of a list in their order."""
    rows = db.session.execute(
        select(HandoverItem, Dossier)
        .join(DossierStep, DossierStep.id == HandoverItem.step_id)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(HandoverItem.list_id == listed.row.id)
        .order_by(HandoverItem.place)
    )
    return [
        Item(
            item.place,
            dossier,
            reading.procedure_of(dossier).name_vi,
            item.papers,
            item.due_at or dossier.promised_at,  # lists made before it was kept tell today's
            item.missed,
        )
        for item, dossier in rows
    ]


def list_print(listed: ListedHandover) -> bytes:
    """Return the PDF of a list, in Vietnamese; its confirmation stands on it once it was given."""
    row, made_on = listed.row, legal_date(listed.row.made_at)
    forms = set_of(made_on)
    giver, taker = listed.giver, listed.taker
    if giver is None or taker is None:
        raise ValueError("both sides of a list existed when it was made")
    title = forms.titles[Paper.HANDOVER_LIST]
    told: dict[str, Any] = _heads(giver, forms, code(row), row.made_at) | {
        "title": title,
        "title_lines": halves(title),
        "giver": _called(giving(giver, made_on), giver),
        "taker": _called(taking(taker, giver.id), taker),
        "giver_name": listed.made_by,
        "taker_name": listed.confirmed_by or "",
        "confirmed": moment_in_words(row.confirmed_at) if row.confirmed_at else "",
        "made": moment_in_words(row.made_at),
        "sheet": str(Sheet.A4),
        "status_address": "",
        "rows": [
            {
                "place": one.place,
                "code": one.dossier.code,
                "subject": one.procedure,
                "owner": one.dossier.applicant_name,
                "papers": one.papers,
                "missed": one.missed or "",
                "due": f"{local(one.due_at):%d/%m/%Y}" if one.due_at else DOTS,
            }
            for one in items(listed)
        ],
    }
    return pdf(TEMPLATES / "handover_list.typ", told, row.confirmed_at or row.made_at)


def _heads(giver: Node, forms: FormSet, number: str, at: datetime) -> dict[str, Any]:
    """Return the head of a list: of the shop, or of the department below its authority."""
    line = organisation.tree_with_past(legal_date(at)).line(giver.id)
    shop = next((one for one in line if one.tier in DESK_TIERS), giver)
    above = heads(shop, forms, number, at)
    return above if shop is giver else above | {"shop_lines": halves(giver.name_vi)}


def _called(message: str, node: Node) -> str:
    return capitalize_first(message % {"agency": node.within("vi")})


def _listed(row: HandoverList) -> ListedHandover:
    tree, names = organisation.tree_with_past(legal_date(row.made_at)), accounts.names()
    return ListedHandover(
        row,
        code(row),
        tree.by_id(row.giver_id),
        tree.by_id(row.taker_id),
        names.get(row.made_by_id, ""),
        names.get(row.confirmed_by_id or 0),
    )
