"""Under which words a dossier is found, and which of them somebody who types asks for."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from onestop.base.words import fold
from onestop.dossiers.rules.identity import Applicant

TOKEN: Final = re.compile("[a-z0-9]+")
END_OF_CODE: Final = re.compile(r"-(\d{6})-(\d{4,5})$", re.ASCII)
APART: Final = re.compile(
    r"(?<![\w.-])(?:\d{3,5}(?:[ .]\d{3}){2,3}|\d{4}(?:[ .]\d{4}){2}|0(?:[ .]?\d){9})(?![\w-])",
    re.ASCII,
)
"""An identity number or tax code in the groups in which a page shows it, or a phone in any."""
NUMBERED: Final = re.compile(r"(?<!\d)(\d{6})-(\d{4,5})(?!\d)", re.ASCII)
ABROAD: Final = re.compile(r"(?<!\w)\+84[ .]?(?=[1-9])", re.ASCII)
BARE_CODE: Final = re.compile(r"(?<![\w.-])(?=\d{2}\.\d{2}[.-])", re.ASCII)
"""Where a code begins whose letter was left out: `26.91.27-2611`."""
GAP: Final = re.compile("[ .]")
WORDS: Final = 1 << 12
BEGINNING: Final = 6
BEGINNINGS_OF_NUMBERS: Final = (3, 4)
SHORTEST_NUMBER: Final = 3
# What nobody can type: it stands for no word, and is cut out of all that is typed.
MARK: Final = "§"
ACTIVE: Final = f"{MARK}a"
AGE: Final = 16


class Filed(NamedTuple):
    """A dossier as the index of words takes it in: where it lies, and whether it is active."""

    id: int
    words: str
    agencies: tuple[int, ...]
    is_active: bool


def tokens(texts: Iterable[str | None]) -> set[str]:
    """Return the folded words of `texts`, as the search index keeps them."""
    return {token for text in texts if text for word in text.split() for token in _tokens(word)}


@lru_cache(maxsize=WORDS)
def _tokens(word: str) -> tuple[str, ...]:
    # Names are many, the words they are made of few.
    return tuple(TOKEN.findall(fold(word)))


def search_words(dossier_code: str, applicant: Applicant) -> str:
    """Return the words under which a dossier is found: code, name, phone and ID.

    Numbers are kept a second time back to front behind an `r`, so that their last digits are a
    prefix too: phone and ID, the date in the code, and that date with the number after it. The
    number of the code is kept as it is spoken as well, without its zeros.
    """
    words = tokens([dossier_code, applicant.name])
    ends = [number.lower() for number in (applicant.phone, applicant.id_number) if number]
    words.update(ends)
    if code := END_OF_CODE.search(dossier_code):
        day, number = code.groups()
        words.add(number.lstrip("0") or "0")
        ends += [day, day + number]
    words |= {f"r{number[::-1]}" for number in ends}
    return " ".join(sorted(words))


def beginnings(words: str) -> str:
    """Return the same words with their beginnings, each behind a `0`.

    For an index that finds whole words at once and beginnings only by joining all words that
    begin so: half of all names begin with the same few letters, all phones of a network with the
    same three digits.
    """
    plain = words.split()
    return " ".join([*plain, *sorted({one for word in plain for one in _begun(word)})])


def _begun(word: str) -> Iterable[str]:
    if word.isdigit():
        ends = BEGINNINGS_OF_NUMBERS if len(word) >= SHORTEST_NUMBER else ()
        return [f"0{word[:end]}" for end in ends]
    return () if word[0] == "r" and word[1:].isdigit() else _begun_of_letters(word)


@lru_cache(maxsize=WORDS)
def _begun_of_letters(word: str) -> tuple[str, ...]:
    return tuple(f"0{word[:end]}" for end in range(1, BEGINNING + 1))


def is_begun(word: str) -> bool:
    """Say whether an index of `beginnings` holds a word that was typed as a beginning."""
    return len(word) <= (BEGINNINGS_OF_NUMBERS[-1] if word.isdigit() else BEGINNING)


def is_whole(word: str) -> bool:
    """Say whether a word that was typed is meant as it stands, and not as a beginning.

    A number so short begins a tenth of all numbers there are; typed alone it is that of a code.
    """
    return word.isdigit() and len(word) < SHORTEST_NUMBER


def typed(text: str) -> tuple[str, ...]:
    """Return the words of what somebody typed, a phone or ID written in groups as one of them.

    The day and number of a whole code are one too: apart, the number is also the end of some ID.
    """
    joined = APART.sub(lambda groups: GAP.sub("", groups[0]), ABROAD.sub("0", text))
    joined = NUMBERED.sub(r"\1\2", BARE_CODE.sub("h", joined))
    return tuple(sorted(tokens([joined])))


def place(agency_id: int) -> str:
    """Return the mark of a dossier that an agency received, or handles or has handled."""
    return f"{MARK}{agency_id}"


def age(dossier_id: int) -> str:
    """Return the mark that dossiers have in common which came about the same time."""
    return f"{MARK}b{dossier_id >> AGE}"


def newest_ages(newest_id: int, spans: Iterable[int]) -> list[list[str]]:
    """Return the marks of the newest dossiers, of ever more of them, short of all there are."""
    last = newest_id >> AGE
    return [[f"{MARK}b{last - back}" for back in range(span)] for span in spans if span <= last]
