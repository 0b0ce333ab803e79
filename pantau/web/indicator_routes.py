"""``GET /v1/indicators``: any indicator of any slice over HTTP, the same table as ``pantau indicators --json``.

Who may look at the page may ask, and is answered from the units that he may see.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from anyio import CapacityLimiter, to_thread
from litestar import MediaType, Request, Response, Router, get
from litestar.types import ControllerRouterHandler

from dashboards.live.guarded import guarded
from dashboards.live.hub import Runtime
from dashboards.live.scope import Narrowed
from dashboards.live.secured import secured
from dashboards.live.viewers import Access, Viewer
from pantau.domain.errors import BadSetup, Fault, NotNow
from pantau.domain.indicators import Language
from pantau.domain.requests import DAYS, Table, units_of
from pantau.domain.requests import Request as Slice
from pantau.domain.written_requests import request_of
from pantau.domain.zones import local_day
from pantau.gateway.problems import MEDIA_TYPE, Name, language_of, problem
from pantau.gateway.schemas import document
from pantau.web.indicator_schemas import openapi
from storage.indicators import indicators

AT_ONCE: Final = 1
"""So many requests are answered at a time: the page, which shares the tables, comes first."""

MOST_WAITING: Final = 20
"""So many wait for their turn; more are told to come again."""

RETRY_AFTER_SECONDS: Final = 2

MOST_LINES: Final = 100_000
"""So many numbers are in an answer at most, and a tenth as many groups of days."""

WINDOWS: Final = ("30m", "5m")

MOST_DAYS_OF_WINDOWS: Final = 31
"""So many days may be asked for in single windows."""

_LEAST_DAYS: Final = {"day": 1, "week": 7, "month": 28}

Asked = Request[Any, Any, Any]


def routes(runtime: Runtime, clock: Callable[[], int], access: Access | None = None) -> list[ControllerRouterHandler]:
    """The route, for one runtime; ``clock`` says now in ms UTC. Without ``access`` everybody may ask, and sees all."""
    seen: dict[frozenset[str] | None, Runtime] = {None: runtime}
    turns = CapacityLimiter(AT_ONCE)

    def seen_by(viewer: Viewer) -> Runtime:
        if viewer.kecamatan is not None and viewer.kecamatan not in seen:
            seen[viewer.kecamatan] = Narrowed(runtime, viewer.kecamatan)
        return seen[viewer.kecamatan]

    @get("/v1/indicators", media_type=MediaType.JSON)
    async def get_indicators(request: Asked) -> Response[bytes]:
        if turns.statistics().tasks_waiting >= MOST_WAITING:
            return _problem(request, "busy", retry_after_seconds=RETRY_AFTER_SECONDS)
        runtime = seen_by(request.scope["state"]["viewer"])
        try:
            table = await to_thread.run_sync(_answered, runtime, request, clock(), limiter=turns)
        except NotNow:
            return _problem(request, "not-ready", retry_after_seconds=RETRY_AFTER_SECONDS)
        except BadSetup as wrong:
            if not wrong.faults:  # not what was asked: the tables themselves
                raise
            return _problem(request, "bad-request", faults=wrong.faults, detail=str(wrong))
        return Response(msgspec.json.encode(table), headers={"cache-control": "no-store"}, media_type=MediaType.JSON)

    described = document(openapi())

    @get("/v1/indicators/openapi.json", include_in_schema=False)
    async def get_openapi() -> Response[bytes]:
        return Response(described, media_type=MediaType.JSON)

    answers = Router("/", route_handlers=[get_indicators], middleware=[secured, guarded(access or Access())])
    return [answers, get_openapi]


def _answered(runtime: Runtime, request: Asked, now: int) -> Table:
    """The table. Blocks. Raises BadSetup with faults for what cannot be asked, NotNow while nothing can be read."""
    written: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        written.setdefault(name, []).append(value)
    written.pop("lang", None)
    wanted = request_of(written, runtime.registry, now=now, language=_language(request))
    _bounded(wanted, len(units_of(wanted, runtime.registry)), now)
    table = indicators(runtime.query, runtime.registry, wanted)
    if len(table.lines) > MOST_LINES:
        todo = f"{MOST_LINES:,} at most: ask for fewer indicators, units, groups or days"
        raise _refused("indicator", ", ".join(wanted.names), f"{len(table.lines):,} numbers in one answer", todo)
    return table


def _bounded(wanted: Slice, units: int, now: int) -> None:
    """Refuse what would be too much before anything is read. Raises BadSetup."""
    if wanted.time not in (*DAYS, *WINDOWS) or not (wanted.first_day or wanted.last_day):
        return
    today = local_day("UTC", now)
    first = wanted.first_day or min(today, wanted.last_day or today)
    last = wanted.last_day or max(today, first)
    days = (last - first).days + 1
    if wanted.time in WINDOWS and days > MOST_DAYS_OF_WINDOWS:
        todo = f"ask for {MOST_DAYS_OF_WINDOWS} days at most, or by hour or day"
        raise _refused("by", wanted.time, f"{days:,} days in such windows", todo)
    groups = days // _LEAST_DAYS.get(wanted.time, 1) * (units if wanted.place == "unit" else 1)
    if wanted.time in DAYS and groups > MOST_LINES // 10:
        todo = f"{MOST_LINES // 10:,} at most: ask for fewer days, units or groups"
        raise _refused("by", ", ".join(wanted.by), f"{groups:,} groups in one answer", todo)


def _refused(field: str, value: str, rule: str, todo: str) -> BadSetup:
    fault = Fault(field=field, value=value, rule=rule, todo=todo)
    return BadSetup(str(fault), (fault,))


def _language(request: Asked) -> Language:
    asked = request.query_params.get("lang")
    if asked is not None:
        return "en" if asked == "en" else "id"
    return language_of(request.headers.get("accept-language"))


def _problem(request: Asked, name: Name, **more: Any) -> Response[bytes]:
    answer = problem(name, _language(request), **more)
    headers = {**dict(answer.headers.items()), "cache-control": "no-store"}
    return Response(answer.body, status_code=answer.status_code, headers=headers, media_type=MEDIA_TYPE)
