"""What a camat reads: short, whole, in numbers as Indonesians write them, with a cause only where one was computed."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.alerts_world import GROUP, Fall, half_hour_start, history_of, office, simulate, working_day
from pantau.alert_texts import LONGEST, DigestRow, Told, Training, digest_text, message_text
from pantau.alerting.training import effect_of
from pantau.domain.alerts.causes import Cause, Slice, causes
from pantau.domain.alerts.detection import begin_week
from pantau.domain.alerts.figures import Figure, figure
from pantau.domain.alerts.messages import Message, MessageKind
from pantau.domain.alerts.policy import QUIET
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.evaluation import Effect
from pantau.domain.indicators import Language
from pantau.domain.zones import DAY, HOUR, MINUTE
from pantau.operator_texts import no_data_text, silent_source_text

TUESDAY_0930 = 1_794_277_800_000
"""2026-11-10T09:30 in Jakarta."""

LATE = Figure(indicator="late", n=118, days=2, before=907_000, now=788_000, k=93, usual=107)
TIME = Figure(indicator="time", n=118, days=2, before=9 * MINUTE, now=14 * MINUTE)
IKM = Figure(indicator="satisfaction", n=26, days=2, before=8_312, now=8_290)


def told(kind: MessageKind = "fall", **more: object) -> Told:
    message = Message(
        at=TUESDAY_0930,
        key="k",
        kind=kind,
        role="camat",
        unit="dukcapil",
        alert="00000000000a11ce",
        deadline=TUESDAY_0930 + 6 * HOUR + 30 * MINUTE,
    )
    usual: dict[str, object] = {
        "message": message,
        "unit": "Loket Adminduk, Kec. Kalianda",
        "zone": "Asia/Jakarta",
        "since": TUESDAY_0930,
        "figures": (LATE,),
        "next_role": "sekcam",
    }
    return Told(**{**usual, **more})  # type: ignore[arg-type]


EFFECT = Assessment(
    kind="programme",
    programme="bimtek pelayanan",
    title="Bimtek pelayanan",
    outcome="promise",
    first_day=date(2026, 8, 12),
    last_day=date(2026, 8, 12),
    last_week=date(2026, 11, 2),
    units_trained=("dukcapil",),
    effect=Effect(
        verdict="better",
        effect=2.1,
        low=0.9,
        high=3.3,
        naive=7.7,
        common=5.6,
        before=80.0,
        after=87.7,
        comparison=tuple(f"u{n}" for n in range(9)),
    ),
)

WHOLE: dict[str, Any] = {
    "figures": (LATE, TIME),
    "causes": (
        Cause(kind="part", name="waiting", share=0.83, before=18 * MINUTE, now=31 * MINUTE),
        Cause(kind="hour", name="9", share=0.46, before=0.1, now=0.3),
        Cause(kind="element", name="perilaku", share=0.41, before=3.1, now=2.8),
    ),
    "satisfaction": IKM,
    "training": Training(title="Bimtek pelayanan", day=date(2026, 8, 12), weeks=12, effect=EFFECT),
    "link": "https://pantau.example/a/K7Q2",
}


def test_a_fall_says_everything_that_a_camat_needs() -> None:
    text = message_text(told(**WHOLE), "id")
    code = told().message.code
    assert text.splitlines() == [
        f"🔻 MENURUN · Loket Adminduk, Kec. Kalianda · kode {code}",
        "Tepat janji 91 % → 79 % (93 dari 118 kunjungan; biasanya 107).",
        "Waktu layanan 9 mnt → 14 mnt (118 kunjungan).",
        "Sejak Sel 10 Nov 09.30 WIB, terlihat pada 2 hari.",
        "Petunjuk: waktu tunggu 18 mnt → 31 mnt (83 %); terberat pukul 09.00–10.00 (46 %); "
        "U7 Perilaku pelaksana (41 %).",
        "Kepuasan: IKM 82,9, belum berubah (26 responden).",
        "Pelatihan terakhir: Bimtek pelayanan, Rab 12 Agu 2026 (12 pekan lalu). "
        "Pengaruhnya, Tepat janji: Membaik +2,1 poin (antara +0,9 dan +3,3, dibanding 9 unit).",
        "Mohon tindak lanjut: buka https://pantau.example/a/K7Q2 lalu tekan “Saya tindaklanjuti”. "
        "Tanpa jawaban s.d. Sel 10 Nov 16.00 WIB diteruskan ke Sekcam.",
    ]


def test_training_that_changed_nothing_known_is_told_by_its_verdict_alone_and_never_by_before_and_after() -> None:
    training = WHOLE["training"]
    too_little = msgspec.structs.replace(EFFECT, effect=Effect(verdict="too_little", reason="few_units"))
    lines = {
        name: message_text(told(training=msgspec.structs.replace(training, effect=effect)), "id").splitlines()[3]
        for name, effect in (("none", None), ("little", too_little), ("known", EFFECT))
    }
    since = "Pelatihan terakhir: Bimtek pelayanan, Rab 12 Agu 2026 (12 pekan lalu)."
    assert lines["none"] == since
    assert lines["little"] == f"{since} Pengaruhnya, Tepat janji: Data belum cukup."
    assert not any(number in lines["known"] for number in ("7,7", "5,6", "80", "87")), "before and after, and common"


@pytest.mark.parametrize(
    ("units", "kind", "day", "found"),
    [
        (("dukcapil", "u1"), "programme", 12, True),
        (("u1",), "programme", 12, False),
        (("dukcapil",), "training", 12, True),
        (("dukcapil",), "training", 11, False),
    ],
)
def test_the_effect_beside_an_alert_is_that_of_the_units_own_programme_or_training(
    units: tuple[str, ...], kind: Any, day: int, found: bool
) -> None:
    known = msgspec.structs.replace(EFFECT, kind=kind, units_trained=units, last_day=date(2026, 8, day))
    other = msgspec.structs.replace(known, outcome="ikm")
    told_of = effect_of([other, known], "dukcapil", "BIMTEK  pelayanan", date(2026, 8, 12), "promise")
    assert told_of == (known if found else None)


def test_who_took_it_on_is_asked_whether_it_is_done_and_not_to_take_it_on() -> None:
    taken = Acknowledgement(alert="a", at=TUESDAY_0930, by="Camat", note="tambah petugas", due=date(2026, 11, 16))
    reminder = msgspec.structs.replace(told().message, kind="reminder", deadline=None)
    text = message_text(told(**{**WHOLE, "message": reminder, "answer": taken, "can_reply": True}), "id")
    code = reminder.code
    assert text.splitlines()[-1] == (
        f"Bila sudah selesai: buka https://pantau.example/a/K7Q2 lalu tekan “Sudah selesai”, "
        f"atau balas SELESAI {code}. Bila belum: OK {code} dan tenggat baru."
    )
    done = Acknowledgement(alert="a", at=TUESDAY_0930 + DAY, by="Camat", done=True)
    again = message_text(told(**{**WHOLE, "training": None, "message": reminder, "answer": done}), "id").splitlines()
    assert again[-2] == "Dinyatakan selesai oleh Camat, Rab 11 Nov 09.30."
    assert "Saya tindaklanjuti" in again[-1], "it has fallen still"


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (4 * MINUTE + 47_000, 6 * MINUTE + 3_000, "4 mnt 47 dtk → 6 mnt 3 dtk"),
        (2 * MINUTE + 57_000, 36 * MINUTE + 12_000, "3 mnt → 36 mnt"),
        (6 * MINUTE + 20_000, 9 * MINUTE + 40_000, "6 mnt → 10 mnt"),
    ],
)
def test_two_times_are_told_as_exactly_as_each_other(before: int, now: int, text: str) -> None:
    time = msgspec.structs.replace(TIME, before=before, now=now)
    assert f"Waktu layanan {text} (118 kunjungan)." in message_text(told(figures=(time,)), "id").splitlines()


def test_a_shared_disturbance_says_until_when_it_was_counted() -> None:
    shared = msgspec.structs.replace(told().message, kind="shared", at=TUESDAY_0930)
    text = message_text(told(message=shared, units=("Kantor Kecamatan Natar", "Disdukcapil")), "id")
    assert "2 unit menurun pada hari yang sama (sampai Sel 10 Nov 09.30 WIB): Kec. Natar, Disdukcapil." in text


def test_the_same_in_english() -> None:
    text = message_text(told(**WHOLE), "en")
    assert "Promise kept 91 % → 79 % (93 of 118 visits; usually 107)." in text
    assert "Since Tue 10 Nov 09:30 WIB, seen on 2 different days." in text
    assert "Without an answer by Tue 10 Nov 16:00 WIB it goes to the sekcam." in text


def test_a_recovery_says_how_long_and_what_was_done() -> None:
    answer = Acknowledgement(alert="a", at=0, by="Sekcam", note="tambah 1 petugas", due=date(2026, 11, 16))
    lines = message_text(told("recovered", lasted_days=4, answer=answer), "id").splitlines()
    assert lines[0].startswith("✅ PULIH")
    assert "selama 4 hari kerja" in lines[2]
    assert lines[3] == "Ditindaklanjuti oleh Sekcam: tambah 1 petugas, tenggat Sen 16 Nov."


@pytest.mark.parametrize(("ended", "title"), [("settled", "➖ MENETAP"), ("withdrawn", "ℹ️ DIKOREKSI")])
def test_an_end_that_is_no_recovery_is_not_called_one(ended: str, title: str) -> None:
    text = message_text(told("recovered", ended=ended), "id")
    assert text.startswith(title)
    assert "PULIH" not in text
    assert "kembali seperti biasa" not in text


def test_a_message_says_nothing_about_causes_that_were_not_computed() -> None:
    assert "Petunjuk" not in message_text(told(), "id")


@given(
    st.sampled_from(["fall", "unstable", "escalated", "reminder", "overdue", "recovered", "passed", "shared"]),
    st.sampled_from(["id", "en"]),
    st.text(min_size=1, max_size=300),
    st.integers(0, 8),
)
def test_no_message_is_longer_than_a_phone_shows(kind: MessageKind, language: Language, name: str, n: int) -> None:
    answer = Acknowledgement(alert="a", at=0, by=name, note=name, due=date(2026, 11, 16))
    long = told(
        kind, **{**WHOLE, "unit": name, "figures": (LATE, TIME, IKM) * n, "answer": answer, "units": (name,) * 40}
    )
    text = message_text(long, language)
    assert len(text) <= LONGEST
    assert long.message.code in text
    if kind in ("reminder", "overdue"):
        assert "sudah selesai: buka https" in text or "done: open https" in text, "how to act is never cut"
    elif kind not in ("recovered", "passed"):
        assert "s.d." in text or "by Tue" in text, "how to act and what happens otherwise are never cut"


def test_a_digest_shows_as_many_units_as_fit_and_counts_the_rest() -> None:
    row = DigestRow("Kantor Kecamatan Kalianda", "K7Q2", (LATE, TIME), TUESDAY_0930, "Asia/Jakarta", "begun")
    text = digest_text("Kec. Kalianda", TUESDAY_0930, "Asia/Jakarta", [row] * 30, "id")
    assert len(text) <= LONGEST
    shown = text.count("• ")
    assert text.endswith(f"… +{30 - shown}")
    assert "tepat janji 91 % → 79 %; waktu layanan 9 mnt → 14 mnt" in text
    assert digest_text("Kec. Kalianda", TUESDAY_0930, "Asia/Jakarta", [row], "en").count("… +") == 0


def test_no_data_is_told_to_the_operator_as_what_it_is() -> None:
    text = no_data_text("Disdukcapil", TUESDAY_0930, 12_400, "Asia/Jakarta", "id")
    assert "Tidak ada data kunjungan sejak Sel 10 Nov 09.30 WIB; biasanya 12 kunjungan" in text
    assert "tetap terbuka" in text


def test_a_silent_source_is_told_with_how_many_units_it_feeds_and_some_of_their_names() -> None:
    units = [f"Kecamatan {number}" for number in range(1, 25)]
    text = silent_source_text("antrean-pusat", units, TUESDAY_0930, "Asia/Jakarta", "id")
    assert "sumber antrean-pusat\nTidak ada data kunjungan sejak Sel 10 Nov 09.30 WIB" in text
    assert " dari 24 unit: Kecamatan 1, " in text
    assert "Kecamatan 5, … +19." in text
    long = silent_source_text("s" * 99, ["Kantor " * 20] * 9, TUESDAY_0930, "Asia/Jakarta", "en")
    assert "from 9 units" in long
    assert len(long) <= LONGEST


@pytest.mark.parametrize(
    ("now", "usual", "cause"),
    [
        ([(100, 30), (100, 10)], [(1000, 100), (1000, 100)], ("a", 1.0)),
        ([(100, 30), (100, 30), (100, 30)], [(1000, 100)] * 3, None),
        ([(100, 10), (100, 10)], [(1000, 100), (1000, 100)], None),
        ([(9, 9), (100, 10)], [(1000, 100), (1000, 100)], None),
        ([(100, 50)], [(1000, 100)], None),
        ([(100, 30), (100, 20)], [(1000, 100), (1000, 100)], ("a", 20 / 30)),
        ([(100, 30), (100, 25)], [(1000, 100), (1000, 100)], None),  # 57 % of the excess, of half the visits
        ([(100, 30), (100, 10)], [], None),
    ],
)
def test_a_cause_holds_enough_of_the_excess_or_is_not_named(
    now: list[tuple[int, int]], usual: list[tuple[int, int]], cause: tuple[str, float] | None
) -> None:
    def slices(rows: list[tuple[int, int]]) -> list[Slice]:
        return [Slice("hour", name, *row) for name, row in zip("abc", rows, strict=False)]

    found = causes(slices(now), slices(usual))
    assert [(each.name, each.share) for each in found] == ([] if cause is None else [cause])


def test_figures_tell_from_to_over_the_same_half_hours() -> None:
    fall = Fall(60, 0, late=0.15, marks=6.0)
    made = [(f"u{i}", *simulate(office(f"figures/{i}"), 200, range(66), fall=fall)) for i in range(3)]
    history = history_of(made)
    week = begin_week(working_day(60), None, history, QUIET, lambda *_: False)
    since, upto = half_hour_start(60, 0), half_hour_start(65, 14)
    found = {}
    for stream, indicator in ((("u0", GROUP), "late"), (("u0", GROUP), "time"), (("u0", "*"), "satisfaction")):
        told_of = figure(indicator, history[stream].values(), week.baselines[stream], since=since, upto=upto)  # type: ignore[arg-type]
        assert told_of is not None
        found[indicator] = told_of
    late, time, ikm = found["late"], found["time"], found["satisfaction"]
    assert late.days == 6
    assert 100_000 < late.before - late.now < 200_000
    assert late.k < late.usual < late.n
    assert 8 * MINUTE < time.before < 12 * MINUTE
    assert 1.2 < time.now / time.before < 1.9
    assert 8_100 < ikm.before < 8_500
    assert 300 < ikm.before - ikm.now < 900
    unknown = msgspec.structs.replace(week.baselines["u0", GROUP], scales={})
    assert figure("late", history["u0", GROUP].values(), unknown, since=since, upto=upto) is None
