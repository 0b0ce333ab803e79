"""The words of the SKM report and its poster, in Indonesian and in English."""

from typing import Final

from pantau.domain.indicators import Language, Text

WORDS: Final[dict[str, Text]] = {
    "title": Text("Laporan Survei Kepuasan Masyarakat", "Community Satisfaction Survey Report"),
    "about.unit": Text("Unit pelayanan", "Service unit"),
    "about.place": Text("Wilayah", "Area"),
    "about.period": Text("Periode survei", "Survey period"),
    "about.read": Text("Data dibaca pada", "Data read on"),
    "about.rule": Text("Pedoman", "By"),
    "rule": Text("PermenPANRB Nomor 14 Tahun 2017", "PermenPANRB 14/2017"),
    "foot": Text("Laporan SKM {unit}, {period}", "SKM report of {unit}, {period}"),
    "summary": Text("Ringkasan", "Summary"),
    "key.index": Text("IKM", "IKM"),
    "key.grade": Text(
        "Mutu {grade} ({words}), n = {n}; selang 95 % {interval}", "Grade {grade} ({words}), n = {n}; 95 % {interval}"
    ),
    "key.sample": Text("Responden", "Respondents"),
    "key.lowest": Text("Unsur terendah", "Lowest element"),
    "key.change": Text("Dibanding periode lalu", "Against the period before"),
    "key.before": Text("sebelumnya {index}", "before {index}"),
    "key.no_before": Text("belum ada angka periode lalu", "no figures of the period before"),
    "note.below.title": Text("Sampel belum cukup", "Sample too small"),
    "note.below": Text(
        "{sample}. IKM periode ini bersifat sementara: baca bersama selangnya dan jangan dipakai untuk "
        "memeringkat unit.",
        "{sample}. The IKM of this period is provisional: read it with its interval and do not rank units by it.",
    ),
    "note.unknown.title": Text("Kecukupan sampel tidak diketahui", "Sample cannot be judged"),
    "note.unknown": Text("{sample}.", "{sample}."),
    "note.none.title": Text("Belum ada angka", "No figures"),
    "note.none": Text(
        "Belum ada jawaban survei yang diterima pada periode ini, sehingga IKM tidak dapat dihitung.",
        "No survey answer was received in this period, so there is no IKM.",
    ),
    "note.enough.title": Text("Sampel cukup", "Sample sufficient"),
    "note.enough": Text("{sample}.", "{sample}."),
    "note.unanswered.title": Text("Unsur tanpa jawaban", "Element without answers"),
    "note.unanswered": Text(
        "Ada unsur yang tidak dijawab seorang pun ({elements}); IKM memerlukan kesembilan unsur, jadi tidak dihitung.",
        "Nobody answered {elements}; the IKM needs all nine elements, so it is not computed.",
    ),
    "note.running.title": Text("Periode belum berakhir", "Period not over"),
    "note.running": Text(
        "Periode berlangsung sampai {last}; angka dalam laporan ini memuat data sampai {read}.",
        "The period lasts until {last}; the figures of this report hold data up to {read}.",
    ),
    "note.straight.title": Text("Banyak jawaban seragam", "Many equal answers"),
    "note.straight": Text(
        "{share} dari {n} jawaban lengkap memberi nilai sama pada kesembilan unsur. Periksa cara pengisian kuesioner.",
        "{share} of {n} complete answers give all nine elements the same mark. Look at how questionnaires are filled.",
    ),
    "note.straddles.title": Text("Mutu belum pasti", "Grade uncertain"),
    "note.straddles": Text(
        "Selang 95 % {interval} mencakup mutu {grades}; beda mutu di dalamnya dapat terjadi karena kebetulan.",
        "The 95 % interval {interval} spans the grades {grades}; a difference within it may be chance.",
    ),
    "chapter.label": Text("BAB {number}", "CHAPTER {number}"),
    # I
    "1": Text("Pendahuluan", "Introduction"),
    "1.1": Text("Latar belakang", "Background"),
    "1.1.a": Text(
        "Penyelenggara pelayanan publik wajib mengikutsertakan masyarakat dalam menilai pelayanannya dan melakukan "
        "perbaikan berdasarkan penilaian itu. Survei Kepuasan Masyarakat (SKM) adalah pengukuran menyeluruh atas "
        "tingkat kepuasan masyarakat terhadap mutu pelayanan yang diterimanya.",
        "Whoever serves the public must let people take part in judging the service and mend it by what they say. The "
        "community satisfaction survey (SKM) measures how satisfied people are with the service that they received.",
    ),
    "1.1.b": Text(
        "Laporan ini menyajikan hasil SKM {unit} untuk {period} ({days}). Angkanya dihitung dari setiap jawaban yang "
        "diterima, tanpa pembulatan antara, dan dapat dihitung ulang kapan saja.",
        "This report tells the SKM of {unit} for {period} ({days}). Its figures are computed from every answer "
        "that was "
        "received, are rounded only at the end, and can be computed anew at any time.",
    ),
    "1.2": Text("Dasar hukum", "Legal basis"),
    "1.2.a": Text("Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik;", "Law 25/2009 on public services;"),
    "1.2.b": Text(
        "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi Nomor 15 Tahun 2014 tentang Pedoman "
        "Standar Pelayanan;",
        "PermenPANRB 15/2014 on service standards;",
    ),
    "1.2.c": Text(
        "Peraturan Menteri Pendayagunaan Aparatur Negara dan Reformasi Birokrasi Nomor 14 Tahun 2017 tentang Pedoman "
        "Penyusunan Survei Kepuasan Masyarakat Unit Penyelenggara Pelayanan Publik.",
        "PermenPANRB 14/2017 on community satisfaction surveys.",
    ),
    "1.3": Text("Maksud dan tujuan", "Aims"),
    "1.3.a": Text(
        "mengetahui kinerja pelayanan {unit} menurut pengguna layanan;", "to know how {unit} serves, by its users;"
    ),
    "1.3.b": Text("menemukan unsur yang harus diperbaiki lebih dahulu;", "to find the elements to be mended first;"),
    "1.3.c": Text(
        "menjadi dasar rencana tindak lanjut dan bahan pembanding antarperiode.",
        "to ground the follow-up plan and the comparison between periods.",
    ),
    # II
    "2": Text("Pengumpulan data SKM", "Collecting the data"),
    "2.1": Text("Pelaksana", "Who carried it out"),
    "2.1.none": Text(
        "SKM dilaksanakan secara mandiri oleh {unit}. Susunan tim pelaksana: ………………………………………",
        "The survey was carried out by {unit} itself. The team: ………………………………………",
    ),
    "2.1.team": Text(
        "SKM dilaksanakan secara mandiri oleh {unit}, dengan tim pelaksana:",
        "The survey was carried out by {unit} itself, by this team:",
    ),
    "2.2": Text("Metode", "Method"),
    "2.2.a": Text(
        "Responden adalah pengguna layanan yang menjawab kuesioner sembilan unsur dengan nilai 1 sampai 4. Jawaban "
        "dicatat menurut nama unsur, bukan nomor pertanyaan, sehingga urutan kuesioner tidak mengubah hasil. "
        "Nama, NIK, "
        "dan nomor telepon tidak disimpan.",
        "Respondents are users of the service who marked nine elements from 1 to 4. Answers are kept by the "
        "name of the "
        "element and not by the number of the question. Names, NIK and phone numbers are not kept.",
    ),
    "2.3": Text("Lokasi dan waktu", "Place and time"),
    "2.3.a": Text(
        "Pengumpulan data dilakukan di {unit}, {place}, pada {days}.", "Data were collected at {unit}, {place}, {days}."
    ),
    "2.4": Text("Populasi dan sampel", "Population and sample"),
    "2.4.a": Text(
        "Populasi adalah semua orang yang selesai dilayani pada periode ini. Sampel minimal ditetapkan menurut Krejcie "
        "dan Morgan: S = λ²NPQ / (d²(N−1) + λ²PQ), dengan λ² = 3,841, P = Q = 0,5, dan d = 0,05.",
        "The population is everyone who was served in this period. The minimum sample is Krejcie and Morgan's: "
        "S = λ²NPQ / (d²(N−1) + λ²PQ), with λ² = 3.841, P = Q = 0.5 and d = 0.05.",
    ),
    "2.4.grid": Text("Populasi, sampel minimal, dan responden", "Population, minimum sample and respondents"),
    "2.4.what": Text("Uraian", "What"),
    "2.4.number": Text("Jumlah", "Number"),
    "2.4.served": Text("Populasi (N): selesai dilayani", "Population (N): served"),
    "2.4.minimum": Text("Sampel minimal (S) menurut Krejcie–Morgan", "Minimum sample (S) by Krejcie–Morgan"),
    "2.4.answers": Text("Responden", "Respondents"),
    "2.4.complete": Text("di antaranya menjawab kesembilan unsur", "of whom marked all nine elements"),
    "2.4.rate": Text("Tingkat respons (responden ÷ populasi)", "Response rate (respondents ÷ population)"),
    "2.4.verdict": Text("Kecukupan sampel", "Sample"),
    # III
    "3": Text("Hasil pengolahan data SKM", "Results"),
    "3.1": Text("Profil responden", "Respondents"),
    "3.1.a": Text(
        "Kelompok yang berisi kurang dari {least} orang digabung agar tidak seorang pun dapat dikenali.",
        "Groups of fewer than {least} people are told together, so that nobody can be recognised.",
    ),
    "3.1.none": Text("Jawaban tidak memuat profil responden.", "Answers say nothing of who answered."),
    "3.1.grid": Text("Responden menurut kelompok", "Respondents by group"),
    "3.1.trait": Text("Karakteristik", "By"),
    "3.1.group": Text("Kelompok", "Group"),
    "3.1.n": Text("Responden", "Respondents"),
    "3.1.share": Text("Persentase", "Share"),
    "3.1.together": Text("kelompok kecil, digabung", "small groups, together"),
    "3.1.unsaid": Text("tidak menjawab", "did not say"),
    "trait.sex": Text("Jenis kelamin", "Sex"),
    "trait.age_group": Text("Umur", "Age"),
    "trait.education": Text("Pendidikan", "Education"),
    "trait.occupation": Text("Pekerjaan", "Occupation"),
    "trait.service": Text("Jenis layanan", "Service"),
    "trait.channel": Text("Cara menjawab", "Answered by"),
    "sex.L": Text("Laki-laki", "Men"),
    "sex.P": Text("Perempuan", "Women"),
    "3.2": Text("Indeks Kepuasan Masyarakat", "The index (IKM)"),
    "3.2.a": Text(
        "IKM {unit} pada {period} adalah {value}, mutu {grade} (kinerja {words}), dengan selang kepercayaan 95 % "
        "{interval}. Kecukupan sampel: {sample}.",
        "The IKM of {unit} in {period} is {value}, grade {grade} ({words}), with a 95 % interval of {interval}: "
        "{sample}.",
    ),
    "3.2.none": Text(
        "IKM {unit} pada {period} tidak dapat dinyatakan: {sample}.",
        "The IKM of {unit} in {period} cannot be told: {sample}.",
    ),
    "3.2.grid": Text("Kategori mutu pelayanan", "Grades"),
    "3.2.grade": Text("Mutu pelayanan", "Grade"),
    "3.2.words": Text("Kinerja unit pelayanan", "Meaning"),
    "3.2.range": Text("Nilai interval konversi (NIK)", "IKM"),
    "3.2.here": Text("Unit ini", "This unit"),
    "3.2.above": Text("{low} – {high}", "{low} – {high}"),
    "3.3": Text("Nilai per unsur", "Elements"),
    "3.3.bars": Text(
        "Nilai rata-rata (NRR) sembilan unsur, 1 sampai 4", "Mean mark (NRR) of the nine elements, 1 to 4"
    ),
    "3.3.before": Text("garis tegak: {period}", "tick: {period}"),
    "3.3.grid": Text("Nilai per unsur", "Values by element"),
    "3.3.element": Text("Unsur", "Element"),
    "3.3.n": Text("n", "n"),
    "3.3.mark": Text("NRR", "NRR"),
    "3.3.weighted": Text("NRR tertimbang", "Weighted"),
    "3.3.converted": Text("Nilai konversi", "Converted"),
    "3.3.grade": Text("Mutu", "Grade"),
    "3.3.change": Text("± periode lalu", "± before"),
    "3.4": Text("IKM per jenis layanan", "IKM by service"),
    "3.4.a": Text(
        "Populasi dihitung per layanan. Layanan dengan kurang dari {least} responden belum diberi mutu.",
        "The population is counted by service. A service with fewer than {least} respondents is given no grade.",
    ),
    "3.4.few": Text("sampel terlalu kecil", "too few"),
    "3.4.grid": Text("IKM per jenis layanan", "IKM by service"),
    "3.4.service": Text("Jenis layanan", "Service"),
    "3.4.unnamed": Text("(layanan tidak disebut)", "(no service named)"),
    # IV
    "4": Text("Analisis hasil SKM", "Analysis"),
    "4.1": Text("Kelebihan dan kelemahan", "Strengths and weaknesses"),
    "4.1.best": Text("Nilai tertinggi: {elements}.", "Highest: {elements}."),
    "4.1.worst": Text("Nilai terendah: {elements}.", "Lowest: {elements}."),
    "4.1.below": Text("Unsur di bawah mutu B: {elements}.", "Elements below grade B: {elements}."),
    "4.1.none_below": Text("Tidak ada unsur di bawah mutu B.", "No element is below grade B."),
    "4.1.caution": Text(
        "Urutan unsur ini bersifat sementara, karena {sample}.", "This order is provisional, for {sample}."
    ),
    "4.2": Text("Rencana tindak lanjut", "Follow-up plan"),
    "4.2.a": Text(
        "Perbaikan dimulai dari unsur dengan nilai terendah. Prioritas di bawah ini dihitung dari hasil "
        "survei; kegiatan "
        "dan penanggung jawab ditetapkan unit bersama masyarakat dalam Forum Konsultasi Publik.",
        "Mending begins with the element that came out lowest. The priorities below are computed from the survey; what "
        "is done and by whom is settled by the unit with the public.",
    ),
    "4.2.grid": Text("Rencana tindak lanjut menurut prioritas", "Plan by priority"),
    "4.2.priority": Text("No.", "No."),
    "4.2.element": Text("Unsur prioritas", "Element"),
    "4.2.mark": Text("NRR (mutu)", "NRR (grade)"),
    "4.2.action": Text("Kegiatan", "What is done"),
    "4.2.due": Text("Waktu", "Until"),
    "4.2.by": Text("Penanggung jawab", "By"),
    "4.2.open": Text("…………", "…………"),
    "4.2.general": Text("Umum", "General"),
    "4.3": Text("Tren", "Trend"),
    "4.3.line": Text("IKM antarperiode dengan selang 95 %", "IKM by period with its 95 % interval"),
    "4.3.grid": Text("IKM antarperiode", "IKM by period"),
    "4.3.period": Text("Periode", "Period"),
    "4.3.index": Text("IKM", "IKM"),
    "4.3.grade": Text("Mutu", "Grade"),
    "4.3.interval": Text("Selang 95 %", "95 % interval"),
    "4.3.n": Text("n", "n"),
    "4.3.minimum": Text("Sampel minimal", "Minimum sample"),
    "4.3.sample": Text("Kecukupan", "Sample"),
    "4.3.one": Text(
        "Periode sebelumnya belum memiliki jawaban, sehingga tren belum dapat digambarkan.",
        "Earlier periods have no answers, so there is no trend yet.",
    ),
    "4.3.apart": Text(
        "Dibanding {before_period}, IKM berubah {change} poin. Selang 95 % keduanya tidak beririsan: "
        "perubahan ini sulit "
        "dijelaskan oleh kebetulan saja. Penyebabnya tidak dapat dibaca dari dua angka ini.",
        "Against {before_period} the IKM moved by {change} points. The two 95 % intervals do not meet: chance "
        "alone hardly "
        "explains it. Its cause cannot be read from these two numbers.",
    ),
    "4.3.meet": Text(
        "Dibanding {before_period}, IKM berubah {change} poin. Selang 95 % keduanya beririsan: perubahan ini "
        "belum dapat "
        "dibedakan dari kebetulan.",
        "Against {before_period} the IKM moved by {change} points. The two 95 % intervals meet: this may be chance.",
    ),
    "4.4": Text("Tindak lanjut peringatan", "Follow-up of alerts"),
    "4.4.a": Text(
        "Penurunan pelayanan yang terdeteksi selama periode ini dan apa yang dilakukan:",
        "Falls of service that were found in this period, and what was done:",
    ),
    "4.4.none": Text(
        "Tidak ada penurunan pelayanan yang terdeteksi selama periode ini.",
        "No fall of service was found in this period.",
    ),
    # V
    "5": Text("Penutup", "Conclusion"),
    "5.1": Text("Simpulan", "What follows"),
    "5.1.index": Text("IKM {unit} pada {period}: {index}.", "IKM of {unit} in {period}: {index}."),
    "5.1.first": Text("Yang diperbaiki lebih dahulu: {elements}.", "To be mended first: {elements}."),
    "5.1.more": Text(
        "Tambahkan sekurang-kurangnya {missing} responden pada periode berikutnya agar IKM dapat dinyatakan menurut "
        "ketentuan.",
        "Ask at least {missing} more respondents in the next period, so that the IKM meets the rule.",
    ),
    "5.1.done": Text(
        "Dari {all} penurunan, {answered} ditindaklanjuti dan {done} dinyatakan selesai.",
        "Of {all} falls {answered} were taken on and {done} are said to be done.",
    ),
    "5.2": Text("Pengesahan", "Signed"),
    # lampiran
    "annex.label": Text("LAMPIRAN", "ANNEX"),
    "annex": Text("Cara hitung", "How it is computed"),
    "annex.1": Text("Rumus", "Formulas"),
    "annex.1.a": Text(
        "NRR unsur = jumlah nilai ÷ jumlah responden yang menjawab unsur itu.",
        "NRR of an element = sum of marks ÷ who marked it.",
    ),
    "annex.1.b": Text(
        "IKM = Σ (NRR × {weight}) × 25, dibulatkan dua desimal, lalu diberi mutu.",
        "IKM = Σ (NRR × {weight}) × 25, rounded to two decimals, then graded.",
    ),
    "annex.1.c": Text(
        "Selang 95 %: sebaran t-Student atas IKM tiap jawaban lengkap, dengan koreksi populasi terhingga; bila semua "
        "jawaban sama atau jawaban lengkap kurang dari dua, selang tidak dinyatakan.",
        "95 % interval: Student's, over the index of each complete answer, with the finite population correction; none "
        "where all answers are equal or fewer than two are complete.",
    ),
    "annex.1.d": Text(
        "Prioritas: semua unsur di bawah mutu B, sekurang-kurangnya tiga unsur terendah.",
        "Priorities: all elements below grade B, and at least the three lowest.",
    ),
    "annex.2": Text("Unsur yang dinilai", "The elements"),
}
"""Name -> words; places in braces hold facts. What a number is, its sample and its period are said where it stands."""

POSTER: Final[dict[str, Text]] = {
    "title": Text("Indeks Kepuasan Masyarakat", "Community Satisfaction Index"),
    "grade": Text("Mutu pelayanan", "Service grade"),
    "respondents": Text("{n} responden dari {served} orang yang dilayani", "{n} respondents of {served} people served"),
    "respondents.only": Text("{n} responden", "{n} respondents"),
    "minimum": Text(
        "Sampel minimal {minimum} (Krejcie–Morgan): {verdict}", "Minimum sample {minimum} (Krejcie–Morgan): {verdict}"
    ),
    "interval": Text("Selang 95 %: {interval}", "95 % interval: {interval}"),
    "caution.below": Text(
        "Angka sementara: diperlukan {minimum} responden, baru ada {n}.",
        "Provisional: {minimum} respondents are needed, there are {n}.",
    ),
    "caution.unknown": Text(
        "Jumlah yang dilayani tidak tercatat; kecukupan responden tidak dapat dinilai.",
        "How many were served is not recorded; the sample cannot be judged.",
    ),
    "caution.none": Text("Belum ada jawaban survei pada periode ini.", "No survey answers in this period."),
    "caution.running": Text(
        "Periode belum berakhir: data sampai {read}.", "The period is not over: data up to {read}."
    ),
    "trend": Text("Periode lalu ({period}): {index}", "Before ({period}): {index}"),
    "trend.none": Text("Periode lalu: belum ada angka", "Before: no figures"),
    "elements": Text("Nilai sembilan unsur (1–4)", "Nine elements (1–4)"),
    "doing": Text("Yang kami perbaiki", "What we mend"),
    "doing.first": Text("Didahulukan: {element} ({mark})", "First: {element} ({mark})"),
    "doing.more": Text("dan {n} langkah lain, lihat laporan SKM", "and {n} more, see the SKM report"),
    "doing.due": Text("{action} (s.d. {due})", "{action} (by {due})"),
    "thanks": Text("Terima kasih atas penilaian Anda.", "Thank you for your answers."),
    "foot": Text(
        "Survei Kepuasan Masyarakat menurut PermenPANRB 14/2017 · {days} · data dibaca {read}",
        "Community satisfaction survey by PermenPANRB 14/2017 · {days} · data read {read}",
    ),
}
"""The same for the poster."""


def told(name: str, language: Language, **facts: str) -> str:
    """The words of the report under a name, with these facts in them."""
    return WORDS[name].read(language).format(**facts)


def on_poster(name: str, language: Language, **facts: str) -> str:
    """The words of the poster under a name, with these facts in them."""
    return POSTER[name].read(language).format(**facts)
