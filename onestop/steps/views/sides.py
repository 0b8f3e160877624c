"""How both sides of a hand-over are called on screen: as its list calls them on paper."""

from flask_babel import gettext as _

from onestop.base.languages import language
from onestop.base.words import capitalize_first
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation.rules import Node
from onestop.steps.queries.handing import ListedHandover
from onestop.steps.rules import giving, taking
from onestop.steps.views.blueprint import blueprint


def taking_side(taker: Node | None, giver_id: int) -> str:
    """Return how whoever takes from an agency is called; nothing of nobody."""
    if taker is None:
        return ""
    return capitalize_first(_(taking(taker, giver_id), agency=taker.within(language())))


@blueprint.app_template_filter()
def giver_name(listed: ListedHandover) -> str:
    """Return how the side that gives is called."""
    if listed.giver is None:
        return ""
    called = giving(listed.giver, legal_date(listed.row.made_at))
    return capitalize_first(_(called, agency=listed.giver.within(language())))


@blueprint.app_template_filter()
def taker_name(listed: ListedHandover) -> str:
    """Return how the side that takes is called."""
    return taking_side(listed.taker, listed.row.giver_id)
