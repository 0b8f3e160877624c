"""The papers that a form was shown with: what is ticked means the paper it was set for."""

from collections.abc import Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import Field

from onestop.base.errors import Refusal
from onestop.base.forms import Several
from onestop.base.words import N_
from onestop.catalogue.rules.papers import Paper
from onestop.dossiers.rules.papers import relisted


class Listing:
    """Fields of papers in their places, and the names that stood there."""

    papers: Field
    originals: Field | None = None
    copies: Field | None = None
    listed = Several(_l("Danh mục giấy tờ"))

    def relist(self, papers: Sequence[Paper]) -> Refusal | None:
        """Move what was set to where its papers stand now; return why that is to be looked at."""
        counts = [one for one in (self.originals, self.copies) if one is not None]
        typed = [one.data or () for one in counts] or [(), ()]
        found = relisted(papers, self.listed.data or (), self.papers.data or (), *typed)
        if found is None:
            return None
        self.papers.data, self.listed.data = found.ticked, [one.name for one in papers]
        for field, moved in zip(counts, (found.originals, found.copies), strict=False):
            field.data = moved
        if found.gone:
            return Refusal(GONE, field="listed", names="; ".join(found.gone))
        return Refusal(OTHER_PAPERS, field="listed")


OTHER_PAPERS: Final = N_(
    "Danh mục giấy tờ vừa thay đổi: những giấy đã đánh dấu được giữ theo tên. Hãy xem lại."
)
GONE: Final = N_(
    "Danh mục giấy tờ vừa thay đổi: những giấy đã đánh dấu được giữ theo tên."
    " Không còn trong danh mục: %(names)s. Hãy xem lại."
)
