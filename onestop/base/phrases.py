"""What click has to say of a wrong call, in the words of this product."""

import re
from typing import Final

from onestop.base.words import N_

_SAYINGS: Final = (
    (r"(?P<text>.+) is not one of (?P<all>.+)\.", N_("%(text)s không phải một trong %(all)s.")),
    (r"(?P<text>.+) does not match the formats? .+\.",  # a day is all that we ask for in a form
     N_("%(text)s không phải ngày dạng 2026-09-02.")),
    (r"(?P<text>.+) is not a valid integer(?: range)?\.", N_("%(text)s không phải một số nguyên.")),
    (r"(?P<text>.+) is not in the range (?P<range>.+)\.",
     N_("%(text)s nằm ngoài khoảng %(range)s.")),
    (r"(?P<kind>\w+) (?P<name>'.+') does not exist\.", N_("Không có %(name)s.")),
    (r"(?P<kind>\w+) (?P<name>'.+') is a directory\.", N_("%(name)s là một thư mục.")),
    (r"(?P<kind>\w+) (?P<name>'.+') is not readable\.", N_("Không đọc được %(name)s.")),
    (r"(?P<kind>\w+) (?P<name>'.+') is not writable\.", N_("Không ghi được %(name)s.")),
    (r"Could not open file (?P<name>'.+'): (?P<why>.+)", N_("Không mở được %(name)s: %(why)s.")),
    (r"No such command (?P<name>'[^']+')\..*", N_("Không có lệnh %(name)s.")),
    (r"Missing command\.", N_("Thiếu tên lệnh.")),
    (r"Got unexpected extra arguments? \((?P<text>.+)\)", N_("Thừa: %(text)s.")),
    (r"Option (?P<name>'.+') requires an argument\.", N_("Tùy chọn %(name)s cần một giá trị.")),
    (r"Option (?P<name>'.+') does not take a value\.", N_("Tùy chọn %(name)s không nhận giá trị.")),
)  # fmt: skip
SAYINGS: Final = tuple((re.compile(said), ours) for said, ours in _SAYINGS)
EXTRAS: Final = {"default: ": N_("mặc định: "), "required": N_("bắt buộc")}
"""What stands in brackets behind the help of an option."""


def ours(said: str) -> tuple[str, dict[str, str]]:
    """Return our sentence for one of click's with what fills it in; an unknown one stays."""
    for saying, sentence in SAYINGS:
        if found := saying.fullmatch(said):
            return sentence, found.groupdict()
    return said, {}
