"""Indicators read from what citizens and sources say: ratings, SKM answers, complaints, snapshots, reported totals."""

from collections.abc import Iterator

from pantau.domain.facts import ELEMENTS
from pantau.domain.indicators import (
    COMPLAINTS,
    SERVED,
    VISITS,
    Indicator,
    Text,
    count,
    flagged_share,
    mean,
    response,
    satisfaction,
    standing,
    totalled,
)
from pantau.domain.skm import ELEMENTS as TITLES

_CHANNEL = frozenset({"channel"})
_NONE: frozenset[str] = frozenset()


def satisfaction_indicators() -> Iterator[Indicator]:
    """Ratings, the index and its elements, who answered, complaints opened. A channel is the one the answer came by."""
    yield Indicator(
        name="rating",
        title=Text("Penilaian, rata-rata", "Mean rating"),
        unit="rating",
        definition=Text("Rata-rata penilaian di loket pada skala 1 sampai 5.", "Mean of presses on a scale of 1 to 5."),
        compute=mean("rating", 100, "no_answers"),
        reads=("rating",),
    )
    yield Indicator(
        name="ikm",
        title=Text("IKM", "Satisfaction index (IKM)"),
        unit="index",
        definition=Text(
            "PermenPANRB 14/2017: 25 × jumlah rata-rata sembilan unsur × bobot; mutu dinilai setelah dibulatkan dua "
            "desimal; populasi: yang selesai dilayani.",
            "PermenPANRB 14/2017: 25 × the sum of nine element means × weight; graded after rounding to two decimals; "
            "population: those served.",
        ),
        compute=satisfaction,
        reads=(
            "surveys",
            *("element." + name for name in ELEMENTS),
            "skm_sum",
            "skm_square",
            "skm_straight",
            *SERVED,
        ),
        splits=_CHANNEL,
        touched_by=("ikm_weight", "ikm_confidence", "minimum_sample"),
    )
    for element in TITLES:
        yield Indicator(
            name=f"nrr.{element.key}",
            title=Text(f"{element.code} {element.title}", f"{element.code} {element.english}"),
            unit="mark",
            definition=Text("Nilai rata-rata unsur (NRR), 1 sampai 4.", "Mean mark of the element (NRR), 1 to 4."),
            compute=mean(f"element.{element.key}", 1, "no_answers"),
            reads=(f"element.{element.key}",),
            splits=_CHANNEL,
        )
    yield Indicator(
        name="surveys",
        title=Text("Jawaban survei", "Survey answers"),
        unit="count",
        definition=Text("Jawaban SKM yang diterima.", "SKM answers received."),
        compute=count("surveys", "surveys"),
        reads=("surveys", *VISITS),
        splits=_CHANNEL,
    )
    yield Indicator(
        name="response_rate",
        title=Text("Tingkat respons", "Response rate"),
        unit="share",
        definition=Text("Jawaban SKM ÷ yang selesai dilayani.", "SKM answers ÷ people served."),
        compute=response,
        reads=("surveys", *SERVED),
        splits=_NONE,
    )
    yield Indicator(
        name="straight_lined",
        title=Text("Jawaban seragam", "Straight-lined answers"),
        unit="share",
        definition=Text(
            "Jawaban lengkap dengan sembilan nilai sama ÷ jawaban lengkap.",
            "Complete answers with nine equal marks ÷ complete answers.",
        ),
        compute=flagged_share("skm_straight", "no_answers"),
        reads=("skm_straight",),
        splits=_CHANNEL,
    )
    yield Indicator(
        name="complaints",
        title=Text("Pengaduan dibuka", "Complaints opened"),
        unit="count",
        definition=Text("Pengaduan yang dibuka.", "Complaints opened."),
        compute=count("complaints", "complaints_opened"),
        reads=(*COMPLAINTS, *VISITS),
        splits=_CHANNEL,
    )


def snapshot_indicators() -> Iterator[Indicator]:
    """Queues as systems publish them. They are seen, not counted: means over snapshots, not over people."""
    seen = Text(
        "Orang menunggu yang terlihat pada potret antrean; tiap potret satu antrean dihitung sama.",
        "People seen waiting in published snapshots; every snapshot of one queue counts the same.",
    )
    yield Indicator(
        name="queue_seen.mean",
        title=Text("Antrean terlihat, rata-rata", "Queue seen, mean"),
        unit="people",
        definition=seen,
        compute=mean("seen_waiting", 1, "no_data"),
        reads=("seen_waiting",),
        splits=_NONE,
    )
    yield Indicator(
        name="queue_seen.p95",
        title=Text("Antrean terlihat, p95", "Queue seen, p95"),
        unit="people",
        definition=Text(f"{seen.id} Interpolasi linear.", f"{seen.en} Linear interpolation."),
        compute=standing("seen_p95", "seen_n", "no_data", of="seen_n"),
        facts="snapshot_peaks",
        splits=_NONE,
    )
    yield Indicator(
        name="queue_seen.max",
        title=Text("Antrean terlihat, terpanjang", "Queue seen, longest"),
        unit="people",
        definition=seen,
        compute=standing("seen_most", "seen_n", "no_data", of="seen_n"),
        facts="snapshot_peaks",
        splits=_NONE,
    )
    yield Indicator(
        name="queue_seen.unattended",
        title=Text("Potret tanpa loket buka", "Unattended snapshots"),
        unit="count",
        definition=Text(
            "Potret dengan orang menunggu dan tidak ada loket buka.",
            "Snapshots with people waiting and no counter open.",
        ),
        compute=totalled("seen_unattended", "no_data"),
        reads=("seen_unattended",),
        splits=_NONE,
    )
    yield Indicator(
        name="counters_seen",
        title=Text("Loket buka terlihat, rata-rata", "Open counters seen, mean"),
        unit="people",
        definition=Text("Rata-rata loket buka pada potret antrean.", "Mean of open counters over snapshots."),
        compute=mean("seen_counters", 1, "no_data"),
        reads=("seen_counters",),
        splits=_NONE,
    )


def reported_indicators(measure: str) -> Iterator[Indicator]:
    """What sources report as totals under one name; means are weighted by people, never mixed with counted visits."""
    by_source = Text(f"Jumlah laporan sumber: {measure}.", f"Totals reported by a source: {measure}.")
    yield Indicator(
        name=f"reported.{measure}.people",
        title=Text(f"{measure}, orang", f"{measure}, people"),
        unit="count",
        definition=by_source,
        compute=totalled(f"reported_n.{measure}", "no_data"),
        reads=(f"reported_n.{measure}",),
        splits=_CHANNEL,
    )
    yield Indicator(
        name=f"reported.{measure}.mean",
        title=Text(f"{measure}, rata-rata", f"{measure}, mean"),
        unit="ms",
        definition=Text(
            f"{by_source.id} Waktu total ÷ orang yang waktunya diketahui.",
            f"{by_source.en} Total time ÷ people whose time is known.",
        ),
        compute=mean(f"reported_time.{measure}", 1, "no_data"),
        reads=(f"reported_time.{measure}",),
        splits=_CHANNEL,
    )
    yield Indicator(
        name=f"reported.{measure}.within",
        title=Text(f"{measure}, dalam batas", f"{measure}, within its limit"),
        unit="share",
        definition=Text(
            f"{by_source.id} Orang dalam batas sumber ÷ orang yang dinilai.",
            f"{by_source.en} People within the source's limit ÷ people judged.",
        ),
        compute=flagged_share(f"reported_within.{measure}", "no_data"),
        reads=(f"reported_within.{measure}",),
        splits=_CHANNEL,
    )
    yield Indicator(
        name=f"reported.{measure}.share",
        title=Text(f"{measure}, persen", f"{measure}, per cent"),
        unit="share",
        definition=Text(
            f"{by_source.id} Rata-rata persen yang dilaporkan, tiap laporan sama berat.",
            f"{by_source.en} Mean of the percentages reported, every report weighing the same.",
        ),
        compute=mean(f"reported_share.{measure}", 10_000, "no_data"),
        reads=(f"reported_share.{measure}",),
        splits=_CHANNEL,
    )
