"""Who gets a message: the contacts of the registry, and the addresses that an installation keeps to itself.

The registry names roles and keys of addresses, never an address. A TOML file that only its owner can read holds those::

    replies = ["telegram", "fonnte"]  # channels whose replies are read
    [addresses]                       # address_key of a contact = where
    "camat-18.01.06" = "fonnte://TOKEN@6281234"
    [roles]                           # roles for which the registry names no contact
    sekcam = ["smtp://user:pass@mail.example/?from=pantau@example&to=sekcam@example"]
    bagian_organisasi = ["telegram://TOKEN@-100123"]
    operator = ["file:alerts.txt"]
"""

from pathlib import Path
from typing import Final

import msgspec

from pantau.alerting.intake import Channel, channel_of
from pantau.alerting.toml_file import read_secret_toml
from pantau.domain.alerts.messages import Role
from pantau.domain.registry import Registry

ROLES: Final[tuple[Role, ...]] = ("camat", "sekcam", "bagian_organisasi", "operator")


class AddressBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses by their key, and addresses of roles. Both are secrets: they hold tokens and numbers.

    ``replies`` are the channels on which people may reply; those of the others are not read.
    """

    addresses: dict[str, str] = {}
    roles: dict[Role, list[str]] = {}
    replies: list[Channel] = []

    def names(self) -> list[str]:
        """The names of all addresses."""
        listed = [f"{role}/{number}" for role, addresses in self.roles.items() for number in range(len(addresses))]
        return [*self.addresses, *listed]

    def can_reply(self, recipient: str) -> bool:
        """Whether what is written back from the address of this name is read."""
        where = channel_of(self.address(recipient) or "")
        return where is not None and where[0] in self.replies

    def recipients(self, registry: Registry, role: Role, unit: str) -> list[str]:
        """The names of the addresses for a role at a unit; none where nobody is known."""
        known = registry.unit(unit)
        kecamatan = next((each for each in registry.kecamatan if known and each.code == known.kecamatan), None)
        contacts = kecamatan.contacts if kecamatan else ()
        found = [
            each.address_key for each in contacts if _role_of(each.role) == role and each.address_key in self.addresses
        ]
        return found or [f"{role}/{number}" for number in range(len(self.roles.get(role, [])))]

    def address(self, recipient: str) -> str | None:
        """The address behind a name; None where it is gone."""
        if recipient in self.addresses:
            return self.addresses[recipient]
        role, _, number = recipient.rpartition("/")
        listed = self.roles.get(role, [])
        return listed[int(number)] if number.isdigit() and int(number) < len(listed) else None


def read_address_book(path: Path) -> AddressBook:
    """The address book of a file. Raises BadSetup, which shows no address, for a file that is none."""
    return read_secret_toml(path, AddressBook, "addresses")


def book_of_a_file(path: Path) -> AddressBook:
    """The book of an installation that named no addresses: every message is written to one file."""
    return AddressBook(roles={role: [path.resolve().as_uri()] for role in ROLES})


def _role_of(title: str) -> Role:
    """The role of a contact's title: "Camat Natar" is the camat, "Bagian Organisasi" is bagian_organisasi."""
    words = title.casefold().split()
    return "bagian_organisasi" if words[:2] == ["bagian", "organisasi"] else words[0] if words else ""
