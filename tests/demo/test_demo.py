import json
import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import or_, select

from onestop.accounts.models import Account
from onestop.accounts.rules import GRANTS
from onestop.app.cli import main
from onestop.base.database import db
from onestop.base.permissions import Permission
from onestop.base.viewer import Citizen
from onestop.catalogue import queries as catalogue
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.queries import calendar
from onestop.deadlines.rules.moments import legal_date
from onestop.demo.rules.people import Crowd, People
from onestop.demo.rules.telling import Desk, Storyteller
from onestop.demo.rules.volumes import Volume, lively_month
from onestop.dossiers.models import Dossier, Entry
from onestop.dossiers.rules.states import TABLE, Verb
from onestop.reporting.queries import counters, periods
from onestop.reporting.rules import KEYS, Wanted
from onestop.steps.models import DossierStep
from onestop.steps.rules import MOVES, Stage
from onestop.tallies.rules import Period
from tests.dossiers.given import FIVE_DAYS
from tests.installing import BUILT

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def test_every_published_figure_of_2021_is_counted_from_dossiers(demo: Flask) -> None:  # noqa: ARG001
    report = periods.rates(Wanted(YEAR, ("tier",)), at=BUILT)
    district, commune = report.by(tier="district"), report.by(tier="commune")
    assert district is not None
    assert commune is not None
    assert (district.received, district.received_online) == (4963, 3636)
    assert (district.resolved, district.open, district.open_overdue) == (4903, 60, 0)
    assert district.received_online_by_level == {"2": 0, "3": 3584, "4": 52}
    assert district.timely_rate.percent == 100
    assert district.online_rate_level_3_or_above.percent == Decimal("73.26")
    assert district.online_rate_level_4.percent == Decimal("1.05")
    assert (commune.received, commune.received_online) == (70815, 18908)
    assert (commune.resolved, commune.open, commune.overdue) == (70815, 0, 2)
    assert commune.timely_rate.percent == Decimal("99.997")
    assert commune.online_rate_level_3_or_above.percent == Decimal("26.70")
    assert report.total.received == 75778
    assert report.total.carried == 0


def test_the_dossier_that_the_readme_shows_is_of_the_year_that_is_the_same_everywhere(
    demo: Flask,  # noqa: ARG001
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    code = re.findall(r"dossiers show (\S+)", readme)[0]
    found = db.session.scalars(select(Dossier).where(Dossier.code == code)).one()
    assert found.submitted_at.year == YEAR.first.year
    assert any(pause.restarts for pause in found.pauses), "it has something to explain"


def test_the_counters_equal_the_facts(demo: Flask) -> None:  # noqa: ARG001
    assert counters.differences() == []


@pytest.mark.parametrize("key", KEYS)
def test_the_rows_of_any_key_add_up_to_the_total(demo: Flask, key: str) -> None:  # noqa: ARG001
    report = periods.rates(Wanted(YEAR, (key,)), at=BUILT)
    for name in ("received", "resolved", "early", "on_time", "overdue", "received_online"):
        assert sum(getattr(found, name) for _, found in report.rows) == getattr(report.total, name)
    for _, found in report.rows:
        assert found.carried + found.received == found.resolved + found.open


def test_each_month_carries_what_the_one_before_left_open(demo: Flask) -> None:  # noqa: ARG001
    report = periods.rates(Wanted(YEAR, ("month",)), at=BUILT)
    assert [key["month"] for key, _ in report.rows] == [f"2021-{n:02}" for n in range(1, 13)]
    left = 0
    for _, found in report.rows:
        assert found.carried == left
        left = found.open
    assert left == 60


def test_a_commune_received_what_its_rows_say(demo: Flask) -> None:  # noqa: ARG001
    report = periods.rates(Wanted(YEAR, agency="H26.91.27"), at=BUILT)
    kept = db.session.query(Dossier).filter(Dossier.code.like("H26.91.27-21%")).count()
    assert report.total.received == kept > 0


def test_the_lively_month_has_something_in_every_list(demo: Flask) -> None:  # noqa: ARG001
    states = dict(db.session.query(Dossier.state, db.func.count()).group_by(Dossier.state).all())
    assert {"1", "2", "3", "4", "5", "9", "10"} <= {str(state) for state in states}


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
        datetime(2026, 11, 28, 20, tzinfo=UTC),  # Sunday night
        datetime(2026, 11, 29, 23, tzinfo=UTC),  # Monday before the desks open
        datetime(2027, 2, 9, 3, tzinfo=UTC),  # in the middle of Tết
    ],
)
def test_something_came_online_that_nobody_has_checked_whatever_the_day(
    app: Flask,  # noqa: ARG001
    at: datetime,
) -> None:
    chance, day = random.Random(1), legal_date(at)  # noqa: S311 - invented people
    nobody = {"name": "Thí", "weight": "1", "pattern": "0", "kind": "thôn"}
    names = [{**nobody, "gender": sex} for sex in "mf"]
    places = [{**nobody, "agency_code": "H26.91.27"}]
    crowd = Crowd(People([nobody], names, names, places), chance)
    teller = Storyteller(calendar(), crowd, chance)
    sent = Volume(Desk(27, "H26.91.27", "commune"), "P", Channel.ONLINE, 2000)
    found = catalogue.in_force(FIVE_DAYS, day)
    assert found is not None
    lives = lively_month([sent], {"P": found}, teller, at)
    waiting = [one for one in lives if one.received_at is None and one.not_accepted_at is None]
    assert waiting
    assert all(one.submitted_at <= at for one in waiting)


def test_some_dates_of_the_month_are_promised_anew_and_not_all_are_kept(demo: Flask) -> None:  # noqa: ARG001
    sorry = db.session.query(Dossier).filter(Dossier.broken_from.is_not(None)).all()
    kept = {
        one.finished_at < one.broken_from for one in sorry if one.finished_at and one.broken_from
    }
    assert kept == {True, False}
    assert {one.late_apology for one in sorry} == {True, False}
    assert any(one.finished_at is None for one in sorry)
    assert len(sorry) < 50
    for one in sorry:
        assert one.received_at is not None
        assert one.received_at.year == BUILT.year
        assert one.due_at == one.reappointed_at
        assert one.apology_cause is not None


def test_two_certifications_of_the_month_take_longer_and_one_is_under_way(demo: Flask) -> None:  # noqa: ARG001
    longer = db.session.query(Dossier).filter(Dossier.extended_at.is_not(None)).all()
    assert sorted(one.finished_at is None for one in longer) == [False, True]
    for one in longer:
        assert one.received_at is not None
        assert one.received_at.year == BUILT.year
        assert one.due_at == one.legal_due_at == one.extended_to
        told = [line for line in one.history if line.verb == Verb.EXTEND]
        assert len(told) == 1
        assert told[0].reason


def test_every_step_is_signed_by_whoever_may_do_it(demo: Flask) -> None:  # noqa: ARG001
    nobody = db.session.query(Entry).filter(Entry.author_id.is_(None)).filter(
        or_(Entry.verb != Verb.SUBMIT, Entry.author_name != Citizen().name)
    )  # fmt: skip
    assert nobody.count() == 0
    roles = (
        db.session.query(Entry.verb, Account.role)
        .join(Account, Account.id == Entry.author_id)
        .distinct()
    )
    needed = {row.verb: row.permission for row in TABLE if row.permission}
    needed |= {row.verb: row.permission for row in MOVES}
    needed |= dict.fromkeys((Verb.ASK_OPINION, Verb.GIVE_OPINION), Permission.HAND_ON)
    for verb, role in roles:
        assert verb == Verb.SUBMIT or needed[verb] in GRANTS[role], (verb, role)


def test_what_needs_a_reason_has_one(demo: Flask) -> None:  # noqa: ARG001
    wanting = {row.verb for row in TABLE if row.needs_reason}
    lines = db.session.query(Entry).filter(Entry.verb.in_(wanting))
    assert lines.count() > 0
    assert lines.filter(Entry.reason.is_(None)).count() == 0


def test_every_refusal_has_a_ground_and_all_kinds_of_them_occur(demo: Flask) -> None:  # noqa: ARG001
    refused = db.session.query(Entry).filter(Entry.verb == Verb.REFUSE)
    grounds = {line.details.get("ground") for line in refused}
    assert grounds == {"conditions", "not_valid", "settled"}
    sent_away = db.session.query(Entry).filter(Entry.verb == Verb.REFUSE_AT_INTAKE)
    assert {line.details.get("ground") for line in sent_away} == {"not_competent"}


def test_the_command_answers_in_json_and_nothing_else(demo: Flask) -> None:
    asked = ["rates", "--from", "2021-01-01", "--to", "2021-12-31", "--by", "tier"]
    answer = demo.test_cli_runner().invoke(main, [*asked, "--format", "json"], obj=_info(demo))
    told = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert told["total"]["timely_rate"] == {
        "numerator": 75716,
        "denominator": 75718,
        "percent": "99.997",
    }
    assert [row["key"] for row in told["rows"]] == [{"tier": "commune"}, {"tier": "district"}]
    assert told["as_of"].startswith("2021-12-31T")


def _info(app: Flask) -> ScriptInfo:
    return ScriptInfo(create_app=lambda: app)


def test_the_month_shows_steps_at_work_and_the_year_has_none(demo: Flask) -> None:  # noqa: ARG001
    steps = db.session.query(DossierStep)
    assert {one.stage for one in steps} >= {
        Stage.OPEN,
        Stage.IN_HAND,
        Stage.APPROVAL,
        Stage.AWAY,
        Stage.ENDED,
    }
    old = steps.join(Dossier).filter(Dossier.received_at < datetime(2026, 1, 1, tzinfo=UTC))
    assert old.count() == 0
    moments = [one.started_at for one in steps if one.started_at is not None]
    assert max(moments) <= BUILT


def test_a_second_start_finds_the_demonstration_built(demo: Flask) -> None:
    answer = demo.test_cli_runner().invoke(main, ["demo", "--no-serve"], obj=_info(demo))
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("language", "said", "services"),
    [("vi", "Cấp huyện", "77,03 % = 228 ÷ 296"), ("en", "District", "77.03% = 228 ÷ 296")],
)
def test_people_read_levels_of_government_in_words(
    demo: Flask, language: str, said: str, services: str
) -> None:
    asked = ["--lang", language, "rates", "--from", "2021-01-01", "--to", "2021-12-31"]
    answer = demo.test_cli_runner().invoke(main, [*asked, "--by", "tier"], obj=_info(demo))
    assert said in answer.stdout
    assert services in answer.stdout
    assert "commune" not in answer.stdout
