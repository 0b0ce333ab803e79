"""How much evidence makes an alert, and how much history a baseline needs."""

from typing import Final, Literal

import msgspec

Indicator = Literal["late", "time", "satisfaction"]
"""Share of visits that broke the promise; log of the service time; sum of the nine SKM marks of a person."""

INDICATORS: Final[tuple[Indicator, ...]] = ("late", "time", "satisfaction")

MICRO: Final = 1_000_000
"""Evidence is counted in millionths of a nat, the natural unit of a log likelihood ratio."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The rule, in micro-nats and working days. The defaults are the quiet rule; ``ALERT_SOONER`` is the other.

    An alert falls at ``thresholds`` and recovers at ``recovery``. A day adds at most ``day_cap`` of the threshold, so
    an alert rests on at least two days. Where service time is judged beside lateness, lateness alone must say more
    (``late_beside_time``), for the two tell of the same visits. With ``armed_days`` of history the rule holds, from
    ``early_days`` on it asks ``early_extra`` more, below there is no alert. A baseline is made of ``baseline_days``
    that end ``gap_days`` before it begins to hold, so that a fall does not hide in what it is compared with. After
    ``settled_days`` a level is no longer a fall but the new usual.

    ``thresholds`` are those of offices with ``reference_visits`` a day (satisfaction: raters) or more; of smaller ones
    less is asked (``few_visits`` says why and how much). Counted are at most ``most_fewer`` nats, a day that tells a
    third as much: with hardly any visits an office does not know its own usual well, and a threshold must stay clearly
    above ``watch``. Evidence is built there for ``gentlest`` times the shift, and ``recovery`` is lower; satisfaction
    keeps its shift, for of a smaller one so few raters tell too little. The reference lies below a hundred visits, so
    that an office of about a hundred is judged as one whichever days its baseline counts.

    How the values were chosen: ``benchmarks/alerts.py``, with its table in docs/alerts.md.
    """

    thresholds: dict[Indicator, int] = msgspec.field(
        default_factory=lambda: {"late": 7_700_000, "time": 7_400_000, "satisfaction": 8_000_000}
    )
    late_beside_time: int = 2_300_000
    reference_visits: dict[Indicator, int] = msgspec.field(
        default_factory=lambda: {"late": 80, "time": 80, "satisfaction": 20}
    )
    most_fewer: float = 1.0
    gentlest: dict[Indicator, float] = msgspec.field(
        default_factory=lambda: {"late": 0.7, "time": 0.7, "satisfaction": 1.0}
    )
    watch: int = 4_000_000
    calm: int = 1_000_000
    recovery: int = 6_000_000
    day_cap: float = 0.75
    armed_days: int = 20
    early_days: int = 10
    early_extra: int = 2_000_000
    baseline_days: int = 40
    gap_days: int = 10
    settled_days: int = 60


QUIET: Final = Policy()
ALERT_SOONER: Final = Policy(thresholds={"late": 6_500_000, "time": 6_200_000, "satisfaction": 6_700_000})
