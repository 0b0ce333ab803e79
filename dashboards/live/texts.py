"""Every word the page shows, in Indonesian and in English. The browser fills in the names in braces.

Short, plain, no blame, no exclamation. A key is ``place.what``; both languages have the same keys and the same names.
"""

from typing import Final

Pair = tuple[str, str]
"""(Indonesian, English)."""

WORDS: Final[dict[str, Pair]] = {
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
        "Terputus dari server. Angka di bawah adalah keadaan {at}. Menyambung kembali dengan sendirinya.",
        "Disconnected from the server. The numbers below are those of {at}. It reconnects by itself.",
    ),
    "banner.never": (
        "Belum tersambung ke server. Mencoba lagi dengan sendirinya.",
        "Not connected to the server yet. It tries again by itself.",
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
    "state.few": ("Terlalu sedikit", "Too few"),
    "state.closed": ("Tutup", "Closed"),
    "state.none": ("Belum ada data", "No data yet"),
    "count.falling": ("turun", "falling"),
    "count.overdue": ("lewat janji", "over promise"),
    "count.below": ("di bawah janji", "below promise"),
    "count.silent": ("tanpa data", "without data"),
    "count.good": ("sesuai janji", "as promised"),
    "count.few": ("terlalu sedikit untuk dinilai", "too few to judge"),
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
        "Hubungkan satu sistem antrean: bin/pantau replay untuk berkas, POST /v1/events untuk sistem yang hidup. "
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
    "col.unit_about": ("Buka untuk melihat lebih dalam", "Open to look deeper"),
    "col.state": ("Keadaan", "State"),
    "col.state_about": ("Keadaan hari ini dan alasannya", "Today's state and its reason"),
    "col.day": ("Datang hari ini", "Arrivals today"),
    "col.day_about": (
        "Orang datang per setengah jam; pita: hari yang sama, empat minggu lalu",
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
        "{n} orang datang hari ini, {last} pada setengah jam terakhir; pembanding {days} minggu",
        "{n} arrivals today, {last} in the last half hour; compared with {days} weeks",
    ),
    # definitions
    "definitions.title": ("Arti angka-angka ini", "What these numbers mean"),
    "definition.state": ("Keadaan", "State"),
    "definition.state_is": (
        "Turun: tepat janji hari ini paling sedikit 10 poin di bawah empat minggu sebelumnya, dan lebih buruk dari yang "
        "dapat dijelaskan oleh kebetulan (kurang dari 1 dari 1.000 hari). Lewat janji: ada orang yang sekarang menunggu "
        "lebih lama dari janji. Di bawah janji: lebih dari 1 dari 10 orang menunggu lebih lama dari janji hari ini. "
        "Tanpa data: 30 menit jam buka tanpa satu kejadian pun.",
        "Falling: today's share within the promise is at least 10 points below the four weeks before, and worse than "
        "chance explains (less than 1 in 1,000 days). Over promise: somebody now waits longer than promised. Below "
        "promise: more than 1 in 10 waited longer than promised today. No data: 30 minutes of opening hours without "
        "a single event.",
    ),
    "definition.waiting": ("Menunggu", "Waiting"),
    "definition.waiting_is": (
        "Nomor yang diambil hari ini dan belum dipanggil, dilayani, atau berakhir.",
        "Numbers taken today that have not been called, served or ended.",
    ),
    "definition.longest": ("Tunggu terlama", "Longest wait"),
    "definition.longest_is": (
        "Sejak nomor diambil, dari orang yang paling lama menunggu sekarang.",
        "Since the number was taken, of the person who has waited longest now.",
    ),
    "definition.served": ("Selesai hari ini", "Served today"),
    "definition.served_is": (
        "Layanan yang selesai di loket dan permohonan yang produknya terbit. Pembanding: hari yang sama sampai jam yang "
        "sama, empat minggu sebelumnya.",
        "Services ended at the counter and applications whose product was issued. Compared with the same weekday until "
        "the same time, four weeks before.",
    ),
    "definition.kept": ("Tepat janji", "Promise kept"),
    "definition.kept_is": (
        "Bagian kunjungan hari ini yang selesai dalam waktu standar pelayanan. Yang pergi tanpa dilayani dihitung "
        "tidak tepat bila yang dijanjikan adalah waktu tunggu.",
        "Share of today's visits that ended within the service standard. People who left unserved count as not kept "
        "where waiting is what was promised.",
    ),
    "definition.ratio": ("Terhadap janji", "Of promise"),
    "definition.ratio_is": (
        "Waktu tunggu yang tidak dilewati 9 dari 10 orang hari ini (p90, peringkat terdekat) dibagi waktu yang "
        "dijanjikan; 1 berarti sama dengan janji. Yang masih menunggu dihitung dengan tunggunya sampai sekarang.",
        "The wait that 9 of 10 people did not exceed today (p90, nearest rank) divided by the promised time; 1 equals "
        "the promise. Those who still wait count with their wait so far.",
    ),
    "definition.day": ("Datang hari ini", "Arrivals today"),
    "definition.day_is": (
        "Nomor yang diambil dan permohonan yang masuk per setengah jam penuh. Pita: terkecil sampai terbesar pada hari "
        "yang sama, empat minggu sebelumnya.",
        "Numbers taken and applications handed in by whole half hours. Band: least to most on the same weekday, four "
        "weeks before.",
    ),
    "definition.ikm": ("IKM", "IKM"),
    "definition.ikm_is": (
        "Indeks Kepuasan Masyarakat menurut PermenPANRB 14/2017 dari jawaban 90 hari: rata-rata sembilan unsur × 25, "
        "dibulatkan dua desimal sebelum diberi mutu.",
        "Community satisfaction index by PermenPANRB 14/2017 of the answers of 90 days: mean of nine elements × 25, "
        "rounded to two decimals before it is graded.",
    ),
    "definition.few": ("Angka abu-abu", "Grey numbers"),
    "definition.few_is": (
        "Dihitung dari terlalu sedikit kunjungan atau jawaban untuk disimpulkan.",
        "Made of too few visits or answers to conclude from.",
    ),
    # one unit
    "unit.unknown": ("Tidak ada unit dengan kode {code}", "There is no unit with the code {code}"),
    "unit.unknown_todo": (
        "Periksa alamatnya, atau pilih unit dari Ikhtisar. Unit baru ditambahkan di registry.toml.",
        "Check the address, or choose a unit from the overview. New units are added in registry.toml.",
    ),
    "unit.last": ("data terakhir {at}", "last data {at}"),
    "unit.now": ("Sekarang", "Now"),
    "unit.today": ("Hari ini", "Today"),
    "unit.trend": ("{n} hari kerja terakhir", "Last {n} working days"),
    "unit.trend_title": ("Tren", "Trend"),
    "unit.promise": ("janji {limit}", "promise {limit}"),
    "unit.serving": ("{n} sedang dilayani", "{n} being served"),
    "unit.arrived": ("{n} datang", "{n} arrived"),
    "unit.ratio": ("Terhadap janji", "Of promise"),
    "unit.of_promise": ("× janji", "× promise"),
    "unit.ratio_over": ("p90 lebih lama dari janji", "p90 longer than promised"),
    "unit.ratio_within": ("p90 dalam janji", "p90 within the promise"),
    "queue.title": ("Antrean per layanan", "Queue by service"),
    "queue.service": ("Layanan", "Service"),
    "queue.promise": ("Janji", "Promise"),
    "queue.nobody": ("Tidak ada yang menunggu.", "Nobody is waiting."),
    "queue.no_service": ("Layanan tidak disebut", "Service not named"),
    "queue.over": ("lewat janji", "over the promise"),
    "counters.title": ("Loket", "Counters"),
    "counters.counter": ("Loket", "Counter"),
    "counters.name": ("Loket {name}", "Counter {name}"),
    "counters.state": ("Keadaan", "State"),
    "counters.served": ("Selesai", "Served"),
    "counters.unknown": ("Sistem antrean tidak menyebut loket.", "The queue system does not name counters."),
    "counter.serving": ("melayani sejak {since}", "serving since {since}"),
    "counter.open": ("buka", "open"),
    "counter.paused": ("istirahat sejak {since}", "paused since {since}"),
    "counter.closed": ("tutup sejak {since}", "closed since {since}"),
    "counter.unknown": ("tidak diketahui", "not known"),
    # charts
    "chart.table": ("Tabel", "Table"),
    "chart.show": ("Grafik", "Chart"),
    "chart.empty": ("Belum ada data hari ini.", "No data today yet."),
    "chart.time": ("Jam", "Time"),
    "chart.day": ("Hari", "Day"),
    "chart.n": ("n", "n"),
    "arrivals.title": ("Datang dan selesai", "Arrivals and completions"),
    "arrivals.about": (
        "Orang per setengah jam. Pita: yang datang pada {days}.",
        "People by half hour. Band: arrivals on {days}.",
    ),
    "arrivals.about_no_band": (
        "Orang per setengah jam. Pembanding belum ada.",
        "People by half hour. Nothing to compare with yet.",
    ),
    "arrivals.readout": (
        "{span}: {arrivals} datang, {served} selesai, biasanya {low}–{high} datang",
        "{span}: {arrivals} arrived, {served} served, usually {low}–{high} arrive",
    ),
    "arrivals.label": (
        "Garis orang datang dan selesai per setengah jam hari ini; panah kiri dan kanan membacakan angkanya",
        "Lines of arrivals and completions by half hour today; left and right arrows read the numbers",
    ),
    "arrivals.came": ("datang", "arrived"),
    "arrivals.done": ("selesai", "served"),
    "arrivals.usual": ("biasanya", "usual"),
    "waits.title": ("Waktu tunggu", "Waiting time"),
    "waits.about": (
        "Dari nomor diambil sampai dilayani, per setengah jam mulai dilayani. Garis putus: janji.",
        "From number taken to service started, by half hour of the start. Dashed line: promise.",
    ),
    "waits.about_no_promise": (
        "Dari nomor diambil sampai dilayani. Tidak ada janji waktu tunggu.",
        "From number taken to service started. No waiting time is promised.",
    ),
    "waits.readout": (
        "{span}: separuh paling lama {p50}, 9 dari 10 paling lama {p90}, n = {n}",
        "{span}: half at most {p50}, 9 of 10 at most {p90}, n = {n}",
    ),
    "waits.label": (
        "Garis waktu tunggu p50 dan p90 per setengah jam hari ini; panah kiri dan kanan membacakan angkanya",
        "Lines of waiting time p50 and p90 by half hour today; left and right arrows read the numbers",
    ),
    "waits.p50": ("separuh (p50)", "half (p50)"),
    "waits.p90": ("9 dari 10 (p90)", "9 of 10 (p90)"),
    "waits.promise": ("janji", "promise"),
    "trend.title": ("Tepat janji per hari", "Promise kept by day"),
    "trend.about": (
        "Satu titik satu hari. Titik di luar batas kendali bukan kebetulan. Kolom abu-abu: libur.",
        "One dot a day. A dot outside of the control limits is not chance. Grey columns: holidays.",
    ),
    "trend.about_no_limits": (
        "Satu titik satu hari. Batas kendali digambar sejak 10 hari. Kolom abu-abu: libur.",
        "One dot a day. Control limits are drawn from 10 days on. Grey columns: holidays.",
    ),
    "trend.readout": (
        "{day}: {share} tepat janji, n = {n}, batas kendali {limits}",
        "{day}: {share} kept, n = {n}, control limits {limits}",
    ),
    "trend.readout_none": ("{day}: {why}", "{day}: {why}"),
    "trend.closed": ("tidak ada kunjungan", "no visits"),
    "trend.label": (
        "Titik tepat janji per hari dengan batas kendali; panah kiri dan kanan membacakan angkanya",
        "Dots of the promise kept by day with control limits; left and right arrows read the numbers",
    ),
    "trend.share": ("tepat janji", "kept"),
    "trend.limits": ("batas kendali", "control limits"),
    "trend.too_short": (
        "Tren muncul setelah dua hari dengan data.",
        "The trend appears after two days with data.",
    ),
    "trendwaits.title": ("Waktu tunggu per hari", "Waiting time by day"),
    "trendwaits.about": (
        "Dari nomor diambil sampai dilayani. Garis putus: janji. Garis tegak: pelatihan.",
        "From number taken to service started. Dashed line: promise. Upright line: training.",
    ),
    "trendwaits.readout": (
        "{day}: separuh paling lama {p50}, 9 dari 10 paling lama {p90}",
        "{day}: half at most {p50}, 9 of 10 at most {p90}",
    ),
    "trendwaits.label": (
        "Garis waktu tunggu p50 dan p90 per hari; panah kiri dan kanan membacakan angkanya",
        "Lines of waiting time p50 and p90 by day; left and right arrows read the numbers",
    ),
    # satisfaction
    "satisfaction.title": ("Kepuasan", "Satisfaction"),
    "satisfaction.ikm": ("IKM, {n} hari", "IKM, {n} days"),
    "elements.title": ("Sembilan unsur", "The nine elements"),
    "elements.caption": (
        "Sembilan unsur dengan rata-rata, selang, dan jumlah jawaban",
        "Nine elements with mean, interval and number of answers",
    ),
    "elements.about": (
        "Titik: rata-rata nilai 1 sampai 4 dengan selang 95 %. Lingkaran: 90 hari sebelumnya.",
        "Dot: mean mark of 1 to 4 with its 95 % interval. Ring: the 90 days before.",
    ),
    "elements.element": ("Unsur", "Element"),
    "elements.mean": ("Rata-rata", "Mean"),
    "elements.plot": ("Titik dengan selang pada skala 1 sampai 4", "Dot with interval on a scale of 1 to 4"),
    "elements.lowest": ("terendah", "lowest"),
    "elements.unanswered": ("belum ada jawaban", "no answers yet"),
    "elements.words": ("{mean}, selang {low}–{high}, n = {n}", "{mean}, interval {low}–{high}, n = {n}"),
    "elements.words_no_interval": ("{mean}, n = {n}", "{mean}, n = {n}"),
    "element.persyaratan": ("Persyaratan", "Requirements"),
    "element.prosedur": ("Prosedur", "Procedure"),
    "element.waktu": ("Waktu penyelesaian", "Completion time"),
    "element.biaya": ("Biaya/tarif", "Cost"),
    "element.produk": ("Produk layanan", "Product"),
    "element.kompetensi": ("Kompetensi petugas", "Staff competence"),
    "element.perilaku": ("Perilaku petugas", "Staff conduct"),
    "element.pengaduan": ("Penanganan pengaduan", "Handling of complaints"),
    "element.sarana": ("Sarana dan prasarana", "Facilities"),
    # training
    "training.title": ("Pelatihan", "Training"),
    "training.none": (
        "Belum ada pelatihan yang tercatat selesai di unit ini.",
        "No training is on record as completed at this unit.",
    ),
    "training.one": ("Terlatih: satu pelatihan selesai, {last}.", "Trained: one training completed, {last}."),
    "training.some": (
        "Terlatih: {n} pelatihan selesai, terakhir {last}.",
        "Trained: {n} trainings completed, the last {last}.",
    ),
    "training.jp": ("{n} JP", "{n} training hours"),
    "training.people": ("{n} peserta", "{n} participants"),
    "training.done": ("selesai", "completed"),
    "training.planned": ("direncanakan", "planned"),
    "training.not_held": ("tidak tercatat selesai", "not on record as completed"),
    "training.measure": ("tindakan lain", "another measure"),
    "training.effect_later": (
        "Sebelum dan sesudah saja tidak membuktikan apa-apa; pengaruh hanya ditunjukkan bersama unit pembanding.",
        "Before and after alone prove nothing; an effect is only shown together with comparison units.",
    ),
    # sources
    "sources.caption": ("Sumber data dan keadaannya", "Data sources and their state"),
    "sources.none": ("Belum ada sumber yang mengirim", "No source has sent anything yet"),
    "sources.all_good": ("Semua {n} sumber baik", "All {n} sources are well"),
    "sources.troubled": ("{n} dari {all} sumber perlu dilihat", "{n} of {all} sources need a look"),
    "sources.troubled_one": ("1 dari {all} sumber perlu dilihat", "1 of {all} sources needs a look"),
    "sources.about": (
        "Angka di halaman lain hanya sebaik sumbernya. Yang perlu ditangani ada di atas.",
        "The numbers on other pages are only as good as their sources. Those in need come first.",
    ),
    "sources.no_unit": ("tanpa unit dalam 7 hari", "no unit in 7 days"),
    "sources.units": ("{n} unit", "{n} units"),
    "sources.per_day": ("{n} dalam 24 jam", "{n} in 24 hours"),
    "source.clock": ("Jam salah", "Clock wrong"),
    "source.silent": ("Diam", "Silent"),
    "source.late": ("Terlambat", "Late"),
    "source.rejects": ("Ada yang ditolak", "Some refused"),
    "source.good": ("Baik", "Well"),
    "source.rare": ("Jarang mengirim", "Sends rarely"),
    "source.none": ("Belum ada data", "No data yet"),
    "scol.source": ("Sumber", "Source"),
    "scol.source_about": ("Sistem yang mengirim, dan unitnya", "The system that sends, and its units"),
    "scol.state": ("Keadaan", "State"),
    "scol.state_about": ("Yang paling mendesak", "What is most pressing"),
    "scol.last": ("Kejadian terakhir", "Last event"),
    "scol.last_about": ("Waktu kejadian menurut sumber", "Time of the event by the source"),
    "scol.delay": ("Keterlambatan", "Delay"),
    "scol.delay_about": (
        "Biasanya dari kejadian sampai diterima, 7 hari",
        "Usual time from event to arrival, 7 days",
    ),
    "scol.clock": ("Jam", "Clock"),
    "scol.clock_about": ("Apakah jam sumber dapat dipercaya", "Whether the source's clock can be trusted"),
    "scol.rejects": ("Ditolak 24 jam", "Refused, 24 hours"),
    "scol.rejects_about": ("Kejadian yang ditolak menurut alasan", "Events refused by reason"),
    "scol.todo": ("Yang dilakukan", "What to do"),
    "scol.todo_about": ("Langkah berikutnya", "The next step"),
    "delay.none": ("<1 dtk", "<1 s"),
    "clock.true": ("benar", "true"),
    "clock.wrong": ("salah", "wrong"),
    "clock.fast": ("{by} terlalu cepat", "{by} fast"),
    "rejects.none": ("tidak ada", "none"),
    "reject.personal": ("memuat data pribadi", "holds personal data"),
    "reject.malformed": ("bukan JSON yang utuh", "not complete JSON"),
    "reject.oversize": ("terlalu besar", "too large"),
    "reject.unknown_kind": ("jenis tidak dikenal", "unknown kind"),
    "reject.missing": ("bidang wajib kosong", "a required field is missing"),
    "reject.unknown_field": ("bidang tidak dikenal", "unknown field"),
    "reject.type": ("jenis nilai salah", "wrong type of value"),
    "reject.contradiction": ("isi bertentangan", "contradictory content"),
    "reject.source": ("nama sumber lain", "another source's name"),
    "reject.not_allowed": ("unit di luar haknya", "a unit it may not speak for"),
    "reject.unknown_unit": ("unit tidak dikenal", "unknown unit"),
    "reject.clock": ("jam salah", "wrong clock"),
    "reject.future": ("waktu di masa depan", "time in the future"),
    "reject.too_old": ("terlalu lama", "too old"),
    "todo.clock": (
        "Setel jam mesin, atau tetapkan clock_correction di registry.toml, lalu jalankan pantau rejects retry "
        "({retryable} menunggu).",
        "Set the machine's clock, or declare a clock_correction in registry.toml, then run pantau rejects retry "
        "({retryable} waiting).",
    ),
    "todo.silent": (
        "Diam sejak {since}, biasanya satu kejadian tiap {gap}. Hubungi kantornya: mesin, jaringan, listrik.",
        "Silent since {since}, usually one event every {gap}. Call the office: machine, network, power.",
    ),
    "todo.late": (
        "Kejadian tiba {delay} kemudian. Periksa jaringan dan jadwal pengirimannya.",
        "Events arrive {delay} later. Check its network and its sending schedule.",
    ),
    "todo.rejects": (
        "{n} kejadian ditolak. Perbaiki di sistem asal atau di berkas pemetaan, lalu kirim ulang.",
        "{n} events were refused. Mend the source system or the mapping file, then send again.",
    ),
    "todo.rejects_retry": (
        "{n} kejadian ditolak. Perbaiki registry.toml, lalu jalankan pantau rejects retry ({retryable} menunggu).",
        "{n} events were refused. Mend registry.toml, then run pantau rejects retry ({retryable} waiting).",
    ),
    "todo.good": ("Tidak ada.", "Nothing."),
    "todo.rare": ("Tidak ada; diamnya tidak berarti apa-apa.", "Nothing; its silence means nothing."),
    "todo.none": ("Tunggu kejadian pertama.", "Wait for the first event."),
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
    "tv.rest": ("dan {n} unit lain tanpa masalah yang lebih mendesak", "and {n} more units with nothing more pressing"),
}
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
