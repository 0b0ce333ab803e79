"""``pantau retention``: how long raw events are kept."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from pantau.domain.spans import Language

LEAST_DAYS: Final = 8
"""A day more than the bus keeps records: whatever a crash cut short is redone by then."""

_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "would": {
        "id": "{n} kejadian mentah berumur lebih dari {days} hari; --remove menghapusnya, kunjungan dan angka tetap",
        "en": "{n} raw events are older than {days} days; --remove removes them, visits and numbers stay",
    },
    "gone": {
        "id": "{n} kejadian mentah berumur lebih dari {days} hari dihapus; kunjungan dan angka tetap",
        "en": "{n} raw events older than {days} days were removed; visits and numbers stay",
    },
}


def retention(
    keep_days: Annotated[int, typer.Option("--keep-days", min=LEAST_DAYS, help="Days of raw events that are kept.")],
    data: Data = DATA,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the older ones, not only count them.")] = False,
    lang: Lang = "id",
) -> None:
    """Remove raw events that arrived long ago. Visits, answers and windows stay, and so does every indicator.

    What the removed events said can no longer be recomputed: pantau verify says what it left out, and a correction of a
    clock no longer reaches them. Run it daily if the disk asks for it.
    """
    from pantau.cli.desks import open_desk
    from pantau.domain.zones import DAY
    from pantau.texts import number_text

    with open_desk(data) as desk:
        before = desk.now() - keep_days * DAY
        n = desk.remove_events(before) if remove else desk.removable_events(before)
    said = _WORDS["gone" if remove else "would"][lang]
    typer.echo(said.format(n=number_text(n, lang), days=number_text(keep_days, lang)))
