"""The tree of agencies as it stood on a date."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from onestop.base.errors import Refusal
from onestop.base.moments import ONE_DAY
from onestop.base.words import N_, Bilingual, Worded, capitalize_first, lower_first

NO_AGENCY: Final = N_("Không có cơ quan %(code)s.")
CHANGED_ALREADY: Final = N_("Cơ quan đã có thay đổi từ ngày này.")
TIER_STAYS: Final = N_("Mã này đã có (%(tier)s); cấp không đổi được, hãy dùng mã khác.")
LAST_BEFORE_FIRST: Final = N_("Ngày cuối phải từ ngày đầu trở đi.")
ITS_OWN_SUCCESSOR: Final = N_("Cơ quan không thể tự kế thừa chính mình.")
GOES_ON: Final = N_("Cơ quan chưa có ngày cuối (valid_to): chưa có gì để đơn vị khác kế thừa.")
ROUND: Final = N_("Các đơn vị kế thừa lần lượt dẫn về chính cơ quan này.")
NONE_THERE: Final = N_(
    "%(code)s chưa hoạt động vào ngày %(day)s, hoặc đã thôi mà không có đơn vị kế thừa."
)
NO_DESK: Final = N_("%(code)s không có bộ phận một cửa: không nhận thay cho nơi có được.")


class Tier(Worded):
    """A level of government; a department belongs to the agency above it."""

    PROVINCE = "province", N_("Cấp tỉnh")
    DISTRICT = "district", N_("Cấp huyện")
    DEPARTMENT = "department", N_("Phòng, ban chuyên môn")
    COMMUNE = "commune", N_("Cấp xã")


class AgencyKind(Worded):
    """What an agency is called by law."""

    CITY = "city", N_("Thành phố trực thuộc trung ương")
    PROVINCE = "province", N_("Tỉnh")
    RURAL_DISTRICT = "rural_district", N_("Huyện")
    URBAN_DISTRICT = "urban_district", N_("Quận")
    TOWN = "town", N_("Thị xã")
    PROVINCIAL_CITY = "provincial_city", N_("Thành phố thuộc tỉnh")
    SPECIALISED_DEPARTMENT = "specialised_department", N_("Phòng chuyên môn")
    INSPECTORATE = "inspectorate", N_("Thanh tra")
    OFFICE = "office", N_("Văn phòng")
    TOWNSHIP = "township", N_("Thị trấn")
    COMMUNE = "commune", N_("Xã")
    WARD = "ward", N_("Phường")
    SPECIAL_ZONE = "special_zone", N_("Đặc khu")
    PUBLIC_SERVICE_UNIT = "public_service_unit", N_("Đơn vị sự nghiệp")
    CENTRAL_BRANCH = "central_branch", N_("Cơ quan ngành dọc")


BY_LAW: Final = {
    "vi": (
        "Thành phố ",
        "Tỉnh ",
        "Huyện ",
        "Quận ",
        "Thị xã ",
        "Thị trấn ",
        "Phường ",
        "Xã ",
        "Đặc khu ",
    ),
    "en": (
        " City",
        " Province",
        " District",
        " Town",
        " Township",
        " Ward",
        " Commune",
        " Special Zone",
    ),
}
COMMITTEE: Final = re.compile(
    r"^\s*(?:UBND|[UỦ][yỷ] ban nhân dân|(?:the )?People[’']s Committee of)\s+(?=\S)"
    r"|(?<=\S)\s+People[’']s Committee\s*$",
    re.IGNORECASE,
)
KINDS: Final = {
    Tier.PROVINCE: {"Thành phố ": AgencyKind.CITY, "": AgencyKind.PROVINCE},
    Tier.DISTRICT: {
        "Quận ": AgencyKind.URBAN_DISTRICT,
        "Thị xã ": AgencyKind.TOWN,
        "Thành phố ": AgencyKind.PROVINCIAL_CITY,
        "": AgencyKind.RURAL_DISTRICT,
    },
    Tier.COMMUNE: {
        "Phường ": AgencyKind.WARD,
        "Thị trấn ": AgencyKind.TOWNSHIP,
        "Đặc khu ": AgencyKind.SPECIAL_ZONE,
        "": AgencyKind.COMMUNE,
    },
}
# Of Decree 61/2018's one-stop systems: `000.00.16.H53`, or `H26.91.27` as dossier codes begin.
CODE: Final = r"\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}|[A-Y]\d{2}(?:\.[0-9A-Z]{2,3}){0,8}"
DESK_TIERS: Final = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)
CENTRES_FROM: Final = date(2025, 7, 1)


def agency_code(text: str) -> str:
    """Return `text` if it has the form of an agency's code, with which codes of dossiers begin.

    Raises `Refusal` for anything else.
    """
    if not re.fullmatch(CODE, text, re.ASCII):
        said = N_("“%(code)s” không đúng dạng mã cơ quan, như H26.91.27.")
        raise Refusal(said, field="code", code=text)
    return text


def place_called(name: str, tier: Tier) -> str:
    """Return what a place is called whose people's committee is named: of "UBND xã Mẫu" "Xã Mẫu".

    Papers and pages put the committee before the place themselves (Decree 30/2020, appendix I). A
    department is called what it is called.
    """
    place = COMMITTEE.sub("", name) if tier in DESK_TIERS else name
    return name if place == name else capitalize_first(place)


def kind_called(name: str, tier: Tier) -> AgencyKind:
    """Return what a place is by law, as its name begins: "Phường Láng" is a ward."""
    place = place_called(name, tier).lower()
    return next(kind for word, kind in KINDS[tier].items() if place.startswith(word.lower()))


def shop_called(on: date) -> str:
    """Return what a one-stop shop is called on its papers (Decree 61/2018, 118/2025)."""
    if on < CENTRES_FROM:
        return N_("Bộ phận Tiếp nhận và Trả kết quả")
    return N_("Trung tâm Phục vụ hành chính công")


@dataclass(frozen=True, slots=True)
class Node(Bilingual):
    """An agency as it stood on the date of its tree."""

    id: int
    code: str
    tier: Tier
    kind: AgencyKind
    parent_id: int | None
    name_vi: str
    name_en: str
    valid_from: date
    valid_to: date | None
    successor_id: int | None = None

    def has_ended(self, on: date) -> bool:
        """Say whether it had ended before a day."""
        return self.valid_to is not None and self.valid_to < on

    def within(self, language: str) -> str:
        """Return the name as it stands inside a sentence: "xã Tân Triều"."""
        name = self.name(language)
        return name if language == "en" else lower_first(name)

    def place(self, language: str) -> str:
        """Return the name of the place alone, without what it is by law: "Tân Triều"."""
        name = self.name(language)
        take = str.removesuffix if language == "en" else str.removeprefix
        found = (take(name, word) for word in BY_LAW[language])
        return next((place for place in found if place != name), name)


@dataclass(frozen=True, slots=True)
class Succession:
    """An agency that has ended, and by whom and since which day what lay there is had."""

    of: Node
    by: Node
    since: date


@dataclass(frozen=True)
class Tree:
    """All agencies of a date."""

    nodes: tuple[Node, ...]

    @cached_property
    def _ids(self) -> dict[int, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _codes(self) -> dict[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def _children(self) -> dict[int | None, list[Node]]:
        children: dict[int | None, list[Node]] = defaultdict(list)
        for node in sorted(self.nodes, key=lambda one: one.code):
            # Whose parent is younger or has ended stands at the top, and is not lost.
            above = node.parent_id if node.parent_id in self._ids else None
            children[above].append(node)
        return children

    def by_id(self, agency_id: int) -> Node | None:
        """Return the agency of an id, if it existed."""
        return self._ids.get(agency_id)

    def by_code(self, code: str) -> Node | None:
        """Return the agency of a code, if it existed."""
        return self._codes.get(code)

    def children(self, agency_id: int | None) -> tuple[Node, ...]:
        """Return the agencies directly below one, or those with nobody above them."""
        return tuple(self._children.get(agency_id, ()))

    def below(self, agency_id: int) -> frozenset[int]:
        """Return the ids of an agency and of all below it."""
        found = {agency_id}
        for child in self._children.get(agency_id, ()):
            found |= self.below(child.id)
        return frozenset(found)

    def line(self, agency_id: int) -> tuple[Node, ...]:
        """Return the agency and those above it, nearest first."""
        found: list[Node] = []
        node = self.by_id(agency_id)
        while node is not None:
            found.append(node)
            node = self._above(node)
        return tuple(found)

    def is_below_itself(self, agency_id: int) -> bool:
        """Say whether the agencies above one lead back to it; such a tree must not come to be."""
        seen: set[int] = set()
        node = self.by_id(agency_id)
        while node is not None and node.id not in seen:
            seen.add(node.id)
            node = self._above(node)
        return node is not None

    def succession(self, agency_id: int, on: date) -> Succession | None:
        """Return who has by a day what lay at an agency that ended before it, or None.

        Of a tree with its past. Who has taken it over may have ended as well, and then it is
        theirs whom that one named, and so on (rules.md 13.2: merged communes).
        """
        first = node = self.by_id(agency_id)
        since, seen = None, set[int]()
        while first and node and node.valid_to and node.has_ended(on) and node.id not in seen:
            since = max(since or date.min, node.valid_to + ONE_DAY)
            seen.add(node.id)
            node = self.by_id(node.successor_id or 0)
        if first is None or node is None or since is None or node.has_ended(on):
            return None
        return Succession(first, node, since)

    def successor(self, agency_id: int, on: date) -> Node | None:
        """Return who has it then, without since when."""
        found = self.succession(agency_id, on)
        return found.by if found else None

    def taken_over(self, on: date) -> Mapping[int, frozenset[int]]:
        """Return for each agency of a day those that had ended and whose work it has by then.

        Of a tree with its past.
        """
        found: dict[int, set[int]] = defaultdict(set)
        for node in self.nodes:
            if heir := self.successor(node.id, on):
                found[heir.id].add(node.id)
        return {heir_id: frozenset(ids) for heir_id, ids in found.items()}

    def comes_back_to_itself(self, agency_id: int) -> bool:
        """Say whether those who are to take over one after the other lead back to an agency."""
        node, seen = self.by_id(agency_id), set[int]()
        while node is not None and node.id not in seen:
            seen.add(node.id)
            node = self.by_id(node.successor_id or 0)
        return node is not None

    def check_successor(self, agency_id: int, on: date) -> None:
        """Refuse who is to take over an agency on a day if that one cannot.

        Of a tree with its past on the day after the end. It must be there by then, or have handed
        on what it had itself; and whoever receives for a place with a desk has one.
        """
        node, heir = self.by_id(agency_id), self.successor(agency_id, on)
        named = self.by_id(node.successor_id or 0) if node else None
        code = named.code if named else ""
        if heir is None:
            raise Refusal(NONE_THERE, field="successor_code", code=code, day=on)
        if node and node.tier in DESK_TIERS and heir.tier not in DESK_TIERS:
            raise Refusal(NO_DESK, field="successor_code", code=heir.code)

    def walk(self, parent_id: int | None = None, depth: int = 0) -> Iterable[tuple[int, Node]]:
        """Yield every agency with its depth, parents before children."""
        for node in self._children.get(parent_id, ()):
            yield depth, node
            yield from self.walk(node.id, depth + 1)

    @property
    def desks(self) -> tuple[Node, ...]:
        """Return the agencies that have a one-stop desk, in the order of their codes."""
        found = [node for node in self.nodes if node.tier in DESK_TIERS]
        return tuple(sorted(found, key=lambda one: one.code))

    def _above(self, node: Node) -> Node | None:
        return None if node.parent_id is None else self._ids.get(node.parent_id)
