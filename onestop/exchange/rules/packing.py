"""A life as a few plain values, so that a register read once can wait in a file to be written."""

from datetime import UTC, date, datetime
from typing import Any, Final

from onestop.catalogue.rules.channels import Channel
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.pauses import Pause
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.identity import Applicant, ApplicantKind
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.states import Outcome

CHANNELS: Final = {one._value_: one for one in Channel}
KINDS: Final = {one._value_: one for one in ApplicantKind}
CAUSES: Final = {None: None, **{one._value_: one for one in Cause}}
OUTCOMES: Final = {None: None, **{one._value_: one for one in Outcome}}
Packed = tuple[Any, ...]


def packed(life: Life, procedure: int) -> Packed:
    """Return `life` as plain values; `procedure` is the number under which its own is kept.

    What no register tells (a hand-over, papers) is not in them.
    """
    applicant = life.applicant
    return (
        procedure,
        life.agency_id,
        life.agency_code,
        life.level,
        life.channel._value_,
        applicant.name,
        applicant.kind._value_,
        applicant.id_number,
        applicant.phone,
        applicant.address,
        life.code,
        life.outcome and life.outcome._value_,
        _number(life.submitted_at),
        _number(life.received_at),
        _number(life.not_accepted_at),
        _number(life.supplement_requested_at),
        _number(life.supplement_received_at),
        _number(life.finished_at),
        _number(life.returned_at),
        [(_number(one.begins_at), _number(one.ends_at)) for one in life.pauses],
        [_number(moment) for moment in life.dated],
        _number(life.apologised_at),
        life.reappointed_on and life.reappointed_on.toordinal(),
        life.apology_cause and life.apology_cause._value_,
        life.sets,
        _number(life.extended_at),
        _number(life.extended_to),
        _number(life.first_extended_at),
    )


def unpacked(values: Packed, procedures: list[Procedure]) -> Life:
    """Return the life that `packed` made these values from."""
    (procedure, agency_id, agency_code, level, channel, name, kind, id_number, phone, address,
     code, outcome, submitted, received, refused, asked, brought, finished, returned, pauses,
     dated, apologised, reappointed, cause,
     sets, extended, extended_to, first_extended) = values  # fmt: skip
    return Life(
        agency_id=agency_id,
        agency_code=agency_code,
        procedure=procedures[procedure],
        level=level,
        channel=CHANNELS[channel],
        applicant=Applicant(name, KINDS[kind], id_number, phone, address),
        submitted_at=datetime.fromtimestamp(submitted, UTC),
        received_at=_moment(received),
        not_accepted_at=_moment(refused),
        supplement_requested_at=_moment(asked),
        supplement_received_at=_moment(brought),
        pauses=tuple([_pause(*one) for one in pauses]),
        finished_at=_moment(finished),
        outcome=OUTCOMES[outcome],
        returned_at=_moment(returned),
        apologised_at=_moment(apologised),
        reappointed_on=None if reappointed is None else date.fromordinal(reappointed),
        apology_cause=CAUSES[cause],
        code=code,
        sets=sets,
        extended_at=_moment(extended),
        extended_to=_moment(extended_to),
        first_extended_at=_moment(first_extended),
        dated=frozenset([datetime.fromtimestamp(number, UTC) for number in dated]),
    )


def _number(moment: datetime | None) -> float | None:
    # Microseconds of these centuries are exact in it.
    return None if moment is None else moment.timestamp()


def _moment(number: float | None) -> datetime | None:
    return None if number is None else datetime.fromtimestamp(number, UTC)


def _pause(begins: float, ends: float | None) -> Pause:
    return Pause(datetime.fromtimestamp(begins, UTC), _moment(ends))
