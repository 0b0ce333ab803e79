"""Charts of a Word file as DrawingML: sharp at any size, in the fonts of the document, read by every office program.

The values lie in the chart itself (ECMA-376, part 1, 21.2), not in a workbook beside it.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from docx.document import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm
from jinja2 import Environment, StrictUndefined, Template

from pantau.domain.reports.document import Bars, Line
from pantau.reports.word_styles import TONES

_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
_BAR_MM: Final = 8.0
_LINE_HEIGHT_MM: Final = 62.0

_FRAME: Final = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>
<wp:docPr id="{number}" name="Chart {number}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{relation}"/>
</a:graphicData></a:graphic></wp:inline></w:drawing>
"""


def add_chart(word: WordDocument, chart: Bars | Line, line_mm: float) -> None:
    """Append a chart as wide as the line. Its words for those who cannot see it are the chart's own numbers."""
    number = 1 + sum(part.content_type == _TYPE for part in word.part.package.iter_parts())
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _TYPE, chart_xml(chart), word.part.package)
    relation = word.part.relate_to(part, _RELATION)
    height = _BAR_MM * len(chart.bars) + 10 if isinstance(chart, Bars) else _LINE_HEIGHT_MM
    frame = parse_xml(
        _FRAME.format(width=int(Mm(line_mm)), height=int(Mm(height)), number=100 + number, relation=relation)
    )
    frame.find(".//{*}docPr").set("descr", _described(chart))
    word.add_paragraph().add_run()._r.append(frame)


def chart_xml(chart: Bars | Line) -> bytes:
    """The part that holds a chart."""
    return _template().render(chart=chart, bars=isinstance(chart, Bars), tones=TONES).encode()


def _described(chart: Bars | Line) -> str:
    if isinstance(chart, Bars):
        said = [f"{each.label} {each.text}" for each in chart.bars]
    else:
        said = [" ".join(filter(None, (each.label, each.text, each.beside))) for each in chart.points]
    return f"{chart.caption}: {'; '.join(said)}"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = (files("pantau") / "reports" / "templates" / "chart.xml").read_text(encoding="utf-8")
    return environment.from_string(text)
