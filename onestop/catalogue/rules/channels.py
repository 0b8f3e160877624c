"""Through which channel and on which level a dossier may come in (rules.md 10.1)."""

from datetime import date
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.words import N_, Worded

ONLINE_FROM: Final = 3
TWO_LEVELS_FROM: Final = date(2022, 8, 15)
LEVELS: Final = range(1, 5)
LEVELS_TOLD: Final = {str(level): level for level in LEVELS}
OF_FOUR_LEVELS: Final = N_("Mức độ dịch vụ từ 1 đến 4.")


class Channel(Worded):
    """The way a dossier came in (Decree 61/2018 art. 16)."""

    COUNTER = "counter", N_("Trực tiếp")
    POSTAL = "postal", N_("Bưu chính")
    ONLINE = "online", N_("Trực tuyến")


class OnlineStart(Worded):
    """From when the limit of an online submission counts (rules.md 4.3)."""

    ACCEPTANCE = "acceptance", N_("từ lúc tiếp nhận")
    INTAKE_DEADLINE = "intake_deadline", N_("từ lúc tiếp nhận, chậm nhất khi hết 8 giờ kiểm tra")


def check_channel(level: int, channel: Channel, on: date) -> None:
    """Refuse an online dossier of a service without online submission, naming the rule.

    Levels 1 and 2 only inform or give forms (Decree 43/2011 art. 3); since 2022-08-15 the same
    services are "information only" (Decree 42/2022 art. 4).
    """
    if channel != Channel.ONLINE or level >= ONLINE_FROM:
        return
    if on < TWO_LEVELS_FROM:
        raise Refusal(
            N_(
                "Dịch vụ mức độ %(level)d không nhận hồ sơ trực tuyến "
                "(Nghị định 43/2011/NĐ-CP, điều 3)."
            ),
            field="channel",
            level=level,
        )
    raise Refusal(
        N_(
            "Dịch vụ cung cấp thông tin không nhận hồ sơ trực tuyến "
            "(Nghị định 42/2022/NĐ-CP, điều 4)."
        ),
        field="channel",
    )


LEVEL_WORDS: Final = {
    1: N_("mức độ 1"),
    2: N_("mức độ 2"),
    3: N_("mức độ 3"),
    4: N_("mức độ 4"),
}
SINCE_2022: Final = {
    1: N_("cung cấp thông tin"),
    2: N_("cung cấp thông tin"),
    3: N_("một phần"),
    4: N_("toàn trình"),
}


def level_word(level: int, on: date) -> str:
    """Return what a service level is called on a date: four levels, since 2022-08-15 two."""
    return (LEVEL_WORDS if on < TWO_LEVELS_FROM else SINCE_2022)[level]
