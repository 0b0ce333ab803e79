"""The whole public sets, accepted under their own registries: no event is refused, and visits keep the promise."""

import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from pantau.domain.entries import Entry, FactKey, lifecycle_entry, merge, subject_of
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data
from pantau.domain.visits import Visit, fold_visit
from pantau.domain.zones import local_day
from pantau.registry_file import load as load_registry
from producers.mapping import compile, load, read

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PANTAU_DATA", ROOT.parent / "shared" / "data"))
NOW = 1_800_000_000_000
SECRET = b"a secret for tests only"


@cache
def registry(name: str) -> Registry:
    return load_registry(ROOT / "examples" / name / "registry.toml")


def accepted(file: str, mapping: str, rules: Registry) -> list[Event]:
    chosen = load(mapping)
    events = compile(chosen).events
    found: list[Event] = []
    for _, row in read(DATA / file, chosen):
        for draft in events(row):
            source = rules.source(draft.source)
            assert source is not None
            event = accept_data(
                draft.kind,
                draft.data,
                id=draft.id,
                time=draft.time,
                registry=rules,
                source=source,
                now=NOW,
                secret=SECRET,
            )
            assert not isinstance(event, Rejection), event.reasons
            found.append(event)
    return found


def visits(events: list[Event], rules: Registry) -> list[Visit]:
    histories: dict[FactKey, list[Entry]] = defaultdict(list)
    for event in events:
        key = FactKey(event.data.unit, event.source, subject_of(event, event.time, rules))
        histories[key].append(lifecycle_entry(event, rules.correct(event.source, event.time)))
    return [fold_visit(key, merge({}, entries), rules) for key, entries in histories.items()]


def test_bank_visits_keep_the_promise_in_59_50_percent() -> None:
    rules = registry("bank_calls_1999")
    found = visits(accepted("bank_calls_1999/january1999.csv.gz", "bank_calls_1999", rules), rules)
    outcomes = {
        name: [visit for visit in found if visit.outcome == name] for name in ("served", "abandoned", "no_show")
    }
    assert {name: len(chosen) for name, chosen in outcomes.items()} == {
        "served": 26_783,
        "abandoned": 3_101,
        "no_show": 517,
    }
    judged = [visit.kept for visit in found if visit.kept is not None]
    assert (sum(judged), len(judged)) == (17_782, 26_783 + 3_101)
    assert round(100 * sum(judged) / len(judged), 2) == 59.50
    queued = [visit for visit in found if visit.channel == "queued"]
    waits = [visit.wait_to_leave_ms if visit.outcome == "abandoned" else visit.wait_to_call_ms for visit in queued]
    known = [wait for wait in waits if wait is not None]
    assert (len(known), round(sum(known) / len(known) / 1000, 2)) == (16_926, 68.28)
    assert sum(visit.service_ms or 0 for visit in outcomes["served"]) / 26_783_000 == pytest.approx(185.35, abs=0.005)


@pytest.mark.parametrize(
    ("mapping", "kept", "issued"), [("permit_receipt", 952, 1_329), ("permit_receipt_phase", 1_342, 1_434)]
)
def test_permit_visits_are_judged_by_their_own_deadline(mapping: str, kept: int, issued: int) -> None:
    rules = registry("permit_receipt")
    found = visits(accepted("permit_receipt/receipt.csv.gz", mapping, rules), rules)
    assert len(found) == 1_434
    assert (sum(visit.kept or 0 for visit in found), sum(visit.outcome == "issued" for visit in found)) == (
        kept,
        issued,
    )


@pytest.mark.parametrize(
    ("file", "mapping", "events"),
    [
        ("airport_passport_control/ORD-2019.csv", "airport_passport_control", 20_799),
        ("nhs_ae_four_hours/ae_attendances.csv.gz", "nhs_ae_four_hours", 12_765),
        ("hcahps/state_results.csv", "hcahps", 4_580),
    ],
)
def test_totals_are_accepted(file: str, mapping: str, events: int) -> None:
    assert len(accepted(file, mapping, registry(mapping))) == events


@pytest.mark.parametrize(
    "office", ["UD_Bielany", "UD_Mokotow_1", "USC_Andersa", "UD_Srodmiescie_2", "UD_Rembertow", "UD_Wola"]
)
def test_warsaw_snapshots_are_accepted_at_their_corrected_time(office: str) -> None:
    """18 working days from 30 December 2019, whatever the office's own clock said."""
    rules = registry("warsaw_counters")
    found = accepted(f"warsaw_counters/{office}.csv.gz", "warsaw_counters", rules)
    days = {local_day("Europe/Warsaw", rules.correct(event.source, event.time)).isoformat() for event in found}
    assert len(days) == 18
    assert (min(days), max(days)) == ("2019-12-30", "2020-01-22")
    assert all(rules.correct(event.source, event.time) == event.time for event in found) == (
        office in ("UD_Rembertow", "UD_Wola")
    )
