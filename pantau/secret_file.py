"""The key of an installation's pseudonyms and digests, kept in a file that only its owner can read."""

import os
import secrets
from pathlib import Path
from typing import Final

from pantau.domain.errors import BadSetup

NAME: Final = "secret"
LEAST_BYTES: Final = 16
MOST_BYTES: Final = 64


def secret_of(directory: Path) -> bytes:
    """The key that is kept in a directory; made there once, of 32 random bytes. Raises BadSetup for a damaged one."""
    path = directory / NAME
    try:
        return secret_from_hex(path.read_text(encoding="utf-8", errors="replace"), str(path))
    except FileNotFoundError:
        directory.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    coming = path.with_suffix(".coming")
    coming.unlink(missing_ok=True)
    with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    coming.rename(path)
    return key


def secret_from_hex(text: str, where: str) -> bytes:
    """The key that a setting or a file says in hex. Raises BadSetup, which never shows the text."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise BadSetup(
            f"{where}: not a key of {LEAST_BYTES} to {MOST_BYTES} bytes in hex; put back the one that was there, "
            "for another key makes other pseudonyms"
        )
    return key
