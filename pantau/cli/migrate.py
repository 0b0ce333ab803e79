"""``pantau migrate``: make the tables on a ClickHouse server, or bring them up to date."""

from typing import Annotated

import typer


def migrate(
    store: Annotated[
        str | None,
        typer.Option("--store", "--data", help="Where: clickhouse://user@host:port/database [env: PANTAU_STORE]"),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="The cluster, as its servers name it: tables are replicated and spread by unit."),
    ] = None,
    roles: Annotated[bool, typer.Option("--roles", help="Make the roles too; the user must manage access.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Run everything once more, for a server that joined the cluster.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the statements and run none.")] = False,
) -> None:
    """Make the database and its tables on a ClickHouse server, or bring them up to date. Safe to repeat.

    A data directory needs none of this: the process that opens it does it. The password is read from
    PANTAU_STORE_PASSWORD or PANTAU_STORE_PASSWORD_FILE. With --roles: pantau_writer for workers, pantau_reader for the
    page, pantau_dashboard for Grafana, pantau_migrator for this verb. See docs/storage.md.
    """
    import msgspec

    from pantau.domain.errors import BadSetup
    from pantau.settings import load, revealed
    from storage.address import is_server, read_address
    from storage.layout import Cluster
    from storage.migrate import make_database, statements
    from storage.migrate import migrate as apply
    from storage.roles import roles as role_statements

    settings = load({"store": store}).settings
    if settings.store is None or not is_server(settings.store):
        raise BadSetup("give the server: --store clickhouse://user@host:9000/pantau; a directory needs no migrating")
    password = revealed(settings.store_password)
    address = read_address(settings.store, password)
    if cluster:
        address = read_address(str(msgspec.structs.replace(address, cluster=cluster)), address.password)
    to_grant = role_statements(address.database, address.cluster) if roles else []
    if dry_run:
        place = Cluster(address.cluster, address.database) if address.cluster else None
        for statement in (make_database(address.database, address.cluster), *statements(place), *to_grant):
            typer.echo(f"{statement};\n")
        return

    from storage.clickhouse_engine import ClickHouseEngine

    with_no_database = ClickHouseEngine(msgspec.structs.replace(address, database=""))
    try:
        with_no_database.execute(make_database(address.database, address.cluster))
        for statement in to_grant:
            with_no_database.execute(statement)
    finally:
        with_no_database.close()
    engine = ClickHouseEngine(address)
    try:
        applied = apply(engine, again=again)
    finally:
        engine.close()
    for migration in applied:
        typer.echo(migration.name)
    typer.echo(f"{address}: {len(applied)} applied" if applied else f"{address}: up to date")
