"""SKM figures small enough to be computed by hand, and the shapes that a report must bear.

unsur                 U1  U2  U3  U4  U5  U6  U7  U8  U9
four answers          3   3   3   3   3   3   3   3   2     each of the four
sum of means 26, IKM 26 / 9 × 25 = 72,22 → C
"""

from datetime import date
from decimal import Decimal

from pantau.domain.alerts.bands import BandNotice
from pantau.domain.alerts.figures import Figure
from pantau.domain.events import Elements
from pantau.domain.facts import ELEMENTS
from pantau.domain.periods import Period, last_of
from pantau.domain.reports.followups import Fall, FollowUp
from pantau.domain.reports.satisfaction import Group, Plan, ServiceIndex, SkmFigures, Step, Trait
from pantau.domain.skm import Ikm, Sums, ikm
from pantau.domain.zones import day_start
from tests.support.answers import sums_of

ZONE = "Asia/Jakarta"
PERIOD = Period("half", 2026, 1)
NOON = day_start(ZONE, date(2026, 4, 7)) + 12 * 3_600_000
DAY = 86_400_000


def answers(n: int, *, lowest: int = 2) -> Sums:
    """``n`` people who mark everything with 3 and the facilities lower."""
    one = sums_of(Elements(**(dict.fromkeys(ELEMENTS, 3) | {"sarana": lowest})))
    total = Sums()
    for _ in range(n):
        total += one
    return total


def index(n: int, served: int | None, *, lowest: int = 2) -> Ikm:
    return ikm(answers(n, lowest=lowest), population=served)


LATE = Figure(indicator="late", n=80, days=2, before=900_000, now=600_000, k=48, usual=72)
FALL = FollowUp(
    code="7KQM",
    falls=(Fall("late", "adminduk", (LATE,)),),
    since=NOON,
    found=NOON + DAY,
    ended=NOON + 9 * DAY,
    end="recovered",
    answered_at=NOON + DAY + 3 * 3_600_000,
    note="membuka loket kedua",
    due=date(2026, 4, 15),
    done_at=NOON + 8 * DAY,
)

LOST = BandNotice(
    unit="dukcapil",
    day=date(2026, 5, 4).toordinal() - date(1970, 1, 1).toordinal(),
    before="B",
    now="C",
    value=Decimal("75.12"),
    value_before=Decimal("84.22"),
    upper=Decimal("76.59"),
    raters=188,
)

PLAN = Plan(
    step=(
        Step("Menambah 20 kursi tunggu", "sarana", date(2026, 9, 30), "Subbag Umum"),
        Step("Mengumumkan hasil survei di ruang layanan"),
    ),
    place="Kalianda",
    role="Kepala Dinas",
)


def figures(
    *,
    n: int = 4,
    served: int | None = 50,
    plan: Plan = PLAN,
    name: str = "Disdukcapil",
    read_on: date = date(2026, 7, 4),
    followups: tuple[FollowUp, ...] = (FALL,),
    lost_grades: tuple[BandNotice, ...] = (),
) -> SkmFigures:
    """The figures of a unit where ``n`` people answered; the half year before, three of ten did."""
    sums = answers(n)
    periods = last_of(PERIOD, 3)
    return SkmFigures(
        unit="dukcapil",
        name=name,
        kecamatan="Kalianda",
        kabupaten="Lampung Selatan",
        zone=ZONE,
        period=PERIOD,
        read_on=read_on,
        known_to=min(read_on, PERIOD.last),
        ikm=ikm(sums, population=served),
        served=served,
        counts=sums.counts,
        complete=sums.complete,
        few_below=30,
        trend=(
            (periods[0], index(0, None)),
            (periods[1], index(3, 10, lowest=4)),
            (PERIOD, ikm(sums, population=served)),
        ),
        services=(ServiceIndex("KTP-el", index(n, served)),),
        profile=(Trait("sex", (Group("P", 24), Group("L", 16))), Trait("channel", (Group("", n),))),
        followups=followups,
        plan=plan,
        lost_grades=lost_grades,
    )
