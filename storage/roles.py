"""Who may do what on a server: roles as SQL, each with no more than its work needs.

A person with the right to manage access runs these once (``pantau migrate --roles``) and gives each user one role:
``pantau_writer`` to workers and verbs, ``pantau_reader`` to the page, ``pantau_answerer`` to what it writes of people's
answers, ``pantau_dashboard`` to Grafana, ``pantau_migrator`` to whoever makes the tables.
"""

from pantau.domain.measures import RECORDS
from storage.layout import BY_UNIT, Cluster, render, table_of
from storage.migrate import migrations

EMBEDDED_ONLY = frozenset({"moved_cells", "progress"})
"""Tables that only a process with its own directory writes."""

ABOUT_SOMEBODY = frozenset({"officer", "ticket", "age_group", "sex", "education", "occupation", "history"})
"""Columns of facts that are about one person, and the events that a fact was made of, which tell the same."""

DASHBOARD: dict[str, tuple[str, ...]] = {
    **{
        table: tuple(name for name in (*record.__struct_fields__, "version", "deleted") if name not in ABOUT_SOMEBODY)
        for table, record in RECORDS.items()
    },
    **dict.fromkeys(("windows", "units", "services", "effects", "alert_transitions", "data_gaps"), ()),
    "alert_weeks": ("unit", "week", "baseline"),
    "alert_answers": ("alert", "at", "due", "done"),
    "alert_silences": ("unit", "first_day", "last_day", "indicator", "at"),
    "alert_silence_turns": ("unit", "silenced_at", "turn", "at", "day"),
    "alert_outbox": ("key", "recipient", "kind", "role", "unit", "alert", "due_at", "state", "attempts", "version"),
    "events": ("unit", "source", "id", "kind", "time", "arrival"),
    "rejected_events": ("source", "digest", "code", "state", "seen", "retryable", "first_at", "last_at", "version"),
    "flushes": ("name", "epoch", "seq", "at"),
    "partitions": ("name", "epoch", "seq", "at"),
}
"""Tables that dashboards and their watchdogs read, and of which only some columns: never what is about one person, what
a person wrote or a source sent. ``digest`` and ``version`` are what FINAL sorts and picks by."""

ANSWERED = ("alert_answers", "alert_inbox", "alert_receipts")
"""Tables into which the page writes what people answer and services tell; it does so as a user who reads nothing."""

_GIGABYTE = 1_000_000_000


def tables() -> list[str]:
    """Every table of the migrations, by name."""
    return sorted({table_of(statement) for migration in migrations() for statement in render(migration.text)})


def roles(database: str, cluster: str | None = None) -> list[str]:
    """Statements that make the roles, their grants and their limits; running them again changes nothing."""
    place = Cluster(cluster, database) if cluster else None
    on = f" ON CLUSTER {cluster}" if cluster else ""
    names = ("writer", "reader", "answerer", "dashboard", "migrator")
    statements = [f"CREATE ROLE IF NOT EXISTS pantau_{name}{on}" for name in names]

    def grant(role: str, rights: str, where: str) -> None:
        statements.append(f"GRANT{on} {rights} ON {where} TO pantau_{role}")

    grant("writer", "SELECT", f"{database}.*")
    for table in tables():
        if table not in EMBEDDED_ONLY:
            for behind in _behind(table, place):
                grant("writer", "INSERT", f"{database}.{behind}")
    for behind in _behind("events", place):
        grant("writer", "ALTER DELETE", f"{database}.{behind}")
    # verify and rebuilds fold into databases beside ours, named after it
    grant(
        "writer",
        "CREATE DATABASE, DROP DATABASE, CREATE TABLE, DROP TABLE, SELECT, INSERT",
        f"{database}_recomputed*.*",
    )
    grant("reader", "SELECT", f"{database}.*")
    for table in ANSWERED:
        grant("answerer", "INSERT", f"{database}.{table}")
    # what an earlier version granted and this one does not
    statements.append(f"REVOKE{on} SELECT ON {database}.* FROM pantau_dashboard")
    for table, columns in DASHBOARD.items():
        for behind in _behind(table, place):
            grant("dashboard", f"SELECT({', '.join(columns)})" if columns else "SELECT", f"{database}.{behind}")
    grant("migrator", "CREATE DATABASE, CREATE TABLE, ALTER TABLE, DROP TABLE, SELECT, INSERT", f"{database}.*")
    if cluster:
        for role in ("writer", "migrator"):
            grant(role, "CLUSTER, REMOTE", "*.*")
    statements.append(_profile("reader", on, cluster, seconds=300, gigabytes=16))
    statements.append(_profile("dashboard", on, cluster, seconds=30, gigabytes=4))
    return statements


def _behind(table: str, cluster: Cluster | None) -> list[str]:
    """A table, and on a cluster the one that holds its rows."""
    return [table, f"{table}_local"] if cluster and table in BY_UNIT else [table]


def _profile(role: str, on: str, cluster: str | None, *, seconds: int, gigabytes: int) -> str:
    """Reading only, within limits. Settings may be sent (Grafana does), but not above these.

    The last setting is what our own queries say of themselves: without it every visit of a unit is read for one day's.
    """
    settings = [
        "readonly = 2",
        f"max_execution_time = {seconds} MAX {seconds}",
        f"max_memory_usage = {gigabytes * _GIGABYTE} MAX {gigabytes * _GIGABYTE}",
        "use_skip_indexes_if_final_exact_mode = 0",
    ]
    if cluster:
        settings += ["distributed_product_mode = 'global'", "select_sequential_consistency = 1"]
    return f"CREATE SETTINGS PROFILE OR REPLACE pantau_{role}{on} SETTINGS {', '.join(settings)} TO pantau_{role}"
