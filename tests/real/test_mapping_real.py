"""The whole public sets, mapped: the events already hold the figures that were computed straight from the files.

Percentiles are linear-interpolation quantiles, as in the reference figures. Waits and spans are taken from the mapped
events alone, the way a visit is folded: created to called or cancelled, started to ended, submitted to issued.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from producers.mapping import Draft, load
from producers.mapping.check import Check, Report

pytestmark = pytest.mark.real

DATA = Path(os.environ.get("PANTAU_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
HOUR = 3_600_000


@cache
def report(file: str, mapping: str) -> Report:
    """Every row of a set, none of which may be bad, and no column forgotten."""
    found = Check(DATA / file, load(mapping), examples=10**9, language="en").finish()
    assert found.bad == 0
    assert found.unused == []
    assert found.absent == []
    return found


def quantile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def figures(values: list[float]) -> tuple[int, float, float, float, float, float]:
    """n, mean, median, p90, p95, max."""
    return (len(values), round(mean(values), 2), *(round(quantile(values, q), 2) for q in (0.5, 0.9, 0.95, 1)))  # type: ignore[return-value]  # six numbers


def subjects(drafts: list[Draft], field: str) -> dict[str, dict[str, Draft]]:
    """Ticket or application -> kind -> its event. Equal events of one id are one."""
    found: dict[str, dict[str, Draft]] = defaultdict(dict)
    for draft in drafts:
        before = found[str(draft.data[field])].setdefault(draft.kind, draft)
        assert before == draft
    return found


# bank calls


@cache
def calls() -> list[dict[str, Draft]]:
    return [*subjects(report("bank_calls_1999/january1999.csv.gz", "bank_calls_1999").drafts, "ticket").values()]


def waits(chosen: list[dict[str, Draft]]) -> list[float]:
    """Seconds from created to called or, for those who left, to cancelled."""
    return [
        ((call.get("ticket.called") or call["ticket.cancelled"]).time - call["ticket.created"].time) / 1000
        for call in chosen
    ]


def test_bank_which_rows_are_which() -> None:
    whole = report("bank_calls_1999/january1999.csv.gz", "bank_calls_1999")
    assert (whole.rows, whole.mapped) == (31_599, 30_401)
    assert whole.skipped == {"hung up in the voice menu, never asked for an agent": 1_198}
    assert whole.kinds == {
        "ticket.created": 30_401,
        "ticket.called": 27_300,
        "service.started": 26_783,
        "service.ended": 26_783,
        "ticket.cancelled": 3_101,
        "ticket.no_show": 517,
    }
    assert Counter(call["ticket.created"].data["channel"] for call in calls()) == {"queued": 16_926, "direct": 13_475}


def test_bank_wait_of_queued_calls_and_of_served_calls() -> None:
    queued = [call for call in calls() if call["ticket.created"].data["channel"] == "queued"]
    served = [call for call in calls() if "service.ended" in call]
    assert figures(waits(queued)) == (16_926, 68.28, 46, 153, 200, 1_772)
    assert figures(waits(served)) == (26_783, 35.14, 4, 111, 157, 1_500)
    assert sum("ticket.cancelled" in call for call in queued) == 3_101
    assert round(100 * 3_101 / len(queued), 2) == 18.32
    assert all(call["ticket.created"].data["channel"] == "queued" for call in calls() if "ticket.cancelled" in call)


def test_bank_served_within_seconds() -> None:
    served = waits([call for call in calls() if "service.ended" in call])
    left = sum("ticket.cancelled" in call for call in calls())
    within = {limit: sum(wait <= limit for wait in served) for limit in (20, 30, 60, 120)}
    assert [round(100 * n / len(served), 2) for n in within.values()] == [60.52, 66.39, 79.18, 91.26]
    assert [round(100 * n / (len(served) + left), 2) for n in within.values()] == [54.24, 59.50, 70.97, 81.79]


def test_bank_wait_to_start_differs_because_of_the_second_clock() -> None:
    """Service starts a second before the queue ends in most calls, so this promise is kept more often."""
    starts = [
        max(0, call["service.started"].time - call["ticket.created"].time) / 1000
        for call in calls()
        if "service.ended" in call
    ]
    assert round(100 * sum(wait <= 30 for wait in starts) / (len(starts) + 3_101), 2) == 60.03


def test_bank_service_times_by_service_and_agent() -> None:
    def served(**data: str) -> list[float]:
        return [
            (call["service.ended"].time - call["service.started"].time) / 1000
            for call in calls()
            if "service.ended" in call and data.items() <= call["service.ended"].data.items()
        ]

    assert figures(served()) == (26_783, 185.35, 114, 415, 589, 5_300)
    assert figures(served(service="NE")) == (1_474, 323.81, 200, 737.5, 1_030.4, 4_171)
    assert figures(served(service="PS")) == (20_336, 192.34, 123, 422, 593.25, 5_300)
    assert figures(served(service="NW")) == (4_008, 106.70, 62, 236, 345.3, 2_498)
    assert (len(served(counter="A14")), round(mean(served(counter="A14")), 1)) == (1_995, 177.3)
    assert (len(served(counter="A03")), round(mean(served(counter="A03")), 1)) == (1_493, 281.9)


# permits


def turnarounds(mapping: str, **data: str) -> list[float]:
    applications = subjects(report("permit_receipt/receipt.csv.gz", mapping).drafts, "application").values()
    return [
        (events["application.issued"].time - events["application.submitted"].time) / HOUR
        for events in applications
        if "application.issued" in events and data.items() <= events["application.submitted"].data.items()
    ]


def on_time(mapping: str, **data: str) -> tuple[int, int]:
    """Issued by the deadline, issued at all."""
    kept = done = 0
    for events in subjects(report("permit_receipt/receipt.csv.gz", mapping).drafts, "application").values():
        submitted = events["application.submitted"]
        if "application.issued" in events and data.items() <= submitted.data.items():
            due = datetime.fromisoformat(str(submitted.data["due"]))
            done += 1
            kept += events["application.issued"].time <= round(due.timestamp() * 1000)
    return kept, done


def test_permits_from_start_date_to_end_date() -> None:
    found = turnarounds("permit_receipt")
    n, average, median, p90, *_ = figures(found)
    assert (n, average, median, p90) == (1_329, 1_415.54, 1_215.29, 2_533.25)
    assert len(subjects(report("permit_receipt/receipt.csv.gz", "permit_receipt").drafts, "application")) == 1_434
    assert on_time("permit_receipt") == (952, 1_329)
    assert on_time("permit_receipt", unit="general") == (915, 1_285)
    assert on_time("permit_receipt", unit="customer-contact") == (28, 29)
    assert on_time("permit_receipt", unit="experts") == (9, 15)


def test_permits_from_first_to_last_event() -> None:
    def phase(**data: str) -> tuple[float, ...]:
        return figures(turnarounds("permit_receipt_phase", **data))[:5]

    assert phase() == (1_434, 129.80, 0.80, 338.28, 573.90)
    assert phase(unit="general") == (1_390, 130.14, 0.82, 338.39, 563.86)
    assert phase(unit="customer-contact") == (29, 39.80, 0.00, 207.24, 274.47)
    assert phase(unit="experts") == (15, 271.67, 270.77, 610.96, 619.63)
    by_channel = {name: phase(channel=name)[:3] for name in ("internet", "desk", "post", "e-mail")}
    assert by_channel == {
        "internet": (1_250, 124.57, 0.52),
        "desk": (109, 141.16, 18.76),
        "post": (53, 180.79, 97.36),
        "e-mail": (21, 258.15, 0.58),
    }
    assert on_time("permit_receipt_phase") == (1_342, 1_434)
    assert sum(hours == 0 for hours in turnarounds("permit_receipt_phase")) >= 116


# Warsaw


CLOCKS = {"UD_Bielany": 366, "UD_Mokotow_1": 366, "USC_Andersa": 366, "UD_Srodmiescie_2": -2_881}
"""Days by which a clock is ahead: of the two wrong days of three offices, of every day of the fourth."""


@pytest.mark.parametrize(
    ("office", "rows", "queues", "average", "p95", "longest", "counters", "unattended"),
    [
        ("UD_Wola", 60_804, 27, 2.391, 12, 187, 2.806, 29),
        ("UD_Bielany", 45_040, 20, 2.236, 10, 203, 1.712, 458),
        ("UD_Mokotow_1", 40_536, 18, 1.368, 5, 293, 1.358, 1_303),
        ("USC_Andersa", 42_788, 19, 0.248, 1, 25, 0.547, 630),
        ("UD_Rembertow", 59_238, 27, 0.116, 1, 21, 1.780, 277),
        ("UD_Srodmiescie_2", 11_260, 5, 0, 0, 0, 6.400, 0),
    ],
)
def test_warsaw_queues(
    office: str, rows: int, queues: int, average: float, p95: float, longest: int, counters: float, unattended: int
) -> None:
    drafts = {draft.id: draft for draft in report(f"warsaw_counters/{office}.csv.gz", "warsaw_counters").drafts}
    assert len(drafts) == rows
    assert len({draft.data["queue"] for draft in drafts.values()}) == queues
    assert {draft.source for draft in drafts.values()} == {f"warsaw/{office}"}
    waiting, opened, alone = [], [], 0
    for draft in drafts.values():
        wrong = draft.time < 1_400_000_000_000 or draft.time > 1_590_000_000_000
        at = draft.time - (CLOCKS[office] * 24 * HOUR if wrong else 0)
        day = datetime.fromtimestamp(at / 1000, ZoneInfo("Europe/Warsaw")).date().isoformat()
        assert "2019-12-30" <= day <= "2020-01-22"
        if day in ("2020-01-01", "2020-01-06"):
            continue
        people, booths = draft.data["waiting"], draft.data["open_counters"]
        assert isinstance(people, int)
        assert isinstance(booths, int)
        waiting.append(float(people))
        opened.append(float(booths))
        alone += people > 0 and booths == 0
    assert (round(mean(waiting), 3), quantile(waiting, 0.95), max(waiting)) == (average, p95, longest)
    assert (round(mean(opened), 3), alone) == (counters, unattended)


# sources that have totals only


def test_airport_waits_weighted_by_people() -> None:
    drafts = report("airport_passport_control/ORD-2019.csv", "airport_passport_control").drafts
    by = {name: [draft for draft in drafts if draft.data["measure"] == name] for name in ("wait", "wait_15", "wait_60")}
    assert {name: len(found) for name, found in by.items()} == {"wait": 6_933, "wait_15": 6_933, "wait_60": 6_933}
    assert total(by["wait"], "n") == 5_684_548
    assert total(by["wait"], "timed") == 5_482_493
    assert round(total(by["wait"], "total_ms") / total(by["wait"], "timed") / 60_000, 2) == 15.97
    assert max(int(str(draft.data["max_ms"])) for draft in by["wait"]) == 255 * 60_000
    shares = [within(by["wait_15"]), within(by["wait"]), within(by["wait_60"])]
    assert shares == [62.41, 86.44, 97.17]
    months = defaultdict(list)
    for draft in by["wait"]:
        months[datetime.fromtimestamp(draft.time / 1000, ZoneInfo("America/Chicago")).month].append(draft)
    minutes = {
        month: round(total(found, "total_ms") / total(found, "timed") / 60_000, 2) for month, found in months.items()
    }
    assert max(minutes, key=minutes.__getitem__) == 5
    assert min(minutes, key=minutes.__getitem__) == 11
    assert (minutes[5], within(months[5]), minutes[11], within(months[11])) == (19.81, 79.32, 10.97, 95.02)
    for draft in by["wait"]:
        buckets = draft.data["buckets"]
        assert isinstance(buckets, list)
        assert sum(bucket["n"] for bucket in buckets) == draft.data["timed"]


def test_nhs_share_within_four_hours() -> None:
    drafts = report("nhs_ae_four_hours/ae_attendances.csv.gz", "nhs_ae_four_hours").drafts
    assert len(drafts) == 12_765
    assert total(drafts, "n") == 72_019_402
    assert total(drafts, "n") - total(drafts, "within") == 8_295_237
    assert within(drafts) == 88.48
    by_type = {name: within([d for d in drafts if d.data["service"] == f"type-{name}"]) for name in ("1", "2", "other")}
    assert by_type == {"1": 82.52, "2": 98.83, "other": 99.26}
    years = defaultdict(list)
    org_months = defaultdict(list)
    for draft in drafts:
        month = datetime.fromtimestamp(draft.time / 1000, ZoneInfo("Europe/London"))
        years[month.year - (month.month < 4)].append(draft)
        org_months[draft.data["unit"], month].append(draft)
    assert [within(years[year]) for year in (2016, 2017, 2018)] == [89.13, 88.34, 88.01]
    assert len(org_months) == 8_298
    assert sum(total(found, "within") >= 0.95 * total(found, "judged") for found in org_months.values()) == 3_883


def test_hcahps_shares() -> None:
    drafts = report("hcahps/state_results.csv", "hcahps").drafts
    assert len(drafts) == 4_580

    def top(measure: str, **data: str) -> float:
        return round(
            mean(
                [
                    float(str(d.data["share"]))
                    for d in drafts
                    if d.data["measure"] == measure and data.items() <= d.data.items()
                ]
            ),
            2,
        )

    measures = ("H_COMP_1", "H_COMP_2", "H_COMP_3", "H_COMP_5", "H_COMP_6", "H_COMP_7", "H_CLEAN_HSP", "H_QUIET_HSP")
    assert [top(measure) for measure in measures] == [80.14, 81.38, 68.74, 64.83, 86.76, 52.65, 74.15, 61.56]
    assert (top("H_HSP_RATING"), top("H_RECMND")) == (71.83, 71.29)
    assert [top("H_HSP_RATING", unit=state) for state in ("DC", "NY", "SD", "NE")] == [60.22, 64.78, 78.56, 78.78]
    by_release = {
        year: round(
            mean(
                [
                    float(str(d.data["share"]))
                    for d in drafts
                    if d.data["measure"] == "H_HSP_RATING" and window(d) == year - 2
                ]
            ),
            2,
        )
        for year in (2015, 2021, 2023)
    }
    assert by_release == {2015: 70.45, 2021: 72.82, 2023: 70.06}


def window(draft: Draft) -> int:
    return datetime.fromtimestamp(draft.time / 1000, UTC).year


def total(drafts: list[Draft], field: str) -> int:
    return sum(int(str(draft.data[field])) for draft in drafts)


def within(drafts: list[Draft]) -> float:
    return round(100 * total(drafts, "within") / total(drafts, "judged"), 2)
