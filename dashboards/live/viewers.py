"""Who may look, and at what: viewers by a token of their own or by the name that a reverse proxy vouches for."""

import hmac
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec

from pantau.domain.errors import BadSetup

COOKIE: Final = "pantau_viewer"
PREFIX: Final = "pantau_lihat_"
"""What a viewer's token begins with, so that one that got into a repository or a log is found by its shape."""


class Viewer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may look. ``kecamatan`` are the codes of those whose units he sees; None is everything.

    ``token_hash`` is the SHA-256 of his token in hex; ``identity`` is what a proxy calls him. One of them is needed.
    ``may_record``: he may also record trainings and other measures of these units.
    """

    name: str
    token_hash: str | None = None
    identity: str | None = None
    kecamatan: frozenset[str] | None = None
    may_record: bool = False


EVERYBODY: Final = Viewer(name="")
"""Whoever reaches a page that asks nobody who he is."""


class Access(msgspec.Struct, frozen=True):
    """How the page knows who looks. Without viewers it asks nobody.

    ``header`` names the viewer and is believed from ``proxies`` (their addresses) alone.
    """

    viewers: tuple[Viewer, ...] | None = None
    header: str | None = None
    proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})

    def by_token(self, token: str) -> Viewer | None:
        """Whose token this is. How long it takes says nothing about any token: only hashes are compared."""
        offered = token_hash(token)
        found = [
            viewer
            for viewer in self.viewers or ()
            if viewer.token_hash is not None and hmac.compare_digest(viewer.token_hash, offered)
        ]
        return found[0] if len(found) == 1 else None

    def who(self, *, bearer: str | None, cookie: str | None, headers: Mapping[str, str], peer: str) -> Viewer | None:
        """Who looks; None for somebody who may not. A token that is wrong is never made good by anything else."""
        if self.viewers is None:
            return EVERYBODY
        if bearer is not None:
            return self.by_token(bearer)
        if self.header is not None and peer in self.proxies:
            named = headers.get(self.header.lower())
            found = next((viewer for viewer in self.viewers if viewer.identity and viewer.identity == named), None)
            if found is not None:
                return found
        return self.by_token(cookie) if cookie else None


def token_hash(token: str) -> str:
    """What ``token_hash`` of a viewer holds. Without salt: of 256 random bits nothing can be guessed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def read_access(path: Path | None, *, header: str | None, proxies: str) -> Access:
    """Access as a ``viewers.toml`` says it, each ``[[viewer]]`` a :class:`Viewer`; None asks nobody.

    ``proxies`` are addresses with spaces between them. Raises BadSetup that says what is wrong.
    """
    if path is None:
        if header is not None:
            raise BadSetup("PANTAU_IDENTITY_HEADER is set and PANTAU_VIEWERS is not: who may see what stands there")
        return Access()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))
        viewers = msgspec.convert(listed, type=dict[str, tuple[Viewer, ...]]).get("viewer", ())
        addresses = frozenset(str(ip_address(each)) for each in proxies.split())
    except (OSError, UnicodeDecodeError, ValueError, msgspec.ValidationError) as error:
        raise BadSetup(f"{path}: {error}; write [[viewer]] with name, token_hash or identity, kecamatan") from error
    for viewer in viewers:
        if viewer.token_hash is None and viewer.identity is None:
            raise BadSetup(f"{path}: {viewer.name} has neither token_hash nor identity, so nobody can be him")
        if viewer.identity is not None and header is None:
            raise BadSetup(f"{path}: {viewer.name} has an identity; set PANTAU_IDENTITY_HEADER to the header with it")
    for what in ("token_hash", "identity"):
        given = [getattr(viewer, what) for viewer in viewers if getattr(viewer, what) is not None]
        if len(given) != len({*given}):
            raise BadSetup(f"{path}: two viewers have the same {what}; each needs his own")
    return Access(viewers, header, addresses)
