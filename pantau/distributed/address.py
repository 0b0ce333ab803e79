"""Addresses of the bus and what every process of an installation shares."""

from pantau.domain.errors import BadSetup


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
    """The key of pseudonyms and digests from its hex digits. Raises BadSetup when it is missing or too short."""
    try:
        key = bytes.fromhex(text or "")
    except ValueError:
        key = b""
    if not 16 <= len(key) <= 64:
        raise BadSetup(
            "the secret of this installation must be 32 to 128 hex digits, the same in gateway and workers: "
            "set PANTAU_SECRET or PANTAU_SECRET_FILE (pantau keys secret makes one)"
        )
    return key
