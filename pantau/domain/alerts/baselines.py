"""What is usual for a unit and service group in each half hour of the week, frozen into integer weights.

Hour and weekday effects are pooled over the units that offer the group (peers); a unit's own level is drawn towards
its peers' as far as its own numbers are uncertain (empirical Bayes); its overdispersion is half its own, half theirs.
Floating point is used here and nowhere after: what comes out is rounded to integers and stored.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, log
from typing import Final

import msgspec

from pantau.domain.alerts.evidence import Cell, Scale
from pantau.domain.alerts.few_visits import ease
from pantau.domain.alerts.half_hours import ALL, COARSE, Day, HalfHour, Stream
from pantau.domain.alerts.policy import MICRO, Indicator, Policy

ODDS: Final = 2.25
"""The fall in the promise that evidence is built for: odds of being late this many times the usual. Where visits are
few it is less (``few_visits``), as are the shifts below."""

SLOWER: Final = 0.42
LOWER: Final = 0.4
"""The shift in service time and in satisfaction that evidence is built for, in standard deviations of one visit."""

STUCK: Final = 4.0
CAPPED: Final = 3.0
"""Service times so many robust standard deviations above the median are tickets that somebody forgot to close, and
count as no visit; between the two they count as the lower."""

TRIMMED: Final = 0.623
"""Mean of a chi-square with one degree of freedom without its highest tenth: bad days must not widen what is usual."""

LEAST_VISITS: Final = 100
LEAST_RATERS: Final = 60
"""Fewer in all baseline days give no baseline."""

_SMALL: Final = 1e-9


class Baseline(msgspec.Struct, frozen=True):
    """What is usual for one stream from local day ``version`` on, made of ``days`` days.

    Service times from index ``stuck_from`` on count as no visit, those above ``capped_at`` as that.
    ``level`` is the usual mean per indicator over the baseline: lateness in millionths, else in thousandths.
    """

    version: int
    days: int
    stuck_from: int
    capped_at: int
    scales: dict[Indicator, Scale]
    level: dict[Indicator, int]


def observed(half_hour: HalfHour, at: Sequence[int], baseline: Baseline, indicator: Indicator) -> tuple[int, int]:
    """(n, x): the visits of a half hour that count, and the sum of their values; ``at`` are the half hour's sums."""
    return _observed(half_hour, at, baseline.stuck_from, baseline.capped_at, indicator)


def estimate(
    pool: Mapping[Stream, Sequence[Day]], *, version: int, policy: Policy, groups_of: Callable[[str], int] = lambda _: 1
) -> dict[Stream, Baseline]:
    """Baselines of every stream that has days enough; ``pool`` holds the baseline days of each.

    ``groups_of`` says how many groups of a unit are judged side by side: each must then say ln(groups) more, so that
    the unit's false alarms stay the same.
    """
    limits = {stream: _limits(days) for stream, days in pool.items() if len(days) >= policy.early_days}
    levels: dict[Stream, dict[Indicator, tuple[Scale, int]]] = {stream: {} for stream in limits}
    groups: dict[str, list[Stream]] = {}
    for stream in sorted(limits):
        groups.setdefault(stream[1], []).append(stream)
    for group, streams in groups.items():
        indicators: tuple[Indicator, ...] = ("satisfaction",) if group == ALL else ("late", "time")
        for indicator in indicators:
            tables = [_Table(stream, pool[stream], *limits[stream], indicator) for stream in streams]
            least = LEAST_RATERS if indicator == "satisfaction" else LEAST_VISITS
            for table, scale, level in _scales([each for each in tables if each.n >= least], indicator, policy):
                levels[table.stream][indicator] = scale, level
    found = {}
    for stream, scales in levels.items():
        if not scales:
            continue
        days = len(pool[stream])
        extra = round(MICRO * log(max(groups_of(stream[0]), 1))) if stream[1] != ALL else 0
        extra += policy.early_extra if days < policy.armed_days else 0
        frozen = {}
        for indicator, (scale, _) in scales.items():
            threshold = scale.threshold + extra
            if indicator == "late" and "time" in scales:
                threshold += policy.late_beside_time
            frozen[indicator] = msgspec.structs.replace(
                scale, threshold=threshold, cap=round(threshold * policy.day_cap)
            )
        levels_found = {indicator: level for indicator, (_, level) in scales.items()}
        found[stream] = Baseline(version, days, *limits[stream], frozen, levels_found)
    return found


def _observed(
    half_hour: HalfHour, at: Sequence[int], stuck_from: int, capped_at: int, indicator: Indicator
) -> tuple[int, int]:
    if indicator == "satisfaction":
        return half_hour.raters, half_hour.marks
    if at[3] <= capped_at:
        n, total, stuck = at[0], at[1], 0
    else:
        n = total = stuck = 0
        for index, visits in half_hour.times:
            if index >= stuck_from:
                stuck += visits
            else:
                n += visits
                total += min(index, capped_at) * visits
    if indicator == "time":
        return n, total
    stuck = min(stuck, half_hour.late)  # a ticket left open broke the promise only on paper
    return half_hour.judged - stuck, half_hour.late - stuck


def _limits(days: Sequence[Day]) -> tuple[int, int]:
    """(stuck_from, capped_at) from the quartiles of the service times, which stuck tickets hardly move."""
    coarse: dict[int, int] = {}
    for day in days:
        for place, visits in day.coarse.items():
            coarse[place] = coarse.get(place, 0) + visits
    if not coarse:
        return 1 << 30, 1 << 30
    low, middle, high = (_quantile(coarse, q) for q in (0.25, 0.5, 0.75))
    spread = max((high - low) / 1.349, 5.0)
    return round(middle + STUCK * spread), round(middle + CAPPED * spread)


def _quantile(coarse: Mapping[int, int], q: float) -> float:
    wanted, before = q * sum(coarse.values()), 0.0
    for place in sorted(coarse):
        if before + coarse[place] >= wanted:
            return COARSE * (place + (wanted - before) / coarse[place])
        before += coarse[place]
    raise ValueError("a histogram with a negative count")


class _Table:
    """One stream's baseline days summed by half hour of the week, and what is needed per day for the overdispersion."""

    def __init__(self, stream: Stream, days: Sequence[Day], stuck_from: int, capped_at: int, indicator: Indicator):
        self.stream = stream
        self.cells: dict[int, list[int]] = {}
        self.days: list[list[tuple[int, int, int]]] = []
        squares = 0
        for day in days:
            week = day.weekday * 48
            rows = []
            for half_hour, at in zip(day.half_hours, day.sums, strict=True):
                n, x = _observed(half_hour, at, stuck_from, capped_at, indicator)
                if not n:
                    continue
                if indicator == "satisfaction":
                    squares += half_hour.squares
                elif indicator == "time":
                    squares += at[2] if at[3] <= capped_at else _squares(half_hour, stuck_from, capped_at)
                key = week + half_hour.slot
                cell = self.cells.get(key)
                if cell is None:
                    self.cells[key] = [n, x]
                else:
                    cell[0] += n
                    cell[1] += x
                rows.append((key, n, x))
            if rows:
                self.days.append(rows)
        self.squares = squares
        self.n = sum(n for n, _ in self.cells.values())
        self.x = sum(x for _, x in self.cells.values())


def _squares(half_hour: HalfHour, stuck_from: int, capped_at: int) -> int:
    return sum(min(index, capped_at) ** 2 * visits for index, visits in half_hour.times if index < stuck_from)


def _scales(tables: Sequence[_Table], indicator: Indicator, policy: Policy) -> list[tuple[_Table, Scale, int]]:
    """Each table's scale and usual level; its threshold is what it must reach if judged alone, its cap still 0."""
    if not tables:
        return []
    if indicator == "late":
        usual, spreads = _usual_shares(tables)
    else:
        usual, spreads = _usual_means(tables, seasonal=indicator == "time")
    phis = [_overdispersion(table, usual[i], spreads[i]) for i, table in enumerate(tables)]
    peers = sum(phis) / len(phis)
    found = []
    for table, cells, spread, phi in zip(tables, usual, spreads, phis, strict=True):
        mean_n = table.n / max(len(table.days), 1)
        shared = round(max((phi + peers) / 2 - 1, 0.0) / mean_n * MICRO)
        eased = ease(indicator, mean_n, shared, policy)
        level = sum(cells[key] * n for key, (n, _) in table.cells.items()) / table.n
        scale = Scale(
            {key: _cell(mean, spread, indicator, eased.gentle) for key, mean in cells.items()},
            _cell(level, spread, indicator, eased.gentle),
            shared,
            policy.thresholds[indicator] - eased.less,
            0,
            eased.recovery(policy.recovery),
        )
        found.append((table, scale, round(level * (MICRO if indicator == "late" else 1000))))
    return found


def _cell(mean: float, spread: float, indicator: Indicator, gentle: float) -> Cell:
    """``gentle`` is the part of the full shift that evidence is built for."""
    if indicator == "late":
        odds = ODDS**gentle
        late, kept = log(odds / (1 - mean + odds * mean)), log(1 / (1 - mean + odds * mean))
        return Cell(round(mean * MICRO), round((late - kept) * MICRO), round(kept * MICRO))
    shift = gentle * (SLOWER if indicator == "time" else -LOWER)
    gain = shift / spread
    return Cell(round(mean * 1000), round(gain * MICRO), round((-gain * mean - shift * shift / 2) * MICRO))


def _usual_shares(tables: Sequence[_Table]) -> tuple[list[dict[int, float]], list[float]]:
    """Per table the usual share by half hour of the week; spreads are not needed for shares."""
    weekdays, slots = _margins(tables)
    total = (sum(table.x for table in tables) + 0.5) / (sum(table.n for table in tables) + 1)
    middle = _logit(total)
    offsets: list[dict[int, float]] = []
    for margin in (weekdays, slots):
        effects = {key: _logit((x + total) / (n + 1)) - middle for key, (n, x) in margin.items()}
        variances = {key: 1 / max((n + 1) * total * (1 - total), _SMALL) for key, (n, _) in margin.items()}
        offsets.append(_drawn(effects, variances, towards=0.0))
    shares = [(table.x + 0.5) / (table.n + 1) for table in tables]
    levels = {i: _logit(share) for i, share in enumerate(shares)}
    doubts = {i: 1.3 / ((tables[i].n + 1) * share * (1 - share)) for i, share in enumerate(shares)}
    levels = _drawn(levels, doubts)
    usual = []
    for i, table in enumerate(tables):
        logits = {key: levels[i] + offsets[0][key // 48] + offsets[1][key % 48] for key in table.cells}
        target, shift = _share(levels[i]), 0.0
        for _ in range(4):  # the offsets change the unit's mean: moved until it is its level again
            mean = sum(_share(logits[key] + shift) * n for key, (n, _) in table.cells.items()) / table.n
            shift += _logit(target) - _logit(mean)
        usual.append({key: _share(value + shift) for key, value in logits.items()})
    return usual, [0.0] * len(tables)


def _usual_means(tables: Sequence[_Table], *, seasonal: bool) -> tuple[list[dict[int, float]], list[float]]:
    """Per table the usual mean by half hour of the week, and the standard deviation of one visit about it."""
    weekdays, slots = _margins(tables)
    total_n = sum(table.n for table in tables)
    middle = sum(table.x for table in tables) / total_n
    variance = max(sum(table.squares for table in tables) / total_n - middle**2, _SMALL)
    offsets: list[dict[int, float]] = []
    for margin in (weekdays, slots):
        effects = {key: x / n - middle if seasonal else 0.0 for key, (n, x) in margin.items()}
        offsets.append(_drawn(effects, {key: variance / n for key, (n, _) in margin.items()}, towards=0.0))
    usual, spreads, levels, doubts = [], [], {}, {}
    for i, table in enumerate(tables):
        moved = {key: offsets[0][key // 48] + offsets[1][key % 48] for key in table.cells}
        own = (table.x - sum(moved[key] * n for key, (n, _) in table.cells.items())) / table.n
        scatter = float(table.squares)
        for key, (n, x) in table.cells.items():
            mean = own + moved[key]
            scatter += mean * mean * n - 2 * mean * x
        spreads.append(max(scatter / table.n, 0.25) ** 0.5)
        levels[i], doubts[i] = own, 2 * spreads[i] ** 2 / table.n
        usual.append(moved)
    levels = _drawn(levels, doubts)
    return [{key: levels[i] + moved for key, moved in each.items()} for i, each in enumerate(usual)], spreads


def _margins(tables: Sequence[_Table]) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """(n, x) over all tables by weekday and by slot."""
    weekdays: dict[int, tuple[int, int]] = {}
    slots: dict[int, tuple[int, int]] = {}
    for table in tables:
        for key, (n, x) in table.cells.items():
            for margin, part in ((weekdays, key // 48), (slots, key % 48)):
                before = margin.get(part, (0, 0))
                margin[part] = before[0] + n, before[1] + x
    return weekdays, slots


def _drawn(values: Mapping[int, float], doubts: Mapping[int, float], towards: float | None = None) -> dict[int, float]:
    """Each value drawn towards their mean (or a given one) as far as its variance exceeds the spread between them."""
    mean = sum(values.values()) / len(values) if towards is None else towards
    if towards is None and len(values) < 3:
        return dict(values)  # too few to tell how far units differ
    scatter = sum((value - mean) ** 2 for value in values.values()) / len(values)
    between = max(scatter - sum(doubts.values()) / len(doubts), scatter * 0.05, _SMALL)
    return {key: mean + (value - mean) * between / (between + doubts[key]) for key, value in values.items()}


def _overdispersion(table: _Table, usual: Mapping[int, float], spread: float) -> float:
    """How much days scatter more than their visits alone would: trimmed mean of squared day scores, at least 1."""
    scores = []
    for rows in table.days:
        excess = variance = 0.0
        for key, n, x in rows:
            mean = usual[key]
            excess += x - mean * n
            variance += n * (mean * (1 - mean) if spread == 0.0 else spread * spread)
        scores.append(excess * excess / max(variance, _SMALL))
    scores.sort()
    kept = scores[: max(round(len(scores) * 0.9), 1)]
    return max(sum(kept) / len(kept) / TRIMMED, 1.0)


def _logit(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return log(share / (1 - share))


def _share(logit: float) -> float:
    return 1 / (1 + exp(-logit))
