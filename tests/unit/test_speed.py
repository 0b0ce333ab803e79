"""How fast is said alike everywhere: 60 and 60x."""

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from pantau.cli.options import times
from pantau.domain.errors import BadSetup
from producers.replay import speed_of


@given(st.floats(0.1, 1000))
def test_with_and_without_an_x_means_the_same(factor: float) -> None:
    assert times(f"{factor}") == times(f"{factor}x") == times(factor) == speed_of(f"{factor}") == speed_of(f"{factor}x")


@pytest.mark.parametrize("text", ["fast", "6y", "", "nan", "inf", "nanx"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 60 or 60x"):
        times(text)
    with pytest.raises(BadSetup, match="write max, 1x or 60x"):
        speed_of(text)
