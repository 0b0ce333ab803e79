"""Every real set through the whole product: replayed, in any order, the stream equals the batch."""

import csv
import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from pantau.cli.replaying import replay_files
from pantau.embedded.desk import Desk, open_desk

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]

SETS = {
    "bank_calls_1999": (["bank_calls_1999/january1999.csv.gz"], 114_885, 30_401),
    "permit_receipt": (["permit_receipt/receipt.csv.gz"], 2_763, 1_434),
    "nhs_ae_four_hours": (["nhs_ae_four_hours/ae_attendances.csv.gz"], 12_765, 12_765),
    "airport_passport_control": (["airport_passport_control/ORD-2019.csv"], 20_799, 20_799),
    "hcahps": (["hcahps/state_results.csv"], 4_580, 4_580),
    "warsaw_counters": (
        [
            f"warsaw_counters/{office}.csv.gz"
            for office in ("UD_Bielany", "UD_Mokotow_1", "UD_Rembertow", "UD_Srodmiescie_2", "UD_Wola", "USC_Andersa")
        ],
        259_666,
        259_666,
    ),
}
"""Set -> (files, different events, facts)."""


def into(data: Path, name: str, files: list[Path], *, registry: bool = True) -> int:
    summary = replay_files(
        files,
        mapping=name,
        to=str(data),
        registry=ROOT / "examples" / name / "registry.toml" if registry else None,
        speed="max",
        key=None,
        on_progress=lambda *_: None,
    )
    assert summary.rejected == 0, summary.tally.reasons("en")
    return summary.events


def stored(desk: Desk) -> tuple[Any, ...]:
    """Everything a person could ask of the windows, in one row."""
    return tuple(desk.query("windows_digest").rows[0])


@pytest.mark.parametrize("name", SETS)
def test_the_stream_equals_the_batch_on_every_real_set(name: str, real_data: Path, tmp_path: Path) -> None:
    files, events, facts = SETS[name]
    into(tmp_path, name, [real_data / file for file in files])
    with open_desk(tmp_path) as desk:
        report = desk.verify()
        assert report.equal, report.examples
        assert report.facts == facts
        assert desk.query("count_events").rows[0][0] == events


@pytest.fixture
def shuffled(real_data: Path, tmp_path: Path) -> Path:
    with gzip.open(real_data / "bank_calls_1999" / "january1999.csv.gz", "rt", newline="") as file:
        header, *rows = csv.reader(file)
    random.Random(1999).shuffle(rows)
    path = tmp_path / "shuffled.csv"
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return path


def test_any_order_and_any_repetition_give_the_same_numbers(real_data: Path, shuffled: Path, tmp_path: Path) -> None:
    original = real_data / "bank_calls_1999" / "january1999.csv.gz"
    into(tmp_path / "straight", "bank_calls_1999", [original])
    into(tmp_path / "mixed", "bank_calls_1999", [shuffled, original])
    with open_desk(tmp_path / "straight") as desk:
        expected = stored(desk)
    with open_desk(tmp_path / "mixed") as desk:
        assert stored(desk) == expected
        assert desk.verify().equal
