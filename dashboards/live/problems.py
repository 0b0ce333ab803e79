"""What the page answers to an address that asks for something there is not: problem details (RFC 9457)."""

from typing import Final

import msgspec
from litestar import Response

from pantau.domain.errors import Fault

MEDIA_TYPE: Final = "application/problem+json"


def not_found(detail: str) -> Response[bytes]:
    """404: there is no such thing; ``detail`` says where to look."""
    return _problem("not-found", "Not found", 404, detail)


def not_understood(fault: Fault) -> Response[bytes]:
    """400: a value in the address is wrong; which, why, and what would be right."""
    return _problem("bad-request", "The request cannot be read", 400, str(fault), fault)


def not_allowed(language: str | None) -> Response[bytes]:
    """401: only viewers may look, and this is none."""
    detail = {
        "en": "open the link that you were given, or send the header Authorization: Bearer TOKEN",
        "id": "buka tautan yang Anda terima, atau kirim header Authorization: Bearer TOKEN",
    }["en" if language == "en" else "id"]
    answer = _problem("not-allowed", "Not allowed to look", 401, detail)
    answer.headers["www-authenticate"] = 'Bearer realm="pantau"'
    return answer


def _problem(name: str, title: str, status: int, detail: str, *faults: Fault) -> Response[bytes]:
    told = {"type": f"urn:pantau:problem:{name}", "title": title, "status": status, "detail": detail}
    body = msgspec.json.encode(told | ({"faults": faults} if faults else {}))
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})
