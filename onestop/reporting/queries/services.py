"""The services that could be submitted online, and those that were."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from onestop.base.viewer import Staff
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Snapshot
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.reporting.queries import periods
from onestop.reporting.rules import Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import (
    Figures,
    Rate,
)


@dataclass(frozen=True)
class Services:
    """The services that could be submitted online in a period; `used` with what came in online."""

    used: tuple[tuple[Procedure, Figures], ...]
    unused: tuple[Procedure, ...]

    @property
    def rate(self) -> Rate:
        """Return those with at least one online dossier of all offered (rules.md 10.2)."""
        return Rate(len(self.used), len(self.used) + len(self.unused))


def services(wanted: Wanted, *, at: datetime, viewer: Staff | None = None) -> Services:
    """Return the services of level 3 or 4 that the agencies asked for offered on any day.

    Whatever channel is asked for, what counts is a dossier that came in online for them.
    """
    asked = replace(wanted, by=("procedure",), channel=None)
    report, whole = periods.rates(asked, at=at, viewer=viewer), catalogue.snapshot()
    came = {
        key["procedure"]: found for key, found in report.rows if found.received_online_3_or_above
    }
    until = min(wanted.period.last, legal_date(at))
    offered = _offered(whole, report.asked, wanted.period.first, until) | came.keys()
    named = {code: whole.as_of(code, until) for code in sorted(offered)}
    return Services(
        tuple((one, came[code]) for code, one in named.items() if code in came),
        tuple(one for code, one in named.items() if code not in came),
    )


def _offered(whole: Snapshot, asked: Asked, first: date, last: date) -> set[str]:
    """Return the codes of what could be submitted online on any day, at an agency asked for."""
    found = set()
    for code, versions in whole.versions.items():
        if asked.procedure_ids is not None and versions[0].id not in asked.procedure_ids:
            continue
        for one in versions:
            if not one.is_online or (asked.levels is not None and one.level not in asked.levels):
                continue
            begins, ends = max(first, one.valid_from), min(last, one.valid_to or last)
            if any(
                (asked.agency_ids is None or agency_id in asked.agency_ids)
                and max(begins, since) <= min(ends, stops or ends)
                for agency_id, since, stops in whole.offers.get(one.id, ())
            ):
                found.add(code)
    return found
