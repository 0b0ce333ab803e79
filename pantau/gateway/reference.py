"""Writes the OpenAPI and AsyncAPI documents that lie in docs/reference: ``python -m pantau.gateway.reference``.

They are made with the default limits; the ones a gateway serves have its own.
"""

import sys
from pathlib import Path

from pantau.gateway.asyncapi import asyncapi
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.schemas import document, openapi


def documents() -> dict[str, bytes]:
    """File name -> content, for the default limits."""
    limits = GatewayLimits()
    return {"openapi.json": document(openapi(limits)), "asyncapi.json": document(asyncapi(limits))}


def write(folder: Path) -> None:
    """Write both documents into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
