from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.base.errors import Refusal
from onestop.organisation.rules import AgencyKind, Node, Tier, Tree, kind_called, place_called

SINCE = date(2004, 1, 1)


def node(number: int, parent: int | None, tier: Tier = Tier.COMMUNE) -> Node:
    kind = AgencyKind.COMMUNE
    return Node(number, f"A{number:03}", tier, kind, parent, f"Xã {number}", "", SINCE, None)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Trees of up to 20 agencies; a parent may be missing, as one that has ended is."""
    nodes = []
    for number in range(1, draw(st.integers(1, 20)) + 1):
        above = st.one_of(st.none(), st.integers(1, number - 1) if number > 1 else st.none())
        nodes.append(node(number, draw(st.one_of(above, st.just(999)))))
    return Tree(tuple(draw(st.permutations(nodes))))


@given(trees())
def test_the_page_of_the_tree_shows_every_agency_once(tree: Tree) -> None:
    shown = [one.id for _, one in tree.walk()]
    assert sorted(shown) == sorted(one.id for one in tree.nodes)


@given(trees())
def test_an_agency_lies_below_exactly_those_that_stand_above_it(tree: Tree) -> None:
    for lower in tree.nodes:
        above = {one.id for one in tree.line(lower.id)}
        assert above == {one.id for one in tree.nodes if lower.id in tree.below(one.id)}


@given(trees())
def test_an_agency_is_as_deep_as_its_line_is_long(tree: Tree) -> None:
    assert all(len(tree.line(one.id)) == depth + 1 for depth, one in tree.walk())


@given(trees())
def test_no_agency_is_below_itself_in_a_sound_tree(tree: Tree) -> None:
    assert not any(tree.is_below_itself(one.id) for one in tree.nodes)


@pytest.mark.parametrize(
    ("parents", "circles", "why"),
    [
        ({1: 1}, {1}, "its own parent"),
        ({1: 2, 2: 1}, {1, 2}, "each other's parent"),
        ({1: 2, 2: 3, 3: 1, 4: None}, {1, 2, 3}, "round three corners, and one stands apart"),
        ({1: None, 2: 1, 3: 2}, set(), "a line"),
        ({1: 9, 2: 1}, set(), "the parent has ended"),
    ],
)
def test_a_circle_is_seen(parents: dict[int, int | None], circles: set[int], why: str) -> None:
    tree = Tree(tuple(node(number, parent) for number, parent in parents.items()))
    assert {one.id for one in tree.nodes if tree.is_below_itself(one.id)} == circles, why


def test_departments_have_no_desk_of_their_own() -> None:
    tiers = (Tier.PROVINCE, Tier.DISTRICT, Tier.DEPARTMENT, Tier.COMMUNE)
    tree = Tree(tuple(node(number, None, tier) for number, tier in enumerate(tiers, 1)))
    assert [one.tier for one in tree.desks] == [Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE]


def test_an_agency_has_a_name_in_either_language() -> None:
    agency = Node(1, "A", Tier.DISTRICT, AgencyKind.RURAL_DISTRICT, None, "Huyện", "District",
                  SINCE, None)  # fmt: skip
    assert (agency.name("vi"), agency.name("en")) == ("Huyện", "District")


def test_nobody_stands_above_or_below_an_agency_that_does_not_exist() -> None:
    tree = Tree((node(1, None),))
    assert tree.by_id(7) is None
    assert tree.by_code("A007") is None
    assert tree.line(7) == ()
    assert tree.children(7) == ()


@pytest.mark.parametrize(
    ("typed", "tier", "place", "kind"),
    [
        ("UBND xã Tân Triều", Tier.COMMUNE, "Xã Tân Triều", AgencyKind.COMMUNE),
        ("Ủy ban nhân dân phường Láng", Tier.COMMUNE, "Phường Láng", AgencyKind.WARD),
        ("UỶ BAN NHÂN DÂN Đặc khu Cô Tô", Tier.COMMUNE, "Đặc khu Cô Tô", AgencyKind.SPECIAL_ZONE),
        ("ubnd  thị trấn Văn Điển", Tier.COMMUNE, "Thị trấn Văn Điển", AgencyKind.TOWNSHIP),
        ("Quận Ba Đình", Tier.DISTRICT, "Quận Ba Đình", AgencyKind.URBAN_DISTRICT),
        ("Thị xã Sơn Tây", Tier.DISTRICT, "Thị xã Sơn Tây", AgencyKind.TOWN),
        ("Thành phố Vinh", Tier.DISTRICT, "Thành phố Vinh", AgencyKind.PROVINCIAL_CITY),
        ("UBND huyện Thanh Trì", Tier.DISTRICT, "Huyện Thanh Trì", AgencyKind.RURAL_DISTRICT),
        ("Thành phố Hà Nội", Tier.PROVINCE, "Thành phố Hà Nội", AgencyKind.CITY),
        ("Nghệ An", Tier.PROVINCE, "Nghệ An", AgencyKind.PROVINCE),
        ("UBNDX", Tier.COMMUNE, "UBNDX", AgencyKind.COMMUNE),
        ("UBND ", Tier.COMMUNE, "UBND ", AgencyKind.COMMUNE),
        ("phường Láng", Tier.COMMUNE, "phường Láng", AgencyKind.WARD),
        ("UBND Thị Xã Sơn Tây", Tier.DISTRICT, "Thị Xã Sơn Tây", AgencyKind.TOWN),
        ("Láng People's Committee", Tier.COMMUNE, "Láng", AgencyKind.COMMUNE),
    ],
)
def test_a_place_is_called_without_its_committee(
    typed: str, tier: Tier, place: str, kind: AgencyKind
) -> None:
    assert (place_called(typed, tier), kind_called(typed, tier)) == (place, kind)


def test_a_department_keeps_the_committee_in_its_name() -> None:
    name = "UBND huyện – Văn phòng"
    assert place_called(name, Tier.DEPARTMENT) == name


@pytest.mark.parametrize(
    ("name", "within"), [("Xã Tân Triều", "xã Tân Triều"), ("TP. Vinh", "TP. Vinh")]
)
def test_a_name_stands_small_within_a_sentence_unless_it_is_short(name: str, within: str) -> None:
    called = Node(1, "A", Tier.COMMUNE, AgencyKind.COMMUNE, None, name, "Place", SINCE, None)
    assert called.within("vi") == within


@pytest.mark.parametrize(
    ("vi", "en", "places"),
    [
        ("Thị xã Sơn Tây", "Son Tay Town", ("Sơn Tây", "Son Tay")),
        ("Đặc khu Cô Tô", "Co To Special Zone", ("Cô Tô", "Co To")),
        ("Phường Xã Đàn", "Xa Dan Ward", ("Xã Đàn", "Xa Dan")),
        ("Phòng Tư pháp", "Department of Justice", ("Phòng Tư pháp", "Department of Justice")),
    ],
)
def test_a_place_alone_is_called_without_what_it_is_by_law(
    vi: str, en: str, places: tuple[str, str]
) -> None:
    called = Node(1, "A", Tier.COMMUNE, AgencyKind.COMMUNE, None, vi, en, SINCE, None)
    assert (called.place("vi"), called.place("en")) == places


END = date(2025, 6, 30)
NEXT = date(2025, 7, 1)


def ended(number: int, successor: int | None, last: date = END, tier: Tier = Tier.COMMUNE) -> Node:
    return replace(node(number, None, tier), valid_to=last, successor_id=successor)


@pytest.mark.parametrize(
    ("nodes", "on", "heir", "why"),
    [
        ([ended(1, 2), node(2, None)], NEXT, 2, "the next day it is the other's"),
        ([ended(1, 2), node(2, None)], END, None, "on its last day it is still its own"),
        ([ended(1, None), node(2, None)], NEXT, None, "nobody was named"),
        ([ended(1, 2), ended(2, 3), node(3, None)], NEXT, 3, "one after the other"),
        ([ended(1, 2), ended(2, None)], NEXT, None, "who took it over left it to nobody"),
        ([ended(1, 2), ended(2, 1)], NEXT, None, "round and round"),
        ([ended(1, 2), ended(2, 3), ended(3, 2)], NEXT, None, "a ring that it leads into"),
        ([ended(1, 9)], NEXT, None, "who was named is not there yet"),
        ([node(1, None), node(2, None)], NEXT, None, "it goes on itself"),
    ],
)
def test_what_lay_at_an_agency_that_ended_is_its_successor_s(
    nodes: list[Node], on: date, heir: int | None, why: str
) -> None:
    found = Tree(tuple(nodes)).successor(1, on)
    assert (found and found.id) == heir, why


@st.composite
def histories(draw: st.DrawFn) -> Tree:
    """Up to twelve agencies, each of which may have ended and named any other, rings and all."""
    last = draw(st.integers(1, 12))
    days = st.sampled_from([END, NEXT, date(2026, 1, 1)])
    others = st.one_of(st.none(), st.integers(1, last + 1))
    return Tree(
        tuple(
            ended(number, draw(others), draw(days)) if draw(st.booleans()) else node(number, None)
            for number in range(1, last + 1)
        )
    )


@given(histories(), st.sampled_from([END, NEXT, date(2025, 12, 1), date(2026, 6, 1)]))
def test_whoever_has_what_an_agency_left_is_there_and_what_it_left_is_nobody_else_s(
    tree: Tree, on: date
) -> None:
    over = tree.taken_over(on)
    for one in tree.nodes:
        heir = tree.successor(one.id, on)
        holders = {heir_id for heir_id, ids in over.items() if one.id in ids}
        assert holders == ({heir.id} if heir else set())
        if heir:
            assert one.has_ended(on), "what goes on has its own"
            assert not heir.has_ended(on)
            named = tree.by_id(one.successor_id or 0)
            assert named is heir or (named and tree.successor(named.id, on) is heir), "link by link"


@pytest.mark.parametrize(
    ("nodes", "is_ring", "why"),
    [
        ([ended(1, 2), node(2, None)], False, "a line of two"),
        ([ended(1, 2), ended(2, 1)], True, "each the other's"),
        ([ended(1, 2), ended(2, 3), ended(3, 1)], True, "round three corners"),
        ([ended(1, 2), ended(2, 3), node(3, None)], False, "a line of three"),
    ],
)
def test_a_ring_of_successors_is_seen(nodes: list[Node], is_ring: bool, why: str) -> None:
    assert Tree(tuple(nodes)).comes_back_to_itself(1) == is_ring, why


@pytest.mark.parametrize(
    ("nodes", "said", "why"),
    [
        ([ended(1, 2), node(2, None)], None, "a commune for a commune"),
        ([ended(1, 2), ended(2, None)], "chưa hoạt động", "it leaves all to nobody itself"),
        ([ended(1, 2)], "chưa hoạt động", "it is founded later"),
        ([ended(1, 2), node(2, None, Tier.DEPARTMENT)], "một cửa", "nobody receives there"),
        ([ended(1, 2, tier=Tier.DEPARTMENT), node(2, None)], None, "the commune does it itself"),
    ],
)
def test_who_cannot_take_over_is_refused(nodes: list[Node], said: str | None, why: str) -> None:
    with pytest.raises(Refusal, match=said) if said else nullcontext():
        Tree(tuple(nodes)).check_successor(1, NEXT)
    assert why
