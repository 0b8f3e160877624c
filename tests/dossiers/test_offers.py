"""The keys of the acts on the page of a dossier."""

from collections import Counter
from itertools import product

import pytest

from onestop.dossiers.rules.states import State, next_verbs
from onestop.dossiers.views.offering import OFFERED

OF_THE_PAGE = "p"  # prints the receipt


@pytest.mark.parametrize(
    ("state", "received", "before"), list(product(State, (True, False), (None, *State)))
)
def test_no_two_acts_of_a_page_have_the_same_key(
    state: State, received: bool, before: State | None
) -> None:
    rows = next_verbs(state, received=received, before=before)
    verbs = {row.verb for row in rows if row.verb in OFFERED}
    keys = Counter([OF_THE_PAGE, *(OFFERED[verb].key for verb in verbs)])
    assert max(keys.values()) == 1, keys
