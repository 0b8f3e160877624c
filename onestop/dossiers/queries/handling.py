"""Which agency a dossier goes to, on a day on which the one of its receipt may have ended."""

from datetime import date

from sqlalchemy import exists, select

from onestop.base.database import db
from onestop.catalogue import queries as catalogue
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.states import Verb
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node


def lead_of(dossier: Dossier, on: date) -> Node | None:
    """Return the agency that handles the field of a dossier on a day, or else the shop itself.

    It is that of the day of receipt, and where that has ended its successor, or else the one the
    field has by then; None where there is neither.
    """
    place = leads_from(dossier, on)
    return None if place is None else organisation.keeper(place, on)


def leads_from(dossier: Dossier, on: date) -> int | None:
    """Return the agency that has the field, or had it and left it to a successor, by its id."""
    last = catalogue.as_of(dossier.procedure_id, on).field
    today = next((one for one in catalogue.fields(on) if one.id == last.id), last)
    departments = (reading.procedure_of(dossier).department_agency_id, today.department_agency_id)
    places = (one or dossier.receiving_agency_id for one in departments)
    return next((one for one in places if organisation.keeper(one, on)), None)


def taker_of(dossier: Dossier, on: date) -> Node | None:
    """Return whom a dossier is handed over to: where it is to go, or who stands there by now.

    What was passed on to a competent agency goes to no other, though that has ended, but to its
    successor.
    """
    known = organisation.keeper(dossier.handling_agency_id, on)
    return known if known or was_passed_on(dossier) else lead_of(dossier, on)


def was_passed_on(dossier: Dossier) -> bool:
    """Say whether a dossier was passed on to the agency that is competent for it."""
    told = exists().where(Entry.dossier_id == dossier.id, Entry.verb == Verb.TRANSFER)
    return bool(db.session.scalar(select(told)))
