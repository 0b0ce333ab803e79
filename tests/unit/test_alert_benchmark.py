"""The benchmark in small: the rule that is shipped stays quiet and finds falls, by bounds too loose to miss by chance.

The figures themselves are on docs/alerts.md; ``python -m benchmarks.alerts`` measures them.
"""

from statistics import median

from benchmarks.alerts import BEFORE, CLEAN, DIRTY, FOUND_WITHIN, WARM, Delays, Peers, judged, quiet
from pantau.domain.alerts.policy import ALERT_SOONER, QUIET, Policy

OFFICES = 8
VISITS = 60


def _delays(late: float, policy: Policy) -> Delays:
    peers = Peers(VISITS, "small", OFFICES, 0, CLEAN)
    history = peers.with_fall(late=late, go_on=FOUND_WITHIN + 1)
    delays = Delays()
    delays.add(history, judged(history, BEFORE + WARM + FOUND_WITHIN + 1, policy), OFFICES)
    return delays


def test_offices_that_go_on_as_usual_alarm_less_than_twice_a_year() -> None:
    rate, by = quiet(VISITS, OFFICES, "small", CLEAN, QUIET)
    assert rate < 2
    assert sum(by.values()) == rate


def test_dirt_makes_no_noise() -> None:
    """2 % stuck tickets, and once a month a fifth of a day's."""
    assert quiet(VISITS, OFFICES, "small", DIRTY, QUIET)[0] < 2


def test_every_fall_by_ten_points_is_found_and_a_larger_one_sooner() -> None:
    ten, twenty = _delays(0.1, QUIET), _delays(0.2, QUIET)
    assert all(days <= FOUND_WITHIN for days in ten.days)
    assert median(ten.days) < 5
    assert median(twenty.days) < median(ten.days)


def test_the_rule_that_alerts_sooner_does() -> None:
    assert median(_delays(0.1, ALERT_SOONER).days) <= median(_delays(0.1, QUIET).days)
