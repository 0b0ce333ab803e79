"""Signed links to the page of one alert: who has the message may read and answer it, nobody else can guess it."""

import hmac
from hashlib import sha256

from pantau.domain.alerts.detection import code_of

SIGNATURE_DIGITS = 24


def signature(secret: bytes, alert: str) -> str:
    """What proves that a link to an alert came from this installation: 96 bits of HMAC-SHA256, in hex."""
    return hmac.new(secret, b"alert\x1f" + alert.encode(), sha256).hexdigest()[:SIGNATURE_DIGITS]


def is_signed(secret: bytes, alert: str, given: str) -> bool:
    """Whether a signature is that of the alert; takes the same time whatever is wrong with it."""
    return hmac.compare_digest(signature(secret, alert).encode(), given.encode())


def link(page: str, secret: bytes, alert: str) -> str:
    """The address of an alert's page; ``page`` is how people reach the live page. Empty where it is not served."""
    return f"{page.rstrip('/')}/a/{code_of(alert)}?k={signature(secret, alert)}" if page else ""
