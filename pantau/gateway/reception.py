"""One POST of events, from its headers to its answer.

202 means durable. Everything else says in problem details what to do, and sending the same again is always safe.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from math import ceil
from time import perf_counter
from typing import Any, Final, Literal, Protocol

from litestar import Request
from litestar.response.base import ASGIResponse

from pantau.domain.errors import BadEvent, NotNow
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.registry_records import Source
from pantau.domain.rejections import Language, Rejection
from pantau.domain.wire import BATCH, JSON, STRUCTURED, RawEvent, read_request
from pantau.gateway.body import Gone, TooLarge, declared_length, headers_of, read_body, unread
from pantau.gateway.intake import Judged, Terms, judge, refusal, unreadable
from pantau.gateway.keys import Keys, bearer
from pantau.gateway.limits import Allowance, Clock, GatewayLimits
from pantau.gateway.metrics import GatewayMetrics
from pantau.gateway.problems import language_of, problem, receipt, rejected_event

TYPES: Final = f"{STRUCTURED}, {BATCH}, {JSON}"

READY_SECONDS: Final = 2.0
"""How long the writer may take to answer before the process counts as not ready."""


class Runtime(Protocol):
    """What the gateway needs of the process it runs in."""

    @property
    def registry(self) -> Registry:
        """The registry in force; another object after every change."""
        ...

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        """Hand in events, never none; done when they are durable. Raises NotNow."""
        ...

    def reject(self, rejections: Sequence[Rejection]) -> "Future[Any]":
        """Keep refused events; done when they are durable, or with none: when the writer answers. Raises NotNow."""
        ...


class Reception:
    """What lives from one request to the next: the keys of the registry in force, the allowances, the counters."""

    def __init__(
        self, runtime: Runtime, limits: GatewayLimits, clock: Clock, *, secret: bytes, metrics: GatewayMetrics
    ) -> None:
        self.metrics = metrics
        self._runtime = runtime
        self._limits = limits
        self._clock = clock
        self._secret = secret
        self._allowance = Allowance(limits, clock)
        self._keys = Keys(runtime.registry)

    async def receive(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """The answer to one POST of events."""
        started = perf_counter()
        status = 500
        try:
            answer = await self._receive(request)
            status = answer.status_code
        finally:
            self.metrics.answered(status, perf_counter() - started)
        return answer

    async def ready(self) -> bool:
        """Whether the writer answers."""
        try:
            await settled([self._runtime.reject(())], READY_SECONDS)
        except (NotNow, TimeoutError):
            return False
        return True

    async def _receive(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        headers = headers_of(request.scope)
        declared, limit = declared_length(headers), self._limits.request_bytes
        language = language_of(headers.get("accept-language"))
        sender = self._sender(headers.pop("authorization", None))
        if not isinstance(sender, Source):
            return problem(sender, language, headers=unread(declared, limit))
        if wait := self._allowance.wait(sender.name, 1):
            return self._too_fast(sender, wait, language, unread(declared, limit))
        if headers.get("content-encoding", "identity").lower() != "identity":
            return problem("unsupported-type", language, headers=unread(declared, limit), types=TYPES)
        try:
            body = await read_body(request.receive, declared=declared, limit=limit)
        except TooLarge:
            return problem("too-large", language, headers=unread(declared, limit), limit=limit)
        except Gone:
            return problem("malformed", language)
        self.metrics.read(sender.name, len(body))
        terms = Terms(
            registry=self._keys.registry,
            source=sender,
            now=self._clock(),
            secret=self._secret,
            event_bytes=self._limits.event_bytes,
            language=language,
        )
        return await self._take_in(body, headers, terms)

    def _sender(self, authorization: str | None) -> Source | Literal["no-key", "unknown-key"]:
        """Who sends, by the key, or what is wrong with it. The key goes no further than here."""
        registry = self._runtime.registry
        if registry is not self._keys.registry:
            self._keys = Keys(registry)
        key = bearer(authorization)
        return "no-key" if key is None else self._keys.owner(key) or "unknown-key"

    async def _take_in(self, body: bytes, headers: dict[str, str], terms: Terms) -> ASGIResponse:
        source, language, most = terms.source, terms.language, self._limits.batch_events
        try:
            raws = read_request(body, headers)
        except BadEvent as error:
            if error.__cause__ is None:  # the type of the content is wrong; else the content could not be decoded
                return problem("unsupported-type", language, types=TYPES)
            if wait := self._allowance.take(source.name, 1):
                return self._too_fast(source, wait, language)
            return await self._keep_unreadable(body, str(error.__cause__), terms)
        if len(raws) > most:
            return problem("too-many", language, n=len(raws), limit=most)
        if wait := self._allowance.take(source.name, max(1, len(raws))):
            return self._too_fast(source, wait, language)
        return await self._keep(raws, terms)

    async def _keep(self, raws: Sequence[RawEvent], terms: Terms) -> ASGIResponse:
        """Judge the events, wait until what must be kept is durable, and say what became of each."""
        judged = await self._judged(raws, terms)
        if not await self._durable(judged, terms.source):
            return self._not_now(terms.language)
        rejected = [rejected_event(index, rejection) for index, rejection in judged.rejections]
        if judged.accepted or not rejected:
            return receipt(judged.accepted, rejected)
        name, most = refusal(judged.rejections), terms.event_bytes
        return problem(name, terms.language, rejected=rejected, source=terms.source.name, limit=most)

    async def _judged(self, raws: Sequence[RawEvent], terms: Terms) -> Judged:
        """Judge event by event. Explaining a refusal takes a hundred times as long as accepting, so after each one the
        others have their turn, and the sender is charged for it."""
        events: list[Event] = []
        rejections: list[tuple[int, Rejection]] = []
        for index, judged in enumerate(judge(raws, terms)):
            if isinstance(judged, Rejection):
                rejections.append((index, judged))
                self._allowance.charge(terms.source.name, self._limits.refusal_cost - 1)
                await asyncio.sleep(0)
            else:
                events += judged
        return Judged(accepted=len(raws) - len(rejections), events=events, rejections=rejections)

    async def _keep_unreadable(self, body: bytes, why: str, terms: Terms) -> ASGIResponse:
        rejection = unreadable(body, why, terms)
        if not await self._durable(Judged(accepted=0, events=(), rejections=((0, rejection),)), terms.source):
            return self._not_now(terms.language)
        return problem("malformed", terms.language, faults=rejection.reasons)

    async def _durable(self, judged: Judged, source: Source) -> bool:
        """Wait until accepted events and rejections are durable; False when they are not in time.

        Then they may have been written all the same, or will be: no matter, because sending them again changes nothing.
        """
        rejections = [rejection for _, rejection in judged.rejections]
        pending: list[Future[Any]] = []
        try:
            if judged.events:
                pending.append(self._runtime.submit(judged.events))
            if rejections:
                pending.append(self._runtime.reject(rejections))
            await settled(pending, self._limits.durable_wait_seconds)
        except (NotNow, TimeoutError):
            return False
        self.metrics.judged(source.name, judged.accepted, [rejection.code for rejection in rejections])
        return True

    def _not_now(self, language: Language) -> ASGIResponse:
        return problem("not-now", language, retry_after_seconds=self._limits.retry_after_seconds)

    def _too_fast(
        self, source: Source, wait_ms: int, language: Language, headers: dict[str, str] | None = None
    ) -> ASGIResponse:
        return problem(
            "rate-limited",
            language,
            retry_after_seconds=ceil(wait_ms / 1000),
            headers=headers,
            source=source.name,
            rate=self._limits.events_per_second,
        )


async def settled(pending: Sequence["Future[Any]"], seconds: float) -> None:
    """Wait until all are done. Raises what one of them raised, or TimeoutError.

    The futures are shielded: giving up the wait must not cancel what the writer is about to do.
    """
    waiting = [future for future in pending if not future.done()]
    if waiting:
        async with asyncio.timeout(seconds):
            for future in waiting:
                await asyncio.shield(asyncio.wrap_future(future))
    for future in pending:
        future.result()
