"""API keys: one a source. The registry holds only the SHA-256 of a key, so that a copy of it lets nobody send."""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from pantau.domain.registry import Registry
from pantau.domain.registry_records import Source

PREFIX: Final = "pantau_"
"""What a key begins with, so that a key that got into a repository or a log is found by its shape."""

SCHEME: Final = "bearer "


def new_key() -> str:
    """A new key: the prefix and 256 random bits in 43 letters that need no escaping anywhere."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> str:
    """What ``key_hash`` of a source in registry.toml holds: the SHA-256 of the key, in lower-case hex.

    Without salt and stretching: a key has 256 random bits, so there is nothing to guess.
    """
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class Keys:
    """Who a key belongs to, by one registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._by_hash: dict[str, Source | None] = {}
        for source in registry.sources:
            if source.key_hash is not None:
                # a key that two sources share proves neither of them
                self._by_hash[source.key_hash] = None if source.key_hash in self._by_hash else source

    def owner(self, key: str) -> Source | None:
        """The source whose key this is; None for a key that is nobody's.

        The look-up goes by the hash of the key, of which the sender cannot steer a single bit, and what was found is
        compared in constant time: how long it takes says nothing about any key.
        """
        offered = key_hash(key)
        source = self._by_hash.get(offered)
        if source is None or source.key_hash is None or not hmac.compare_digest(source.key_hash, offered):
            return None
        return source


def bearer(authorization: str | None) -> str | None:
    """The key in an ``Authorization: Bearer KEY`` header; None when there is none."""
    if authorization is None or authorization[: len(SCHEME)].lower() != SCHEME:
        return None
    return authorization[len(SCHEME) :].strip() or None
