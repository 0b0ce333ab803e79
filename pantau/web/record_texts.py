"""The words of the form on which trainings and other measures are recorded."""

from typing import Final

from pantau.domain.indicators import Text

WORDS: Final = {
    "title": Text("Catat pelatihan atau tindakan lain", "Record a training or another measure"),
    "why": Text(
        "Yang dicatat di sini menjadi penanda di semua grafik dan dasar perhitungan pengaruh.",
        "What is recorded here is marked on every chart and is what effects are computed from.",
    ),
    "kind": Text("Jenis", "Kind"),
    "choose": Text("Pilih…", "Choose…"),
    "trainings": Text("Pelatihan (kode SIASN)", "Trainings (SIASN code)"),
    "measures": Text("Tindakan lain (bukan pelatihan)", "Other measures, no trainings"),
    "m:sistem_baru": Text("Sistem baru", "New system"),
    "m:program_camat": Text("Program camat", "A camat's programme"),
    "m:sarana": Text("Sarana, loket, petugas", "Facilities, counters, staff"),
    "m:lainnya": Text("Lainnya", "Something else"),
    "name": Text("Nama kegiatan", "What it is called"),
    "units": Text("Unit yang ikut", "Units that take part"),
    "starts": Text("Mulai", "First day"),
    "ends": Text("Selesai", "Last day"),
    "ends_help": Text("Untuk tindakan yang berlanjut boleh kosong.", "May be empty for a measure that goes on."),
    "jp": Text("Jam pelajaran (JP) tiap peserta", "Training hours (JP) of one participant"),
    "participants": Text("Jumlah peserta tiap unit", "Participants in each unit"),
    "of_trainings": Text("Hanya untuk pelatihan.", "For trainings only."),
    "completed": Text("Sudah dilaksanakan (bukan rencana)", "It has taken place (is no plan)"),
    "save": Text("Simpan", "Save"),
    "saved": Text("Tersimpan untuk {n} unit.", "Saved. Units: {n}."),
    "board": Text("Ke papan Pelatihan", "To the board of trainings"),
    "another": Text("Catat yang lain", "Record another"),
    "wrong": Text("Belum tersimpan. Perbaiki:", "Not saved yet. Please mend:"),
    "no_kind": Text("pilih salah satu", "choose one"),
    "no_unit": Text("pilih sedikitnya satu unit", "choose at least one unit"),
    "not_yours": Text("unit ini di luar kewenangan Anda", "this unit is not yours to record for"),
    "expired": Text(
        "Formulir ini terlalu lama terbuka; periksa isinya, lalu simpan lagi.",
        "This form has been open too long; look it over and save again.",
    ),
    "foreign": Text(
        "Formulir ini tidak dikirim dari halaman ini. Buka lagi halaman ini, lalu isi di sana.",
        "This form was not sent from this page. Open the page again and fill it in there.",
    ),
    "away": Text(
        "Data sedang tidak dapat disimpan. Isian Anda masih di sini; mohon simpan lagi beberapa saat lagi.",
        "Nothing can be saved now; what you wrote is still here, save again in a moment.",
    ),
    "not_allowed": Text("Anda tidak boleh mencatat di sini", "You may not record here"),
    "ask": Text(
        "Minta operator mengisi may_record = true pada nama Anda di viewers.toml.",
        "Ask the operator to write may_record = true beside your name in viewers.toml.",
    ),
    "no_source": Text("Pencatatan belum diaktifkan", "Recording is not set up"),
    "add_source": Text(
        "Operator: tambahkan ke registry.toml [[source]] dengan name = \"pantau-halaman\" dan live = false.",
        "Operator: add to registry.toml a [[source]] with name = \"pantau-halaman\" and live = false.",
    ),
    "too_long": Text(
        "Isi formulir terlalu panjang; kurangi unit atau singkatkan isiannya.",
        "What you filled in is too long; choose fewer units or write less.",
    ),
}  # fmt: skip
