"""The papers of a dossier: which may be printed, what each says, and its print."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from onestop.base.database import db
from onestop.base.filters import day_in_words, lower_first, masked, money, number
from onestop.base.languages import in_language
from onestop.base.moments import local
from onestop.base.typesetting import edition, pdf, qr
from onestop.deadlines.rules.lines import PUT_OFF
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.foreseeing import time_to_supplement
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import ApplicantKind, secret, taken_where, volume_of
from onestop.dossiers.rules.papers import copies_of, wanted
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.dossiers.rules.walks import FIRST_EXTENSION
from onestop.letters.models import Letter
from onestop.letters.rules import (
    BEFORE_RECEIPT,
    DOTS,
    OF_NO_CIRCULAR,
    OF_THE_DOSSIER,
    ON_WISH,
    FormSet,
    Paper,
    Sheet,
    caused_by,
    halves,
    in_words,
    items,
    printed_number,
    set_of,
)
from onestop.organisation import queries as organisation
from onestop.organisation.rules import DESK_TIERS, Node

TEMPLATES: Final = Path(str(files("onestop.letters"))) / "templates" / "letters"


@dataclass(frozen=True)
class ListedPaper:
    """A paper that a line of history causes, and the letter where it was issued."""

    entry: Entry
    paper: Paper
    title: str
    letter: Letter | None
    is_to_compare: bool
    is_first: bool

    @property
    def number(self) -> str:
        """Return the number as printed, of one that was issued and bears one."""
        return str(self.letter.facts["number"]) if self.letter else ""

    @property
    def is_laid_out_anew(self) -> bool:
        """Say whether a print is another file than the first was, though it says the same."""
        return self.letter is not None and self.letter.edition != edition_of(self.paper)

    @property
    def is_on_wish(self) -> bool:
        """Say whether it goes beside the paper of its act, where somebody wants it."""
        return self.paper in ON_WISH

    @property
    def key(self) -> str:
        """Return what tells it from the first paper of its line, in an address."""
        return "" if self.is_first else str(self.paper)


def papers(dossier: Dossier) -> list[ListedPaper]:
    """Return the papers of a dossier in the order of its history, those on wish behind them.

    None of what was a slip, nor of an extension whose date no register tells.
    """
    issued = {
        (one.entry_id, one.paper): one
        for one in db.session.scalars(select(Letter).where(Letter.dossier_id == dossier.id))
    }
    forms = forms_of(dossier)
    found, slips = [], reading.taken_back(dossier.history)
    for entry in dossier.history:
        if entry.seq in slips or entry.details.get("mark") == FIRST_EXTENSION:
            continue
        for place, paper in enumerate(caused_by(entry.verb, entry.from_state)):
            letter = issued.get((entry.id, paper))
            to_compare = paper in forms.to_compare
            title = forms.titles[paper]
            found.append(ListedPaper(entry, paper, title, letter, to_compare, is_first=not place))
    return sorted(found, key=lambda one: one.is_on_wish)


def offered(dossier: Dossier) -> list[ListedPaper]:
    """Return the papers as their page lists them: one of the whole dossier once, or as issued."""
    found = papers(dossier)
    last = {one.paper: one for one in found}
    return [
        one
        for one in found
        if one.paper not in OF_THE_DOSSIER or one.letter or one is last[one.paper]
    ]


def by_line(dossier: Dossier, seq: int, paper: str = "") -> ListedPaper | None:
    """Return a paper that a line of a dossier's history causes: the first, or the one named."""
    return next((one for one in papers(dossier) if (one.entry.seq, one.key) == (seq, paper)), None)


def newest(dossier: Dossier, paper: Paper | None) -> ListedPaper | None:
    """Return the newest paper of a kind, or of any not on wish, that a dossier's history causes."""
    wanted = [one for one in papers(dossier) if paper == one.paper or not (paper or one.is_on_wish)]
    return max(wanted, key=lambda one: one.entry.seq, default=None)


def forms_of(dossier: Dossier) -> FormSet:
    """Return the set of forms in force when the dossier was received, or else submitted."""
    return set_of(legal_date(dossier.received_at or dossier.submitted_at))


def facts(
    dossier: Dossier, listed: ListedPaper, place: int, *, status_address: str, at: datetime
) -> dict[str, Any]:
    """Return everything that is printed on a paper, in Vietnamese; without the look-up secret."""
    forms = forms_of(dossier)
    tree = organisation.tree(legal_date(dossier.submitted_at))
    shop = _shop(dossier)
    handler = organisation.known(dossier.handling_agency_id, tree, legal_date(at))
    procedure = reading.procedure_of(dossier)
    entry = listed.entry
    said = heads(shop, forms, printed_number(listed.paper, place, forms.symbol), at) | {
        "title": listed.title,
        "title_lines": halves(listed.title),
        "subject": procedure.name_vi,
        "field": procedure.field.name_vi,
        "status_address": status_address,
    }
    if listed.paper == Paper.SURVEY:
        return said  # whoever answers it stays unknown: no code, no name
    common = said | {
        "code": dossier.code,
        "owner": dossier.applicant_name,
        "is_person": dossier.applicant_kind == ApplicantKind.PERSON,
        "address": dossier.applicant_address or DOTS,
        "phone": dossier.applicant_phone or DOTS,
        "email": dossier.applicant_email or DOTS,
        "id_number": masked(dossier.applicant_id_number) if dossier.applicant_id_number else DOTS,
        "note": dossier.note or "",
        "handler": office(handler) if handler else "",
        "officer": entry.author_name,
        "happened": moment_in_words(entry.happened_at),
        "head": forms.head,
    }
    return common | OWN[listed.paper](dossier, entry)


def _shop(dossier: Dossier) -> Node:
    shop = organisation.tree(legal_date(dossier.submitted_at)).by_id(dossier.receiving_agency_id)
    if shop is None:
        raise ValueError("a dossier was received by an agency that existed then")
    return shop


def office(node: Node) -> str:
    """Return what an agency is called on paper: of a place, its people's committee."""
    return f"Ủy ban nhân dân {node.within('vi')}" if node.tier in DESK_TIERS else node.name_vi


def heads(shop: Node, forms: FormSet, bears: str, at: datetime) -> dict[str, Any]:
    """Return what stands above a paper of a shop: whose it is, its number, place and date."""
    return {
        "superior_lines": ["Ủy ban nhân dân", shop.within("vi")],
        "shop": forms.shop,
        "shop_lines": halves(forms.shop),
        "shop_name": _named(shop, forms),
        "number": bears,
        "dated": f"{shop.place('vi')}, {day_in_words(local(at))}",
    }


def _named(shop: Node, forms: FormSet) -> str:
    return f"{forms.shop} {shop.within('vi')}"


def edition_of(paper: Paper) -> str:
    """Return the edition in which a paper is laid out now."""
    return edition(_template(paper))


def _template(paper: Paper) -> Path:
    return TEMPLATES / f"{paper}.typ"


def printed(letter: Letter, dossier: Dossier, *, key: str, sheet: Sheet) -> bytes:
    """Return the PDF of an issued paper: the same bytes for the same sheet and edition."""
    address = f"{letter.facts['status_address']}/{dossier.code}/{secret(key, dossier.nonce)}"
    told = {**letter.facts, "qr": qr(address), "sheet": str(sheet)}
    return pdf(_template(letter.paper), told, letter.issued_at)


@cache
def blank_authorisation() -> bytes:
    """Return the authorisation to take a result with nothing filled in, for whoever wants one."""
    title = OF_NO_CIRCULAR[Paper.AUTHORISATION]
    nothing = (
        "owner", "address", "phone", "code", "subject", "shop_name", "due", "number", "dated",
        "status_address",
    )  # fmt: skip
    told = dict.fromkeys(nothing, "") | {
        "title": title,
        "title_lines": halves(title),
        "superior_lines": [],
        "shop_lines": [],
        "sheet": str(Sheet.A4),
    }
    return pdf(_template(Paper.AUTHORISATION), told, SAME_FOR_ALL)


SAME_FOR_ALL: Final = datetime(2020, 3, 5, tzinfo=UTC)
"""The date of a paper that has none: Decree 30/2020, so that everybody gets the same bytes."""


def _receipt(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    if dossier.received_at is None:
        raise ValueError("a receipt is for a dossier that was received")
    limit, published = reading.limit(dossier), reading.published(dossier)
    before = f"{published.message % published.values}; {SOONER} " if published else ""
    extended_by = entry.details.get("extended_by")
    more = f"; {EXTENDED % {'days': extended_by}}" if extended_by else ""
    if dossier.counts_from is not None:
        more += f"; {FROM_THE_CHECK} {moment_in_words(dossier.counts_from)}"
    first = explaining.counted(dossier).days[0]
    if first.reason in PUT_OFF:
        more += f"; {lower_first(first.reason % first.values).rstrip('.')}"
    with in_language("vi"):
        fee = money(dossier.fee_vnd)
    return {
        **_brought(dossier),
        "book": [volume_of(legal_date(dossier.received_at)), f"{dossier.book_number:02}"],
        "sets": f"{dossier.sets:02}",
        "limit": before + limit.message % limit.values + more,
        "received": moment_in_words(dossier.received_at),
        "due": _promised(dossier, entry),
        "fee": fee,
        "return_by": taken_where(
            dossier.return_by, _named(_shop(dossier), forms_of(dossier)), dossier.applicant_address
        ),
    }


def _promised(dossier: Dossier, entry: Entry) -> str:
    # What its own line promised: an extension has a line, and a slip, of its own.
    promised = entry.details.get("due_at")
    if promised is not None:
        return moment_in_words(datetime.fromisoformat(str(promised)))
    if dossier.first_due_at is not None:
        return moment_in_words(dossier.first_due_at)
    return f"Hẹn khi cơ quan mở cửa lại (đóng cửa theo {entry.details.get('order', DOTS)})"


SOONER: Final = "hẹn sớm hơn, trong"
FROM_THE_CHECK: Final = "tính từ khi hết 8 giờ kiểm tra hồ sơ trực tuyến,"
EXTENDED: Final = "kéo dài thêm %(days)s ngày làm việc (Nghị định số 23/2015/NĐ-CP)"


def _brought(dossier: Dossier) -> dict[str, Any]:
    brought = [paper for paper in dossier.papers if paper["brought"]]
    return {
        "papers": [paper["name"] for paper in brought],
        "copies": [copies_of(paper) for paper in brought],
    }


def _supplement(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    lines = items(entry.reason)
    whys = [line for line in lines if line.startswith(WHY)]
    asked = [wanted(line) for line in lines if line not in whys]
    said = _reasons(dossier, entry) | {
        "items": [one.name for one in asked],
        "amounts": [one.amounts for one in asked],
        "why": "; ".join(line.removeprefix(WHY).strip() for line in whys),
        "basis": "; ".join(reading.procedure_of(dossier).legal_basis),
    }
    if said["before_receipt"]:
        return said | {"until": ""}
    return said | {
        "until": day_in_words(local(time_to_supplement(dossier, entry.happened_at).due_at))
    }


WHY: Final = "Lý do:"
"""How a line begins that is no paper asked for, but why (form 02)."""


def _reasons(_dossier: Dossier, entry: Entry) -> dict[str, Any]:
    return {"items": items(entry.reason), "before_receipt": entry.verb in BEFORE_RECEIPT}


def _refusal(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    said, told = _reasons(dossier, entry), entry.details
    # An earlier register, and a line written before grounds were asked for, tell none.
    if chosen := told.get("ground"):
        ground = Ground.of(str(chosen))
        said["ground"] = [ground.number, ground.word]
    if code := told.get("competent_agency"):
        tree = organisation.tree_with_past(legal_date(entry.happened_at))
        said["competent"] = office(node) if (node := tree.by_code(str(code))) else str(code)
    return said


def _apology(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    old, new = (datetime.fromisoformat(str(entry.details[key])) for key in ("from", "due_at"))
    cause = Cause.of(str(entry.details["cause"]))
    return {
        "items": items(entry.reason),
        "received": day_in_words(local(dossier.received_at or dossier.submitted_at)),
        "was_due": moment_in_words(old),
        "due": moment_in_words(new),
        "cause": cause.word,
    }


def _stop(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    # The clock of a withdrawal stopped at the request; confirming it came later (rules.md 6.5).
    ended_at = dossier.finished_at or entry.happened_at
    is_confirmed_later = ended_at != entry.happened_at
    return {
        **_reasons(dossier, entry),
        # The notice says already that the office stops; only that the applicant wished it is news.
        "outcome": Outcome.WITHDRAWN.word if dossier.outcome == Outcome.WITHDRAWN else "",
        "happened": moment_in_words(ended_at),
        "confirmed": day_in_words(local(entry.happened_at)) if is_confirmed_later else "",
    }


def _letter(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    forms = forms_of(dossier)
    slip = by_line(dossier, entry.seq)
    articles = forms.articles.get(entry.verb, "")
    return {
        **_refusal(dossier, entry),
        "received": day_in_words(local(dossier.received_at or dossier.submitted_at)),
        "basis": f"{articles} {forms.decree}".strip(),
        "matter": MATTERS[entry.verb],
        "slip_number": slip.number if slip else "",
        "symbol": forms.symbol,
    }


MATTERS: Final = {
    Verb.REFUSE_AT_INTAKE: "từ chối tiếp nhận",
    Verb.REFUSE: "từ chối giải quyết",
}


def _fee(_dossier: Dossier, entry: Entry) -> dict[str, Any]:
    amount = int(str(entry.details["amount_vnd"]))
    with in_language("vi"):
        figures = number(amount)
    words = in_words(amount)
    return {
        "amount": f"{figures} đồng",
        "amount_in_words": f"{words[:1].upper()}{words[1:]} đồng",
        "notice": entry.details["notice"],
        "asked": moment_in_words(entry.happened_at),
    }


NOT_ASKED_HERE: Final = dict.fromkeys(("amount", "amount_in_words", "notice", "asked"), DOTS)
"""Of a sum that another register asked for: what was paid is written in by hand."""


def _payment(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    slips = reading.taken_back(dossier.history)
    asked = [
        one
        for one in dossier.history
        if one.verb == Verb.ASK_PAYMENT and one.seq < entry.seq and one.seq not in slips
    ]
    said = _fee(dossier, asked[-1]) if asked else NOT_ASKED_HERE
    due_at = entry.details.get("due_at") if entry.verb == Verb.NOTE_PAYMENT else None
    return said | {
        "proof": entry.details.get("proof") or DOTS,
        "due": moment_in_words(datetime.fromisoformat(str(due_at))) if due_at else "",
    }


def _withdrawal(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    asked = next(one for one in reversed(dossier.history) if one.verb == Verb.ASK_WITHDRAWAL)
    return {
        "items": items(asked.reason),
        **_brought(dossier),
        "received": moment_in_words(dossier.received_at or dossier.submitted_at),
        "asked": moment_in_words(dossier.finished_at or entry.happened_at),
    }


def _authorisation(dossier: Dossier, _entry: Entry) -> dict[str, Any]:
    return {"due": moment_in_words(dossier.promised_at) if dossier.promised_at else DOTS}


OWN: Final[Mapping[Paper, Callable[[Dossier, Entry], dict[str, Any]]]] = {
    Paper.RECEIPT: _receipt,
    Paper.SUPPLEMENT_REQUEST: _supplement,
    Paper.REFUSAL: _refusal,
    Paper.APOLOGY: _apology,
    Paper.STOP_NOTICE: _stop,
    Paper.FEE_NOTICE: _fee,
    Paper.PAYMENT_NOTE: _payment,
    Paper.WITHDRAWAL_NOTE: _withdrawal,
    Paper.OFFICIAL_LETTER: _letter,
    Paper.AUTHORISATION: _authorisation,
}


def moment_in_words(moment: datetime) -> str:
    """Return hour, minute and day as papers write them."""
    return f"{local(moment):%H giờ %M phút}, {day_in_words(local(moment))}"
