"""What lets WhatsApp and a Fonnte-type gateway bring replies: secrets of a TOML file that only its owner can read.

[whatsapp]
verify_token = "…"        # what you type into the app's settings beside the address of the webhook
app_secret = "…"          # the app's own secret: notifications are signed with it
[fonnte]
secret = "…"              # the end of the webhook's address
"""

from pathlib import Path
from typing import Annotated

import msgspec

from pantau.alerting.toml_file import read_secret_toml

Secret = Annotated[str, msgspec.Meta(min_length=16)]


class WhatsApp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two secrets of a Cloud API webhook."""

    verify_token: Secret
    app_secret: Secret


class Fonnte(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The end of the address at which a gateway that signs nothing brings replies."""

    secret: Secret


class Hooks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The webhooks that are served; none that is not named."""

    whatsapp: WhatsApp | None = None
    fonnte: Fonnte | None = None


def read_hooks(path: Path | None) -> Hooks:
    """The hooks of a file; none without one. Raises BadSetup, which shows no secret, for a file that is none."""
    if path is None:
        return Hooks()
    return read_secret_toml(path, Hooks, "webhooks")
