"""``pantau sources`` and ``pantau rejects``: they agree on what is refused, and speak one language at a time."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pantau.cli.main import app
from pantau.domain.errors import Fault
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection, flaw
from pantau.domain.wire import encode_data
from pantau.domain.zones import DAY
from pantau.embedded.desk import Load, open_desk
from producers.packed import Packed
from tests.strategies import MONDAY, REGISTRY, ticket


def packed(event: Event) -> Packed:
    return Packed(
        event.source,
        event.id,
        event.kind,
        event.time,
        event.arrival,
        event.content,
        encode_data(event.data).decode(),
    )


def refusal(n: int, code: Any, fault: Fault, *, source: str = "antrian", retryable: bool = True) -> Rejection:
    return Rejection(
        source=source,
        id=f"event {n}",
        code=code,
        reasons=(fault,),
        original=b"{}",
        digest=f"digest {n}",
        retryable=retryable,
        arrival=MONDAY,
    )


def too_old(days: int) -> Fault:
    return flaw("too_old", "time", f"2026-01-{days % 28 + 1:02}", "id", age=f"{days} hari", limit="7 hari").fault


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sources") / "data"
    said = [ticket("created", MONDAY + n, ticket=str(n), id=f"created {n}") for n in range(1200)]
    said += [ticket("called", MONDAY + DAY, ticket=name, id="said twice") for name in ("1", "2")]
    refused = [refusal(n, "too_old", too_old(8 + n)) for n in range(40)]
    unknown = flaw("unknown_unit", "data.unit", "kec-x", "en", nearest="").fault
    refused += [refusal(100 + n, "unknown_unit", unknown, source="stranger") for n in range(3)]
    refused += [refusal(200, "malformed", flaw("malformed", "(isi)", "?", "id", detail="x").fault, retryable=False)]
    with open_desk(directory, registry=REGISTRY) as desk:
        desk.take(Load([packed(event) for event in said], refused)).result()
        desk.take(Load([packed(event) for event in said[:7]], [])).result()
        desk.settled()
    return directory


def run(*arguments: object, lang: str = "en") -> str:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200", "PANTAU_LANG": lang})
    assert result.exit_code == 0, result.output
    return result.stdout


def cells(printed: str, name: str) -> list[str]:
    (row,) = [line for line in printed.splitlines() if line.startswith(f"│ {name} ")]
    return [cell.strip() for cell in row.strip("│").split("│")]


def test_a_source_is_shown_with_what_was_accepted_refused_repeated_and_contradicted(data: Path) -> None:
    printed = run("sources", "--data", data)
    assert cells(printed, "antrian") == ["antrian", "1,201", "41", "2026-03-31 00:00", "7", "1", "good"]
    assert cells(printed, "stranger") == ["stranger", "0", "3", "-", "-", "0", "-"], "unknown is never good"
    assert "44 refused, 43 of them can be tried again" in printed


def test_ids_said_of_several_things_are_named(data: Path) -> None:
    printed = run("sources", "--data", data)
    assert "1 ids are said of several things" in printed
    assert "antrian  said twice: dukcapil/1, dukcapil/2" in printed
    found = {row["source"]: row for row in map(json.loads, run("sources", "--data", data, "--json").splitlines())}
    assert found["antrian"]["several"] == [{"id": "said twice", "things": 2, "some": ["dukcapil/1", "dukcapil/2"]}]
    doctor = CliRunner().invoke(app, ["doctor", "--data", str(data), "--port", "0", "--lang", "en"])
    assert doctor.exit_code == 0
    assert "ids said of several things: antrian said twice (dukcapil/1, dukcapil/2)" in doctor.stdout


def test_refusals_are_counted_by_source_and_reason_with_what_to_do(data: Path) -> None:
    lines = run("rejects", "list", "--data", data).splitlines()
    assert re.fullmatch(
        r" +40  antrian  too_old: time: \d+ days old; the limit of this source is 7 days \(for instance\)", lines[0]
    )
    assert "2026-01-" in lines[1]
    assert lines[2].strip() == "→ send it as an import, or raise the source's max_age"
    assert "         3  stranger  unknown_unit: data.unit: no such unit in the registry" in lines
    assert lines[-1].startswith("44 refused; pantau rejects retry can take 43 of them")


def test_all_lists_each_refused_event(data: Path) -> None:
    printed = run("rejects", "list", "--data", data, "--all", "--limit", 5)
    assert sum("│ antrian" in line or "│ stranger" in line for line in printed.splitlines()) == 5
    assert "the newest 5 are shown" in printed
    rows = run("rejects", "list", "--data", data, "--all", "--json").splitlines()
    assert {json.loads(row)["state"] for row in rows} == {"open"}
    assert len(rows) == 44


@pytest.mark.parametrize("verb", [["sources"], ["rejects", "list"], ["rejects", "list", "--all"]])
def test_a_report_is_in_one_language_whatever_was_stored(data: Path, verb: list[str]) -> None:
    english, indonesian = run(*verb, "--data", data), run(*verb, "--data", data, lang="id")
    for word in ("ditolak", "sumber ini", "hari", "sebab"):
        assert word not in english
    for word in ("refused", "this source", " days", "registry has"):
        assert word not in indonesian
    assert run(*verb, "--data", data, "--lang", "en", lang="id") == english


def test_what_a_retry_accepted_is_listed_no_more_and_troubles_the_page_no_more(tmp_path: Path) -> None:
    late = refusal(1, "too_old", too_old(9))
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        desk.take(Load([], [late])).result()
        (kept,) = desk.rejects()
        assert (desk.query("source_health", {"as_of": MONDAY + 1}).dicts()[0]["retryable"]) == 1
        runtime = desk.runtime  # type: ignore[attr-defined]  # nobody owns the directory, so the desk is local
        runtime.between_flushes(lambda: runtime.rejects().mark_accepted([kept]))
        assert desk.query("source_health", {"as_of": MONDAY + 1}).dicts() == []
    assert "Nothing is refused." in run("rejects", "list", "--data", tmp_path)
    assert "No source has sent anything yet." in run("sources", "--data", tmp_path)
