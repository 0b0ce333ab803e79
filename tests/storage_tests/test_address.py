"""The address of a store on a server: what it may say, and that its password is never shown."""

import pytest

from pantau.domain.errors import BadSetup
from storage.address import Address, is_server, read_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clickhouse://host/pantau", Address("host", 9000, "default", "", "pantau")),
        ("clickhouse://me@host:9100/pantau", Address("host", 9100, "me", "", "pantau")),
        ("clickhouse://me:p%40ss%2F@host/pantau", Address("host", 9000, "me", "p@ss/", "pantau")),
        ("clickhouses://me@host/pantau", Address("host", 9440, "me", "", "pantau", secure=True)),
        ("clickhouse://me@host:9440/pantau?secure=1", Address("host", 9440, "me", "", "pantau", secure=True)),
        ("clickhouse://me@[::1]:9000/p_2", Address("::1", 9000, "me", "", "p_2")),
        ("clickhouse://host/pantau?cluster=lampung", Address("host", 9000, "default", "", "pantau", cluster="lampung")),
    ],
)
def test_an_address_says_host_port_user_database(text: str, expected: Address) -> None:
    assert read_address(text) == expected
    assert read_address(str(expected), expected.password) == expected
    assert is_server(text)


def test_a_password_given_apart_goes_first() -> None:
    assert read_address("clickhouse://me:old@host/pantau", "new").password == "new"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("postgres://me:hush@host/pantau", "no scheme of a store"),
        ("clickhouse://me:hush@/pantau", "host is missing"),
        ("clickhouse://me:hush@host", "name of a database"),
        ("clickhouse://me:hush@host/a-b", "name of a database"),
        ("clickhouse://me:hush@host/a/b", "name of a database"),
        ("clickhouse://me:hush@host/pantau;DROP", "name of a database"),
        ("clickhouse://me:hush@host:0/pantau", "port 0"),
        ("clickhouse://me:hush@host:99999/pantau", "cannot be read"),
        ("clickhouse://me:hush@host/pantau?zone=x", "unknown option zone"),
        ("clickhouse://me:hush@host/pantau?secure=yes", "secure must be 0 or 1"),
        ("clickhouse://me:hush@host/pantau?cluster=a'b", "cluster must be a name"),
    ],
)
def test_a_wrong_address_is_refused_with_the_reason_and_without_the_password(text: str, why: str) -> None:
    with pytest.raises(BadSetup, match=why) as refused:
        read_address(text)
    assert "hush" not in str(refused.value)


def test_no_address_shows_its_password() -> None:
    address = read_address("clickhouse://me:hush@host/pantau")
    assert "hush" not in f"{address} {address!r}"


@pytest.mark.parametrize("place", ["data", "/srv/pantau", "C:\\pantau", "http://host/pantau"])
def test_a_directory_is_no_server(place: str) -> None:
    assert not is_server(place)
