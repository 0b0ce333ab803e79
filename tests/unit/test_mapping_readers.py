"""Rows out of every format, plain and packed; what cannot be read as a row is a row that says why."""

import csv
import gzip
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.errors import BadEvent, BadSetup
from producers.mapping import Mapping, Unreadable, compile, estimate, read
from producers.mapping.model import Function, Reading, parse
from producers.mapping.readers import form_of

TEXT = """
title = "t"
source = "s"
unit = "u"
zone = "WIB"

[[event]]
kind = "ticket.created"
id = "{id}"
time = "at"
data.ticket = "{id}"
"""


def mapping(**reading: object) -> Mapping:
    from msgspec import structs

    return structs.replace(parse(TEXT, name="m")[0], read=Reading(**reading))  # type: ignore[arg-type]  # a test's own


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path, **reading: object) -> list[tuple[int, dict[str, str]]]:
    return list(read(path, mapping(**reading), language="en"))


def reason(row: dict[str, str]) -> str:
    assert isinstance(row, Unreadable)
    return row.faults[0].rule


def test_rows_are_numbered_from_one_without_header_and_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,at\n1,x\n\n2,y\n")
    assert rows(path) == [(1, {"id": "1", "at": "x"}), (2, {"id": "2", "at": "y"})]


@given(table=st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
def test_whatever_csv_is_written_is_read_back(
    table: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("id", "at"), *table])
    try:
        content = text.getvalue().encode()
    except UnicodeEncodeError:
        return  # half a surrogate cannot be written at all
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", content)
    expected = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    assert [list(row.values()) for _, row in rows(path, delimiter=",")] == [cells for cells in expected if cells]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path / "a.csv", delimiter.join(["id", "at", "x"]) + "\n" + delimiter.join(["1", "y", "z"]) + "\n")
    assert rows(path)[0][1] == {"id": "1", "at": "y", "x": "z"}


def test_what_excel_writes(tmp_path: Path) -> None:
    """A byte-order mark, a line that names the delimiter, CRLF."""
    path = write(tmp_path / "a.csv", b'\xef\xbb\xbfsep=;\r\nid;at\r\n1;"a;b"\r\n')
    assert rows(path) == [(1, {"id": "1", "at": "a;b"})]
    assert (
        rows(write(path, "id\tat\r\n1\tKalianda é\r\n".encode("utf-16")), encoding="utf-16")[0][1]["at"] == "Kalianda é"
    )
    assert rows(write(path, "id,at\n1,é\n".encode("cp1252")), encoding="cp1252")[0][1]["at"] == "é"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_unicode_text_of_excel_is_known_by_its_mark(tmp_path: Path, encoding: str, *, packed: bool) -> None:
    text = "id\tat\r\n1\té\r\n2\t∅\r\n"
    content = (text if encoding == "utf-16" else "\ufeff" + text).encode(encoding)
    path = write(tmp_path / "a.csv", gzip.compress(content) if packed else content)
    assert rows(path) == [(1, {"id": "1", "at": "é"}), (2, {"id": "2", "at": "∅"})]


def test_lines_may_end_with_a_carriage_return_alone_and_a_bad_byte_is_still_told(tmp_path: Path) -> None:
    found = rows(write(tmp_path / "a.csv", b"id,at\r1,x\r2,\xe9\r3,z\r"))
    assert [number for number, _ in found] == [1, 2, 3]
    assert (found[0][1], found[2][1]) == ({"id": "1", "at": "x"}, {"id": "3", "at": "z"})
    assert "not utf-8" in reason(found[1][1])


def test_a_header_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSetup, match=r"the header of a\.csv is not CSV .*; look for a stray quotation mark"):
        rows(write(tmp_path / "a.csv", '"' + "x" * (1 << 20) + ",at\n1,x\n"))


def test_titles_before_the_header_and_files_without_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Laporan\nMaret\nid,at\n1,x\n")
    assert rows(path, skip_lines=2) == [(1, {"id": "1", "at": "x"})]
    path = write(tmp_path / "b.csv", "1,x\n2,y\n")
    assert rows(path, columns=("id", "at"))[1] == (2, {"id": "2", "at": "y"})


def test_a_file_that_lacks_a_column_is_refused_with_what_it_has(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,when\n1,x\n")
    with pytest.raises(BadSetup, match=r"a\.csv lacks the column at; its header, split at ',', names id, when"):
        rows(path)
    assert len(rows(path, optional=("at",))) == 1
    with pytest.raises(BadSetup, match="has the column id twice"):
        rows(write(path, "id,id,at\n1,2,x\n"))
    with pytest.raises(BadSetup, match="has no header line"):
        rows(write(path, ""))
    with pytest.raises(BadSetup, match="there is no file"):
        rows(tmp_path / "none.csv")
    with pytest.raises(BadSetup, match="unknown encoding"):
        rows(path, encoding="latin-99")


def test_a_bad_row_says_why_and_reading_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"id,at\n1,x\n2\n3,y,z\n4,\xff\n5,y\n")
    found = rows(path)
    assert [number for number, _ in found] == [1, 2, 3, 4, 5]
    assert reason(found[1][1]) == "not as many cells as the header (1 ≠ 2)"
    assert reason(found[2][1]) == "not as many cells as the header (3 ≠ 2)"
    assert reason(found[3][1]) == "holds bytes that are not utf-8"
    assert found[4][1] == {"id": "5", "at": "y"}
    with pytest.raises(BadEvent, match="holds bytes that are not utf-8"):
        compile(mapping()).events(found[3][1])


def test_a_quotation_mark_that_is_not_closed_costs_a_bounded_part(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,at\n1,"x\n' + "2,y\n" * 300_000)
    found = rows(path)
    assert reason(found[0][1]).startswith("is not CSV: field larger than field limit")
    assert found[-1][1] == {"id": "2", "at": "y"}


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv", "a"])
def test_gzip_is_known_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, gzip.compress(b"id,at\n1,x\n"))
    assert rows(path) == [(1, {"id": "1", "at": "x"})]


def test_a_packed_file_that_is_cut_off_gives_what_it_had_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress("".join(["id,at\n", *(f"{n},{n * n}\n" for n in range(100_000))]).encode())
    found = rows(write(tmp_path / "a.csv.gz", whole[: len(whole) // 2]))
    assert len(found) > 1000
    assert reason(found[-1][1]).startswith("the compressed file is damaged or cut off")
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    found = rows(write(tmp_path / "b.csv.gz", whole[:5000] + b"\x00" * 40 + whole[5040:]))
    assert "damaged" in reason(found[-1][1])


def test_how_far_reading_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,at\n" + "1,x\n" * 100_000)
    source = read(path, mapping())
    assert (source.bytes_read, source.bytes_total) == (0, estimate(path))
    seen = []
    for _ in source:
        seen.append(source.bytes_read)
    assert seen == sorted(seen)
    assert 0 < seen[1000] < source.bytes_total
    assert source.bytes_read == source.bytes_total
    assert next(read(path, mapping())) == (1, {"id": "1", "at": "x"})


def test_ndjson_is_flattened_to_texts(tmp_path: Path) -> None:
    line = '{"id": 7, "ok": true, "no": null, "f": 1.5, "data": {"at": {"date": "x"}, "list": [{"a": 1}, "b"]}}\n'
    ((number, row),) = rows(write(tmp_path / "a.ndjson", line + "\n"))
    assert number == 1
    assert row == {
        "id": "7",
        "ok": "true",
        "no": "",
        "f": "1.5",
        "data.at.date": "x",
        "data.list.0.a": "1",
        "data.list.1": "b",
    }


@pytest.mark.parametrize("line", ["{", "[1]", "5", "not JSON", '{"a": \xff}', "[" * 5000])
def test_a_line_that_is_no_object_says_why_and_reading_goes_on(tmp_path: Path, line: str) -> None:
    found = rows(write(tmp_path / "a.jsonl", (line + '\n{"id": 1}\n').encode("latin-1")))
    assert reason(found[0][1]).startswith("is not JSON")
    assert found[1] == (2, {"id": "1"})


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
 <global scope="trace"><string key="concept:name" value="name"/></global>
 <trace>
  <string key="concept:name" value="case-1"/><date key="deadline" value="2026-03-09T00:00:00+07:00"/>
  <event>
   <string key="concept:name" value="daftar"/><date key="time:timestamp" value="2026-03-02T08:00:00+07:00"/>
  </event>
  <event><string key="concept:name" value="selesai"/><int key="n" value="3"/><list key="l"><values/></list></event>
 </trace>
 <trace><string key="concept:name" value="case-2"/><event><boolean key="ok" value="true"/></event></trace>
</log>
"""


def test_xes_events_know_their_trace_as_case_columns(tmp_path: Path) -> None:
    for path in (write(tmp_path / "a.xes", XES), write(tmp_path / "b.xes.gz", gzip.compress(XES.encode()))):
        found = rows(path)
        assert [number for number, _ in found] == [1, 2, 3]
        assert found[0][1] == {
            "case:concept:name": "case-1",
            "case:deadline": "2026-03-09T00:00:00+07:00",
            "concept:name": "daftar",
            "time:timestamp": "2026-03-02T08:00:00+07:00",
        }
        assert found[1][1]["n"] == "3"
        assert found[2][1] == {"case:concept:name": "case-2", "ok": "true"}


def test_xml_that_breaks_off_gives_what_it_had(tmp_path: Path) -> None:
    found = rows(write(tmp_path / "a.xes", XES[: XES.index("<trace><string")]))
    assert [isinstance(row, Unreadable) for _, row in found] == [False, False, True]
    assert reason(found[2][1]).startswith("is not well-formed XML")


PARQUET = """
INSERT INTO FUNCTION file('{path}', 'Parquet') SELECT toString(number) AS id,
    toDateTime64('2026-03-02 01:00:00.5', 3, 'UTC') + number AS at, if(number = 1, NULL, 1.5) AS `a b`
FROM numbers(3000)
"""


def test_parquet_is_read_by_the_engine_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    insert = PARQUET.format(path=str(path).replace("'", "\\'"))
    subprocess.run([sys.executable, "-c", f"import chdb; chdb.query({insert!r})"], check=True)
    source = read(path, mapping())
    found = list(source)
    assert source.bytes_read == source.bytes_total
    assert [number for number, _ in found] == list(range(1, 3001))
    assert found[1][1] == {"id": "1", "at": "2026-03-02 01:00:01.500Z", "a b": ""}
    assert compile(mapping()).events(found[0][1])[0].time == 1_772_413_200_500
    with pytest.raises(BadSetup, match="Parquet file cannot be read"):
        rows(write(tmp_path / "bad.parquet", b"PAR1 nothing"))


def test_parquet_is_read_through_a_given_query(tmp_path: Path) -> None:
    asked = []

    def query(sql: str) -> Iterator[bytes]:
        asked.append(sql)
        if sql.startswith("DESCRIBE"):
            return iter([b'{"name":"id","type":"String"}\n{"name":"at","type":"DateTime64(3)"}\n'])
        return iter([b'{"n":2}\n'] if "count()" in sql else [b'{"id":"1","a', b't":"x"}\n{"id":"2","at":null}'])

    path = write(tmp_path / "a.parquet", b"PAR1")
    found = list(read(path, mapping(), query=query))
    assert found == [(1, {"id": "1", "at": "x"}), (2, {"id": "2", "at": ""})]
    assert "toString(`at`) || '' AS `at`" in asked[2]


def test_the_format_is_told_by_name_then_by_first_bytes(tmp_path: Path) -> None:
    assert form_of(write(tmp_path / "a.CSV", "{")) == "csv"
    assert form_of(write(tmp_path / "a.json.gz", "")) == "ndjson"
    assert form_of(write(tmp_path / "b", "\n {}")) == "ndjson"
    assert form_of(write(tmp_path / "c.txt", "<?xml")) == "xes"
    assert form_of(write(tmp_path / "d", b"PAR1....")) == "parquet"
    assert form_of(write(tmp_path / "e", gzip.compress(b"\xef\xbb\xbf{}"))) == "ndjson"
    assert form_of(write(tmp_path / "f.txt", "id,at")) == "csv"


def test_a_function_that_fails_ends_the_reading_with_a_reason(tmp_path: Path) -> None:
    from msgspec import structs

    path = write(tmp_path / "a.csv", "id,at\n1,x\n2,y\n")

    def using(name: str, **options: object) -> Mapping:
        return structs.replace(mapping(), function=Function(name=name, options=options))

    found = list(read(path, using(f"{__name__}:falling"), language="en"))
    assert found[0] == (1, {"id": "1", "at": "x"})
    assert reason(found[1][1]) == "the mapping's function failed: ZeroDivisionError: division by zero"
    for name in ("no.such.module:x", "producers.mapping.shapes:none", "producers.mapping.shapes:pivot"):
        with pytest.raises(BadSetup, match=f"the function {name} cannot be used"):
            read(path, using(name))


def falling() -> object:
    """A shape that gives one row and falls."""

    def shape(rows: Iterator[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, dict[str, str]]]:
        yield next(rows)
        1 / 0  # noqa: B018 - it shall fall

    return shape


def test_rows_know_their_place_where_the_mapping_asks(tmp_path: Path) -> None:
    placed = parse(TEXT.replace('id = "{id}"', 'id = "{#file}/{#row}"'), name="m")[0]
    path = write(tmp_path / "maret.csv.gz", gzip.compress(b"id,at\n1,2026-03-02\n2,2026-03-02\n"))
    mapper = compile(placed)
    assert [mapper.events(row)[0].id for _, row in read(path, placed)] == ["maret.csv/1", "maret.csv/2"]
