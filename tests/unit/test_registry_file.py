"""A registry file becomes a registry, or every fault in it with its line and what to do."""

import csv
import os
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau import registry_file
from pantau.domain.calendars import working_ms
from pantau.domain.errors import BadSetup, Fault
from pantau.domain.registry import Registry, Standard
from pantau.holidays_id import holidays_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "lampung_selatan" / "registry.toml"
DATA = Path(os.environ.get("PANTAU_DATA", ROOT.parent / "shared" / "data"))

GOOD = """\
[defaults]
zone = "WIB"
hours = "kantor"
[hours.kantor]
mon-thu = "08:00-16:00"
jumat = ["08.00-11.30", "13:30-16:00"]
sat = "closed"
[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"
[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
[[unit]]
code = "kec-18.01.06"
name = "Kantor Kecamatan Kalianda"
kecamatan = "18.01.06"
[[service_group]]
code = "adminduk"
name = "Administrasi kependudukan"
[[service]]
code = "ktp-el"
name = "KTP-el"
group = "adminduk"
kind = "ticket"
"""


def faults(extra: str, *, base: str = GOOD) -> list[str]:
    with pytest.raises(BadSetup) as caught:
        registry_file.parse(base + extra)
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file_becomes_a_registry() -> None:
    registry = registry_file.parse(GOOD)
    unit = registry.unit("kec-18.01.06")
    assert unit is not None
    assert (unit.zone, unit.kabupaten, unit.hours) == ("Asia/Jakarta", "18.01", "kantor")
    friday = [
        round(datetime.fromisoformat(f"2026-04-10T{hour}+07:00").timestamp() * 1000) for hour in ("00:00", "23:59")
    ]
    assert working_ms(registry.calendar("kec-18.01.06", friday[0]), *friday) == 6 * 3_600_000


def test_promises_are_read_as_times_or_working_days() -> None:
    registry = registry_file.parse(
        GOOD
        + """
[[service]]
code = "izin"
name = "Izin"
group = "adminduk"
kind = "application"
[[standard]]
measure = "wait_to_call"
within = "15 menit"
valid_from = 2026-01-01
decree = "SK 1/2026"
[[standard]]
service = "izin"
measure = "turnaround_working"
within = "3 hari kerja"
[[standard]]
unit = "kec-18.01.06"
service = "izin"
measure = "turnaround_working"
within = "4 working hours"
leavers = "counted"
"""
    )
    assert set(registry.standards) == {
        Standard(measure="wait_to_call", limit_ms=900_000, valid_from=date(2026, 1, 1), decree="SK 1/2026"),
        Standard(measure="turnaround_working", service="izin", working_days=3),
        Standard(
            measure="turnaround_working", unit="kec-18.01.06", service="izin", limit_ms=14_400_000, leavers="counted"
        ),
    }


@pytest.mark.parametrize(
    ("extra", "at", "said"),
    [
        ('[[unit]]\ncode = "x"\nname = "X"\nkecamatan = "18.01.06"\nzone = "WIBB"', "WIBB", "did you mean WIB?"),
        ('[[unit]]\ncode = "x"\nname = "X"\nkecamatan = "18.01.6"', '"18.01.6"', "did you mean 18.01.06?"),
        ('[[unit]]\ncode = "x"\nname = "X"\nkecamatan = "18.01.06"\nhours = "kantr"', "kantr", "did you mean kantor?"),
        ('[[unit]]\ncode = "x"\nnama = "X"\nname = "X"\nkecamatan = "18.01.06"', "nama", "did you mean name?"),
        ('[[unit]]\ncode = "x"\nkecamatan = "18.01.06"', "", "name is missing"),
        ('[[units]]\ncode = "x"', "[[units]]", "did you mean unit?"),
        ('[[kecamatan]]\ncode = "18.01.06"\nname = "K"\nkabupaten = "18.01"', "18.01.06", "used already on line 11"),
        ('[[kecamatan]]\ncode = "a"\nname = "A"\nkabupaten = "19"', '"19"', "is not a kabupaten of this file"),
        ('[[service]]\ncode = "a"\nname = "A"\ngroup = "x"\nkind = "ticket"', '"x"', "is not a service group"),
        ('[[service]]\ncode = "a"\nname = "A"\ngroup = "adminduk"\nkind = "tiket"', "tiket", "did you mean ticket?"),
        ('[[standard]]\nmeasure = "wait_to_call"', "[[standard]]", "within is missing"),
        ('[[standard]]\nmeasure = "wait_to_call"\nwithin = "soon"', "soon", "is not a length of time"),
        ('[[standard]]\nmeasure = "wait_to_call"\nwithin = "3 working days"', "within", "is working time"),
        ('[[standard]]\nmeasure = "turnaround_working"\nwithin = "3 days"', "within", "is plain time"),
        ('[[standard]]\nmeasure = "turnaround"\nwithin = "0 days"', "within", "is no time at all"),
        ('[[standard]]\nservice = "ktpel"\nmeasure = "visit_time"\nwithin = "1 h"', "ktpel", "did you mean ktp-el?"),
        ('[[standard]]\nservice = "ktp-el"\nmeasure = "turnaround"\nwithin = "1 h"', "turnaround", "never measured"),
        ('[[standard]]\nunit = "x"\nmeasure = "visit_time"\nwithin = "1 h"', '"x"', "is not a unit of this file"),
        ('[[standard]]\nmeasure = "visit_time"\nwithin = "1 h"\nvalid_from = "2026"', '"2026"', "without quotes"),
        (
            '[[standard]]\nmeasure = "visit_time"\nwithin = "1 h"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01',
            "valid_to",
            "is before valid_from",
        ),
        ('[hours.malam]\nmon = "22:00-02:00"', "22:00", "order them between 00:00 and 24:00"),
        ('[hours]\nsat = "08:00-12:00"', "sat = ", "write [hours.kantor] above it in place of [hours]"),
        ('[hours.malam]\nmon = "22-24"', "22-24", "is not a spell of opening"),
        ('[hours.malam]\nmon = "08:00-12:00"\nmon-tue = "08:00-12:00"', "mon-tue", "another line names too"),
        ('[hours.malam]\nmonn = "08:00-12:00"\ntue = "08:00-09:00"', "monn", "is no day of the week"),
        ('[hours.malam]\nfri-mon = "08:00-12:00"', "fri-mon", "runs backwards"),
        ("[hours.malam]\nmon = []", "[hours.malam]", "is never open"),
        ('[[hours.kantor.special]]\nto = 2026-01-01\nmon = "08:00-09:00"', "special", "from is missing"),
        ('[[source]]\nname = "a"\nkey_hash = "my secret key"', "key_hash", "never the key itself"),
        ('[[source]]\nname = "a"\nkey = "my secret key"', "key =", "did you mean key_hash?"),
        ('[[source]]\nname = "a"\nunits = ["kec-18.01.6"]', "units", "did you mean kec-18.01.06?"),
        ('[[source]]\nname = "a"\nlive = false\nmax_age = "1 day"', "max_age", "may be of any age"),
        ('[[source]]\nname = "a"\nlive = "no"', "live", "is not true or false"),
        (
            f'[[source]]\nname = "a"\nkey_hash = "{"0" * 64}"\n[[source]]\nname = "b"\nkey_hash = "{"0" * 64}" # b',
            "# b",
            "is the key of source 'a' too",
        ),
        (
            '[[clock_correction]]\nsource = "a"\nfrom = 2026-01-01T00:00:00Z\nuntil = 2026-01-02T00:00:00Z\n'
            'shift = "-1 day"\nreason = "r"',
            '"a"',
            "is not a source of this file",
        ),
        (
            '[[source]]\nname = "a"\n[[clock_correction]]\nsource = "a"\nfrom = 2026-01-01T00:00:00\n'
            'until = 2026-01-02T00:00:00Z\nshift = "-1 day"\nreason = "r"',
            "from",
            "has no offset from UTC",
        ),
        ("[definitions]\nzero_waits = true", "zero_waits", "is not one of 'counted', 'not_counted'"),
        ("[definitions]\nikm_confidence = 95", "ikm_confidence", "is not between 0.5 and 1"),
        ("[definitions]\nminimum_sample = 0", "minimum_sample", "is less than 1"),
        ('[holidays]\ncountry = "PL"\nfrom_year = 2023\nto_year = 2024', "PL", "list each day as [[holiday]]"),
        ("[holidays]\nfrom_year = 2025\nto_year = 2024", "to_year", "is before from_year"),
        ("[holidays]\nfrom_year = 2025\nto_year = 2025\nremoved = [2025-01-02]", "removed", "is no holiday"),
        ('[[holiday]]\ndate = 2026-11-14\nname = "H"\nkabupaten = "18"', '"18"', "did you mean 18.01?"),
        ('[[holiday]]\nname = "H"', "[[holiday]]", "date is missing"),
        ('x = "never closed', "never closed", "this is not TOML"),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(extra: str, at: str, said: str) -> None:
    """One mistake, one message."""
    found = faults(extra)
    assert len(found) == 1
    assert said in found[0]
    start = len(GOOD.splitlines()) + 1
    file, number, _ = found[0].split(":", 2)
    assert file == "registry.toml"
    assert int(number) == next(n for n, text in enumerate(extra.splitlines(), start) if at in text)


def test_a_table_written_as_something_else_is_told() -> None:
    assert faults("", base="unit = 3\n") == ["registry.toml:1: unit 3 is not written as [[unit]]; write [[unit]]"]
    assert faults("", base="unit = [3]\n") == [
        "registry.toml:1: unit 3 is not a list of tables; write [[unit]] and its keys below"
    ]


def test_a_fault_reads_like_a_sentence() -> None:
    extra = '[[unit]]\ncode = "kec-x"\nname = "X"\nkecamatan = "18.01.06"\nzone = "WIBB"\n'
    assert faults(extra) == [
        "registry.toml:31: unit 'kec-x': zone 'WIBB' is not WIB, WITA, WIT or an IANA time zone; did you mean WIB?"
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    extra = """
[[source]]
name = "a"
lives = true
[[unit]]
code = "kec-18.01.06"
name = "Kalianda"
kecamatan = "18.01.6"
valid_from = "yesterday"
[[standard]]
measure = "waiting"
within = "soon"
"""
    found = faults(extra)
    assert [int(fault.split(":")[1]) for fault in found] == [30, 34, 35, 37, 38]


def test_versions_of_one_thing_follow_each_other() -> None:
    extra = """
[[unit]]
code = "kec-18.01.06"
name = "Kantor Camat"
kecamatan = "18.01.06"
valid_from = 2026-01-01
"""
    registry = registry_file.parse(GOOD + extra)
    old = registry.unit_on("kec-18.01.06", date(2025, 12, 31))
    assert old is not None
    assert old.name == "Kantor Kecamatan Kalianda"
    assert "begins on the same day" in faults(extra.replace("valid_from = 2026-01-01", ""))[0]
    third = extra.replace("2026-01-01", "2026-06-01")
    assert "overlaps the version on line 28" in faults(extra + "valid_to = 2026-12-31" + third)[0]
    moved = faults(extra + 'zone = "WITA"')
    assert len(moved) == 1
    assert "open a new one with a code of its own" in moved[0]


def test_promises_about_tickets_and_about_applications_may_stand_side_by_side() -> None:
    both = GOOD.replace('kind = "ticket"', 'kind = "both"')
    wait = '[[standard]]\nservice = "ktp-el"\nmeasure = "wait_to_call"\nwithin = "1 h"\n'
    product = '[[standard]]\nservice = "ktp-el"\nmeasure = "turnaround_working"\nwithin = "1 working day"\n'
    assert len(registry_file.parse(both + wait + product).standards) == 2
    assert "begins on the same day" in faults(wait.replace("wait_to_call", "visit_time"), base=both + wait)[0]


def test_rulings_of_one_version_do_not_overlap() -> None:
    ruling = (
        '[[clock_correction]]\nsource = "a"\nfrom = 2026-01-{0:02}T00:00:00Z\nuntil = 2026-01-{1:02}T00:00:00Z\n'
        'shift = "1 h"\nreason = "r"\nversion = {2}\n'
    )
    source = '[[source]]\nname = "a"\n'
    registry_file.parse(GOOD + source + ruling.format(1, 5, 1) + ruling.format(5, 9, 1) + ruling.format(2, 3, 2))
    assert (
        "give the one that shall rule a higher version"
        in faults(source + ruling.format(1, 5, 1) + ruling.format(4, 9, 1))[0]
    )


@pytest.mark.parametrize("address", ["camat@example.org", "081234567890", "+62 81234567890"])
def test_an_address_of_a_person_is_refused_and_not_repeated(address: str) -> None:
    extra = f"""
[[kecamatan]]
code = "18.01.04"
name = "Natar"
kabupaten = "18.01"
contacts = [{{ role = "Camat", channel = "whatsapp", address_key = "{address}" }}]
"""
    (fault,) = faults(extra)
    assert "looks like a personal address" in fault
    assert address not in fault


def test_a_key_written_in_clear_is_not_repeated() -> None:
    for key in ("key", "key_hash"):
        (fault,) = faults(f'[[source]]\nname = "a"\n{key} = "s3cret"')
        assert "s3cret" not in fault


EVERYTHING = (
    GOOD
    + f"""
[holidays]
from_year = 2025
to_year = 2025
removed = [2025-08-18]
[[holiday]]
date = 2026-11-14
name = "Hari jadi"
kabupaten = "18.01"
[[hours.kantor.special]]
from = 2026-02-19
to = 2026-03-20
mon-fri = "08:00-14:00"
[[standard]]
measure = "wait_to_call"
within = "15 minutes"
valid_from = 2026-01-01
[[source]]
name = "a"
units = ["kec-18.01.06"]
live = true
max_age = "2 days"
key_hash = "{"a" * 64}"
[[clock_correction]]
source = "a"
from = 2026-01-01T00:00:00+07:00
until = 2026-01-02T00:00:00+07:00
shift = "-366 days"
version = 2
reason = "tahun salah"
[definitions]
leavers_in_sla = true
ikm_confidence = 0.95
"""
).splitlines()

junk = st.sampled_from(
    ['""', '" "', "0", "-1", "1.5", "true", "[]", "[1]", '["x"]', "{}", "[{}]", "2026-01-01", "2026-01-01T00:00:00Z",
     "07:30:00", "inf", "nan", '"x"', "9999-12-31", "0001-01-01", "99999999999999999999", '"99999999999 days"']
)  # fmt: skip
edits = st.lists(
    st.tuples(st.sampled_from(["drop", "repeat", "junk"]), st.integers(0, len(EVERYTHING) - 1), junk),
    min_size=1,
    max_size=3,
)


@given(edits)
@settings(deadline=None, max_examples=200)
def test_a_damaged_file_gives_a_registry_or_faults_within_it_and_never_a_crash(
    damage: list[tuple[str, int, str]],
) -> None:
    lines = list(EVERYTHING)
    for how, at, value in damage:
        if how == "junk":
            key, equals, _ = lines[at].partition(" = ")
            lines[at] = f"{key} = {value}" if equals else lines[at]
        else:
            lines[at] = "" if how == "drop" else f"{lines[at]}\n{lines[at]}"
    text = "\n".join(lines)
    faults: tuple[Fault, ...] = ()
    registry = Registry()
    try:
        registry = registry_file.parse(text)
    except BadSetup as error:
        faults = error.faults
        assert faults, "a refusal names its faults"
    for fault in faults:
        assert 1 <= int(str(fault).split(":")[1]) <= text.count("\n") + 1
    assert Registry.from_rows(registry.to_rows()).version == registry.version
    for unit in registry.units:
        registry.standard(unit.code, None, 0)
        registry.calendar(unit.code, 0)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "registry.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetup, match=r"cannot be read|not UTF-8"):
        registry_file.load(path)


def test_holidays_are_stored_with_the_registry_and_can_be_taken_back_or_added() -> None:
    registry = registry_file.parse(
        GOOD
        + """
[holidays]
from_year = 2025
to_year = 2026
removed = [2025-08-18]
[[holiday]]
date = 2026-11-14
name = "Hari jadi"
kabupaten = "18.01"
"""
    )
    days = {holiday.day for holiday in registry.holidays}
    assert date(2025, 8, 17) in days
    assert date(2025, 8, 18) not in days
    assert date(2026, 11, 14) in days
    assert registry.holiday_years == (2025, 2026)
    again = Registry.from_rows(registry.to_rows())
    assert again.calendar("kec-18.01.06", 0) == registry.calendar("kec-18.01.06", 0)


def test_the_example_of_lampung_selatan_is_good() -> None:
    registry = registry_file.load(EXAMPLE)
    assert len(registry.kecamatan) == 17
    assert len(registry.units) == 19
    assert {unit.zone for unit in registry.units} == {"Asia/Jakarta"}
    at = round(datetime.fromisoformat("2026-04-06T00:00:00+07:00").timestamp() * 1000)  # a week without a holiday
    week = working_ms(registry.calendar("kec-18.01.06", at), at, at + 7 * 86_400_000)
    assert week == 37.5 * 3_600_000  # Perpres 21/2023
    ramadan = round(datetime.fromisoformat("2026-02-23T00:00:00+07:00").timestamp() * 1000)
    assert working_ms(registry.calendar("kec-18.01.06", at), ramadan, ramadan + 7 * 86_400_000) == 32.5 * 3_600_000
    for unit in registry.units:
        assert registry.standard(unit.code, None, at) is not None


@pytest.mark.real
def test_the_example_has_the_real_kecamatan() -> None:
    with (DATA / "lampung_selatan" / "wilayah_18_01.csv").open(encoding="utf-8") as file:
        real = {row["kode"]: row["nama"] for row in csv.DictReader(file) if row["tingkat"] == "kecamatan"}
    registry = registry_file.load(EXAMPLE)
    assert {record.code: record.name for record in registry.kecamatan} == real
    assert {unit.kecamatan for unit in registry.units} == set(real)


@pytest.mark.real
def test_the_holidays_are_those_of_the_decrees() -> None:
    with (DATA / "hari_libur" / "hari_libur_2023_2027.csv").open(encoding="utf-8") as file:
        real = [(row["tanggal"], row["nama"], row["jenis"]) for row in csv.DictReader(file)]
    assert [(str(holiday.day), holiday.name, holiday.kind) for holiday in holidays_of(2023, 2027)] == sorted(real)
