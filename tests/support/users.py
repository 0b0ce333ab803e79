"""A role of ours as the only rights of the engine's one user, so that the engine itself says what the role may not do.

The engine in a process takes users, grants and profiles from a configuration, as a server does from ``users.xml``; what
it cannot do is make users by statement.
"""

import re
from pathlib import Path
from xml.sax.saxutils import escape

from storage.roles import roles

_CONFIG = "<clickhouse><user_directories><users_xml><path>{users}</path></users_xml></user_directories></clickhouse>"
_USERS = """<clickhouse>
  <profiles><default>{values}<constraints>{limits}</constraints></default></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
    <grants>{grants}</grants>
  </default></users>
</clickhouse>
"""


def config_of(role: str, folder: Path, database: str = "pantau") -> Path:
    """A configuration file in whose engine everybody has a role, such as ``pantau_writer``, and nothing else."""
    grants: list[str] = []
    settings: list[tuple[str, str, str]] = []
    for statement in roles(database):
        if found := re.fullmatch(rf"(GRANT .+) TO {role}", statement):
            grants.append(found[1])
        elif found := re.fullmatch(rf"CREATE SETTINGS PROFILE OR REPLACE {role} SETTINGS (.+) TO {role}", statement):
            settings = re.findall(r"(\w+) = (\d+)(?: MAX (\d+))?", found[1])
    users = folder / f"{role}-users.xml"
    users.write_text(
        _USERS.format(
            values="".join(f"<{name}>{value}</{name}>" for name, value, _ in settings),
            limits="".join(f"<{name}><max>{most}</max></{name}>" for name, _, most in settings if most),
            grants="".join(f"<query>{escape(grant)}</query>" for grant in grants),
        ),
        encoding="utf-8",
    )
    config = folder / f"{role}.xml"
    config.write_text(_CONFIG.format(users=users), encoding="utf-8")
    return config
