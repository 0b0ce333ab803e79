"""Rows of a live source into the product: mapped, judged and handed in, whatever the source and the place."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import httpx
import structlog

from pantau.domain.errors import BadSetup
from pantau.domain.registry import Registry
from producers.judging import Judge
from producers.mapping import RowMapper, UnmappedRow
from producers.mapping.drafts import Draft, Row
from producers.packed import Chunk
from producers.posting import batches, post
from producers.replay import Sink, Summary, count

log = structlog.get_logger(__name__)

Named = tuple[str, Row]
"""A row and what a refusal of it is known by: ``queues:4711``."""

REGISTRY_SECONDS = 30.0
"""How old the registry may be by which a running source judges."""

POST_PATIENCE_SECONDS = 5.0


class Feed(Protocol):
    """Where the rows of a source go."""

    mapper: RowMapper

    def take(self, rows: Sequence[Named], summary: Summary) -> None:
        """Hand in rows and count what became of them. Raises NotNow when the place does not take them."""

    def durable(self) -> None:
        """Return when everything handed in is durable. Raises NotNow when it cannot be made so."""


def refused_for(summary: Summary) -> list[str]:
    """The most frequent reasons of refusals so far, for a log: no values, which may be personal."""
    reasons = summary.tally.reasons("en")[:3]
    return [f"{each.times} x {each.source} {each.code}: {each.field}: {each.rule}; {each.todo}" for each in reasons]


class JudgingFeed:
    """Rows are judged here, by a registry that is asked for again now and then, and go into a sink."""

    def __init__(self, mapper: RowMapper, sink: Sink, registry: Callable[[], Registry], secret: bytes) -> None:
        self.mapper = mapper
        self._sink = sink
        self._registry = registry
        self._secret = secret
        self._judge: Judge | None = None
        self._asked = 0.0

    def take(self, rows: Sequence[Named], summary: Summary) -> None:
        """Judge rows and hand in what became of them."""
        if not rows:
            return
        judge = self._present_judge()
        for name, row in rows:
            judge.row(row, name)
            summary.rows += 1
            if judge.full:
                self._hand_in(judge, summary)
        self._hand_in(judge, summary)

    def durable(self) -> None:
        """Wait for the sink."""
        self._sink.durable()

    def _present_judge(self) -> Judge:
        """Judges by the registry of now; where that has got a fault, by the last one that had none."""
        if self._judge is None or time.monotonic() - self._asked > REGISTRY_SECONDS:
            try:
                self._judge = Judge(self.mapper, self._registry(), self._secret)
            except BadSetup as error:
                if self._judge is None:
                    raise
                log.error("registry_has_faults", todo="the one before is used", because=str(error))
            self._asked = time.monotonic()
        return self._judge

    def _hand_in(self, judge: Judge, summary: Summary) -> None:
        events, rejections, skipped = judge.taken()
        self._sink.send(events, rejections)
        count(summary, Chunk(events, rejections, skipped, 0, 0, unknown_services=judge.unknown_services()))


class PostingFeed:
    """Rows are mapped here and posted to a gateway, which judges and keeps them."""

    def __init__(self, mapper: RowMapper, client: httpx.Client, url: str) -> None:
        self.mapper = mapper
        self._client = client
        self._url = url

    def take(self, rows: Sequence[Named], summary: Summary) -> None:
        """Map rows and post their events; they are durable when this returns.

        A row that cannot be mapped stays where it is and is counted with its reasons.
        """
        drafts: list[Draft] = []
        for _, row in rows:
            summary.rows += 1
            try:
                found = self.mapper.events(row)
            except UnmappedRow as error:
                summary.rejected += 1
                summary.tally.add(error.source or "", "malformed", error.faults)
                continue
            summary.skipped += not found
            drafts += found
        for some in batches(drafts):
            post(self._client, self._url, some, summary, patience=POST_PATIENCE_SECONDS)

    def durable(self) -> None:
        """Nothing to wait for: the gateway answers when events are durable."""
