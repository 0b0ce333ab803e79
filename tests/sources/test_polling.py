"""A table polled from real MariaDB and PostgreSQL servers: nothing missing, nothing double, nothing written."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from pantau.domain.errors import BadSetup, NotNow, PantauError
from producers.database import Database
from tests.sources.places import Kept
from tests.sources.queues import INSERT, Queues, ask, now, ticket
from tests.support.databases import Server

pytestmark = pytest.mark.servers

HOUR = timedelta(hours=1)


@pytest.fixture
def queues(server: Server) -> Iterator[Queues]:
    with closing(Queues(server)) as found:
        yield found


def test_each_row_becomes_the_events_that_an_export_of_it_becomes(queues: Queues, tmp_path: Path) -> None:
    begun = now() - HOUR
    done = {f"{what}_at": begun + timedelta(minutes=n) for n, what in enumerate(("called", "served", "finished"), 5)}
    queues.insert(ticket(1, begun, status="finished", updated_at=done["finished_at"], **done), ticket(2, begun))
    kept = Kept()
    assert ask(queues.poller(tmp_path), kept, queues.mapping) == 2
    assert set(kept.events) == {"1/created", "1/called", "1/started", "1/ended", "2/created"}
    assert "Nama" not in "".join(event.data for event in kept.events.values())
    assert not kept.rejections


def test_a_round_hands_in_only_what_is_new_or_changed(queues: Queues, tmp_path: Path) -> None:
    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 51)))
    poller, kept = queues.poller(tmp_path), Kept()
    assert ask(poller, kept, queues.mapping) == 50
    assert ask(poller, kept, queues.mapping) == 0
    queues.insert(ticket(51, now()))
    queues.update(7, status="called", called_at=now())
    assert ask(poller, kept, queues.mapping) == 2
    assert {"51/created", "7/called"} <= set(kept.events)
    assert set(kept.times.values()) <= {1, 2}, "only the changed row was handed in again"


def test_pages_split_rows_of_one_second_without_losing_any(queues: Queues, tmp_path: Path) -> None:
    same = now() - HOUR
    queues.insert(*(ticket(n, same) for n in range(1, 101)))
    kept = Kept()
    assert ask(queues.poller(tmp_path, page_rows=7), kept, queues.mapping) == 100
    assert len(kept.events) == 100


def test_rows_inserted_between_two_pages_are_found(queues: Queues, tmp_path: Path) -> None:
    """Behind the page being read and before it."""
    late = iter(range(100, 200))

    class Busy(Database):
        def page(self, *given: Any, **named: Any) -> list[dict[str, Any]]:
            rows = super().page(*given, **named)
            queues.insert(ticket(next(late), now() - HOUR), ticket(next(late), now()))
            return rows

    queues.insert(*(ticket(n, now() - HOUR + timedelta(seconds=n)) for n in range(1, 31)))
    poller, kept = queues.poller(tmp_path, database=queues.opened(Busy), page_rows=10), Kept()
    ask(poller, kept, queues.mapping)
    ids = {*range(1, 31), *range(100, next(late))}
    assert len(ids) > 34
    ask(queues.poller(tmp_path, overlap=2 * HOUR), kept, queues.mapping)
    assert set(kept.events) == {f"{id}/created" for id in ids}


def _late_commit(queues: Queues, tmp_path: Path, overlap: timedelta) -> Kept:
    """begin and insert ──────────────────── commit
    others insert and commit, a round reads them      a round"""
    poller, kept = queues.poller(tmp_path, overlap=overlap), Kept()
    with queues.transaction() as slow:
        slow.execute(INSERT, [ticket(1, now() - timedelta(seconds=30))])
        queues.insert(ticket(2, now() - timedelta(seconds=20)))
        ask(poller, kept, queues.mapping)
        assert set(kept.events) == {"2/created"}
    queues.insert(ticket(3, now() - timedelta(seconds=10)))
    ask(poller, kept, queues.mapping)
    return kept


def test_a_transaction_committed_late_under_an_older_time_is_not_lost(queues: Queues, tmp_path: Path) -> None:
    assert set(_late_commit(queues, tmp_path, timedelta(minutes=10)).events) == {f"{n}/created" for n in (1, 2, 3)}


def test_it_is_the_overlap_that_finds_it(queues: Queues, tmp_path: Path) -> None:
    assert set(_late_commit(queues, tmp_path, timedelta(0)).events) == {"2/created", "3/created"}


def test_the_bookmark_moves_only_when_rows_are_durable(queues: Queues, tmp_path: Path) -> None:
    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 31)))
    kept = Kept()
    kept.away = True
    with pytest.raises(NotNow):
        ask(queues.poller(tmp_path), kept, queues.mapping)
    assert not (tmp_path / "bookmark.json").exists()
    kept.away = False
    assert ask(queues.poller(tmp_path), kept, queues.mapping) == 30
    assert (tmp_path / "bookmark.json").exists()


def test_a_start_goes_on_at_the_bookmark(queues: Queues, tmp_path: Path) -> None:
    """Rows of the overlap are handed in once more, as the same events; older ones are not read at all."""
    old = [ticket(n, now() - HOUR) for n in range(1, 31)]
    queues.insert(*old, ticket(31, now() - timedelta(minutes=2)))
    kept = Kept()
    ask(queues.poller(tmp_path), kept, queues.mapping)
    queues.insert(ticket(32, now()))
    assert ask(queues.poller(tmp_path), kept, queues.mapping) == 2
    assert len(kept.events) == 32


def test_a_torn_bookmark_means_reading_again(queues: Queues, tmp_path: Path) -> None:
    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 31)))
    kept = Kept()
    ask(queues.poller(tmp_path), kept, queues.mapping)
    (tmp_path / "bookmark.json").write_bytes(b'{"database":')
    assert ask(queues.poller(tmp_path), kept, queues.mapping) == 30
    assert len(kept.events) == 30


def test_a_row_dated_next_year_does_not_hide_those_of_today(queues: Queues, tmp_path: Path) -> None:
    queues.insert(ticket(1, now() - HOUR), ticket(2, now() - HOUR, updated_at=now() + timedelta(days=366)))
    kept = Kept()
    poller = queues.poller(tmp_path)
    assert ask(poller, kept, queues.mapping) == 2
    queues.insert(ticket(3, now()))
    assert ask(poller, kept, queues.mapping) == 1
    assert ask(queues.poller(tmp_path), kept, queues.mapping) >= 1, "also after a restart"
    assert len(kept.events) == 3


def test_rows_without_a_time_of_change_are_read_too(queues: Queues, tmp_path: Path) -> None:
    queues.insert(ticket(1, now() - HOUR), ticket(2, now() - HOUR, updated_at=None))
    poller, kept = queues.poller(tmp_path), Kept()
    assert ask(poller, kept, queues.mapping) == 2
    queues.insert(ticket(3, now(), updated_at=None))
    assert ask(poller, kept, queues.mapping) == 1
    assert ask(poller, kept, queues.mapping) == 0
    assert len(kept.events) == 3


def test_rows_without_a_time_of_change_are_all_read_however_many(
    queues: Queues, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filled or changed by a system that fills no updated_at; a page holds seven."""
    queues.insert(*(ticket(n, now() - HOUR, updated_at=None if n % 4 else now() - HOUR) for n in range(1, 41)))
    poller, kept = queues.poller(tmp_path, page_rows=7), Kept()
    assert ask(poller, kept, queues.mapping) == 40
    queues.update(38, status="called", called_at=now(), updated_at=None)
    assert ask(poller, kept, queues.mapping) == 0, "so many are not read each round"
    monkeypatch.setattr("producers.polling.WITHOUT_CURSOR_SECONDS", 0.0)
    poller = queues.poller(tmp_path, page_rows=7)
    ask(poller, kept, queues.mapping)
    assert "38/called" in kept.events
    queues.update(37, status="called", called_at=now(), updated_at=None)
    assert ask(poller, kept, queues.mapping) == 1


def test_a_cursor_of_numbers_sees_changes_among_the_last_rows(queues: Queues, tmp_path: Path) -> None:
    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 101)))
    poller, kept = queues.poller(tmp_path, "id", overlap_rows=20), Kept()
    assert ask(poller, kept, queues.mapping) == 100
    queues.update(95, status="called", called_at=now())
    queues.update(5, status="called", called_at=now())
    queues.insert(ticket(101, now()))
    assert ask(poller, kept, queues.mapping) == 2
    assert "95/called" in kept.events
    assert "5/called" not in kept.events, "why such a table wants a large --overlap"


def test_rows_before_since_are_never_read(queues: Queues, tmp_path: Path) -> None:
    queues.insert(ticket(1, now() - timedelta(days=400)), ticket(2, now() - HOUR))
    kept = Kept()
    since = (now() - timedelta(days=30)).date()
    poller = queues.poller(tmp_path, since=since)
    assert ask(poller, kept, queues.mapping) == 1
    assert ask(poller, kept, queues.mapping) == 0
    assert set(kept.events) == {"2/created"}


def test_another_mapping_reads_everything_again(queues: Queues, tmp_path: Path) -> None:

    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 11)))
    kept = Kept()
    ask(queues.poller(tmp_path), kept, queues.mapping)
    ask(queues.poller(tmp_path), kept, queues.mapping)
    queues.mapping = msgspec.structs.replace(queues.mapping, data={"ticket": "{id}"})
    assert ask(queues.poller(tmp_path), Kept(), queues.mapping) == 10


def test_a_table_without_a_primary_key_can_be_polled_unless_too_many_rows_are_alike(
    server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    queues = Queues(server, key="")
    request.addfinalizer(queues.close)
    queues.insert(*(ticket(n, now() - HOUR + timedelta(seconds=n // 3)) for n in range(1, 31)))
    kept = Kept()
    assert ask(queues.poller(tmp_path, page_rows=4), kept, queues.mapping) == 30
    with pytest.raises(BadSetup, match="--cursor updated_at,COLUMN"):
        ask(queues.poller(tmp_path, page_rows=3), Kept(), queues.mapping)
    assert ask(queues.poller(tmp_path / "tie", page_rows=3, tie="id"), Kept(), queues.mapping) == 30


def test_a_million_rows_of_one_time_are_not_read_again_once_they_have_settled(
    queues: Queues, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration gives all rows one time. With fewer rows and a shorter overlap, so that it need not be waited for."""
    monkeypatch.setattr("producers.polling.MOST_KNOWN", 20)
    read: list[int] = []

    class Counted(Database):
        def page(self, *given: Any, **named: Any) -> list[dict[str, Any]]:
            rows = super().page(*given, **named)
            read.append(len(rows))
            return rows

    queues.insert(*(ticket(n, now() - HOUR) for n in range(1, 51)))
    poller, kept = queues.poller(tmp_path, database=queues.opened(Counted), overlap=timedelta(0)), Kept()
    for _ in range(4):
        ask(poller, kept, queues.mapping)
    assert read[0] == 50
    assert read[-1] == 0
    queues.insert(ticket(51, now()))
    ask(poller, kept, queues.mapping)
    assert len(kept.events) == 51


def test_a_view_that_writes_is_refused_because_the_connection_only_reads(queues: Queues) -> None:
    body = {
        "mysql": "CREATE FUNCTION tulis() RETURNS INT BEGIN INSERT INTO jejak VALUES (1); RETURN 1; END",
        "postgresql": "CREATE FUNCTION tulis() RETURNS INT LANGUAGE sql AS 'INSERT INTO jejak VALUES (1); SELECT 1'",
    }[queues.server.scheme]
    queues.server.execute(
        queues.database, "CREATE TABLE jejak (n INT)", body, "CREATE VIEW menulis AS SELECT tulis() AS id"
    )
    with pytest.raises(PantauError, match=r"(?i)read.only"):
        queues.opened(name="menulis").newest(("id",), "id", most=1)
    with queues.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM jejak")).scalar() == 0


def test_a_user_who_may_read_a_view_and_nothing_else_suffices(queues: Queues, tmp_path: Path) -> None:
    """What an administrator who trusts nobody grants: the needed columns, and not the names."""
    queues.insert(ticket(1, now() - HOUR))
    columns = ", ".join(name for name in INSERT.text.split("(")[1].split(")")[0].split(", ") if name != "visitor")
    user = "baca" if queues.server.scheme == "mysql" else f"baca_{queues.database}"
    made = f"{user}@'127.0.0.1'" if queues.server.scheme == "mysql" else user
    queues.server.execute(
        queues.database,
        f"CREATE VIEW antrean AS SELECT {columns} FROM queues",
        f"CREATE USER {made} " + ("IDENTIFIED BY" if queues.server.scheme == "mysql" else "PASSWORD") + " 'b'",
        f"GRANT SELECT ON antrean TO {made}",
    )
    view = queues.opened(name="antrean", user=user, password="b")
    kept = Kept()
    assert ask(queues.poller(tmp_path, database=view), kept, queues.mapping) == 1
    with pytest.raises(BadSetup, match=r"refuses|no table"):
        queues.opened(user=user, password="b").newest(("id",), "id", most=1)


def test_times_with_a_zone_serve_as_a_cursor(postgresql: Server, tmp_path: Path) -> None:
    with closing(Queues(postgresql, time="TIMESTAMPTZ")) as queues:
        begun = datetime.now(UTC)
        queues.insert(ticket(1, begun - HOUR), ticket(2, begun - timedelta(minutes=1)))
        kept = Kept()
        assert ask(queues.poller(tmp_path), kept, queues.mapping) == 2
        queues.insert(ticket(3, datetime.now(UTC)))
        assert ask(queues.poller(tmp_path, since=(begun - 24 * HOUR).date()), kept, queues.mapping) == 2
        assert kept.events["3/created"].time >= begun.timestamp() * 1000 - 1


def test_a_day_serves_as_a_cursor(queues: Queues, tmp_path: Path) -> None:
    """Old systems know only the day of a change: two days are read each round."""
    kind = "ALTER TABLE queues ADD COLUMN hari DATE"
    queues.insert(*(ticket(n, now() - 24 * n * HOUR) for n in range(1, 6)))
    queues.server.execute(queues.database, kind, "UPDATE queues SET hari = DATE(created_at)")
    poller, kept = queues.poller(tmp_path, "hari"), Kept()
    assert ask(poller, kept, queues.mapping) == 5
    queues.update(1, status="called", called_at=now())
    queues.update(5, status="called", called_at=now())
    assert ask(poller, kept, queues.mapping) == 1
    assert "1/called" in kept.events
