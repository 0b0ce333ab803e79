"""What a person or a program gets from ``pantau indicators``, over the small week whose numbers are known."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from pantau.cli.indicators import indicators
from pantau.domain.errors import PantauError
from pantau.domain.indicators import Choices, Reason
from pantau.domain.rejections import flaw
from pantau.domain.requests import Table
from pantau.domain.skm import Flag
from pantau.domain.wire import encode_data
from pantau.embedded.desk import Load, open_desk
from pantau.indicator_texts import CHOICES, FLAGS, REASONS, choice_text
from producers.packed import Packed
from tests.cli.test_sources_and_rejects import refusal
from tests.storage_tests.week import REGISTRY, everything

app = typer.Typer()
app.command()(indicators)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the week."""
    directory = tmp_path_factory.mktemp("data")
    packed = [
        Packed(
            event.source,
            event.id,
            event.kind,
            event.time,
            event.arrival,
            event.content,
            encode_data(event.data).decode(),
        )
        for event in everything()
    ]
    with open_desk(directory, registry=REGISTRY) as desk:
        desk.take(Load(packed, [])).result()
        desk.settled()
    return directory


def run(data: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--data", str(data)], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.stdout


def refuse(data: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--data", str(data)])
    assert isinstance(result.exception, PantauError)
    assert result.exception.exit_code == 2
    return str(result.exception)


def test_people_read_values_n_reasons_and_definitions(data: Path) -> None:
    printed = run(
        data, "wait_to_start.mean", "promise", "rating", "--by", "unit", "--from", "2026-11-10", "--to", "2026-11-10"
    )
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert (
        "Disdukcapil Tunggu sampai dilayani, rata-rata 15 mnt 48 dtk 5 sampel kecil; 20,0 % waktu diperkirakan" in lines
    )
    assert "Tepat janji 60,00 % 5 sampel kecil" in lines
    assert "Penilaian, rata-rata 4,00 2 sampel kecil" in lines
    assert "Penilaian, rata-rata – belum ada jawaban" in lines
    assert any("Sel 10 Nov 2026 sampai Sel 10 Nov 2026" in line for line in lines)
    text = " ".join(lines)
    assert "Dari nomor diambil sampai mulai dilayani" in text
    assert "[tunggu nol dihitung]" in text
    assert "[yang pergi menurut standar; selesai = produk terbit]" in text


def test_people_can_read_english(data: Path) -> None:
    printed = " ".join(run(data, "ikm", "--unit", "dukcapil", "--lang", "en").split())
    assert "Satisfaction index (IKM) 85.19 (B)" in printed
    assert "below the minimum sample; few answers; many straight-lined answers" in printed
    assert "element weight 1/9; interval confidence 0.95; minimum sample 30" in printed


def test_programs_get_the_whole_table_as_json(data: Path) -> None:
    table = msgspec.json.decode(
        run(data, "waiting_now", "--by", "unit", "--as-of", "2026-11-10 11:30", "--json"), type=Table
    )
    waiting = {line.key: line.value.value for line in table.lines}
    assert waiting == {("camat",): 0, ("diam",): None, ("dukcapil",): 1, ("makassar",): 0, ("samsat",): None}
    assert table.about[0].definition.startswith("Nomor antrean yang diambil pada hari pelayanan setempat")


def test_an_instant_with_an_offset_means_that_instant(data: Path) -> None:
    local = json.loads(run(data, "longest_wait_now", "--as-of", "2026-11-10 11:30", "--json"))
    utc = json.loads(run(data, "longest_wait_now", "--as-of", "2026-11-10T04:30:00Z", "--json"))
    assert local["as_of"] == utc["as_of"] == 1_794_285_000_000
    assert local["lines"] == utc["lines"]


def test_spreadsheets_get_one_row_a_group_and_indicator(data: Path) -> None:
    printed = run(data, "served", "service_time.p90", "--by", "counter", "--unit", "dukcapil", "--csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    found = {(row["counter"], row["indicator"]): row for row in rows}
    assert found["L1", "served"]["value"] == "3"
    assert found["L2", "service_time.p90"]["n"] == "1"
    assert found["L1", "service_time.p90"]["unit_of_value"] == "ms"
    assert found["L1", "service_time.p90"]["choices"] == "percentile=nearest_rank"
    assert float(found["L1", "service_time.p90"]["imputed"]) == pytest.approx(1 / 3)


def test_a_limit_is_a_time(data: Path) -> None:
    table = json.loads(run(data, "wait_to_start.within", "--unit", "dukcapil", "--within", "15 min", "--json"))
    assert table["lines"][0]["value"]["value"] == 0.4
    assert table["about"][0]["choices"]["within_ms"] == 900_000


def test_definitions_can_be_chosen(data: Path) -> None:
    options = [
        "--percentile",
        "exact",
        "--zero-waits",
        "not_counted",
        "--leavers",
        "not_counted",
        "--ikm-weight",
        "0.11",
    ]
    table = json.loads(run(data, "wait_to_start.p50", "promise", "ikm", "--unit", "dukcapil", *options, "--json"))
    values = {line["indicator"]: line["value"]["value"] for line in table["lines"]}
    assert values == {"wait_to_start.p50": 16 * 60_000, "promise": 0.75, "ikm": 84.33}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wait_to_strat"], "wait_to_start"),
        (["--unit", "nobody"], "'nobody': not in the registry"),
        (["--from", "10-11-2026"], "write it like 2026-11-10"),
        (["--by", "unit", "--by", "kecamatan"], "only one of unit"),
        (["--json", "--csv"], "choose one"),
    ],
)
def test_what_means_nothing_is_refused_in_words(data: Path, arguments: list[str], words: str) -> None:
    assert words in refuse(data, *arguments)


def test_the_list_names_every_indicator() -> None:
    result = CliRunner().invoke(app, ["--list", "--lang", "en"], env={"COLUMNS": "200"})
    assert "turnaround_working.p90" in result.stdout
    assert "An open ticket of" in result.stdout or "an open ticket of" in result.stdout


def test_help_teaches_with_examples() -> None:
    printed = CliRunner().invoke(app, ["--help"]).stdout
    for words in ("--percentile", "pantau indicators wait_to_start promise --by unit", "Exit codes"):
        assert words in printed


def test_every_reason_flag_and_choice_has_its_words() -> None:
    assert set(REASONS) == set(Reason.__args__)  # type: ignore[attr-defined]
    assert set(FLAGS) == {"few", *Flag.__args__}  # type: ignore[attr-defined]
    for name, field in ((field.name, field) for field in msgspec.structs.fields(Choices)):
        value = field.default if field.default is not None else 30_000
        assert choice_text(name, value, "id") != choice_text(name, value, "en"), name
    for name, texts in CHOICES.items():
        literal = next(field.type for field in msgspec.structs.fields(Choices) if field.name == name)
        assert set(texts) == set(literal.__args__)


def test_where_nothing_is_known_and_events_were_refused_the_way_to_them_is_told(tmp_path: Path) -> None:
    unknown = flaw("unknown_unit", "data.unit", "kec-x", "id", nearest="").fault
    with open_desk(tmp_path, registry=REGISTRY) as desk:
        desk.take(Load([], [refusal(n, "unknown_unit", unknown) for n in range(3)])).result()
    for language, said in (("id", "3 kejadian ditolak"), ("en", "3 events are refused")):
        result = CliRunner().invoke(app, ["--data", str(tmp_path), "--json"], env={"PANTAU_LANG": language})
        assert result.exit_code == 0
        assert said in result.stderr
        assert f"pantau rejects list --data {tmp_path}" in result.stderr
        assert json.loads(result.stdout)["lines"]


def test_where_something_is_known_nothing_is_said_of_refusals(data: Path) -> None:
    result = CliRunner().invoke(app, ["--data", str(data)])
    assert result.stderr == ""
