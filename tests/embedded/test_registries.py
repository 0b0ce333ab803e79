"""The registry in force: a retroactive edit rebuilds what it touches, under an epoch no older row can win against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import ClockCorrection, Definitions, Holiday, Hours, Registry, Standard
from pantau.domain.registry_changes import changed_units
from pantau.domain.windows import Accumulator
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.embedded.pipeline import Pipeline
from pantau.embedded.registries import Registries
from storage.chdb_engine import ChdbEngine
from storage.store import Progress, Store
from tests.strategies import MONDAY, REGISTRY, event, registry, ticket
from tests.support.taking import take_batch
from tests.truth import Windows, held_windows, must_hold, true_windows

STRICT = registry(standards=(Standard(measure="visit_time", limit_ms=5 * MINUTE),))
SAID = [
    one
    for unit, source in (("dukcapil", "antrian"), ("makassar", "impor"), ("warszawa", "impor"))
    for n in range(4)
    for one in (
        ticket("created", MONDAY + n * HOUR, ticket=str(n), unit=unit, source=source, service="ktp"),
        ticket("ended", MONDAY + n * HOUR + 9 * MINUTE, ticket=str(n), unit=unit, source=source),
    )
]


@dataclass
class Office:
    """A store, its pipeline and its registries."""

    store: Store
    now: int = 0
    pipelines: list[Pipeline] = field(default_factory=list)

    def start(self, registry: Registry | None = None) -> Pipeline:
        registries = Registries(self.store)
        pipeline = Pipeline(self.store, registries.newest() or registry or REGISTRY)
        self.pipelines.append(pipeline)
        pipeline.open()
        self.load(registry or registries.newest() or REGISTRY)
        return pipeline

    def load(self, registry: Registry) -> list[str]:
        self.pipelines[-1].drain()
        return Registries(self.store).load(registry, self.pipelines[-1], now=self.now)

    def take(self, events: Sequence[Event]) -> None:
        take_batch(self.pipelines[-1], events)
        self.pipelines[-1].drain()


@pytest.fixture
def office(engine: ChdbEngine) -> Iterator[Office]:
    office = Office(Store(engine))
    office.start()
    yield office
    for pipeline in office.pipelines:
        pipeline.close()


def of_unit(windows: Windows, unit: str) -> Windows:
    return {key: cell for key, cell in windows.items() if key[3] == unit}


# what a new registry changes


def with_hours(*versions: dict[str, Any]) -> Registry:
    rows = [row for row in REGISTRY.to_rows() if not (row["kind"] == "unit" and row["body"]["code"] == "dukcapil")]
    (unit,) = [row for row in REGISTRY.to_rows() if row["kind"] == "unit" and row["body"]["code"] == "dukcapil"]
    rows += [{**unit, "body": {**unit["body"], **version}} for version in versions]
    short = Hours(name="pendek", week=tuple(((8 * 60, 11 * 60),) for _ in range(7)))
    hours = Registry(hours=[short]).to_rows()
    return Registry.from_rows([*rows, *(row for row in hours if row["kind"] == "hours")])


BASE = with_hours({})
ONE = Standard(measure="visit_time", unit="makassar", limit_ms=1)
RULING = ClockCorrection(source="antrian", starts=0, ends=1, shift_ms=1, version=1, reason="jam salah")
EVERYWHERE = ["dukcapil", "makassar", "warszawa"]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (REGISTRY, REGISTRY, []),
        (REGISTRY, registry(holidays=()), EVERYWHERE),
        (REGISTRY, registry(definitions=Definitions(finished="approved")), EVERYWHERE),
        (REGISTRY, registry(definitions=Definitions(minimum_sample=5)), []),
        (REGISTRY, STRICT, EVERYWHERE),
        (registry(standards=()), registry(standards=(ONE,)), ["makassar"]),
        (REGISTRY, registry(corrections=(RULING,)), ["dukcapil"]),
        (BASE, with_hours({"hours": "pendek"}), ["dukcapil"]),
        (BASE, with_hours({"kabupaten": "18.02"}), ["dukcapil"]),
        (BASE, with_hours({"name": "Disdukcapil"}), []),
        (BASE, with_hours({"hours": "pendek"}, {"valid_from": "2026-04-01"}), ["dukcapil"]),  # an earlier version only
        (
            with_hours({}, {"valid_from": "2026-04-01", "hours": "pendek"}),
            with_hours({}, {"valid_from": "2026-03-01", "hours": "pendek"}),
            ["dukcapil"],
        ),
    ],
)  # fmt: skip
def test_the_units_whose_past_a_registry_changes_are_found(old: Registry, new: Registry, changed: list[str]) -> None:
    heard = [("dukcapil", "antrian"), ("makassar", "impor"), ("warszawa", "impor")]
    assert changed_units(old, new, heard) == changed


def test_promises_hours_zones_are_judged_by_the_version_of_the_day(office: Office) -> None:
    """A promise that begins on Tuesday leaves Monday's visits as they were judged."""
    tuesday = registry(
        standards=(
            Standard(measure="visit_time", limit_ms=30 * MINUTE, valid_to=date(2026, 3, 30)),
            Standard(measure="visit_time", limit_ms=MINUTE, valid_from=date(2026, 3, 31)),
        )
    )
    office.load(tuesday)
    office.take(SAID)
    kept = office.store.engine.query("SELECT DISTINCT kept FROM visits FINAL").rows
    assert kept == [(1,)]
    must_hold(office.store, SAID, tuesday)


def test_a_retroactive_edit_rebuilds_the_windows_it_touches(office: Office) -> None:
    office.take(SAID)
    assert office.load(STRICT) == EVERYWHERE
    must_hold(office.store, SAID, STRICT, verified=True)
    assert office.store.engine.query("SELECT DISTINCT kept FROM visits FINAL").rows == [(0,)]


def test_after_a_rebuild_the_stream_goes_on_under_the_new_registry(office: Office) -> None:
    office.take(SAID)
    office.load(STRICT)
    late = [ticket("created", MONDAY - DAY, ticket="0", service="kk"), ticket("created", MONDAY, ticket="new")]
    office.take(late)
    must_hold(office.store, [*SAID, *late], STRICT)


def test_nothing_is_rebuilt_when_nothing_of_the_past_changes(office: Office) -> None:
    office.take(SAID)
    before = office.pipelines[-1].progress
    assert office.load(registry(definitions=Definitions(minimum_sample=5))) == []
    assert office.pipelines[-1].progress == before
    office.take([ticket("created", MONDAY, ticket="new")])
    must_hold(office.store, [*SAID, ticket("created", MONDAY, ticket="new")])


# lying clocks


def correction(shift: int, version: int = 1, **rest: Any) -> Registry:
    ruling = {"source": "antrian", "starts": MONDAY - DAY, "ends": MONDAY + 9 * DAY, "reason": "jam salah", **rest}
    return registry(corrections=(ClockCorrection(shift_ms=shift, version=version, **ruling),))


def test_a_correction_moves_its_sources_numbers_and_no_others(office: Office) -> None:
    #  antrian's clock is 366 days behind | dukcapil moves by a year, makassar and warszawa stay to the last integer
    office.take(SAID)
    before = held_windows(office.store)
    epoch = office.pipelines[-1].progress.epoch
    corrected = correction(366 * DAY)
    assert office.load(corrected) == ["dukcapil"]
    assert office.pipelines[-1].progress.epoch == epoch + 1
    after = held_windows(office.store)
    for unit in ("makassar", "warszawa"):
        assert of_unit(after, unit) == of_unit(before, unit)
    assert {key[2] for key in of_unit(after, "dukcapil")} == {key[2] + 366 for key in of_unit(before, "dukcapil")}
    must_hold(office.store, SAID, corrected, verified=True)
    raw = office.store.engine.query("SELECT min(toUnixTimestamp64Milli(time)) FROM events WHERE unit = 'dukcapil'")
    assert raw.rows == [(MONDAY,)], "the raw time stays"


def test_a_correction_that_is_withdrawn_leaves_everything_as_it_was(office: Office) -> None:
    office.take(SAID)
    before = held_windows(office.store)
    office.load(correction(3 * DAY))
    office.load(correction(0, version=2))
    assert held_windows(office.store) == before
    must_hold(office.store, SAID)


@pytest.mark.parametrize("shift", [-(10**14), 10**14, -MONDAY, 2**40])
def test_a_wrong_correction_cannot_move_an_event_out_of_the_tables(office: Office, shift: int) -> None:
    office.take(SAID)
    wild = correction(shift)
    office.load(wild)
    must_hold(office.store, SAID, wild)
    office.load(REGISTRY)
    must_hold(office.store, SAID)


def test_an_event_that_comes_again_after_a_correction_counts_once(office: Office) -> None:
    office.take(SAID)
    corrected = correction(5 * DAY)
    office.load(corrected)
    office.take(SAID)
    must_hold(office.store, SAID, corrected)


def test_a_counter_stays_one_counter_through_a_correction(office: Office) -> None:
    said = [event("counter.opened", MONDAY, counter="1"), event("counter.closed", MONDAY + HOUR, counter="1")]
    office.take(said[:1])
    corrected = correction(40 * HOUR)
    office.load(corrected)
    office.take(said)
    must_hold(office.store, said, corrected)


# epochs


def test_a_slow_old_writer_cannot_win_against_a_rebuild(office: Office) -> None:
    """Whatever an owner of an older epoch still writes, however far its numbers are ahead, stays behind."""
    office.take(SAID)
    before = true_windows(SAID)
    office.load(STRICT)
    store, old = office.store, Progress(office.pipelines[-1].progress.epoch - 1, 10**9)
    key = next(iter(before))
    store.insert(store.cell_blocks(old.version, [(key, Accumulator(999, 999))]))
    store.engine.execute(
        f"INSERT INTO visits SELECT * REPLACE ({old.version} AS version, 'no_show' AS outcome) FROM visits FINAL"
    )
    must_hold(store, SAID, STRICT)


def test_the_epoch_survives_a_start_and_never_falls(office: Office) -> None:
    office.take(SAID)
    epochs = [office.pipelines[-1].progress.epoch]
    for new in (STRICT, REGISTRY, STRICT):
        office.load(new)
        office.start()
        epochs.append(office.pipelines[-1].progress.epoch)
    assert epochs == sorted(set(epochs))
    must_hold(office.store, SAID, STRICT)


def test_a_rebuild_that_died_is_done_again_at_the_next_start(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take(SAID)
    real = office.store.engine.execute
    for dies_at in range(1, 30, 3):
        calls = 0

        def dying(sql: str, params: Any = None, last: int = dies_at) -> None:
            nonlocal calls
            calls += sql.startswith("INSERT INTO")
            if calls == last:
                raise OSError("gone")
            real(sql, params)

        wanted = STRICT if dies_at % 2 else REGISTRY
        monkeypatch.setattr(office.store.engine, "execute", dying)
        died = False
        try:
            office.load(wanted)
        except OSError:
            died = True
        monkeypatch.setattr(office.store.engine, "execute", real)
        office.start()
        must_hold(office.store, SAID, wanted)
        if not died:
            break
    else:
        pytest.fail("a rebuild takes more statements than were tried")
    must_hold(office.store, SAID, wanted)


# which registry is in force


def test_the_registry_loaded_last_is_in_force_also_when_the_clock_went_back(office: Office) -> None:
    for now, wanted in ((5_000, STRICT), (4_000, registry(holidays=())), (4_000, REGISTRY), (0, STRICT)):
        office.now = now
        office.load(wanted)
        newest = Registries(office.store).newest()
        assert newest is not None
        assert newest.version == wanted.version


def test_verify_uses_the_stored_registry(office: Office) -> None:
    office.take(SAID)
    office.load(STRICT)
    newest = Registries(office.store).newest()
    assert newest is not None
    must_hold(office.store, SAID, newest, verified=True)


def test_a_registry_without_a_unit_that_has_events_is_refused_and_changes_nothing(office: Office) -> None:
    office.take(SAID)
    with pytest.raises(BadSetup, match="no unit makassar, warszawa"):
        office.load(registry(zones={"dukcapil": "Asia/Jakarta"}, standards=()))
    newest = Registries(office.store).newest()
    assert newest is not None
    assert newest.version == REGISTRY.version
    must_hold(office.store, SAID)


def test_names_and_places_are_those_of_the_registry_in_force(office: Office) -> None:
    def units() -> list[Any]:
        return office.store.engine.query("SELECT unit, name, zone FROM units FINAL ORDER BY unit").rows

    assert [row[0] for row in units()] == sorted(["dukcapil", "jayapura", "kathmandu", "makassar", "warszawa"])
    office.load(registry(zones={"dukcapil": "Asia/Makassar"}, standards=()))
    assert units() == [("dukcapil", "Dukcapil", "Asia/Makassar")]
    office.load(REGISTRY)
    assert len(units()) == 5


def test_a_holiday_declared_late_rebuilds_deadlines(office: Office) -> None:
    said = [
        event("application.submitted", MONDAY, application="1", service="izin"),
        event("application.issued", MONDAY + 3 * DAY + 5 * HOUR, application="1"),
    ]
    office.take(said)
    strike = Holiday(day=date(2026, 3, 31), name="Libur", kind="libur_daerah")
    later = registry(holidays=(strike,))
    office.load(later)
    must_hold(office.store, said, later)
