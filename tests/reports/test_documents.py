"""The reports themselves: what every text must hold, on the page, in the file and on the poster."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from string import Formatter

import docx
import msgspec
import pytest
from docx.oxml import parse_xml

from pantau.domain.alerts.figures import Figure
from pantau.domain.indicators import Language, Text
from pantau.domain.reports.document import Bars, Block, Document, Grid, Keys, Line, Note, Paragraph, Point, Points
from pantau.domain.reports.followups import Fall
from pantau.domain.reports.satisfaction import Plan, Step
from pantau.domain.skm import Ikm, Sums, ikm
from pantau.reports.charts import line_drawn
from pantau.reports.followup_table import followup_grid
from pantau.reports.html import css_text, document_html, poster_html
from pantau.reports.poster import skm_poster
from pantau.reports.skm import skm_document
from pantau.reports.skm_words import POSTER, WORDS
from pantau.reports.word import document_docx
from pantau.reports.word_charts import chart_xml
from pantau.reports.writing import typeset
from tests.reports.figures import FALL, LOST, PERIOD, ZONE, answers, figures

LANGUAGES: tuple[Language, ...] = ("id", "en")
CHAPTERS = [
    "Ringkasan", "BAB I Pendahuluan", "BAB II Pengumpulan data SKM", "BAB III Hasil pengolahan data SKM",
    "BAB IV Analisis hasil SKM", "BAB V Penutup", "LAMPIRAN Cara hitung",
]  # fmt: skip


def statements(document: Document) -> Iterator[str]:
    """Every text of a document that stands by itself: a paragraph, an item, a row of a table, a chart."""
    for block in blocks(document):
        match block:
            case Paragraph() | Note():
                yield block.text
            case Points():
                yield from block.items
            case Keys():
                yield from (f"{key.label} {key.value} {key.beside}" for key in block.keys)
            case Grid():
                yield from (" | ".join(row) for row in block.rows)
            case Bars():
                yield block.caption
            case Line() if block.compared:
                yield block.caption
            case Line():
                yield from (f"{point.label} {point.text} {point.beside}" for point in block.points)


def blocks(document: Document) -> Iterator[Block]:
    for chapter in document.every:
        for section in chapter.sections:
            yield from section.blocks


def grid(document: Document, caption: str) -> Grid:
    return next(block for block in blocks(document) if isinstance(block, Grid) and block.caption == caption)


def whole(document: Document) -> str:
    return "\n".join(statements(document))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("n", "served"), [(4, 50), (47, 50), (47, None)])
def test_no_index_stands_without_how_many_answered(language: Language, n: int, served: int | None) -> None:
    document = skm_document(figures(n=n, served=served), language)
    value = "72,22" if language == "id" else "72.22"
    told = [text for text in statements(document) if value in text]
    assert len(told) >= 6
    for text in told:
        assert re.search(rf"(?<![\d.,]){n}(?![.,]?\d)", text.replace(value, "")), text


def test_an_index_of_too_few_is_provisional_wherever_it_is_read_first() -> None:
    few = figures(n=4, served=50)
    said = whole(skm_document(few, "id"))
    assert "4 responden belum memenuhi sampel minimal 44 dari 50 orang yang dilayani (Krejcie–Morgan)" in said
    assert "masih kurang 40 responden" in said
    assert "Tambahkan sekurang-kurangnya 40 responden" in said
    poster = skm_poster(few, "id")
    assert poster.caution == "Angka sementara: diperlukan 44 responden, baru ada 4."
    assert poster.tone == "unknown"
    assert {each.tone for each in poster.elements} == {"unknown"}


def test_an_index_of_enough_is_graded() -> None:
    enough = figures(n=47, served=50)
    said = whole(skm_document(enough, "id"))
    assert "IKM Disdukcapil pada Semester I 2026 adalah 72,22, mutu C (kinerja Kurang baik)" in said
    assert "47 responden memenuhi sampel minimal 44 dari 50" in said
    poster = skm_poster(enough, "id")
    assert (poster.value, poster.grade, poster.tone, poster.caution) == ("72,22", "C", "watch", "")
    assert [each.text for each in poster.elements] == ["3,00"] * 8 + ["2,00"]


def test_where_nobody_answered_no_number_is_made_up() -> None:
    document = skm_document(figures(n=0, served=50), "id")
    assert "tidak dapat dinyatakan" in whole(document)
    assert not any(isinstance(block, Bars) for block in document.summary.sections[0].blocks)
    poster = skm_poster(figures(n=0, served=None, plan=Plan()), "id")
    assert (poster.value, poster.grade) == ("–", "–")
    assert poster.caution == "Belum ada jawaban survei pada periode ini."


def test_a_period_that_is_not_over_says_so() -> None:
    running = figures(read_on=date(2026, 5, 2))
    assert "memuat data sampai 2 Mei 2026" in whole(skm_document(running, "id"))
    assert "data sampai 2 Mei 2026" in skm_poster(running, "id").caution


def test_two_periods_are_compared_and_no_cause_is_read_from_them() -> None:
    """All answers of a period are equal here, so neither has an interval and nothing may be said of the difference."""
    assert "IKM berubah" not in whole(skm_document(figures(), "id"))
    rows = grid(skm_document(figures(), "id"), "IKM antarperiode").rows
    assert [row[0] for row in rows] == ["Semester II 2025", "Semester I 2026"], "none of a period without answers"


def test_a_grade_that_was_lost_is_a_notice_of_its_own() -> None:
    document = skm_document(figures(lost_grades=(LOST,)), "id")
    (note,) = [each for each in blocks(document) if isinstance(each, Note) and each.title == "Mutu IKM turun"]
    assert note.text == (
        "Sejak 4 Mei 2026 jelas bahwa IKM unit ini tidak lagi bermutu B: 75,12 (mutu C, n = 188) pada 20 hari terakhir "
        "dengan jawaban, 84,22 (mutu B) pada 40 hari sebelumnya; batas atasnya (95 %) 76,59. Penyebabnya tidak dapat "
        "dibaca dari angka ini."
    )
    assert "grade B no more: 75.12" in whole(skm_document(figures(lost_grades=(LOST,)), "en"))


def test_what_fell_is_said_once_however_many_alerts_tell_of_it() -> None:
    ikm = Figure(indicator="satisfaction", n=17, days=2, before=8_400, now=7_550)
    two = Figure(indicator="satisfaction", n=2, days=1, before=8_400, now=7_000)
    time = Figure(indicator="time", n=90, days=2, before=300_000, now=600_000)
    late = Figure(indicator="late", n=90, days=2, before=900_000, now=500_000, k=45, usual=81)

    def told(*falls: Fall) -> str:
        found = msgspec.structs.replace(FALL, falls=falls)
        return followup_grid([found], ZONE, PERIOD.last, "id").rows[0][2]

    later = msgspec.structs.replace(ikm, n=30, now=6_820)
    text = told(Fall("late", "g", (late, ikm)), Fall("time", "g", (time, ikm)), Fall("satisfaction", "-", (later,)))
    assert [text.count(word) for word in ("Tepat janji", "Waktu layanan", "Kepuasan", "68,2")] == [1, 1, 1, 1]
    assert "Kepuasan" not in told(Fall("late", "g", (late, two))), "two people are no satisfaction of a unit"


def test_the_plan_begins_with_the_worst_and_leaves_room_where_nothing_is_planned() -> None:
    rows = grid(skm_document(figures(), "id"), "Rencana tindak lanjut menurut prioritas").rows
    assert rows[0][1:] == (
        "U9 Sarana dan prasarana", "2,00 (D)", "Menambah 20 kursi tunggu", "30 September 2026", "Subbag Umum",
    )  # fmt: skip
    assert rows[1][3:] == ("…………",) * 3
    assert rows[-1][1:4] == ("Umum", "–", "Mengumumkan hasil survei di ruang layanan")


def test_a_fall_is_told_with_what_was_done_and_without_who() -> None:
    said = whole(skm_document(figures(), "id"))
    assert "7KQM" in said
    assert "membuka loket kedua; dijawab setelah 3 jam; tenggat Rab 15 Apr 2026" in said
    assert "Dari 1 penurunan, 1 ditindaklanjuti dan 1 dinyatakan selesai." in said


@pytest.mark.parametrize("words", [WORDS, POSTER])
def test_both_languages_tell_the_same_facts(words: dict[str, Text]) -> None:
    for name, text in words.items():
        facts = [{field for _, field, _, _ in Formatter().parse(said) if field} for said in (text.id, text.en)]
        assert facts[0] == facts[1], name


@pytest.fixture(scope="module")
def file() -> bytes:
    return document_docx(skm_document(figures(), "id"))


def test_the_file_opens_again_with_its_chapters_tables_and_foot(file: bytes) -> None:
    word = docx.Document(io.BytesIO(file))
    assert [each.text for each in word.paragraphs if each.style and each.style.name == "Heading 1"] == CHAPTERS
    heads = [table.rows[0].cells[0].text for table in word.tables]
    assert {"Unsur", "Periode", "No.", "Kode", "Mutu pelayanan", "Karakteristik"} <= {*heads}
    elements = next(table for table in word.tables if table.rows[0].cells[0].text == "Unsur")
    assert [cell.text for cell in elements.rows[9].cells] == [
        "U9 Sarana dan prasarana", "4", "2,000", "0,222", "50,00", "D", "−2,00",
    ]  # fmt: skip
    assert word.sections[-1].footer.paragraphs[0].text.startswith("Laporan SKM Disdukcapil, Semester I 2026")
    assert word.core_properties.title == "Laporan Survei Kepuasan Masyarakat: Disdukcapil · Semester I 2026"
    contents = [each.text for each in word.paragraphs if each.style and each.style.name == "TOC 1"]
    assert contents == CHAPTERS


def test_charts_in_the_file_are_charts_with_the_numbers_and_words_for_who_cannot_see_them(file: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        charts = [parts.read(name) for name in parts.namelist() if name.startswith("word/charts/")]
        text = parts.read("word/document.xml").decode()
    assert len(charts) == 3
    for chart in charts:
        parse_xml(chart)
    values = re.findall(r"<c:v>([\d.]+)</c:v>", charts[0].decode().split("<c:val>")[1])
    assert values == ["3.0"] * 8 + ["2.0"]
    assert len(re.findall(r'descr="Nilai rata-rata[^"]*U9 Sarana dan prasarana 2,00 D"', text)) == 2


NAME = "Kantor <b>\"Satu\"</b> & \\ 'Dua' } body { color: red"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_all_of_it_and_asks_for_nothing(language: Language) -> None:
    document = skm_document(figures(), language)
    page = document_html(document)
    assert page.startswith("<!doctype html>")
    for chapter in document.every:
        assert chapter.title in page
    assert page.count("<svg") == 3
    for found in re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?([^"')\s>]+)""", page):
        assert found.startswith("#"), found
    assert "<script" not in page
    assert "None" not in page


def test_a_name_is_text_and_never_markup_or_style() -> None:
    odd = figures(name=NAME)
    for page in (document_html(skm_document(odd, "id")), poster_html(skm_poster(odd, "id"))):
        assert "<b>" not in page
        style = page[page.index("<style>") : page.index("</style>")]
        assert "color: red" not in style
    docx.Document(io.BytesIO(document_docx(skm_document(odd, "id"))))


def test_a_text_in_a_style_sheet_cannot_end_its_quotes() -> None:
    assert css_text('a"b\\c\n</style>') == r'"a\22 b\5c c\a \3c \2f style\3e "'


def test_a_number_stays_with_its_sign() -> None:
    assert typeset("(kisaran -0,0 sampai +8,1), 84 %; n = 4; kec-18.01, 2026-06-30") == (
        "(kisaran −0,0 sampai +8,1), 84\u00a0%; n\u00a0=\u00a04; kec-18.01, 2026-06-30"
    )


NOBODY_ON_COST = Sums(answers=6, counts=(6, 6, 6, 0, 6, 6, 6, 6, 6), totals=(18, 18, 18, 0, 18, 18, 18, 18, 18))


@pytest.mark.parametrize(
    "found",
    [
        ikm(Sums()),
        ikm(Sums(), population=9),
        ikm(NOBODY_ON_COST, population=9),
        ikm(answers(9, lowest=1), weight="0.11"),
    ],
    ids=["nothing", "nobody answered", "an element unanswered", "an older weight"],
)
def test_whatever_is_missing_the_report_is_whole(found: Ikm) -> None:
    """An unknown number is a dash everywhere, never 0 and never an empty place."""
    odd = msgspec.structs.replace(figures(), ikm=found, trend=((PERIOD, found),), services=(), profile=())
    document = skm_document(odd, "id")
    page = document_html(document)
    assert "None" not in page
    word = docx.Document(io.BytesIO(document_docx(document)))
    assert [each.text for each in word.paragraphs if each.style and each.style.name == "Heading 1"] == CHAPTERS
    if found.value is None:
        assert "IKM Disdukcapil pada Semester I 2026: –" in whole(document)
    assert poster_html(skm_poster(odd, "id"))


PATH = Line(
    caption="Waktu layanan",
    points=tuple(Point(label=f"{week:+d}", value=float(week % 5), text="", beside="") for week in range(-10, 9)),
    least=0,
    most=5,
    compared=tuple(2.0 for _ in range(19)),
    names=("kenyataan", "tanpa pelatihan"),
)


def test_two_lines_are_drawn_with_their_names_apart() -> None:
    drawn = line_drawn(PATH)
    (own, other) = drawn.ends
    assert (own.label, other.label) == PATH.names
    assert abs(own.at - other.at) >= 15
    assert len(drawn.compared.split()) == 19
    assert [point.label for point in drawn.points if point.label][-1] == "+8"
    assert sum(bool(point.label) for point in drawn.points) <= 12
    xml = chart_xml(PATH).decode()
    assert xml.count("<c:ser>") == 2
    assert "tanpa pelatihan" in xml
    parse_xml(xml.encode())
    with pytest.raises(ValueError, match="another number of points"):
        msgspec.structs.replace(PATH, compared=(1.0,))


def test_a_poster_shows_as_much_of_a_plan_as_there_is_room_for() -> None:
    """Seven short steps fit; of eight one line says that there are more."""
    for n, shown, last in ((7, 7, "Langkah 6"), (8, 7, "dan 2 langkah lain, lihat laporan SKM")):
        plan = Plan(step=tuple(Step(f"Langkah {each}") for each in range(n)))
        doing = skm_poster(figures(plan=plan), "id").doing
        assert (len(doing), doing[-1]) == (shown, last)
