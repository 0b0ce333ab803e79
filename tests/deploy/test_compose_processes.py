"""The distributed product from end to end, as docker-compose.yml starts it: events in, right numbers out."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from kafka import KafkaConsumer

from pantau.bus.indicators import UnitDay, unpack_announcement
from pantau.bus.topics import INDICATORS
from pantau.distributed.desk import ServerDesk
from pantau.domain.events import TicketTransferred
from pantau.domain.wire import instant
from pantau.domain.zones import local_day
from producers.simulator.draft import Draft
from producers.simulator.stream import events, recorded_before
from producers.simulator.worlds import small
from storage.address import open_server
from storage.engine import EngineError
from tests.deploy.installation import PASSWORD, Installation, installation, wait_for
from tests.support.processes import run

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

WORLD = small()
DAY = WORLD.last_day
UNIT = "kec-18.01.06"


@pytest.fixture(scope="module")
def sent() -> list[Draft]:
    """What the simulator sends: the same drafts, made here."""
    return [*recorded_before(WORLD, WORLD.first_day), *events(WORLD, 1, WORLD.first_day, DAY)]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The whole product after the demo has run: setup, gateway, two workers, page, notifier, simulator, in order."""
    variables = {"DEMO_WORLD": "small", "DEMO_FIRST_DAY": str(WORLD.first_day), "DEMO_SPEED": "0"}
    with installation(tmp_path_factory.mktemp("installation"), variables) as made:
        made.once("setup")
        made.start("gateway")
        made.start("worker")
        made.start("worker", number=2)
        made.start("web")
        made.start_notifier()
        made.once("simulator")
        yield made


def stored(product: Installation) -> int:
    desk = ServerDesk(product.store("writer"), PASSWORD)
    try:
        return desk.verify().events
    finally:
        desk.close()


def overview(product: Installation) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(product.urls["web"] + "/api/overview", timeout=30).json()
    return found


def test_every_event_that_was_sent_is_in_the_tables(product: Installation, sent: list[Draft]) -> None:
    wanted = {(draft.source, draft.id) for draft in sent}
    engine = open_server(product.store("writer"), PASSWORD)

    def all_of_them() -> set[tuple[str, str]] | None:
        found = {(source, id) for source, id in engine.query("SELECT DISTINCT source, id FROM events").rows}
        return found if found >= wanted else None

    try:
        beside = wait_for(all_of_them, "all events to be stored") - wanted
    finally:
        engine.close()
    transferred = [draft for draft in sent if isinstance(draft.data, TicketTransferred) and draft.data.to_unit]
    assert beside == {(draft.source, f"{draft.id}/opens") for draft in transferred}, "what opens where they were sent"


@pytest.fixture(scope="module")
def came(sent: list[Draft]) -> Counter[str]:
    """Who came to each unit on the last day: counted from what was simulated, nothing of the product in between."""
    found: Counter[str] = Counter()
    for draft in sent:
        if local_day("Asia/Jakarta", draft.time) == DAY:
            if draft.kind in ("ticket.created", "application.submitted"):
                found[draft.data.unit] += 1
            elif isinstance(draft.data, TicketTransferred) and draft.data.to_unit is not None:
                found[draft.data.to_unit] += 1
    return found


def test_workers_say_on_the_bus_who_came_each_unit_in_a_partition_of_its_own(
    product: Installation, came: Counter[str]
) -> None:
    last: dict[str, int] = {}
    partitions: dict[str, set[int]] = {}
    with closing(
        KafkaConsumer(
            INDICATORS.name,
            bootstrap_servers=product.kafka.bootstrap,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
    ) as reader:

        def said() -> bool | None:
            for records in reader.poll(timeout_ms=200).values():
                for record in records:
                    told = unpack_announcement(record.value)
                    partitions.setdefault(told.unit, set()).add(record.partition)
                    if isinstance(told, UnitDay) and told.day == DAY:
                        last[told.unit] = sum(cell.n for cell in told.cells if cell.measure == "arrivals")
            return last == came or None

        wait_for(said, f"workers to announce {dict(came)}")
    assert {unit: len(found) for unit, found in partitions.items()} == dict.fromkeys(came, 1)


def test_the_page_shows_the_numbers_of_the_day(product: Installation, sent: list[Draft], came: Counter[str]) -> None:
    def shown() -> dict[str, Any] | None:
        model = overview(product)
        arrivals = {row["code"]: row["arrivals"] for row in model["units"]}
        return model if all(arrivals[unit] == n for unit, n in came.items()) else None

    model = wait_for(shown, f"the page to show {dict(came)}")
    assert len(came) == 3
    assert model["as_of"] == max(draft.time for draft in sent), "now is when the newest event happened"


def test_what_is_posted_is_on_the_page_a_moment_later(product: Installation, sent: list[Draft]) -> None:
    before = next(row["arrivals"] for row in overview(product)["units"] if row["code"] == UNIT)
    newest = max(draft.time for draft in sent)
    event = {
        "specversion": "1.0",
        "id": "by-hand-1",
        "source": f"/simulasi/antrian/{UNIT}",
        "type": "id.pantau.ticket.created",
        "time": instant(newest).isoformat(),
        "data": {"unit": UNIT, "ticket": "X-1", "service_day": str(DAY)},
    }
    answer = httpx.post(
        product.urls["gateway"] + "/v1/events",
        content=json.dumps(event),
        headers={
            "content-type": "application/cloudevents+json",
            "authorization": f"Bearer {product.secret('demo_key').read_text()}",
        },
        timeout=60,
    )
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})

    def shown() -> bool | None:
        row = next(row for row in overview(product)["units"] if row["code"] == UNIT)
        return True if row["arrivals"] == before + 1 else None

    assert wait_for(shown, "the page to show one more")


def test_verify_says_that_all_numbers_are_right(product: Installation) -> None:
    settings = {"PANTAU_STORE_PASSWORD_FILE": str(product.secret("writer_password"))}
    code, told = run("verify", "--lang", "en", "--data", product.store("writer"), settings=settings)
    assert code == 0, told
    assert "equal: " in told
    assert "equal: 0 events" not in told


def test_setup_run_again_changes_nothing(product: Installation) -> None:
    before = stored(product)
    said = product.once("setup")
    assert "every topic is there as declared" in said[0]
    assert "up to date" in said[1]
    assert "rebuilt from their events: no unit" in said[2]
    assert stored(product) == before


def test_the_pages_user_can_change_nothing(product: Installation) -> None:
    engine = open_server(product.store("reader"), PASSWORD)
    try:
        with pytest.raises(EngineError, match="readonly"):
            engine.insert("units", (("unit", "String"),), (["another"],))
    finally:
        engine.close()


def test_every_process_stops_in_good_order_and_left_nothing_where_it_ran(product: Installation) -> None:
    for name, process in reversed(product.running.items()):
        assert process.stop() == 0, process.log()
        assert "Traceback" not in process.log(), process.log()
        left = {path.name for path in (product.folder / name).iterdir()}
        assert left == {f"{name.partition('-')[0]}.log"}, "a container may write nowhere but into its volume"


def test_the_notifier_goes_its_rounds(product: Installation) -> None:
    wait_for(lambda: product.notifier_is_healthy() or None, "a notifier whose rounds go well")
