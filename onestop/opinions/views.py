"""Questions to other agencies: on the page of a dossier, and in the lists of who owes an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from onestop.base.cells import CellValue
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.errors import Refusal
from onestop.base.filters import stamp
from onestop.base.gate import requires, viewer
from onestop.base.handouts import Handout, handed_out, moment
from onestop.base.languages import language
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.pills import Pill
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.dossiers.models import Dossier
from onestop.dossiers.queries import foreseeing, reading
from onestop.dossiers.rules.states import HAPPENED, Verb
from onestop.dossiers.views.showing import looked_at, page_or
from onestop.opinions import actions
from onestop.opinions.forms import AskForm, SayForm
from onestop.opinions.queries import lists, questions
from onestop.opinions.queries.lists import ListedQuestion, QuestionList
from onestop.opinions.queries.questions import Questions
from onestop.opinions.rules import ENDED
from onestop.organisation import queries as organisation
from onestop.organisation.rules import Node

blueprint = Blueprint("opinions", __name__, template_folder="templates")
HEADINGS: Final = (
    N_("Mã hồ sơ"),
    N_("Tên thủ tục"),
    N_("Nơi hỏi"),
    N_("Nơi được hỏi"),
    N_("Nội dung"),
    N_("Ý kiến trả lời"),
    N_("Hỏi lúc"),
    N_("Hạn trả lời"),
    N_("Kết thúc"),
    N_("Xếp loại"),
)


@dataclass(frozen=True)
class Saying:
    """What may be said to a question: the verb, the field it is said in, and the action."""

    verb: Verb
    field: str
    do: Callable[[Dossier, int, SayForm, Staff, datetime], None]


SAYINGS: Final = {
    "answer": Saying(
        Verb.GIVE_OPINION,
        "said",
        lambda it, seq, form, by, at: actions.give(
            it, seq=seq, answer=form.said.data, by=by, at=at
        ),
    ),
    "withdraw": Saying(
        Verb.WITHDRAW_OPINION,
        "reason",
        lambda it, seq, form, by, at: actions.withdraw(
            it, seq=seq, reason=form.reason.data, by=by, at=at
        ),
    ),
}


@blueprint.app_template_global("opinions_of")
def opinions_of(dossier: Dossier, at: datetime) -> Questions:
    """Return what was asked of other agencies about a dossier, for its page."""
    return questions.of(dossier, viewer(), at)


@blueprint.app_template_global("count_awaited")
def count_awaited(codes: list[str]) -> int:
    """Return how many of the dossiers chosen wait for the opinion of another agency."""
    return lists.count_awaited(codes, viewer())


@blueprint.app_template_filter("agency_name")
def agency_name(node: Node | None) -> str:
    """Return what an agency is called in the reader's language, where a macro does not know it."""
    return node.name(language()) if node else ""


@blueprint.app_template_global("opinions_owed")
def opinions_owed(at: datetime) -> tuple[int, int]:
    """Return how many answers the own agency owes, and how many questions of it are late."""
    return lists.asked_of(viewer(), at)


@blueprint.get("/opinions")
@requires(Permission.HAND_ON)
def index() -> ResponseReturnValue:
    """Show what is asked of the own agency, and what it waits for, with how late it is."""
    staff, at, view = viewer(), now(), _view()
    counts = lists.counts(staff, at)
    number = page_asked(request.args.get("page", ""))
    return render_template(
        "opinions/index.html",
        pills=[
            Pill(
                url_for(".index", view=one.value),
                _(one.word),
                counts[one],
                current=one == view,
                is_late=one == QuestionList.LATE and counts[one] > 0,
            )
            for one in QuestionList
        ],
        view=view,
        page=lists.page(view, staff, at, number=number, total=counts[view]),
        figures=lists.figures(staff) if view == QuestionList.ENDED else {},
        at=at,
        address=lambda to: url_for(".index", view=view.value, page=to),
        address_as=lambda kind: url_for(".index_as", view=view.value, kind=kind),
    )


@blueprint.get("/opinions.<kind>")
@requires(Permission.HAND_ON)
def index_as(kind: str) -> ResponseReturnValue:
    """Hand out a list of questions as a workbook or a plain table."""
    staff, at, view = viewer(), now(), _view()
    handout = Handout(
        name=f"opinions-{view}",
        title=_("Ý kiến"),
        headings=HEADINGS,
        widths=(23, 60, 32, 32, 60, 60, 17, 17, 17, 22),
        rows=map(_written, lists.whole(view, staff, at)),
        told=[(_("Danh sách"), _(view.word))],
        counted=_("Số câu hỏi"),
        total=lists.counts(staff, at)[view],
        at=at,
    )
    return handed_out(handout, kind)


@blueprint.route("/dossiers/<code>/opinions", methods=["GET", "POST"])
@requires(Permission.HAND_ON)
def ask(code: str) -> ResponseReturnValue:
    """Ask another agency for its opinion, after saying what becomes of the clock."""
    form = AskForm()
    if form.validate_on_submit():
        try:
            with transaction():
                dossier = reading.for_change(code, viewer()) or abort(404)
                opinion = actions.ask(dossier, form.to_asking(), by=viewer(), at=now())
                due, promised = opinion.due_at, dossier.due_at
                held = reading.waits_for_opinion(dossier)
            flash(_("Đã xin ý kiến; hạn trả lời %(day)s.", day=stamp(due)))
            if held:
                flash(_("Đồng hồ của hồ sơ dừng đến khi không còn chờ ý kiến nào."))
            elif promised and due > promised:
                flash(_("Hạn trả lời sau ngày hẹn trả của hồ sơ: đồng hồ vẫn chạy."), "refusal")
            return redirect(url_for("dossiers.show", code=code))
        except Refusal as refusal:
            form.blame(refusal)
    at, staff = now(), viewer()
    dossier = looked_at(code, at)
    asked = questions.of(dossier, staff, at)
    if not asked.may_ask and not form.is_submitted():
        return _left_alone(code, Verb.ASK_OPINION)
    form.agency.choices = _to_ask(dossier, at)
    return render_template(
        "opinions/ask.html",
        form=form,
        dossier=dossier,
        asked=asked,
        is_late=dossier.overdue_from is not None and dossier.overdue_from <= at,
    ), form.status


@blueprint.route("/dossiers/<code>/opinions/<int:seq>/<act>", methods=["GET", "POST"])
@requires(Permission.HAND_ON)
def say(code: str, seq: int, act: str) -> ResponseReturnValue:
    """Answer a question, or withdraw it."""
    saying = SAYINGS.get(act) or abort(404)
    form = SayForm()
    if form.validate_on_submit():
        try:
            with transaction():
                found = reading.for_change(code, viewer())
                if found is None:
                    return _out_of_sight(code, seq, form)
                saying.do(found, seq, form, viewer(), now())
            flash(_("Đã ghi: %(verb)s.", verb=_(saying.verb.word)))
            return redirect(page_or(code, url_for(".index")))
        except Refusal as refusal:
            form.blame(refusal)
    at, staff = now(), viewer()
    if reading.by_code(code, staff) is None:
        return _out_of_sight(code, seq, form)
    dossier = looked_at(code, at)
    asked = questions.of(dossier, staff, at)
    line = asked.of(seq) or abort(404)
    may = line.may_answer if saying.verb == Verb.GIVE_OPINION else line.may_withdraw
    if not may and not form.is_submitted():
        return _left_alone(code, saying.verb)
    page = {"dossier": dossier, "line": line, "saying": saying, "may": may}
    is_last = asked.holds and len(asked.awaited) == 1
    page["resumes"] = foreseeing.once_answered(dossier, at) if is_last else None
    last = {"last": dossier.history[-1], "happened": HAPPENED[dossier.history[-1].verb]}
    return render_template("opinions/say.html", form=form, **page, **last), form.status


def _view() -> QuestionList:
    asked = request.args.get("view", QuestionList.ASKED.value)
    return next((one for one in QuestionList if one.value == asked), None) or abort(404)


def _left_alone(code: str, verb: Verb) -> ResponseReturnValue:
    flash(_("Lúc này không thể “%(verb)s”.", verb=_(verb.word)), "refusal")
    return redirect(url_for("dossiers.show", code=code))


def _out_of_sight(code: str, seq: int, form: SayForm) -> ResponseReturnValue:
    """Tell whoever was asked that the question has ended meanwhile; what he typed is kept."""
    if not questions.out_of_sight(code, seq, viewer()):
        abort(404)
    if not form.is_submitted():
        flash(_(ENDED), "refusal")
        return redirect(url_for(".index", view=QuestionList.ENDED.value))
    form.blame(Refusal(ENDED))
    return render_template("opinions/ended.html", form=form, code=code), form.status


def _to_ask(dossier: Dossier, at: datetime) -> list[tuple[str, str]]:
    """Return whom to ask; last, and named so, those for whom nobody could answer here."""
    tree = organisation.tree(legal_date(at))
    office = organisation.by_now(dossier.handling_agency_id, legal_date(at))
    nodes = [one for one in tree.nodes if one.id != office]
    here = [(one.code, one.name(language())) for one in nodes if questions.answers_here(one, at)]
    elsewhere = [
        (one.code, _("%(agency)s (trả lời ngoài hệ thống)", agency=one.name(language())))
        for one in nodes
        if not questions.answers_here(one, at)
    ]
    return [("", _("Chọn")), *here, *elsewhere]


def _written(row: ListedQuestion) -> tuple[CellValue, ...]:
    return (
        row.code,
        row.procedure.name(language()),
        agency_name(row.asker),
        row.outsider or agency_name(row.place),
        row.content,
        row.said or "",
        moment(row.asked_at),
        moment(row.due_at),
        moment(row.ended_at),
        _(row.standing.word) if row.standing else _("không phải trả lời"),
    )
