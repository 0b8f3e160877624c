"""The papers that lie in a dossier: which were brought, in how many originals and copies."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.words import N_
from onestop.catalogue.rules.papers import Copies, Paper

MOST_COPIES: Final = 99
TOO_MANY: Final = N_("Số bản là một số từ 0 đến %(most)d.")
NO_SETS: Final = N_("Số bộ hồ sơ là một số từ 1 đến %(most)d.")


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


def still_required(
    papers: Sequence[Paper], kept: Iterable[Mapping[str, Any]]
) -> tuple[list[int], list[str]]:
    """Return the places of those brought among `papers`, and the names that are no longer there.

    A paper is known by its name: the list may be another than when it was submitted, and what
    stands in its place now nobody has brought.
    """
    brought = [str(one["name"]) for one in kept if one["brought"]]
    places = [place for place, paper in enumerate(papers) if paper.name in brought]
    return places, [name for name in brought if name not in {paper.name for paper in papers}]


@dataclass(frozen=True)
class Relisted:
    """What was set of papers in their places, moved to where they stand now; and what is gone."""

    ticked: list[str]
    originals: list[str]
    copies: list[str]
    gone: list[str]


def relisted(
    papers: Sequence[Paper],
    listed: Sequence[str],
    ticked: Iterable[str],
    originals: Sequence[str],
    copies: Sequence[str],
) -> Relisted | None:
    """Return what was set while other papers were `listed`, by their names; None where these were.

    A form that was open while the catalogue changed says what stood in which place when somebody
    ticked it.
    """
    names = [paper.name for paper in papers]
    if not listed or listed == names:
        return None
    marked = [listed[int(one)] for one in ticked if one.isdecimal() and int(one) < len(listed)]
    typed = dict(zip(listed, zip(originals, copies, strict=False), strict=False))
    usual = {one.name: (str(one.usual[0]), str(one.usual[1])) for one in papers}
    amounts = [typed.get(name, usual[name]) for name in names] if typed else []
    return Relisted(
        [str(place) for place, name in enumerate(names) if name in marked],
        [first for first, _second in amounts],
        [second for _first, second in amounts],
        [name for name in marked if name not in names],
    )


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


def sets_typed(typed: str | None) -> int | None:
    """Read how many sets there are; None where nobody said. Raises `Refusal`."""
    bare = (typed or "").strip()
    if bare and not (_is_number(bare) and int(bare)):
        raise Refusal(NO_SETS, field="papers", most=MOST_COPIES)
    return int(bare) if bare else None


def _number(typed: str) -> int:
    bare = typed.strip() or "0"
    if not _is_number(bare):
        raise Refusal(TOO_MANY, field="papers", most=MOST_COPIES)
    return int(bare)


def _is_number(bare: str) -> bool:
    return bare.isascii() and bare.isdigit() and len(bare) <= len(str(MOST_COPIES))


Amounts = tuple[int, int, int]
"""How many originals, certified copies and photocopies are asked for."""


@dataclass(frozen=True)
class Wanted:
    """One line of what an applicant is asked for; `amounts` where it says how many and of what."""

    name: str
    amounts: Amounts | None = None


def wanted(line: str) -> Wanted:
    """Read a line such as "Giấy khai sinh: 1 bản chính, 2 bản photo" (form 02).

    A line that says no amounts behind a name, in whatever words, is a name as a whole.
    """
    found = AMOUNTS.search(line)
    name = line[: found.start()].rstrip() if found else ""
    if found is None or not name:
        return Wanted(line)
    amounts = [0, 0, 0]
    for number, kind in AMOUNT.findall(found[1]):
        bare = kind.casefold()
        amounts[next(place for place, mark in enumerate(MARKS) if mark.search(bare))] += int(number)
    return Wanted(name, (amounts[0], amounts[1], amounts[2]))


# In this order: "bản sao có chứng thực" is certified, "bản chụp" a photocopy.
MARKS: Final = (re.compile("chính|gốc"), re.compile("thực|công|y$"), re.compile(""))
AMOUNT: Final = re.compile(
    r"(\d{1,2})\s+bản\s+(chính|gốc|(?:sao\s+)?(?:có\s+)?(?:chứng\s+thực|công\s+chứng)|sao\s+y"
    r"|(?:sao\s+)?(?:photo(?:copy)?|phô\s*tô|chụp))",
    re.IGNORECASE,
)
AMOUNTS: Final = re.compile(
    rf"\s*[:(,–-]\s*({AMOUNT.pattern}(?:\s*(?:,|và)\s*{AMOUNT.pattern})*)\s*\)?\.?$",
    re.IGNORECASE,
)
