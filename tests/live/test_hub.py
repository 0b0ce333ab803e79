"""One run of the queries serves every viewer; changes arrive, at most twice a second; who leaves costs nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import msgspec
import pytest
import structlog

from dashboards.live.board_choice import read_choice
from dashboards.live.board_files import drawn_boards
from dashboards.live.building import board_topic
from dashboards.live.hub import LEAST_GAP_S, RETRY_MS, Hub
from tests.live.stub import NOW, StubRuntime

Told = tuple[str, Any]


def run(test: Callable[[StubRuntime, Hub], Coroutine[Any, Any, None]]) -> None:
    runtime = StubRuntime()
    asyncio.run(test(runtime, Hub(runtime, lambda: NOW)))


def read(message: bytes) -> Told:
    name, data = message.decode().removesuffix("\n\n").split("\n")
    return name.removeprefix("event: "), msgspec.json.decode(data.removeprefix("data: "))


async def first(viewer: AsyncIterator[bytes]) -> Told:
    assert await anext(viewer) == b"retry: %d\n\n" % RETRY_MS
    return read(await anext(viewer))


async def next_but_ticks(viewer: AsyncIterator[bytes]) -> Told:
    while (told := read(await anext(viewer)))[0] in ("tick", "stale"):
        pass
    return told


async def leave(*viewers: Any) -> None:
    for viewer in viewers:
        await viewer.aclose()


def test_a_viewer_gets_the_overview_at_once_and_again_when_windows_change() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        name, model = await first(viewer)
        assert (name, model["as_of"], len(model["units"])) == ("overview", NOW, 2)
        runtime.standings["natar"] = {"waiting": 7, "last_event_ms": NOW}
        runtime.change()
        _, model = await next_but_ticks(viewer)
        assert model["strip"]["waiting"] == 7
        await leave(viewer)

    run(test)


def test_a_hundred_viewers_share_one_run_of_the_queries() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewers = [hub.watch(["overview"]) for _ in range(100)]
        await asyncio.gather(*(first(viewer) for viewer in viewers))
        assert runtime.asked.count("overview_units") == 1
        runtime.change()
        await asyncio.gather(*(next_but_ticks(viewer) for viewer in viewers))
        assert runtime.asked.count("overview_units") == 2
        assert runtime.watchers == 1
        await leave(*viewers)

    run(test)


def test_a_unit_is_read_with_the_overview_it_came_with() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview", "unit:natar"])
        names = {(await first(viewer))[0], (await next_but_ticks(viewer))[0]}
        assert names == {"overview", "unit"}
        assert runtime.asked.count("overview_units") == 1
        runtime.change()
        again = [await next_but_ticks(viewer), await next_but_ticks(viewer)]
        assert {name for name, _ in again} == {"overview", "unit"}
        assert runtime.asked.count("overview_units") == 2
        await leave(viewer)

    run(test)


def test_a_storm_of_changes_is_built_at_most_every_half_second() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        began, until = time.monotonic(), time.monotonic() + 2.2

        async def storm() -> None:
            while time.monotonic() < until:
                runtime.change()
                await asyncio.sleep(0.005)

        storming = asyncio.create_task(storm())
        while time.monotonic() < until:
            await next_but_ticks(viewer)
        await storming
        spent = time.monotonic() - began
        assert 2 <= runtime.asked.count("overview_units") - 1 <= spent / LEAST_GAP_S + 1
        await leave(viewer)

    run(test)


def test_the_overview_goes_before_all_else_and_waits_for_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.live.hub.LEAST_GAP_S", 0.1)

    async def test(runtime: StubRuntime, hub: Hub) -> None:
        runtime.takes = {"overview_units": 0.05, "unit_queue": 0.05}
        viewer = hub.watch(["overview", "unit:natar"])
        await first(viewer)
        told = [(await next_but_ticks(viewer))[0]]
        while told.count("unit") < 5:
            runtime.change()
            told.append((await next_but_ticks(viewer))[0])
        assert told.count("overview") > told.count("unit")
        await leave(viewer)

    run(test)


def test_a_board_that_hangs_holds_up_no_page() -> None:
    wall = board_topic(read_choice(drawn_boards()["pantau-tv"], ()))

    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview", wall])
        assert {(await first(viewer))[0], (await next_but_ticks(viewer))[0]} == {"overview", "board"}
        with runtime.boards_hanging():
            for _ in range(2):
                runtime.change()
                assert (await next_but_ticks(viewer))[0] == "overview"
        while (await next_but_ticks(viewer))[0] != "board":
            runtime.change()
        await leave(viewer)

    run(test)


def test_who_comes_later_gets_what_others_see_and_asks_the_engine_nothing() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        told = await first(viewer)
        await asyncio.sleep(LEAST_GAP_S + 0.1)
        later = hub.watch(["overview"])
        assert await first(later) == told
        assert runtime.asked.count("overview_units") == 1
        await leave(viewer, later)

    run(test)


def test_an_unknown_unit_is_told_as_missing() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["unit:nowhere"])
        assert await first(viewer) == ("missing", {"code": "nowhere"})
        await leave(viewer)

    run(test)


def test_without_news_a_viewer_hears_the_time() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        assert read(await anext(viewer)) == ("tick", {"now": NOW})
        await leave(viewer)

    run(test)


def test_when_the_last_viewer_leaves_nothing_runs_on() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        one, other = hub.watch(["overview"]), hub.watch(["overview"])
        await first(one)
        await first(other)
        await leave(one)
        assert runtime.watchers == 1
        await leave(other)
        await asyncio.sleep(0.05)
        assert runtime.watchers == 0
        assert [task.get_name() for task in asyncio.all_tasks()] == [asyncio.current_task().get_name()]  # type: ignore[union-attr]

    run(test)


def test_a_build_that_fails_is_tried_again_at_the_next_change() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        runtime.broken = True
        runtime.change()
        while runtime.asked.count("overview_units") < 2:
            await anext(viewer)
        runtime.broken = False
        await asyncio.sleep(LEAST_GAP_S)
        runtime.change()
        assert (await next_but_ticks(viewer))[0] == "overview"
        await leave(viewer)

    with structlog.testing.capture_logs() as logs:
        run(test)
    assert [entry["log_level"] for entry in logs] == ["error", "info"], "that it fails, and that it does no more"


def test_while_nothing_can_be_built_viewers_hear_since_when_and_then_that_it_is_over() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        runtime.broken = True
        runtime.change()
        while (told := read(await anext(viewer)))[0] != "stale":
            assert told[0] == "tick"
        assert told[1] == {"now": NOW, "since": NOW}
        late = hub.watch(["overview"])
        assert (await first(late))[0] == "overview", "what was built last is better than nothing"
        assert read(await anext(late))[0] == "stale"
        runtime.broken = False  # and no change is told: the page tries by itself
        assert (await next_but_ticks(viewer))[0] == (await next_but_ticks(late))[0] == "overview"
        assert read(await anext(viewer))[0] == "tick"
        await leave(viewer, late)

    run(test)


def test_who_comes_while_nothing_was_ever_built_hears_that_at_once() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        runtime.broken = True
        viewer = hub.watch(["overview"])
        assert await first(viewer) == ("stale", {"now": NOW, "since": None})
        runtime.broken = False
        assert (await next_but_ticks(viewer))[0] == "overview"
        await leave(viewer)

    run(test)


def test_an_engine_that_hangs_makes_the_page_stale_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.live.hub.STALE_S", 0.5)

    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        with runtime.hanging():
            runtime.change()
            while read(await anext(viewer))[0] != "stale":
                pass
        assert (await next_but_ticks(viewer))[0] == "overview"
        await leave(viewer)

    run(test)


def test_a_slow_viewer_gets_the_newest_of_each_and_skips_the_rest() -> None:
    async def test(runtime: StubRuntime, hub: Hub) -> None:
        viewer = hub.watch(["overview"])
        await first(viewer)
        for waiting in (1, 2, 3):
            runtime.standings["natar"] = {"waiting": waiting, "last_event_ms": NOW}
            runtime.change()
            await asyncio.sleep(LEAST_GAP_S + 0.2)
        _, model = await next_but_ticks(viewer)
        assert model["strip"]["waiting"] == 3
        await leave(viewer)

    run(test)
