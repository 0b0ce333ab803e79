"""The filters that spare look-ups must never say that storage does not hold what it holds."""

import numpy as np
import pytest

from pantau.domain.columns import Array
from pantau.domain.entries import fact_number
from stream_processors import known
from stream_processors.known import MEMBERS, Known, KnownNumbers, mixed


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


@pytest.mark.parametrize("at_once", [7_000, 300_000])
def test_every_member_added_is_known_and_few_others_are(at_once: int) -> None:
    """Also of numbers that come back with other members, when there are several filters."""
    held, n = KnownNumbers(per_word=2), 300_000
    members = np.zeros((n, MEMBERS), np.bool_)
    members[np.arange(n), np.arange(n) % 5] = members[:, 7] = True
    for late in (False, True):
        some = members.copy()
        some[:, 7] = late
        for first in range(0, n, at_once):
            held.add(numbers(first, min(at_once, n - first)), some[first : first + at_once])
    every = numbers(0, n)
    assert held.holds(every).all()
    assert held.holds(every, np.arange(n) % 5).all()
    assert held.holds(every, np.full(n, 7)).all()
    assert held.holds(every, np.full(n, 12)).mean() < 0.3
    assert held.holds(numbers(10_000_000, n), np.full(n, 7)).mean() < 0.03


def test_full_filters_are_written_to_no_more_however_many_windows_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else chance hits bring bits, and these more chance hits, until everything is held."""
    monkeypatch.setattr(known, "_WORDS_BITS", 8)
    held, n = KnownNumbers(per_word=2), 512
    members = np.zeros((n, MEMBERS), np.bool_)
    members[:, :9] = True
    filled = []
    for step in range(1 << 9):
        held.add(numbers(step * n, n), members)
        filled.append(int(np.bitwise_count(held._filters[0]).sum()))
    assert len(set(filled[1:])) == 1
    every = numbers(0, n << 9)
    assert all(held.holds(every, np.full(len(every), member)).all() for member in range(9))
    assert held.holds(numbers(10_000_000, 100_000)).mean() < 0.35
    assert held.holds(numbers(10_000_000, 100_000), np.full(100_000, 3)).mean() < 0.3
