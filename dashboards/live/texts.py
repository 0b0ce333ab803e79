"""Every word the page shows, in Indonesian and in English. The browser fills in the names in braces.

Short, plain, no blame, no exclamation. A key is ``place.what``; both languages have the same keys and the same names.
"""

from typing import Final

from dashboards.live.texts_boards import BOARDS
from dashboards.live.texts_definitions import DEFINITIONS
from dashboards.live.texts_sources import SOURCES
from dashboards.live.texts_unit import UNIT

Pair = tuple[str, str]
"""(Indonesian, English)."""

_FRAME: Final[dict[str, Pair]] = {
    # units of measure and of time
    "unit.second": ("dtk", "s"),
    "unit.minute": ("mnt", "min"),
    "unit.hour": ("jam", "h"),
    "unit.day": ("hari", "days"),
    "unit.people": ("orang", "people"),
    "unit.counters": ("loket", "counters"),
    "unit.waiting": ("menunggu", "waiting"),
    "time.just_now": ("baru saja", "just now"),
    "time.ago": ("{duration} lalu", "{duration} ago"),
    "n": ("n = {n}", "n = {n}"),
    "few.n": ("n = {n}, terlalu sedikit", "n = {n}, too few"),
    "few.word": ("sedikit", "few"),
    # around the pages
    "nav.label": ("Halaman", "Pages"),
    "nav.overview": ("Ikhtisar", "Overview"),
    "nav.sources": ("Kesehatan data", "Data health"),
    "nav.need": ("perlu dilihat", "need a look"),
    "nav.skip": ("Langsung ke isi", "Skip to content"),
    "nav.tv_about": ("Tampilan untuk layar TV", "View for a TV screen"),
    "theme.auto": ("Tema: ikut perangkat", "Theme: as the device"),
    "theme.light": ("Tema: terang", "Theme: light"),
    "theme.dark": ("Tema: gelap", "Theme: dark"),
    "state.loading": ("Memuat data…", "Loading data…"),
    "banner.disconnected": (
        "Terputus dari server. Angka di bawah adalah keadaan {at}. Sambungan dicoba lagi secara otomatis.",
        "Disconnected from the server. The numbers below are those of {at}. It reconnects by itself.",
    ),
    "banner.never": (
        "Belum tersambung ke server. Sambungan dicoba lagi secara otomatis.",
        "Not connected to the server yet. It tries again by itself.",
    ),
    "banner.stale": (
        "Penyimpanan data tidak menjawab. Angka di bawah adalah keadaan {at}. Angka diperbarui lagi secara otomatis.",
        "The data store does not answer. The numbers below are those of {at}. They are updated again by themselves.",
    ),
    "banner.stale_never": (
        "Penyimpanan data belum menjawab, jadi belum ada angka. Akan dicoba lagi secara otomatis.",
        "The data store does not answer yet, so there are no numbers. It is tried again by itself.",
    ),
    "banner.silent": (
        "Tidak ada data dari unit mana pun sejak {at}. Periksa jaringan kantor dan Kesehatan data.",
        "No data from any unit since {at}. Check the office network and Data health.",
    ),
    "foot.last": ("Data terakhir {at}", "Last data {at}"),
    "foot.keys": (
        "Papan ketik: / mencari, j dan k berpindah unit, Enter membuka, Esc kembali",
        "Keyboard: / searches, j and k move between units, Enter opens, Esc goes back",
    ),
    # states of a unit
    "state.falling": ("Turun", "Falling"),
    "state.overdue": ("Lewat janji", "Over promise"),
    "state.below": ("Di bawah janji", "Below promise"),
    "state.silent": ("Tanpa data", "No data"),
    "state.good": ("Sesuai janji", "As promised"),
    "state.few": ("Belum cukup", "Too early"),
    "state.closed": ("Tutup", "Closed"),
    "state.none": ("Belum ada data", "No data yet"),
    "count.falling": ("turun", "falling"),
    "count.overdue": ("lewat janji", "over promise"),
    "count.below": ("di bawah janji", "below promise"),
    "count.silent": ("tanpa data", "without data"),
    "count.good": ("sesuai janji", "as promised"),
    "count.few": ("belum cukup untuk dinilai", "too early to judge"),
    "count.closed": ("tutup", "closed"),
    "count.none": ("belum ada data", "no data yet"),
    "reason.falling": (
        "{share} tepat janji dari {n}, biasanya {usual}",
        "{share} kept of {n}, usually {usual}",
    ),
    "reason.falling_since": (
        "sejak {since}: {share} tepat janji dari {n}, biasanya {usual}",
        "since {since}: {share} kept of {n}, usually {usual}",
    ),
    "reason.overdue": ("{n} orang menunggu lewat janji sejak {since}", "{n} people over the promise since {since}"),
    "reason.overdue_one": ("1 orang menunggu lewat janji sejak {since}", "1 person over the promise since {since}"),
    "reason.below": ("{share} tepat janji dari {n}", "{share} kept of {n}"),
    "reason.silent": ("belum ada data sejak {since}", "no data since {since}"),
    "reason.few": ("{n} kunjungan, perlu {minimum}", "{n} visits, {minimum} needed"),
    "reason.closed": ("buka {at}", "opens {at}"),
    "reason.none": ("menunggu kejadian pertama", "waiting for the first event"),
    "reason.good": ("{share} tepat janji dari {n}", "{share} kept of {n}"),
    "why.never": ("belum ada data", "no data yet"),
    "why.since": ("belum ada data sejak {since}", "no data since {since}"),
    "why.none_judged": ("belum ada kunjungan yang dinilai", "no visit judged yet"),
    "why.all_silent": ("semua unit tanpa data", "all units without data"),
    "why.no_promise": ("tidak ada janji waktu", "no promised time"),
    "why.nothing": ("tidak diketahui", "not known"),
    # the answer in one sentence
    "verdict.no_units": ("Belum ada unit di registri", "No units in the registry yet"),
    "verdict.not_started": ("Belum ada kejadian yang masuk", "No event has come in yet"),
    "start.what_next": (
        "Hubungkan satu sistem antrean: bin/pantau replay untuk berkas, POST /v1/events untuk sistem yang berjalan. "
        "Halaman ini terisi sendiri begitu kejadian pertama masuk.",
        "Connect a queue system: bin/pantau replay for files, POST /v1/events for a live system. "
        "This page fills by itself as soon as the first event comes in.",
    ),
    "verdict.falling_one": ("{name} turun", "{name} is falling"),
    "verdict.falling_two": ("{first} dan {second} turun", "{first} and {second} are falling"),
    "verdict.falling": ("{n} unit turun", "{n} units are falling"),
    "verdict.overdue_one": ("{name}: ada yang menunggu lewat janji", "{name}: people wait longer than promised"),
    "verdict.overdue_two": (
        "{first} dan {second}: ada yang menunggu lewat janji",
        "{first} and {second}: people wait longer than promised",
    ),
    "verdict.overdue": (
        "Di {n} unit ada yang menunggu lewat janji",
        "At {n} units people wait longer than promised",
    ),
    "verdict.below_one": ("{name} di bawah janji hari ini", "{name} is below its promise today"),
    "verdict.below_two": (
        "{first} dan {second} di bawah janji hari ini",
        "{first} and {second} are below their promise today",
    ),
    "verdict.below": ("{n} unit di bawah janji hari ini", "{n} units are below their promise today"),
    "verdict.silent_one": ("{name} tidak mengirim data", "{name} sends no data"),
    "verdict.silent_two": ("{first} dan {second} tidak mengirim data", "{first} and {second} send no data"),
    "verdict.silent": ("{n} unit tidak mengirim data", "{n} units send no data"),
    "verdict.good": ("Tidak ada yang turun, {n} unit sesuai janji", "Nothing is falling, {n} units are as promised"),
    "verdict.few": ("Belum cukup kunjungan untuk dinilai", "Not enough visits to judge yet"),
    "verdict.closed": ("Semua unit tutup", "All units are closed"),
    # the six numbers
    "strip.waiting": ("Menunggu", "Waiting"),
    "strip.longest": ("Tunggu terlama", "Longest wait"),
    "strip.served": ("Selesai hari ini", "Served today"),
    "strip.kept": ("Tepat janji", "Promise kept"),
    "strip.ikm": ("IKM 90 hari", "IKM, 90 days"),
    "strip.counters": ("Loket buka", "Counters open"),
    "strip.overdue": ("{n} lewat janji", "{n} over the promise"),
    "strip.none_overdue": ("tidak ada yang lewat janji", "nobody over the promise"),
    "strip.incomplete": ("{n} unit belum lengkap", "{n} units incomplete"),
    "strip.without": ("{n} unit tanpa data tidak dihitung", "without {n} units without data"),
    "strip.nobody": ("tidak ada yang menunggu", "nobody is waiting"),
    "strip.since": ("sejak {at}", "since {at}"),
    "strip.paused": ("{n} loket istirahat", "{n} paused"),
    "strip.none_paused": ("tidak ada yang istirahat", "none paused"),
    "usual.one": ("biasanya {value}", "usually {value}"),
    "usual.days": ("{n} {day} sebelumnya", "the {n} {day}s before"),
    "usual.unknown": ("pembanding belum ada", "nothing to compare with yet"),
    "ikm.none": ("belum ada jawaban survei", "no survey answers yet"),
    "ikm.interval": ("selang 95 %: {interval}", "95 % interval: {interval}"),
    "ikm.no_interval": ("selang tidak diketahui", "interval not known"),
    "ikm.grade": ("mutu {grade}", "grade {grade}"),
    "ikm.enough": ("cukup, minimal {minimum} jawaban", "enough, at least {minimum} answers"),
    "ikm.below_minimum": ("kurang, minimal {minimum} jawaban", "too few, at least {minimum} answers"),
    "ikm.straight": (
        "separuh jawaban bernilai sama di semua unsur",
        "half of the answers have the same mark everywhere",
    ),
    "grade.A": ("Sangat baik", "Very good"),
    "grade.B": ("Baik", "Good"),
    "grade.C": ("Kurang baik", "Poor"),
    "grade.D": ("Tidak baik", "Bad"),
    # the list of units
    "units.title": ("{n} unit, yang perlu dilihat di atas", "{n} units, those in need first"),
    "units.caption": (
        "Unit menurut kebutuhan, dengan keadaan dan angka hari ini",
        "Units by need, with state and today's numbers",
    ),
    "units.search": ("Cari unit", "Find a unit"),
    "units.nothing": ("Tidak ada unit dengan nama “{text}”.", "No unit is named “{text}”."),
    "col.unit": ("Unit", "Unit"),
    "col.unit_about": ("Buka untuk melihat rinciannya", "Open to look deeper"),
    "col.state": ("Keadaan", "State"),
    "col.state_about": ("Keadaan hari ini dan alasannya", "Today's state and its reason"),
    "col.day": ("Datang hari ini", "Arrivals today"),
    "col.day_about": (
        "Orang datang per setengah jam; pita: hari yang sama dalam empat pekan terakhir",
        "Arrivals by half hour; band: same weekday of four weeks",
    ),
    "col.waiting": ("Menunggu", "Waiting"),
    "col.waiting_about": ("Orang yang menunggu sekarang", "People waiting now"),
    "col.longest": ("Terlama", "Longest"),
    "col.longest_about": ("Tunggu terlama sekarang", "Longest wait now"),
    "col.ratio": ("Terhadap janji", "Of promise"),
    "col.ratio_about": (
        "Waktu tunggu p90 hari ini dibagi janji; garis: tepat sama dengan janji",
        "Today's p90 wait divided by the promise; line: equal to the promise",
    ),
    "col.ikm": ("IKM", "IKM"),
    "col.ikm_about": (
        "IKM 90 hari, mutu, selang 95 %, jumlah jawaban",
        "IKM of 90 days, grade, 95 % interval, answers",
    ),
    "col.last": ("Data terakhir", "Last data"),
    "col.last_about": ("Kejadian terakhir yang diterima", "The last event received"),
    "small.longest": ("terlama", "longest"),
    "small.ratio": ("terhadap janji", "of promise"),
    "spark.label": (
        "{n} orang datang hari ini, {last} pada setengah jam terakhir; pembanding {days} pekan",
        "{n} arrivals today, {last} in the last half hour; compared with {days} weeks",
    ),
    # the TV screen
    "tv.unit": ("Unit", "Unit"),
    "tv.state": ("Keadaan", "State"),
    "tv.waiting": ("Menunggu", "Waiting"),
    "tv.longest": ("Terlama", "Longest"),
    "tv.last": ("data {at}", "data {at}"),
    "tv.stale": ("Terputus, data terakhir {at}", "Disconnected, last data {at}"),
    "tv.covered": (
        "Angka ditutup sampai tersambung kembali",
        "Numbers are covered until the line is back",
    ),
    "tv.rest": ("dan {n} unit lain yang tidak lebih mendesak", "and {n} more units with nothing more pressing"),
}

WORDS: Final[dict[str, Pair]] = {**_FRAME, **DEFINITIONS, **UNIT, **SOURCES, **BOARDS}
"""Key -> (Indonesian, English)."""

ABBREVIATIONS: Final = (
    ("Kantor Kecamatan ", "Kec. "),
    ("Dinas Kependudukan dan Pencatatan Sipil", "Disdukcapil"),
    ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "DPMPTSP"),
    ("Mal Pelayanan Publik", "MPP"),
)
"""What a long name is called where there is little room; every one is in daily use."""

TEXTS: Final[dict[str, dict[str, str]]] = {
    "id": {key: pair[0] for key, pair in WORDS.items()},
    "en": {key: pair[1] for key, pair in WORDS.items()},
}
"""Language -> key -> text, as the browser gets them."""
