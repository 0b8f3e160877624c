"""On whose behalf something is read or done; every query of dossiers takes one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from onestop.base.permissions import Permission, Scope
from onestop.base.words import N_

SYSTEM: Final = N_("Hệ thống")
APPLICANT: Final = N_("Người nộp")


def is_nameless(author: str) -> bool:
    """Say whether an author in a history is a word for nobody of the staff, to be translated."""
    return author in {SYSTEM, APPLICANT}


@dataclass(frozen=True)
class Staff:
    """A member of staff: every read is scoped to the agency, every write signed.

    `grants` says how far each permission reaches; `subtree` holds the ids of the agency itself and
    all below it, as the organisation stands today, and of what had ended below it before. Its
    figures are those of the subtree; its work is more: `taken_over` are agencies that have ended
    and whose work it has, `taken_over_below` those whose work any of its subtree has.
    """

    account_id: int
    username: str
    name: str
    role: str
    agency_id: int
    agency_code: str
    agency_name: str = ""
    agency_name_en: str = ""
    grants: Mapping[Permission, Scope] = field(default_factory=dict)
    subtree: frozenset[int] = frozenset()
    taken_over: frozenset[int] = frozenset()
    taken_over_below: frozenset[int] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Say whether the post grants `permission` at all."""
        return permission in self.grants

    @cached_property
    def own(self) -> frozenset[int]:
        """Return the agency itself, and those whose work it has taken over."""
        return self.taken_over | {self.agency_id}

    @cached_property
    def reached(self) -> frozenset[int]:
        """Return the agency, all below it, and those whose work any of them has taken over."""
        return self.subtree | self.taken_over_below

    def agencies(self, permission: Permission) -> frozenset[int]:
        """Return the agencies on whose work a permission reaches."""
        return self.reached if self.reach(permission) == Scope.SUBTREE else self.own

    def agency(self, language: str) -> str:
        """Return the name of the agency in a language, `vi` or `en`."""
        return self.agency_name_en if language == "en" else self.agency_name

    def reach(self, permission: Permission) -> Scope | None:
        """Return how far `permission` reaches, or None when it is not granted."""
        return self.grants.get(permission)


@dataclass(frozen=True)
class Operator:
    """Whoever runs the command line: sees everything, and signs as the system's user."""

    username: str = "onestop"
    name: str = SYSTEM
    account_id: int | None = None

    def may(self, _permission: Permission) -> bool:
        """Say yes: who has the machine has the data."""
        return True

    def reach(self, _permission: Permission) -> Scope:
        """Return the widest scope."""
        return Scope.SUBTREE


@dataclass(frozen=True)
class Citizen:
    """A person who is not logged in and shows a code with a proof, or submits online."""

    code: str = ""
    proof: str = ""
    username: str = "citizen"
    name: str = APPLICANT
    account_id: int | None = None


Viewer = Staff | Operator
Author = Staff | Operator | Citizen
