"""Rows of XES event logs (IEEE 1849): one an event, its trace's attributes beside its own as ``case:NAME``."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from producers.mapping.drafts import Unreadable
from producers.mapping.wording import Wording

_VALUES = ("string", "date", "int", "float", "boolean", "id")


def rows_of_xes(source: BinaryIO, say: Wording) -> Iterator[tuple[int, dict[str, str]]]:
    """The events of a log in its order; only one trace at a time is held in memory.

    Attributes keep their keys (``concept:name``, ``time:timestamp``); those of a list or container are left out.
    """
    number = 0
    try:
        for _, element in ElementTree.iterparse(source, events=("end",)):
            if _tag(element) != "trace":
                continue
            case = {f"case:{key}": value for key, value in _attributes(element)}
            for child in element:
                if _tag(child) == "event":
                    number += 1
                    yield number, {**case, **dict(_attributes(child))}
            element.clear()
    except ElementTree.ParseError as error:
        yield number + 1, Unreadable(say.fault("xml", "file", "", what=error))


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if _tag(child) in _VALUES and "key" in child.attrib:
            yield child.attrib["key"], child.attrib.get("value", "")
