"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Data = Annotated[
    str,
    typer.Option(
        "--data",
        envvar="PANTAU_DATA_DIR",
        help="The data directory (if a process owns it, that process is asked), or clickhouse://user@host:port/database.",
        show_default=True,
    ),
]
"""No path: that would make one slash of the two in an address."""

DATA = "data"
"""Where the data directory is unless said otherwise."""

Lang = Annotated[
    Literal["id", "en"],
    typer.Option("--lang", envvar="PANTAU_LANG", help="Language of the report: Indonesian or English."),
]

RegistryFile = Annotated[
    Path | None,
    typer.Option("--registry", help="Put this registry.toml in force first; else the last one holds."),
]


def times(text: object) -> float:
    """How many times as fast: ``60`` or ``60x``. Raises BadParameter for anything else."""
    try:
        factor = float(str(text).removesuffix("x"))
    except ValueError:
        factor = -1.0
    if not 0 <= factor < 1e9:
        raise typer.BadParameter(f"{text}: write 60 or 60x")
    return factor
