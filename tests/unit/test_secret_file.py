"""The key of an installation: made once, kept whole, readable by its owner alone."""

import stat
from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup
from pantau.secret_file import secret_from_hex, secret_of


def test_a_key_is_made_once_and_stays_the_same(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    key = secret_of(directory)
    assert len(key) == 32
    assert secret_of(directory) == key
    assert secret_of(tmp_path) != key
    assert stat.S_IMODE((directory / "secret").stat().st_mode) == 0o600
    assert [path.name for path in directory.iterdir()] == ["secret"]


def test_what_a_kill_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret.coming").write_text("ab")
    assert len(secret_of(tmp_path)) == 32
    assert not (tmp_path / "secret.coming").exists()


@pytest.mark.parametrize("text", ["", "abcdef99", "no hex at all, and long enough to be a key", "00" * 65])
def test_a_damaged_key_is_never_replaced_and_never_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(BadSetup, match="put back the one that was there") as raised:
        secret_of(tmp_path)
    assert not text or text not in str(raised.value)
    assert (tmp_path / "secret").read_text() == text


def test_a_setting_in_hex_is_a_key() -> None:
    assert secret_from_hex(" 00112233445566778899aabbccddeeff\n", "PANTAU_SECRET") == bytes.fromhex(
        "00112233445566778899aabbccddeeff"
    )
