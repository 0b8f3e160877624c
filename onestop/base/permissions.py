"""The names of what staff may do, and how far; who may do what stands in `accounts.rules`."""

from enum import IntEnum

from onestop.base.words import N_, Worded


class Permission(Worded):
    """Something a member of staff may be allowed to do."""

    RECEIVE = "receive", N_("Tiếp nhận, từ chối hoặc yêu cầu hoàn thiện hồ sơ tại quầy")
    HAND_OVER = "hand_over", N_("Bàn giao hồ sơ cho nơi giải quyết")
    NOTE_SUPPLEMENT = "note_supplement", N_("Ghi nhận người nộp đã bổ sung")
    NOTE_WITHDRAWAL = "note_withdrawal", N_("Ghi nhận yêu cầu rút hồ sơ")
    NOTE_PAYMENT = "note_payment", N_("Ghi nghĩa vụ tài chính: yêu cầu nộp, đã nộp")
    RETURN_RESULT = "return_result", N_("Trả kết quả")
    ASK_SUPPLEMENT = "ask_supplement", N_("Yêu cầu bổ sung khi đang giải quyết")
    RESOLVE = "resolve", N_("Ghi kết quả, từ chối sau thẩm định")
    HAND_ON = "hand_on", N_("Nhận việc, trình duyệt, xin và cho ý kiến, chuyển bước sau")
    ASSIGN = "assign", N_("Giao việc, thu hồi, duyệt, trả lại")
    SIGN = "sign", N_("Ký kết quả")
    CONFIRM_WITHDRAWAL = "confirm_withdrawal", N_("Xác nhận rút hồ sơ")
    APOLOGISE = "apologise", N_("Xin lỗi và hẹn lại ngày trả")
    EXTEND = "extend", N_("Kéo dài thời hạn chứng thực")
    TRANSFER = "transfer", N_("Chuyển hồ sơ sang cơ quan có thẩm quyền")
    OVERRIDE = "override", N_("Quyết định ngoại lệ")
    PRINT_PAPERS = "print_papers", N_("In phiếu theo mẫu")
    READ_DOSSIERS = "read_dossiers", N_("Xem hồ sơ")
    READ_RATES = "read_rates", N_("Xem số liệu và tỷ lệ")
    READ_HISTORY = "read_history", N_("Xem lịch sử")
    READ_CALENDAR = "read_calendar", N_("Xem lịch làm việc")
    MANAGE_CALENDAR = "manage_calendar", N_("Quản lý lịch làm việc")
    CLOSE_OFFICES = "close_offices", N_("Ghi cơ quan đóng cửa theo lệnh, mở cửa lại")
    MANAGE_ACCOUNTS = "manage_accounts", N_("Quản lý tài khoản")
    MANAGE_CATALOGUE = "manage_catalogue", N_("Quản lý danh mục thủ tục")
    MANAGE_ORGANISATION = "manage_organisation", N_("Quản lý cơ quan")


class Scope(IntEnum):
    """How far a permission reaches: the larger one contains the smaller."""

    OWN_DESK = 1
    OWN_AGENCY = 2
    SUBTREE = 3
