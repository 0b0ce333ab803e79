"""Colours of the boards: states, and series that everybody can tell apart (Okabe and Ito's palette)."""

from typing import Final

GOOD: Final = "#009E73"
WATCH: Final = "#E69F00"
BAD: Final = "#D55E00"
UNKNOWN: Final = "#8A8F98"
REST: Final = "#8A8F98"

SERIES: Final = ("#0072B2", "#D55E00", "#009E73", "#E69F00")
"""At most four at once."""

STATES: Final[dict[str, str]] = {
    "overdue": BAD,
    "below": WATCH,
    "good": GOOD,
    "few": UNKNOWN,
    "none": UNKNOWN,
    "serving": GOOD,
    "open": SERIES[0],
    "paused": WATCH,
    "closed": UNKNOWN,
    "unknown": UNKNOWN,
    "busy": GOOD,
    "idle_queue": BAD,
    "idle": SERIES[0],
    "off": UNKNOWN,
    "steady": GOOD,
    "changed": WATCH,
    "late": BAD,
    "in_time": GOOD,
    "silent": BAD,
    "late_data": WATCH,
    "refused": WATCH,
    "speaking": GOOD,
    "falling": BAD,
    "acknowledged": WATCH,
    "silenced": UNKNOWN,
    "no_data": UNKNOWN,
    "watched": WATCH,
    "recovered": GOOD,
    "normal": GOOD,
    "settled": UNKNOWN,
    "withdrawn": UNKNOWN,
    "better": GOOD,
    "unproven": UNKNOWN,
    "worse": BAD,
    "too_little": UNKNOWN,
    "A": GOOD,
    "B": GOOD,
    "C": WATCH,
    "D": BAD,
}
"""State -> colour; its word and shape are in ``dashboards.words``."""
