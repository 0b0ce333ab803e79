"""What a sender is told: problem details (RFC 9457) for a refusal, a receipt for what was accepted.

Texts are Indonesian unless the sender prefers English (``Accept-Language: en``); names of fields never change.
"""

from collections.abc import Callable, Mapping, Sequence
from traceback import format_exception
from typing import Any, Final, Literal

import msgspec
import structlog
from litestar import Response
from litestar.connection import Request
from litestar.exceptions import HTTPException
from litestar.response.base import ASGIResponse

from pantau.domain.errors import Fault
from pantau.domain.rejections import Code, Language, Rejection

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

Name = Literal[
    "malformed",
    "no-key",
    "unknown-key",
    "not-allowed",
    "not-found",
    "method-not-allowed",
    "too-large",
    "too-many",
    "unsupported-type",
    "rejected",
    "rate-limited",
    "bad-request",
    "internal",
    "not-now",
    "not-ready",
    "busy",
]
"""A kind of problem; its ``type`` on the wire is ``urn:pantau:problem:`` + name."""

URN: Final = "urn:pantau:problem:"

STATUS: Final[dict[Name, int]] = {
    "malformed": 400,
    "bad-request": 400,
    "no-key": 401,
    "unknown-key": 401,
    "not-allowed": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "too-large": 413,
    "too-many": 413,
    "unsupported-type": 415,
    "rejected": 422,
    "rate-limited": 429,
    "internal": 500,
    "not-now": 503,
    "not-ready": 503,
    "busy": 503,
}
"""The HTTP status of each kind of problem."""

TEXTS: Final[dict[Name, dict[Language, tuple[str, str]]]] = {
    "malformed": {
        "id": ("Isi tidak dapat dibaca", "kirim JSON utuh menurut CloudEvents 1.0"),
        "en": ("The body cannot be read", "send complete JSON as CloudEvents 1.0 has it"),
    },
    "bad-request": {
        "id": ("Permintaan tidak dapat dibaca", "{detail}"),
        "en": ("The request cannot be read", "{detail}"),
    },
    "no-key": {
        "id": ("Kunci API tidak ada", "kirim header Authorization: Bearer KUNCI; buat kunci dengan `pantau keys new`"),
        "en": ("No API key", "send the header Authorization: Bearer KEY; make a key with `pantau keys new`"),
    },
    "unknown-key": {
        "id": ("Kunci API tidak dikenal", "periksa kunci, dan key_hash sumber ini di registry.toml"),
        "en": ("Unknown API key", "check the key, and the key_hash of this source in registry.toml"),
    },
    "not-allowed": {
        "id": ("Kunci ini tidak berhak", "kunci ini milik sumber {source}; tidak ada kejadian yang diterima"),
        "en": ("Not allowed with this key", "this key is of the source {source}; no event was accepted"),
    },
    "not-found": {
        "id": ("Alamat tidak ada", "lihat /v1/openapi.json"),
        "en": ("No such address", "see /v1/openapi.json"),
    },
    "method-not-allowed": {
        "id": ("Metode tidak didukung", "pakai metode dalam header Allow"),
        "en": ("Method not served", "use a method of the Allow header"),
    },
    "too-large": {
        "id": ("Kiriman terlalu besar", "batasnya {limit} byte; kirim dalam beberapa bagian"),
        "en": ("The request is too large", "the limit is {limit} bytes; send it in parts"),
    },
    "too-many": {
        "id": ("Terlalu banyak kejadian sekali kirim", "ada {n}, batasnya {limit}; kirim dalam beberapa bagian"),
        "en": ("Too many events in one request", "there are {n}, the limit is {limit}; send them in parts"),
    },
    "unsupported-type": {
        "id": ("Jenis isi tidak dikenal", "kirim {types}, tanpa Content-Encoding"),
        "en": ("Unknown type of content", "send {types}, without Content-Encoding"),
    },
    "rejected": {
        "id": ("Kejadian ditolak", "tidak ada kejadian yang diterima; sebabnya ada di bagian rejected"),
        "en": ("Events rejected", "no event was accepted; rejected says why"),
    },
    "rate-limited": {
        "id": ("Terlalu cepat", "sumber {source} boleh mengirim {rate} kejadian per detik; kirim lagi nanti"),
        "en": ("Too fast", "the source {source} may send {rate} events a second; send again later"),
    },
    "internal": {
        "id": ("Kesalahan di pihak kami", "kirim lagi nanti; kejadian yang sama tidak dihitung dua kali"),
        "en": ("A fault on our side", "send again later; the same event is never counted twice"),
    },
    "not-now": {
        "id": ("Belum dapat disimpan", "kirim lagi nanti; kejadian yang sama tidak dihitung dua kali"),
        "en": ("Cannot be stored now", "send again later; the same event is never counted twice"),
    },
    "not-ready": {
        "id": ("Belum siap", "penyimpanan data belum menjawab; coba beberapa saat lagi"),
        "en": ("Not ready", "the store does not answer yet; try again in a moment"),
    },
    "busy": {
        "id": ("Sedang sibuk", "permintaan sedang banyak; coba lagi setelah sekian detik dalam Retry-After"),
        "en": ("Busy", "many ask now; ask again after Retry-After seconds"),
    },
}
"""Kind of problem -> language -> (title, detail)."""


class RejectedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a request that was refused: its place (from 0), its id as far as readable, and all its faults.

    ``retryable``: the same event can be accepted once the registry is mended on our side.
    """

    index: int
    id: str | None
    code: Code
    retryable: bool
    faults: tuple[Fault, ...]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request of which something was accepted, or which was empty: durable when this is read."""

    accepted: int
    rejected: tuple[RejectedEvent, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details (RFC 9457). ``faults`` are about the request as a whole, ``rejected`` about single events."""

    type: str
    title: str
    status: int
    detail: str
    faults: tuple[Fault, ...] = ()
    rejected: tuple[RejectedEvent, ...] = ()


_encode: Final = msgspec.json.Encoder().encode


def language_of(accept_language: str | None) -> Language:
    """English when the sender's first choice is English, else Indonesian."""
    return "en" if accept_language is not None and accept_language.lstrip()[:2].lower() == "en" else "id"


def rejected_event(index: int, rejection: Rejection) -> RejectedEvent:
    """What the sender is told of an event that was refused."""
    return RejectedEvent(
        index=index,
        id=rejection.id,
        code=rejection.code,
        retryable=rejection.retryable,
        faults=rejection.reasons,
    )


def receipt(accepted: int, rejected: Sequence[RejectedEvent]) -> ASGIResponse:
    """202: these events are durable, those were refused."""
    body = _encode(Receipt(accepted=accepted, rejected=tuple(rejected)))
    return ASGIResponse(body=body, status_code=202, media_type="application/json")


def problem(
    name: Name,
    language: Language,
    *,
    faults: Sequence[Fault] = (),
    rejected: Sequence[RejectedEvent] = (),
    retry_after_seconds: int | None = None,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> ASGIResponse:
    """A refusal as a response; ``facts`` fill the blanks of its detail."""
    title, detail = TEXTS[name][language]
    status = STATUS[name]
    details = Problem(
        type=URN + name,
        title=title,
        status=status,
        detail=detail.format_map(facts),
        faults=tuple(faults),
        rejected=tuple(rejected),
    )
    told = dict(headers or {})
    if retry_after_seconds is not None:
        told["retry-after"] = str(retry_after_seconds)
    if status == 401:
        told["www-authenticate"] = 'Bearer realm="pantau"'
    return ASGIResponse(body=_encode(details), status_code=status, media_type=MEDIA_TYPE, headers=told)


_BY_STATUS: Final[dict[int, Name]] = {
    404: "not-found",
    405: "method-not-allowed",
}


def http_exception(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever the web framework refuses by itself, or what is a bug of ours, as problem details.

    A bug is logged with its traceback as plain text: renderers that show local variables would show API keys.
    """
    language = language_of(request.headers.get("accept-language"))
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status >= 500:
        log.error("bug", path=request.url.path, traceback="".join(format_exception(error)))
        answer = problem("internal", language)
    elif (name := _BY_STATUS.get(status)) is not None:
        answer = problem(name, language, headers=headers)
    else:
        answer = problem("bad-request", language, detail=getattr(error, "detail", ""))
    return Response(
        answer.body, status_code=answer.status_code, media_type=MEDIA_TYPE, headers=dict(answer.headers.items())
    )


EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]]] = {
    HTTPException: http_exception,
    Exception: http_exception,
}
"""For the web application: every refusal, also of an address that does not exist, is problem details."""
