"""What is said of a database that is wrong or away, and how its typed values reach a mapping."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup, NotNow
from producers.database import Database, texts, url_of
from producers.mapping import compile, load
from producers.mapping.model import parse
from producers.polling import for_typed_rows
from tests.sources.places import SECRET
from tests.sources.queues import Queues, now, ticket
from tests.support.certificates import certificate
from tests.support.databases import PASSWORD, Server
from tests.support.kafka import free_ports

pytestmark = pytest.mark.servers


@pytest.fixture
def queues(server: Server) -> Iterator[Queues]:
    with closing(Queues(server)) as found:
        yield found


def test_a_wrong_password_is_for_a_person_to_mend(queues: Queues) -> None:
    with pytest.raises(BadSetup, match=r"(?i)refuses: .*(denied|failed)") as told:
        queues.opened(password="salah-sekali").layout("id")
    assert "salah-sekali" not in str(told.value)


def test_a_missing_table_or_column_is_named(queues: Queues) -> None:
    with pytest.raises(BadSetup, match="no table antrean"):
        queues.opened(name="antrean").layout("id")
    with pytest.raises(BadSetup, match="--cursor diubah: queues has the columns id, counter_id"):
        queues.opened().layout("diubah")


def test_a_missing_database_is_for_a_person_to_mend(server: Server) -> None:
    with closing(Database(url_of(server.address("tiada"), PASSWORD), "queues")) as database, pytest.raises(BadSetup):
        database.layout("id")


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "postgresql"])
def test_a_server_that_does_not_answer_is_waited_for(scheme: str) -> None:
    address = f"{scheme}://baca@127.0.0.1:{free_ports(1)[0]}/antrian"
    with closing(Database(url_of(address, None), "queues")) as database, pytest.raises(NotNow, match="does not answer"):
        database.layout("id")


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadSetup, match="PANTAU_DATABASE_PASSWORD_FILE") as told:
        url_of("mysql://baca:rahasia@127.0.0.1/antrian", None)
    assert "rahasia" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "why"),
    [("oracle://baca@host/x", "known are"), ("antrian", "is not an address"), ("", "not an address")],
)
def test_an_address_of_another_kind_is_refused(address: str, why: str) -> None:
    with pytest.raises(BadSetup, match=why):
        url_of(address, None)


def test_with_a_certificate_only_the_server_that_it_vouches_for_is_believed(queues: Queues, tmp_path: Path) -> None:
    url = url_of(queues.address(), PASSWORD)
    with closing(Database(url, "queues", ca=queues.server.ca)) as database:
        assert database.layout("id").key == "id"
    other, _ = certificate(tmp_path)
    with closing(Database(url, "queues", ca=other)) as database, pytest.raises((BadSetup, NotNow), match=r"(?i)verify"):
        database.layout("id")
    with pytest.raises(BadSetup, match="--ca"):
        Database(url, "queues", ca=tmp_path / "tiada.pem")


def test_the_key_and_what_a_cursor_costs_are_known(queues: Queues) -> None:
    layout = queues.opened().layout("updated_at")
    assert (layout.key, layout.cursor_may_be_null, layout.cursor_is_indexed) == ("id", True, False)
    queues.server.execute(queues.database, "CREATE INDEX berubah ON queues (updated_at)")
    assert queues.opened().layout("updated_at").cursor_is_indexed
    by_id = queues.opened().layout("id")
    assert (by_id.cursor_may_be_null, by_id.cursor_is_indexed) == (False, True)


def test_typed_values_arrive_as_an_export_would_hold_them(server: Server) -> None:
    mysql = server.scheme == "mysql"
    moment, binary = ("DATETIME(3)", "VARBINARY(9)") if mysql else ("TIMESTAMPTZ", "BYTEA")
    with closing(Queues(server)) as queues:
        server.execute(
            queues.database,
            f"CREATE TABLE macam (id INT, waktu {moment}, hari DATE, jam TIME, tarif NUMERIC(12,2), ya BOOLEAN, "
            f"biner {binary}, kosong VARCHAR(9), rinci JSON)",
            "INSERT INTO macam VALUES (1, '2026-03-02 08:00:00.250', '2026-03-02', '08:05:00', 12000.50, TRUE, "
            "'abc', NULL, '{\"a\": 1}')",
        )
        (row,) = queues.opened(name="macam").newest(
            names := ("waktu", "hari", "jam", "tarif", "ya", "biner", "kosong", "rinci"), "id", most=5
        )
        cells = texts(row, names)
    assert cells.pop("waktu") == ("2026-03-02 08:00:00.250000" if mysql else "2026-03-02 08:00:00.250000+07:00")
    assert cells.pop("rinci").replace(" ", "") == '{"a":1}'
    assert cells == {
        "hari": "2026-03-02", "jam": "08:05:00", "tarif": "12000.50", "ya": "1" if mysql else "true", "biner": "abc",
        "kosong": "",
    }  # fmt: skip


_OWN_FORMAT = """
title = "Antrean kantor"
source = "kantor"
unit = "kantor"
zone = "WIB"
time_format = "%d/%m/%Y %H:%M"
[times.dipanggil]
date = "{hari}"
clock = "{jam}"
date_format = "%d/%m/%Y"
clock_format = "%H.%M"
[[event]]
kind = "ticket.created"
id = "{id}/created"
time = "dibuat"
data = { ticket = "{id}" }
[[event]]
kind = "ticket.called"
id = "{id}/called"
time = "dipanggil"
data = { ticket = "{id}" }
"""


def test_a_mapping_written_for_an_export_reads_typed_columns_too() -> None:
    mapping, _ = parse(_OWN_FORMAT, name="kantor")
    mapper = compile(for_typed_rows(mapping), key=SECRET)
    exported = {"id": "1", "dibuat": "02/03/2026 08:00", "hari": "02/03/2026", "jam": "08.12"}
    typed = {"id": "1", "dibuat": "2026-03-02 08:00:00", "hari": "2026-03-02", "jam": "08:12:00"}
    assert mapper.events(typed) == mapper.events(exported)


def test_a_mapping_that_needs_the_whole_table_is_refused_with_a_way_out() -> None:

    with pytest.raises(BadSetup, match="make a view"):
        for_typed_rows(load("antrian_ptsp"))


def test_a_time_of_more_than_a_day_is_text() -> None:
    assert texts({"a": timedelta(hours=26, microseconds=5)}, ("a",)) == {"a": "26:00:00.000005"}


def test_rows_are_read_newest_last(queues: Queues) -> None:

    queues.insert(*(ticket(n, now()) for n in (3, 1, 2)))
    assert [row["id"] for row in queues.opened().newest(("id",), "id", most=2)] == [2, 3]
