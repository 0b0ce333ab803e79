"""API keys: made, proved, and known only by their hash."""

import json
import re
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pantau.cli.keys import app
from pantau.domain.registry import Registry, Source
from pantau.gateway.keys import Keys, bearer, key_hash, new_key
from tests.gateway.office import KEY, OTHER_KEY, SOURCE, registry


def test_a_key_belongs_to_the_source_with_its_hash() -> None:
    keys = Keys(registry())
    owner = keys.owner(KEY)
    assert owner is not None
    assert owner.name == SOURCE


@given(st.text())
def test_no_other_text_is_a_key(text: str) -> None:
    keys = Keys(registry())
    assert (keys.owner(text) is None) == (text not in (KEY, OTHER_KEY))
    assert keys.owner(key_hash(KEY)) is None


def test_a_key_that_two_sources_share_proves_neither() -> None:
    shared = [Source(name=name, key_hash=key_hash(KEY)) for name in ("a", "b", "c")]
    assert Keys(Registry(sources=shared)).owner(KEY) is None


def test_new_keys_differ_and_need_no_escaping() -> None:
    made = {new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"pantau_[A-Za-z0-9_-]{43}", key) for key in made)


def test_the_scheme_is_read_whatever_its_case() -> None:
    assert bearer(f"bearer {KEY}") == bearer(f"BEARER  {KEY} ") == KEY
    assert bearer(KEY) is bearer(None) is bearer("Bearer") is bearer("Bearer ") is None


def test_the_command_prints_a_key_once_and_the_line_for_the_registry() -> None:
    result = CliRunner().invoke(app, ["new", SOURCE])
    assert result.exit_code == 0
    key, line = result.stdout.splitlines()
    assert line == f'key_hash = "{sha256(key.encode()).hexdigest()}"'
    assert SOURCE in result.stderr
    assert key not in result.stderr


def test_the_command_speaks_json_to_programs() -> None:
    result = CliRunner().invoke(app, ["new", SOURCE, "--json"])
    made = json.loads(result.stdout)
    assert made["source"] == SOURCE
    assert made["key_hash"] == key_hash(made["key"])
