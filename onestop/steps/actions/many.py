"""One move of many steps: each on its own, so that one that cannot be done stops no other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from onestop.base.viewer import Staff
from onestop.dossiers.actions import many
from onestop.dossiers.actions.many import Done
from onestop.dossiers.models import Dossier
from onestop.dossiers.rules.states import Verb
from onestop.steps.actions import moving
from onestop.steps.rules import seq_of

Chosen = tuple[str, int]
"""The code of a dossier, and the stamp of its step when it was chosen."""

ACTS: Final[Mapping[Verb, Callable[[Dossier, int, str | None, Staff, datetime], None]]] = {
    Verb.TAKE_UP: lambda it, seq, _, by, at: moving.take_up(it, seq=seq, by=by, at=at),
    Verb.ASSIGN: lambda it, seq, to, by, at: moving.assign(it, to=to, seq=seq, by=by, at=at),
    Verb.PUT_FORWARD: lambda it, seq, _, by, at: moving.put_forward(it, seq=seq, by=by, at=at),
    Verb.APPROVE: lambda it, seq, _, by, at: moving.approve(it, seq=seq, by=by, at=at),
    Verb.SIGN: lambda it, seq, _, by, at: moving.sign(it, seq=seq, by=by, at=at),
    Verb.HAND_ON: lambda it, seq, to, by, at: moving.hand_on(it, agency=to, seq=seq, by=by, at=at),
}
"""What can be done to many at once.

What goes back is none of them: it needs the reason of each (rules.md 8).
"""


def do(
    verb: Verb, chosen: Sequence[Chosen], *, to: str | None = None, by: Staff, at: datetime
) -> Done:
    """Make one move of each of the steps that can make it; tell which were left, and why.

    `to` is whom the work is given, or the agency of the next step where several could do it. A
    step that was moved since it was chosen is left. Raises `Refusal` where none is chosen, or
    more than can be done at once.
    """

    def act_on(stamped: int) -> many.Act:
        def act(dossier: Dossier) -> None:
            moving.unchanged(dossier, stamped)
            ACTS[verb](dossier, seq_of(stamped), to, by, at)

        return act

    wanted = dict.fromkeys(chosen)
    return many.each([(code, act_on(stamped)) for code, stamped in wanted], by=by)
