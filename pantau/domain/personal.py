"""Personal data that must not be stored in clear: found in texts and identifiers, masked, or pseudonymised.

Found by shape: NIK (16 digits whose area and birth date are possible; a *kartu keluarga* number has the same build),
NIP of a civil servant (18 digits), phone numbers (08…, 62…, +62…, landlines with +62 or their area code in brackets)
and e-mail addresses. Names have no shape: the mapping drops them, and a field named after one is masked by its name.
Not taken for personal: epoch milliseconds, UUIDs, hexadecimal digests, ISO timestamps, area codes, ticket numbers.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from pantau.domain.errors import BadSetup

Kind = Literal["nik", "kk", "nip", "phone", "email"]


class Finding(msgspec.Struct, frozen=True):
    """What was found and where in the text (``text[start:end]``); it does not hold the value itself."""

    kind: Kind
    start: int
    end: int


MASKS: Final[dict[Kind, str]] = {
    "nik": "[NIK]",
    "kk": "[KK]",
    "nip": "[NIP]",
    "phone": "[telepon]",
    "email": "[surel]",
}
MASKED: Final = "[disamarkan]"
"""Stands for the value of a field that is named after personal data."""

_SHORT: Final = 64
"""Letters of a text that is worth remembering."""

_LEAST_DIGITS: Final = 9  # the shortest thing found by its digits: a landline such as (021) 123456
_AS_ZERO: Final = bytes(ord("0") if 48 <= byte <= 57 else byte for byte in range(256))
_BETWEEN_DIGITS: Final = b" .-()+"
_RUN: Final = b"0" * _LEAST_DIGITS

_AT: Final = ord("@")
_DIGITS: Final = re.compile(rb"\d+")
_START: Final = re.compile(rb"0[2-9]\d{7}|62[2-9]\d{6}|8[1-35-9]\d{9}|\d{16}")

_OPAQUE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"  # a UUID
    r"|(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{24,}"  # a digest
    r"|\d{4}-\d\d-\d\d[T ]\d\d[:.]\d\d[:.]\d\d(?:[.,]\d{1,9})?"  # a timestamp
    r")(?![0-9A-Za-z])"
)
_SIXTEEN: Final = r"\d\d(?:[ .\-]?\d\d){7}(?!\d)"
_FAMILY: Final = re.compile(r"(?<!\d)(?=(?P<number>" + _SIXTEEN + "))")  # looks ahead, so that every start is tried
_NAMED: Final = re.compile(
    r"(?<![A-Za-z])(?:(?P<kk>no\.? ?kk|kk|kartu[ _]keluarga)|nik|ktp)"
    r"[ :.#=_\-]{0,4}(?:no(?:mor)?[ :.#=_\-]{1,4})?(?P<number>" + _SIXTEEN + ")",
    re.IGNORECASE,
)
_NIP: Final = re.compile(r"(?<!\d)(?=(?P<number>\d{8}[ .\-]?\d{6}[ .\-]?[12][ .\-]?\d{3}(?!\d)))")
_PHONE: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?:\+|00)?62[ .\-]{0,2}(?:\(0\)[ .\-]{0,2})?0?8[1-35-9]\d(?:[ .\-]{0,2}\d){6,9}"  # mobile, with country code
    r"|\(?08[1-35-9]\d\)?(?:[ .\-]{0,2}\d){6,9}"  # mobile, as dialled at home
    r"|(?:\+|00)62[ .\-]{0,2}(?:\(0?\d{2,3}\)[ .\-]{0,2})?[2-7](?:[ .\-]{0,2}\d){6,10}"  # landline
    r"|\(0[2-79]\d{1,2}\)[ .\-]{0,2}\d(?:[ .\-]{0,2}\d){5,7}"
    r")(?!\d)"
)
_LOST_ZERO: Final = re.compile(r"8[1-35-9]\d{9,10}(?:\.0)?")
_EMAIL: Final = re.compile(r"[\w.%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}")

_PROVINCES: Final = frozenset(
    (*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98))
)
"""First two digits of an area code (Kepmendagri 300.2.2-2138/2025: 38 provinces)."""

_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_PERSON_FIELD: Final = re.compile(
    r"nama(lengkap|pemohon|pasien|petugas|ibu)?|(full|first|last|middle|sur)?name|namadepan|namabelakang"
    r"|(mobile|tele)?phone(number)?|mobile|(no|nomor)?(telepon|telp|tlp|hp|handphone|ponsel|wa|whatsapp)|email|surel"
    r"|(no|nomor)?(nik|ktp|kk|nip|bpjs|kartu|rm|paspor|npwp)|passport(number)?"
    r"|alamat(lengkap|rumah|email)?|(street|home)?address"
    r"|tempatlahir|(tanggal|tgl)lahir|ttl|birth(date|day|place)|dateofbirth|dob"
)


def names_person(field: str) -> bool:
    """Whether a field is named after personal data: ``nama_lengkap``, ``firstName``, ``no_hp``, ``NIK``."""
    return _short_names_person(field) if len(field) <= _SHORT else _names_person(field)


def _names_person(field: str) -> bool:
    return _PERSON_FIELD.fullmatch(re.sub(r"[^a-z]", "", field.lower())) is not None


def suspicious(utf8: bytes) -> bool:
    """Whether a text, or a whole JSON document, deserves a closer look; a quick test that is wrong on one side only.

    False means that :func:`find` would find nothing in it.
    """
    if _AT in utf8 or not utf8.isascii():
        return True
    zeros = utf8.translate(_AS_ZERO, _BETWEEN_DIGITS)
    start = zeros.find(_RUN)
    if start < 0:
        return False
    digits = utf8.translate(None, _BETWEEN_DIGITS)  # the same length as zeros
    while start >= 0:
        end = _DIGITS.match(digits, start).end()  # type: ignore[union-attr] # a run of digits begins there
        if _START.search(digits, start, end):
            return True
        start = zeros.find(_RUN, end)
    return False


def find(text: str) -> tuple[Finding, ...]:
    """Personal data in a text, in order, without overlaps: ``find("WA 0812-3456-7890")`` is one phone number at 3."""
    if not suspicious(text.encode("utf-8", "surrogatepass")):
        return ()
    return _search(text)


def mask(text: str) -> str:
    """The text with every finding replaced by its kind; nothing is left to be found: ``"WA [telepon]"``."""
    return _short_mask(text) if len(text) <= _SHORT else _mask(text)


def _mask(text: str) -> str:
    while findings := find(text):
        for finding in reversed(findings):
            text = text[: finding.start] + MASKS[finding.kind] + text[finding.end :]
    return text


# what is refused once is often refused a thousand times: the same keys, units and services
_short_names_person = lru_cache(maxsize=4096)(_names_person)
_short_mask = lru_cache(maxsize=8192)(_mask)


def mask_tree(value: object) -> object:
    """A copy of decoded JSON with texts, keys and numbers masked, and fields named after personal data emptied."""
    match value:
        case str():
            return mask(value)
        case bool() | None:
            return value
        case int() | float():
            masked = mask(repr(value))
            return value if masked == repr(value) else masked
        case dict():
            return {
                mask(str(key)): MASKED if names_person(str(key)) and item is not None else mask_tree(item)
                for key, item in value.items()
            }
        case list() | tuple():
            return [mask_tree(item) for item in value]
        case _:
            return mask(str(value))


def pseudonym(value: str, key: bytes) -> str:
    """The same short name for the same value under the same key, from which the value cannot be got without the key.

    ``p-`` and 20 letters or digits (96 bits of keyed BLAKE2b; no 0, 1, 8, 9, so that it looks like no NIK or phone
    number). A number is taken without its separators and a phone number with its country code, so that
    ``0812-3456-7890`` and ``+62 812 3456 7890`` are one person. Raises BadSetup without a key of 16 to 64 bytes.
    """
    return "p-" + keyed_digest(_normalised(value).encode("utf-8", "surrogatepass"), key)


def keyed_digest(value: bytes, key: bytes) -> str:
    """96 bits of BLAKE2b under a key, in 20 letters and digits. Raises BadSetup without a key of 16 to 64 bytes."""
    if not 16 <= len(key) <= 64:
        raise BadSetup(f"the key of pseudonyms must have 16 to 64 bytes, not {len(key)}")
    bits = int.from_bytes(blake2b(value, key=key, digest_size=12).digest(), "big") << 4  # 96, and 4 to fill 20 letters
    return "".join([_LETTERS[bits >> place & 1023] for place in range(90, -1, -10)])


_BASE32: Final = "abcdefghijklmnopqrstuvwxyz234567"
_LETTERS: Final = [left + right for left in _BASE32 for right in _BASE32]
"""Ten bits as two letters: RFC 4648 in small letters, three times as fast as the library's."""


def _normalised(value: str) -> str:
    if value.endswith(".0") and value[:-2].isdigit():  # a spreadsheet took the number for a quantity
        value = value[:-2]
    findings = find(value)
    if len(findings) != 1 or (findings[0].start, findings[0].end) != (0, len(value)):
        return value
    if findings[0].kind == "email":
        return value.lower()
    digits = re.sub(r"[^0-9]", "", _folded(value))
    if findings[0].kind != "phone":
        return digits
    national = digits.removeprefix("00").removeprefix("62") if digits[:2] in ("62", "00") else digits
    return "62" + national.removeprefix("0")


def _search(text: str) -> tuple[Finding, ...]:
    plain = _folded(text)
    found = [Finding("email", *match.span()) for match in _EMAIL.finditer(plain)] if "@" in plain else []
    plain = _OPAQUE.sub(lambda match: "x" * len(match[0]), plain)
    taken: list[tuple[int, int]] = [(finding.start, finding.end) for finding in found]
    for kind, start, end in _numbers(plain):
        if all(end <= first or start >= last for first, last in taken):
            found.append(Finding(kind, start, end))
            taken.append((start, end))
    return tuple(sorted(found, key=lambda finding: finding.start))


def _numbers(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Numbers of every kind, the surest first; they may overlap."""
    for match in _NIP.finditer(text):
        if _possible_nip(re.sub(r"\D", "", match["number"])):
            yield "nip", *match.span("number")
    for match in _NAMED.finditer(text):
        yield "kk" if match["kk"] else "nik", *match.span("number")
    for match in _FAMILY.finditer(text):
        if _possible_nik(re.sub(r"\D", "", match["number"])):
            yield "nik", *match.span("number")
    for match in _PHONE.finditer(text):
        yield "phone", *match.span()
    if _LOST_ZERO.fullmatch(text):  # a spreadsheet took the number for a quantity and dropped its zero
        yield "phone", 0, len(text)


def _possible_nik(digits: str) -> bool:
    """PPRRSSDDMMYYNNNN: province, regency (71 and up: cities), district, birth date (women: day + 40), serial."""
    province, regency, district, day, month, year = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    day -= 40 if day > 40 else 0
    return (
        province in _PROVINCES
        and (1 <= regency <= 40 or 71 <= regency <= 79)
        and district > 0
        and digits[12:] != "0000"
        and _possible_day(day, month, leap=year % 4 == 0)
    )


def _possible_nip(digits: str) -> bool:
    """YYYYMMDD birth, YYYYMM appointment (month 21 for a PPPK), 1 or 2 for the sex, three digits of serial."""
    birth, appointed, month = int(digits[:4]), int(digits[8:12]), int(digits[12:14])
    return (
        1940 <= birth <= 2015
        and 1960 <= appointed <= 2060
        and (1 <= month <= 12 or month == 21)
        and _possible_day(int(digits[6:8]), int(digits[4:6]), leap=birth % 4 == 0)
    )


def _possible_day(day: int, month: int, *, leap: bool) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] and (leap or (day, month) != (29, 2))


def _folded(text: str) -> str:
    """The text with other scripts' digits, dashes and spaces as ASCII, position for position.

    Numbers copied from messengers come as ``+62 812‑3456‑7890`` with non-breaking hyphens and direction marks.
    """
    return text if text.isascii() else "".join(map(_fold, text))


def _fold(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    match unicodedata.category(letter):
        case "Pd":
            return "-"
        case "Zs" | "Cf":
            return " "
        case _:
            return letter
