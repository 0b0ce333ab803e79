"""The numbers that are told of a transition: when it was found, and again when it is told of days later."""

from collections.abc import Callable, Iterable, Mapping

from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import Transition
from pantau.domain.alerts.figures import LEAST_BESIDE, Figure, figure
from pantau.domain.alerts.half_hours import ALL, Day, Stream
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY
from storage.alert_reading import read_half_hours
from storage.alerts import AlertTables

Figures = tuple[Figure, ...]


def figures_about(
    turn: Transition,
    history: Mapping[Stream, Mapping[int, Day]],
    baseline_of: Callable[[Stream], Baseline | None],
    *,
    since: int,
    upto: int,
) -> Figures:
    """What a transition is about in the half hours [since, upto], and satisfaction beside what is not of that."""
    wanted = [((turn.unit, turn.group), turn.indicator)]
    if turn.indicator != "satisfaction":
        wanted.append(((turn.unit, ALL), "satisfaction"))
    found = []
    for stream, indicator in wanted:
        baseline = baseline_of(stream)
        if baseline is not None:
            told = figure(indicator, history.get(stream, {}).values(), baseline, since=since, upto=upto)
            if told is not None:
                found.append(told)
    return tuple(found)


def figures_now(
    tables: AlertTables, registry: Registry, turns: Iterable[Transition], now: int
) -> dict[Transition, Figures]:
    """The figures up to ``now`` of those falls of one unit that were found a day ago or more. Blocks."""
    old = [turn for turn in turns if turn.turn == "falling" and now - turn.at >= DAY]
    if not old:
        return {}
    unit = old[0].unit
    first = min(turn.since for turn in old) // DAY - 1
    history = read_half_hours(tables.query, registry, (unit,), first_day=first, upto_day=now // DAY + 2, now=now)
    weeks = {turn.baseline: tables.week((unit,), turn.baseline) for turn in old}
    found = {}
    for turn in old:
        week = weeks[turn.baseline]
        if week is not None and (told := figures_about(turn, history, week.baselines.get, since=turn.since, upto=now)):
            found[turn] = told
    return found


def figures_of(turns: Iterable[Transition], told: Mapping[Transition, Figures]) -> tuple[Figures, Figure | None]:
    """The figures of transitions, each indicator once, and the satisfaction beside them if none of them is of it."""
    own: dict[str, Figure] = {}
    beside: Figure | None = None
    for turn in turns:
        for i, each in enumerate(told.get(turn, ())):
            if i == 0:
                own.setdefault(each.indicator, each)
            elif beside is None and each.n >= LEAST_BESIDE:
                beside = each
    return tuple(own.values()), None if "satisfaction" in own else beside
