"""Numbers, times and days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.indicators import Language
from pantau.texts import clock_text, day_text, duration_text, number_text, share_text


@pytest.mark.parametrize(
    ("value", "decimals", "indonesian", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (1_234_567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-12.25, 1, "-12,2", "-12.2"),
    ],
)
def test_numbers(value: float, decimals: int, indonesian: str, english: str) -> None:
    assert number_text(value, "id", decimals) == indonesian
    assert number_text(value, "en", decimals) == english


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_the_two_languages_differ_only_in_their_signs(value: float, decimals: int) -> None:
    swapped = number_text(value, "id", decimals).translate(str.maketrans(",.", ".,"))
    assert swapped == number_text(value, "en", decimals)


@pytest.mark.parametrize(
    ("ms", "indonesian", "english"),
    [
        (0, "0 dtk", "0 s"),
        (420, "0,4 dtk", "0.4 s"),
        (9_960, "10 dtk", "10 s"),
        (45_283, "45 dtk", "45 s"),
        (59_700, "1 mnt", "1 min"),
        (109_900, "1 mnt 50 dtk", "1 min 50 s"),
        (119_999, "2 mnt", "2 min"),
        (18 * 60_000, "18 mnt", "18 min"),
        (18.5 * 60_000, "18 mnt 30 dtk", "18 min 30 s"),
        (59 * 60_000 + 59_700, "1 jam", "1 h"),
        (90 * 60_000, "1 jam 30 mnt", "1 h 30 min"),
        (47 * 3_600_000, "47 jam", "47 h"),
        (26.5 * 3_600_000, "26 jam 30 mnt", "26 h 30 min"),
        (50 * 3_600_000, "2 hr 2 jam", "2 d 2 h"),
        (9 * 86_400_000, "9 hr", "9 d"),
    ],
)
def test_durations(ms: float, indonesian: str, english: str) -> None:
    assert duration_text(ms, "id") == indonesian
    assert duration_text(ms, "en") == english


@given(st.floats(0, 1e11))
def test_a_duration_never_shows_sixty_of_a_smaller_unit(ms: float) -> None:
    numbers = [part for part in duration_text(ms, "en").split() if part.isdigit()]
    assert all(int(part) < 60 for part in numbers[1:])


@pytest.mark.parametrize(
    ("day", "language", "text"),
    [
        (date(2026, 11, 10), "id", "Sel 10 Nov 2026"),
        (date(2026, 11, 10), "en", "Tue 10 Nov 2026"),
        (date(2026, 8, 17), "id", "Sen 17 Agu 2026"),
        (date(2026, 5, 1), "en", "Fri 1 May 2026"),
    ],
)
def test_days(day: date, language: Language, text: str) -> None:
    assert day_text(day, language) == text
    assert day_text(day, language, year=False) == text.removesuffix(" 2026")


def test_times_of_day_name_the_zone_as_people_do() -> None:
    at = 1_794_281_520_000  # 2026-11-10T03:32:00Z
    assert clock_text(at, "Asia/Jakarta", "id") == "10.32 WIB"
    assert clock_text(at, "Asia/Makassar", "id") == "11.32 WITA"
    assert clock_text(at, "Asia/Jayapura", "en") == "12:32 WIT"
    assert clock_text(at, "Europe/Amsterdam", "en") == "04:32 CET"


def test_shares_are_percentages() -> None:
    assert share_text(0.7163, "id") == "71,6 %"
    assert share_text(1, "en", 0) == "100 %"
