"""From a queue system's export to proven indicators, as the README has it, on an excerpt of a real log."""

import gzip
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.product import ROOT, pantau, served, values

LOG = ROOT / "tests" / "data" / "bank_calls_1999"
REGISTRY = ROOT / "examples" / "bank_calls_1999" / "registry.toml"


def the_log() -> Path:
    return min(path for path in LOG.iterdir() if ".csv" in path.name)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return Path(shutil.copy(the_log(), tmp_path))


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The indicators of the log after nothing but a replay."""
    data = tmp_path_factory.mktemp("straight") / "data"
    pantau("replay", the_log(), "--mapping", "bank_calls_1999", "--to", data, "--registry", REGISTRY)
    return values("--data", data)


def test_a_log_is_replayed_read_and_proven(log: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = pantau("replay", log, "--mapping", "bank_calls_1999", "--to", data, "--registry", REGISTRY)
    assert "events accepted" in first
    assert "known already" not in first
    before = values("--data", data)
    assert before["arrivals"] > 0
    assert pantau("verify", "--data", data).startswith("equal")

    again = pantau("replay", log, "--mapping", "bank_calls_1999", "--to", data)
    accepted = again.split(" ")[0]
    assert f"{accepted} of them were known already" in again
    assert values("--data", data) == before, "a replay that is repeated changes nothing"
    assert pantau("verify", "--data", data).startswith("equal")


def test_the_same_verbs_go_through_the_process_that_owns_the_directory(
    log: Path, tmp_path: Path, straight: dict[str, Any]
) -> None:
    owned = tmp_path / "owned"
    with served(owned, "--registry", REGISTRY) as running:
        assert "known already" not in pantau("replay", log, "--mapping", "bank_calls_1999", "--to", owned)
        assert "were known already" in pantau("replay", log, "--mapping", "bank_calls_1999", "--to", owned)
        assert values("--data", owned) == straight
        told = httpx.get(f"{running.url}/v1/indicators", timeout=30).json()
        assert {line["indicator"]: line["value"]["value"] for line in told["lines"]} == straight
        assert pantau("verify", "--data", owned).startswith("equal")
        assert "nothing" not in pantau("sources", "--data", owned)
    assert values("--data", owned) == straight


def test_a_refused_event_is_kept_and_accepted_once_its_cause_is_mended(
    log: Path, tmp_path: Path, straight: dict[str, Any]
) -> None:
    data, short = tmp_path / "data", tmp_path / "without-the-unit.toml"
    text = REGISTRY.read_text()
    assert 'code = "bank"' in text
    assert 'units = ["bank"]' in text
    short.write_text(text.replace('code = "bank"', 'code = "another"').replace('units = ["bank"]', ""))
    said = pantau("replay", log, "--mapping", "bank_calls_1999", "--to", data, "--registry", short, expect=3)
    assert "refused and kept" in said
    assert "unknown_unit: data.unit: no such unit in the registry" in said
    assert "→ add it to registry.toml, or mend the code" in said
    listed = pantau("rejects", "list", "--data", data, "--json")
    assert '"code":"unknown_unit"' in listed
    assert "refused still" in pantau("rejects", "retry", "--data", data, "--registry", REGISTRY)

    assert values("--data", data) == straight
    assert pantau("verify", "--data", data).startswith("equal")


def test_a_row_that_a_mended_mapping_takes_is_refused_no_more_and_another_one_is(tmp_path: Path) -> None:
    from tests.unit.test_judging import MAPPING, REGISTRY  # numbers that restart daily, times without seconds

    data, table, registry = (tmp_path / name for name in ("data", "antrian.csv", "registry.toml"))
    narrow, mended = tmp_path / "narrow.toml", tmp_path / "mended.toml"
    table.write_text("no,dibuat,selesai,nilai\n1,2026-03-02 08:00,,\n2,2026-03-02 08.10,,\n3,kemarin,,\n")
    registry.write_text(REGISTRY.replace("ZONE", "WIB").replace("RESTART", "daily"))
    narrow.write_text(MAPPING.replace("[data]", 'time_format = "%Y-%m-%d %H:%M"\n[data]'))
    mended.write_text(MAPPING.replace("[data]", 'time_format = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H.%M"]\n[data]'))

    said = pantau("replay", table, "--mapping", narrow, "--to", data, "--registry", registry)
    assert "2 refused and kept" in said
    assert f"pantau rejects retry --data {data}" in said
    with served(data):  # so that the process that owns the data is told
        assert "1 refused and kept" in pantau("replay", table, "--mapping", mended, "--to", data)
        assert "1 refused;" in pantau("rejects", "list", "--data", data)
        listed = pantau("rejects", "list", "--data", data, "--all")
    assert "antrian.csv:3" in listed
    assert "antrian.csv:2" not in listed
    assert "1 refused and in no number" in pantau("verify", "--data", data)


def test_services_that_the_registry_does_not_know_are_told(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "registry.toml"
    other.write_text(
        REGISTRY.read_text().replace('code = "PS"', 'code = "PSX"').replace('service = "PS"', 'service = "PSX"')
    )
    said = pantau("replay", log, "--mapping", "bank_calls_1999", "--to", tmp_path / "data", "--registry", other)
    assert "events name services that the registry does not have" in said
    assert [line.split(maxsplit=1)[1] for line in said.splitlines() if "  PS" in line] == ["PS  (nearest: PSX)"]


def test_an_interrupted_replay_goes_on_where_it_stopped(log: Path, tmp_path: Path, straight: dict[str, Any]) -> None:
    """A bookmark that says "half": the other half is read, and with the first half sent before, all of it is there."""
    from producers.replay import Bookmarks

    data = tmp_path / "data"
    opened = gzip.open if log.suffix == ".gz" else open
    with opened(log, "rt") as file:
        lines = file.readlines()
    half = len(lines) // 2
    part = tmp_path / "part.csv"
    part.write_text("".join(lines[: half + 1]))
    pantau("replay", part, "--mapping", "bank_calls_1999", "--to", data, "--registry", REGISTRY)
    Bookmarks(data / "replays").keep(log, "bank_calls_1999", half)
    assert f"went on after row {half:,}" in pantau("replay", log, "--mapping", "bank_calls_1999", "--to", data)
    assert values("--data", data) == straight


def test_a_process_that_stops_lets_the_open_pages_end(tmp_path: Path) -> None:
    with httpx.Client(timeout=30) as client:
        with served(tmp_path, "--registry", REGISTRY) as running:
            answer = client.send(client.build_request("GET", running.url + "/api/stream"), stream=True)
            lines = answer.iter_lines()
            while not next(lines).startswith("event: overview"):
                pass
        for _ in lines:  # what was under way comes, then the stream ends by itself: a cut one raises here
            pass
        answer.close()


def test_what_is_wrong_is_said_with_its_exit_code(tmp_path: Path) -> None:
    pantau("verify", "--data", tmp_path / "empty", expect=2)
    pantau("replay", tmp_path / "nothing.csv", "--mapping", "bank_calls_1999", "--to", tmp_path / "data", expect=2)
    pantau("replay", ROOT / "README.md", "--mapping", "no-such-mapping", "--to", tmp_path / "data", expect=2)
