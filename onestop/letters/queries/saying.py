"""What a paper says: everything that is printed on it, but the look-up secret."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from onestop.accounts import queries as accounts
from onestop.base.filters import day_in_words, masked, money, number
from onestop.base.languages import in_language
from onestop.base.moments import local
from onestop.base.permissions import Permission
from onestop.base.words import capitalize_first, lower_first
from onestop.deadlines.rules.lines import PUT_OFF
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import explaining, reading
from onestop.dossiers.queries.foreseeing import time_to_supplement
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import ApplicantKind, taken_where, volume_of
from onestop.dossiers.rules.papers import copies_of, wanted
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import Outcome, Verb
from onestop.letters.queries.listing import ListedPaper, by_line, forms_of
from onestop.letters.rules import (
    BEFORE_RECEIPT,
    DOTS,
    FormSet,
    Paper,
    halves,
    in_words,
    items,
    printed_number,
    set_of,
)
from onestop.organisation import queries as organisation
from onestop.organisation.rules import DESK_TIERS, Node


def facts(
    dossier: Dossier, listed: ListedPaper, place: int, *, status_address: str, at: datetime
) -> dict[str, Any]:
    """Return everything that is printed on a paper, in Vietnamese; without the look-up secret.

    Once the shop that received has ended it is a paper of its successor, under whose name and
    number it goes out (rules.md 13.2).
    """
    tree, today = organisation.tree(legal_date(dossier.submitted_at)), legal_date(at)
    shop, forms = _issuer(dossier, at)
    handler = organisation.successor(dossier.handling_agency_id, today) or organisation.known(
        dossier.handling_agency_id, tree, today
    )
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
        "note": "; ".join(filter(None, [dossier.note, _received_elsewhere(dossier, at)])),
        "handler": office(handler) if handler else "",
        "officer": entry.author_name,
        "happened": moment_in_words(entry.happened_at),
        "head": forms.head,
    }
    own = OWN[listed.paper](dossier, entry)
    if listed.paper == Paper.RECEIPT:
        shop_name = _named(shop, forms)
        own["return_by"] = taken_where(dossier.return_by, shop_name, dossier.applicant_address)
    if listed.paper == Paper.OFFICIAL_LETTER:
        own["symbol"] = forms.symbol
    return common | own


def _issuer(dossier: Dossier, at: datetime) -> tuple[Node, FormSet]:
    """Return whose shop issues a paper, and the forms on which that one is called as it is."""
    forms, today = forms_of(dossier), legal_date(at)
    heir = organisation.successor(dossier.receiving_agency_id, today)
    return (heir, called_as_on(today, forms)) if heir else (_shop(dossier), forms)


def called_as_on(day: date, forms: FormSet) -> FormSet:
    """Return forms on which the shop that issues them is called as on a day."""
    then = set_of(day)
    return replace(forms, shop=then.shop, head=then.head, symbol=then.symbol)


def _received_elsewhere(dossier: Dossier, at: datetime) -> str:
    over = organisation.succession(dossier.receiving_agency_id, legal_date(at))
    return f"hồ sơ do {over.of.within('vi')} tiếp nhận" if over else ""


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
    # A head who records it signs it; of an officer's nobody knows yet who will.
    who = accounts.known(entry.author_id or 0, legal_date(entry.happened_at))
    said["signer"] = entry.author_name if who and who.staff.may(Permission.SIGN) else ""
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
        "amount_in_words": f"{capitalize_first(words)} đồng",
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
