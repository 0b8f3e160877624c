"""Hand-over lists and control slips: what waits to be listed, what a print says."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.moments import local
from onestop.base.paging import whole_of
from onestop.base.typesetting import pdf, qr
from onestop.base.viewer import Operator, Staff
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading, turns
from onestop.letters.queries import TEMPLATES, forms_of, heads, moment_in_words, office
from onestop.letters.rules import DOTS, FormSet, Paper, Sheet, halves, numbered, set_of
from onestop.opinions.queries import questions
from onestop.opinions.queries.questions import Question
from onestop.organisation import queries as organisation
from onestop.organisation.rules import DESK_TIERS, Node
from onestop.steps.models import ControlSlip, DossierStep, HandoverItem, HandoverList, StepHold
from onestop.steps.queries.trails import of_leg, part_of, steps_of
from onestop.steps.rules import BESIDE, standing_of

MOST: Final = 500
SHOWN: Final = 100
TO_FILL_IN: Final = "…… giờ …… phút, ngày …… tháng …… năm ………"
"""The moment of a hand-over that is still to come, as form 05 has it."""


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


def pending(by: Staff) -> list[Pending]:
    """Return what the agency of `by` has handed over within the system and not listed."""
    found = (
        select(DossierStep, Dossier, _given_at())
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            DossierStep.given_by_id == by.agency_id,
            DossierStep.agency_id.is_not(None),
            DossierStep.started_at.is_not(None),
            DossierStep.finished_at.is_(None),
            DossierStep.list_id.is_(None),
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
    for one in pending(by):
        if one.dossier.code in codes:
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
    """A list as its table shows it."""

    row: HandoverList
    code: str
    giver: Node | None
    taker: Node | None
    made_by: str
    confirmed_by: str | None


def place(agency_id: int | None, at: datetime) -> Node | None:
    """Return an agency of today or before."""
    return organisation.tree_with_past(legal_date(at)).by_id(agency_id or 0)


def slip_of(dossier: Dossier) -> ControlSlip | None:
    """Return the number of a dossier's control slip, where one was printed."""
    return db.session.get(ControlSlip, dossier.id)


def lists(by: Staff, at: datetime) -> list[ListedHandover]:
    """Return the last lists that the agency of `by` gave or took, open ones first."""
    return [_listed(row, at) for row in db.session.scalars(_lists(by).limit(SHOWN))]


def every_list(by: Staff, at: datetime) -> Iterator[ListedHandover]:
    """Yield all lists that the agency of `by` gave or took, in that order."""
    return (_listed(row, at) for (row,) in whole_of(_lists(by)))


def count_lists(by: Staff) -> int:
    """Return how many lists the agency of `by` gave or took."""
    found = select(func.count()).select_from(HandoverList).where(_of_a_side(by))
    return db.session.scalar(found) or 0


def _lists(by: Staff) -> Select[HandoverList]:
    order = (HandoverList.confirmed_at.is_not(None), HandoverList.id.desc())
    return select(HandoverList).where(_of_a_side(by)).order_by(*order)


def _of_a_side(by: Staff) -> ColumnElement[bool]:
    return or_(HandoverList.giver_id == by.agency_id, HandoverList.taker_id == by.agency_id)


def by_id(list_id: int, by: Staff, at: datetime) -> ListedHandover | None:
    """Return a list that the agency of `by` gave or took."""
    row = db.session.get(HandoverList, list_id)
    if row is None or by.agency_id not in {row.giver_id, row.taker_id}:
        return None
    return _listed(row, at)


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
    """Return the PDF of a list, in Vietnamese; its confirmation stands on it once it was given.

    Both sides are called as they were when it was made.
    """
    row, forms = listed.row, set_of(legal_date(listed.row.made_at))
    giver, taker = (place(one, row.made_at) for one in (row.giver_id, row.taker_id))
    if giver is None or taker is None:
        raise ValueError("both sides of a list existed when it was made")
    title = forms.titles[Paper.HANDOVER_LIST]
    told: dict[str, Any] = _heads(giver, forms, code(row), row.made_at) | {
        "title": title,
        "title_lines": halves(title),
        "giver": _office(giver, forms.shop),
        "taker": office(taker),
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


@dataclass(frozen=True)
class Block:
    """One hand-over on a control slip: who gave, who took, when, and how the step was done.

    One still to come has no moment yet: it is signed on paper as the dossier travels.
    """

    giver: str
    taker: str
    happened_at: datetime | None = None
    giver_name: str = ""
    taker_name: str = ""
    result: str = ""
    note: str = ""


def blocks(dossier: Dossier, at: datetime) -> list[Block]:
    """Return the hand-overs of a dossier in their order; the desk gives first and takes last."""
    shop = forms_of(dossier).shop
    steps = [one for one in steps_of(dossier) if one.started_at is not None]
    takers = _takers(dossier)
    found = []
    for one in steps:
        block = _block(one, dossier, shop, takers.get(one.id), at)
        if len(of_leg(one.leg, steps)) > 1:
            block = replace(block, note=f"{block.note}, {BESIDE}")
        found.append(block)
    if found and dossier.finished_at is not None:
        last = found[-1]
        found.append(Block(last.taker, shop, dossier.finished_at, last.taker_name))
    return found


def ahead(dossier: Dossier, at: datetime) -> list[Block]:
    """Return the hand-overs still to come: leg after leg, and from the last back to the desk."""
    if dossier.finished_at is not None:
        return []
    legs: dict[int, list[str]] = {}
    steps = steps_of(dossier)
    for one in steps:
        legs.setdefault(one.leg, []).append(_taker(one, at))
    begun = max((one.leg for one in steps if one.started_at is not None), default=0)
    places = [list(dict.fromkeys(takers)) for leg, takers in legs.items() if leg >= begun]
    return [
        Block(", ".join(givers), taker)
        for givers, takers in pairwise([*places, [forms_of(dossier).shop]])
        for taker in takers
    ]


def slip_number(slip: ControlSlip, dossier: Dossier) -> str:
    """Return the number of a control slip as printed."""
    return numbered(slip.number, forms_of(dossier).symbol)


def slip_print(
    slip: ControlSlip,
    dossier: Dossier,
    *,
    address: str,
    at: datetime,
    sheet: Sheet = Sheet.A5,
) -> bytes:
    """Return the PDF of a control slip: the same bytes until the next hand-over."""
    forms = forms_of(dossier)
    tree = organisation.tree(legal_date(dossier.submitted_at))
    shop = tree.by_id(dossier.receiving_agency_id)
    if shop is None or dossier.received_at is None:
        raise ValueError("a dossier was received by an agency that existed then")
    procedure = reading.procedure_of(dossier)
    made = blocks(dossier, at)
    own = {forms.shop, made[0].taker}
    made += ahead(dossier, at)
    asked = questions.of(dossier, Operator(), at).lines
    beside = [one.taker for one in made] + [_answerer(one) for one in asked]
    title = forms.titles[Paper.CONTROL_SLIP]
    number = slip_number(slip, dossier)
    told: dict[str, Any] = heads(shop, forms, number, slip.issued_at) | {
        "title": title,
        "title_lines": halves(title),
        "code": dossier.code,
        "owner": dossier.applicant_name,
        "address": dossier.applicant_address or DOTS,
        "subject": procedure.name_vi,
        "received": moment_in_words(dossier.received_at),
        "due": moment_in_words(dossier.promised_at) if dossier.promised_at else DOTS,
        "handler": made[0].taker,
        "others": list(dict.fromkeys(one for one in beside if one not in own)),
        "status_address": address,
        "qr": qr(dossier.code),
        "sheet": str(sheet),
        "blocks": [
            {
                "giver": one.giver,
                "taker": one.taker,
                "moment": moment_in_words(one.happened_at) if one.happened_at else TO_FILL_IN,
                "giver_name": one.giver_name,
                "taker_name": one.taker_name,
                "result": one.result,
                "note": one.note,
            }
            for one in made
        ],
        "opinions": [_opinion(one) for one in asked],
    }
    moments = [one.happened_at for one in made] + [
        moment for one in asked for moment in (one.opinion.asked_at, one.opinion.ended_at)
    ]
    last = max([moment for moment in moments if moment] + [slip.issued_at])
    return pdf(TEMPLATES / "control_slip.typ", told, last)


def _opinion(line: Question) -> dict[str, Any]:
    """Return a question as the slip tells it; one that is awaited leaves room for the answer.

    An agency answers in the system or on the slip (Decree 61/2018 art. 19(5)).
    """
    it, standing = line.opinion, line.standing
    return {
        "place": _answerer(line),
        "asked": f"{moment_in_words(it.asked_at)}, {it.asked_by}",
        "due": moment_in_words(it.due_at),
        "content": it.content,
        "is_awaited": line.left is not None,
        "ended": f"{moment_in_words(it.ended_at)}, {it.said_by}" if it.ended_at else "",
        "ending": it.ending.word if it.ending else "",
        "said": it.said or "",
        "standing": standing.word if standing and line.left is None else "",
    }


def _answerer(line: Question) -> str:
    return office(line.place) if line.place else line.opinion.outsider or DOTS


def _takers(dossier: Dossier) -> dict[int, str]:
    """Return who confirmed the list on which each step came, for those that stood on one."""
    names = accounts.names()
    rows = db.session.execute(
        select(DossierStep.id, HandoverList.confirmed_by_id)
        .join(HandoverList, HandoverList.id == DossierStep.list_id)
        .where(DossierStep.dossier_id == dossier.id)
    )
    return {step_id: names.get(by or 0, "") for step_id, by in rows}


def _block(
    step: DossierStep, dossier: Dossier, shop: str, confirmed_by: str | None, at: datetime
) -> Block:
    tree, names = organisation.tree_with_past(legal_date(at)), accounts.names()
    giver = tree.by_id(step.given_by_id or dossier.receiving_agency_id)
    standing = standing_of(part_of(step, dossier), at)
    return Block(
        giver=shop if step.leg == 1 or giver is None else office(giver),
        taker=_taker(step, at),
        happened_at=step.started_at or dossier.submitted_at,
        giver_name=step.giver_name or "",
        taker_name=confirmed_by or names.get(step.account_id or 0, ""),
        result=standing.word if standing and step.finished_at else "",
        note=step.result.word if step.result else step.stage.word,
    )


def _taker(step: DossierStep, at: datetime) -> str:
    taker = place(step.agency_id, at)
    return office(taker) if taker else step.kind.word if step.kind else DOTS


def _heads(giver: Node, forms: FormSet, number: str, at: datetime) -> dict[str, Any]:
    """Return the head of a list: of the shop, or of the department below its authority."""
    line = organisation.tree_with_past(legal_date(at)).line(giver.id)
    shop = next((one for one in line if one.tier in DESK_TIERS), giver)
    above = heads(shop, forms, number, at)
    return above if shop is giver else above | {"shop_lines": halves(giver.name_vi)}


def _office(node: Node, shop: str) -> str:
    return f"{shop} {node.within('vi')}" if node.tier in DESK_TIERS else office(node)


def _listed(row: HandoverList, at: datetime) -> ListedHandover:
    tree, names = organisation.tree_with_past(legal_date(at)), accounts.names()
    return ListedHandover(
        row,
        code(row),
        tree.by_id(row.giver_id),
        tree.by_id(row.taker_id),
        names.get(row.made_by_id, ""),
        names.get(row.confirmed_by_id or 0),
    )
