"""The filter that spares look-ups must never say that storage does not hold what it holds."""

import pytest

from stream_processors import known
from stream_processors.known import Known


def test_what_was_added_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it grew by several filters."""
    monkeypatch.setattr(known, "FIRST_SIZE", 1000)
    held = Known()
    keys = [("visits", "dukcapil", "antrian", str(n)) for n in range(20_000)]
    for start in range(0, len(keys), 700):
        held.add(keys[start : start + 700])
        held.add(keys[start : start + 700])
    assert all(key in held for key in keys)


def test_what_was_not_added_is_hardly_ever_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "FIRST_SIZE", 1000)
    held = Known()
    held.add(("visits", str(n)) for n in range(20_000))
    wrongly = sum(("visits", str(n)) in held for n in range(100_000, 110_000))
    assert wrongly < 10_000 * 0.1, "five filters of one in a hundred"
    assert ("visits", "7") not in Known()
