"""Lengths of time mean what people mean by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.durations import Length, parse

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 minutes", Length(ms=30 * MINUTE)),
        ("45m", Length(ms=45 * MINUTE)),
        (" 1 Hour 30 minutes ", Length(ms=90 * MINUTE)),
        ("1h30m", Length(ms=90 * MINUTE)),
        ("15 menit", Length(ms=15 * MINUTE)),
        ("2 hari", Length(ms=2 * DAY)),
        ("250 ms", Length(ms=250)),
        ("3 working days", Length(working_days=3, working=True)),
        ("3 hari kerja", Length(working_days=3, working=True)),
        ("4 working hours", Length(ms=4 * HOUR, working=True)),
        ("4 jam kerja", Length(ms=4 * HOUR, working=True)),
        ("0 minutes", Length(ms=0)),
    ],
)
def test_a_length_is_read_in_english_and_indonesian(text: str, length: Length) -> None:
    assert parse(text) == length


@pytest.mark.parametrize(
    "text",
    ["", "30", "minutes", "30 parsecs", "-5 minutes", "1.5 hours", "3 working days 2 hours", "working", "5 minutes!"],
)
def test_what_is_no_length_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse(text)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_parts_add_up(days: int, hours: int, minutes: int) -> None:
    assert parse(f"{days}d {hours} jam {minutes}min") == Length(ms=days * DAY + hours * HOUR + minutes * MINUTE)
