"""The registry of an office as a file: two units that are always open, one source with a key."""

from pantau.gateway.keys import key_hash
from tests.gateway.office import HERE, SOURCE, THERE
from tests.support.always_open import ALWAYS_OPEN

_UNIT = """
[[unit]]
code = "{code}"
name = "{code}"
kecamatan = "18.01.06"
"""

_SOURCE = """
[[source]]
name = "{name}"
live = false
key_hash = "{key_hash}"
"""


def registry_toml(key: str) -> str:
    """What the file says when the source's key is this one."""
    units = "".join(_UNIT.format(code=code) for code in (HERE, THERE))
    return ALWAYS_OPEN + units + _SOURCE.format(name=SOURCE, key_hash=key_hash(key))
