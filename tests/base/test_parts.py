"""The parts of pages, each as a reader gets it: valid, with words for those who cannot see it."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import render_template_string

from onestop.base.chart import Column, bars
from onestop.base.daygrid import GridFacts, sheet
from onestop.base.moments import VIET_NAM
from onestop.deadlines.queries import packaged_calendar
from onestop.deadlines.rules.calendars import Hours
from onestop.deadlines.rules.counting import count
from onestop.deadlines.rules.limits import Limit, Unit, plain
from onestop.deadlines.rules.standing import Left, Tone
from tests.base.given import reader
from tests.markup import police

IMPORTS = (
    "{% from 'base/parts.html' import crumbs, tile, views, filters, facts, timeline, steps, effect,"
    " act, keybar, combo, promise %}"
    "{% from 'base/chart.html' import stacked, legend, bar %}"
)


def page(source: str, language: str = "vi", **values: object) -> str:
    with reader(language):
        html = render_template_string(IMPORTS + source, **values)
    police(html)
    return html


def test_the_last_crumb_is_the_page_itself() -> None:
    html = page("{{ crumbs([('Bàn làm việc', '/desk')], 'Hồ sơ') }}")
    assert '<span aria-current="page">Hồ sơ</span>' in html


@pytest.mark.parametrize(
    ("figure", "shown"),
    [("99,997 %", "99,997<small> %</small>"), ("–", "–"), ("75.778", "75.778")],
)
def test_a_tile_sets_its_figure_apart_from_the_sign(figure: str, shown: str) -> None:
    html = page("{% call tile('Đúng hạn', figure) %}2 quá hạn{% endcall %}", figure=figure)
    assert f'<p class="figure">{shown}</p>' in html


def test_a_pill_says_how_many_and_which_is_open() -> None:
    item = SimpleNamespace(href="?view=late", label="Quá hạn", count=1200, current=True, is_late=1)
    html = page("{{ views([item], 'Danh sách') }}", item=item)
    assert 'class="is-late" aria-current="page">Quá hạn <b>1.200</b>' in html


def test_filters_keep_everything_in_the_address() -> None:
    html = page("{% call filters('Bộ lọc') %}<input name='q' aria-label='q'>{% endcall %}")
    assert 'method="get"' in html
    assert "csrf" not in html


def test_a_timeline_tells_what_is_now_from_what_is_to_come() -> None:
    at = datetime(2022, 1, 24, 2, 12, tzinfo=UTC)
    done = SimpleNamespace(icon="receipt", title="Tiếp nhận", at=at, by="Lê An", standing="")
    now = SimpleNamespace(icon="circle", title="Xử lý", at=None, by="", standing="now")
    ahead = SimpleNamespace(icon="circle", title="Trả", at=None, by="", standing="ahead")
    html = page("{{ timeline(all) }}", all=[done, now, ahead])
    assert "9:12, 24/01/2022" in html
    assert html.count('aria-current="step"') == 1
    assert "<b>Trả</b>" not in html


def test_an_effect_says_now_and_then() -> None:
    html = page("{{ effect('Hẹn 28/01', 'đã đếm 1 ngày', 'Đồng hồ dừng', '') }}")
    assert html.index("Bây giờ") < html.index("Hẹn 28/01") < html.index("Đồng hồ dừng")


def test_an_act_shows_its_key() -> None:
    html = page("{{ act('/x', 'Có kết quả', 'kết thúc xử lý', 'k') }}")
    assert 'data-key="k"' in html
    assert "<kbd>K</kbd>" in html


def test_the_list_of_keys_can_be_opened_without_a_key_and_switched_off() -> None:
    html = page("{{ keybar([('Ctrl+Enter', 'lưu')], [('N', 'tiếp nhận')]) }}")
    assert "data-keys-open" in html
    assert "data-keys-switch" in html
    assert html.count("<kbd>Ctrl+Enter</kbd>") == 2


def test_a_text_from_outside_stays_text() -> None:
    html = page("{{ facts([('Ghi chú', note)]) }}", note="<b onclick='x'>đậm</b>")
    assert "<b" not in html


def test_a_chart_has_a_name_a_description_and_its_data_as_a_table() -> None:
    chart = bars([Column("Th 1", (2059, 4893))])
    html = page(
        "{% call stacked(chart, 'm', 'Hồ sơ theo tháng', 'Cao nhất tháng 1') %}<table><caption>x"
        "</caption></table>{% endcall %}",
        chart=chart,
    )
    assert 'aria-labelledby="m-title m-text"' in html
    assert "6.952</text>" in html
    assert "<table>" in html


def test_a_chart_of_nothing_says_so() -> None:
    html = page("{{ stacked(chart, 'm', 'Theo tháng', '') }}", chart=bars([]))
    assert "Chưa có số liệu" in html
    assert "<svg" not in html


@pytest.mark.parametrize(
    ("limit", "wide", "expected"),
    [
        (Limit(5, Unit.WORKING_DAY), True, ["Thứ Hai, 07/02/2022", "5 ngày làm việc", "daygrid"]),
        (Limit(5, Unit.WORKING_DAY), False, ["Xem bằng lời, từng khoảng ngày"]),
        (Limit(8, Unit.WORKING_HOUR), True, ["giờ được đếm", "8 giờ làm việc"]),
        (Limit(0, Unit.SAME_DAY), True, ["Nhận trước 15:00: trả trong ngày."]),
    ],
)
def test_a_promise_shows_the_date_and_why(limit: Limit, wide: bool, expected: list[str]) -> None:
    at = datetime(2022, 1, 24, 9, 12, tzinfo=VIET_NAM)
    found = count(at, plain(limit), calendar=packaged_calendar(), hours=Hours())
    explained = SimpleNamespace(
        due_at=found.due_at, limit=limit, left=Left(Tone.SAFE, days=3), lines=found.days,
        provisional_year=next((one.date.year for one in found.days if one.provisional), None),
    )  # fmt: skip
    with reader():
        drawing = sheet(
            GridFacts(
                found.days,
                today=at.date(),
                in_hours=limit.unit == Unit.WORKING_HOUR,
                at_once=limit.unit == Unit.SAME_DAY,
            )
        )
    html = page(
        "{{ promise(e, s, 'Hẹn trả', 'Nhận hôm nay', wide=wide) }}",
        e=explained, s=drawing, wide=wide,
    )  # fmt: skip
    assert all(text in html for text in expected)


def test_a_date_in_a_year_that_is_not_announced_says_so() -> None:
    at = datetime(2026, 12, 28, 9, tzinfo=VIET_NAM)
    limit = Limit(5, Unit.WORKING_DAY)
    found = count(at, plain(limit), calendar=packaged_calendar(), hours=Hours())
    explained = SimpleNamespace(
        due_at=found.due_at, limit=limit, left=Left(Tone.SAFE, days=4), lines=found.days,
        provisional_year=next((one.date.year for one in found.days if one.provisional), None),
    )  # fmt: skip
    with reader():
        drawing = sheet(GridFacts(found.days, today=at.date()))
    html = page("{{ promise(e, s, 'Hẹn trả', 'x') }}", e=explained, s=drawing)
    assert "Lịch năm 2027 chưa công bố; ngày có thể đổi." in html
    explained.is_held = True
    held = page("{{ promise(e, s, 'Hẹn trả', 'x') }}", e=explained, s=drawing)
    assert "chưa công bố" not in held, "no date is promised that could change"
