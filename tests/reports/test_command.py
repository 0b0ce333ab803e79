"""``pantau report`` over half a year of twelve offices: the files, and that their numbers are the product's."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import docx
import pytest
import typer
from typer.testing import CliRunner

from pantau.cli.indicators import indicators
from pantau.cli.report import app
from pantau.domain.alerts.detection import Transition, Turn
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.indicators import Language
from pantau.domain.periods import parse
from pantau.domain.registry import Registry
from pantau.domain.reports.document import Line, Note
from pantau.domain.reports.evaluation import UnitFigures
from pantau.domain.reports.satisfaction import Plan, SkmFigures
from pantau.domain.zones import HOUR, MINUTE, day_start
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.reports.reading import skm_figures
from pantau.reports.reading_unit import unit_figures
from pantau.reports.unit import unit_document
from storage.alerts import AlertTables
from tests.effects.offices import AS_OF, FIRST_MONDAY, REGISTRY, made, surveys, trainings
from tests.reports.test_documents import blocks, statements


class Read(NamedTuple):
    """A data directory and what was read from it."""

    data: Path
    skm: dict[tuple[str, str], SkmFigures]
    units: dict[str, UnitFigures]


OFFICES = Registry.from_rows(
    [
        *REGISTRY.to_rows(),
        {
            "kind": "service",
            "body": {"code": "ktp", "name": "KTP-el", "group": "adminduk", "kind": "ticket"},
        },
        {"kind": "standard", "body": {"measure": "wait_to_start", "service": "ktp", "limit_ms": 20 * MINUTE}},
    ]
)
"""The offices, which promise that people wait for at most twenty minutes."""


def queue() -> list[Event]:
    """Forty people at u0 in week 12, 25 May 2026: thirty wait for ten minutes, ten for half an hour."""
    events = []
    for n in range(40):
        begun = at(12, n % 5, 8) + n * 5 * MINUTE
        started = begun + (10 if n < 30 else 30) * MINUTE
        for kind, time, about in (
            ("ticket.created", begun, {"service": "ktp"}),
            ("service.started", started, {}),
            ("service.ended", started + 5 * MINUTE, {}),
        ):
            events.append(made(kind, time, "antrean", unit="u0", ticket=f"A{n}", **about))
    return events


def fall() -> list[Transition]:
    """One fall of u0, from Monday to Thursday of week 12."""
    return [
        Transition(
            at=at(12, day, 10), unit="u0", group="adminduk", indicator="late", turn=turn, alert=ALERT,
            day=20_598 + day, since=at(12, 0, 8), evidence=1, threshold=1, baseline=20_500,
        )
        for turn, day in TURNS
    ]  # fmt: skip


ALERT = "00000000000000aa"
TURNS: tuple[tuple[Turn, int], ...] = (("falling", 0), ("recovered", 3))


def at(week: int, day: int, hour: int) -> int:
    """An hour of a weekday on the offices' wall clock."""
    return day_start("Asia/Jakarta", FIRST_MONDAY + timedelta(weeks=week, days=day)) + hour * HOUR


shown = typer.Typer()
shown.command()(indicators)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """A data directory that holds the offices, and figures of some units and periods."""
    directory = tmp_path_factory.mktemp("data")
    runtime = Runtime.open(directory, registry=OFFICES, clock=lambda: AS_OF)
    runtime.submit([*surveys(), *trainings(), *queue()]).result()
    runtime.settled()
    desk = LocalDesk(runtime, directory)
    AlertTables(runtime.engine).record((Recorded(transition=turn, found_at=turn.at), ()) for turn in fall())
    desk.answer_alert(
        Acknowledgement(alert=ALERT, at=at(12, 0, 12), by="Sekcam", note="loket kedua", due=date(2026, 6, 1))
    )
    asked = [("u3", "2026-Q2"), ("u3", "2026-S1"), ("u9", "2026-05"), ("u9", "2026"), ("u0", "2026-Q2")]
    read = Read(
        directory,
        {
            (unit, period): skm_figures(desk.query, desk.registry, unit, parse(period), AS_OF, Plan())
            for unit, period in asked
        },
        {
            unit: unit_figures(desk.query, desk.registry, unit, parse(period), AS_OF, "id")
            for unit, period in (("u0", "2026-Q2"), ("u5", "2026-S2"))
        },
    )
    runtime.close()
    return read


@pytest.fixture(scope="module")
def data(read: Read) -> Path:
    """The directory."""
    return read.data


def test_the_index_of_a_report_is_the_products(read: Read, data: Path) -> None:
    for (unit, code), figures in read.skm.items():
        period = parse(code)
        span = ["--from", period.first.isoformat(), "--to", period.last.isoformat()]
        result = CliRunner().invoke(
            shown, ["ikm", "nrr", "--unit", unit, *span, "--data", str(data), "--json"], catch_exceptions=False
        )
        values = {line["indicator"]: line["value"] for line in json.loads(result.stdout)["lines"]}
        assert figures.ikm.value == Decimal(str(values["ikm"]["value"]))
        assert figures.ikm.answers == values["ikm"]["n"] > 30
        assert [float(mark or 0) for mark in figures.ikm.nrr] == pytest.approx(
            [values[name]["value"] for name in values if name.startswith("nrr.")]
        )


def test_parts_add_up_to_the_whole(read: Read) -> None:
    """The first half of 2026 has answers from March on, so it is March and the second quarter."""
    half, quarter = read.skm["u3", "2026-S1"], read.skm["u3", "2026-Q2"]
    trend = dict(quarter.trend)
    assert half.ikm.answers == sum(ikm.answers for ikm in trend.values())
    assert trend[quarter.period] == quarter.ikm
    assert sum(each.ikm.answers for each in half.services) == half.ikm.answers
    assert all(sum(group.n for group in trait.groups) == half.ikm.answers for trait in half.profile)
    assert half.served is None, "nobody was counted who was served"
    assert half.known_to == date(2026, 10, 23)


def run(*arguments: str) -> list[Path]:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [Path(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(("language", "said"), [("id", "Semester I 2026"), ("en", "H1 2026")])
def test_all_forms_are_written_and_hold_the_index(data: Path, tmp_path: Path, language: Language, said: str) -> None:
    place = ["--data", str(data), "--out", str(tmp_path / "laporan"), "--lang", language]
    files = run("skm", "--unit", "u3", "--period", "2026-s1", *place)
    assert [file.name for file in files] == ["skm-u3-2026-S1.docx", "skm-u3-2026-S1.html", "poster-skm-u3-2026-S1.html"]
    word = docx.Document(str(files[0]))
    texts = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for content in (texts, *(file.read_text(encoding="utf-8") for file in files[1:])):
        assert "Kantor 3" in content
        assert said in content


def test_the_office_adds_what_only_it_knows(data: Path, tmp_path: Path) -> None:
    plan = tmp_path / "rencana.toml"
    plan.write_text('place = "Kalianda"\n[[step]]\nelement = "waktu"\naction = "Loket kedua"\ndue = 2026-12-31\n')
    (poster,) = run(
        "skm", "--unit", "u3", "--period", "2026-S1", "--data", str(data), "--out", str(tmp_path), "--plan", str(plan),
        "--format", "poster",
    )  # fmt: skip
    assert "Loket kedua (s.d. 31 Desember 2026)" in poster.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "u99", "--period", "2026"), "--unit u99: the registry has no such unit"),
        (("--unit", "u3", "--period", "2026-S3"), "--period a year has no half 3"),
        (("--unit", "u3", "--period", "semester 1"), "--period 'semester 1' is not a period; write 2026, 2026-S1"),
        (("--unit", "u3", "--period", "2026", "--plan", "{}/none.toml"), "No such file"),
        (("--unit", "u3", "--period", "2026", "--plan", "{}/odd.toml"), "unknown field `elemen`"),
        (("--unit", "u3", "--period", "2026", "--plan", "{}/strange.toml"), "element u1: there is none"),
        (("--unit", "u3", "--period", "2026", "--out", "{}/odd.toml"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(data: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "odd.toml").write_text('[[step]]\nelemen = "waktu"\naction = "x"\n')
    (tmp_path / "strange.toml").write_text('[[step]]\nelement = "u1"\naction = "x"\n')
    asked = [each.format(tmp_path) for each in arguments]
    where = [] if "--out" in asked else ["--out", str(tmp_path)]
    result = CliRunner().invoke(app, ["skm", *asked, "--data", str(data), *where])
    assert isinstance(result.exception, BadSetup), result.output
    assert said in str(result.exception)


def test_an_evaluation_judges_by_the_promise_and_tells_falls(read: Read) -> None:
    figures = read.units["u0"]
    (service,) = [each for each in figures.services if each.promise.value is not None]
    assert (service.name, service.promise.value, service.promise.n) == ("KTP-el", 0.75, 40)
    assert service.standard is not None
    assert service.wait.value == pytest.approx(10 * MINUTE, rel=0.01)
    said = "\n".join(statements(unit_document(figures, "id")))
    assert "KTP-el | mulai dilayani dalam 20 menit | 75,0 % | 40 | – | – |" in said
    assert "1 penurunan: 1 ditindaklanjuti, 0 dinyatakan selesai." in said
    assert "loket kedua" in said
    assert "Sekcam" not in said, "nobody is named"
    assert figures.skm.served == 40
    assert figures.skm.ikm.minimum == 36


def test_an_evaluation_tells_trainings_up_to_its_end_and_their_effects(read: Read) -> None:
    assert read.units["u0"].trainings[0].title == "Pelayanan prima"
    assert {each.kind for each in read.units["u0"].effects} == {"training", "programme"}
    assert {each.programme for each in read.units["u5"].effects} == {"siasn/ST-3", "pelayanan prima"}
    assert not read.skm["u9", "2026"].followups


_SIGNED = re.compile(r"[+-]\d")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("unit", ["u0", "u5"])
def test_no_evaluation_tells_a_before_after_difference_without_its_comparison(
    read: Read, unit: str, language: Language
) -> None:
    """Wherever one stands: its interval, what of it happened anyway, and how many units it is compared with."""
    document = unit_document(read.units[unit], language)
    told = [text for text in statements(document) if _SIGNED.search(text)]
    assert told
    for text in told:
        if " | " in text:
            assert re.search(r"\([+-][\d.,]+ … [+-][\d.,]+\)", text), text
            assert re.search(r"[+-][\d.,]+ [=≈] [+-][\d.,]+ [+−] [\d.,]+ \| [1-9]\d* unit", text), text
        else:
            assert re.search("terjadi juga tanpa pelatihan|happened without training too", text), text
    lines = [block for block in blocks(document) if isinstance(block, Line)]
    by_week = [line for line in lines if "0" in {point.label for point in line.points}]
    assert by_week
    assert all(line.compared for line in by_week), "weeks since a training are drawn beside the comparison"
    notes = [block.title for block in blocks(document) if isinstance(block, Note)]
    assert notes.count("Bukan pengaruh pelatihan" if language == "id" else "Not an effect of training") == 2


def test_an_evaluation_is_written_as_page_and_file(data: Path, tmp_path: Path) -> None:
    files = run("unit", "--unit", "u9", "--period", "2026-TW2", "--data", str(data), "--out", str(tmp_path))
    assert [file.name for file in files] == ["unit-u9-2026-Q2.docx", "unit-u9-2026-Q2.html"]
    page = files[1].read_text(encoding="utf-8")
    assert "Evaluasi Kinerja Pelayanan" in page
    assert "Belum ada pelatihan yang selesai di unit ini" in page
    assert "None" not in page
