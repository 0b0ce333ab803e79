"""The indicators over the real data sets give the figures computed straight from the files (facts on the data).

Where a figure depends on a definition, both are asked for. Exact percentiles interpolate linearly; those of histograms
take the nearest rank and are within 1 %.
"""

import csv
import gzip
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pantau.domain.indicators import Value
from pantau.domain.registry import Hours, Registry, Source, Standard, Unit
from pantau.domain.requests import Request
from pantau.embedded.pipeline import Pipeline
from producers.judging import Order, judge_file
from storage.chdb_engine import ChdbEngine
from storage.indicators import indicators
from storage.queries import sql
from storage.store import Store
from tests.support.taking import take_batch

pytestmark = pytest.mark.real

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000


class Product:
    """A registry, and the indicators of what a file says under it."""

    def __init__(self, engine: ChdbEngine, registry: Registry, files: Iterable[Path], mapping: str) -> None:
        self._engine, self._registry = engine, registry
        pipeline = Pipeline(Store(engine), registry)
        pipeline.open()
        for file in files:
            for chunk in judge_file(Order(str(file), mapping, registry.to_rows(), bytes(32), 0)):
                assert not chunk.rejections
                take_batch(pipeline, [packed.event() for packed in chunk.events])
        pipeline.close()

    def ask(self, *names: str, **request: Any) -> dict[Any, Value]:
        """Values by indicator, or by group and indicator."""
        asked = msgspec.convert({"as_of": 0, "names": names, **request}, Request)
        table = indicators(lambda name, params: self._engine.query(sql(name), params), self._registry, asked)
        return {(*line.key, line.indicator) if table.by else line.indicator: line.value for line in table.lines}

    def seconds(self, name: str, **request: Any) -> tuple[int, list[float]]:
        """n, and mean, median, p90 and p95 in seconds to two decimals."""
        found = self.ask(name, **request)
        values = [found[f"{name}.{part}"] for part in ("mean", "p50", "p90", "p95")]
        return values[0].n, [round((value.value or 0) / SECOND, 2) for value in values]


def registry(units: Iterable[str], zone: str, source: str | Iterable[str], *standards: Standard) -> Registry:
    week = tuple(((8 * 60, 17 * 60),) for _ in range(7))
    sources = [source] if isinstance(source, str) else source
    return Registry(
        hours=[Hours(name="open", week=week)],
        units=[
            Unit(code=unit, name=unit, kecamatan="x", kabupaten="y", zone=zone, hours="open")
            for unit in sorted(set(units))
        ],
        sources=[Source(name=name, live=False) for name in sources],
        standards=standards,
    )


@pytest.fixture(scope="module")
def bank(module_engine: ChdbEngine, real_data: Path) -> Product:
    promise = Standard(measure="wait_to_call", limit_ms=30 * SECOND)
    file = real_data / "bank_calls_1999" / "january1999.csv.gz"
    return Product(module_engine, registry(["bank"], "Asia/Jerusalem", "bank-1999", promise), [file], "bank_calls_1999")


def test_bank_waits_of_queued_calls(bank: Product) -> None:
    exact = {"percentile": "exact", "channels": ["queued"]}
    assert bank.seconds("queue_time", **exact) == (16_926, [68.28, 46, 153, 200])


def test_bank_services(bank: Product) -> None:
    assert bank.seconds("service_time", percentile="exact") == (26_783, [185.35, 114, 415, 589])
    assert bank.seconds("service_time", percentile="exact", services=["NE"]) == (1_474, [323.81, 200, 737.5, 1030.4])
    assert bank.seconds("service_time", percentile="exact", services=["PS"]) == (20_336, [192.34, 123, 422, 593.25])
    assert bank.seconds("service_time", percentile="exact", services=["NW"]) == (4_008, [106.7, 62, 236, 345.3])


def test_bank_percentiles_of_histograms_are_within_one_per_cent(bank: Product) -> None:
    n, found = bank.seconds("queue_time", channels=["queued"])
    assert (n, found[0]) == (16_926, 68.28)
    assert found[1:] == pytest.approx([46, 153, 200], rel=0.01)
    n, found = bank.seconds("service_time")
    assert (n, found[0]) == (26_783, 185.35)
    assert found[1:] == pytest.approx([114, 415, 589], rel=0.01)


def test_bank_those_who_left(bank: Product) -> None:
    """3,101 of the 16,926 who had to wait; of all calls that ended it is 10.20 %: the definition decides."""
    waited = bank.ask("abandonment", "left", zero_waits="not_counted")
    assert (waited["left"].value, waited["abandonment"].n) == (3_101, 16_926)
    assert round(100 * (waited["abandonment"].value or 0), 2) == 18.32
    assert bank.ask("abandonment", channels=["queued"])["abandonment"] == waited["abandonment"]
    everyone = bank.ask("abandonment")["abandonment"]
    assert (round(100 * (everyone.value or 0), 2), everyone.n) == (10.20, 30_401)


@pytest.mark.parametrize(
    ("seconds", "of_served", "of_served_and_left"),
    [(20, 60.52, 54.24), (30, 66.39, 59.50), (60, 79.18, 70.97), (120, 91.26, 81.79)],
)
def test_bank_answered_within(bank: Product, seconds: int, of_served: float, of_served_and_left: float) -> None:
    for leavers, n, share in (("not_counted", 26_783, of_served), ("standard", 29_884, of_served_and_left)):
        found = bank.ask("wait_to_call.within", within_ms=seconds * SECOND, leavers=leavers)["wait_to_call.within"]
        assert (found.n, round(100 * (found.value or 0), 2)) == (n, share)


def test_bank_promise_of_thirty_seconds(bank: Product) -> None:
    kept = bank.ask("promise")["promise"]
    assert (kept.n, round(100 * (kept.value or 0), 2)) == (29_884, 59.50)
    kept = bank.ask("promise", leavers="not_counted")["promise"]
    assert (kept.n, round(100 * (kept.value or 0), 2)) == (26_783, 66.39)


def test_bank_counters(bank: Product) -> None:
    found = bank.ask("served", "service_time.mean", by=["counter"])
    assert len({key for key, _ in found if key != "-"}) == 28
    assert found["A14", "served"].value == 1_995
    assert found["A14", "service_time.mean"].value == pytest.approx(177.3 * SECOND, abs=50)
    assert found["A03", "served"].value == 1_493
    assert found["A03", "service_time.mean"].value == pytest.approx(281.9 * SECOND, abs=50)


def test_permits_keep_their_deadline(engine: ChdbEngine, real_data: Path) -> None:
    units = ["general", "customer-contact", "experts"]
    file = real_data / "permit_receipt" / "receipt.csv.gz"
    permits = Product(engine, registry(units, "Europe/Amsterdam", "permits"), [file], "permit_receipt")
    kept = permits.ask("promise", by=["unit"])
    by_unit = {unit: (kept[unit, "promise"].n, round(100 * (kept[unit, "promise"].value or 0), 2)) for unit in units}
    assert by_unit == {"general": (1285, 71.21), "customer-contact": (29, 96.55), "experts": (15, 60.00)}
    whole = permits.ask("promise", "arrivals", "turnaround", percentile="exact")
    assert round((whole["promise"].value or 0) * whole["promise"].n) == 952
    assert (whole["promise"].n, whole["arrivals"].value) == (1_329, 1_434)
    hours = [round((whole[f"turnaround.{part}"].value or 0) / HOUR, 2) for part in ("mean", "p50", "p90")]
    assert (whole["turnaround.mean"].n, hours) == (1_329, [1415.54, 1215.29, 2533.25])
    channels = permits.ask("arrivals", by=["channel"])
    assert {key[0]: value.value for key, value in channels.items()} == {
        "internet": 1250,
        "desk": 109,
        "post": 53,
        "e-mail": 21,
        "intern": 1,
    }
    assert permits.ask("backlog", as_of=1_400_000_000_000)["backlog"].value == 105


def test_warsaw_queues(engine: ChdbEngine, real_data: Path) -> None:
    """UD_Wola, whose clock is right; means without the holidays of 1 and 6 January."""
    file = real_data / "warsaw_counters" / "UD_Wola.csv.gz"
    wola = Product(engine, registry(["ud_wola"], "Europe/Warsaw", "warsaw/UD_Wola"), [file], "warsaw_counters")
    days = wola.ask("queue_seen.mean", "counters_seen", "queue_seen.unattended", by=["day"])
    worked = [
        day
        for day, name in days
        if name == "queue_seen.mean" and day not in ("2020-01-01", "2020-01-06") and days[day, name].n
    ]

    def mean(name: str) -> float:
        total = sum((days[day, name].value or 0) * days[day, name].n for day in worked)
        return round(total / sum(days[day, name].n for day in worked), 3)

    assert mean("queue_seen.mean") == 2.391
    assert mean("counters_seen") == 2.806
    whole = wola.ask("queue_seen")
    assert whole["queue_seen.max"].value == 187
    assert whole["queue_seen.unattended"].value == 29
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        waiting = sorted(int(row["liczbaKlwKolejce"]) for row in csv.DictReader(rows))
    place = 0.95 * (len(waiting) - 1)
    low, share = int(place), place % 1
    assert whole["queue_seen.p95"].n == len(waiting)
    assert whole["queue_seen.p95"].value == pytest.approx(waiting[low] * (1 - share) + waiting[low + 1] * share)


def test_airport_shares_are_weighted_by_people(engine: ChdbEngine, real_data: Path) -> None:
    file = real_data / "airport_passport_control" / "ORD-2019.csv"
    airport = Product(engine, registry(["ord-t5"], "America/Chicago", "cbp-awt"), [file], "airport_passport_control")
    found = airport.ask("reported")
    assert (found["reported.wait.people"].value, found["reported.wait.mean"].n) == (5_684_548, 5_482_493)
    assert round((found["reported.wait.mean"].value or 0) / MINUTE, 2) == 15.97
    shares = {
        name: round(100 * (found[f"reported.{name}.within"].value or 0), 2) for name in ("wait_15", "wait", "wait_60")
    }
    assert shares == {"wait_15": 62.41, "wait": 86.44, "wait_60": 97.17}
    months = airport.ask("reported.wait.mean", "reported.wait.within", by=["month"])
    means = {month: value.value or 0 for (month, name), value in months.items() if name == "reported.wait.mean"}
    worst, best = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    assert (worst, round(means[worst] / MINUTE, 2)) == ("2019-05", 19.81)
    assert (best, round(means[best] / MINUTE, 2)) == ("2019-11", 10.97)
    assert round(100 * (months[worst, "reported.wait.within"].value or 0), 2) == 79.32
    assert round(100 * (months[best, "reported.wait.within"].value or 0), 2) == 95.02


def test_hospitals_keep_four_hours(engine: ChdbEngine, real_data: Path) -> None:
    file = real_data / "nhs_ae_four_hours" / "ae_attendances.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        codes = {row["org_code"] for row in csv.DictReader(rows)}
    nhs = Product(engine, registry(codes, "Europe/London", "nhs-ae"), [file], "nhs_ae_four_hours")
    whole = nhs.ask("reported")
    assert whole["reported.four_hours.people"].value == 72_019_402
    assert round(100 * (whole["reported.four_hours.within"].value or 0), 2) == 88.48
    types = nhs.ask("reported.four_hours.within", by=["service"])
    assert {key[0]: round(100 * (value.value or 0), 2) for key, value in types.items()} == {
        "type-1": 82.52,
        "type-2": 98.83,
        "type-other": 99.26,
    }
    for first, share in ((2016, 89.13), (2017, 88.34), (2018, 88.01)):
        year = {"first_day": date(first, 4, 1), "last_day": date(first + 1, 3, 31)}
        found = nhs.ask("reported.four_hours.within", **year)["reported.four_hours.within"]
        assert round(100 * (found.value or 0), 2) == share
    by_unit = nhs.ask("reported.four_hours.within", by=["unit"])
    assert round(100 * (by_unit["RQW", "reported.four_hours.within"].value or 0), 2) == 72.60
    assert round(100 * (by_unit["Y02147", "reported.four_hours.within"].value or 0), 2) == 99.56


def test_hospitals_satisfaction_by_state_and_year(engine: ChdbEngine, real_data: Path) -> None:
    file = real_data / "hcahps" / "state_results.csv"
    with file.open(encoding="utf-8-sig") as rows:
        states = {row["State"] for row in csv.DictReader(rows)}
    hcahps = Product(engine, registry(states, "America/New_York", "hcahps"), [file], "hcahps")
    whole = hcahps.ask("reported")
    shares = {
        name: round(100 * value.value, 2) for name, value in whole.items() if name.endswith(".share") and value.value
    }
    assert sorted(shares.values()) == sorted([80.14, 81.38, 68.74, 64.83, 86.76, 52.65, 74.15, 61.56, 71.83, 71.29])
    rating = next(name for name, share in shares.items() if share == 71.83)
    by_state = hcahps.ask(rating, by=["unit"])
    assert {state: round(100 * (by_state[state, rating].value or 0), 2) for state in ("DC", "NY", "SD", "NE")} == {
        "DC": 60.22,
        "NY": 64.78,
        "SD": 78.56,
        "NE": 78.78,
    }
