"""A registry file is followed: what is in it is in force, and what is wrong in it is not."""

import os
from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup
from pantau.gateway.followed_registry import FollowedRegistry
from tests.gateway.office import KEY, OTHER_KEY
from tests.gateway.office_file import registry_toml
from tests.support.kafka import eventually


def write(path: Path, text: str) -> None:
    """As an editor or a mounted configuration does it: another file in its place."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def test_a_changed_file_is_in_force_and_an_unchanged_one_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    write(path, registry_toml(KEY))
    followed = FollowedRegistry(path)
    before = followed()
    assert not followed.look()
    write(path, registry_toml(OTHER_KEY))
    assert followed.look()
    assert followed() is not before
    assert followed().sources[0].key_hash != before.sources[0].key_hash
    assert not followed.look()


def test_a_file_with_faults_is_told_and_the_one_before_stays_in_force(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    write(path, "[[unit]]")
    with pytest.raises(BadSetup):
        FollowedRegistry(path)
    write(path, registry_toml(KEY))
    followed = FollowedRegistry(path)
    before = followed()
    for broken in ("[[unit]]", "no toml at all", "\0"):
        write(path, broken)
        assert not followed.look()
        assert followed() is before
        assert followed.fault is not None
    path.unlink()
    assert not followed.look()
    assert followed.fault is not None
    assert "cannot be read" in followed.fault
    write(path, registry_toml(KEY))
    assert followed.look()
    assert followed.fault is None


def test_it_is_read_when_somebody_says_so_even_if_it_looks_the_same(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text(registry_toml(KEY))
    followed = FollowedRegistry(path, every_seconds=0.02)
    before, stamp = followed(), path.stat()
    with followed.followed():
        with path.open("r+") as file:  # the same file, size and time: nothing tells that it is another one
            file.write(registry_toml(OTHER_KEY))
            file.flush()
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        followed.reload()
        eventually(lambda: followed().sources[0].key_hash != before.sources[0].key_hash, "the registry to be read")


def test_a_change_is_seen_without_anybody_saying_so(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    write(path, registry_toml(KEY))
    followed = FollowedRegistry(path, every_seconds=0.02)
    before = followed()
    with followed.followed():
        write(path, registry_toml(OTHER_KEY))
        eventually(lambda: followed() is not before, "the registry to be read")
