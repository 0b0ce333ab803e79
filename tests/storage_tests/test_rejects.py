"""Refused events as rows: kept with their reasons, counted when they come again, accepted once mended."""

import pytest

from pantau.domain.errors import Fault
from pantau.domain.rejections import Code, Rejection
from storage import rejects as module
from storage.chdb_engine import ChdbEngine
from storage.rejects import Rejects
from storage.store import Store
from tests.strategies import MONDAY


@pytest.fixture
def rejects(engine: ChdbEngine) -> Rejects:
    return Rejects(Store(engine))


def refused(
    digest: str = "d1", *, code: Code = "unknown_unit", arrival: int = MONDAY, id: str | None = "1"
) -> Rejection:
    return Rejection(
        source="antrian",
        id=id,
        code=code,
        reasons=(Fault(field="unit", value="x'\\\n", rule="tidak ada", todo="tambahkan"),),
        original=b'{"ticket": "A\\"1"}\n\xff',
        digest=digest,
        retryable=code == "unknown_unit",
        arrival=arrival,
    )


def test_a_refused_event_is_kept_with_reason_and_original(rejects: Rejects) -> None:
    rejects.keep([refused()])
    (row,) = rejects.open()
    assert (row.source, row.id, row.code, row.seen, row.state, row.retryable) == (
        "antrian",
        "1",
        "unknown_unit",
        1,
        "open",
        1,
    )
    assert '"rule":"tidak ada"' in row.reasons
    assert row.original == '{"ticket": "A\\"1"}\n�'


def test_the_same_thing_again_is_counted_and_keeps_its_first_time(rejects: Rejects) -> None:
    rejects.keep([refused(arrival=MONDAY + 5), refused(arrival=MONDAY)])
    rejects.keep([refused(arrival=MONDAY + 9)])
    (row,) = rejects.open()
    assert (row.seen, row.first_at, row.last_at) == (3, MONDAY, MONDAY + 9)


def test_more_than_one_look_up_names_are_counted_again_too(rejects: Rejects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKUP", 3)
    many = [refused(f"d{n}") for n in range(10)]
    rejects.keep(many)
    rejects.keep([*many, *many])
    assert {row.digest: row.seen for row in rejects.open()} == {each.digest: 3 for each in many}


def test_different_things_are_different_rows(rejects: Rejects) -> None:
    rejects.keep([refused("a"), refused("b"), refused("c", code="personal", id=None)])
    assert {row.digest for row in rejects.open()} == {"a", "b", "c"}
    assert {row.digest for row in rejects.open(retryable_only=True)} == {"a", "b"}


def test_what_was_accepted_since_is_no_longer_open_and_stays_as_a_record(rejects: Rejects, engine: ChdbEngine) -> None:
    rejects.keep([refused("a"), refused("b")])
    rejects.mark_accepted([row for row in rejects.open() if row.digest == "a"])
    assert [row.digest for row in rejects.open()] == ["b"]
    assert engine.query("SELECT state FROM rejected_events FINAL WHERE digest = 'a'").rows == [("accepted",)]


def test_what_is_refused_again_after_it_was_accepted_is_open_again(rejects: Rejects) -> None:
    rejects.keep([refused()])
    rejects.mark_accepted(rejects.open())
    rejects.keep([refused()])
    assert [(row.seen, row.state) for row in rejects.open()] == [(2, "open")]


def test_a_retry_that_was_decided_on_an_older_row_does_not_hide_a_newer_refusal(rejects: Rejects) -> None:
    """Read for the retry | refused again meanwhile | the retry's answer is written: the newer word stands."""
    rejects.keep([refused()])
    read = rejects.open()
    rejects.keep([refused(arrival=MONDAY + 1)])
    rejects.mark_accepted(read)
    assert [row.seen for row in rejects.open()] == [2]
    rejects.keep([refused(arrival=MONDAY + 2)])
    assert [row.seen for row in rejects.open()] == [3]


def test_nothing_to_keep_writes_nothing(rejects: Rejects, engine: ChdbEngine) -> None:
    rejects.keep([])
    rejects.mark_accepted([])
    assert engine.query("SELECT count() FROM rejected_events").rows == [(0,)]
