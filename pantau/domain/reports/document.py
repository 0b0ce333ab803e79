"""A document as data: chapters, paragraphs, tables and charts, before anybody says whether it is a page or a file.

A number in it is a text already, with all that must stand beside it; a chart carries numbers and the texts beside them.
"""

from datetime import date
from typing import Literal

import msgspec

Tone = Literal["plain", "good", "watch", "bad", "unknown"]
"""What a colour may say; a word says it too."""


class Block(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One piece of a chapter."""


class Paragraph(Block, frozen=True, kw_only=True):
    """Running text."""

    text: str


class Points(Block, frozen=True, kw_only=True):
    """A list of short texts, numbered where their order matters."""

    items: tuple[str, ...]
    numbered: bool = False


class Note(Block, frozen=True, kw_only=True):
    """What a reader must not miss: a word that names it, and the text."""

    title: str
    text: str
    tone: Tone = "plain"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One number to be read at a glance, with its n and what it is compared with in ``beside``."""

    label: str
    value: str
    beside: str
    tone: Tone = "plain"


class Keys(Block, frozen=True, kw_only=True):
    """A strip of numbers."""

    keys: tuple[Key, ...]


class Grid(Block, frozen=True, kw_only=True):
    """A table. ``widths`` are shares of the line, ``numbers`` the columns that are set to the right, from 0."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in (*self.rows, self.widths)):
            raise ValueError(f"{self.caption}: a row has another number of cells than the head")


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A value on the scale of a chart that has a name, such as the least of a grade."""

    value: float
    label: str


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar; ``before`` is the value it is compared with."""

    label: str
    value: float | None
    text: str
    tone: Tone = "plain"
    before: float | None = None


class Bars(Block, frozen=True, kw_only=True):
    """Lying bars on a scale from ``least`` to ``most``, in the order given."""

    caption: str
    bars: tuple[Bar, ...]
    least: float
    most: float
    marks: tuple[Mark, ...] = ()
    before: str = ""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a line, with its n in ``beside``; None where nothing is known."""

    label: str
    value: float | None
    text: str
    beside: str
    low: float | None = None
    high: float | None = None
    tone: Tone = "plain"


class Line(Block, frozen=True, kw_only=True):
    """A line over points at equal distances, each with its interval.

    ``compared`` is a second, broken line of what it is compared with; ``names`` are those of the two.
    """

    caption: str
    points: tuple[Point, ...]
    least: float
    most: float
    marks: tuple[Mark, ...] = ()
    compared: tuple[float, ...] = ()
    names: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        if self.compared and len(self.compared) != len(self.points):
            raise ValueError(f"{self.caption}: the second line has another number of points")


class Signature(Block, frozen=True, kw_only=True):
    """Where a document is signed: place and day, role, name and number, with a dotted line where they are not given."""

    place: str
    role: str
    name: str
    number: str


AnyBlock = Paragraph | Points | Note | Keys | Grid | Bars | Line | Signature


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A titled part of a chapter; ``number`` is as printed, empty for none."""

    number: str
    title: str
    blocks: tuple[AnyBlock, ...]


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """A chapter, on a page of its own; ``label`` is as printed before its title, such as "BAB I"."""

    label: str
    title: str
    sections: tuple[Section, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report. ``about`` are the lines of the cover below the title; ``summary`` is what comes before all.

    ``written`` is the local day on which its numbers were read. ``paged`` gives every chapter a page of its own, as
    filed reports have it; without it they follow each other.
    """

    language: Literal["id", "en"]
    title: str
    subtitle: str
    about: tuple[tuple[str, str], ...]
    foot: str
    written: date
    paged: bool
    summary: Chapter
    chapters: tuple[Chapter, ...]

    @property
    def every(self) -> tuple[Chapter, ...]:
        """The summary and the chapters, in order."""
        return (self.summary, *self.chapters)


class PosterElement(msgspec.Struct, frozen=True, kw_only=True):
    """One of the nine on a poster: code, title, mean mark of 1 to 4 (None: nobody answered) as number and text."""

    code: str
    title: str
    mark: float | None
    text: str
    tone: Tone
    first: bool = False


class Poster(msgspec.Struct, frozen=True, kw_only=True):
    """One page for the wall: the index with its grade, of how many, what people marked, what will be done.

    ``tight`` says that there is more to say than usual, so that all of it must be set closer.
    """

    language: Literal["id", "en"]
    title: str
    unit: str
    place: str
    period: str
    value: str
    grade: str
    grade_words: str
    tone: Tone
    rests_on: tuple[str, ...]
    caution: str
    trend: str
    elements_title: str
    elements: tuple[PosterElement, ...]
    doing_title: str
    doing: tuple[str, ...]
    tight: bool
    thanks: str
    foot: str
