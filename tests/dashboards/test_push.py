"""``pantau dashboards push`` and the marks of ``annotate``: an existing Grafana gets what it lacks, nothing twice."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.testing import CliRunner

from dashboards.annotations import Annotation, annotations_of, sync
from dashboards.build import FOLDER, built
from dashboards.grafana import Grafana
from dashboards.push import ClickHouse, push
from dashboards.render import SOURCE_UID
from pantau.cli.main import app
from pantau.domain.errors import BadSetup, NotNow, PantauError
from pantau.domain.zones import DAY, day_start
from tests.dashboards.fallen import step
from tests.dashboards.grafana_stub import TOKEN, Stub
from tests.strategies import MONDAY, REGISTRY, UNITS, registry

TABLES = ClickHouse(host="clickhouse", port=9000, password="rahasia")


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture
def grafana(stub: Stub) -> Iterator[Grafana]:
    grafana = Grafana(stub.url, token=TOKEN)
    yield grafana
    grafana.close()


def run(*arguments: object, token: str = TOKEN) -> str:
    result = CliRunner().invoke(app, ["dashboards", *map(str, arguments)], env={"GRAFANA_TOKEN": token})
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object, code: int, token: str = TOKEN) -> str:
    """What the verb says when it ends with an error."""
    result = CliRunner().invoke(app, ["dashboards", *map(str, arguments)], env={"GRAFANA_TOKEN": token})
    assert isinstance(result.exception, PantauError)
    assert result.exception.exit_code == code
    return str(result.exception)


def test_a_first_push_makes_folders_the_data_source_and_every_board(stub: Stub, grafana: Grafana) -> None:
    steps = [*push(grafana, TABLES)]
    assert {step.action for step in steps} == {"create"}
    provided = yaml.safe_load((FOLDER.parent / "provisioning/dashboards/pantau.yaml").read_text())["providers"]
    titles = {each["folderUid"]: each["folder"] for each in provided}
    assert {uid: folder["title"] for uid, folder in stub.folders.items()} == titles
    boards = [json.loads(text) for text in built().values()]
    assert stub.boards.keys() == {board["uid"] for board in boards}
    for board in boards:
        saved, about = stub.boards[board["uid"]]
        assert about["folderUid"] == f"pantau-{board['tags'][1]}"
        assert saved["panels"] == board["panels"]
    source = stub.sources[SOURCE_UID]
    assert source["jsonData"]["host"] == "clickhouse"
    assert source["secureJsonData"] == {"password": "rahasia"}


def test_a_second_push_changes_nothing(stub: Stub, grafana: Grafana) -> None:
    [*push(grafana, TABLES)]
    before = len(stub.written)
    assert {step.action for step in push(grafana, TABLES)} == {"same"}
    assert len(stub.written) == before


def test_what_somebody_changed_is_put_right_and_nothing_else(stub: Stub, grafana: Grafana) -> None:
    [*push(grafana, TABLES)]
    stub.boards["pantau-unit"][0]["panels"][0]["title"] = "Lain"
    stub.folders["pantau-en"]["title"] = "Other"
    stub.sources[SOURCE_UID]["jsonData"]["host"] = "elsewhere"
    changed = {(step.kind, step.uid) for step in push(grafana, TABLES) if step.action == "update"}
    assert changed == {("board", "pantau-unit"), ("folder", "pantau-en"), ("datasource", SOURCE_UID)}
    assert {step.action for step in push(grafana, TABLES)} == {"same"}


def test_a_dry_run_tells_the_same_and_changes_nothing(stub: Stub, grafana: Grafana) -> None:
    told = [*push(grafana, TABLES, dry_run=True)]
    assert not stub.written
    assert told == [*push(grafana, TABLES)]


def test_without_tables_the_data_source_is_left_to_others(stub: Stub, grafana: Grafana) -> None:
    assert "datasource" not in {step.kind for step in push(grafana, None)}
    assert not stub.sources


def test_what_files_of_this_grafana_provide_is_not_fought_over(stub: Stub, grafana: Grafana) -> None:
    [*push(grafana, TABLES)]
    stub.sources[SOURCE_UID] |= {"readOnly": True, "jsonData": {}}
    stub.boards["pantau-unit"][1]["provisioned"] = True
    with pytest.raises(BadSetup, match="pantau-unit is provided by files"):
        [*push(grafana, TABLES)]
    assert stub.sources[SOURCE_UID]["jsonData"] == {}


def test_every_path_is_one_that_grafana_13_serves(stub: Stub, grafana: Grafana) -> None:
    [*push(grafana, TABLES)]
    [*push(grafana, TABLES)]
    sync(grafana, [note("a")])
    sync(grafana, [])
    served = ("/folders", "/datasources/uid/", "/datasources", "/dashboards/uid/", "/dashboards/db", "/annotations")
    assert all(path.startswith(served) for _, path in stub.asked)
    assert not [path for _, path in stub.asked if "/id/" in path]


@pytest.mark.parametrize(
    ("status", "raised", "said"),
    [(500, NotNow, "fails"), (502, NotNow, "fails"), (412, NotNow, "busy"), (403, BadSetup, "role Admin")],
)
def test_what_goes_wrong_says_what_to_do(stub: Stub, grafana: Grafana, status: int, raised: Any, said: str) -> None:
    stub.fails = lambda method, path: status if method == "POST" else None
    with pytest.raises(raised, match=said):
        [*push(grafana, TABLES)]


def test_a_wrong_token_a_wrong_address_and_a_server_that_is_away(stub: Stub) -> None:
    assert "does not know the token" in refused("push", stub.url, code=2, token="other")
    assert "no address of a Grafana" in refused("push", "grafana:3000", code=2)
    assert "does not answer" in refused("push", "http://127.0.0.1:9", code=4)
    stub.role = "Viewer"
    assert "role Admin" in refused("push", stub.url, code=2)


def test_the_verb_tells_each_step_in_the_reader_s_language(stub: Stub) -> None:
    said = run("push", stub.url, "--tables", "http://127.0.0.1:8322", "--dry-run")
    assert "Unit pelayanan: baru" in said
    assert run("push", stub.url, "--tables", "http://127.0.0.1:8322") == said
    assert stub.sources[SOURCE_UID]["jsonData"]["protocol"] == "http"
    again = run("push", stub.url, "--tables", "http://127.0.0.1:8322", "--lang", "en")
    assert again.count("same already") == len(again.splitlines())
    assert "write clickhouse://" in refused("push", stub.url, "--tables", "mysql://x", code=2)


def note(key: str, *, text: str = "Workshop", tags: tuple[str, ...] = ("pelatihan",)) -> Annotation:
    return Annotation(key=key, time=MONDAY, end=MONDAY + DAY, tags=tags, text=text)


def test_annotations_become_exactly_the_wanted_ones_and_those_of_others_stay(stub: Stub, grafana: Grafana) -> None:
    grafana.add_annotation(time=1, end=2, tags=["pantau"], text="by hand, with our tag")
    done = sync(grafana, [note("a"), note("b")])
    assert (done.added, done.changed, done.removed, done.same) == (2, 0, 0, 0)
    done = sync(grafana, [note("a", text="Workshop pelayanan"), note("c")])
    assert (done.added, done.changed, done.removed, done.same) == (1, 1, 1, 0)
    done = sync(grafana, [note("a", text="Workshop pelayanan"), note("c")])
    assert (done.added, done.changed, done.removed, done.same) == (0, 0, 0, 2)
    assert sorted(each["text"] for each in stub.notes.values()) == [
        "Workshop",
        "Workshop pelayanan",
        "by hand, with our tag",
    ]


def test_trainings_measures_and_holidays_are_marked_in_the_unit_s_own_days() -> None:
    unit, zone = UNITS[0], REGISTRY.zone(UNITS[0])
    rows: list[dict[str, Any]] = [
        {"unit": unit, "source": "s", "subject": "1", "title": "Magang", "siasn_type": 5, "starts": "2026-03-30",
         "ends": "2026-03-31"},
        {"unit": unit, "source": "s", "subject": "2", "title": "Sistem baru", "siasn_type": None,
         "starts": "2026-03-30", "ends": None},
    ]  # fmt: skip
    found = {each.text.partition(" – ")[0]: each for each in annotations_of(REGISTRY, rows)}
    assert found.keys() == {"Magang", "Sistem baru", "Libur"}
    magang = found["Magang"]
    assert magang.tags == ("pelatihan", f"unit:{unit}")
    assert magang.time == day_start(zone, date(2026, 3, 30))
    assert magang.end == day_start(zone, date(2026, 4, 1)) - 1
    assert found["Sistem baru"].tags[0] == "tindakan"
    assert found["Libur"].tags == ("libur",)
    assert len({each.key for each in annotations_of(registry(), rows)}) == 3


def test_an_alert_is_one_mark_from_its_fall_to_its_end() -> None:
    unit = UNITS[0]
    fell, over = step(unit, "late", 1, "falling", MONDAY).transition, step(unit, "late", 1, "recovered", MONDAY + DAY)
    (mark,) = [each for each in annotations_of(REGISTRY, [], [fell]) if "peringatan" in each.tags]
    assert (mark.time, mark.end, mark.tags) == (MONDAY, MONDAY, ("peringatan", f"unit:{unit}"))
    assert mark.text.startswith("Tepat janji menurun – ")
    (ended,) = [each for each in annotations_of(REGISTRY, [], [over.transition, fell]) if "peringatan" in each.tags]
    assert (ended.key, ended.time, ended.end) == (mark.key, MONDAY, MONDAY + DAY)
    assert ended.text.startswith("Tepat janji menurun, pulih – ")
