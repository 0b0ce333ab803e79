"""Values held in columns, as arrays, so that what is done for every event is not done value by value.

Unknown is ``NULL`` in a column of integers and the code 0 in a column of coded texts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any, Final, TypeVar, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Array = NDArray[Any]

NULL: Final = -(2**63)

T = TypeVar("T")


class Texts(list[Any]):
    """Texts by code, of which there are ever more; what is made of each of them is made once and kept."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[Any, tuple[Array, int]] = {}

    def made(self, make: Callable[[Any], Any]) -> Array:
        """What ``make`` makes of each text, by code, as objects; may be asked for by several threads."""
        found, n = self._made.get(make, (np.empty(64, object), 0))
        if n < len(self):
            known, new = n, self[n:]
            n += len(new)
            if n > len(found):
                held, found = found, np.empty(2 * n, object)
                found[:known] = held[:known]
            found[known:n] = np.fromiter(map(make, new), object, len(new))
            self._made[make] = found, n
        return found[:n]


class Chained(Sequence[str | None]):
    """The texts of several columns end to end, as many as there were."""

    def __init__(self, parts: Iterable[Sequence[str | None]]) -> None:
        self.parts = [*parts]
        self.ends = np.cumsum([*map(len, self.parts)])

    def __len__(self) -> int:
        return int(self.ends[-1])

    @overload
    def __getitem__(self, place: int) -> str | None: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str | None]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str | None] | None:
        return [*self][place]

    def __iter__(self) -> Iterator[str | None]:
        lengths = np.diff(self.ends, prepend=0).tolist()
        return chain.from_iterable(islice(part, n) for part, n in zip(self.parts, lengths, strict=True))


class Coded(msgspec.Struct, frozen=True):
    """A column of few different texts: row ``i`` is ``names[codes[i]]``; names may be there twice, or for no row."""

    names: Sequence[str | None]
    codes: Array

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.each(_same))

    def each(self, make: Callable[[str | None], T]) -> list[T]:
        """What ``make`` makes of the text of each row."""
        found: list[T]
        if isinstance(self.names, Texts):
            found = self.names.made(make).take(self.codes).tolist()
        else:
            made, places = self.distinct(make)
            found = np.fromiter(made, object, len(made)).take(places).tolist()
        return found

    def distinct(self, make: Callable[[str | None], T]) -> tuple[list[T], Ints]:
        """What ``make`` makes of each text that a row has, and which of these each row has."""
        used, places = distinct(self.codes)
        return _made(self.names, used, make), places


def _same(text: str | None) -> str | None:
    return text


def _made(names: Sequence[str | None], codes: Ints, make: Callable[[str | None], T]) -> list[T]:
    """What ``make`` makes of the names of codes, which are in order."""
    if isinstance(names, Texts):
        found: list[T] = names.made(make).take(codes).tolist()
        return found
    if not isinstance(names, Chained):
        return [make(names[code]) for code in codes.tolist()]
    found, first, start = [], 0, 0
    for part, end in zip(names.parts, names.ends.tolist(), strict=True):
        behind = int(np.searchsorted(codes, end))
        found += _made(part, codes[first:behind] - start, make)
        first, start = behind, end
    return found


class Maybe(msgspec.Struct, frozen=True):
    """A column of integers, ``NULL`` where the value is not known."""

    values: Ints

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[int | None]:
        return iter([None if value == NULL else value for value in self.values.tolist()])


class Lists(msgspec.Struct, frozen=True):
    """A column of lists of integers, laid end to end: row ``i`` has the next ``lengths[i]`` of ``values``."""

    lengths: Ints
    values: Ints

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[list[int]]:
        values, end = self.values.tolist(), 0
        for length in self.lengths.tolist():
            end += length
            yield values[end - length : end]


Column = Sequence[Any] | Array | Coded | Maybe | Lists
"""The values of one column, one a row. A column of texts may hold their UTF-8 bytes."""


class Table(msgspec.Struct, frozen=True):
    """Rows by column; iterating gives them as tuples, texts as ``str``."""

    columns: Sequence[Column]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return zip(*map(_plain, self.columns), strict=True)


def _plain(column: Column) -> Iterable[Any]:
    if isinstance(column, np.ndarray):
        return [*column.tolist()]
    return (value.decode() if isinstance(value, bytes) else value for value in column)


def end_to_end(parts: Sequence[Column]) -> Column:
    """Columns end to end; those of one kind of column stay arrays."""
    first = parts[0]
    if len(parts) == 1:
        return first
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts)  # type: ignore[arg-type]
    if all(isinstance(part, Maybe) for part in parts):
        return Maybe(np.concatenate([part.values for part in parts]))  # type: ignore[union-attr]
    if all(isinstance(part, Lists) for part in parts):
        lengths = [part.lengths for part in parts]  # type: ignore[union-attr]
        return Lists(np.concatenate(lengths), np.concatenate([part.values for part in parts]))  # type: ignore[union-attr]
    if all(isinstance(part, Coded) for part in parts):
        return _joined_texts(parts)  # type: ignore[arg-type]
    return [*chain.from_iterable(part.tolist() if isinstance(part, np.ndarray) else part for part in parts)]


def extended(table: Table, rows: Iterable[Sequence[Any]]) -> Table:
    """The table with more rows, given as tuples."""
    more = [*zip(*rows, strict=True)]
    if not more:
        return table
    pairs = zip(table.columns, more, strict=True)
    return Table([end_to_end([column, _like(column, values)]) for column, values in pairs])


def _like(column: Column, values: Sequence[Any]) -> Column:
    """Values as the kind of column that another is."""
    if isinstance(column, np.ndarray):
        return np.array(values, column.dtype)
    if isinstance(column, Maybe):
        return Maybe(np.array([NULL if value is None else value for value in values], np.int64))
    if isinstance(column, Coded):
        names = Names()
        return Coded(names.names, names.codes(values))
    if isinstance(values[0], str) and len(column) and isinstance(column[0], bytes):  # type: ignore[index]
        return [value.encode() for value in values]
    return values


def _joined_texts(parts: Sequence[Coded]) -> Coded:
    if all(part.names is parts[0].names for part in parts):
        return Coded(parts[0].names, np.concatenate([part.codes for part in parts]))
    names = Chained(part.names for part in parts)
    starts = [0, *names.ends[:-1].tolist()]
    return Coded(names, np.concatenate([part.codes + start for part, start in zip(parts, starts, strict=True)]))


class _Codes(dict[Any, int]):
    """Name -> code; a name that is new gets the next one."""

    def __init__(self, names: Texts) -> None:
        self.names = names

    def __missing__(self, name: Any) -> int:
        self[name] = code = len(self.names)
        self.names.append(name)
        return code


class Names:
    """Numbers names in the order in which they are met; 0 is ``None``."""

    def __init__(self, first: Iterable[Any] = ()) -> None:
        self.names = Texts()
        self._codes = _Codes(self.names)
        self.code = self._codes.__getitem__
        """The number of a name, new or not."""
        for name in (None, *first):
            self.code(name)

    def codes(self, names: Sequence[Any]) -> Ints:
        """The number of each name."""
        return np.fromiter(map(self.code, names), np.int64, len(names))

    def known(self, names: Sequence[Any]) -> Ints:
        """The number of each name, -1 for one that has none."""
        return np.fromiter(map(self._codes.get, names, repeat(-1)), np.int64, len(names))

    def __len__(self) -> int:
        return len(self.names)


def distinct(numbers: Array) -> tuple[Ints, Ints]:
    """The different numbers in order, and for each which of them it is: numpy's ``unique``, without sorting few."""
    if not len(numbers):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    numbers = numbers.astype(np.int64, copy=False)
    least = numbers.min()
    span = int(numbers.max()) - int(least) + 1
    if span > _WIDE * len(numbers):
        found, places = np.unique(numbers, return_inverse=True)
        return found, places
    above = numbers - least
    there = np.zeros(span, np.bool_)
    there[above] = True
    return np.flatnonzero(there) + least, (np.cumsum(there) - 1)[above]


_WIDE: Final = 8
"""Numbers whose least and greatest lie further apart than so many times their number are sorted."""


def ranges(starts: Array, lengths: Array) -> Ints:
    """The indices of many ranges, end to end."""
    ends = np.cumsum(lengths)
    found: Ints = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
    return found
