"""What a register is read against: the organisation, the catalogue, and who brings it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from onestop.base.stamps import Subject, stamp
from onestop.base.words import fold
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Snapshot
from onestop.catalogue.rules.procedures import Procedure
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.queries.counting import Clocks
from onestop.dossiers.rules.lives import Life
from onestop.exchange.rules.stories import Desk
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node


def stamps() -> tuple[str, str]:
    """Return the marks under which organisation and catalogue stay what they are."""
    return stamp(Subject.ORGANISATION), stamp(Subject.CATALOGUE)


@dataclass
class Book:
    """Answers what a register asks; `may` says for which agencies whoever brings it in may."""

    at: datetime
    may: Callable[[int], bool]
    clocks: Clocks = field(default_factory=Clocks)
    catalogue: Snapshot = field(default_factory=lambda: catalogue.snapshot())
    _stamps: tuple[str, str] = field(default_factory=stamps)

    def __post_init__(self) -> None:
        self.today = legal_date(self.at)
        ever = organisation.tree_with_past(date.max).nodes
        self._ever = {word for node in ever for word in _words(node)}
        self._desks: dict[date, dict[str, list[Desk]]] = {}
        self._allowed: dict[int, bool] = {}
        self._procedures: dict[str, set[str]] = defaultdict(set)
        for code, versions in self.catalogue.versions.items():
            for version in versions:
                for name in _names(version):
                    self._procedures[name].add(code)
        self._offered: dict[tuple[int, int], list[tuple[date, date | None]]] = defaultdict(list)
        for procedure_id, offers in self.catalogue.offers.items():
            for agency_id, first, last in offers:
                self._offered[agency_id, procedure_id].append((first, last))

    def still_holds(self) -> bool:
        """Say whether organisation and catalogue are what they were when they were read."""
        return stamps() == self._stamps

    def desk(self, code: str, on: date) -> Desk | None:
        """Return the agency of a code or name that exists `on` a date."""
        if on not in self._desks:
            self._desks[on] = _desks(on)
        there = self._desks[on]
        found = there.get(code) or there.get(fold(code)) or ()
        return found[0] if len(found) == 1 else None

    def is_agency(self, code: str) -> bool:
        """Say whether an agency of that code or name ever was."""
        return code in self._ever or fold(code) in self._ever

    def may_bring_in(self, desk: Desk) -> bool:
        """Say whether whoever imports may do so for this agency."""
        if desk.id not in self._allowed:
            self._allowed[desk.id] = self.may(desk.id)
        return self._allowed[desk.id]

    def procedure(self, code: str, desk: Desk, on: date) -> Procedure | None:
        """Return the procedure of a code, or of a name or national code among the desk's own."""
        if code in self.catalogue.versions:
            return self.catalogue.in_force(code, on)
        name = fold(code)
        there = [
            version
            for known in self._procedures.get(name, ())
            if (version := self.catalogue.in_force(known, on)) is not None
            and name in _names(version)
            and self.offers(desk, version, on)
        ]
        return there[0] if len(there) == 1 else None

    def is_procedure(self, code: str) -> bool:
        """Say whether a procedure of that code or name ever was."""
        return code in self.catalogue.versions or fold(code) in self._procedures

    def is_in_force(self, code: str, on: date) -> bool:
        """Say whether a procedure of that code or name is in force `on` a date, anywhere."""
        return any(
            (version := self.catalogue.in_force(known, on)) is not None
            and (known == code or fold(code) in _names(version))
            for known in {code, *self._procedures.get(fold(code), ())}
        )

    def offers(self, desk: Desk, procedure: Procedure, on: date) -> bool:
        """Say whether the agency receives the procedure `on` a date."""
        for first, last in self._offered.get((desk.id, procedure.id), ()):
            if first <= on and (last is None or on <= last):
                return True
        return False

    def check_extension(self, life: Life) -> None:
        """Refuse, at its column, an extension that no desk could have made."""
        self.clocks.check_extension(life)

    def check_apology(self, life: Life) -> None:
        """Refuse, at its column, a day that no apology could have promised."""
        self.clocks.check_apology(life)


def _desks(on: date) -> dict[str, list[Desk]]:
    """Return the agencies of a date under their codes and folded names."""
    found: dict[str, list[Desk]] = defaultdict(list)
    for node in organisation.tree(on).nodes:
        for word in _words(node):
            found[word].append(Desk(node.id, node.code))
    return found


def _words(node: Node) -> set[str]:
    return {node.code, fold(node.name_vi), fold(node.name_en)}


def _names(version: Procedure) -> set[str]:
    """Return what else than its own code a procedure goes by."""
    return {fold(version.name_vi), fold(version.name_en), fold(version.national_code or "")}
