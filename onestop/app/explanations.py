"""What a person reads when a page cannot be shown: what it means, and what to do."""

from typing import Final

from flask_babel import gettext as _

from onestop.base.words import N_

EXPLANATIONS: Final = {
    400: (N_("Yêu cầu không hợp lệ"), N_("Trang đã mở quá lâu hoặc thiếu thông tin. Hãy tải lại.")),
    401: (N_("Cần đăng nhập"), N_("Hãy đăng nhập rồi mở lại trang này.")),
    403: (N_("Không được phép"), N_("Vai trò của bạn không mở được trang này.")),
    404: (N_("Không tìm thấy"), N_("Địa chỉ này không có, hoặc không thuộc phạm vi của bạn.")),
    405: (N_("Yêu cầu không hợp lệ"), N_("Trang này không nhận cách gửi đó.")),
    409: (N_("Không làm được việc này"), N_("Chưa có gì được ghi.")),
    413: (N_("Gửi lên quá nhiều"), N_("Nội dung gửi lên vượt quá 2 MB; không có gì được ghi.")),
    500: (N_("Có lỗi trong chương trình"), N_("Không có gì bị ghi dở. Hãy thử lại sau ít phút.")),
    503: (
        N_("Hệ thống tạm thời không dùng được"),
        N_(
            "Không có gì bị ghi dở. Hãy quay lại, thử lại sau ít phút; "
            "nếu vẫn vậy, báo quầy một cửa hoặc quản trị hệ thống."
        ),
    ),
}


def explanation(code: int) -> tuple[str, str]:
    """Return title and text for an HTTP status, in the reader's language."""
    title, text = EXPLANATIONS.get(code, EXPLANATIONS[400 if code < 500 else 500])
    return _(title), _(text)
