"""What somebody may see who may see some kecamatan only: another runtime, with fewer units in it.

Everything that the page shows comes from a runtime, so nothing that shows it needs to know who looks.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from dashboards.live.hub import Runtime
from pantau.domain.registry import ANY, Registry
from storage.engine import Answer
from storage.queries import sql
from storage.row_filter import FIND_TABLES, narrowed


class Narrowed:
    """A runtime without the units of other kecamatan (implements :class:`dashboards.live.hub.Runtime`)."""

    def __init__(self, runtime: Runtime, kecamatan: frozenset[str]) -> None:
        self._runtime = runtime
        self._kecamatan = kecamatan
        self._tables: list[str] = []
        self._made: tuple[str, Registry] | None = None

    @property
    def registry(self) -> Registry:
        """The registry in force, without units, sources and people of elsewhere."""
        whole = self._runtime.registry
        if self._made is None or self._made[0] != whole.version:
            self._made = whole.version, registry_of(whole, self._kecamatan)
        return self._made[1]

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        """Answer a named query from the rows of these units."""
        return self.select(sql(name), params)

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a query given as text from the rows of these units."""
        known = self.registry
        if not self._tables:
            self._tables = [name for (name,) in self._runtime.select(FIND_TABLES).rows]
        sources = [source.name for source in known.sources]
        return self._runtime.select(
            narrowed(text, tables=self._tables, units=known.unit_codes, sources=sources), params
        )

    def changes(self) -> AsyncIterator[int]:
        """The newest version whenever windows changed, of whichever unit."""
        return self._runtime.changes()


def registry_of(whole: Registry, kecamatan: frozenset[str]) -> Registry:
    """What a registry says of some kecamatan.

    A unit that moved is where it is now. A source that may speak for units elsewhere too is left out.
    """
    units = {unit.code for unit in whole.units if unit.kecamatan in kecamatan}
    kabupaten = {unit.kabupaten for unit in whole.units if unit.code in units}
    sources = {source.name for source in whole.sources if source.units is not None and source.units <= units}
    kept = {
        "unit": lambda body: body["code"] in units,
        "kecamatan": lambda body: body["code"] in kecamatan,
        "kabupaten": lambda body: body["code"] in kabupaten,
        "standard": lambda body: body.get("unit", ANY) in {ANY, *units},
        "source": lambda body: body["name"] in sources,
        "clock_correction": lambda body: body["source"] in sources,
    }
    rows = whole.to_rows()
    return Registry.from_rows(row for row in rows if row["kind"] not in kept or kept[row["kind"]](row["body"]))
