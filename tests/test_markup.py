"""A page is looked at once in each shape; whatever could be a fault makes another shape."""

import pytest
from html5lib.html5parser import ParseError

from tests.markup import FOUND_GOOD, police
from tests.markup import shape_of as shape

PAGE = (
    '<!doctype html><html lang="vi"><title>Trang</title>'
    '<p class="note" id="n1">Nguyễn Văn A, %s</p><table><tr><td>1</td></tr></table></html>'
)


def test_what_a_page_says_makes_no_other_shape() -> None:
    said = ["13/01/2021", "Trần “Thí Dụ”", "a &lt; b &amp; c", "hai\ndòng"]
    assert len({shape(PAGE % text) for text in said}) == 1
    assert shape(PAGE) == shape(PAGE.replace('"note"', '"warning"').replace('"n1"', '"n2"'))
    link = PAGE % '<a href="%s">x</a>'
    assert shape(link % "/desk") == shape(link % "/desk?q=a%20b&amp;page=2")


ROW = '<tr>\n  <th scope="row"><a href="/d/1">một</a></th>\n  <td>1<br>2</td>\n</tr>'


def listed(rows: str) -> str:
    return f"</p><table>{rows}</table><p>"


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_list_of_more_than_two_makes_no_other_shape(between: str) -> None:
    shapes = [shape(PAGE % listed(between.join([ROW] * rows))) for rows in range(9)]
    assert len(set(shapes)) == 3
    other = ROW.replace("<br>", "<hr>")
    assert shape(PAGE % listed(ROW * 5 + other + ROW * 5)) not in shapes


@pytest.mark.parametrize("row", range(5))
@pytest.mark.parametrize(
    "fault", ["<td>x</p></td>", '<td onclick="run()">x</td>', "<td><a>1<a>2</a></td>", "</p>"]
)
def test_a_fault_in_any_row_of_a_list_is_found(fault: str, row: int) -> None:
    police(PAGE % listed(ROW * 5))
    rows = [ROW.replace("<td>1<br>2</td>", fault) if at == row else ROW for at in range(5)]
    with pytest.raises((AssertionError, ParseError)):
        police(PAGE % listed("".join(rows)))


def test_a_shape_is_looked_at_once() -> None:
    police(PAGE % "một")
    assert shape(PAGE % "hai") in FOUND_GOOD


@pytest.mark.parametrize(
    "fault",
    [
        "a &b", "&nosuch;", "&#0;", "\0", "\x0b", "\ufffe", "a < b", "<", "</p", "<br/ >", "<b>",
        "</b>", "<div>", "</div>", "<tr>", "<a id=a id=b>x</a>", '<a href="x"title="y">x</a>',
        '<a href="?a&b=c" onclick="run()">x</a>', '<a title="a=" onclick="run()">x</a>',
        '<a href="?a=b title="x">x</a>', '<a href=?a="b">x</a>', '<a href="?a="b" title="x">x</a>',
        "<a title='\"' onclick=\"run()\">x</a>", "<a style='' title=\"x\">x</a>",
        '<i title="x" style="y">x</i>', "<script>x</script>", '<script src="">x</script>',
        "<!-- a -- b -->", "<!-- > x -- y < -->", "<!-->", '<!-- " --><p onclick="run()">x',
    ],
)  # fmt: skip
def test_a_fault_in_a_page_of_a_known_shape_is_found(fault: str) -> None:
    police(PAGE % "tốt")
    with pytest.raises((AssertionError, ParseError, KeyError)):
        police(PAGE % fault)


@pytest.mark.parametrize(("there", "gone"), [('lang="vi"', 'lang=""'), ("<title>Trang", "<title>")])
def test_what_is_empty_is_not_what_says_something(there: str, gone: str) -> None:
    police(PAGE % "tốt")
    with pytest.raises(AssertionError):
        police((PAGE % "tốt").replace(there, gone))
