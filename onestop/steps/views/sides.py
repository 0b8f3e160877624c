"""How both sides of a hand-over are called: within one agency its desk, and who handles there."""

from flask_babel import gettext as _

from onestop.base.languages import language
from onestop.organisation.rules import Node
from onestop.steps.queries.handing import ListedHandover
from onestop.steps.views.blueprint import blueprint


def taking(taker: Node | None, giver_id: int) -> str:
    """Return how whoever takes from an agency is called; nothing of nobody."""
    if taker is None:
        return ""
    if taker.id == giver_id:
        return _("Bộ phận chuyên môn %(place)s", place=taker.within(language()))
    return taker.name(language())


@blueprint.app_template_filter()
def giver_name(listed: ListedHandover) -> str:
    """Return how the side that gives is called."""
    if listed.giver is None:
        return ""
    if listed.giver == listed.taker:
        return _("Bộ phận Một cửa %(place)s", place=listed.giver.within(language()))
    return listed.giver.name(language())


@blueprint.app_template_filter()
def taker_name(listed: ListedHandover) -> str:
    """Return how the side that takes is called."""
    return taking(listed.taker, listed.row.giver_id)
