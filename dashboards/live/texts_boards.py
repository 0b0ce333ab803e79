"""Words around the boards on the live page; a board's own words are in its JSON."""

from typing import Final

BOARDS: Final[dict[str, tuple[str, str]]] = {
    "viewer.barred": ("Halaman ini untuk yang berhak melihat", "This page is for those who may look"),
    "viewer.what_next": (
        "Buka tautan yang Anda terima. Bila tautan itu tidak berlaku lagi, minta yang baru kepada pengelola Pantau.",
        "Open the link that you were given. If it no longer works, ask whoever runs Pantau for a new one.",
    ),
    "nav.boards": ("Papan", "Boards"),
    "banner.paused": (
        "Dijeda. Angka di bawah adalah keadaan {at}; tekan Ikuti untuk angka terbaru.",
        "Paused. The numbers below are those of {at}; press Follow for the newest.",
    ),
    "board.list": ("Papan", "Boards"),
    "board.list_about": (
        "Dari yang umum ke yang khusus; papan yang sama juga ada di Grafana.",
        "From the general to the specific; the same boards are in Grafana.",
    ),
    "board.record": ("Catat pelatihan", "Record a training"),
    "board.links": ("Papan lain", "Other boards"),
    "board.no_board": ("Tidak ada papan {uid}", "There is no board {uid}"),
    "board.refused": (
        "Alamat ini meminta {field} = {value}, yang tidak ada di sini.",
        "This address asks for {field} = {value}, which is not to be had here.",
    ),
    "board.as_usual": ("Buka papan dengan pilihan semula", "Open the board with its usual choices"),
    "board.nothing": ("Belum ada data dalam rentang waktu ini.", "No data in this time range yet."),
    "board.no_rows": ("Tidak ada baris dalam rentang waktu ini.", "No rows in this time range."),
    "board.unknown": ("belum ada data", "no data yet"),
    "board.none_now": ("tidak ada saat ini", "none at present"),
    "board.all_rows": ("Semua {n} baris", "All {n} rows"),
    "board.failed": (
        "Angka ini tidak dapat dihitung sekarang; sebabnya ada di catatan server.",
        "This cannot be computed now; the server's log says why.",
    ),
    "board.cut": ("Hanya 5.000 baris pertama yang ditampilkan.", "Only the first 5,000 rows are shown."),
    "board.span": ("Rentang waktu {from} sampai {to}", "Time range {from} to {to}"),
    "board.choices": ("Pilihan", "Choices"),
    "board.all": ("Semua ({n})", "All ({n})"),
    "board.some": ("{n} dari {all}", "{n} of {all}"),
    "board.everything": ("Semua", "All"),
    "board.range": ("Waktu", "Time"),
    "board.range_own": ("Tanggal lain…", "Other dates…"),
    "board.today": ("Hari ini", "Today"),
    "board.last": ("{n} {unit} terakhir", "Last {n} {unit}"),
    "board.week": ("pekan", "weeks"),
    "board.from": ("Dari", "From"),
    "board.until": ("Sampai", "Until"),
    "board.show": ("Tampilkan", "Show"),
    "board.pause": ("Jeda", "Pause"),
    "board.follow": ("Ikuti", "Follow"),
    "board.kiosk": ("Layar penuh", "Full screen"),
    "board.kiosk_about": (
        "Tanpa judul dan pilihan, untuk layar dinding; Esc untuk kembali",
        "Without head and choices, for a wall screen; Esc goes back",
    ),
    "board.band": ("Batas bawah–atas", "Lower–upper limit"),
    "board.name": ("Nama", "Name"),
}
"""Key -> (Indonesian, English)."""
