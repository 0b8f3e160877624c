"""Figures of a period whose agencies, fields and months are not those of today."""

import csv
import io
import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from onestop.base.database import db
from onestop.catalogue import queries as published
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import figures
from onestop.dossiers.queries.figures import FIGURES, Figure
from onestop.reporting.queries import periods
from onestop.reporting.rules import Wanted
from onestop.tallies.queries import Asked
from onestop.tallies.rules import Figures, Period
from tests.catalogue import given as catalogue
from tests.client import PolicingClient
from tests.commands import onestop
from tests.dossiers.given import (
    COMMUNE_CLERK,
    COMMUNE_OFFICER,
    DAY,
    DISTRICT_CLERK,
    FIVE_DAYS,
    LAND,
    MARITAL_STATUS,
    MONDAY,
    NEIGHBOUR,
    done,
    in_progress,
    life,
    received,
    staff,
    taken_in,
)
from tests.organisation import given as organisation
from tests.reporting.given import AT, BEGIN, lived
from tests.reporting.test_queries import _names

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
NOW = AT + timedelta(hours=1)
COMMUNE = "H26.91.27"
LAST_DAY = date(2021, 3, 31)


def counted(period: Period = YEAR, **asked: Any) -> Figures:
    return periods.rates(Wanted(period, **asked), at=MONDAY + 400 * DAY).total


def row(key: str, value: str, period: Period = YEAR) -> Figures:
    found = periods.rates(Wanted(period, (key,)), at=MONDAY + 400 * DAY).by(**{key: value})
    assert found is not None, (key, value)
    return found


def run(app: Flask, *words: str) -> str:
    answer = onestop(app, "rates", *words)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


@pytest.mark.usefixtures("app")
def test_a_month_that_is_not_over_is_told_as_it_is_now() -> None:
    lived()
    report = periods.rates(Wanted(YEAR, ("month",)), at=NOW)
    assert report.total.open_overdue
    for key, found in report.rows:
        if key["month"] >= "2021-04":
            assert found.open_overdue == report.total.open_overdue, key
            assert found.paused == report.total.paused, key
    march = periods.rates(Wanted(Period(date(2021, 1, 1), LAST_DAY)), at=NOW).total
    told = report.by(month="2021-03")
    assert told
    assert (told.open, told.open_overdue, told.paused) == (
        march.open,
        march.open_overdue,
        march.paused,
    )


@pytest.mark.usefixtures("app")
def test_months_within_a_key_are_told_the_same_way() -> None:
    lived()
    report = periods.rates(Wanted(YEAR, ("month", "tier")), at=NOW)
    whole = periods.rates(Wanted(YEAR, ("tier",)), at=NOW)
    for key, found in report.rows:
        if key["month"] >= "2021-04":
            now = whole.by(tier=key["tier"])
            assert now
            assert (found.open_overdue, found.paused) == (now.open_overdue, now.paused)
    keys = [tuple(key.values()) for key, _ in report.rows]
    assert keys == sorted(keys), "rows stand in the order of the keys that were asked for"


@pytest.mark.usefixtures("app")
def test_what_an_agency_received_stays_its_own_after_it_has_ended() -> None:
    mine = in_progress(procedure_code=FIVE_DAYS)
    received(by=NEIGHBOUR)
    done(mine, "resolve", by=COMMUNE_OFFICER, at=MONDAY + DAY)
    before = (counted(), counted(agency="H26.91"), counted(tier="commune"), row("agency", COMMUNE))
    organisation.closed(COMMUNE, LAST_DAY)
    after = (counted(), counted(agency="H26.91"), counted(tier="commune"), row("agency", COMMUNE))
    assert after == before
    assert counted(agency=COMMUNE).received == 1
    keys = [key["agency"] for key, _ in periods.rates(Wanted(YEAR, ("agency",)), at=NOW).rows]
    assert "" not in keys


@pytest.mark.usefixtures("app")
def test_whoever_oversees_an_area_sees_what_an_ended_agency_did() -> None:
    received()
    organisation.closed(COMMUNE, LAST_DAY)
    manager = staff("theodoi1.thanhtri", MONDAY + 100 * DAY)
    found = periods.rates(Wanted(YEAR), at=MONDAY + 400 * DAY, viewer=manager)
    assert found.total.received == 1


@pytest.mark.usefixtures("app")
def test_a_field_is_that_of_the_period_and_its_past_does_not_change() -> None:
    received(by=DISTRICT_CLERK, procedure_code=LAND)
    other = next(field for field in published.fields(date(2021, 3, 1)) if field.code == "D-TP")
    spring = Period(date(2021, 1, 1), LAST_DAY)
    land = published.as_of(db.session.scalars(select(Dossier.procedure_id)).one(), LAST_DAY).field
    catalogue.changed(LAND, date(2021, 4, 1), field_code=other.code)
    assert row("field", land.code, spring).received == 1
    assert counted(spring, field=land.code).received == 1
    assert counted(spring, field=other.code).received == 0
    assert row("field", other.code).received == 1, "the year ends under the other field"


def test_another_level_changes_no_rate_of_what_came_before(app: Flask) -> None:
    level = str(received().level)
    before = counted()
    catalogue.changed(MARITAL_STATUS, date(2021, 4, 1), level=2)
    assert counted() == before
    assert row("level", level).received == 1
    assert onestop(app, "tallies", "check").exit_code == 0, "nor do the facts say otherwise"


def test_a_tile_of_an_ended_agency_still_opens_its_list(client: PolicingClient) -> None:
    code = received().code
    organisation.closed(COMMUNE, LAST_DAY)
    client.sign_in("theodoi1.thanhtri")
    asked = f"figure=received&from=2021-01-01&to=2021-12-31&agency={COMMUNE}"
    assert code in client.get(f"/dossiers?{asked}").text
    assert code in client.get("/dossiers?figure=received&from=2021-01-01&to=2021-12-31").text


@pytest.mark.usefixtures("app")
def test_carried_and_received_are_resolved_and_open_whatever_the_period() -> None:
    lived()
    chance = random.Random(5)  # noqa: S311 - test data
    for _ in range(60):
        first = BEGIN.date() + timedelta(days=chance.randrange(-40, 150))
        period = Period(first, first + timedelta(days=chance.randrange(120)))
        by = tuple(chance.sample(("tier", "agency", "field", "level", "channel", "month"), 2))
        report = periods.rates(Wanted(period, by), at=NOW)
        for found in (report.total, *(one for _, one in report.rows)):
            assert found.carried + found.received == found.resolved + found.open
            assert found.early + found.on_time + found.overdue == found.resolved
            assert found.refused + found.withdrawn + found.stopped <= found.resolved
            assert max(found.open_overdue, found.paused) <= found.open
            assert sum(found.received_online_by_level.values()) == found.received_online
            assert found.received_online <= found.received
            assert min(found.carried, found.open, found.open_overdue, found.paused) >= 0


@pytest.mark.usefixtures("app")
def test_each_figure_of_a_key_is_its_list() -> None:
    lived()
    report = periods.rates(Wanted(YEAR, ("channel",)), at=NOW)
    online = report.by(channel="online")
    assert online
    for name in ("received", "resolved", "open", "open_overdue", "paused"):
        assert name in FIGURES
        asked = Asked(channels={Channel.ONLINE})
        condition = figures.condition(Figure(name, YEAR, asked, NOW))
        found = db.session.scalar(select(func.count()).select_from(Dossier).where(condition))
        assert found == getattr(online, name), name


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2021-{text}+07:00")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "stretches",
    [
        [("03-03T09:00", "03-10T09:00"), ("03-09T09:00", None)],
        [("03-03T09:00", None), ("03-04T09:00", "03-05T09:00")],
        [("03-09T09:00", "03-11T09:00"), ("03-10T09:00", None)],
        [("03-08T16:00", "03-10T09:00"), ("03-10T09:00", "03-12T09:00")],
        [("03-03T09:00", "03-10T09:00"), ("03-05T09:00", "03-16T09:00")],
    ],
)
def test_pauses_that_overlap_hold_lateness_off_as_one(
    stretches: list[tuple[str, str | None]],
) -> None:
    pauses = tuple(Pause(at(begins), at(ends) if ends else None) for begins, ends in stretches)
    dossier = taken_in(life(pauses=pauses), at=AT)
    for day in range(1, 32):
        period = Period(date(2021, 3, 1), date(2021, 3, day))
        told = periods.rates(Wanted(period), at=NOW).total
        names = _names(dossier, at("03-01T00:00"), at(f"03-{day:02}T00:00") + DAY, NOW)
        for name in ("open_overdue", "paused"):
            condition = figures.condition(Figure(name, period, Asked(), NOW))
            found = db.session.scalar(select(func.count()).select_from(Dossier).where(condition))
            assert (found, getattr(told, name)) == (names.count(name), names.count(name)), day


def test_the_json_has_exactly_the_keys_of_the_contract(app: Flask) -> None:
    received(by=COMMUNE_CLERK)
    words = ("--from", "2021-01-01", "--to", "2021-03-31", "--by", "month", "--format", "json")
    found = json.loads(run(app, *words))
    assert set(found) == {"from", "to", "as_of", "total", "rows"}
    assert (found["from"], found["to"]) == ("2021-01-01", "2021-03-31")
    assert found["as_of"] == "2021-03-31T23:59:59+07:00"
    rates = {
        "timely_rate",
        "reappointed_kept_rate",
        "online_rate_level_3_or_above",
        "online_rate_level_3",
        "online_rate_level_4",
        "online_rate",
        "timely_of_received_rate",
        "within_term_rate",
        "online_rate_where_offered",
        "late_intake_rate",
    }
    numbers = {
        "carried", "received", "received_online", "received_online_by_level", "resolved", "early",
        "on_time", "overdue", "refused_at_intake", "refused", "withdrawn", "stopped", "open",
        "open_overdue", "paused", "reappointed", "reappointed_kept", "received_3_or_above",
        "checked_online", "late_intake",
    }  # fmt: skip
    assert set(found["total"]) == rates | numbers
    assert set(found["total"]["received_online_by_level"]) == {"2", "3", "4"}
    assert found["total"]["timely_rate"] == {"numerator": 0, "denominator": 0, "percent": None}
    assert found["total"]["online_rate"] == {"numerator": 0, "denominator": 1, "percent": "0.00"}
    assert [one["key"] for one in found["rows"]] == [
        {"month": "2021-01"},
        {"month": "2021-02"},
        {"month": "2021-03"},
    ]
    assert set(found["rows"][0]) == {"key"} | rates | numbers


def test_csv_has_a_line_for_each_row_and_none_for_nothing(app: Flask) -> None:
    words = ("--from", "2019-01-01", "--to", "2019-12-31", "--format", "csv")
    (total,) = csv.DictReader(io.StringIO(run(app, *words)))
    assert (total["received"], total["timely_rate"]) == ("0", "")
    assert list(csv.DictReader(io.StringIO(run(app, *words, "--by", "agency")))) == []
    months = list(csv.DictReader(io.StringIO(run(app, *words, "--by", "month"))))
    assert [one["month"] for one in months] == [f"2019-{month:02}" for month in range(1, 13)]


def test_a_department_has_zeros_and_a_note(app: Flask) -> None:
    received(by=DISTRICT_CLERK, procedure_code=LAND)
    department = staff("chuyenvien1.tainguyen").agency_code
    words = ("rates", "--from", "2021-01-01", "--to", "2021-12-31", "--agency", department)
    answer = onestop(app, *words, "--format", "json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["total"]["received"] == 0
    assert answer.stderr.strip()


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2021-02-01", "--to", "2021-01-01"),
        ("--from", "2021-02-30", "--to", "2021-03-01"),
        ("--from", "0001-01-01", "--to", "2021-01-01"),
        ("--from", "2021-01-01", "--to", "9999-12-31"),
        ("--from", "2021-01-01"),
        ("--from", "2021-01-01", "--to", "2021-12-31", "--agency", "H99"),
        ("--from", "2021-01-01", "--to", "2021-12-31", "--by", "weather"),
        ("--from", "2021-01-01", "--to", "2021-12-31", "--format", "xml"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(app: Flask, words: tuple[str, ...]) -> None:
    answer = onestop(app, "rates", *words)
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
