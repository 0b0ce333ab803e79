"""Sources and rulings on clocks, as a registry file has them."""

from datetime import date, datetime

from pantau import registry_file
from pantau.domain.registry import Source
from tests.unit.test_registry_file import GOOD


def test_sources_and_rulings_on_clocks_are_read() -> None:
    registry = registry_file.parse(
        GOOD
        + f"""
[[source]]
name = "/antrian/*"
units = ["kec-18.01.06"]
max_age = "2 days"
future_tolerance = "1 minute"
numbers_restart = "daily"
personal = "pseudonymise"
key_hash = "{"a" * 64}"
[[source]]
name = "/arsip"
live = false
expect_from = 2025-01-01
expect_to = 2025-12-31
[[clock_correction]]
source = "/antrian/1"
from = 2026-01-01T00:00:00+07:00
until = 2026-01-02T00:00:00+07:00
shift = "-366 days"
version = 2
reason = "tahun salah"
"""
    )
    assert registry.source("/antrian/1") == Source(
        name="/antrian/1",
        units=frozenset({"kec-18.01.06"}),
        max_age_ms=2 * 86_400_000,
        tolerance_ms=60_000,
        numbers_restart="daily",
        personal="pseudonymise",
        key_hash="a" * 64,
    )
    archive = registry.source("/arsip")
    assert archive is not None
    assert (archive.live, archive.max_age_ms, archive.expect_from) == (False, None, date(2025, 1, 1))
    noon = round(datetime.fromisoformat("2026-01-01T12:00:00+07:00").timestamp() * 1000)
    assert registry.correct("/antrian/1", noon) == noon - 366 * 86_400_000
    assert registry.correct("/antrian/2", noon) == noon
