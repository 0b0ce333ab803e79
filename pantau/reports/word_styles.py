"""How a Word file looks: page, fonts and styles, and the edges of cells."""

from typing import Any, Final

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from pantau.domain.reports.document import Tone

INK: Final = "16212B"
MUTED: Final = "56626E"
ACCENT: Final = "0B5394"
RULE: Final = "D5DBE1"
TONES: Final[dict[Tone, str]] = {
    "plain": ACCENT,
    "good": "00695C",
    "watch": "A35A00",
    "bad": "B3261E",
    "unknown": "6D7781",
}
FONT: Final = "Arial"


def lay_out(word: WordDocument, language: str) -> None:
    """Set page and styles of a new document."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(22)
    styles = word.styles
    normal = styles["Normal"]
    _font(normal, 10.5, INK)
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.25
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), "id-ID" if language == "id" else "en-GB")
    normal.element.get_or_add_rPr().append(tongue)
    for name, size, before, after in (("Heading 1", 19, 0, 12), ("Heading 2", 12.5, 14, 5)):
        style = styles[name]
        _font(style, size, ACCENT if size > 15 else INK, bold=True)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    styles["Heading 1"].paragraph_format.page_break_before = True
    title = styles["Title"]
    _font(title, 32, INK, bold=True)
    edge = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if edge is not None:
        edge.getparent().remove(edge)
    _font(styles["Subtitle"], 15, MUTED)
    styles["Subtitle"].font.italic = False
    spacing = styles["Subtitle"].element.get_or_add_rPr().find(qn("w:spacing"))
    if spacing is not None:
        spacing.getparent().remove(spacing)
    styles["Subtitle"].paragraph_format.space_after = Pt(200)
    caption = styles["Caption"]
    _font(caption, 9, MUTED, bold=False)
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(6), Pt(4)
    caption.paragraph_format.keep_with_next = True
    _font(styles["Footer"], 8, MUTED)
    stops = styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
    _new_styles(word)


def _new_styles(word: WordDocument) -> None:
    styles = word.styles
    points = styles.add_style("Points", WD_STYLE_TYPE.PARAGRAPH)
    points.base_style = styles["Normal"]
    points.paragraph_format.left_indent, points.paragraph_format.first_line_indent = Mm(7), Mm(-7)
    points.paragraph_format.space_after = Pt(3)
    points.paragraph_format.tab_stops.add_tab_stop(Mm(7))
    unit = styles.add_style("Cover unit", WD_STYLE_TYPE.PARAGRAPH)
    _font(unit, 12, ACCENT, bold=True)
    unit.paragraph_format.space_before, unit.paragraph_format.space_after = Pt(110), Pt(14)
    contents = styles.add_style("Contents title", WD_STYLE_TYPE.PARAGRAPH)
    _font(contents, 19, ACCENT, bold=True)
    contents.paragraph_format.space_after = Pt(12)
    for name, indent, before in (("TOC 1", 0, 6), ("TOC 2", 8, 0)):
        listed = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        listed.base_style = styles["Normal"]
        listed.font.bold = not indent
        listed.paragraph_format.left_indent = Mm(indent)
        listed.paragraph_format.space_before, listed.paragraph_format.space_after = Pt(before), Pt(2)
        listed.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    gap = styles.add_style("Gap", WD_STYLE_TYPE.PARAGRAPH)
    _font(gap, 5, INK)
    gap.paragraph_format.space_after = Pt(2)
    signed = styles.add_style("Signature block", WD_STYLE_TYPE.PARAGRAPH)
    signed.base_style = styles["Normal"]
    signed.paragraph_format.left_indent = Mm(95)
    signed.paragraph_format.space_after = Pt(3)
    signed.paragraph_format.keep_with_next = True
    grid = styles.add_style("Report grid", WD_STYLE_TYPE.TABLE)
    grid.base_style = styles["Normal Table"]
    grid.element.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>"
            f'<w:bottom w:val="single" w:sz="4" w:color="{RULE}"/><w:insideH w:val="single" w:sz="4" w:color="{RULE}"/>'
            '</w:tblBorders><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
            '<w:bottom w:w="60" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        )
    )


def _font(style: Any, size: float, color: str, *, bold: bool | None = None) -> None:
    font = style.font
    font.name, font.size, font.color.rgb = FONT, Pt(size), RGBColor.from_string(color)
    if bold is not None:
        font.bold = bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme's font would win over the name
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def shade(
    cell: Any, fill: str | None, *, edge: str | None = None, top: str | None = None, bottom: str | None = None
) -> None:
    """Fill a cell and draw a thick line at its left or top, or a thin one below; colours are hex digits."""
    properties = cell._tc.get_or_add_tcPr()
    sides = {"top": (top, 24), "left": (edge, 36), "bottom": (bottom, 8)}
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/>'
        for side, (color, size) in sides.items()
        if color
    )
    if borders:
        properties.append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{borders}</w:tcBorders>"))
    if fill is not None:
        properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'))


def pad(table: Any, height: int, width: int) -> None:
    """Keep the text of a table's cells away from their edges, in twentieths of a point, and its edge on the margin.

    The table's layout is fixed already; the order of its properties is that of ECMA-376, part 1, 17.4.59.
    """
    sides = {"top": height, "left": width, "bottom": height, "right": width}
    cells = "".join(f'<w:{side} w:w="{size}" w:type="dxa"/>' for side, size in sides.items())
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addprevious(parse_xml(f'<w:tblInd {nsdecls("w")} w:w="0" w:type="dxa"/>'))
    layout.addnext(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{cells}</w:tblCellMar>"))
