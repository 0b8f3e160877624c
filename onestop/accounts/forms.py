"""What a member of staff fills in to log in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from onestop.base.forms import Form


class LoginForm(Form):
    """User name and password."""

    username = StringField(
        _l("Tên đăng nhập"),
        [InputRequired(_l("Hãy nhập tên đăng nhập.")), Length(max=100, message=_l("Quá dài."))],
        filters=[lambda text: text and text.replace("\0", "").strip().lower()],
    )
    password = PasswordField(
        _l("Mật khẩu"),
        [InputRequired(_l("Hãy nhập mật khẩu.")), Length(max=200, message=_l("Quá dài."))],
    )
    next = HiddenField()
