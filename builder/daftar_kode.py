"""The list of all codes for people, made from the table of messages.

Written anew by `python -m builder.daftar_kode > docs/kode-masalah.md` when a message changes.
"""

from __future__ import annotations

import re

from builder.masalah import Message

BAGIAN = {
    "A": "Tanda pengenal buku kerja",
    "B": "Susunan lembar",
    "C": "Isi sel",
    "D": "Rumus dan galat",
    "E": "Proteksi dan tampilan",
    "F": "Beberapa kiriman",
    "G": "Format berkas",
    "H": "Isi yang berbahaya",
    "J": "Berkas dan komputer",
    "K": "Surel dan arsip",
    "L": "Menulis buku konsolidasi",
    "N": "Aturan isian",
    "P": "Rencana",
    "S": "Berkas yang disebut dalam perintah",
    "U": "Mengambil dan mengirim surel",
    "X": "Dokumen RKT",
}

# What can happen to a file without a message, and why none is needed.
TANPA_PESAN = (
    ("A05", "tidak ada daftar formulir yang dibagikan; tanda di lembar dan di properti saling diperiksa (A04)"),
    ("A08", "baru ada satu versi formulir; susunan rencana yang lain diberitahukan (A13)"),
    ("B22", "dua berkas yang mengisi bagian berbeda digabung; sel yang berbeda ditahan (F04)"),
    ("C11, C25", "formulir tidak punya sel tanggal dan sel kode yang diisi"),
    ("C12, C14, C19, C23", "spasi adalah kosong, 0 tetap 0, debu biner dan spasi di tepi tidak mengubah arti"),
    ("C28", "jumlah selalu dihitung ulang; yang berbeda diberitahukan (D01, D02)"),
    ("E02, E03, E04, E06", "aturan, validasi, dan format berasal dari rencana, bukan dari berkas"),
    ("G05, G06, G07, G09", "program penyimpan dicatat; yang mengubah arti diberitahukan (D04, E01)"),
    ("H05, H15, H16", "teks pengirim selalu tetap teks; gambar tidak dibuka dan tidak disalin"),
    ("J07, J10, J11", "nama, jam, dan berkas lain tidak memengaruhi hasil"),
    ("K01, K02, K03, K09", "lampiran disimpan menurut isinya; nama yang sama dibedakan, yang rusak ditampilkan"),
    ("K10", "berkas berisi Base64 dinamai dari isinya (G02)"),
    ("L08, L10", "hanya sel milik program yang ditulis; hasil selalu dibaca ulang (L11)"),
)  # fmt: skip


def markdown() -> str:
    """The whole list."""
    lines = [
        "# Kode masalah",
        "",
        "Setiap pesan berbentuk `[KODE] berkas › lembar!sel — masalah. Isi: «…». Tindakan: …`. Putusannya: **ditolak**",
        "(berkas tidak dipakai), **ditahan** (sel, baris, atau berkas menunggu keputusan; isinya tetap terlihat),",
        "**peringatan** (dipakai, tetapi periksa), **catatan** (sekadar diketahui). Titik-titik diganti isi yang",
        "sebenarnya.",
    ]
    for letter, title in BAGIAN.items():
        lines += ["", f"## {letter}: {title}", "", "| kode | putusan | masalah | tindakan |", "|--|--|--|--|"]
        lines += [
            f"| {m.kode} | {m.putusan} | {_blank(m.fault)} | {_blank(m.cure)} |"
            for m in sorted(Message, key=lambda m: m.name)
            if m.kode[0] == letter
        ]
    lines += ["", "## Tanpa pesan", "", "| kejadian | sebabnya |", "|--|--|"]
    lines += [f"| {codes} | {why} |" for codes, why in TANPA_PESAN]
    return "\n".join(lines) + "\n"


def _blank(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text).replace("|", "\\|")


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - this is what it is for
