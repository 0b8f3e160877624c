"""On what ground a dossier is refused: a few, so that they can be counted (forms.md 3)."""

from dataclasses import dataclass

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded


class Ground(Worded):
    """The ground of a refusal, beside its reason in words; form 03 bears its number.

    New ones go to the end: a number that was printed keeps its meaning.
    """

    NOT_COMPETENT = "not_competent", N_("Không thuộc thẩm quyền giải quyết")
    NOT_VALID = "not_valid", N_("Hồ sơ không hợp lệ")
    NOT_COMPLETED = "not_completed", N_("Không bổ sung, hoàn thiện theo yêu cầu")
    CONDITIONS = "conditions", N_("Không đủ điều kiện theo quy định")
    SETTLED = "settled", N_("Đã giải quyết, hoặc đang giải quyết ở hồ sơ khác")
    OTHER = "other", N_("Căn cứ khác")

    @property
    def number(self) -> str:
        """Return the number that it bears on paper: "01"."""
        return f"{[*Ground].index(self) + 1:02}"


@dataclass(frozen=True)
class Grounds:
    """What was chosen beside the reason of a refusal: values as a form or a program sends them."""

    ground: str | None
    competent_agency: str | None = None

    def chosen(self) -> Ground:
        """Return the ground. Raises `Refusal` at `ground` where none is chosen (form 03)."""
        if ground := Ground.known(self.ground):
            return ground
        raise Refusal(N_("Hãy chọn căn cứ từ chối."), field="ground")
