"""``pantau report`` over half a year of twelve offices: the files, and that their numbers are the product's."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
import typer
from typer.testing import CliRunner

from pantau.cli.indicators import indicators
from pantau.cli.report import app
from pantau.domain.errors import BadSetup
from pantau.domain.indicators import Language
from pantau.domain.periods import parse
from pantau.domain.reports.satisfaction import Plan, SkmFigures
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.reports.reading import skm_figures
from tests.effects.offices import AS_OF, REGISTRY, surveys, trainings

shown = typer.Typer()
shown.command()(indicators)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the offices."""
    directory = tmp_path_factory.mktemp("data")
    runtime = Runtime.open(directory, registry=REGISTRY, clock=lambda: AS_OF)
    runtime.submit([*surveys(), *trainings()]).result()
    runtime.settled()
    runtime.close()
    return directory


@pytest.fixture(scope="module")
def read(data: Path) -> dict[tuple[str, str], SkmFigures]:
    """Figures of some units and periods."""
    runtime = Runtime.open(data, registry=None, clock=lambda: AS_OF)
    desk = LocalDesk(runtime, data)
    asked = [("u3", "2026-Q2"), ("u3", "2026-S1"), ("u9", "2026-05"), ("u9", "2026")]
    found = {
        (unit, period): skm_figures(desk.query, desk.registry, unit, parse(period), AS_OF, Plan())
        for unit, period in asked
    }
    runtime.close()
    return found


def test_the_index_of_a_report_is_the_products(read: dict[tuple[str, str], SkmFigures], data: Path) -> None:
    for (unit, code), figures in read.items():
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


def test_parts_add_up_to_the_whole(read: dict[tuple[str, str], SkmFigures]) -> None:
    """The first half of 2026 has answers from March on, so it is March and the second quarter."""
    half, quarter = read["u3", "2026-S1"], read["u3", "2026-Q2"]
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
