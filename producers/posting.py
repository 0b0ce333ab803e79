"""Replaying files to a gateway: drafts travel as CloudEvents in batches and count when the gateway has them durable."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from pantau.domain.errors import BadSetup, Fault, NotNow
from pantau.domain.events import PREFIX
from pantau.domain.wire import BATCH, instant
from producers.mapping import UnmappedRow, compile, load, read
from producers.mapping.drafts import Draft
from producers.replay import Summary

BATCH_EVENTS = 500
PATIENCE_SECONDS = 600.0
"""How long a gateway that says "not now" is asked again before the replay gives up."""


def post_files(
    files: Sequence[Path],
    *,
    mapping: str,
    url: str,
    key: str,
    factor: float | None,
    on_progress: Callable[[str, int, str], None],
) -> Summary:
    """Map files and post their events to ``url``/v1/events, at full speed or at ``factor`` times their own pace.

    Sending again is harmless: the gateway knows events by source and id. Raises BadSetup when the key is refused,
    NotNow when the gateway does not take events for ten minutes.
    """
    summary = Summary()
    began = time.monotonic()
    compiled = compile(load(mapping), key=pseudonym_key(key))
    with client_of(key) as client:
        before = 0
        for file in files:
            rows = read(file, compiled.mapping)
            drafts = _drafts(rows, compiled.events, summary)
            for some in batches(drafts if factor is None else _in_pace(drafts, factor)):
                post(client, url, some, summary)
                on_progress(file.name, before + rows.bytes_read, f"{summary.events:,} events")
            before += file.stat().st_size
    summary.seconds = time.monotonic() - began
    return summary


def client_of(key: str) -> httpx.Client:
    """An HTTP client that shows a source's key."""
    return httpx.Client(timeout=60, headers={"authorization": f"Bearer {key}", "content-type": BATCH})


def pseudonym_key(key: str) -> bytes:
    """What keys the pseudonyms of a sender that has no installation key: its API key."""
    return key.encode()[:64].ljust(16, b".")


def _drafts(rows: Any, events: Callable[[dict[str, str]], list[Draft]], summary: Summary) -> Iterator[Draft]:
    for number, row in rows:
        summary.rows = number
        try:
            drafts = events(row)
        except UnmappedRow as error:
            summary.rejected += 1
            summary.tally.add(error.source or "", "malformed", error.faults)
            continue
        if not drafts:
            summary.skipped += 1
        yield from drafts


def _in_pace(drafts: Iterator[Draft], factor: float) -> Iterator[Draft]:
    held = sorted(drafts, key=lambda draft: (draft.time, draft.source, draft.id))
    began = time.monotonic()
    for draft in held:
        wait = (draft.time - held[0].time) / 1000 / factor - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)
        yield draft


def batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Batches of one source each, because a gateway's key belongs to a source."""
    some: list[Draft] = []
    for draft in drafts:
        if some and (len(some) >= BATCH_EVENTS or some[0].source != draft.source):
            yield some
            some = []
        some.append(draft)
    if some:
        yield some


class Sent(Protocol):
    """What is posted: a mapped draft, or a simulated one."""

    @property
    def source(self) -> str:
        """Who says it."""

    @property
    def id(self) -> str:
        """What the source calls it."""

    @property
    def kind(self) -> str:
        """Its type, without the prefix."""

    @property
    def time(self) -> int:
        """When it happened, ms UTC."""

    @property
    def data(self) -> Any:
        """The fields of its kind."""


def post(
    client: httpx.Client, url: str, drafts: Sequence[Sent], summary: Summary, *, patience: float = PATIENCE_SECONDS
) -> None:
    """Send drafts of one source to the gateway at ``url`` and count what became of them; they are durable then.

    Raises BadSetup when the key is refused, NotNow when the gateway takes nothing for ``patience`` seconds.
    """
    url = url.rstrip("/") + "/v1/events"
    body = msgspec.json.encode(
        [
            {
                "specversion": "1.0",
                "id": draft.id,
                "source": draft.source,
                "type": PREFIX + draft.kind,
                "time": instant(draft.time),
                "data": draft.data,
            }
            for draft in drafts
        ]
    )
    until = time.monotonic() + patience
    while True:
        try:
            response = client.post(url, content=body)
        except httpx.TransportError as error:
            if time.monotonic() > until:
                raise NotNow(f"{url} does not answer: {error}") from error
            time.sleep(1)
            continue
        if response.status_code in (429, 503) and time.monotonic() < until:
            time.sleep(float(response.headers.get("retry-after", "1")))
            continue
        break
    if response.status_code in (401, 403):
        raise BadSetup(f"{url} refuses the key: {response.text}")
    if response.status_code not in (202, 422):
        raise NotNow(f"{url} answered {response.status_code}: {response.text[:500]}")
    answer = response.json()
    refused = answer.get("rejected", [])
    summary.events += len(drafts) - len(refused)
    summary.rejected += len(refused)
    for each in refused:
        summary.tally.add(drafts[each["index"]].source, each["code"], msgspec.convert(each["faults"], list[Fault]))
