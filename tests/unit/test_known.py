"""The filters that spare look-ups must never say that storage does not hold what it holds."""

import numpy as np
import pytest

from pantau.domain.columns import Array
from pantau.domain.entries import fact_number
from stream_processors import known
from stream_processors.known import Known, KnownNumbers, mixed


def number(n: int) -> int:
    return fact_number(("visits", "dukcapil", "antrian", str(n)))


def test_what_was_added_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it grew by several filters."""
    monkeypatch.setattr(known, "FIRST_SIZE", 1000)
    held = Known()
    keys = [number(n) for n in range(20_000)]
    for start in range(0, len(keys), 700):
        held.add(keys[start : start + 700])
        held.add(keys[start : start + 700])
    assert held.among(keys) == {*keys}


def test_what_was_not_added_is_hardly_ever_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "FIRST_SIZE", 1000)
    held = Known()
    held.add(number(n) for n in range(20_000))
    wrongly = held.among([number(n) for n in range(100_000, 110_000)])
    assert len(wrongly) < 10, "five filters of one in a hundred thousand"
    assert not Known().among([number(7)])


def numbers(first: int, n: int) -> Array:
    return mixed(np.arange(first, first + n))


@pytest.mark.parametrize("at_once", [7_000, 600_000])
def test_every_number_added_is_known_and_hardly_another(at_once: int) -> None:
    """Also when more come at once than one filter holds."""
    held = KnownNumbers()
    for first in range(0, 600_000, at_once):
        held.add(numbers(first, min(at_once, 600_000 - first)))
    assert held.holds(numbers(0, 600_000)).all()
    assert held.holds(numbers(10_000_000, 100_000)).mean() < 0.03
