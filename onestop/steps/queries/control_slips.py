"""Control slips: who gave a dossier to whom, when, and who has still to get it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import dropwhile, pairwise
from typing import Any, Final

from sqlalchemy import select

from onestop.accounts import queries as accounts
from onestop.base.database import db
from onestop.base.typesetting import pdf, qr
from onestop.base.viewer import Operator
from onestop.catalogue.rules.steps import StepKind
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import Verb
from onestop.letters.queries.listing import forms_of
from onestop.letters.queries.printing import TEMPLATES
from onestop.letters.queries.saying import called_as_on, heads, moment_in_words, office
from onestop.letters.rules import DOTS, FormSet, Paper, Sheet, halves, numbered
from onestop.opinions.queries import questions
from onestop.opinions.queries.questions import Question
from onestop.organisation import queries as organisation
from onestop.steps.models import ControlSlip, DossierStep, HandoverList
from onestop.steps.queries.handing import place
from onestop.steps.queries.trails import of_leg, part_of, steps_of
from onestop.steps.rules import SIDE_BY_SIDE, standing_of

TO_FILL_IN: Final = "…… giờ …… phút, ngày …… tháng …… năm ………"
"""The moment of a hand-over that is still to come, as form 05 has it."""


def of(dossier: Dossier) -> ControlSlip | None:
    """Return the number of a dossier's control slip, where one was printed."""
    return db.session.get(ControlSlip, dossier.id)


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
    takers, passed = _takers(dossier), _passed_on(dossier, steps)
    givers = _givers(dossier, at)
    found = list[Block]()
    for one in steps:
        giver = shop if one.leg == 1 else givers.get(one.leg)
        block = _block(one, dossier, giver, takers.get(one.id), at)
        if len(of_leg(one.leg, steps)) > 1:
            block = replace(block, note=f"{block.note}, {SIDE_BY_SIDE}")
        found += _by_way_of(passed[one.id], block, at)
    if given_back := _given_back(dossier, at):
        found = sorted([*found, *given_back], key=lambda one: one.happened_at or at)
    if found and dossier.finished_at is not None:
        last = found[-1]
        found.append(Block(last.taker, shop, dossier.finished_at, last.taker_name))
    return found


def _given_back(dossier: Dossier, at: datetime) -> list[Block]:
    """Return the hand-overs to an agency that gave its step back, each with the one back from it.

    Such a step waits for its turn again and knows of them no more; the history does.
    """
    found, came = list[Block](), dict[int, Entry]()
    for line, step in _going_and_coming(dossier):
        if line.verb == Verb.SEND_TO:  # it went outside first
            came[step.leg] = line
        elif line.verb == Verb.HAND_ON and line.details.keys() & GOES:
            came[step.leg + 1] = line
        elif line.verb == Verb.GIVE_BACK:  # the line names the step that is done anew
            went = came[step.leg + 1]
            there, here = _went_to(went, at), _taker(step, at)
            found += (
                Block(here, there, went.happened_at, went.author_name, note=CAME_BACK),
                Block(there, here, line.happened_at, line.author_name, note=ANEW),
            )
    return found


def _givers(dossier: Dossier, at: datetime) -> Mapping[int, str]:
    """Return who gave the steps of each leg last: whoever did the one before, outside or not."""
    found = dict[int, str]()
    for line, step in _going_and_coming(dossier):
        if line.verb == Verb.SEND_TO:  # by whoever kept its record
            found.pop(step.leg, None)
        elif line.verb == Verb.HAND_ON:
            found[step.leg + 1] = _taker(step, at)
    return found


def _going_and_coming(dossier: Dossier) -> Iterator[tuple[Entry, DossierStep]]:
    told = select(Entry).where(Entry.dossier_id == dossier.id).order_by(Entry.seq)
    steps = {one.seq: one for one in steps_of(dossier)}
    for line in db.session.scalars(told.where(Entry.verb.in_(GOING_AND_COMING))):
        yield line, steps[int(str(line.details["step"]))]


def _went_to(line: Entry, at: datetime) -> str:
    """Return the agency to which a line of history gave a step, of this system or outside it."""
    node = organisation.tree_with_past(legal_date(at)).by_code(str(line.details.get("step_at")))
    if node:
        return office(node)
    outside: list[str] = line.details.get("step_outside", [])
    return ", ".join(StepKind.of(one).word for one in outside) or DOTS


GOING_AND_COMING: Final = (Verb.HAND_ON, Verb.SEND_TO, Verb.GIVE_BACK)
GOES: Final = frozenset({"step_at", "step_outside"})
CAME_BACK: Final = "bị trả lại"
ANEW: Final = "làm lại"


def _passed_on(dossier: Dossier, steps: Sequence[DossierStep]) -> Mapping[int, list[Entry]]:
    """Return the lines by which a dossier went to the competent agency, by the step that went."""
    told = select(Entry).where(Entry.dossier_id == dossier.id).order_by(Entry.seq)
    lines = db.session.scalars(told.where(Entry.verb.in_(PASSING))).all()
    slips, found = reading.taken_back(lines), defaultdict[int, list[Entry]](list)
    stand = (one for one in lines if one.seq not in slips)
    for line in dropwhile(lambda one: one.verb != Verb.HAND_OVER, stand):
        when = line.happened_at
        runs = [
            one.id
            for one in steps
            if one.started_at
            and one.started_at <= when
            and (one.finished_at is None or when < one.finished_at)
        ]
        if line.verb == Verb.TRANSFER and runs:
            found[runs[0]].append(line)
    return found


def _by_way_of(lines: Iterable[Entry], block: Block, at: datetime) -> Iterator[Block]:
    """Yield a hand-over, before it those to the agencies that passed the dossier on."""
    tree = organisation.tree_with_past(legal_date(at))
    for line in lines:
        node = tree.by_code(str(line.details.get("from_agency")))
        was = office(node) if node else DOTS
        yield replace(block, taker=was, taker_name="", result="", note=PASSED_ON)
        block = replace(block, giver=was, giver_name=line.author_name, happened_at=line.happened_at)
    yield block


PASSING: Final = (Verb.HAND_OVER, Verb.TRANSFER, Verb.REVERSE)
PASSED_ON: Final = "đã chuyển cơ quan có thẩm quyền"


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


def number(slip: ControlSlip, dossier: Dossier) -> str:
    """Return the number of a control slip as printed."""
    return numbered(slip.number, _forms(slip, dossier).symbol)


def _forms(slip: ControlSlip, dossier: Dossier) -> FormSet:
    """Return the forms of a slip: where a successor issued it, it is called as it was then."""
    forms = forms_of(dossier)
    is_own = slip.agency_id == dossier.receiving_agency_id
    return forms if is_own else called_as_on(legal_date(slip.issued_at), forms)


def printed(
    slip: ControlSlip,
    dossier: Dossier,
    *,
    address: str,
    at: datetime,
    sheet: Sheet = Sheet.A5,
) -> bytes:
    """Return the PDF of a control slip: the same bytes until the next hand-over."""
    forms, is_own = _forms(slip, dossier), slip.agency_id == dossier.receiving_agency_id
    tree = organisation.tree(legal_date(dossier.submitted_at if is_own else slip.issued_at))
    shop = tree.by_id(slip.agency_id)
    if shop is None or dossier.received_at is None:
        raise ValueError("a dossier was received by an agency that existed then")
    procedure = reading.procedure_of(dossier)
    made = blocks(dossier, at) + ahead(dossier, at)
    asked = questions.of(dossier, Operator(), at).lines
    handler, *others = _parts(dossier, at)
    beside = others + [_answerer(one) for one in asked]
    title = forms.titles[Paper.CONTROL_SLIP]
    told: dict[str, Any] = heads(shop, forms, number(slip, dossier), slip.issued_at) | {
        "title": title,
        "title_lines": halves(title),
        "code": dossier.code,
        "owner": dossier.applicant_name,
        "address": dossier.applicant_address or DOTS,
        "subject": procedure.name_vi,
        "received": moment_in_words(dossier.received_at),
        "due": moment_in_words(dossier.promised_at) if dossier.promised_at else DOTS,
        "handler": handler,
        "others": [one for one in dict.fromkeys(beside) if one not in {forms.shop, handler}],
        "status_address": address,
        "qr": qr(dossier.code),
        "sheet": str(sheet),
        "blocks": [_handed_over(one) for one in made],
        "opinions": [_opinion(one) for one in asked],
    }
    handed = [one.happened_at for one in made]
    said = [at for one in asked for at in (one.opinion.asked_at, one.opinion.ended_at)]
    last = max(filter(None, [*handed, *said, slip.issued_at]))
    return pdf(TEMPLATES / "control_slip.typ", told, last)


def _handed_over(block: Block) -> dict[str, Any]:
    """Return a hand-over as the slip tells it; one still to come leaves room for its moment."""
    told = asdict(block)
    at = told.pop("happened_at")
    return told | {"moment": moment_in_words(at) if at else TO_FILL_IN}


def _parts(dossier: Dossier, at: datetime) -> list[str]:
    """Return who does the steps, in their order; what ended before it began was nobody's part."""
    steps = steps_of(dossier)
    over = dossier.finished_at is not None
    return [_taker(one, at) for one in steps if one.started_at is not None or not over]


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
    step: DossierStep, dossier: Dossier, giver: str | None, confirmed_by: str | None, at: datetime
) -> Block:
    names, node = accounts.names(), place(step.given_by_id, at)
    standing = standing_of(part_of(step, dossier), at)
    return Block(
        giver=giver or (office(node) if node else DOTS),
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
