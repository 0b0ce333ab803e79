"""``pantau doctor``: one look at everything, nothing changed, and an exit code that tells."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pantau.cli.main import app
from pantau.embedded.running import announce
from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate, migrations
from tests.architecture.tree import ROOT

REGISTRY = ROOT / "examples" / "lampung_selatan" / "registry.toml"


def _doctor(*arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    answer = CliRunner().invoke(app, ["doctor", "--json", "--port", "0", *arguments])
    told = json.loads(answer.stdout)
    assert told["good"] == (answer.exit_code == 0)
    return answer.exit_code, {finding["name"]: finding for finding in told["findings"]}


def test_a_good_set_up_is_called_good_and_nothing_is_made(tmp_path: Path) -> None:
    code, found = _doctor("--data", str(tmp_path / "new"), "--registry", str(REGISTRY))
    assert code == 0
    assert {finding["state"] for finding in found.values()} <= {"good", "note"}
    assert found["engine"]["value"].startswith("answers as ClickHouse")
    assert found["data directory"]["origin"] == "command line"
    assert "19 units" in found["registry"]["value"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("lang", "marks", "names"),
    [
        ("en", ("ok   ", "note "), "python, engine, time zones, holidays, data directory, free space, port, registry"),
        ("id", ("baik ", "ingat"), "python, mesin data, zona waktu, hari libur, direktori data, ruang kosong, port"),
    ],
)
def test_people_get_the_same_in_words_of_their_language(
    tmp_path: Path, lang: str, marks: tuple[str, ...], names: str
) -> None:
    data = str(tmp_path / "file" / "data")
    answer = CliRunner().invoke(app, ["doctor", "--port", "0", "--data", data, "--lang", lang])
    assert answer.exit_code == 0
    for name in names.split(", "):
        assert any(f"\n{mark} {name}" in "\n" + answer.stdout for mark in marks), name
    assert ("dibuat saat pertama dijalankan" in answer.stdout) == (lang == "id")


def test_a_data_directory_that_is_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    code, found = _doctor("--data", str(tmp_path / "data"))
    assert code == 2
    assert "is not a directory" in found["data directory"]["value"]


def test_a_port_that_is_taken_is_bad_and_says_whose_setting_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PANTAU_PORT", str(taken.getsockname()[1]))
        answer = CliRunner().invoke(app, ["doctor", "--lang", "en", "--data", str(tmp_path)])
    assert answer.exit_code == 2
    assert "cannot be used: Address already in use" in answer.stdout
    assert "[PANTAU_PORT]" in answer.stdout


def test_a_registry_with_faults_is_bad_and_the_way_to_them_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "registry.toml"
    broken.write_text("[[unit]]\ncode = 'x'\n")
    code, found = _doctor("--data", str(tmp_path), "--registry", str(broken))
    assert code == 2
    assert f"pantau registry check {broken}" in found["registry"]["todo"]


def test_tables_are_read_and_not_migrated(tmp_path: Path) -> None:
    engine = ChdbEngine(tmp_path / "store")
    newest = migrations()[-1].id
    migrate(engine)
    engine.execute(f"ALTER TABLE schema_migrations DELETE WHERE id = {newest} SETTINGS mutations_sync = 2")
    engine.close()
    for _ in range(2):
        code, found = _doctor("--data", str(tmp_path))
        assert code == 0
        assert found["tables"]["value"].startswith(f"at {newest - 1:04} of {newest:04}; 1 more")


def test_tables_of_a_newer_version_are_bad(tmp_path: Path) -> None:
    engine = ChdbEngine(tmp_path / "store")
    migrate(engine)
    engine.execute("INSERT INTO schema_migrations (id, name, checksum) VALUES (9999, 'from tomorrow', '')")
    engine.close()
    code, found = _doctor("--data", str(tmp_path))
    assert code == 2
    assert "newer Pantau Layanan" in found["tables"]["todo"]


def test_an_owner_that_does_not_answer_is_bad(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dead:
        port = dead.getsockname()[1]
    announce(tmp_path, f"http://127.0.0.1:{port}")
    code, found = _doctor("--data", str(tmp_path))
    assert code == 2
    assert "does not answer" in found["owner"]["value"]


def test_a_setting_that_makes_no_sense_ends_with_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from pantau.cli.main import main

    monkeypatch.setenv("PANTAU_PORT", "eighty")
    monkeypatch.setattr(sys, "argv", ["pantau", "doctor"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "PANTAU_PORT = eighty" in capsys.readouterr().err
