import pytest

from tests.journeys.conftest import Visit

OPEN = (
    "/",
    "/status",
    "/procedures",
    "/procedures?q=khai+sinh&level=4",
    "/procedures/C-HT-22",
    "/procedures/D-XD-01",
    "/submit/C-HT-12",
    "/statistics",
    "/login",
)
STAFF = {
    "motcua1.ngochoi": ("/desk", "/receive", "/receive?procedure=C-HT-12", "/dossiers"),
    "theodoi1.thanhtri": ("/rates", "/rates?period=2021"),
    "quantri.thanhtri": (
        "/admin/agencies",
        "/admin/accounts",
        "/admin/permissions",
        "/admin/closures",
    ),
}


def test_every_public_page_keeps_the_house_rules(visit: Visit, language: str) -> None:
    citizen = visit(language=language)
    for path in OPEN:
        citizen.open(path)
    citizen.open("/nowhere", status=404)


@pytest.mark.parametrize("username", STAFF)
def test_every_page_of_staff_keeps_the_house_rules(
    visit: Visit, language: str, username: str
) -> None:
    member = visit(username, language=language)
    for path in STAFF[username]:
        member.open(path)


def test_whoever_works_here_stands_in_one_row_with_the_sign(visit: Visit) -> None:
    page = visit("motcua1.thanhtri").open("/desk").page
    sign, who = (page.locator(one).bounding_box() for one in (".brand", ".who"))
    assert sign
    assert who
    assert who["y"] < sign["y"] + sign["height"]
