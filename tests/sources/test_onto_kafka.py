"""A source hands its rows to a real Kafka, which is killed meanwhile: every row is on the bus."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pantau.bus.topics import EVENTS
from tests.bus.reading import events_of, records
from tests.sources.test_dropped_files import HEADER, ROOT, TOML, line
from tests.sources.test_feeding import REGISTRY
from tests.support.kafka import Broker, eventually

SURROUNDINGS = {"PANTAU_SECRET": "0f" * 32}


@pytest.mark.slow
def test_a_broker_killed_while_files_come_is_waited_for(own_kafka: Broker, tmp_path: Path) -> None:
    bus, folder, said = f"kafka://{own_kafka.bootstrap}", tmp_path / "ekspor", tmp_path / "said"
    folder.mkdir()
    (tmp_path / "registry.toml").write_text(REGISTRY)
    (tmp_path / "kantor.toml").write_text(TOML)
    command = [sys.executable, "-P", "-m", "pantau.cli.main"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **SURROUNDINGS}
    subprocess.run([*command, "topics", "create", "--bus", bus], check=True, env=surroundings, capture_output=True)
    with said.open("wb") as file:
        process = subprocess.Popen(
            [*command, "watch", str(folder), "--mapping", str(tmp_path / "kantor.toml"), "--to", bus, "--registry",
             str(tmp_path / "registry.toml"), "--state", str(tmp_path / "state"), "--every", "50ms",
             "--settle", "20ms"],
            cwd=ROOT, stdout=file, stderr=file, env=surroundings,
        )  # fmt: skip
    try:
        (folder / "a.csv").write_text(HEADER + "".join(line(n) for n in range(1, 101)))
        eventually(lambda: '"a.csv"' in said.read_text(), "the first file", said.read_text)
        own_kafka.kill()
        (folder / "b.csv").write_text(HEADER + "".join(line(n) for n in range(101, 201)))
        eventually(lambda: any((tmp_path / "state").rglob("taking/b.csv")), "the second file to be begun")
        own_kafka.start()
        eventually(lambda: '"b.csv"' in said.read_text(), "the second file", said.read_text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, said.read_text()
    finally:
        process.kill()
        process.wait()
    found = {event.id for event in events_of(records(own_kafka.bootstrap, EVENTS))}
    assert found == {f"{n}/created" for n in range(1, 201)}
    assert "Traceback" not in said.read_text()
