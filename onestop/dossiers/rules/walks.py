"""The history of a whole life, walked along the same table as the screens walk."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.rules.lives import Life, check_order, comes_before, finish
from onestop.dossiers.rules.states import Outcome, State, Verb, transition

SETTLED_AT_ONCE: Final = "settled_at_once"
HAND_OVER_NOT_RECORDED: Final = "hand_over_not_recorded"
SUPPLEMENT_NOT_RECORDED: Final = "supplement_not_recorded"
FIRST_EXTENSION: Final = "first_extension"
SHAPES: Final = 1 << 12
Act = tuple[datetime, Verb]


class Step(NamedTuple):
    """One line of history that a life leaves behind."""

    verb: Verb
    from_state: State | None
    to_state: State
    happened_at: datetime
    mark: str | None = None


def steps(life: Life) -> tuple[Step, ...]:
    """Return the history of a life, along the one table of transitions.

    A hand-over that nobody recorded is taken at the first later moment that needs one; a result
    without it was settled at once; a withdrawal is asked for and confirmed at one moment. Raises
    `Refusal` with the field of the first moment that comes before what must precede it.
    """
    check_order(life)
    acts = list(_arrival(life))
    if life.received_at is not None:
        acts += sorted(_events(life), key=itemgetter(0))
        acts += _end(life)
    return tuple(
        [
            Step(verb, from_state, to_state, acts[place][0], mark)
            for place, verb, from_state, to_state, mark in _path(tuple([verb for _, verb in acts]))
        ]
    )


Tread = tuple[int, Verb, State | None, State, str | None]


@lru_cache(maxsize=SHAPES)
def _path(verbs: tuple[Verb, ...]) -> tuple[Tread, ...]:
    """Walk the verbs along the table, with those that nobody recorded put in between.

    Each line has the place of the verb whose moment is its own. Lives are many, paths few.
    """
    treads: list[Tread] = []
    state: State | None = None
    received = False
    for place, wanted in enumerate(verbs):
        for verb, mark in _with_unrecorded(wanted, state):
            if verb in NOTES and state is not None:
                treads.append((place, verb, state, state, mark))
                continue
            row = transition(verb, state, received=received)
            treads.append((place, verb, state, row.to_state, mark))
            state = row.to_state
            received = received or verb == Verb.RECEIVE
    return tuple(treads)


NOTES: Final = frozenset({Verb.PAUSE, Verb.RESUME})
RESULTS: Final = frozenset({Verb.RESOLVE, Verb.REFUSE})
NEED_A_HAND_OVER: Final = frozenset({Verb.ASK_SUPPLEMENT, Verb.REFUSE})


def _with_unrecorded(verb: Verb, state: State | None) -> Iterator[tuple[Verb, str | None]]:
    if verb in RESULTS and state == State.AWAITING_SUPPLEMENT:
        # What was resolved while papers were awaited had them by then, on whatever day they came.
        yield Verb.SUPPLEMENT, SUPPLEMENT_NOT_RECORDED
    if verb in NEED_A_HAND_OVER and state == State.RECEIVED:
        yield Verb.HAND_OVER, HAND_OVER_NOT_RECORDED
    if verb == Verb.RESOLVE and state == State.RECEIVED:
        yield Verb.SETTLE, SETTLED_AT_ONCE
    else:
        yield verb, None


def _arrival(life: Life) -> Iterator[Act]:
    submitted, received = life.submitted_at, life.received_at
    if life.channel != Channel.COUNTER or submitted != received:
        yield submitted, Verb.SUBMIT
    if life.completion_asked_at is not None:
        yield life.completion_asked_at, Verb.ASK_COMPLETION
        if received is not None:
            yield received, Verb.BRING_COMPLETION
    if life.not_accepted_at is not None:
        yield life.not_accepted_at, Verb.REFUSE_AT_INTAKE
    elif received is not None:
        yield received, Verb.RECEIVE


def _events(life: Life) -> Iterator[Act]:
    if life.handed_over_at is not None:
        yield life.handed_over_at, Verb.HAND_OVER
    asked, brought = life.supplement_requested_at, life.supplement_received_at
    yield from _promises(life, before_asking=True)
    if asked is not None:
        yield asked, Verb.ASK_SUPPLEMENT
        if brought is not None:
            yield max(asked, brought), Verb.SUPPLEMENT
    yield from _promises(life, before_asking=False)
    for pause in life.pauses:
        yield pause.begins_at, Verb.PAUSE
        if pause.ends_at is not None:
            yield pause.ends_at, Verb.RESUME


def _promises(life: Life, *, before_asking: bool) -> Iterator[Act]:
    """Yield where other dates were promised, before papers were asked for or else after it."""
    asked, brought = life.supplement_requested_at, life.supplement_received_at
    promises = (
        (life.first_extended_at, Verb.EXTEND),
        (life.extended_at, Verb.EXTEND),
        (life.apologised_at, Verb.APOLOGISE),
    )
    for at, verb in promises:
        if at is None or _comes_first(life, at) != before_asking:
            continue
        yield (min(at, asked or at) if before_asking else max(at, brought or at)), verb


def _comes_first(life: Life, sorry: datetime) -> bool:
    """Say whether another date was promised before papers were asked for, or after they came.

    While they are awaited it is not; of either moment only the date may be known.
    """
    asked, brought = life.supplement_requested_at, life.supplement_received_at
    if asked is None or brought is None or sorry <= asked:
        return True
    return sorry < brought and not comes_before(asked, sorry, life.dated)


def _end(life: Life) -> Iterator[Act]:
    finished_at, outcome = finish(life)
    if finished_at is None:
        if life.withdrawal_asked_at is not None:
            yield life.withdrawal_asked_at, Verb.ASK_WITHDRAWAL
        return
    if outcome == Outcome.WITHDRAWN:
        yield finished_at, Verb.ASK_WITHDRAWAL
        yield finished_at, Verb.CONFIRM_WITHDRAWAL
    else:
        yield finished_at, ENDS[outcome]
    if life.returned_at is not None:
        yield life.returned_at, Verb.RETURN


ENDS: Final = {
    None: Verb.RESOLVE,
    Outcome.GRANTED: Verb.RESOLVE,
    Outcome.REFUSED: Verb.REFUSE,
    Outcome.STOPPED: Verb.STOP,
}
