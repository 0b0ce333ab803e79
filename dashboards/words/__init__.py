"""Every word of the boards, in Indonesian and in English; both languages have the same keys.

``board.KEY`` a board's title, ``panel.KEY.PANEL`` a panel's, each with ``….about``, one sentence that says what it
shows and what to do; ``….none`` what a table says that has no rows; ``column.NAME``, ``state.CODE``, ``unit.NAME``,
``choice.NAME`` (a variable) and ``link.NAME``.
"""

from typing import Final

from dashboards.words.boards import BOARDS
from dashboards.words.columns import COLUMNS
from dashboards.words.detail import DETAIL
from dashboards.words.fallen import FALLEN
from dashboards.words.frame import FRAME
from dashboards.words.now import NOW
from dashboards.words.operation import OPERATION
from dashboards.words.people import PEOPLE
from dashboards.words.states import STATES
from pantau.domain.indicators import Language

Pair = tuple[str, str]
"""(Indonesian, English)."""

WORDS: Final[dict[str, Pair]] = {
    **FRAME, **STATES, **BOARDS, **COLUMNS, **NOW, **DETAIL, **PEOPLE, **FALLEN, **OPERATION,
}  # fmt: skip
"""Key -> (Indonesian, English)."""


class Say:
    """The words in one language. An unknown key is a bug and raises KeyError."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = 0 if language == "id" else 1

    def __contains__(self, key: str) -> bool:
        return key in WORDS

    def __call__(self, key: str) -> str:
        """The words of a key."""
        return WORDS[key][self._place]
