"""Ticket numbers that begin anew though nothing tells their days apart: all days of one would be one visit."""

from collections.abc import Mapping
from typing import Final

from pantau.domain.registry import Source
from pantau.domain.zones import HOUR
from producers.mapping.drafts import Draft

APART_MS: Final = 12 * HOUR
"""A number that is taken again so much later is another day's."""

FOLLOWED: Final = 200_000
"""Numbers of tickets that are followed at most, to bound memory."""


class TakenAgain:
    """Follows the tickets that are taken."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, object, object], int] = {}
        self._again: dict[str, dict[str, None]] = {}
        self._told: dict[str, dict[str, None]] = {}

    def see(self, draft: Draft, source: Source | None) -> None:
        """Note an event; ``source`` is what the registry says of its sender, None where that is not known."""
        if draft.kind != "ticket.created" or draft.data.get("service_day") is not None:
            return
        if source is not None and source.numbers_restart == "daily":
            return
        number = str(draft.data.get("ticket"))
        key = (draft.source, draft.data.get("unit"), number)
        first = self._first.get(key)
        if first is None:
            if len(self._first) < FOLLOWED:
                self._first[key] = draft.time
        elif abs(draft.time - first) >= APART_MS and number not in self._told.get(draft.source, ()):
            self._again.setdefault(draft.source, {})[number] = None
            self._told.setdefault(draft.source, {})[number] = None

    def taken(self) -> Mapping[str, list[str]]:
        """Source -> numbers that were found to begin anew since this was last asked."""
        found, self._again = self._again, {}
        return {source: [*numbers] for source, numbers in found.items()}
