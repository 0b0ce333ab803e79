"""What citizens say afterwards: presses on the smiley terminal, and SKM answers of nine elements.

One person's answers share a mood (correlation about 0.56). Waiting lowers some elements, the officers' skill raises
others; *biaya* (U4) and *sarana* (U9) follow neither, so that they can serve as placebo outcomes.
"""

from random import Random
from typing import Literal

from pantau.domain.events import Elements
from producers.simulator import chance
from producers.simulator.world import MINUTE_MS

Element = Literal[
    "persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarana"
]

LEVELS: tuple[tuple[Element, float, float, float], ...] = (
    ("persyaratan", 3.40, 0.10, 0.15),
    ("prosedur", 3.38, 0.30, 0.15),
    ("waktu", 3.35, 1.00, 0.15),
    ("biaya", 3.75, 0.00, 0.00),
    ("produk", 3.42, 0.10, 0.10),
    ("kompetensi", 3.35, 0.10, 1.00),
    ("perilaku", 3.40, 0.25, 0.90),
    ("pengaduan", 3.42, 0.20, 0.30),
    ("sarana", 3.20, 0.00, 0.00),
)
"""(element, level on 1 to 4, loss at full annoyance about the wait, share of the officers' skill)."""

PERSON_SIGMA = 0.42
ANSWER_SIGMA = 0.38
_UNANSWERED = 0.01
_FREE_OF_ANNOYANCE_MS = 10 * MINUTE_MS
_FULL_ANNOYANCE_MS = 60 * MINUTE_MS
_AGES = ("17-25", "26-40", "26-40", "41-60", "41-60", "60+")
_SEXES = ("L", "P")
_EDUCATION = ("SD", "SMP", "SMA", "SMA", "SMA", "D3", "S1")
_OCCUPATIONS = ("petani", "wiraswasta", "karyawan", "ibu rumah tangga", "pelajar", "PNS", "lainnya")


def annoyance(wait_ms: int) -> float:
    """0 up to ten minutes of waiting, rising to 1 at an hour and ten minutes."""
    return min(1.0, max(0.0, (wait_ms - _FREE_OF_ANNOYANCE_MS) / _FULL_ANNOYANCE_MS))


def press(rng: Random, *, wait_ms: int, skill: float) -> int:
    """A score of 1 to 5 on the smiley terminal."""
    mood = 4.3 + skill - 1.5 * annoyance(wait_ms) + 0.8 * chance.normals()[rng.getrandbits(chance.STEPS_BITS)]
    return min(5, max(1, round(mood)))


def answers(rng: Random, *, wait_ms: int, skill: float, straight_lined: float) -> Elements:
    """One person's nine SKM answers; a straight-liner gives one mark to all, whatever happened."""
    normals, bits = chance.normals(), chance.STEPS_BITS
    person = PERSON_SIGMA * normals[rng.getrandbits(bits)]
    given: dict[str, int | None] = {}
    if rng.random() < straight_lined:
        mark = min(4, max(1, round(3.4 + person)))
        given = {element: mark for element, _, _, _ in LEVELS}
    else:
        annoyed = annoyance(wait_ms)
        for element, level, loss, share in LEVELS:
            noise = ANSWER_SIGMA * normals[rng.getrandbits(bits)]
            mark = min(4, max(1, round(level + person + noise - loss * annoyed + share * skill)))
            given[element] = None if rng.random() < _UNANSWERED else mark
    return Elements(**given)


def respondent(rng: Random) -> dict[str, str]:
    """Who answered, in classes: never a person."""
    return {
        "age_group": rng.choice(_AGES),
        "sex": rng.choice(_SEXES),
        "education": rng.choice(_EDUCATION),
        "occupation": rng.choice(_OCCUPATIONS),
    }
