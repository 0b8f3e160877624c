"""What a post allows to be done to a dossier, by the agencies that received and handle it."""

from onestop.base.errors import Refusal
from onestop.base.permissions import Permission, Scope
from onestop.base.viewer import Author, Citizen, Operator, Staff
from onestop.base.words import N_
from onestop.dossiers.rules.states import Transition, Verb


def allows(permission: Permission | None, by: Author, receiving_id: int, handling_id: int) -> bool:
    """Say whether `by` may use `permission` on a dossier of these agencies."""
    if permission is None or isinstance(by, Operator):
        return True
    if isinstance(by, Citizen) or (scope := by.reach(permission)) is None:
        return False
    return within(scope, by, receiving_id, handling_id)


def check_post(
    row: Transition, verb: Verb, by: Author, receiving_id: int, handling_id: int
) -> None:
    """Refuse a verb whose row does not allow it to `by` on a dossier of these agencies."""
    if not allows(row.permission, by, receiving_id, handling_id):
        raise outside_the_post(verb)


def outside_the_post(verb: Verb) -> Refusal:
    """Return the refusal of a verb that is not for the post of whoever tries it."""
    return Refusal(N_("Vai trò của bạn không được phép “%(verb)s”."), verb=verb)


def within(scope: Scope, staff: Staff, receiving_id: int, handling_id: int) -> bool:
    """Say whether a dossier lies in the scope of a member of staff.

    What an agency that has ended received or handled is its successor's (rules.md 13.2).
    """
    if scope == Scope.OWN_DESK:
        return receiving_id in staff.own
    if scope == Scope.OWN_AGENCY:
        return not staff.own.isdisjoint({receiving_id, handling_id})
    return not staff.reached.isdisjoint({receiving_id, handling_id})
