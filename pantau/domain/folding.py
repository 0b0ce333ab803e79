"""Facts folded from all their entries at once: what a batch job knows, with nothing that a stream remembers."""

from collections.abc import Iterable, Mapping, Sequence

from pantau.domain.entries import Entry, FactId, FactKey, History
from pantau.domain.measures import Fact, fold
from pantau.domain.registry import Registry


def facts_from(entries: Mapping[FactId, Sequence[Entry]], registry: Registry) -> Iterable[tuple[FactId, Fact]]:
    """Each fact folded from all its entries at once, as a batch job does it; conflicts settled as in the stream."""
    for fact_id, found in entries.items():
        history: History = {}
        for entry in found:
            known = history.get(entry.id)
            if known is None or entry.content < known.content:
                history[entry.id] = entry
        yield fact_id, fold(fact_id[0], FactKey(*fact_id[1:]), history, registry)
