"""The papers that lie in a dossier: which were brought, in how many originals and copies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.catalogue.rules import Copies, Paper

MOST_COPIES: Final = 99
TOO_MANY: Final = N_("Số bản là một số từ 0 đến %(most)d.")


def laid_in(
    papers: Iterable[Paper], brought: frozenset[int], counted: Mapping[int, Copies]
) -> list[dict[str, Any]]:
    """Return the required papers as a dossier keeps them: those brought with their numbers.

    What nobody counted has the usual ones (form 01 of Circular 01/2018 asks for both).
    """
    return [_kept(one, place in brought, counted.get(place)) for place, one in enumerate(papers)]


def _kept(paper: Paper, is_brought: bool, counted: Copies | None) -> dict[str, Any]:
    if not is_brought:
        return {"name": paper.name, "brought": False}
    originals, copies = counted or paper.usual
    return {"name": paper.name, "brought": True, "originals": originals, "copies": copies}


def copies_of(paper: Mapping[str, Any]) -> Copies | None:
    """Return originals and copies of a paper as kept; None where nobody counted them."""
    return (paper["originals"], paper["copies"]) if "originals" in paper else None


def counted(originals: Sequence[str], copies: Sequence[str]) -> dict[int, Copies]:
    """Read what was typed for each paper in its place; nothing typed is nothing counted.

    Raises `Refusal` for what is no number of copies.
    """
    typed = enumerate(zip(originals, copies, strict=False))
    return {
        place: (_number(first), _number(second))
        for place, (first, second) in typed
        if first.strip() or second.strip()
    }


def shown(
    papers: Sequence[Paper], originals: Sequence[str], copies: Sequence[str]
) -> list[tuple[str, str]]:
    """Return for each paper what was typed, or the usual numbers, to be changed."""
    typed = dict(enumerate(zip(originals, copies, strict=False)))
    usual = [(str(first), str(second)) for first, second in (one.usual for one in papers)]
    return [typed.get(place, told) for place, told in enumerate(usual)]


def _number(typed: str) -> int:
    bare = typed.strip() or "0"
    if not (bare.isascii() and bare.isdigit() and len(bare) <= len(str(MOST_COPIES))):
        raise Refusal(TOO_MANY, field="papers", most=MOST_COPIES)
    return int(bare)
