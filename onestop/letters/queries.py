"""The papers of a dossier: which may be printed, what each says, and its print."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import segno
from sqlalchemy import select

from onestop.base.database import db
from onestop.base.filters import local, money
from onestop.base.languages import in_language
from onestop.base.typesetting import pdf
from onestop.catalogue import queries as catalogue
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import ApplicantKind, secret
from onestop.letters.models import Letter
from onestop.letters.rules import (
    BEFORE_RECEIPT,
    DOTS,
    PREFIXES,
    FormSet,
    Paper,
    Sheet,
    caused_by,
    halves,
    items,
    masked,
    numbered,
    set_of,
)
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node

TEMPLATES: Final = Path(str(files("onestop.letters"))) / "templates" / "letters"


@dataclass(frozen=True)
class Listed:
    """A paper that a line of history causes, and the letter where it was issued."""

    entry: Entry
    paper: Paper
    title: str
    letter: Letter | None
    is_to_compare: bool

    @property
    def number(self) -> str | None:
        """Return the number as printed, of one that was issued."""
        return str(self.letter.facts["number"]) if self.letter else None


def papers(dossier: Dossier) -> list[Listed]:
    """Return the papers of a dossier in the order of its history, issued or not."""
    issued = {
        one.entry_id: one
        for one in db.session.scalars(select(Letter).where(Letter.dossier_id == dossier.id))
    }
    forms = forms_of(dossier)
    found, slips = [], reading.taken_back(dossier)
    for entry in dossier.history:
        paper = caused_by(entry.verb)
        if paper is not None and entry.seq not in slips:
            to_compare = paper in forms.to_compare
            letter = issued.get(entry.id)
            found.append(Listed(entry, paper, forms.titles[paper], letter, to_compare))
    return found


def by_line(dossier: Dossier, seq: int) -> Listed | None:
    """Return the paper that a line of a dossier's history causes, if it causes one."""
    return next((one for one in papers(dossier) if one.entry.seq == seq), None)


def newest(dossier: Dossier, paper: Paper | None) -> Listed | None:
    """Return the newest paper of a kind, or of any, that a dossier's history causes."""
    return next(
        (one for one in reversed(papers(dossier)) if paper is None or one.paper == paper), None
    )


def forms_of(dossier: Dossier) -> FormSet:
    """Return the set of forms in force when the dossier was received, or else submitted."""
    return set_of(legal_date(dossier.received_at or dossier.submitted_at))


def facts(
    dossier: Dossier, listed: Listed, number: int, *, status_address: str, at: datetime
) -> dict[str, Any]:
    """Return everything that is printed on a paper, in Vietnamese; without the look-up secret."""
    forms = forms_of(dossier)
    tree = organisation.tree(legal_date(dossier.submitted_at))
    shop = tree.by_id(dossier.receiving_agency_id)
    handler = organisation.known(dossier.handling_agency_id, tree, legal_date(at))
    if shop is None:
        raise ValueError("a dossier was received by an agency that existed then")
    procedure = catalogue.as_of(dossier.procedure_id, reading.taken_on(dossier))
    entry = listed.entry
    printed_number = numbered(number, PREFIXES.get(listed.paper, "") + forms.symbol)
    common = heads(shop, forms, printed_number, at) | {
        "title": listed.title,
        "title_lines": halves(listed.title),
        "code": dossier.code,
        "owner": dossier.applicant_name,
        "is_person": dossier.applicant_kind == ApplicantKind.PERSON,
        "address": dossier.applicant_address or DOTS,
        "phone": dossier.applicant_phone or DOTS,
        "email": dossier.applicant_email or DOTS,
        "id_number": masked(dossier.applicant_id_number),
        "subject": procedure.name_vi,
        "note": dossier.note or "",
        "handler": handler.name_vi if handler else "",
        "officer": entry.author_name,
        "happened": moment_in_words(entry.happened_at),
        "status_address": status_address,
    }
    return common | OWN[listed.paper](dossier, entry)


def heads(shop: Node, forms: FormSet, number: str, at: datetime) -> dict[str, Any]:
    """Return what stands above a paper of a shop: whose it is, its number, place and date."""
    return {
        "superior_lines": ["Ủy ban nhân dân", shop.within("vi")],
        "shop": forms.shop,
        "shop_lines": halves(forms.shop),
        "shop_name": f"{forms.shop} {shop.within('vi')}",
        "number": number,
        "dated": f"{shop.place('vi')}, {day_in_words(at)}",
    }


def printed(letter: Letter, dossier: Dossier, *, key: str, sheet: Sheet) -> bytes:
    """Return the PDF of an issued paper: the same bytes for the same sheet, whenever asked."""
    address = f"{letter.facts['status_address']}/{dossier.code}/{secret(key, dossier.nonce)}"
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    told: Mapping[str, Any] = {
        **letter.facts,
        "qr": drawn.getvalue().decode("ascii"),
        "sheet": str(sheet),
    }
    return pdf(TEMPLATES / f"{letter.paper}.typ", told, letter.issued_at)


def _receipt(dossier: Dossier, _entry: Entry) -> dict[str, Any]:
    if dossier.received_at is None or dossier.first_due_at is None:
        raise ValueError("a receipt is for a dossier that was received")
    limit = reading.limit(dossier)
    with in_language("vi"):
        fee = money(dossier.fee_vnd)
    return {
        "papers": [paper["name"] for paper in dossier.papers if paper["brought"]],
        "limit": limit.message % limit.values,
        "received": moment_in_words(dossier.received_at),
        "due": moment_in_words(dossier.first_due_at),
        "return_by": dossier.return_by.word,
        "fee": fee,
    }


def _reasons(_dossier: Dossier, entry: Entry) -> dict[str, Any]:
    return {"items": items(entry.reason), "before_receipt": entry.verb in BEFORE_RECEIPT}


def _apology(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    procedure = catalogue.as_of(dossier.procedure_id, reading.taken_on(dossier))
    old, new = (datetime.fromisoformat(str(entry.details[key])) for key in ("from", "due_at"))
    cause = next(one for one in Cause if one.value == entry.details["cause"])
    return {
        "items": items(entry.reason),
        "field": procedure.field.name_vi,
        "received": day_in_words(dossier.received_at or dossier.submitted_at),
        "was_due": moment_in_words(old),
        "due": moment_in_words(new),
        "cause": cause.word,
    }


def _stop(dossier: Dossier, entry: Entry) -> dict[str, Any]:
    # The clock of a withdrawal stopped at the request; confirming it came later (rules.md 6.5).
    ended_at = dossier.finished_at or entry.happened_at
    return {
        **_reasons(dossier, entry),
        "outcome": dossier.outcome.word if dossier.outcome else "",
        "happened": moment_in_words(ended_at),
        "confirmed": day_in_words(entry.happened_at) if ended_at != entry.happened_at else "",
    }


OWN: Final[Mapping[Paper, Callable[[Dossier, Entry], dict[str, Any]]]] = {
    Paper.RECEIPT: _receipt,
    Paper.SUPPLEMENT_REQUEST: _reasons,
    Paper.REFUSAL: _reasons,
    Paper.APOLOGY: _apology,
    Paper.STOP_NOTICE: _stop,
}


def day_in_words(moment: datetime) -> str:
    """Return a day as papers write it: "ngày 02 tháng 3 năm 2021"."""
    # Days below 10 and months below 3 have a leading 0 (Decree 30/2020, Appendix I).
    there = local(moment)
    month = f"{there.month:02}" if there.month < 3 else f"{there.month}"
    return f"ngày {there.day:02} tháng {month} năm {there.year}"


def moment_in_words(moment: datetime) -> str:
    """Return hour, minute and day as papers write them."""
    return f"{local(moment):%H giờ %M phút}, {day_in_words(moment)}"
