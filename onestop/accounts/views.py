"""Logging in and out, and who has which account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import (
    Blueprint,
    Flask,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, login_user, logout_user

from onestop.accounts import actions, queries
from onestop.accounts.actions import Cost
from onestop.accounts.forms import LoginForm
from onestop.accounts.rules import GRANTS, WINDOW, is_throttled
from onestop.base.addresses import local_path
from onestop.base.clock import now
from onestop.base.edge import transaction
from onestop.base.gate import also_stale, logged_in, public, requires, viewer
from onestop.base.notes import failures, note_failure, tries
from onestop.base.paging import page_asked
from onestop.base.permissions import Permission
from onestop.base.viewer import Staff
from onestop.base.words import N_
from onestop.deadlines.rules.moments import legal_date
from onestop.organisation import queries as organisation

blueprint = Blueprint("accounts", __name__, template_folder="templates")
LOGIN: Final = "login"
SEEN: Final = "seen_at"
ACCOUNT: Final = "stamp"
UNTOLD: Final = 1 / 30  # of the idle time: requests so soon after the last noted one go unnoted


@dataclass(frozen=True)
class Member:
    """A logged-in member of staff, as Flask-Login wants one."""

    staff: Staff
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id that the session keeps."""
        return str(self.staff.account_id)


def keep(app: Flask) -> None:
    """Give `app` its log-in: who a session belongs to, and when it has been idle too long."""
    manager = LoginManager(app, add_context_processor=False)  # templates know `staff`
    manager.session_protection = "basic"
    manager.user_loader(_member)


@blueprint.route("/login", methods=["GET", "POST"])
@public
@also_stale
def login() -> ResponseReturnValue:
    """Let a member of staff in; wrong pairs all get one answer, and too many have to wait."""
    form = LoginForm(data={"next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return _login_page(form), form.status
    at, address = now(), request.remote_addr or ""
    username = str(form.username.data)
    failed = failures(tries(LOGIN, subject=username, address=address, since=at - WINDOW))
    if is_throttled(failed.by_subject, failed.by_address, failed.by_both):
        wait = int(WINDOW.total_seconds())
        form.form_errors.append(
            _("Sai quá nhiều lần. Hãy thử lại sau %(minutes)s phút.", minutes=wait // 60)
        )
        return _login_page(form), 429, {"Retry-After": str(wait)}
    account = queries.by_username(username)
    cost = password_cost()
    right = actions.is_password(
        str(form.password.data), account.password_hash if account else None, cost
    )
    staff = queries.of(account, legal_date(at)) if account and right else None
    if account is None or staff is None or not account.is_open:
        note_failure(LOGIN, subject=username, address=address, at=at)
        form.form_errors.append(_("Tên hoặc mật khẩu không đúng."))
        return _login_page(form), 422
    if actions.is_outdated(account.password_hash, cost):
        with transaction():
            actions.renew_hash(account, str(form.password.data), cost)
    session.clear()
    login_user(Member(staff))
    session[ACCOUNT] = account.stamp
    session[SEEN] = at.timestamp()
    return redirect(local_path(form.next.data or "") or url_for("app.start"))


@blueprint.post("/logout")
@public
@also_stale
def logout() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"))


@blueprint.get("/admin/accounts")
@requires(Permission.MANAGE_ACCOUNTS)
def index() -> ResponseReturnValue:
    """Show the accounts of the agency and all below it."""
    return render_template(
        "accounts/index.html",
        accounts=queries.all_below(viewer().subtree),
        tree=organisation.tree(legal_date(now())),
    )


@blueprint.get("/admin/permissions")
@logged_in
def permissions() -> ResponseReturnValue:
    """Show who may do what, from the very table that the code enforces."""
    return render_template("accounts/permissions.html", grants=GRANTS, permissions=Permission)


@blueprint.get("/admin/takings")
@requires(Permission.READ_HISTORY)
def takings() -> ResponseReturnValue:
    """Show which lists and figures staff took along as files, and when."""
    return render_template(
        "accounts/takings.html",
        page=queries.takings(viewer().subtree, number=page_asked(request.args.get("page", ""))),
        tree=organisation.tree_with_past(legal_date(now())),
        lists=LISTS,
        address=lambda number: url_for("accounts.takings", page=number),
    )


LISTS: Final = {
    "dossiers.desk_as": N_("Danh sách của bàn"),
    "dossiers.index_as": N_("Sổ theo dõi, hoặc hồ sơ sau một con số"),
    "register.index_as": N_("Sổ theo dõi theo mẫu"),
    "steps.work_as": N_("Danh sách việc"),
    "steps.others_as": N_("Bước làm cho nơi khác"),
    "steps.pending_as": N_("Hồ sơ đã bàn giao, chưa có phiếu"),
    "steps.lists_as": N_("Các phiếu bàn giao"),
    "steps.list_as": N_("Phiếu bàn giao"),
    "dossiers.transfers_as": N_("Hồ sơ đã chuyển đi"),
    "opinions.index_as": N_("Ý kiến của cơ quan khác"),
    "queue.waits_as": N_("Thời gian chờ tại quầy"),
    "queue.tickets_as": N_("Các số đã cấp"),
    "reporting.export": N_("Số liệu và tỷ lệ"),
}


def password_cost() -> Cost:
    """Return how dear a hash is in this installation."""
    config = current_app.config
    return Cost(config["PASSWORD_TIME_COST"], config["PASSWORD_MEMORY_COST"])


def _login_page(form: LoginForm) -> str:
    return render_template("accounts/login.html", form=form, demo_names=queries.demo_names())


def _member(account_id: str) -> Member | None:
    at = now()
    known = queries.known(int(account_id), legal_date(at))
    if known is None or session.get(ACCOUNT) != known.stamp:
        return None
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    seen: Any = session.get(SEEN, 0)
    if at.timestamp() - seen > idle.total_seconds():
        return None
    if at.timestamp() - seen > idle.total_seconds() * UNTOLD:
        session[SEEN] = at.timestamp()
    return Member(known.staff)
