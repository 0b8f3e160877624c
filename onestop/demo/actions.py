"""Loading the sample and building the demonstration, all through the actions of the rooms."""

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from itertools import chain
from typing import Final

from onestop.accounts import actions as accounts
from onestop.accounts import queries as posts
from onestop.accounts.rules import Role
from onestop.base.moments import ONE_DAY
from onestop.base.permissions import Permission
from onestop.base.viewer import Citizen, Operator, Staff
from onestop.catalogue import queries as procedures
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines import actions as deadlines
from onestop.deadlines import queries as calendars
from onestop.deadlines.rules.limits import Limit, Unit
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.demo import queries
from onestop.demo.rules.people import Crowd, People
from onestop.demo.rules.signing import Signers, ground, reason
from onestop.demo.rules.telling import Desk, Storyteller
from onestop.demo.rules.volumes import Volume, lively_month, year_of_lives
from onestop.dossiers.actions import bulk
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import reading
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import State
from onestop.dossiers.rules.walks import Step
from onestop.exchange.actions import directories
from onestop.exchange.rules import columns
from onestop.exchange.rules.directories import AGENCIES, FIELDS, PROCEDURES, STAFF, Directory
from onestop.opinions import actions as opinions
from onestop.opinions.rules import Asking
from onestop.organisation import queries as agencies
from onestop.organisation.rules import Tier
from onestop.steps.actions import adopting, moving
from onestop.steps.queries import trails
from onestop.steps.rules import Stage

PASSWORD: Final = "onestop-demo"  # noqa: S105 - the published password of invented accounts
SAMPLE_FROM: Final = date(2019, 1, 1)
RECENT: Final = timedelta(days=45)
QUARTER_PAST_TEN: Final = time(10, 15)
TAKEN_UP: Final = 0.75
PUT_FORWARD: Final = 0.2
HANDED_ON: Final = 0.5
ASKED: Final = 0.2
ANSWERED: Final = 0.6


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a data file of the demonstration, by heading."""
    text = files("onestop.demo").joinpath("data", f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def load_sample(*, password_hash: str, by: Operator, at: datetime) -> None:
    """Load agencies, catalogue and staff of the demonstration, without a single dossier."""
    periods = {row["procedure_code"]: row for row in rows("procedure_periods")}
    procedures_then = (
        {**row, "valid_from": period["first_day"], "valid_to": period["last_day"]}
        if (period := periods.get(row["code"]))
        else {**row, "valid_from": "", "valid_to": ""}
        for row in rows("procedures")
    )
    for directory, found in (
        (AGENCIES, rows("agencies")),
        (FIELDS, rows("fields")),
        (PROCEDURES, procedures_then),
        (STAFF, rows("staff")),
    ):
        _load(directory, list(found), at)
    accounts.make_demonstration(password_hash)
    deadlines.load_calendar(by=by, at=at)


def _load(directory: Directory, found: Sequence[Mapping[str, str]], at: datetime) -> None:
    layout = columns.layout(list(found[0]), row=1, of=directory.headings)
    if isinstance(layout, columns.Misfit):
        raise ValueError(f"the headings of {directory.name} are no headings")  # noqa: TRY004
    cells = ((number, list(row.values())) for number, row in enumerate(found, 2))
    if faults := directories.load(directory, layout, cells, since=SAMPLE_FROM, at=at).faults:
        raise ValueError(f"{directory.name}, row {faults[0].row}: {faults[0].refusal}")


def build(
    *,
    password_hash: str,
    by: Operator,
    at: datetime,
    seed: int = 2021,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Build the demonstration: the sample, the year 2021, and the 30 days up to `at`.

    Return how many dossiers there are. The same seed on the same day gives the same ones.
    """
    load_sample(password_hash=password_hash, by=by, at=at)
    volumes = list(_volumes())
    versions = procedures.snapshot().versions
    then = {code: found[-1] for code, found in versions.items()}
    today = legal_date(at)
    now = {code: found[-1] for code, found in versions.items() if found[-1].is_in_force(today)}
    shares = {
        tier: [int(row["share_per_mille"]) for row in rows("months") if row["tier"] == tier]
        for tier in ("district", "commune")
    }
    teller = _teller(random.Random(seed))  # noqa: S311 - invented people, not secrets
    lively = _teller(random.Random(f"{seed} {today}"))  # noqa: S311
    dossiers = bulk.take_in(
        chain(year_of_lives(volumes, then, shares, teller), lively_month(volumes, now, lively, at)),
        by=by,
        at=at,
        progress=progress,
        sign=_signing(queries.signers()),
    )
    _work(random.Random(f"steps {seed} {today}"), at)  # noqa: S311
    return dossiers


def _work(chance: random.Random, at: datetime) -> None:
    """Let the staff of the demonstration do some of what lies open, by the verbs of their pages."""
    asking = random.Random(f"opinions {legal_date(at)}")  # noqa: S311
    for dossier in adopting.adopt(at - RECENT):
        if dossier.state == State.IN_PROGRESS:
            _work_on(dossier, chance, at)
            if asking.random() < ASKED:
                _ask(dossier, asking, at)


def _work_on(dossier: Dossier, chance: random.Random, at: datetime) -> None:
    step = trails.running(trails.steps_of(dossier))
    if step is None or step.started_at is None or chance.random() > TAKEN_UP:
        return
    began = max(step.started_at, reading.last_moment(dossier) or step.started_at)
    who = _somebody(step.keeper_id, chance, at)
    if who is None:
        return
    taken = _at_work(began + timedelta(hours=2), began, at)
    later = _at_work(began + (at - began) * chance.uniform(0.3, 0.9), taken, at)
    if step.stage == Stage.OPEN:
        moving.take_up(dossier, by=who, at=taken)
        if chance.random() < PUT_FORWARD:
            moving.put_forward(dossier, by=who, at=later)
            return
    following = trails.of_leg(step.leg + 1, trails.steps_of(dossier))
    if following and chance.random() < HANDED_ON:
        places = [trails.candidates_for(dossier, one, at) for one in following]
        chosen = [chance.choice(some).code for some in places if len(some) > 1]
        moving.hand_on(dossier, agency=chosen, seq=step.seq, by=who, at=later)


def _ask(dossier: Dossier, chance: random.Random, at: datetime) -> None:
    """Let a department ask another of its district, which has answered since, or is late."""
    tree, handler_id = agencies.tree(legal_date(at)), dossier.handling_agency_id
    handler, who = tree.by_id(handler_id), _somebody(handler_id, chance, at)
    last = reading.last_moment(dossier)
    if handler is None or handler.tier != Tier.DEPARTMENT or who is None or last is None:
        return
    beside = [one for one in tree.children(handler.parent_id) if one.tier == Tier.DEPARTMENT]
    others = [one for one in beside if one.id != handler_id]
    if not others:
        return
    place = chance.choice(others)
    asked = _at_work(last, last, at)
    said = chance.choice(list(rows("opinions")))
    limit = Limit(chance.choice((1, 2, 3)), Unit.WORKING_DAY)
    opinion = opinions.ask(
        dossier, Asking(place.code, None, said["question"], limit), by=who, at=asked
    )
    answered = _at_work(asked + timedelta(days=chance.choice((1, 2, 5))), asked, at)
    colleague = _somebody(place.id, chance, at)
    if colleague is not None and answered < at and chance.random() < ANSWERED:
        opinions.give(dossier, seq=opinion.seq, answer=said["answer"], by=colleague, at=answered)


def _somebody(agency_id: int | None, chance: random.Random, at: datetime) -> Staff | None:
    found = posts.colleagues(agency_id or 0, Permission.HAND_ON, legal_date(at))
    officers = [one for one in found if one.role == Role.OFFICER.word] or list(found)
    return posts.staff(chance.choice(officers).username, legal_date(at)) if officers else None


def _at_work(moment: datetime, after: datetime, at: datetime) -> datetime:
    """Return a quarter past ten of the first working day after both moments, or now."""
    calendar, day = calendars.calendar(), legal_date(moment)
    while not calendar.works_on(day) or at_local(day, QUARTER_PAST_TEN) <= after:
        day += ONE_DAY
    return min(at, at_local(day, QUARTER_PAST_TEN))


def _signing(signers: Signers) -> bulk.Sign:
    def sign(life: Life, step: Step) -> bulk.Signature:
        author = signers.of(life, step.verb) or Citizen()
        why, on = reason(life, step.verb), ground(life, step.verb)
        return bulk.Signature(author, step.happened_at, why, on)

    return sign


def _teller(chance: random.Random) -> Storyteller:
    people = People(
        list(rows("people_family_names")),
        list(rows("people_middle_names")),
        list(rows("people_given_names")),
        list(rows("people_places")),
    )
    return Storyteller(calendars.calendar(), Crowd(people, chance), chance)


def _volumes() -> Iterator[Volume]:
    tree = agencies.tree(date(2021, 1, 1))
    special = {
        (row["agency_code"], row["procedure_code"], row["channel"]): row
        for row in rows("late_and_open")
    }
    for row in rows("volumes"):
        node = tree.by_code(row["agency_code"])
        if node is None:
            raise ValueError(f"no agency {row['agency_code']} in 2021")
        volume = Volume(
            Desk(node.id, node.code, str(node.tier)),
            row["procedure_code"],
            Channel.of(row["channel"]),
            int(row["dossiers"]),
        )
        yield _with(volume, special.get(_key(row)))


def _key(row: dict[str, str]) -> tuple[str, str, str]:
    return row["agency_code"], row["procedure_code"], row["channel"]


def _with(volume: Volume, row: dict[str, str] | None) -> Volume:
    if row is None:
        return volume
    first, last = (date.fromisoformat(row[name]) for name in ("received_from", "received_to"))
    if row["kind"] == "open":
        return replace(volume, open=int(row["dossiers"]), open_from=first)
    return replace(
        volume,
        late=int(row["dossiers"]),
        late_from=first,
        late_to=last,
        late_by=int(row["working_days_late"]),
    )
