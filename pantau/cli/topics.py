"""``pantau topics``: the topics of the bus, made and checked.

Exit codes: 0 done or equal, 1 the broker's topics differ, 2 the set-up is wrong, 4 no broker answers.
"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from producers.topics import Difference

app = typer.Typer(name="topics", help="The topics of the bus that events travel through.", no_args_is_help=True)

Bus = Annotated[str | None, typer.Option(help="The brokers: kafka://host:port,host:port [env: PANTAU_BUS]")]


@app.command()
def create(
    bus: Bus = None,
    replicas: Annotated[
        int,
        typer.Option(min=-1, help="Copies of every partition, each on a broker of its own; -1: as the broker has it."),
    ] = -1,
) -> None:
    """Make the topics that are missing. Safe to repeat: those that are there stay as they are; differences are told."""
    from producers.topics import create as made_of

    made, differences = made_of(_brokers(bus), replicas=replicas)
    for name in made:
        typer.echo(f"{name}: made")
    _tell(differences)
    if not made and not differences:
        typer.echo("every topic is there as declared")


@app.command()
def check(bus: Bus = None) -> None:
    """Compare the broker's topics with the declared ones."""
    from producers.topics import check as differences_of

    differences = differences_of(_brokers(bus))
    _tell(differences)
    if differences:
        raise typer.Exit(1)
    typer.echo("every topic is there as declared")


def _brokers(bus: str | None) -> list[str]:
    from pantau.distributed.address import brokers
    from pantau.settings import load

    return brokers(load({"bus": bus}).settings.bus)


def _tell(differences: "Sequence[Difference]") -> None:
    for each in differences:
        typer.echo(f"{each.topic}: {each.setting} is {each.found}, declared {each.declared}")
