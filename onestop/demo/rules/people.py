"""People who belong to nobody: names, places and numbers drawn by chance."""

import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from onestop.dossiers.rules.identity import Applicant, ApplicantKind

Row = Mapping[str, str]


@dataclass(frozen=True)
class People:
    """Names, places and patterns that belong to nobody."""

    families: Sequence[Row]
    middles: Sequence[Row]
    givens: Sequence[Row]
    places: Sequence[Row]


@dataclass
class Crowd:
    """Invents applicants, one after another."""

    people: People
    chance: random.Random

    def __post_init__(self) -> None:
        self._families = _weighted(self.people.families)
        self._names = {
            sex: (
                _weighted([row for row in self.people.middles if row["gender"] == sex]),
                _weighted([row for row in self.people.givens if row["gender"] == sex]),
            )
            for sex in "mf"
        }
        places: dict[str, list[Row]] = {}
        for row in self.people.places:
            places.setdefault(row["agency_code"], []).append(row)
        self._places = {code: _weighted(rows) for code, rows in places.items()}
        self._communes = sorted(places)

    def somebody(self, agency_code: str, *, organisation: bool = False) -> Applicant:
        """Return an applicant who lives where the agency is."""
        draw = self.chance.random
        sex = "mf"[draw() < 0.5]
        middles, givens = self._names[sex]
        family, middle, given = (_drawn(pool, draw()) for pool in (self._families, middles, givens))
        commune = agency_code if agency_code in self._places else None
        if commune is None:
            commune = self._communes[int(draw() * len(self._communes))]
        phone = f"0600{int(draw() * 1_000_000):06}"
        place = _drawn(self._places[commune], draw())
        if organisation:
            return Applicant(
                name=f"Công ty TNHH {middle} {given}",
                kind=ApplicantKind.ORGANISATION,
                id_number=_tax_code(int(draw() * 10_000_000)),
                phone=phone,
                address=place,
            )
        born = 1950 + int(draw() * 54)
        digit = 2 * (born // 100 - 19) + (sex == "f")
        number = f"999{digit}{born % 100:02}{int(draw() * 1_000_000):06}"
        return Applicant(
            name=f"{family} {middle} {given}", id_number=number, phone=phone, address=place
        )


def _weighted(rows: Sequence[Row]) -> tuple[list[str], list[int]]:
    return [row["name"] for row in rows], [*accumulate(int(row["weight"]) for row in rows)]


def _drawn(pool: tuple[list[str], list[int]], luck: float) -> str:
    names, sums = pool
    return names[bisect_left(sums, int(luck * sums[-1]) + 1)]


def _tax_code(number: int) -> str:
    """Return an organisation's tax code of no province, with the check digit it must have."""
    digits = f"99{number:07}"
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    check = 10 - weighed % 11
    return f"{digits}{check}" if check < 10 else _tax_code(number + 1)


WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
