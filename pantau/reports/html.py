"""A document or a poster as one HTML file: no other file, no script, no address; made to be printed on A4."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from pantau.domain.reports.document import Document, Poster
from pantau.reports.charts import bars_drawn, line_drawn
from pantau.reports.writing import typeset


def document_html(document: Document) -> str:
    """The report as a page."""
    return _environment().get_template("document.html").render(document=document)


def poster_html(poster: Poster) -> str:
    """The poster as a page."""
    return _environment().get_template("poster.html").render(poster=poster)


@cache
def _environment() -> Environment:
    folder = files("pantau") / "reports" / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=select_autoescape(("html", "svg"), default_for_string=True),
        undefined=StrictUndefined,
        finalize=_typeset,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_text"] = css_text
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.globals["bars_drawn"] = bars_drawn
    environment.globals["line_drawn"] = line_drawn
    return environment


def _typeset(value: object) -> object:
    """What is printed of a value: plain texts are set, what is markup already stays as it is."""
    return typeset(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def css_text(text: str) -> str:
    """A text in quotes for a style sheet; whatever could end the quotes or the sheet is written as its number."""
    safe = "".join(sign if sign.isalnum() or sign in " .,()" else f"\\{ord(sign):x} " for sign in text)
    return f'"{safe}"'
