"""Personal data is found in the shapes people write it in, and nothing else is taken for it."""

import base64
import hashlib
import uuid
from datetime import date

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pantau.domain.errors import BadSetup
from pantau.domain.event_rules import RULED
from pantau.domain.events import VOCABULARY, Bucket, CloudEvent, Elements
from pantau.domain.personal import (
    MASKED,
    MASKS,
    Finding,
    find,
    keyed_digest,
    mask,
    mask_tree,
    names_person,
    pseudonym,
    suspicious,
)

KEY = b"sixteen bytes or more"


def kinds(text: str) -> list[str]:
    return [finding.kind for finding in find(text)]


NIKS = [
    "1801064103850001",  # a woman of Kalianda, born on 1 March: day 41
    "1801060103850001",
    "1801 0641 0385 0001",
    "180106 410385 0001",
    "18.01.06.410385.0001",
    "18-01-06-41-03-85-0001",
    "NIK1801064103850001",
    "3271046909990002",  # Kota Bogor: cities count from 71
    "1801062902000001",  # 29 February 2000
    "１８０１０６４１０３８５０００１",  # full width, from a phone's keyboard
]
PHONES = [
    "081234567890",
    "0812-3456-7890",
    "0812 3456 789",
    "0812.345.6789",
    "(0812) 3456789",
    "0895123456789",  # 13 digits, the longest in use
    "0811123456",  # 10 digits, the shortest
    "6281234567890",
    "62 812-3456-7890",
    "+6281234567890",
    "+62 812 3456 7890",
    "+62 (0) 812 3456 7890",
    "006281234567890",
    "\u202a+62 812\u20113456\u20117890\u202c",  # as copied from a messenger
    "+62 727 321234",  # a landline of Kalianda
    "(0727) 321234",
    "(021) 345 6789",
    "WA081234567890",
    "A012/081234567890",
    "81234567890",  # a spreadsheet dropped the zero
    "81234567890.0",  # and took it for a quantity
]
EMAILS = ["budi@contoh.go.id", "siti.aminah+loket@kalianda.lampungselatankab.go.id", "<a_b@c.co>"]
NIPS = ["198504122010011003", "19850412 201001 1 003", "199001012023211001"]  # the last is a PPPK: month 21
NOT_PERSONAL = [
    "A012",
    "1656789012345",  # epoch milliseconds
    "1656789012345678",  # and microseconds
    "1770081330",
    "2026-02-03T08:15:30.123456+07:00",
    "2026-02-03 08.16.25.123456",
    "22-07-06 08:16:25",
    "550e8400-e29b-41d4-a716-446655440000",
    "08123456-7890-4123-8123-456789012345",
    "d41d8cd98f00b204e9800998ecf8427e",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "18.01.06",
    "18.01.06.2001",
    "1801062001",
    "62.01.01.2001",
    "8101012001",  # a desa of Maluku
    "0000000123",
    "0012345678",
    "antrian-1:123456:created",
    "20260203-0812",
    "1899064103850001",  # no regency 99
    "1801063213850001",  # no month 13
    "1801063002850001",  # no 30 February
    "9901064103850001",  # no province 99
    "1801064103850000",  # serials begin at 1
    "18010641038500011",  # 17 digits
    "user@localhost",
    "3 @ 2 menit",
    "192.168.100.200:8123",
    "Rp 1.250.000.000",
    "",
    "é",
]


@pytest.mark.parametrize("text", NIKS)
def test_a_nik_is_found(text: str) -> None:
    assert kinds(text) == ["nik"]
    assert kinds(f"pemohon {text}, loket 3") == ["nik"]


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_number_is_found(text: str) -> None:
    assert kinds(text) == ["phone"]


@pytest.mark.parametrize("text", [phone for phone in PHONES if not phone.startswith("8")])
def test_a_phone_number_is_found_in_a_sentence(text: str) -> None:
    assert kinds(f"hubungi {text} sebelum 12.00") == ["phone"]


@pytest.mark.parametrize("text", EMAILS)
def test_an_email_address_is_found(text: str) -> None:
    assert kinds(text) == ["email"]


@pytest.mark.parametrize("text", NIPS)
def test_a_civil_servants_number_is_found(text: str) -> None:
    assert kinds(text) == ["nip"]


@pytest.mark.parametrize("text", ["No KK: 9999999999999999", "KK 1801060103850001", "kartu_keluarga=9999999999999999"])
def test_a_number_said_to_be_of_a_family_card_is_believed(text: str) -> None:
    assert kinds(text) == ["kk"]


@pytest.mark.parametrize("text", ["NIK 9999999999999999", "ktp no. 9999 9999 9999 9999"])
def test_a_number_said_to_be_a_nik_is_believed_though_it_cannot_be_one(text: str) -> None:
    assert kinds(text) == ["nik"]


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_what_is_not_personal_is_left_alone(text: str) -> None:
    assert find(text) == ()
    assert mask(text) == text


def test_a_number_before_a_nik_does_not_hide_it() -> None:
    """|12 99 1801 0641 0385| 0001 has 16 digits too, and is none; the NIK begins at the third group."""
    assert find("12 99 1801 0641 0385 0001") == (Finding("nik", 6, 25),)


def test_findings_say_where_and_do_not_hold_the_value() -> None:
    #       0123456789
    text = "budi@a.id 081234567890 1801064103850001"
    assert find(text) == (Finding("email", 0, 9), Finding("phone", 10, 22), Finding("nik", 23, 39))
    assert mask(text) == "[surel] [telepon] [NIK]"


@given(st.uuids() | st.uuids(version=4))
def test_no_uuid_is_personal(id: uuid.UUID) -> None:
    assert find(str(id)) == ()
    assert find(f"{id}:created") == ()


@given(st.integers(1_500_000_000_000, 1_999_999_999_999))
def test_no_epoch_millisecond_of_our_time_is_personal(ms: int) -> None:
    assert find(str(ms)) == ()
    assert find(f"kejadian-{ms}") == ()


@given(
    st.sampled_from(["11", "18", "31", "32", "52", "64", "73", "91", "96"]),
    st.integers(1, 40) | st.integers(71, 79),
    st.integers(1, 60),
    st.dates(date(1930, 1, 1), date(2029, 12, 31)),
    st.booleans(),
    st.integers(1, 9999),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_every_possible_nik_is_found(
    province: str, regency: int, district: int, born: date, woman: bool, serial: int, between: str
) -> None:
    day = born.day + 40 * woman
    parts = [province, f"{regency:02}", f"{district:02}", f"{day:02}{born:%m%y}", f"{serial:04}"]
    assert kinds(between.join(parts)) == ["nik"]


pieces = st.lists(
    st.sampled_from([*NIKS, *PHONES, *EMAILS, *NIPS, *NOT_PERSONAL, " ", "-", ".", "(", "kk", "+62", "08", "0"])
    | st.text(st.characters(categories=["Nd", "Pd", "Zs", "Cf"]) | st.sampled_from("0123456789 .-+@a()"), max_size=8)
    | st.text(max_size=5),
    max_size=6,
).map("".join)


@given(pieces)
@example("0812345678 1801064103850001 081234567890081234567890")
@example("a@b.cd@e.fg")
def test_a_masked_text_contains_no_finding(text: str) -> None:
    assert find(mask(text)) == ()


@given(pieces)
def test_the_quick_test_is_wrong_on_one_side_only(text: str) -> None:
    """A text in which something is found is suspicious, also as part of a JSON document."""
    if find(text):
        assert suspicious(text.encode())
        assert suspicious(msgspec.json.encode({"unit": "18.01.06", "ticket": text, "counter": "3"}))


@given(pieces)
def test_findings_are_in_order_and_do_not_overlap(text: str) -> None:
    edges = [edge for finding in find(text) for edge in (finding.start, finding.end)]
    assert edges == sorted(edges)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | pieces, st.lists, max_leaves=8))
def test_a_masked_tree_contains_no_finding(tree: object) -> None:
    masked = mask_tree({"isi": tree, str(tree): 1})
    assert all(find(leaf) == () for leaf in leaves(masked))


def leaves(tree: object) -> list[str]:
    match tree:
        case dict():
            return [leaf for key, value in tree.items() for leaf in (*leaves(key), *leaves(value))]
        case list():
            return [leaf for item in tree for leaf in leaves(item)]
        case _:
            return [str(tree)]


def test_numbers_keys_and_named_fields_are_masked_in_a_tree() -> None:
    tree = {"nik": 1, "nama": "Budi", "x": 1801064103850001, "081234567890": True, "list": ["a@b.cd", 1.5, None]}
    assert mask_tree(tree) == {
        "nik": MASKED,
        "nama": MASKED,
        "x": MASKS["nik"],
        MASKS["phone"]: True,
        "list": [MASKS["email"], 1.5, None],
    }


@pytest.mark.parametrize(
    "field",
    ["nama", "nama_lengkap", "firstName", "LastName", "no_hp", "phoneNumber", "NIK", "no-kk", "email", "alamat"],
)
def test_a_field_named_after_a_person_is_known(field: str) -> None:
    assert names_person(field)


@pytest.mark.parametrize(
    "field", ["unit", "ticket", "service", "nama_layanan", "counter", "name_of_queue", "kartu_antrian", "title"]
)
def test_other_fields_are_not_named_after_a_person(field: str) -> None:
    assert not names_person(field)


def test_a_pseudonym_is_the_same_for_one_person_however_the_number_is_written() -> None:
    phones = ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "6281234567890", "006281234567890", "81234567890"]
    assert len({pseudonym(phone, KEY) for phone in phones}) == 1
    assert pseudonym("1801 0641 0385 0001", KEY) == pseudonym("1801064103850001", KEY)
    assert pseudonym("Budi@Contoh.go.id", KEY) == pseudonym("budi@contoh.go.id", KEY)
    assert pseudonym("(0727) 321234", KEY) == pseudonym("+62 727 321234", KEY)


def test_pseudonyms_of_different_people_or_keys_differ() -> None:
    made = {pseudonym(text, KEY) for text in [*NIKS[:2], *NIPS[1:], "081234567890", "081234567891", "A012", "a012"]}
    assert len(made) == 8
    assert pseudonym("A012", KEY) != pseudonym("A012", KEY + b"!")


@given(st.text(min_size=1), st.binary(min_size=16, max_size=64))
def test_a_pseudonym_is_short_safe_in_a_url_and_not_personal_itself(value: str, key: bytes) -> None:
    made = pseudonym(value, key)
    assert made.startswith("p-")
    assert len(made) == 22
    assert made.replace("-", "").isalnum()
    assert find(made) == ()


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 65])
def test_a_key_of_the_wrong_length_is_a_wrong_setup(key: bytes) -> None:
    with pytest.raises(BadSetup):
        keyed_digest(b"value", key)


@given(st.binary(max_size=40), st.binary(min_size=16, max_size=64))
def test_a_digest_is_ninety_six_bits_in_the_letters_of_rfc_4648(value: bytes, key: bytes) -> None:
    standard = base64.b32encode(hashlib.blake2b(value, key=key, digest_size=12).digest()).decode()
    assert keyed_digest(value, key) == standard.rstrip("=").lower()


def test_no_field_of_the_vocabulary_is_named_after_a_person() -> None:
    """So that an event of known fields need not be searched for such names before it is kept as refused."""
    records: list[type[msgspec.Struct]] = [*VOCABULARY.values(), Elements, Bucket, CloudEvent]
    assert not [name for record in records for name in record.__struct_fields__ if names_person(name)]


def test_a_float_of_the_vocabulary_is_in_a_kind_that_is_inspected_in_full() -> None:
    for kind, record in VOCABULARY.items():
        types = [str(field.type) for field in msgspec.structs.fields(record)]
        assert kind in RULED or not any("float" in each for each in types), kind
