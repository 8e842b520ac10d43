"""The buku kerja of one sub-bagian: Petunjuk, Daftar, a sheet for each of its sasaran, Rekap; no macros."""

from __future__ import annotations

from collections.abc import Sequence

from builder import capaian
from builder.expr import Key
from builder.identitas import (
    BUKU_KERJA,
    LEMBAR_BAGIKAN,
    LEMBAR_PERBAIKAN,
    NAMA_KIRIMAN,
    NAMA_TRIWULAN,
    PERAN_PERBAIKAN,
    PERAN_TERKUNCI,
    make_tanda,
)
from builder.layout import Book, Role, Sheet, Validation, address, line_height, text_lines
from builder.rkt import Rkt, SubBagian
from workbook_templates import kartu, perbaikan, referensi, rekap
from workbook_templates.kartu import Isi

KIRIMAN_KE = Key("umum", "", "kiriman")
_LEBAR = (4, 26, 30, 62)

LANGKAH = (
    "Pilih triwulan pelaporan dan isi «Kiriman ke-» pada sel kuning di atas.",
    "Buka lembar «Daftar», klik sasaran, lalu isi sel kuning pada baris triwulan yang dilaporkan.",
    "Isi angka saja tanpa satuan. Persen diketik 97,5 pada sel persen; pembilang dan penyebut diketik apa adanya.",
    "Kosong = belum ada data; 0 = memang nol; Nihil = tidak ada yang dapat diukur (hanya bila boleh Nihil).",
    "Tulis kendala, tindak lanjut, dan data dukung (tautan atau nama berkas); baris boleh ditinggikan bila perlu.",
    "Periksa lembar «Rekap»: baris «Periksa isian» dan «Belum lengkap» perlu diperbaiki sebelum dikirim.",
    (
        "Simpan sebagai .xlsx lalu kirim lewat surel. Setiap kali mengirim lagi, «Kiriman ke-» harus satu angka lebih "
        "besar; buku perbaikan sudah dinaikkan."
    ),
)
WARNA = (
    ("isian", "Kuning", "diisi oleh sub-bagian"),
    ("masuk", "Biru muda", "sudah diterima pada triwulan sebelumnya; terkunci"),
    ("tak_berlaku", "Abu-abu", "tidak berlaku untuk indikator ini, atau diisi sub-bagian lain"),
    ("sel", "Putih", "dihitung otomatis; terkunci"),
    ("sorot_periksa", "Jingga", "perlu diperiksa, dilengkapi, atau menunggu konfirmasi perencana"),
)
ARTI = (
    ("Tercapai / Melampaui", "capaian 100% / di atas 100% (dibulatkan dua angka di belakang koma)"),
    ("Belum tercapai", "capaian di bawah 100%; kategorinya dapat saja sudah yang tertinggi"),
    ("Nihil", "tidak ada kejadian yang dapat diukur"),
    ("Belum lengkap", "ada triwulan yang kosong sehingga jumlahnya belum dapat dinilai"),
    ("Tidak diukur", "belum ada target sampai triwulan itu"),
    ("Periksa isian", "isian tidak terbaca, misalnya baru setengah pasangan atau angka bercampur kata"),
    ("Perlu konfirmasi", "polaritas atau tipe targetnya masih diputuskan perencana"),
    ("data TW I", "angkanya dari triwulan yang lebih lama karena triwulan ini belum diisi"),
    ("sementara s.d. TW II", "tahun belum selesai: ada angkanya, belum ada kesimpulannya"),
)

ARTI_BERSAMA = (
    ("Diisi bersama", "isi bagian sub-bagian ini saja; bagian yang memang nol diisi 0, jangan dikosongkan"),
    (capaian.BAGIAN_BERSAMA.partition(";")[0], "capaiannya dihitung di kantor dari gabungan semua bagian"),
)


def file_name(rkt: Rkt, sub_bagian: SubBagian) -> str:
    """BukuKerja-2024-KUL.xlsx; the truth about a file is inside it."""
    return f"BukuKerja-{rkt.identitas.tahun}-{sub_bagian.kode}.xlsx"


def buku_kerja(
    rkt: Rkt,
    sub_bagian: SubBagian,
    isi: Isi | None = None,
    *,
    triwulan: int | None = None,
    kiriman: int = 1,
    mend: tuple[str, Sequence[perbaikan.Baris]] | None = None,
) -> Book:
    """The book of one sub-bagian; `isi` are values that already stand in its entry cells.

    `mend`: of a correction workbook, the files that were looked at and the lines of its sheet Perbaikan.
    """
    sasaran = rkt.sasaran_of(sub_bagian)
    own = frozenset(i.id for s in sasaran for i in s.indikator if sub_bagian in rkt.owners(i))
    about = f"Sub-bagian {sub_bagian.nama} · Tahun {rkt.identitas.tahun}"
    isi = isi or Isi()
    cards = [kartu.sasaran_sheet(rkt, s, own, isi, about) for s in sasaran]
    sel = {c.key: f"{s.name}!{address(c.row, c.column)}" for s in cards for c in s.cells if c.key}
    sheets = [
        _petunjuk(rkt, sub_bagian, own, triwulan or rkt.identitas.triwulan, kiriman),
        *([perbaikan.perbaikan_sheet(rkt, about, *mend, sel)] if mend else []),
        rekap.daftar_sheet(rkt, sasaran, own, f"{about} · bagian sub-bagian ini"),
        *cards,
        rekap.rekap_sheet(rkt, sasaran, own, f"{about} · bagian sub-bagian ini"),
        *([_bagikan(isi)] if isi.terkunci or isi.perbaikan else []),
    ]
    tanda = make_tanda(rkt, BUKU_KERJA, sub_bagian.kode, kiriman - 1)
    title = f"Buku Kerja Capaian Kinerja {rkt.identitas.tahun} · {sub_bagian.nama}"
    book = referensi.make_book(rkt, sheets, tanda, title)
    book.opens = LEMBAR_PERBAIKAN if mend else ""
    return book


def _bagikan(isi: Isi) -> Sheet:
    """Hidden: what was locked when the book was handed out, and which cells were marked."""
    sheet = Sheet(LEMBAR_BAGIKAN, hidden=True)
    rows = [(PERAN_TERKUNCI, key, isi.entries[key]) for key in sorted(isi.terkunci)]
    rows += [(PERAN_PERBAIKAN, key, None) for key in sorted(isi.perbaikan)]
    for row, (role, key, value) in enumerate(rows):
        for column, content in enumerate((role, *key, value)):
            sheet.put(row, column, content, "kunci")
    return sheet


def _petunjuk(rkt: Rkt, sub_bagian: SubBagian, own: frozenset[str], triwulan: int, kiriman: int) -> Sheet:
    sheet = Sheet(
        "Petunjuk",
        landscape=False,
        last_printed_column=3,
        tab="#BF9000",
    )
    sheet.widths = dict(enumerate(_LEBAR))
    contoh = " (CONTOH)" if rkt.identitas.contoh else ""
    sheet.put(0, 0, f"{rkt.identitas.kantor}{contoh}", "pita", columns=4)
    sheet.put(1, 0, f"Buku Kerja Capaian Kinerja Tahun {rkt.identitas.tahun}", "judul", columns=4)
    sheet.heights |= {0: 20, 1: 30}
    facts = (("Sub-bagian", sub_bagian.nama), ("Indikator yang diisi", f"{len(own)} indikator"))
    for row, (label, text) in enumerate(facts, 2):
        sheet.put(row, 1, label, "label")
        sheet.put(row, 2, text, "sel_kiri", columns=2)
        sheet.heights[row] = line_height(text_lines(text, sum(_LEBAR[2:])), least=20)
    _put_choices(sheet, triwulan, kiriman)
    _put_list(sheet, "Cara mengisi", [(str(n), text) for n, text in enumerate(LANGKAH, 1)])
    _put_legend(sheet)
    shared = any(i.id in own and rkt.is_shared(i) for i in rkt.indikator)
    _put_list(sheet, "Arti status dan keterangan", (*ARTI, *ARTI_BERSAMA) if shared else ARTI)
    _put_list(sheet, "Aturan hitung yang dipakai", [("", text) for text in referensi.konvensi(rkt)])
    return sheet


def _put_choices(sheet: Sheet, triwulan: int, kiriman: int) -> None:
    choices = (
        (
            "Triwulan pelaporan", triwulan, capaian.TRIWULAN_PELAPORAN, NAMA_TRIWULAN, 4,
            "Isi 1, 2, 3, atau 4: triwulan yang sedang dilaporkan. Triwulan sesudahnya belum dihitung.",
        ),
        (
            "Kiriman ke-", kiriman, KIRIMAN_KE, NAMA_KIRIMAN, 999,
            "Naik satu setiap kali berkas ini dikirim, sepanjang tahun: 1, 2, 3, dan seterusnya.",
        ),
    )  # fmt: skip
    for row, (label, value, key, name, high, message) in enumerate(choices, 4):
        rule = Validation("whole", label, message, message, low=1, high=high)
        sheet.put(row, 1, label, "label")
        sheet.put(row, 2, value, "isian", Role.ENTRY, key, format="0", validation=rule, name=name)
        sheet.put(row, 3, message, "catatan")
        sheet.heights[row] = 26


def _put_list(sheet: Sheet, title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    """A heading and numbered or named lines; a short first part stands in the narrow column."""
    _put_section(sheet, title)
    narrow = all(len(first) <= 2 for first, _ in rows)
    for first, text in rows:
        row, at = sheet.next_row, 1 if narrow else 2
        sheet.put(row, 0 if narrow else 1, first, "teks_tebal" if not narrow else "teks_tengah")
        sheet.put(row, at, text, "teks_tengah", columns=4 - at)
        sheet.heights[row] = line_height(text_lines(text, sum(_LEBAR[at:])), least=17)


def _put_legend(sheet: Sheet) -> None:
    _put_section(sheet, "Arti warna")
    for style, name, text in WARNA:
        row = sheet.next_row
        sheet.put(row, 1, name, "legenda_jingga" if style == "sorot_periksa" else style)
        sheet.put(row, 2, text, "teks_menjorok", columns=2)
        sheet.heights[row] = 18


def _put_section(sheet: Sheet, title: str) -> None:
    row = sheet.next_row + 1
    sheet.heights[row - 1] = 8
    sheet.put(row, 0, title, "bagian", columns=4)
    sheet.heights[row] = 20
