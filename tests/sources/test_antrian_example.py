"""A Laravel antrian table in a real MariaDB, polled by the command into a served data directory, end to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.product import pantau, served, values
from tests.support.databases import Server
from tests.support.kafka import eventually

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "antrian_mpp"
PASSWORD = "ganti-kata-sandi-ini"


def _statements() -> list[str]:
    lines = [line for line in (EXAMPLE / "queues.sql").read_text().splitlines() if not line.startswith("--")]
    return [statement for statement in "\n".join(lines).split(";") if statement.strip()]


@contextmanager
def _polling(address: str, data: Path, said: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with said.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pantau.cli.main", "poll", "--database", address, "--table", "queues",
             "--cursor", "updated_at", "--mapping", "antrian_mpp", "--to", str(data), "--every", "100ms"],
            cwd=ROOT, stdout=file, stderr=file,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PANTAU_DATABASE_PASSWORD": PASSWORD},
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_laravel_queue_becomes_indicators(mariadb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_DATABASE_PASSWORD", PASSWORD)
    name = mariadb.new_database()
    mariadb.execute(name, *_statements())
    address = mariadb.address(name, "pantau")
    where = ("poll", "--database", address, "--table", "queues", "--cursor", "updated_at", "--mapping", "antrian_mpp")
    shown = pantau(*where, "--check")
    assert "2025-03-03T01:12:03.000Z  ticket.called" in shown
    assert "4 rows read, 0 cannot be mapped; nothing was sent" in shown
    data, said = tmp_path / "data", tmp_path / "said"
    with served(data, "--registry", EXAMPLE / "registry.toml"):
        with _polling(address, data, said):  # and killed in the end, in the middle of anything
            eventually(lambda: _tickets(data) == 4, "the morning")
        mariadb.execute(
            name,
            "INSERT INTO queues (service_id, number, created_at, updated_at) "
            "VALUES (12, 'A003', '2025-03-03 02:00:00', '2025-03-03 02:00:00')",
            "UPDATE queues SET status = 'called', called_at = '2025-03-03 02:09:00', counter_id = 3, "
            "updated_at = '2025-03-03 02:09:00' WHERE number = 'A003'",
        )
        with _polling(address, data, said) as process:
            eventually(lambda: _tickets(data) == 5, "a new number")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        found = values("wait_to_call.mean", "--data", data)
        assert "equal" in pantau("verify", "--data", data)
    assert found["wait_to_call.mean"] == 733_250, "ms: waits of 11:53, 19:00, 9:00 and 9:00 minutes"
    told = said.read_text()
    assert "Traceback" not in told
    assert PASSWORD not in told


def _tickets(data: Path) -> int:
    return int(values("arrivals", "--data", data)["arrivals"] or 0)


@pytest.mark.slow
def test_asked_once_the_command_opens_the_directory_itself(
    mariadb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_DATABASE_PASSWORD", PASSWORD)
    name = mariadb.new_database()
    mariadb.execute(name, *_statements()[:2])
    monkeypatch.setenv("PANTAU_DATABASE_PASSWORD", "rahasia-uji")
    once = (
        "poll", "--database", mariadb.address(name), "--table", "queues", "--cursor", "updated_at", "--mapping",
        "antrian_mpp", "--once", "--to", tmp_path / "data", "--registry", EXAMPLE / "registry.toml",
    )  # fmt: skip
    assert "4 rows, 14 events accepted" in pantau(*once)
    assert "equal" in pantau("verify", "--data", tmp_path / "data")
    assert "2 rows, 6 events accepted" in pantau(*once), "the last ten minutes before the newest row, once more"
    assert "equal: 14 events" in pantau("verify", "--data", tmp_path / "data")
