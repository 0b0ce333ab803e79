"""The catalogue: every indicator by name, and which of them a list of words asks for."""

import difflib
from collections.abc import Iterable
from functools import cache

from pantau.domain.errors import BadSetup, Fault
from pantau.domain.indicators import Indicator
from pantau.domain.indicators_of_answers import reported_indicators, satisfaction_indicators, snapshot_indicators
from pantau.domain.indicators_of_now import now_indicators
from pantau.domain.indicators_of_visits import counts, durations, shares

MAIN = (
    "arrivals",
    "served",
    "wait_to_start.mean",
    "wait_to_start.p50",
    "wait_to_start.p90",
    "wait_to_start.p95",
    "service_time.mean",
    "service_time.p90",
    "turnaround_working.p50",
    "promise",
    "no_show",
    "abandonment",
    "first_time_right",
    "rating",
    "ikm",
)
"""What is shown when nothing is asked for by name."""


@cache
def fixed() -> dict[str, Indicator]:
    """Every indicator that does not depend on what sources report, by name, in the order they are shown."""
    listed = (
        *counts(),
        *durations(),
        *shares(),
        *satisfaction_indicators(),
        *snapshot_indicators(),
        *now_indicators(),
    )
    return {indicator.name: indicator for indicator in listed}


def catalogue(reported: Iterable[str] = ()) -> dict[str, Indicator]:
    """Every indicator by name; ``reported`` are the names under which sources report totals of their own."""
    found = dict(fixed())
    for measure in reported:
        found.update((indicator.name, indicator) for indicator in reported_indicators(measure))
    return found


def chosen(words: Iterable[str], reported: Iterable[str] = ()) -> list[Indicator]:
    """The indicators that words ask for: a name, the beginning of names (``wait_to_start``), or ``all``.

    No word asks for the main ones. Raises BadSetup naming each word that means nothing, with the nearest names.
    """
    known = catalogue(reported)
    wanted = tuple(words) or MAIN
    found: dict[str, Indicator] = {}
    faults: list[Fault] = []
    for word in wanted:
        if word == "all":
            found.update(known)
            continue
        named = [name for name in known if name == word or name.startswith(word + ".")]
        found.update((name, known[name]) for name in named)
        if not named:
            beginnings = dict.fromkeys([*known, *(name.partition(".")[0] for name in known)])
            near = difflib.get_close_matches(word, beginnings, n=3)
            todo = f"did you mean {', '.join(near)}?" if near else "see `pantau indicators --list`"
            faults.append(Fault(field="indicator", value=repr(word), rule="no indicator has this name", todo=todo))
    if faults:
        raise BadSetup("; ".join(map(str, faults)), tuple(faults))
    return [*found.values()]
