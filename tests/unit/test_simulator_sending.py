"""A world on its way to a gateway: nothing is left out or sent early."""

from datetime import timedelta

from pantau.domain.zones import day_start
from producers.simulator.draft import Draft
from producers.simulator.sending import AT_ONCE, PAUSE_SECONDS, coming, in_time, past, together
from producers.simulator.stream import events, recorded_before
from producers.simulator.worlds import small

WORLD = small()
START = day_start("Asia/Jakarta", WORLD.last_day) + 10 * 3_600_000


def keys(drafts: list[Draft]) -> list[tuple[str, str]]:
    return [(draft.source, draft.id) for draft in drafts]


def test_what_was_and_what_comes_are_together_everything_once() -> None:
    first = WORLD.first_day
    sent = [*past(WORLD, 1, first, START), *coming(WORLD, 1, START)]
    whole = [*recorded_before(WORLD, first), *events(WORLD, 1, first, WORLD.last_day)]
    assert sorted(keys(sent)) == sorted(keys(whole))
    assert len({*keys(sent)}) == len(sent)
    before = past(WORLD, 1, first - timedelta(days=1), START)
    assert all(draft.time < START for draft in before)


def test_a_request_holds_as_many_as_it_may_and_none_is_lost() -> None:
    drafts = [*coming(WORLD, 1, START)]
    parts = [*together(drafts)]
    assert [len(part) for part in parts[:-1]] == [AT_ONCE] * (len(parts) - 1)
    assert [draft for part in parts for draft in part] == drafts


def test_none_is_sent_before_its_time_and_none_waits_longer_than_a_look() -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    factor = 60.0
    drafts = [*coming(WORLD, 1, START)]
    sent = []
    for part in in_time(drafts, start=START, factor=factor, clock=lambda: now, sleep=sleep):
        for draft in part:
            assert draft.time <= START + now * 1000 * factor
            assert draft.time > START + (now - 2 * PAUSE_SECONDS) * 1000 * factor
        sent += part
    assert sent == drafts
