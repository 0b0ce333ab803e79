"""Rows on their way into the product: the registry of now judges them, and the place may come and go."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from producers.feeding import JudgingFeed, refused_for
from producers.mapping import compile
from producers.mapping.model import parse
from producers.replay import Summary
from tests.acceptance.product import pantau, served
from tests.sources.places import SECRET, Kept, registry_of
from tests.sources.test_dropped_files import HEADER, ROOT, TOML, line
from tests.support.always_open import ALWAYS_OPEN
from tests.support.kafka import eventually, free_ports

MAPPER = compile(parse(TOML, name="kantor")[0], key=SECRET)
ROW = {"id": "1", "dibuat": "2025-03-03 08:00:00", "dipanggil": ""}


def _feed(registries: list[Registry | BadSetup], kept: Kept) -> JudgingFeed:
    def registry() -> Registry:
        found = registries.pop(0) if len(registries) > 1 else registries[0]
        if isinstance(found, BadSetup):
            raise found
        return found

    return JudgingFeed(MAPPER, kept, registry, SECRET)


def test_a_change_of_the_registry_reaches_a_source_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.feeding.REGISTRY_SECONDS", -1.0)
    kept, summary = Kept(), Summary()
    feed = _feed([registry_of(source="kantor", unit="lain"), registry_of(source="kantor", unit="kantor")], kept)
    feed.take([("a:1", ROW)], summary)
    feed.take([("a:1", ROW)], summary)
    feed.durable()
    assert [len(kept.rejections), len(kept.events)] == [1, 1]
    (reason,) = refused_for(summary)
    assert reason.startswith("1 x kantor unknown_unit: ")


def test_a_registry_that_gets_a_fault_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.feeding.REGISTRY_SECONDS", -1.0)
    kept, summary = Kept(), Summary()
    feed = _feed([registry_of(source="kantor", unit="kantor"), BadSetup("line 3: …")], kept)
    for _ in range(2):
        feed.take([("a:1", ROW)], summary)
    feed.durable()
    assert summary.events == 2
    with pytest.raises(BadSetup):
        _feed([BadSetup("line 3: …")], kept).take([("a:1", ROW)], summary)


REGISTRY = f"""{ALWAYS_OPEN}
[[unit]]
code = "kantor"
name = "Kantor"
kecamatan = "18.01.06"
[[source]]
name = "kantor"
live = false
"""


@pytest.mark.slow
def test_a_source_goes_on_when_the_process_that_serves_was_restarted(tmp_path: Path) -> None:
    """On the same port, with another token; and before it is there at all."""
    data, folder, port = tmp_path / "data", tmp_path / "ekspor", free_ports(1)[0]
    folder.mkdir()
    (tmp_path / "registry.toml").write_text(REGISTRY)
    (tmp_path / "kantor.toml").write_text(TOML)
    (folder / "a.csv").write_text(HEADER + line(1))
    said = tmp_path / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pantau.cli.main", "watch", str(folder), "--mapping",
             str(tmp_path / "kantor.toml"), "--to", str(data), "--every", "50ms", "--settle", "20ms"],
            cwd=ROOT, stdout=file, stderr=file, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    try:
        eventually(lambda: "pantau serve --data" in said.read_text(), "it to wait", said.read_text)
        with served(data, "--registry", tmp_path / "registry.toml", "--port", port):
            eventually(lambda: '"a.csv"' in said.read_text(), "the first file", said.read_text)
        with served(data, "--port", port):
            (folder / "b.csv").write_text(HEADER + line(2) + line(3))
            eventually(lambda: '"b.csv"' in said.read_text(), "the second file", said.read_text)
            assert "equal: 3 events" in pantau("verify", "--data", data)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, said.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in said.read_text()
