"""The ready worlds. Codes and names of places are real; how much they are visited and how they serve is invented."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from pantau.domain.errors import BadSetup
from pantau.domain.zones import DAY, HOUR, MINUTE, day_start
from producers.simulator.faults import (
    EIGHT_YEARS_BEHIND_MS,
    YEAR_BUG_MS,
    Clock,
    DeadFeed,
    Disorder,
    Duplicates,
    WrongUnit,
)
from producers.simulator.world import (
    SIASN_MAGANG,
    SIASN_SEMINAR,
    SIASN_WORKSHOP,
    Fall,
    Measure,
    Office,
    Permit,
    Product,
    Shock,
    Training,
    World,
)

DEMO_DAY = date(2026, 11, 10)
"""A Tuesday; no holiday in its week."""

DISDUKCAPIL, DPMPTSP = "disdukcapil-18.01", "dpmptsp-18.01"

# Codes as in examples/lampung_selatan/registry.toml; a test holds the two together.
KECAMATAN_PRODUCTS = (
    Product("surat-keterangan", 5.0, weight=3.0),
    Product("legalisasi", 2.0, sigma=0.5, weight=2.5),
    Product("ktp-el", 6.0, weight=2.0),
    Product("kartu-keluarga", 7.0, weight=1.5),
    Product("rekomendasi", 6.0, weight=1.0),
    Product("pengaduan-informasi", 4.0, sigma=0.8, weight=0.5),
)
KECAMATAN_PERMITS = (Permit("rekomendasi", 0.06, 0.9, 2), Permit("kartu-keluarga", 0.04, 1.6, 3))
DISDUKCAPIL_PRODUCTS = (
    Product("ktp-el", 6.0, weight=4.0),
    Product("kartu-keluarga", 7.5, weight=3.0),
    Product("akta-kelahiran", 8.0, weight=1.5),
    Product("kia", 5.0, weight=1.0),
    Product("surat-pindah", 7.0, weight=0.8),
    Product("akta-kematian", 7.0, weight=0.4),
)
DISDUKCAPIL_PERMITS = (
    Permit("ktp-el", 0.12, 0.8, 1),
    Permit("kartu-keluarga", 0.10, 1.8, 3),
    Permit("akta-kelahiran", 0.06, 2.0, 3),
    Permit("kia", 0.04, 1.8, 3),
    Permit("surat-pindah", 0.03, 0.8, 1),
    Permit("akta-kematian", 0.02, 1.8, 3),
)
DPMPTSP_PRODUCTS = (Product("izin-usaha", 11.0, weight=3.0), Product("pengaduan-informasi", 6.0, sigma=0.8))
DPMPTSP_PERMITS = (Permit("izin-usaha", 0.25, 3.2, 5), Permit("izin-bangunan", 0.06, 17.0, 28))

SERVICE_NAMES = {
    "surat-keterangan": "Surat keterangan",
    "legalisasi": "Legalisasi",
    "ktp-el": "KTP elektronik",
    "kartu-keluarga": "Kartu Keluarga",
    "rekomendasi": "Surat rekomendasi",
    "pengaduan-informasi": "Informasi dan pengaduan",
    "akta-kelahiran": "Akta kelahiran",
    "kia": "Kartu Identitas Anak",
    "surat-pindah": "Surat keterangan pindah",
    "akta-kematian": "Akta kematian",
    "izin-usaha": "Izin usaha",
    "izin-bangunan": "Persetujuan bangunan gedung",
}

_SIZES = {
    "18.01.04": (215, 5),
    "18.01.05": (112, 3),
    "18.01.06": (180, 4),
    "18.01.07": (105, 3),
    "18.01.08": (108, 3),
    "18.01.09": (75, 2),
    "18.01.10": (78, 2),
    "18.01.13": (162, 4),
    "18.01.14": (74, 2),
    "18.01.15": (58, 2),
    "18.01.16": (52, 2),
    "18.01.17": (75, 2),
    "18.01.18": (73, 2),
    "18.01.21": (56, 2),
    "18.01.22": (60, 2),
    "18.01.23": (50, 2),
    "18.01.24": (30, 1),
}
"""Kecamatan -> (visits on an average day, counters)."""


@cache
def kecamatan() -> dict[str, str]:
    """Code -> name of the 17 kecamatan of Lampung Selatan, from the data shipped beside this module."""
    text = files("producers.simulator").joinpath("data", "kecamatan_18_01.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["kode"]: row["nama"] for row in rows if row["tingkat"] == "kecamatan"}


def _kecamatan_office(code: str, visits: float, counters: int) -> Office:
    return Office(
        code=f"kec-{code}",
        prefix=f"K{code[-2:]}",
        name=f"Kantor Kecamatan {kecamatan()[code]}",
        kecamatan=code,
        visits_per_day=visits,
        counters=counters,
        products=KECAMATAN_PRODUCTS,
        permits=KECAMATAN_PERMITS,
        refers_to=DISDUKCAPIL if code == "18.01.06" else None,
        refers=0.04 if code == "18.01.06" else 0.0,
    )


def _disdukcapil(visits: float, counters: int) -> Office:
    return Office(
        code=DISDUKCAPIL,
        prefix="D",
        name="Dinas Kependudukan dan Pencatatan Sipil",
        promised_minutes=45,
        visits_per_day=visits,
        counters=counters,
        products=DISDUKCAPIL_PRODUCTS,
        permits=DISDUKCAPIL_PERMITS,
    )


def lampung_selatan(demo_day: date = DEMO_DAY) -> World:
    """The demo: 17 kecamatan offices and two agencies; some units trained in the weeks before ``demo_day``, some not.

    On ``demo_day`` at 10:00 Jati Agung falls: two of its four counters close and services take half as long again.
    The sources lie a little: duplicates, disorder, a unit code with a typing error, a queue machine a year ahead for an
    hour, another silent for an hour. The span begins eight weeks before.
    """
    from pantau.holidays_id import holidays_of  # late: the package behind it takes long to import

    offices = tuple(_kecamatan_office(code, *_SIZES[code]) for code in kecamatan())
    dpmptsp = Office(
        code=DPMPTSP,
        prefix="P",
        name="Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        visits_per_day=88,
        counters=4,
        products=DPMPTSP_PRODUCTS,
        permits=DPMPTSP_PERMITS,
        refers_to=DISDUKCAPIL,
        refers=0.03,
    )
    midnight = day_start("Asia/Jakarta", demo_day)
    fallen, ahead, silent = "kec-18.01.13", "/simulasi/antrian/kec-18.01.24", "/simulasi/antrian/kec-18.01.21"

    def days(number: int) -> date:
        return demo_day + timedelta(days=number)

    def training(unit: str, kind: int, jp: int, people: int, first: int, last: int, done: bool = True) -> Training:
        title = {SIASN_WORKSHOP: "Workshop pelayanan prima", SIASN_SEMINAR: "Seminar etika pelayanan publik"}
        name = title.get(kind, "Magang di Mal Pelayanan Publik")
        return Training(unit, name, kind, jp, people, days(first), days(last), done)

    return World(
        name="lampung_selatan",
        offices=(*offices, _disdukcapil(330, 10), dpmptsp),
        holidays=frozenset(holiday.day for holiday in holidays_of(demo_day.year - 1, demo_day.year + 1)),
        trainings=(
            training("kec-18.01.06", SIASN_WORKSHOP, 20, 8, -41, -39),
            training("kec-18.01.04", SIASN_MAGANG, 80, 6, -47, -34),
            training(DISDUKCAPIL, SIASN_WORKSHOP, 16, 14, -34, -33),
            training("kec-18.01.07", SIASN_WORKSHOP, 24, 5, -28, -26),
            training("kec-18.01.17", SIASN_WORKSHOP, 20, 4, -27, -25),
            training("kec-18.01.10", SIASN_SEMINAR, 8, 5, -20, -20),
            training("kec-18.01.14", SIASN_WORKSHOP, 20, 4, 13, 15, done=False),
            training("kec-18.01.09", SIASN_WORKSHOP, 20, 4, 13, 15, done=False),
        ),
        measures=(Measure(DPMPTSP, "Formulir izin elektronik", "sistem baru", days(-21), -0.08),),
        falls=(Fall(fallen, demo_day, 10 * 60, days(9), log_time=0.4, counters_short=2, score=-0.5),),
        shocks=(Shock(days(-15), days(-15), arrivals=0.9, log_time=0.25),),
        faults=(
            Duplicates(0.002),
            Disorder(0.01, within_ms=2 * MINUTE),
            WrongUnit(0.0003),
            Clock(ahead, YEAR_BUG_MS, midnight + 10 * HOUR, midnight + 11 * HOUR),
            DeadFeed(silent, midnight + 13 * HOUR, midnight + 14 * HOUR, buffered=True),
        ),
        first_day=days(-56),
        last_day=demo_day,
    )


def small() -> World:
    """Test data: two kecamatan and Disdukcapil on a Monday and a Tuesday, one training, one fall."""
    monday, tuesday = date(2026, 11, 9), date(2026, 11, 10)
    return World(
        name="small",
        offices=(
            _kecamatan_office("18.01.06", 80, 2),
            _kecamatan_office("18.01.21", 30, 1),
            _disdukcapil(110, 4),
        ),
        trainings=(Training("kec-18.01.06", "Workshop pelayanan prima", SIASN_WORKSHOP, 20, 4, monday, monday),),
        falls=(Fall("kec-18.01.21", tuesday, 10 * 60, log_time=0.5, score=-0.5),),
        first_day=monday,
        last_day=tuesday,
    )


def load(units: int = 100, visits: int = 400) -> World:
    """For benchmarks: ``units`` offices with exactly ``visits`` tickets of four events on each working day.

    Products are the same everywhere; counters are enough for the visits.
    """
    products = tuple(Product(f"layanan-{number}", 4.0) for number in range(1, 5))
    counters = max(1, round(visits / 65))
    offices = tuple(
        Office(code=f"unit-{number:05d}", prefix="A", visits_per_day=visits, counters=counters, products=products)
        for number in range(1, units + 1)
    )
    return World(name=f"load:{units}x{visits}", offices=offices, lean=True, last_day=date(2026, 11, 13))


def clocks() -> World:
    """Six offices in one working week, each with a fault of its own, as the names of their faults say.

    18.01.04 keeps true time; .05 is 40 seconds ahead; .06 writes the next year from Wednesday on; .07 is 7.9 years
    behind; .08 is silent on Wednesday and sends it all on Thursday at midnight; .09 sends a fifth of its events twice.
    """
    monday = date(2026, 11, 9)
    wednesday = day_start("Asia/Jakarta", monday + timedelta(days=2))
    codes = [f"18.01.{number:02d}" for number in range(4, 10)]
    _, ahead, next_year, behind, silent, twice = [f"/simulasi/antrian/kec-{code}" for code in codes]
    offices = tuple(replace(_kecamatan_office(code, 60, 2), permits=(), refers_to=None, refers=0.0) for code in codes)
    return World(
        name="clocks",
        offices=offices,
        faults=(
            Clock(ahead, 40_000),
            Clock(next_year, YEAR_BUG_MS, start=wednesday),
            Clock(behind, EIGHT_YEARS_BEHIND_MS),
            DeadFeed(silent, wednesday, wednesday + DAY, buffered=True),
            Duplicates(0.2, source=twice),
        ),
        first_day=monday,
        last_day=monday + timedelta(days=4),
    )


READY: dict[str, Callable[[], World]] = {
    "lampung_selatan": lampung_selatan,
    "small": small,
    "load": load,
    "clocks": clocks,
}
"""Name -> maker of a ready world."""


def ready(name: str) -> World:
    """A ready world by name; raises BadSetup when there is none.

    ``load:1000x400`` is ``load`` with 1,000 units and 400 visits a day; ``lampung_selatan:2026-03-03`` has its demo day
    then.
    """
    base, _, detail = name.partition(":")
    maker = READY.get(base)
    if maker is None:
        raise BadSetup(f"there is no world {name!r}; choose one of {', '.join(READY)}")
    if not detail:
        return maker()
    if base == "load":
        units, _, visits = detail.partition("x")
        if units.isdigit() and visits.isdigit() and int(units) and int(visits):
            return load(int(units), int(visits))
    if base == "lampung_selatan":
        try:
            return lampung_selatan(date.fromisoformat(detail))
        except ValueError as error:
            raise BadSetup(f"world {name!r}: {detail!r} is no date; write lampung_selatan:2026-11-10") from error
    raise BadSetup(f"world {name!r}: write load:UNITSxVISITS, such as load:1000x400, or the name {base} alone")
