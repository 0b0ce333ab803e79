"""``pantau keys``: API keys for the HTTP gateway.

Exit codes: 0.
"""

from typing import Annotated

import typer

app = typer.Typer(name="keys", help="API keys with which sources send events over HTTP.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Keep ``new`` a verb of its own though it is the only one."""


@app.command()
def new(
    source: Annotated[str, typer.Argument(help="The name of the source in registry.toml, such as antrian-dukcapil.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document for programs.")] = False,
) -> None:
    """Make a key for a source. It is shown this once and kept nowhere; the registry gets only its hash."""
    from pantau.gateway.keys import key_hash, new_key

    key = new_key()
    if as_json:
        import json

        typer.echo(json.dumps({"source": source, "key": key, "key_hash": key_hash(key)}))
        return
    typer.echo(f"Kunci {source}, hanya ditampilkan sekali ini; serahkan kepada pemilik sistemnya:", err=True)
    typer.echo(key)
    typer.echo(f'Tulis baris ini pada [[source]] name = "{source}" di registry.toml:', err=True)
    typer.echo(f'key_hash = "{key_hash(key)}"')
