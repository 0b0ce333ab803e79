"""What one event costs in the operator, stage by stage, without any engine: CPU time of one thread.

    python -m benchmarks.operator [--events N] [--units N ...] [--profile STAGES]

Packed records are unpacked, merged into facts and windows, laid out as blocks of rows and encoded as the bytes an
engine takes. ``backlog`` is batches of 40,000 events that hold whole visits, ``bursts`` the same with ten visits of a
unit after one another, ``alone`` the same with visits that share no window and come at the same times however many
units there are, ``trickle`` batches of 2,000 that hold one event of each visit. The yardstick is the time the same run
needs to read the same JSON into dictionaries. Of each stage the lower quartile over the batches is shown: on a shared
machine the slower batches measure the neighbours.
"""

import argparse
import cProfile
import gc
import itertools
import pstats
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pantau.bus.record_columns import pack_record
from pantau.domain.accepted import Accepted
from pantau.domain.events import Event, TicketCreated, TicketData
from pantau.domain.registry import (
    Hours,
    Kabupaten,
    Kecamatan,
    Registry,
    Service,
    ServiceGroup,
    Source,
    Standard,
    Unit,
)
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import HOUR, MINUTE
from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate
from storage.native import encode
from storage.store import Block, Store
from stream_processors.assembly import Assembly, Batch
from stream_processors.reading import Record, read

MONDAY_8 = 1_774_832_400_000
"""2026-03-30T08:00 in Jakarta."""

VISITS_A_DAY = 400

ROUND = 100_000
"""Visits after which :func:`alone` comes back to the same windows."""

LONG_AGO = MONDAY_8 - (ROUND // 10 + 1) * 24 * HOUR
"""When the first visit of :func:`alone` is: ``ROUND`` of them take 10,000 days, one of ten units each."""

SERVICES = 12
RECORD_EVENTS = 500
STAGES = ("unpack", "gather", "merge", "cells", "rows", "encode")

Times = tuple[int, int, int, int]
_read = msgspec.json.Decoder()


def registry(units: int) -> Registry:
    """Offices with a dozen services, one promise, and a machine of its own each."""
    always = tuple(((0, 1440),) for _ in range(7))
    return Registry(
        kabupaten=[Kabupaten(code="18.01", name="Lampung Selatan")],
        kecamatan=[Kecamatan(code="18.01.06", name="Kalianda", kabupaten="18.01")],
        hours=[Hours(name="always", week=always)],
        groups=[ServiceGroup(code="umum", name="Umum")],
        services=[Service(code=f"s{n}", name=f"S{n}", group="umum", kind="ticket") for n in range(SERVICES)],
        units=[
            Unit(
                code=f"unit-{n:06}",
                name=f"Kantor {n}",
                kecamatan="18.01.06",
                kabupaten="18.01",
                zone="Asia/Jakarta",
                hours="always",
            )
            for n in range(units)
        ],
        standards=[Standard(measure="wait_to_call", limit_ms=15 * MINUTE)],
        sources=[Source(name="antrian-*")],
    )


def said(visit: int, unit: int, step: int, times: Times, service: int | None = None) -> Event:
    """One of the four events of a visit."""
    name = f"unit-{unit:06}"
    ticket, service_code = f"A{visit}", f"s{visit * 7 % SERVICES if service is None else service}"
    kind = ("ticket.created", "ticket.called", "service.started", "service.ended")[step]
    data: TicketData = (
        TicketCreated(unit=name, ticket=ticket, service=service_code)
        if step == 0
        else TicketData(
            unit=name, ticket=ticket, service=service_code, counter=str(visit % 5), officer=f"p{unit * 5:07x}"
        )
    )
    at = times[step]
    content = content_hash(kind, at, encode_data(data))
    return Event(
        source=f"antrian-{unit:06}",
        id=f"{ticket}.{step}",
        kind=kind,
        time=at,
        arrival=at + 1000,
        data=data,
        content=content,
    )


def backlog(units: int, begins: int = MONDAY_8) -> Iterator[list[Event]]:
    """Ten thousand whole visits at a time, 400 a unit and day, in order of time."""
    chance = random.Random(units)
    for first in itertools.count(0, 10_000):
        visits = range(first, first + 10_000)
        batch = [event for visit in visits for event in whole(visit, units, chance, begins)]
        batch.sort(key=lambda one: one.time)
        yield batch


def bursts(units: int) -> Iterator[list[Event]]:
    """As :func:`backlog`, ten visits of one unit after another, as offices send that were cut off for a while."""
    chance = random.Random(units)
    for first in itertools.count(0, 10_000):
        batch = []
        for burst in range(first // 10, first // 10 + 1_000):
            visits = range(burst // units * 10 * units + burst % units, (burst // units + 1) * 10 * units, units)
            some = [event for visit in visits for event in whole(visit, units, chance)]
            batch += sorted(some, key=lambda one: one.time)
        yield batch


def alone(units: int, together: int = 1, hours: int = 24) -> Iterator[list[Event]]:
    """As :func:`backlog`, but times, services, rows and days of units do not depend on how many units there are.

    Every so many hours ten units have visits, so many together, of a service that none has twice a day: hardly any
    others share a window with them. Where these hours are no whole day, fewer units have fewer, longer days.
    After ``ROUND`` times as many come to the windows of these, a second later.
    """
    for first in itertools.count(0, 10_000):
        batch = []
        for visit in range(first, first + 10_000):
            place, nth = divmod(visit, together)
            before, place = divmod(place, ROUND)
            turn = place // 10
            created = LONG_AGO + turn * hours * HOUR + place * 2_654_435_761 % HOUR + nth * 72_000 + before * 1000
            times = times_of(created, random.Random(place * together + nth))
            batch += [said(visit, place % units, step, times, turn % SERVICES) for step in range(4)]
        batch.sort(key=lambda one: one.time)
        yield batch


def whole(visit: int, units: int, chance: random.Random, begins: int = MONDAY_8) -> Iterator[Event]:
    """The four events of a visit, one of ``VISITS_A_DAY`` that its unit has in eight hours."""
    nth = visit // units
    created = begins + nth // VISITS_A_DAY * 24 * HOUR + nth % VISITS_A_DAY * 72_000 + chance.randrange(72_000)
    times = times_of(created, chance)
    return (said(visit, visit % units, step, times) for step in range(4))


def times_of(created: int, chance: random.Random) -> Times:
    """When the four events of a visit happen."""
    called = created + int(chance.lognormvariate(13, 0.8))
    started = called + chance.randrange(60_000)
    return created, called, started, started + int(chance.lognormvariate(12.5, 0.7))


def trickle(units: int) -> Iterator[list[Event]]:
    """Two thousand events of as many visits in each twenty seconds: 500 created, called, started and ended."""
    chance = random.Random(units)
    held: dict[int, list[tuple[int, Times]]] = {}
    lags = (0, 5, 6, 12)
    n = 0
    while True:
        now = MONDAY_8 + n * 20_000
        held[n] = []
        for visit in range(n * 500, n * 500 + 500):
            created, called, started, ended = (now + lag * 20_000 + chance.randrange(20_000) for lag in lags)
            held[n].append((visit, (created, called, max(started, called), ended)))
        held.pop(n - 13, None)
        if n >= lags[-1]:
            batch = [
                said(visit, visit % units, step, times)
                for step, lag in enumerate(lags)
                for visit, times in held[n - lag]
            ]
            batch.sort(key=lambda one: one.time)
            yield batch
        n += 1


Scenario = Callable[[int], Iterator[list[Event]]]

SCENARIOS: dict[str, Scenario] = {"backlog": backlog, "bursts": bursts, "alone": alone, "trickle": trickle}


class Meter:
    """CPU microseconds an event by stage, a batch each, and a profile of the stages asked for."""

    def __init__(self, profiled: frozenset[str]) -> None:
        self.micros: dict[str, list[float]] = {stage: [] for stage in ("decode", *STAGES)}
        self.profile = cProfile.Profile()
        self._profiled = profiled

    def run(self, stage: str, events: int, do: Callable[[], Any]) -> Any:
        """What ``do`` returns; its time is counted."""
        if stage in self._profiled:
            self.profile.enable()
        began = time.process_time()
        found = do()
        self.micros[stage].append((time.process_time() - began) / events * 1e6)
        if stage in self._profiled:
            self.profile.disable()
        return found


class Operator:
    """The operator of one partition that has all units."""

    def __init__(self, rules: Registry) -> None:
        self.registry = rules
        self.units = frozenset(rules.unit_codes)
        self.assembly = Assembly(rules, units=[*rules.unit_codes])
        self.assembly.stored(())  # the tables were empty when the process began

    def read(self, records: Sequence[Record]) -> Accepted:
        """The events of records, as a worker reads them."""
        names = self.assembly.names
        return read(records, units=self.units, names=names, registry=self.registry, secret=b"").events


def flush(meter: Meter, operator: Operator, store: Store, records: Sequence[Record], first: int) -> tuple[int, int]:
    """What a worker does with a batch, up to the bytes of its blocks; returns rows and bytes."""
    n, assembly = RECORD_EVENTS * len(records), operator.assembly
    meter.run("decode", n, lambda: [_read.decode(record.value) for record in records])
    events = meter.run("unpack", n, lambda: operator.read(records))

    def gather() -> Batch:
        batch = assembly.gather(events)
        assembly.absent(batch)
        return batch

    batch = meter.run("gather", n, gather)
    changes = meter.run("merge", n, lambda: assembly.merge(batch, first))

    def settle() -> Any:
        assembly.absent_cells(changes)
        return assembly.settle(changes)

    cells = meter.run("cells", n, settle)
    blocks: list[Block] = meter.run(
        "rows",
        n,
        lambda: [
            store.log_block(events, assembly.registry, first),
            *store.moved_blocks(first, changes.moved),
            *store.fact_blocks(changes.rows),
            *store.cell_blocks(first, cells),
        ],
    )
    sent = meter.run("encode", n, lambda: [encode(block.columns, block.data) for block in blocks])
    return sum(len(block.data[0]) for block in blocks), sum(map(len, sent))


def measured(name: str, units: int, events: int, store: Store, meter: Meter) -> None:
    """Run one scenario and print its line."""
    rules = registry(units)
    for unit in rules.units:
        rules.standard(unit.code, None, MONDAY_8, "ticket")  # worked out once a unit and process
    operator = Operator(rules)
    source = SCENARIOS[name](units)
    warm, n, rows, size = 16 if name == "trickle" else 1, 0, 0, 0
    while n < events:
        batch = next(source)
        packed = [pack_record(batch[start : start + RECORD_EVENTS]) for start in range(0, len(batch), RECORD_EVENTS)]
        records = [Record(n, value, dict(headers), 0) for n, (value, headers) in enumerate(packed)]
        batch.clear()
        if warm:
            flush(Meter(frozenset()), operator, store, records, 1)
            warm -= 1
            continue
        gc.collect()
        found = flush(meter, operator, store, records, n + 1)
        n, rows, size = n + RECORD_EVENTS * len(records), rows + found[0], size + found[1]
    micros = {stage: statistics.quantiles(found, n=4)[0] for stage, found in meter.micros.items()}
    whole = sum(micros[stage] for stage in STAGES)
    print(
        f"{name:8s} {units:>7,} units "
        + " ".join(f"{micros[stage]:>7.2f}" for stage in STAGES)
        + f" {whole:>7.2f} {micros['decode']:>7.2f} {whole / micros['decode']:>6.1f} {rows / n:>6.1f} {size / n:>6.0f}",
        flush=True,
    )


def main() -> None:
    """Run the scenarios asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=320_000, help="events of each scenario")
    options.add_argument("--units", type=int, nargs="*", default=[10, 100, 10_000, 100_000])
    options.add_argument("--scenarios", nargs="*", default=[*SCENARIOS], choices=[*SCENARIOS])
    options.add_argument("--profile", nargs="*", default=[], choices=STAGES, help="stages to profile")
    chosen = options.parse_args()
    gc.set_threshold(1_000_000, 50, 1_000)
    with tempfile.TemporaryDirectory() as directory:
        engine = ChdbEngine(Path(directory))
        migrate(engine)
        store = Store(engine)
        engine.close()  # only the types of the columns were asked for
    print(" " * 22, *(f"{stage:>7s}" for stage in STAGES), f"{'sum':>7s} {'decode':>7s} {'ratio':>6s} rows/e bytes/e")
    for name in chosen.scenarios:
        for units in chosen.units:
            meter = Meter(frozenset(chosen.profile))
            measured(name, units, chosen.events, store, meter)
            if chosen.profile:
                pstats.Stats(meter.profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
