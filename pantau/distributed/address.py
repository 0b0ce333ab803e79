"""Addresses of the bus and what every process of an installation shares."""

from pantau.domain.errors import BadSetup
from pantau.secret_file import secret_from_hex


def brokers(bus: str | None) -> list[str]:
    """``kafka://one:9092,two:9092`` as host:port of each broker. Raises BadSetup for anything else."""
    scheme, separator, rest = (bus or "").partition("://")
    found = [each.strip() for each in rest.split(",") if each.strip()]
    if scheme != "kafka" or not separator or not found:
        raise BadSetup(f"the bus {bus or 'is not given'}: write --bus kafka://host:port, or set PANTAU_BUS")
    for each in found:
        host, _, port = each.rpartition(":")
        if not host or not port.isdecimal():
            raise BadSetup(f"the bus {bus}: {each} is not host:port")
    return found


def secret_key(text: str | None) -> bytes:
    """The key of pseudonyms and digests from its hex digits. Raises BadSetup when it is missing or no such key."""
    if text is None:
        raise BadSetup(
            "the secret of this installation is not given: set PANTAU_SECRET or PANTAU_SECRET_FILE, "
            "the same in the gateway and in every worker (pantau keys secret makes one)"
        )
    return secret_from_hex(text, "PANTAU_SECRET")
