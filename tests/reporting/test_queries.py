"""A figure is what its dossiers say: from counters, from the rule, and from its list alike."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import func, select

from onestop.base.database import db
from onestop.base.errors import Refusal
from onestop.base.moments import local
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.limits import Unit
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.deadlines.rules.pauses import union
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import checks, desks, figures, reading
from onestop.dossiers.queries.desks import DeskList
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.dossiers.rules.states import Outcome
from onestop.dossiers.rules.timing import Facts, Timeliness, timeliness
from onestop.organisation import queries as organisation
from onestop.reporting.queries import counters, periods, services
from onestop.reporting.rules import KEYS, Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Figures, Period
from tests.conftest import Budget
from tests.dossiers.given import received
from tests.reporting.given import AT, BEGIN, lived

QUARTER = Period(date(2021, 1, 1), date(2021, 3, 31))
NOW = AT + timedelta(hours=1)
KEPT: Final = set(FIGURES) - {"corrected"}  # what no counter keeps: test_corrections.py


def chosen(number: int) -> list[Period]:
    chance = random.Random(11)  # noqa: S311 - test data
    found = []
    for _ in range(number):
        first = BEGIN.date() + timedelta(days=chance.randrange(-5, 100))
        found.append(Period(first, first + timedelta(days=chance.randrange(60))))
    return [QUARTER, Period(date(2021, 4, 20), date(2021, 4, 20)), *found]


def told(found: Figures) -> dict[str, int]:
    """Return the figures under the names that lists have."""
    online = found.received_online_by_level
    names = KEPT - {
        "received_online_3",
        "received_online_4",
    }
    return {
        **{name: getattr(found, name) for name in names},
        "received_online_3": online["3"],
        "received_online_4": online["4"],
    }


def counted_by_rule(period: Period, dossiers: list[Dossier], at: datetime) -> Counter[str]:
    """Count with the rules of a single dossier, as a person would with the papers on the table."""
    begins = at_local(period.first, time())
    ends = at_local(period.last + timedelta(days=1), time())
    found: Counter[str] = Counter(dict.fromkeys(KEPT, 0))
    for dossier in dossiers:
        found.update(_names(dossier, begins, ends, at))
    return found


def _names(dossier: Dossier, begins: datetime, ends: datetime, at: datetime) -> list[str]:
    facts = reading.facts(dossier)
    names = _checked(dossier, begins, ends)
    if facts.not_accepted_at and begins <= facts.not_accepted_at < ends:
        names.append("refused_at_intake")
    if facts.received_at is None:
        return names
    if begins <= facts.received_at < ends:
        names += ["received", *_online(dossier)]
        names += ["received_3_or_above"] if dossier.level in {3, 4} else []
    if facts.finished_at and begins <= facts.finished_at < ends:
        names += [*_finished(facts, facts.finished_at), *_promised(dossier)]
    if facts.received_at < begins and not (facts.finished_at and facts.finished_at < begins):
        names.append("carried")
    moment = min(ends, at)
    if facts.received_at < moment and not (facts.finished_at and facts.finished_at < moment):
        names += ["open", *_standing(facts, moment)]
    return names


def _checked(dossier: Dossier, begins: datetime, ends: datetime) -> list[str]:
    """Hold the answer to an online submission against the desk's eight working hours."""
    answered = dossier.received_at or dossier.not_accepted_at
    if dossier.channel != Channel.ONLINE or not answered or not begins <= answered < ends:
        return []
    due = local(checks.check_due(dossier.receiving_agency_id, dossier.submitted_at))
    is_late = local(answered).replace(second=0, microsecond=0) > due
    return ["checked_online", "late_intake"] if is_late else ["checked_online"]


def _promised(dossier: Dossier) -> list[str]:
    """Hold the finish against the date that was promised, as a person reads the two dates."""
    if dossier.reappointed_at is None or dossier.due_at is None or dossier.finished_at is None:
        return []
    finished, due = local(dossier.finished_at), local(dossier.due_at)
    if dossier.limit_unit == Unit.WORKING_HOUR:
        kept = finished.replace(second=0, microsecond=0) <= due
    else:
        kept = finished.date() <= due.date()
    return ["reappointed", "reappointed_kept"] if kept else ["reappointed"]


def _online(dossier: Dossier) -> list[str]:
    if dossier.channel != Channel.ONLINE:
        return []
    return [
        "received_online",
        "received_online_3_or_above",
        f"received_online_{dossier.level}",
    ]


def _finished(facts: Facts, finished_at: datetime) -> list[str]:
    kind = timeliness(facts, finished_at)
    timely = [] if kind == Timeliness.OVERDUE else ["timely"]
    special = [] if facts.outcome in {None, Outcome.GRANTED} else [str(facts.outcome)]
    return ["resolved", str(kind), *timely, *special]


def _standing(facts: Facts, moment: datetime) -> list[str]:
    begun = [one for one in union(facts.pauses) if one.begins_at < moment]
    still = tuple(
        replace(one, ends_at=None) if one.ends_at and one.ends_at >= moment else one
        for one in begun
    )
    as_it_was = replace(facts, finished_at=None, outcome=None, pauses=still)
    found = timeliness(as_it_was, moment - timedelta(microseconds=1))
    term = "open_overdue" if found == Timeliness.OPEN_OVERDUE else "open_within_term"
    return [term] + (["paused"] if any(one.ends_at is None for one in still) else [])


@pytest.fixture
def dossiers(app: Flask) -> list[Dossier]:  # noqa: ARG001 - a database
    lived()
    return list(db.session.scalars(select(Dossier)))


def test_the_counters_the_rule_and_the_lists_agree(dossiers: list[Dossier]) -> None:
    for period in chosen(24):
        found = told(periods.rates(Wanted(period), at=NOW).total)
        assert found == dict(counted_by_rule(period, dossiers, NOW)), period
        for name, count in found.items():
            condition = figures.condition(Figure(name, period, Asked(), NOW))
            statement = select(func.count()).select_from(Dossier).where(condition)
            assert db.session.scalar(statement) == count, (name, period)


def test_the_generated_dossiers_have_every_figure(dossiers: list[Dossier]) -> None:
    found = counted_by_rule(Period(date(2021, 2, 1), date(2021, 4, 20)), dossiers, NOW)
    assert not [name for name in KEPT if found[name] == 0]


def test_what_is_overdue_on_the_desk_is_what_the_rule_says(dossiers: list[Dossier]) -> None:
    for days in range(0, 100, 3):
        at = BEGIN + timedelta(days=days, hours=days % 24)
        received = [one for one in dossiers if one.received_at]
        late = {
            one.id
            for one in received
            if timeliness(reading.facts(one), at) == Timeliness.OPEN_OVERDUE
        }
        statement = select(Dossier.id).where(desks.condition_of(DeskList.OVERDUE, at))
        assert set(db.session.scalars(statement)) == late


@pytest.mark.parametrize("key", KEYS)
def test_rows_of_a_period_with_edge_days_add_up(dossiers: list[Dossier], key: str) -> None:
    period = Period(date(2021, 1, 20), date(2021, 3, 9))
    report = periods.rates(Wanted(period, (key,)), at=NOW)
    expected = counted_by_rule(period, dossiers, NOW)
    for name in ("received", "resolved", "overdue", "refused_at_intake"):
        assert sum(getattr(found, name) for _, found in report.rows) == expected[name], name
    if key != "month":
        for name in ("carried", "open", "open_overdue", "paused"):
            assert sum(getattr(found, name) for _, found in report.rows) == expected[name], name


def test_the_months_of_a_broken_down_period_hand_over_what_is_open(
    dossiers: list[Dossier],
) -> None:
    assert dossiers
    report = periods.rates(Wanted(QUARTER, ("month",)), at=NOW)
    months = [found for _, found in report.rows]
    assert len(months) == 3
    for earlier, later in pairwise(months):
        assert later.carried == earlier.open


def test_a_period_before_everything_has_figures_and_no_rate(dossiers: list[Dossier]) -> None:
    assert dossiers
    report = periods.rates(Wanted(Period(date(2019, 1, 1), date(2019, 12, 31))), at=NOW)
    assert report.total.is_zero
    assert report.total.timely_rate.percent is None
    assert report.total.online_rate.percent is None


@pytest.mark.parametrize("wanted", [{"agency": "H99"}, {"field": "X"}, {"procedure": "X"}])
def test_an_unknown_code_is_refused(app: Flask, wanted: dict[str, str]) -> None:  # noqa: ARG001
    with pytest.raises(Refusal):
        periods.rates(Wanted(QUARTER, **wanted), at=NOW)  # type: ignore[arg-type]


def test_the_last_closed_year_is_the_last_with_dossiers(dossiers: list[Dossier]) -> None:
    assert dossiers
    assert periods.last_closed_year(NOW) is None
    assert periods.last_closed_year(NOW.replace(year=2024)) == 2021
    assert periods.years(NOW.replace(year=2024)) == (2021, 2024)


def test_the_end_of_a_past_period_is_its_as_of_time(dossiers: list[Dossier]) -> None:
    assert dossiers
    assert legal_date(periods.rates(Wanted(QUARTER), at=NOW).as_of) == QUARTER.last
    running = Wanted(Period(QUARTER.first, date(2021, 12, 31)))
    assert periods.rates(running, at=NOW).as_of == NOW


COMMUNE: Final = "H26.91.27"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(QUARTER),
        Wanted(QUARTER, agency=COMMUNE),
        Wanted(QUARTER, level=4),
        Wanted(QUARTER, channel="counter"),
        Wanted(Period(date(2021, 7, 5), date(2021, 7, 8))),
    ],
)
def test_online_services_are_those_offered_on_a_day_of_the_period_used_or_not(
    wanted: Wanted,
) -> None:
    lived()
    at = at_local(date(2021, 12, 31), time())
    period, whole = wanted.period, catalogue.snapshot()
    levels = {3, 4} if wanted.level is None else {wanted.level}
    commune = organisation.by_code(COMMUNE)
    assert commune is not None
    ids = set(organisation.tree(period.last).below(commune.id))
    used = {
        whole.codes[one.procedure_id]
        for one in db.session.scalars(select(Dossier))
        if one.channel == Channel.ONLINE and one.level in levels and one.received_at
        and period.first <= legal_date(one.received_at) <= period.last
        and (wanted.agency is None or one.receiving_agency_id in ids)
    }  # fmt: skip
    offered = {
        code
        for code, versions in whole.versions.items()
        for day in (period.first + timedelta(days=n) for n in range(100))
        if day <= period.last
        for one in versions
        if one.is_in_force(day) and one.level in levels
        for agency_id in whole.offered_by(one.id, day)
        if wanted.agency is None or agency_id in ids
    }
    found = services.services(wanted, at=at)
    assert {one.code for one, _ in found.used} == used
    assert {one.code for one in found.unused} == offered - used
    assert found.rate.numerator == len(used)
    assert found.rate.denominator == len(offered | used)


@pytest.mark.usefixtures("app")
def test_what_is_still_to_come_has_no_share_of_services() -> None:
    ahead = Period(date(2022, 1, 1), date(2022, 12, 31))
    found = services.services(Wanted(ahead), at=AT)
    assert found.rate.percent is None


@pytest.mark.usefixtures("app")
def test_a_recount_lets_go_of_no_dossier_that_somebody_has_in_hand() -> None:
    dossier, _next = received(), received()
    assert counters.differences() == []
    assert dossier.applicant_name


@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.usefixtures("app")
def test_a_recount_costs_the_same_however_many_dossiers_there_are(
    budget: Budget, many: int
) -> None:
    lived(many)
    db.session.remove()
    with budget(5):
        assert counters.differences() == []
