"""The Dasbor of a konsolidasi: settings, result of the last refresh, buttons, the office's figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from builder import capaian
from builder.capaian import STATUS_LABEL, Status
from builder.consolidator import Konsolidasi
from builder.expr import Expr, Key, Range, Ref, Value, call, if_
from builder.identitas import NAMA_FOLDER, NAMA_HASIL, NAMA_TRIWULAN
from builder.layout import Button, Column, Role, Sheet, Validation, line_height, text_lines
from builder.rkt import ROMAWI, Indikator, Rkt, SubBagian
from workbook_templates import rekap
from workbook_templates.tema import PERSEN

FOLDER = Key("umum", "", "folder")
HASIL = Key("umum", "", "hasil")
BELUM_MENGIRIM = Key("umum", "", "belum_mengirim")

BAGIAN = (
    Column("nama", "Sub-bagian", 46, Role.FIXED, "sel_kiri"),
    Column("indikator", "Indikator", 13, Role.FIXED),
    Column("terisi", "Terisi", 13),
    Column("harus", "Harus terisi", 13),
    Column("kelengkapan", "Kelengkapan", 14, format="0%"),
    Column("capaian", "Rata-rata capaian indikator", 16, format=PERSEN),
    Column("n", "Indikator yang dihitung", 14),
)
_SEMUA = "Semua sub-bagian sudah mengirim."
_BESIDE = sum(c.width for c in BAGIAN[1:])

TOMBOL = (
    (0, 1, "Segarkan", "Segarkan"),
    (1, 2, "Periksa", "Periksa"),
    (3, 2, "Hitung Ulang", "HitungUlang"),
    (5, 2, "Buat Buku Kerja", "BuatBukuKerja"),
)
# Colours of the cards and lists: look, name, what it means and what to do.
WARNA = (
    ("masuk", "Biru muda", "isi dari kiriman; boleh diubah, dan perubahan Anda dipertahankan"),
    (
        "legenda_merah",
        "Merah",
        "ditahan, belum dihitung: pilih di lembar Putusan, atau minta pengirim memperbaiki",
    ),
    ("legenda_ungu", "Ungu", "diubah tangan: kosongkan selnya lalu Segarkan untuk kembali ke isi kiriman"),
    ("legenda_jingga", "Jingga", "perlu diperiksa atau dilengkapi: lihat lembar Masalah dan Rekap"),
)
TANPA_MAKRO = "Segarkan dari tab Kinerja (add-in rkt.xlam), atau tanpa Excel dengan perintah rkt segarkan."


@dataclass(frozen=True, slots=True)
class Saat:
    """What the last refresh came to, in one sentence, when it was, and where the returns lie."""

    hasil: str = "Belum ada kiriman yang digabung."
    dibaca: str = ""  # "23/11/2026 21.50"
    folder: str = "kiriman"


def dasbor_sheet(hasil: Konsolidasi, saat: Saat, *, makro: bool) -> Sheet:
    """The first sheet of a konsolidasi; `makro`: the file carries macros, so its buttons work."""
    rkt = hasil.rkt
    sheet = Sheet("Dasbor", last_printed_column=len(BAGIAN) - 1, tab="#BF9000", landscape=False, pages_tall=1)
    sheet.set_columns(BAGIAN)
    contoh = " (CONTOH)" if rkt.identitas.contoh else ""
    sheet.put(0, 0, f"{rkt.identitas.kantor}{contoh}", "pita", columns=len(BAGIAN))
    sheet.put(1, 0, f"Konsolidasi Capaian Kinerja Tahun {rkt.identitas.tahun}", "judul", columns=len(BAGIAN))
    sheet.heights |= {0: 20, 1: 30}
    _put_settings(sheet, hasil, saat)
    _put_buttons(sheet, makro)
    _put_figures(sheet, rkt)
    _put_sub_bagian(sheet, rkt)
    _put_proposals(sheet, rkt)
    _put_legend(sheet)
    return sheet


def _put_settings(sheet: Sheet, hasil: Konsolidasi, saat: Saat) -> None:
    """Two yellow cells, and below them what a refresh writes."""
    rule = Validation(
        "whole", "Triwulan pelaporan", "Isi 1, 2, 3, atau 4. Triwulan sesudahnya belum dihitung.",
        "Isi 1, 2, 3, atau 4.", low=1, high=4,
    )  # fmt: skip
    _put_label(sheet, 2, "Triwulan pelaporan")
    key = capaian.TRIWULAN_PELAPORAN
    sheet.put(2, 1, hasil.triwulan, "isian", Role.ENTRY, key, format="0", validation=rule, name=NAMA_TRIWULAN)
    told = "Ganti untuk melihat triwulan lain; seluruh buku menyesuaikan."
    sheet.put(2, 2, told, "catatan", columns=5)
    _put_label(sheet, 3, "Folder kiriman")
    note = Validation("any", "Folder kiriman", "Nama folder di samping buku ini, atau alamat lengkapnya.")
    sheet.put(
        3, 1, saat.folder, "isian_kiri", Role.ENTRY, FOLDER,
        format="@", columns=6, name=NAMA_FOLDER, validation=note,
    )  # fmt: skip
    _put_label(sheet, 4, "Hasil terakhir")
    sheet.put(4, 1, saat.hasil, "hasil", Role.BROUGHT, HASIL, format="@", columns=6, name=NAMA_HASIL)
    _put_label(sheet, 5, "Belum mengirim")
    sheet.put(5, 1, _told_missing(hasil), "hasil", Role.BROUGHT, BELUM_MENGIRIM, format="@", columns=6)
    # Tall enough for whatever a refresh may write there: merged cells never grow by themselves.
    most = f"{_SEMUA}\n{_told_late(hasil.rkt.sub_bagian, 3)}"
    sheet.heights |= {2: 20, 3: 20, 4: 84, 5: line_height(text_lines(most, _BESIDE), least=20)}


def _told_missing(hasil: Konsolidasi) -> str:
    """Who has sent nothing, and who nothing yet for the triwulan pelaporan; names hold commas themselves."""
    told = "; ".join(s.nama for s in hasil.missing) or _SEMUA
    late = [s for s in hasil.rkt.sub_bagian if _is_late(hasil, s)]
    return f"{told}\n{_told_late(late, hasil.triwulan)}" if late else told


def _is_late(hasil: Konsolidasi, s: SubBagian) -> bool:
    """All its files in use report on an earlier triwulan."""
    used = hasil.dipakai.get(s.kode, ())
    return bool(used) and all((k.triwulan or 0) < hasil.triwulan for k in used)


def _told_late(late: Iterable[SubBagian], triwulan: int) -> str:
    return f"Belum untuk TW {ROMAWI[triwulan]}: {'; '.join(s.nama for s in late)}"


def _put_label(sheet: Sheet, row: int, text: str) -> None:
    sheet.put(row, 0, text, "label", Role.KEY, Key("dasbor", text, "label"))


def _put_buttons(sheet: Sheet, makro: bool) -> None:
    row = sheet.next_row
    sheet.heights[row] = 32
    if makro:
        sheet.put(row, 0, None, "teks")
        sheet.buttons += [Button(row, at, columns, told, macro) for at, columns, told, macro in TOMBOL]
    else:
        sheet.put(row, 0, TANPA_MAKRO, "catatan", columns=len(BAGIAN))


def _put_figures(sheet: Sheet, rkt: Rkt) -> None:
    """Office capaian with its n of m, the mean over indikator beside it, and how complete the triwulan is."""
    row = sheet.next_row + 1
    total = {c: Ref(Key("daftar", "jumlah", c)) for c in ("capaian", "kelengkapan", "terisi", "harus")}
    mean = {c: Ref(Key("daftar", "indikator", c)) for c in ("capaian", "n")}
    sasaran = call("count_from_zero", Range(tuple(Key("daftar", s.id, "capaian") for s in rkt.sasaran)))
    answered = call("&", _text_of(total["terisi"], total["harus"]), " isian")
    roman = Ref(Key("umum", "", "romawi"))
    figures: tuple[tuple[int, int, Expr, str, Expr], ...] = (
        (0, 1, total["capaian"], "Capaian kantor s.d. ", _of(sasaran, len(rkt.sasaran), "sasaran")),
        (1, 3, mean["capaian"], "Rata-rata indikator s.d. ", _of(mean["n"], len(rkt.indikator), "indikator")),
        (4, 3, total["kelengkapan"], "Kelengkapan ", answered),
    )
    for at, columns, value, label, count in figures:
        name = label.split()[0].lower()
        sheet.put(
            row,
            at,
            call("&", label, roman),
            "angka_label",
            Role.FORMULA,
            Key("dasbor", name, "judul"),
            columns=columns,
        )
        shown = "0%" if name == "kelengkapan" else PERSEN
        sheet.put(
            row + 1,
            at,
            value,
            "angka_besar",
            Role.FORMULA,
            Key("dasbor", name, "nilai"),
            columns=columns,
            format=shown,
        )
        sheet.put(
            row + 2, at, count, "angka_label", Role.FORMULA, Key("dasbor", name, "dari"), columns=columns
        )
    sheet.heights |= {row - 1: 8, row: 18, row + 1: 36, row + 2: 18}


def _text_of(part: Expr, whole: Expr | int) -> Expr:
    return call("&", call("&", part, " dari "), whole)


def _of(n: Expr, m: int, what: str) -> Expr:
    return call("&", _text_of(n, m), f" {what}")


def _put_sub_bagian(sheet: Sheet, rkt: Rkt) -> None:
    row = sheet.next_row + 1
    sheet.heights[row - 1] = 10
    for at, column in enumerate(BAGIAN):
        sheet.put(row, at, column.heading, "kepala_gelap")
    sheet.heights[row] = 32
    ids = [i.id for i in rkt.indikator]
    owner, counted, answered = (rekap.rekap_column(ids, c) for c in ("sub_bagian", "dihitung", "terisi"))
    for n, s in enumerate((s for s in rkt.sub_bagian if rkt.sasaran_of(s)), row + 1):
        keys = {c.name: Key("dasbor", s.kode, c.name) for c in BAGIAN}
        contents: dict[str, Value | Expr] = {
            "nama": s.nama,
            "indikator": sum(rkt.owner(i) == s for i in rkt.indikator),
            "terisi": call("sumifs", answered, owner, s.kode),
            "harus": call("count_from_zero", owner, s.kode, answered),
            "kelengkapan": if_(Ref(keys["harus"]) > 0, Ref(keys["terisi"]) / Ref(keys["harus"]), ""),
            "n": call("count_from_zero", owner, s.kode, counted),
            "capaian": if_(Ref(keys["n"]) > 0, call("sumifs", counted, owner, s.kode) / Ref(keys["n"]), ""),
        }
        for at, column in enumerate(BAGIAN):
            sheet.put(
                n,
                at,
                contents[column.name],
                column.style,
                column.role,
                keys[column.name],
                format=column.format,
            )
        sheet.heights[n] = line_height(text_lines(s.nama, BAGIAN[0].width), least=20)
    told = "Indikator yang belum dijawab: lembar Rekap, kolom «Belum dijawab»"
    sheet.put(sheet.next_row, 0, told, "tautan", columns=len(BAGIAN), link="Rekap")
    sheet.heights[sheet.next_row - 1] = 22


def _put_proposals(sheet: Sheet, rkt: Rkt) -> None:
    """Values that follow from the other indikator (9.2): proposed here, confirmed by their owner."""
    proposed = [i for i in rkt.indikator if i.usulan]
    if not proposed:
        return
    _put_section(sheet, "Usulan nilai (dihitung dari indikator lain; pemiliknya yang memastikan)")
    ids = [i.id for i in rkt.indikator]
    for i in proposed:
        row = sheet.next_row
        reached = _count_status(ids, i, Status.TERCAPAI, Status.MELAMPAUI)
        measured = _count_status(ids, i, Status.TERCAPAI, Status.MELAMPAUI, Status.BELUM)
        told = f"{i.nomor} {i.teks}"
        sheet.put(row, 0, told, "teks_tengah", columns=4)
        key = Key("dasbor", i.id, "usulan")
        label = call("&", call("&", call("&", "pembilang ", reached), " · penyebut "), measured)
        sheet.put(row, 4, label, "sel", Role.FORMULA, key, columns=3)
        sheet.heights[row] = line_height(text_lines(told, sum(c.width for c in BAGIAN[:4])), least=20)


def _count_status(ids: list[str], but: Indikator, *statuses: Status) -> Expr:
    """How many other indikator have one of these statuses at triwulan k."""
    column, own = rekap.rekap_column(ids, "status"), Ref(Key("rekap", but.id, "status"))
    total: Expr = call("+", 0, 0)
    for status in statuses:
        label = STATUS_LABEL[status]
        total = total + call("countifs", column, label) - if_(own.equals(label), 1, 0)
    return total


def _put_legend(sheet: Sheet) -> None:
    _put_section(sheet, "Arti warna")
    for style, name, text in WARNA:
        row = sheet.next_row
        sheet.put(row, 0, name, style)
        sheet.put(row, 1, text, "sel_kiri", columns=len(BAGIAN) - 1)
        sheet.heights[row] = 18


def _put_section(sheet: Sheet, title: str) -> None:
    row = sheet.next_row + 1
    sheet.heights[row - 1] = 10
    sheet.put(row, 0, title, "bagian", columns=len(BAGIAN))
    sheet.heights[row] = 22
