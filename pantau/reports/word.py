"""A document as a Word file: styles, a table of contents, tables, and charts that stay charts."""

import io
from datetime import UTC, datetime, time
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from pantau.domain.reports.document import (
    AnyBlock,
    Bars,
    Chapter,
    Document,
    Grid,
    Keys,
    Line,
    Note,
    Paragraph,
    Points,
    Section,
    Signature,
)
from pantau.reports.word_charts import add_chart
from pantau.reports.word_styles import MUTED, TONES, lay_out, pad, shade
from pantau.reports.writing import typeset

LINE_MM = 170.0
"""What is between the margins of a page."""

SHORT_TABLE = 14
"""A table of so few rows stays on one page."""

_CONTENTS = {"id": "Daftar isi", "en": "Contents"}


def document_docx(document: Document) -> bytes:
    """The report as the bytes of a .docx file."""
    word = new_document()
    lay_out(word, document.language)
    _cover(word, document)
    _contents(word, document)
    for chapter in document.every:
        _chapter(word, chapter, on_new_page=document.paged or chapter is document.summary)
    properties = word.core_properties
    properties.title = f"{document.title}: {document.subtitle}"
    properties.author = document.about[0][1]
    properties.language = document.language
    properties.comments = ""
    properties.created = properties.modified = datetime.combine(document.written, time(), UTC)
    properties.last_modified_by = ""
    _footer(word, document.foot)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _cover(word: WordDocument, document: Document) -> None:
    unit = word.add_paragraph(style="Cover unit")
    unit.add_run(document.about[0][1])
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    table = word.add_table(rows=0, cols=2)
    for name, value in document.about:
        cells = table.add_row().cells
        _write(cells[0], name, color=MUTED)
        _write(cells[1], value)
    _fit(table, (26, 74))
    word.add_section(WD_SECTION.NEW_PAGE)


def _contents(word: WordDocument, document: Document) -> None:
    """A field that Word fills with page numbers; until then it shows chapters and sections."""
    word.add_paragraph(_CONTENTS[document.language], style="Contents title")
    lines = []
    for chapter in document.every:
        lines.append((_chapter_title(chapter), "TOC 1"))
        lines += [(f"{each.number} {each.title}", "TOC 2") for each in chapter.sections if each.number]
    paragraphs = [word.add_paragraph(text, style=style) for text, style in lines]
    first, last = paragraphs[0], paragraphs[-1]
    begin = [_field("begin", dirty=True), _instruction(r'TOC \o "1-2" \h \z \u'), _field("separate")]
    for offset, run in enumerate(begin):
        first._p.insert(1 + offset, run)  # after the paragraph's properties
    last._p.append(_field("end"))


def _field(kind: str, *, dirty: bool = False) -> Any:
    run, part = OxmlElement("w:r"), OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    if dirty:
        part.set(qn("w:dirty"), "true")
    run.append(part)
    return run


def _instruction(text: str) -> Any:
    run, part = OxmlElement("w:r"), OxmlElement("w:instrText")
    part.set(qn("xml:space"), "preserve")
    part.text = text
    run.append(part)
    return run


def _chapter_title(chapter: Chapter) -> str:
    return f"{chapter.label} {chapter.title}".strip()


def _chapter(word: WordDocument, chapter: Chapter, *, on_new_page: bool) -> None:
    heading = word.add_heading(_chapter_title(chapter), level=1)
    heading.paragraph_format.page_break_before = on_new_page
    if not on_new_page:
        heading.paragraph_format.space_before = Pt(26)
    for section in chapter.sections:
        _section(word, section)


def _section(word: WordDocument, section: Section) -> None:
    if section.title:
        word.add_heading(f"{section.number} {section.title}".strip(), level=2)
    for block in section.blocks:
        _block(word, block)


def _block(word: WordDocument, block: AnyBlock) -> None:
    match block:
        case Paragraph():
            word.add_paragraph(typeset(block.text))
        case Points():
            for index, item in enumerate(block.items, 1):
                paragraph = word.add_paragraph(style="Points")
                paragraph.add_run(f"{index}." if block.numbered else "•")
                paragraph.add_run(f"\t{typeset(item)}")
        case Note():
            _note(word, block)
        case Keys():
            _keys(word, block)
        case Grid():
            _grid(word, block)
        case Bars() | Line():
            word.add_paragraph(typeset(block.caption), style="Caption")  # no marks of the period before in these charts
            add_chart(word, block, LINE_MM)
        case Signature():
            _signature(word, block)


def _note(word: WordDocument, note: Note) -> None:
    table = word.add_table(rows=1, cols=1)
    cell = table.rows[0].cells[0]
    paragraph = cell.paragraphs[0]
    paragraph.add_run(f"{note.title}. ").bold = True
    paragraph.add_run(typeset(note.text))
    paragraph.paragraph_format.space_after = Pt(0)
    shade(cell, "F3F5F7", edge=TONES[note.tone])
    _fit(table, (100,))
    pad(table, 90, 170)
    word.add_paragraph(style="Gap")


def _keys(word: WordDocument, keys: Keys) -> None:
    table = word.add_table(rows=1, cols=len(keys.keys))
    for cell, key in zip(table.rows[0].cells, keys.keys, strict=True):
        _write(cell, key.label, color=MUTED, size=9)
        value = cell.add_paragraph()
        run = value.add_run(typeset(key.value))
        run.bold, run.font.size = True, Pt(22)
        if key.tone != "plain":
            run.font.color.rgb = RGBColor.from_string(TONES[key.tone])
        beside = cell.add_paragraph().add_run(typeset(key.beside))
        beside.font.size, beside.font.color.rgb = Pt(8.5), RGBColor.from_string(MUTED)
        shade(cell, None, top=TONES[key.tone])
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_after = Pt(1)
    _fit(table, (1,) * len(keys.keys))
    pad(table, 70, 60)
    word.add_paragraph(style="Gap")


def _grid(word: WordDocument, grid: Grid) -> None:
    word.add_paragraph(typeset(grid.caption), style="Caption")
    table = word.add_table(rows=1 + len(grid.rows), cols=len(grid.head), style="Report grid")
    short = len(grid.rows) <= SHORT_TABLE
    for index, (row, texts) in enumerate(zip(table.rows, (grid.head, *grid.rows), strict=True)):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit" if index else "w:tblHeader"))
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            paragraph = _write(cell, text, bold=not index, size=9)
            if column in grid.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if short and index < len(grid.rows):
                paragraph.paragraph_format.keep_with_next = True
            if not index:
                shade(cell, None, bottom="16212B")
    _fit(table, grid.widths)
    word.add_paragraph(style="Gap")


def _signature(word: WordDocument, signature: Signature) -> None:
    dots = "………………………………"
    lines = (f"{signature.place or '………………'}, ………………………", signature.role or dots, "", "", signature.name or dots)
    for index, text in enumerate((*lines, f"NIP {signature.number or dots}")):
        paragraph = word.add_paragraph(style="Signature block")
        paragraph.add_run(text).bold = index == len(lines) - 1


def _write(cell: Any, text: str, *, bold: bool = False, size: float | None = None, color: str | None = None) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(typeset(text))
    run.bold = bold or None
    if size is not None:
        run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = RGBColor.from_string(color)
    return paragraph


def _fit(table: Any, widths: tuple[int, ...]) -> None:
    """Give columns their shares of the line."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    sizes = [Mm(LINE_MM * width / sum(widths)) for width in widths]
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = size
    for row in table.rows:
        for cell, size in zip(row.cells, sizes, strict=True):
            cell.width = size


def _footer(word: WordDocument, text: str) -> None:
    """The foot of every page but the cover: what this is, and the number of the page."""
    footer = word.sections[-1].footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = word.styles["Footer"]
    paragraph.add_run(f"{text}\t")
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
