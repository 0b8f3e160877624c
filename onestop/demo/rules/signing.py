"""Who signs each step of an invented life, and what he wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from onestop.accounts.rules import Role
from onestop.base.viewer import Staff
from onestop.catalogue.rules.channels import Channel
from onestop.dossiers.rules.apologies import Cause
from onestop.dossiers.rules.lives import Life
from onestop.dossiers.rules.refusals import Ground
from onestop.dossiers.rules.states import Verb

AT_THE_DESK: Final = (Role.CLERK, Role.OFFICER)
EXAMINING: Final = (Role.OFFICER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.CLERK)
DECIDING: Final = (Role.DEPARTMENT_HEAD, Role.LEADER)
EXAMINED: Final = frozenset({Verb.ASK_SUPPLEMENT, Verb.RESOLVE, Verb.REFUSE})
DECIDED: Final = frozenset({Verb.APOLOGISE, Verb.CONFIRM_WITHDRAWAL, Verb.STOP})
SORRY_FOR: Final[Mapping[Cause, str]] = {
    Cause.OFFICER: "Số lượng hồ sơ trong kỳ tăng đột biến, đơn vị chưa kịp giải quyết.",
    Cause.APPLICANT: "Người nộp chưa có mặt để xác minh theo lịch đã hẹn.",
    Cause.OTHER_AGENCY: "Cơ quan phối hợp chưa có văn bản trả lời.",
    Cause.SYSTEM: "Phần mềm chuyên ngành gián đoạn, chưa tra cứu được dữ liệu.",
    Cause.REGULATION: "Quy định mới thay đổi, đang chờ cấp trên hướng dẫn.",
    Cause.FORCE_MAJEURE: "Cơ quan tạm đóng cửa do thiên tai.",
}


@dataclass(frozen=True)
class Signers:
    """The staff by agency and role, of whom one signs each step of a life."""

    posts: Mapping[tuple[int, Role], tuple[Staff, ...]]

    def of(self, life: Life, verb: Verb) -> Staff | None:
        """Return who does `verb` to a dossier, or None for the applicant's own submission."""
        if verb == Verb.SUBMIT and life.channel == Channel.ONLINE:
            return None
        desk = life.agency_id
        handler = life.procedure.department_agency_id or desk
        if verb in DECIDED:
            return self._one(life, handler, DECIDING)
        return self._one(life, *((handler, EXAMINING) if verb in EXAMINED else (desk, AT_THE_DESK)))

    def _one(self, life: Life, agency_id: int, roles: tuple[Role, ...]) -> Staff:
        members = next(found for role in roles if (found := self.posts.get((agency_id, role))))
        return members[life.submitted_at.minute % len(members)]


NOT_HERE: Final = (
    Ground.NOT_COMPETENT,
    "Hồ sơ không thuộc thẩm quyền giải quyết của đơn vị.",
)
NOT_GRANTED: Final = (
    (Ground.CONDITIONS, "Chưa đủ điều kiện theo quy định của thủ tục."),
    (Ground.NOT_VALID, "Giấy tờ nộp kèm không còn giá trị sử dụng."),
    (Ground.SETTLED, "Yêu cầu này đã được giải quyết ở một hồ sơ trước."),
)


def ground(life: Life, verb: Verb) -> Ground | None:
    """Return on what ground a dossier was refused; every other step needs none."""
    refused = _refused(life, verb)
    return refused[0] if refused else None


def _refused(life: Life, verb: Verb) -> tuple[Ground, str] | None:
    if verb == Verb.REFUSE_AT_INTAKE:
        return NOT_HERE
    return NOT_GRANTED[life.submitted_at.minute % len(NOT_GRANTED)] if verb == Verb.REFUSE else None


def reason(life: Life, verb: Verb) -> str | None:
    """Return why a step was done, where the law wants a reason or a name."""
    if verb == Verb.ASK_SUPPLEMENT:
        papers = [paper for paper in life.procedure.papers if not paper.is_shown_only]
        return papers[-1].asked_for[0] if papers else "Giấy tờ tùy thân: 1 bản chứng thực"
    if verb == Verb.APOLOGISE and life.apology_cause is not None:
        return SORRY_FOR[life.apology_cause]
    if refused := _refused(life, verb):
        return refused[1]
    if verb == Verb.EXTEND:
        return "Yêu cầu nhiều bản, nhiều trang; chưa thể xong trong ngày."
    return "Người nộp hồ sơ · Căn cước công dân" if verb == Verb.RETURN else None
