"""A written row reads back as the same life, whatever the file and the order of its columns."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from onestop.base.cells import is_exact, text
from onestop.base.moments import local
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import at_local
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.identity import Applicant, ApplicantKind
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome
from onestop.dossiers.rules.walks import steps
from onestop.exchange.rules import writing
from onestop.exchange.rules.columns import NAMES
from onestop.exchange.rules.moments import BEGINNING, END
from onestop.exchange.rules.packing import packed, unpacked
from tests.exchange.given import COMMUNE, FIVE_DAYS, PROCEDURES, reader

FIRST: Final = datetime(2021, 1, 4, 1, tzinfo=UTC)
USABLE: Final = [PROCEDURES[code] for code in ("P-5WD", "P-MONTH", "P-HOURS", "P-SAME")]
NAMES_OF_PEOPLE: Final = st.text(
    st.sampled_from("aĐễ' =+-@<>&\",;/\\\t"), min_size=1, max_size=20
).map(lambda text: " ".join(f"x{text}".split()))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Lives of all that a register can tell, moments in order, some known by their date only."""
    procedure = draw(st.sampled_from(USABLE))
    moments = _Moments(draw, bare=not procedure.limit.is_by_the_hour)
    channel = draw(st.sampled_from(Channel))
    told: dict[str, Any] = {"submitted_at": moments.begins()}
    if draw(st.booleans()) and channel != Channel.COUNTER:
        told["not_accepted_at"] = moments.ends()
        return _life(draw, channel, procedure, moments, told)
    told["received_at"] = moments.begins() if draw(st.booleans()) else told["submitted_at"]
    if draw(st.booleans()):
        told["supplement_requested_at"] = moments.begins()
        if draw(st.booleans()):
            told["supplement_received_at"] = moments.ends()
    told["pauses"] = tuple(
        Pause(moments.begins(), moments.ends()) for _ in range(draw(st.integers(0, 2)))
    )
    if draw(st.booleans()):
        told["pauses"] += (Pause(moments.begins()),)
    if draw(st.booleans()):
        told |= {"outcome": draw(st.sampled_from(Outcome)), "finished_at": moments.ends()}
    if draw(st.booleans()) and told.get("outcome") not in {Outcome.WITHDRAWN, Outcome.STOPPED}:
        told["returned_at"] = moments.ends()
    return _life(draw, channel, procedure, moments, told)


class _Moments:
    """Ever later moments; a bare date is the first minute of its day, or the last."""

    def __init__(self, draw: st.DrawFn, *, bare: bool) -> None:
        self.draw, self.bare, self.last = draw, bare, FIRST
        self.dated: set[datetime] = set()

    def begins(self) -> datetime:
        return self._next(BEGINNING)

    def ends(self) -> datetime:
        return self._next(END)

    def _next(self, alone: time) -> datetime:
        self.last += timedelta(seconds=self.draw(st.integers(0, 60 * 60 * 24 * 9)))
        if not (self.bare and self.draw(st.booleans())):
            return self.last
        moment = at_local(local(self.last).date(), alone)
        self.dated.add(moment)
        return moment


def _life(
    draw: st.DrawFn, channel: Channel, procedure: Any, moments: _Moments, told: dict[str, Any]
) -> Life:
    kind = draw(st.sampled_from(ApplicantKind))
    number: str | None = "0100109106" if kind == ApplicantKind.ORGANISATION else "999091000123"
    if kind == ApplicantKind.PERSON:
        number = draw(st.sampled_from([number, None]))
    applicant = Applicant(
        draw(NAMES_OF_PEOPLE), kind, number, draw(st.sampled_from(["0600123456", "+8562012345678"]))
    )
    return Life(
        agency_id=COMMUNE.id,
        agency_code=COMMUNE.code,
        procedure=procedure,
        level=3,
        channel=channel,
        applicant=applicant,
        code=draw(st.sampled_from([None, "H26.91.27-210104-0001"])),
        sets=draw(st.sampled_from([None, 1, 99])),
        dated=frozenset(moments.dated),
        **told,
    )


def read_back(life: Life, names: tuple[str, ...] = NAMES) -> Life:
    cells = dict(zip(NAMES, writing.row(life), strict=True))
    found = reader(names).life(2, [cells[name] for name in names])
    assert isinstance(found, Life), [(one.column, str(one.refusal)) for one in found or ()]
    return found


@given(lives())
def test_a_written_row_reads_back_as_the_same_life(life: Life) -> None:
    assert read_back(life) == life


@given(lives())
def test_a_text_file_says_the_same_as_a_workbook(life: Life) -> None:
    cells = [text(cell) for cell in writing.row(life)]
    assert reader(NAMES).life(2, cells) == life


@given(lives(), st.permutations(NAMES))
def test_the_order_of_the_columns_does_not_matter(life: Life, names: list[str]) -> None:
    assert read_back(life, tuple(names)) == life


@given(lives())
def test_what_is_known_by_date_only_is_told_by_what_is_kept(life: Life) -> None:
    kept = replace(life, dated=frozenset())
    again = writing.dated(kept)
    assert life.dated <= again.dated
    assert replace(read_back(again), dated=frozenset()) == kept


@given(lives())
def test_a_life_waits_unchanged(life: Life) -> None:
    assert unpacked(packed(life, 0), [life.procedure]) == life


@given(lives())
def test_every_life_of_a_register_can_be_walked(life: Life) -> None:
    assert steps(life)


def test_of_several_pauses_that_run_the_first_goes_out() -> None:
    first, second = FIRST + timedelta(days=3), FIRST + timedelta(days=5)
    life = Life(
        agency_id=27,
        agency_code="H26.91.27",
        procedure=FIVE_DAYS,
        level=3,
        channel=Channel.COUNTER,
        applicant=Applicant("Thí Dụ"),
        submitted_at=FIRST,
        received_at=FIRST,
        pauses=(Pause(second), Pause(first), Pause(FIRST, first)),
    )
    cells = dict(zip(NAMES, writing.row(life), strict=True))
    assert cells["pauses"] == "2021-01-04T08:00/2021-01-07T08:00;2021-01-07T08:00/"


def test_a_workbook_holds_no_midnight_and_no_part_of_a_second_as_a_date() -> None:
    nine = datetime.combine(date(2021, 3, 1), time(9, 0, 30))
    assert is_exact(nine)
    assert not is_exact(nine.replace(microsecond=1))
    assert not is_exact(datetime.combine(nine.date(), time()))
