"""The form on which a training or another measure is recorded: ``/catat``. It needs no JavaScript.

Who may: a viewer whom ``viewers.toml`` gives ``may_record``, for units that he sees; where nobody is asked who he is,
whoever sits at the machine itself. What is wrong is told at its field, in the gateway's own words.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import anyio.to_thread
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.types import ControllerRouterHandler

from dashboards.live.guarded import guarded
from dashboards.live.secured import secured
from dashboards.live.viewers import EVERYBODY, Access, Viewer
from pantau.domain.errors import BadSetup, Fault, NotNow
from pantau.domain.events import Event
from pantau.domain.indicators import Language
from pantau.domain.registry import Registry
from pantau.effect_texts import SIASN_TYPES
from pantau.gateway.reception import settled
from pantau.web.pages import HEADERS, page
from pantau.web.record_texts import WORDS
from pantau.web.recording import CATEGORIES, SOURCE, Filled, Opened, events_of, is_open, opened

LARGEST_BODY: Final = 131_072
FEW_UNITS: Final = 12
"""So many are shown at once; more are folded up by kecamatan."""

DURABLE_SECONDS: Final = 20.0
BOARDS: Final[dict[Language, str]] = {"id": "/d/pantau-pelatihan", "en": "/d/pantau-pelatihan-en"}
_LABELS: Final = {
    "kind": "kind",
    "title": "name",
    "units": "units",
    "starts": "starts",
    "ends": "ends",
    "jp": "jp",
    "participants": "participants",
}
"""The word at each field, in their order on the form."""

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})

Asked = Request[Any, Any, Any]


class Runtime(Protocol):
    """Where what is recorded goes: the registry in force, and somebody who makes events durable."""

    @property
    def registry(self) -> Registry: ...  # noqa: D102

    def submit(self, events: list[Event]) -> Any: ...  # noqa: D102


class Recording:
    """Whether and for which units somebody may record; the same rule for the form and for the link to it."""

    def __init__(self, runtime: Runtime, clock: Callable[[], int], *, secret: bytes, at_the_machine: bool) -> None:
        """``at_the_machine``: where nobody is asked who he is, whoever sits at this machine may record."""
        self.runtime = runtime
        self.clock = clock
        self.secret = secret
        self._at_the_machine = at_the_machine

    def may(self, request: Asked) -> bool:
        """Whether whoever asks may record."""
        viewer: Viewer | None = request.scope.get("state", {}).get("viewer")
        if viewer is None:
            return False
        if viewer == EVERYBODY:
            return self._at_the_machine and _sits_here(request)
        return viewer.may_record

    def offered(self, request: Asked) -> bool:
        """Whether the form is of use to whoever asks. Blocks."""
        try:
            return self.may(request) and self.runtime.registry.source(SOURCE) is not None
        except (NotNow, BadSetup):
            return False

    def units(self, request: Asked) -> list[tuple[str, list[tuple[str, str]]]]:
        """The units he may record for, (code, name), by name of their kecamatan."""
        viewer: Viewer = request.scope["state"]["viewer"]
        registry = self.runtime.registry
        source = registry.source(SOURCE)
        names = {each.code: each.name for each in registry.kecamatan}
        found: dict[str, list[tuple[str, str]]] = {}
        for unit in sorted(registry.units, key=lambda unit: unit.name):
            sees = viewer.kecamatan is None or unit.kecamatan in viewer.kecamatan
            if sees and source is not None and source.may_speak_for(unit.code):
                found.setdefault(names.get(unit.kecamatan, unit.kecamatan), []).append((unit.code, unit.name))
        return sorted(found.items())


def routes(recording: Recording, access: Access | None) -> list[ControllerRouterHandler]:
    """``GET`` and ``POST /catat``."""

    @get("/catat", include_in_schema=False)
    async def show(request: Asked) -> Response[str]:
        return await anyio.to_thread.run_sync(_shown, recording, request)

    @post("/catat", include_in_schema=False)
    async def record(request: Asked) -> Response[str]:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                return _plain("id", "too_long", status=413)
        given = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10_000)
        try:
            return await _recorded(recording, request, given)
        except (NotNow, BadSetup):
            return _plain(_language(given.get("lang", [""])[-1]), "away", status=503)

    return [Router("/", route_handlers=[show, record], middleware=[secured, guarded(access or Access())])]


def _sits_here(request: Asked) -> bool:
    """Whether a browser of this machine asks, by an address of this machine and through no proxy."""
    peer = request.client.host if request.client else ""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname
    passed_on = {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & {name.lower() for name in request.headers}
    return peer in _HERE and named in _HERE and not passed_on


def _is_foreign(request: Asked) -> bool:
    """Whether a browser says that another page sends the form. Our own says no origin, for we send no referrer."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is not None:
        return site != "same-origin"
    return origin != "null" and urlsplit(origin).netloc != request.headers.get("host")


def _language(given: str | None) -> Language:
    return "en" if given == "en" else "id"


def _refused(recording: Recording, request: Asked, language: Language) -> Response[str] | None:
    if not recording.may(request):
        known = request.scope.get("state", {}).get("viewer") is not None
        return _plain(language, "not_allowed", "ask", status=403 if known else 401)
    if recording.runtime.registry.source(SOURCE) is None:
        return _plain(language, "no_source", "add_source", status=404)
    return None


def _shown(recording: Recording, request: Asked) -> Response[str]:
    language = _language(request.query_params.get("lang"))
    try:
        refused = _refused(recording, request, language)
        if refused is not None:
            return refused
        saved = str(request.query_params.get("saved", ""))
        if saved.isdecimal() and len(saved) < 7:
            return _saved(language, int(saved))
        return _form(recording, request, language, Filled(), [])
    except (NotNow, BadSetup):
        return _plain(language, "away", status=503)


async def _recorded(recording: Recording, request: Asked, given: dict[str, list[str]]) -> Response[str]:
    one = {name: values[-1].strip() for name, values in given.items()}
    language = _language(one.get("lang"))
    refused = await anyio.to_thread.run_sync(_refused, recording, request, language)
    if refused is not None:
        return refused
    if _is_foreign(request):
        return _plain(language, "foreign", status=403)
    filled = Filled(
        **{name: one.get(name, "") for name in ("kind", "title", "starts", "ends", "jp", "participants")},
        units=tuple(dict.fromkeys(given.get("units", []))),
        completed="completed" in one,
    )
    now = recording.clock()
    form = is_open(recording.secret, _name(request), one, now)
    if form is None:
        fault = Fault(field="", value="", rule=WORDS["expired"].read(language), todo="")
        return await anyio.to_thread.run_sync(_form, recording, request, language, filled, [fault], None, 400)
    events, faults = await anyio.to_thread.run_sync(_judged, recording, request, language, filled, form)
    if faults:
        return await anyio.to_thread.run_sync(_form, recording, request, language, filled, faults, form, 422)
    try:
        await settled([recording.runtime.submit(events)], DURABLE_SECONDS)
    except (NotNow, TimeoutError):
        fault = Fault(field="", value="", rule=WORDS["away"].read(language), todo="")
        return await anyio.to_thread.run_sync(_form, recording, request, language, filled, [fault], form, 503)
    query = urlencode({"saved": len(filled.units), **({"lang": "en"} if language == "en" else {})})
    return Response(
        "", status_code=303, headers={**HEADERS, "location": f"/catat?{query}"}, media_type="text/plain; charset=utf-8"
    )


def _judged(
    recording: Recording, request: Asked, language: Language, filled: Filled, form: Opened
) -> tuple[list[Event], list[Fault]]:
    """The events of a form, or its faults: what only the form knows beside what the gateway finds."""

    def fault(field: str, word: str) -> Fault:
        return Fault(field=field, value="", rule=WORDS[word].read(language), todo="")

    own: list[Fault] = []
    kinds = {*map(str, SIASN_TYPES), *(f"m:{name}" for name in CATEGORIES)}
    if filled.kind not in kinds:
        own.append(fault("kind", "no_kind"))
    allowed = {code for _, units in recording.units(request) for code, _ in units}
    if not filled.units:
        own.append(fault("units", "no_unit"))
    elif not {*filled.units} <= allowed:
        own.append(fault("units", "not_yours"))
    events, found = events_of(
        filled,
        form,
        registry=recording.runtime.registry,
        secret=recording.secret,
        now=recording.clock(),
        language=language,
    )
    named = {each.field for each in own}
    faults = own + [each for each in found if each.field not in named]
    return ([], faults) if faults else (events, [])


def _name(request: Asked) -> str:
    viewer: Viewer = request.scope["state"]["viewer"]
    return viewer.name


# what is shown


def _form(
    recording: Recording,
    request: Asked,
    language: Language,
    filled: Filled,
    faults: list[Fault],
    form: Opened | None = None,
    status: int = 200,
) -> Response[str]:
    form = form or opened(recording.secret, _name(request), recording.clock())
    groups = recording.units(request)
    few = sum(len(units) for _, units in groups) <= FEW_UNITS
    order = ["", *_LABELS]
    return _page(
        "record_form.html",
        language,
        status=status,
        filled=msgspec.structs.asdict(filled),
        faults={each.field: each.rule for each in sorted(faults, key=lambda each: order.index(each.field))},
        labels=_LABELS,
        hidden={**msgspec.structs.asdict(form), "lang": language},
        trainings=sorted(SIASN_TYPES.items()),
        measures=CATEGORIES,
        groups=[
            (kecamatan, units, few or any(code in filled.units for code, _ in units)) for kecamatan, units in groups
        ],
    )


def _saved(language: Language, n: int) -> Response[str]:
    return _page("record_saved.html", language, n=n)


def _plain(language: Language, head: str, *more: str, status: int) -> Response[str]:
    return _page("record.html", language, status=status, head=head, more=more)


def _page(template: str, language: Language, *, status: int = 200, **holds: Any) -> Response[str]:
    return page(template, WORDS, language, status=status, board=BOARDS[language], **holds)
