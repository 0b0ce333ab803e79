"""The command is called pantau, however it was started."""

import sys

import pytest

from pantau.cli.main import main


@pytest.mark.parametrize("arguments", [["--help"], ["verify", "--help"], ["rejects", "list", "--help"]])
def test_the_usage_line_shows_the_command_as_it_is_typed(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/pantau/cli/main.py", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert f"Usage: {' '.join(['pantau', *arguments[:-1]])} [OPTIONS]" in printed
    assert "main.py" not in printed
