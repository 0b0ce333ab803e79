"""What a person or a program is told of trainings, over twelve offices whose truth is known."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dashboards.queries import board_queries
from pantau.alerting.training import latest_training
from pantau.cli.effect import Measured, effect
from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.outcomes import OUTCOMES
from pantau.domain.errors import BadSetup
from pantau.domain.indicators import Language
from pantau.domain.wire import encode_data
from pantau.domain.zones import local_day
from pantau.effect_texts import sentence
from pantau.embedded.desk import Load, LocalDesk, open_desk
from pantau.embedded.evaluating import evaluate
from pantau.embedded.runtime import Runtime
from producers.packed import Packed
from storage.effects import assessments, computed_at, stored
from storage.queries import catalogue
from tests.effects.offices import AS_OF, LIFT, REGISTRY, surveys, trainings

app = typer.Typer()
app.command()(effect)

LIFTED = LIFT * 25
DAY = 86_400_000


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Assessment]]:
    """A data directory that holds the offices, with effects computed as in the night."""
    directory = tmp_path_factory.mktemp("data")
    runtime = Runtime.open(directory, registry=REGISTRY, clock=lambda: AS_OF)
    runtime.submit([*surveys(), *trainings()]).result()
    runtime.settled()
    desk = LocalDesk(runtime, directory)
    assert evaluate(desk) == 5 * len(OUTCOMES)
    kept = [each.assessment for each in stored(desk.query)]
    earlier = AS_OF - 21 * DAY
    weeks_read = [
        next(assessments(desk.query, REGISTRY, earlier, outcomes=OUTCOMES[:1], live=live)).last_week
        for live in (False, True)
    ]
    assert [(local_day("Asia/Jakarta", earlier) - week).days for week in weeks_read] == [9, 2], "Wednesday"
    runtime.close()
    return directory, kept


@pytest.fixture(scope="module")
def data(night: tuple[Path, list[Assessment]]) -> Path:
    """The directory."""
    return night[0]


@pytest.fixture(scope="module")
def kept(night: tuple[Path, list[Assessment]]) -> list[Assessment]:
    """What the night computed."""
    return night[1]


def run(data: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--data", str(data)], env={"COLUMNS": "250"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def found(data: Path) -> list[dict[str, Any]]:
    """Everything, as a program gets it."""
    return document(data)


def document(data: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(data, "--json", *arguments))["effects"]
    return found


def of(found: list[dict[str, Any]], kind: str, outcome: str, title: str = "") -> dict[str, Any]:
    (one,) = (each for each in found if (each["kind"], each["outcome"], each["title"]) == (kind, outcome, title))
    return one


def test_what_training_moved_is_found_and_what_it_did_not_is_not(found: list[dict[str, Any]]) -> None:
    for outcome in ("kompetensi", "perilaku"):
        each = of(found, "all", outcome)
        assert each["verdict"] == "Membaik"
        assert each["effect"]["low"] <= LIFTED * 0.95 <= each["effect"]["high"], "marks are cut off at 4"
        assert len(each["units_trained"]) == 7
        assert each["effect"]["inference"] == "permutation"
    for outcome in ("biaya", "sarana"):
        assert of(found, "all", outcome)["verdict"] == "Belum terbukti"
    for outcome in ("service_time", "promise"):
        assert of(found, "all", outcome)["effect"]["reason"] == "not_in_data"


def test_trainings_of_one_title_are_a_programme_whatever_its_capitals(found: list[dict[str, Any]]) -> None:
    each = of(found, "programme", "kompetensi", "Pelayanan prima")
    assert each["units_trained"] == ["u0", "u1", "u2", "u3", "u5", "u6"]
    assert each["verdict"] == "Membaik"
    assert "u4" in each["effect"]["comparison"], "until its own training it is one of those not trained"


def test_a_training_of_one_unit_is_judged_against_trainings_that_never_were(found: list[dict[str, Any]]) -> None:
    each = of(found, "training", "kompetensi", "Magang MPP")
    assert each["effect"]["inference"] == "placebo"
    assert each["effect"]["low"] < LIFTED < each["effect"]["high"]


def test_a_planned_training_trains_nobody(found: list[dict[str, Any]]) -> None:
    assert all("u7" not in each["units_trained"] for each in found)


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(child)


def test_no_document_tells_a_before_after_difference_without_its_comparison(found: list[dict[str, Any]]) -> None:
    """Wherever one stands, the effect, its interval, what happened anyway and the compared units stand with it."""
    told = 0
    for each in walk(found):
        if {"naive", "before", "after"} & each.keys():
            numbers = [each[name] for name in ("naive", "common", "effect", "before", "after")]
            assert all(number is None for number in numbers) or all(number is not None for number in numbers)
            if each["naive"] is not None:
                told += 1
                assert each["comparison"]
                assert each["low"] <= each["effect"] <= each["high"]
                assert each["naive"] == pytest.approx(each["effect"] + each["common"])
    assert told > 10


_NUMBER = re.compile(r"[+-]\d")


@pytest.mark.parametrize(("lang", "arguments"), [("id", ()), ("en", ("--detail",))])
def test_no_table_tells_one_either(data: Path, lang: str, arguments: tuple[str, ...]) -> None:
    """A row with a signed number has an interval, the split of before/after, and how many units it is compared with."""
    text = run(data, *arguments, "--lang", lang)
    rows = [line for line in text.splitlines() if _NUMBER.search(line) and line.strip().startswith(("U", "IKM"))]
    rows = [row for row in rows if "(±" not in row]  # the second opinion, told below the table
    assert rows
    for row in rows:
        assert re.search(r"\([+-][\d.,]+ … [+-][\d.,]+\)", row), row
        assert re.search(r"[+-][\d.,]+ = [+-][\d.,]+ [+-] [\d.,]+ +[1-9]\d* unit", row), row


def test_where_nothing_can_be_said_the_reason_is_all(data: Path) -> None:
    text = run(data, "prima", "--unit", "u5", "--outcome", "service_time", "--outcome", "promise")
    assert text.count("  Data belum cukup: belum ada angkanya di unit yang dilatih") == 2, "programme and second wave"
    assert not _NUMBER.search(text)


@pytest.mark.parametrize("language", ["id", "en"])
def test_sentences_tell_what_happened_anyway(kept: list[Assessment], language: Language) -> None:
    for each in kept:
        said = sentence(each, language)
        if each.effect.naive is None:
            assert not _NUMBER.search(said), said
        else:
            assert f"{len(each.effect.comparison)} unit" in said
            assert re.search("terjadi juga tanpa pelatihan|happened without training too", said)


def test_queries_that_draw_a_before_after_difference_draw_its_comparison() -> None:
    """Also those of dashboards: whoever selects ``naive`` selects what it must not stand without."""
    known = {**catalogue(), **board_queries()}
    drawn = [query for query in known.values() if re.search(r"\bnaive\b", query.sql)]
    assert {"effects_shown", "effects_of_programmes", "effects_of_trainings"} <= {query.name for query in drawn}
    for query in drawn:
        assert {"effect", "low", "high", "common", "verdict"} <= {*re.findall(r"\w+", query.sql)}, query.name
        assert "comparison" in query.sql


def test_what_reads_a_before_after_difference_reads_its_comparison() -> None:
    """Pages, reports and messages too: a module that takes the difference takes what it must not stand without."""
    root = Path(__file__).parents[2]
    sources = [path for folder in ("pantau", "dashboards") for path in (root / folder).rglob("*.[pj][ys]")]
    read = re.compile(r"""\.naive\b|["']naive["']""")
    telling = {path: text for path in sources if read.search(text := path.read_text(encoding="utf-8"))}
    assert {"effect_table.py", "effect_texts.py", "unit_trainings.py"} <= {path.name for path in telling}
    for path, text in telling.items():
        assert {"effect", "common"} <= {*re.findall(r"\w+", text)}, path


def test_the_message_about_a_fall_tells_the_verdict_of_the_latest_training(data: Path) -> None:
    with open_desk(data) as desk:
        told = latest_training(desk.query, "u5", "satisfaction", date(2026, 10, 28))
        never = latest_training(desk.query, "u8", "satisfaction", date(2026, 10, 28))
        early = latest_training(desk.query, "u5", "satisfaction", date(2026, 3, 2))
    assert told is not None
    assert told.effect is not None
    assert (told.title, told.effect.kind, told.effect.outcome) == ("Pelayanan Prima", "programme", "ikm")
    assert told.effect.effect.verdict == "better"
    assert (never, early) == (None, None)


def test_what_is_computed_again_is_the_same(data: Path, found: list[dict[str, Any]]) -> None:
    assert document(data, "--now") == found


def test_only_what_was_asked_for(data: Path) -> None:
    shown = document(data, "magang", "--outcome", "kompetensi", "--unit", "u4")
    assert [(each["title"], each["outcome"]) for each in shown] == [("Magang MPP", "kompetensi")]


@pytest.mark.parametrize(
    ("arguments", "said"), [(("tari",), "no training is called 'tari'"), (("--unit", "u99"), "u99")]
)
def test_what_is_not_there_is_said(data: Path, arguments: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, [*arguments, "--data", str(data)])
    assert isinstance(result.exception, BadSetup)
    assert said in str(result.exception)


def test_outcomes_have_one_name() -> None:
    assert {each.value for each in Measured} == {each.key for each in OUTCOMES}


def test_effects_are_computed_once_a_night_and_a_missed_night_is_made_up_for(tmp_path: Path) -> None:
    clock = [AS_OF]
    runtime = Runtime.open(tmp_path, registry=REGISTRY, clock=lambda: clock[0])
    try:
        desk = LocalDesk(runtime, tmp_path)
        assert evaluate(desk) == 0, "no training, nothing to say"
        events = trainings()
        packed = [
            Packed(e.source, e.id, e.kind, e.time, e.arrival, e.content, encode_data(e.data).decode()) for e in events
        ]
        desk.take(Load(packed, [])).result()
        runtime.submit(surveys(weeks=2)).result()
        desk.settled()
        assert evaluate(desk) > 0
        assert {each.assessment.effect.verdict for each in stored(desk.query)} == {"too_little"}
        assert evaluate(desk) == 0, "this night's are there"
        clock[0] += DAY
        assert evaluate(desk) > 0
        assert computed_at(desk.query) == clock[0]
    finally:
        runtime.close()
