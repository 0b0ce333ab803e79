"""``pantau report``: reports as files: the SKM report with its poster, the evaluation of a unit."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from collections.abc import Collection

    from pantau.domain.periods import Period
    from pantau.domain.reports.document import Document
    from pantau.domain.reports.satisfaction import Plan
    from pantau.embedded.desk import Desk

app = typer.Typer(
    name="report", help="Reports as files: SKM with its poster, evaluation of a unit.", no_args_is_help=True
)


class Form(StrEnum):
    """What a report is written as."""

    html = "html"
    docx = "docx"
    poster = "poster"


class PageForm(StrEnum):
    """What an evaluation is written as."""

    html = "html"
    docx = "docx"


Unit = Annotated[str, typer.Option("--unit", help="The unit's code.", show_default=False)]
When = Annotated[
    str, typer.Option("--period", help="2026, 2026-S1, 2026-Q1 (or 2026-TW1), or 2026-03.", show_default=False)
]
Out = Annotated[Path, typer.Option("--out", help="The folder to write into; made if it is not there.")]


@app.command()
def skm(
    unit: Unit,
    period: When,
    data: Data = DATA,
    out: Out = Path(),
    form: Annotated[
        list[Form] | None, typer.Option("--format", help="Only this; may be given again. [default: all three]")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="A TOML file with what only the office knows: its plan, who signs; see docs/reports.md."),
    ] = None,
    lang: Lang = "id",
) -> None:
    """Write the SKM report of a unit and period by PermenPANRB 14/2017: five chapters, and a poster for the wall.

    Word file and web page hold the same: Krejcie-Morgan check, index with its interval and grade, nine elements, plan
    by priority, trend, falls and what was done about them. The web page and the poster are printed from a browser.

    Examples:

      pantau report skm --unit disdukcapil --period 2026-S1

      pantau report skm --unit disdukcapil --period 2026-Q3 --plan rencana.toml --out laporan --format poster

    Prints the files it wrote. Exit codes: 0 written, 2 no such unit or period, or a plan that is wrong, 4 the process
    that owns the data does not answer.
    """
    from pantau.cli.desks import open_desk
    from pantau.reports.reading import skm_figures

    when, known = _period(period), _plan(plan)
    with open_desk(data) as desk:
        _known(desk, unit)
        figures = skm_figures(desk.query, desk.registry, unit, when, desk.now(), known)
    forms = {*(form or Form)}
    name = f"skm-{unit}-{when.code}"
    written: dict[str, bytes] = {}
    if forms - {Form.poster}:
        from pantau.reports.skm import skm_document

        written |= _rendered(skm_document(figures, lang), name, forms)
    if Form.poster in forms:
        from pantau.reports.html import poster_html
        from pantau.reports.poster import skm_poster

        written[f"poster-{name}.html"] = poster_html(skm_poster(figures, lang)).encode()
    _write(out, written)


@app.command("unit")
def evaluation(
    unit: Unit,
    period: When,
    data: Data = DATA,
    out: Out = Path(),
    form: Annotated[
        list[PageForm] | None, typer.Option("--format", help="Only this; may be given again. [default: both]")
    ] = None,
    lang: Lang = "id",
) -> None:
    """Write the evaluation of a unit and period: service against promises, satisfaction, trainings, alerts.

    Every number stands with its n and that of the period before; what a training changed stands with the units it is
    compared with.

    Examples:

      pantau report unit --unit disdukcapil --period 2026-Q3

      pantau report unit --unit disdukcapil --period 2026 --out laporan --format html --lang en

    Prints the files it wrote. Exit codes: 0 written, 2 no such unit or period, 4 the process that owns the data does
    not answer.
    """
    from pantau.cli.desks import open_desk
    from pantau.reports.reading_unit import unit_figures
    from pantau.reports.unit import unit_document

    when = _period(period)
    with open_desk(data) as desk:
        _known(desk, unit)
        figures = unit_figures(desk.query, desk.registry, unit, when, desk.now(), lang)
    _write(out, _rendered(unit_document(figures, lang), f"unit-{unit}-{when.code}", {*(form or PageForm)}))


def _rendered(document: "Document", name: str, forms: "Collection[str]") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    if Form.docx in forms:
        from pantau.reports.word import document_docx

        found[f"{name}.docx"] = document_docx(document)
    if Form.html in forms:
        from pantau.reports.html import document_html

        found[f"{name}.html"] = document_html(document).encode()
    return found


def _write(folder: Path, written: dict[str, bytes]) -> None:
    from pantau.domain.errors import BadSetup

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (folder / name).write_bytes(content)
            typer.echo(str(folder / name))
    except OSError as error:
        raise BadSetup(f"--out {folder}: cannot be written: {error.strerror}; name another folder") from error


def _period(text: str) -> "Period":
    from pantau.domain.errors import BadSetup
    from pantau.domain.periods import parse

    try:
        return parse(text)
    except ValueError as error:
        raise BadSetup(f"--period {error}") from error


def _plan(path: Path | None) -> "Plan":
    """What the office wrote. Raises BadSetup naming what is wrong with it."""
    import tomllib

    import msgspec

    from pantau.domain.errors import BadSetup
    from pantau.domain.reports.satisfaction import Plan
    from pantau.domain.skm import ELEMENTS

    if path is None:
        return Plan()
    try:
        plan = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Plan)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSetup(f"--plan {path}: {error}; docs/reports.md shows one") from error
    keys = [element.key for element in ELEMENTS]
    strange = [step.element for step in plan.step if step.element is not None and step.element not in keys]
    if strange:
        raise BadSetup(f"--plan {path}: element {', '.join(strange)}: there is none; it is one of {', '.join(keys)}")
    return plan


def _known(desk: "Desk", unit: str) -> None:
    from pantau.domain.errors import BadSetup

    if desk.registry.unit(unit) is None:
        raise BadSetup(f"--unit {unit}: the registry has no such unit; see pantau registry show")
