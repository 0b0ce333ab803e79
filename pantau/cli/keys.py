"""``pantau keys``: API keys for the HTTP gateway, and the secret of an installation.

Exit codes: 0.
"""

from typing import Annotated

import typer

app = typer.Typer(
    name="keys",
    help="Keys of sources, tokens of viewers, and the secret of an installation on servers.",
    no_args_is_help=True,
)


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


@app.command()
def viewer(
    name: Annotated[str, typer.Argument(help='Who will look, such as "Camat Natar".')],
    kecamatan: Annotated[
        list[str] | None, typer.Option(help="Code of a kecamatan he may see, again for each; none is everything.")
    ] = None,
) -> None:
    """Make a token for somebody who looks at the page. It is shown this once; viewers.toml gets only its hash."""
    import json
    import secrets

    from dashboards.live.viewers import PREFIX, token_hash

    token = PREFIX + secrets.token_urlsafe(32)
    typer.echo(f"Token {name}, hanya ditampilkan sekali ini; serahkan tautannya: http://…/?token={token}", err=True)
    typer.echo(token)
    typer.echo("Tambahkan baris ini pada viewers.toml, berkas yang ditunjuk PANTAU_VIEWERS:", err=True)
    typer.echo(f'[[viewer]]\nname = {json.dumps(name, ensure_ascii=False)}\ntoken_hash = "{token_hash(token)}"')
    if kecamatan:
        typer.echo(f"kecamatan = {json.dumps(kecamatan)}")


@app.command()
def secret() -> None:
    """Make the secret of an installation on servers: 32 random bytes in hex, the same for the gateway and all workers.

    It keys pseudonyms and the digests of refused events; with another one the same person gets another pseudonym. Keep
    it in a file that only these processes can read, and name that file in PANTAU_SECRET_FILE.
    """
    import secrets

    typer.echo(secrets.token_hex(32))
