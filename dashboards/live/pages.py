"""The addresses of the live page: one HTML page for all of them, its modules and styles, its data, its stream."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from anyio import to_thread
from litestar import MediaType, Response, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from dashboards.live.board_pages import Asked, board_routes, json, json_bytes
from dashboards.live.building import UNIT
from dashboards.live.guarded import guarded
from dashboards.live.hub import Hub, Runtime
from dashboards.live.problems import not_found
from dashboards.live.scope import Narrowed
from dashboards.live.secured import secured
from dashboards.live.texts import ABBREVIATIONS, TEXTS
from dashboards.live.viewers import Access

PAGES: Final = [
    "/", "/unit/{code:str}", "/kesehatan", "/tv", "/papan", "/d/{uid:str}", "/d/{uid:str}/{name:str}",
]  # fmt: skip
"""Addresses of the one page; those of boards are Grafana's own, so that links between boards work as they stand."""

TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True):
    """A file of the page: what it is, its bytes, and a tag that changes with them."""

    media_type: str
    content: bytes
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file under ``static`` by name, uPlot's as they came (``vendored``), and the words as a module."""
    ours = files("dashboards.live")
    found = {
        path.name: path.read_bytes()
        for folder in (ours / "static", ours / "vendored" / "uplot")
        for path in folder.iterdir()
        if path.name.rpartition(".")[2] in TYPES
    }
    found["texts.js"] = b"export const TEXTS = %s;\nexport const ABBREVIATIONS = %s;\n" % (
        msgspec.json.encode(TEXTS),
        msgspec.json.encode(ABBREVIATIONS),
    )
    return {
        name: Asset(TYPES[name.rpartition(".")[2]], content, f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        for name, content in found.items()
    }


class Hubs:
    """A hub for each set of kecamatan that viewers may see; who may see the same shares one."""

    def __init__(self, runtime: Runtime, clock: Callable[[], int]) -> None:
        self._runtime = runtime
        self._clock = clock
        self._made: dict[frozenset[str] | None, Hub] = {}

    def of(self, request: Asked) -> Hub:
        """The hub of whoever asks; the guard has let him in."""
        kecamatan = request.scope["state"]["viewer"].kecamatan
        hub = self._made.get(kecamatan)
        if hub is None:
            seen = self._runtime if kecamatan is None else Narrowed(self._runtime, kecamatan)
            hub = self._made[kecamatan] = Hub(seen, self._clock)
        return hub


def routes(
    runtime: Runtime,
    clock: Callable[[], int],
    access: Access | None = None,
    *,
    may_record: Callable[[Asked], bool] = lambda request: False,
) -> list[ControllerRouterHandler]:
    """The page's routes for one runtime; ``clock`` says now in ms UTC and may be a simulated one.

    Without ``access`` everybody who reaches the page sees everything. ``may_record`` says whether whoever asks is shown
    the way to the form on which trainings are recorded; it may block.
    """
    hubs = Hubs(runtime, clock)

    @get(PAGES, include_in_schema=False)
    async def page(request: Asked) -> Response[bytes]:
        """The one page; the browser's side reads the address."""
        return _file(request, "index.html")

    @get("/assets/{name:str}", include_in_schema=False)
    async def asset(request: Asked, name: FromPath[str]) -> Response[bytes]:
        """A module, a style sheet or the icon."""
        return _file(request, name) if name in assets() else not_found(f"there is no file {name}")

    @get("/api/overview", media_type=MediaType.JSON)
    async def overview(request: Asked) -> Response[bytes]:
        """All units at this instant."""
        return json_bytes(await hubs.of(request).newest("overview"))

    @get("/api/unit/{code:str}", media_type=MediaType.JSON)
    async def unit(request: Asked, code: FromPath[str]) -> Response[bytes]:
        """One unit at this instant."""
        try:
            return json_bytes(await hubs.of(request).newest(UNIT + code))
        except LookupError:
            return not_found(f"there is no unit {code}; /api/overview lists the units")

    @get("/api/sources", media_type=MediaType.JSON)
    async def sources(request: Asked) -> Response[bytes]:
        """All sources at this instant."""
        return json_bytes(await hubs.of(request).newest("sources"))

    @get("/api/stream", media_type="text/event-stream")
    async def stream(request: Asked, unit: FromQuery[str | None] = None, sources: FromQuery[bool] = False) -> Stream:
        """Server-sent events: the overview and, where asked for, one unit or the sources, whenever they change."""
        topics = {"overview"}
        if unit is not None:
            topics.add(UNIT + unit)
        if sources:
            topics.add("sources")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return Stream(hubs.of(request).watch(topics), media_type="text/event-stream", headers=headers)

    @get("/api/viewer", media_type=MediaType.JSON)
    async def viewer(request: Asked) -> Response[bytes]:
        """Who looks, at which kecamatan (null is all), and whether he may record trainings."""
        found = request.scope["state"]["viewer"]
        records = await to_thread.run_sync(may_record, request)
        kecamatan = None if found.kecamatan is None else sorted(found.kecamatan)
        return json({"name": found.name, "kecamatan": kecamatan, "records": records})

    handlers = [page, asset, overview, unit, sources, stream, viewer, *board_routes(hubs.of)]
    return [Router("/", route_handlers=handlers, middleware=[secured, guarded(access or Access())])]


def _file(request: Asked, name: str) -> Response[bytes]:
    """A file of the page; a browser that has it is told so."""
    found = assets()[name]
    headers = {"cache-control": "no-cache", "etag": found.tag}
    if request.headers.get("if-none-match") == found.tag:
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)
