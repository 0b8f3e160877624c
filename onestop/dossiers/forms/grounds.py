"""On what ground somebody is refused."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    SelectField,
)
from wtforms.validators import Optional

from onestop.base.errors import Refusal
from onestop.base.forms import (
    worded,
)
from onestop.base.told import refused
from onestop.dossiers.rules.refusals import Ground, Grounds


class Refusing:
    """The fields of whoever refuses: on what ground, and who would be competent where known."""

    reason: Field
    ground = SelectField(_l("Căn cứ từ chối"), [Optional()], choices={}, validate_choice=False)
    competent_agency = SelectField(
        _l("Cơ quan có thẩm quyền (nếu biết)"), [Optional()], choices={}, validate_choice=False
    )

    def offer_grounds(self, agencies: Mapping[str, str]) -> None:
        """Offer the grounds there are, and the agencies of the day by code."""
        nothing = {"": gettext("Chọn")}
        self.ground.choices = nothing | worded(Ground)
        self.competent_agency.choices = {"": gettext("Không rõ")} | dict(agencies)

    def to_grounds(self) -> Grounds:
        """Return what was chosen."""
        return Grounds(self.ground.data, self.competent_agency.data)

    def check_ground(self) -> None:
        """Blame a missing ground where the reason is missing too: the act names the first alone."""
        if self.reason.data:
            return
        try:
            self.to_grounds().chosen()
        except Refusal as refusal:
            self.ground.errors = [refused(refusal)]
