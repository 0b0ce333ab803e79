"""The committed JSON of the boards: what it must be, what differs, and writing it."""

import json
from pathlib import Path
from typing import Final

from dashboards.definitions import boards
from dashboards.panels import UIDS
from dashboards.render import board_json
from pantau.domain.indicators import Language

FOLDER: Final = Path(__file__).parent / "boards"
LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")


def built() -> dict[str, str]:
    """Path below the folder of boards, such as ``id/ikhtisar.json`` -> the text of the file."""
    return {
        f"{language}/{UIDS[board.key]}.json": _text(board_json(board, language))
        for language in LANGUAGES
        for board in boards()
    }


def differing(folder: Path = FOLDER) -> list[str]:
    """The files that are missing, different or left over from a board that is no more, by path."""
    wanted = built()
    there = {str(path.relative_to(folder)) for language in LANGUAGES for path in (folder / language).glob("*.json")}
    changed = {path for path in wanted if path in there and (folder / path).read_text("utf-8") != wanted[path]}
    return sorted(changed | (there ^ wanted.keys()))


def write(folder: Path = FOLDER) -> list[str]:
    """Make the files what they must be; returns those that changed. A file of no board is removed."""
    wanted = built()
    changed = differing(folder)
    for path in changed:
        file = folder / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], encoding="utf-8")
        else:
            file.unlink()
    return changed


def _text(board: dict[str, object]) -> str:
    return json.dumps(board, ensure_ascii=False, indent=2) + "\n"
