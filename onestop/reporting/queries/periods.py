"""Figures of any period, by any keys, in a constant number of reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from onestop.base.errors import Refusal
from onestop.base.viewer import Operator, Staff
from onestop.base.words import N_
from onestop.catalogue import queries as catalogue
from onestop.catalogue.queries import Snapshot
from onestop.catalogue.rules.channels import Channel
from onestop.deadlines.rules.moments import at_local, legal_date
from onestop.dossiers.queries import figures as dossiers
from onestop.dossiers.queries import lists
from onestop.dossiers.queries.figures import Figure
from onestop.dossiers.queries.lists import Filter
from onestop.organisation import queries as organisation
from onestop.organisation.rules import NO_AGENCY, Tier, Tree
from onestop.reporting.rules import Wanted
from onestop.tallies import queries as tallies
from onestop.tallies.queries import Asked, Row
from onestop.tallies.rules import (
    RATES,
    SUMMED,
    Figures,
    Period,
    Sums,
    figures,
    last_of,
    month_of,
    total,
)

COLUMN: Final = {
    "tier": "agency_id",
    "agency": "agency_id",
    "field": "procedure_id",
    "procedure": "procedure_id",
    "level": "level",
    "channel": "channel",
}
LAST_SECOND: Final = time(23, 59, 59)
Key = dict[str, str]


@dataclass(frozen=True)
class Report:
    """Figures in total and by key, with the moment they are told for."""

    wanted: Wanted
    asked: Asked
    as_of: datetime
    total: Figures
    rows: tuple[tuple[Key, Figures], ...]
    note: str | None = None

    def by(self, **key: str) -> Figures | None:
        """Return the figures of a key, if it has any."""
        return next((found for known, found in self.rows if known == key), None)


def rates(wanted: Wanted, *, at: datetime, viewer: Staff | None = None) -> Report:
    """Return the figures of a period (rules.md 9.3), scoped to what `viewer` may see.

    Without fields or procedures they are read from the counters of days and months alone; with
    them, from those by procedure and, for the edge days, from the dossiers. What is overdue or
    paused today or later is read live.
    """
    tree = organisation.tree_with_past(wanted.period.last)
    whole = catalogue.snapshot()
    asked = narrow(wanted, tree, whole, viewer)
    monthly = "month" in wanted.by
    columns = tuple(dict.fromkeys(COLUMN[key] for key in wanted.by if key != "month"))
    rows = _rows(wanted, asked, columns, monthly=monthly)
    named = _Names(tree, whole, wanted)
    before, during = _folded(rows, columns, named)
    standing = _live(wanted, asked, columns, named, at)
    keys = sorted({*before, *during, *(standing or {})})
    rows_made = _made(wanted, keys, before, during, standing, legal_date(at))
    made = sorted(rows_made, key=lambda row: tuple(row[0].values()))
    everything = figures(total(before.values()), total(map(_whole, during.values())))
    if standing is not None:
        everything = _as_it_is(everything, standing.values())
    return Report(
        wanted,
        asked,
        min(at_local(wanted.period.last, LAST_SECOND), at),
        everything,
        tuple(made),
        _note(wanted, tree),
    )


def reports(
    wanted: Wanted, keys: Iterable[str], *, at: datetime, viewer: Staff | None = None
) -> dict[str, Report]:
    """Return the same figures broken down by each of `keys` in turn."""
    return {key: rates(replace(wanted, by=(key,)), at=at, viewer=viewer) for key in keys}


def corrected(report: Report, *, at: datetime) -> int | None:
    """Return of how many dossiers something recorded since the period ended changes its figures.

    None while it has not ended. What a register brings in later corrects nothing: it is told by
    its own lines.
    """
    period = report.wanted.period
    if period.last >= legal_date(at):
        return None
    condition = dossiers.condition(Figure("corrected", period, report.asked, at))
    return lists.count(condition, Filter(), Operator())


def years(at: datetime) -> tuple[int, int]:
    """Return the first and last year to choose from: those with figures, until this one.

    Lateness that is to come is booked ahead, and makes no year to ask for.
    """
    this = legal_date(at).year
    span = tallies.span()
    return (min(span[0].year, this), this) if span else (this, this)


def last_closed_year(at: datetime) -> int | None:
    """Return the latest whole year in the past in which anything was received, if there is one."""
    month = tallies.last_received(legal_date(at).replace(month=1, day=1))
    return month.year if month else None


def narrow(wanted: Wanted, tree: Tree, whole: Snapshot, viewer: Staff | None) -> Asked:
    """Return which counters are meant; raises `Refusal` for unknown codes."""
    agencies: set[int] | None = None
    if wanted.agency is not None:
        node = tree.by_code(wanted.agency)
        if node is None:
            raise Refusal(NO_AGENCY, field="agency", code=wanted.agency)
        agencies = set(tree.below(node.id))
    if wanted.tier is not None:
        of_tier = {node.id for node in tree.nodes if node.tier.value == wanted.tier}
        agencies = of_tier if agencies is None else agencies & of_tier
    if viewer is not None:
        seen = set(viewer.subtree)
        agencies = seen if agencies is None else agencies & seen
    return Asked(
        agency_ids=agencies,
        levels=None if wanted.level is None else {wanted.level},
        channels=None if wanted.channel is None else {Channel.of(wanted.channel)},
        procedure_ids=_procedures(wanted, whole),
    )


@dataclass(frozen=True)
class _Names:
    tree: Tree
    whole: Snapshot
    wanted: Wanted

    def of(self, columns: tuple[str, ...], values: tuple[Any, ...]) -> tuple[str, ...]:
        found = dict(zip(columns, values, strict=True))
        return tuple(self._of(key, found) for key in self.wanted.by if key != "month")

    def _of(self, key: str, found: dict[str, Any]) -> str:
        value = found[COLUMN[key]]
        if key in {"agency", "tier"}:
            node = self.tree.by_id(value)
            if node is None:
                raise ValueError("an agency received a dossier before it was founded")
            return node.code if key == "agency" else str(node.tier)
        if key == "procedure":
            return self.whole.codes[value]
        if key == "field":
            last = self.wanted.period.last
            return self.whole.as_of(self.whole.codes[value], last).field.code
        return str(value)


def _rows(wanted: Wanted, asked: Asked, columns: tuple[str, ...], *, monthly: bool) -> list[Row]:
    if "procedure_id" not in columns and asked.procedure_ids is None:
        return tallies.coarse(wanted.period, asked, columns, monthly=monthly)
    period = wanted.period
    rows = tallies.fine(period, asked, columns, monthly=monthly)
    for edge in period.edges:
        rows += _recounted(edge, asked, columns, month_of(edge.first))
    if period.first.day > 1:
        earlier = Period(month_of(period.first), period.first - timedelta(days=1))
        rows += _recounted(earlier, asked, columns, None)
    return rows


def _recounted(
    edge: Period, asked: Asked, columns: tuple[str, ...], month: date | None
) -> list[Row]:
    found = dossiers.bookings_between(edge.first, edge.last, asked)
    added = dossiers.totals(found, columns)
    names = set(SUMMED)
    return [
        Row(key, month, Sums(**{name: n for name, n in counts.items() if name in names}))
        for key, counts in added.items()
    ]


Named = tuple[str, ...]
Monthly = dict[date, Sums]
Standing = tuple[int, int]
NOBODY: Final = (0, 0)


def _folded(
    rows: Iterable[Row], columns: tuple[str, ...], named: _Names
) -> tuple[dict[Named, Sums], dict[Named, Monthly]]:
    before: dict[Named, Sums] = defaultdict(Sums)
    during: dict[Named, Monthly] = defaultdict(lambda: defaultdict(Sums))
    for row in rows:
        key = named.of(columns, row.keys)
        if row.month is None:
            before[key] += row.sums
        else:
            during[key][row.month] += row.sums
    return before, during


def _whole(monthly: Monthly) -> Sums:
    return total(monthly.values())


def _live(
    wanted: Wanted, asked: Asked, columns: tuple[str, ...], named: _Names, at: datetime
) -> dict[Named, Standing] | None:
    if wanted.period.last < legal_date(at):
        return None
    found: dict[Named, Standing] = {}
    for values, (overdue, paused) in dossiers.live(asked, at, columns).items():
        key = named.of(columns, values)
        late, held = found.get(key, NOBODY)
        found[key] = (late + overdue, held + paused)
    return found


def _made(
    wanted: Wanted,
    keys: list[Named],
    before: dict[Named, Sums],
    during: dict[Named, Monthly],
    standing: dict[Named, Standing] | None,
    today: date,
) -> Iterator[tuple[Key, Figures]]:
    if not wanted.by:
        return
    names = [key for key in wanted.by if key != "month"]
    if "month" in wanted.by and not names:
        keys = keys or [()]
    for key in keys:
        known = dict(zip(names, key, strict=True))
        if "month" in wanted.by:
            now = None if standing is None else standing.get(key, NOBODY)
            yield from _months(wanted, known, before[key], during[key], now, today)
            continue
        found = figures(before[key], _whole(during[key]))
        if standing is not None:
            found = _as_it_is(found, [standing.get(key, NOBODY)])
        if not found.is_zero:
            yield known, found


def _months(
    wanted: Wanted,
    known: Key,
    before: Sums,
    during: Monthly,
    standing: Standing | None,
    today: date,
) -> Iterator[tuple[Key, Figures]]:
    for month in wanted.period.months:
        within = during.get(month, Sums())
        found = figures(before, within)
        # Lateness to come is booked ahead: until its own end has passed, a month is told live.
        if standing is not None and min(last_of(month), wanted.period.last) >= today:
            found = _as_it_is(found, [standing])
        yield {name: {**known, "month": f"{month:%Y-%m}"}[name] for name in wanted.by}, found
        before += within


def _as_it_is(found: Figures, standing: Iterable[Standing]) -> Figures:
    counts = list(standing)
    return replace(
        found,
        open_overdue=sum(late for late, _ in counts),
        paused=sum(held for _, held in counts),
    )


def _procedures(wanted: Wanted, whole: Snapshot) -> set[int] | None:
    if wanted.field is None and wanted.procedure is None:
        return None
    as_it_was = (whole.as_of(code, wanted.period.last) for code in whole.versions)
    found = {
        one.id
        for one in as_it_was
        if wanted.procedure in {None, one.code} and wanted.field in {None, one.field.code}
    }
    if not found:
        raise Refusal(N_("Không có lĩnh vực hoặc thủ tục này."), field="procedure")
    return found


def _note(wanted: Wanted, tree: Tree) -> str | None:
    node = tree.by_code(wanted.agency) if wanted.agency else None
    if node is not None and node.tier == Tier.DEPARTMENT:
        return N_("Phòng chuyên môn không tiếp nhận hồ sơ; số liệu thuộc nơi tiếp nhận.")
    return None


def as_json(found: Figures) -> dict[str, Any]:
    """Return figures with their rates, as programs read them."""
    told = {one.name: getattr(found, one.name) for one in fields(found)}
    for name in RATES:
        rate = getattr(found, name)
        told[name] = {
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "percent": None if rate.percent is None else f"{rate.percent:f}",
        }
    return told
