"""The pages for those who read the boards: one a board, and every panel on it by the title that the board shows."""

import re
from pathlib import Path

import pytest

from dashboards.live.board_files import drawn_boards

PAGES = Path(__file__).parents[2] / "docs" / "papan"
BOARDS = {uid.removeprefix("pantau-"): board for uid, board in drawn_boards().items() if not uid.endswith("-en")}


@pytest.mark.parametrize("key", sorted(BOARDS))
def test_a_boards_page_tells_every_panel_once_and_no_other(key: str) -> None:
    page = (PAGES / f"{key}.md").read_text(encoding="utf-8")
    told = BOARDS[key].told
    rows = re.findall(r"^\| (.*?) \| .* \| .* \| .* \|$", page, re.MULTILINE)[1:]
    shown = [panel["title"] for panel in told["panels"] if panel["type"] != "text"]
    assert sorted(rows) == sorted(shown)
    assert page.startswith(f"# {told['title']}\n")


def test_the_first_page_leads_to_all() -> None:
    first = (PAGES / "README.md").read_text(encoding="utf-8")
    assert (
        {*re.findall(r"\]\((\w+)\.md\)", first)} == {*BOARDS} == {path.stem for path in PAGES.glob("*.md")} - {"README"}
    )
