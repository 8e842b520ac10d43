"""The buku konsolidasi: Dasbor, Daftar, Rekap, Kiriman, Masalah, Jejak and the sheets of all sasaran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder import capaian
from builder.capaian import PERIODE, STATUS_LABEL, Status
from builder.consolidator import Konsolidasi
from builder.expr import Expr, Key, Range, Ref, Value, call, if_
from builder.identitas import KONSOLIDASI, NAMA_TRIWULAN, make_tanda
from builder.layout import Book, Cell, Column, Highlight, Role, Sheet, Validation, line_height, text_lines
from builder.masalah import PERINGATAN, TAHAN, TOLAK, Problem, show
from builder.reader import Kiriman
from builder.rkt import ROMAWI, Indikator, Rkt
from workbook_templates import kartu, referensi, rekap
from workbook_templates.kartu import Isi
from workbook_templates.tema import PERSEN

NAMA_FOLDER = "FOLDER_KIRIMAN"
FOLDER = Key("umum", "", "folder")
_F = Role.FIXED

KIRIMAN = (
    Column("sub_bagian", "Sub-bagian", 34, _F, "sel_kiri"),
    Column("berkas", "Berkas", 34, _F, "sel_kiri"),
    Column("nomor", "Kiriman ke-", 10, _F),
    Column("triwulan", "TW di berkas", 10, _F),
    Column("terisi", "Sel terisi", 10, _F),
    Column("status", "Status", 14, _F),
    Column("pemakaian", "Pemakaian", 26, _F, "sel_kiri"),
    Column("masalah", "Masalah", 10, _F),
)
MASALAH = (
    Column("kode", "Kode", 8, _F),
    Column("tingkat", "Tingkat", 12, _F),
    Column("berkas", "Berkas", 26, _F, "sel_kiri"),
    Column("lembar", "Lembar", 10, _F),
    Column("sel", "Sel", 9, _F),
    Column("isi", "Isi yang ditemukan", 22, _F, "sel_kiri"),
    Column("masalah", "Masalah", 48, _F, "sel_kiri"),
    Column("tindakan", "Tindakan", 44, _F, "sel_kiri"),
    Column("buka", "Sel di buku ini", 13, _F, "tautan_sel"),
)
JEJAK = (
    Column("id", "Indikator", 10, _F),
    Column("triwulan", "Triwulan", 9, _F),
    Column("kolom", "Kolom", 14, _F, "sel_kiri"),
    Column("nilai", "Nilai", 16, _F),
    Column("isi", "Isi di berkas", 30, _F, "sel_kiri"),
    Column("berkas", "Berkas", 32, _F, "sel_kiri"),
    Column("lembar", "Lembar", 10, _F),
    Column("sel", "Sel", 9, _F),
    Column("saat", "Dibaca pada", 18, _F),
    Column("buka", "Sel di buku ini", 13, _F, "tautan_sel"),
)
BAGIAN = (
    Column("nama", "Sub-bagian", 46, _F, "sel_kiri"),
    Column("indikator", "Indikator", 13, _F),
    Column("terisi", "Terisi", 13),
    Column("harus", "Harus terisi", 13),
    Column("kelengkapan", "Kelengkapan", 14, format="0%"),
    Column("capaian", "Rata-rata capaian indikator", 16, format=PERSEN),
    Column("n", "Indikator yang dihitung", 14),
)
_BATAS_BELUM_ADA = 400  # rows on the Dasbor: 120 sasaran in four triwulan stay readable


@dataclass(frozen=True, slots=True)
class Saat:
    """When and from where a konsolidasi was made, as the Dasbor tells it."""

    dibuat: str = ""
    folder: str = "kiriman"


def file_name(rkt: Rkt) -> str:
    """Konsolidasi-2024.xlsx."""
    return f"Konsolidasi-{rkt.identitas.tahun}.xlsx"


def buku_konsolidasi(hasil: Konsolidasi, saat: Saat | None = None) -> Book:
    """The book of the whole office with what the returns brought in."""
    rkt, saat = hasil.rkt, saat or Saat()
    own = frozenset(i.id for i in rkt.indikator)
    about = f"{rkt.identitas.kantor} · Tahun {rkt.identitas.tahun}"
    isi = Isi(hasil.entries, hasil.ditahan, terbuka=False)
    sheets = [
        _dasbor(hasil, saat),
        rekap.daftar_sheet(rkt, rkt.sasaran, own, about),
        rekap.rekap_sheet(rkt, rkt.sasaran, own, about),
        _kiriman(hasil, about),
        _masalah(hasil, about),
        _jejak(hasil, about, saat),
        *(kartu.sasaran_sheet(rkt, s, own, isi, about) for s in rkt.sasaran),
    ]
    return referensi.make_book(
        rkt, sheets, make_tanda(rkt, KONSOLIDASI), f"Konsolidasi Capaian Kinerja {rkt.identitas.tahun}"
    )


# --- Dasbor -------------------------------------------------------------------------------------------------------


def _dasbor(hasil: Konsolidasi, saat: Saat) -> Sheet:
    rkt = hasil.rkt
    sheet = Sheet(
        "Dasbor",
        last_printed_column=len(BAGIAN) - 1,
        tab="#BF9000",
    )
    sheet.set_columns(BAGIAN)
    contoh = " (CONTOH)" if rkt.identitas.contoh else ""
    sheet.put(0, 0, f"{rkt.identitas.kantor}{contoh}", "pita", columns=len(BAGIAN))
    sheet.put(1, 0, f"Konsolidasi Capaian Kinerja Tahun {rkt.identitas.tahun}", "judul", columns=len(BAGIAN))
    sheet.heights |= {0: 20, 1: 30}
    _put_settings(sheet, hasil, saat)
    _put_figures(sheet, rkt)
    _put_sub_bagian(sheet, rkt)
    _put_proposals(sheet, rkt)
    _put_missing(sheet, hasil)
    return sheet


def _put_settings(sheet: Sheet, hasil: Konsolidasi, saat: Saat) -> None:
    rule = Validation(
        "whole", "Triwulan pelaporan", "Isi 1, 2, 3, atau 4. Triwulan sesudahnya belum dihitung.",
        "Isi 1, 2, 3, atau 4.", low=1, high=4,
    )  # fmt: skip
    sheet.put(2, 0, "Triwulan pelaporan", "label")
    sheet.put(
        2,
        1,
        hasil.triwulan,
        "isian",
        Role.ENTRY,
        capaian.TRIWULAN_PELAPORAN,
        format="0",
        validation=rule,
        name=NAMA_TRIWULAN,
    )
    sheet.put(3, 0, "Folder kiriman", "label")
    sheet.put(3, 1, saat.folder, "isian", Role.ENTRY, FOLDER, format="@", columns=6, name=NAMA_FOLDER)
    told = (
        f"Dibuat {saat.dibuat} dari {len(hasil.kiriman)} berkas"
        if saat.dibuat
        else "Belum ada kiriman yang digabung"
    )
    sheet.put(2, 2, told, "catatan", columns=5)
    sheet.heights |= {2: 20, 3: 20}


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


def _put_missing(sheet: Sheet, hasil: Konsolidasi) -> None:
    """Who has not sent, and which indikator have no answer yet, as of this konsolidasi."""
    _put_section(sheet, "Yang belum ada saat buku ini dibuat")
    names = ", ".join(s.nama for s in hasil.missing)
    sheet.put(
        sheet.next_row,
        0,
        f"Belum mengirim: {names}" if names else "Semua sub-bagian sudah mengirim.",
        "teks_tengah",
        columns=len(BAGIAN),
    )
    row = sheet.next_row
    sheet.heights[row - 1] = line_height(text_lines(names, 110), least=20)
    blank: dict[str, list[int]] = {}
    by_id = {i.id: i for i in hasil.rkt.indikator}
    for i, j in hasil.blank_rows():
        blank.setdefault(i.id, []).append(j)
    for at, (heading, columns) in enumerate(
        zip(("Indikator tanpa jawaban", "Sub-bagian", "Triwulan", "Buka"), (3, 2, 1, 1), strict=True)
    ):
        sheet.put(row, (0, 3, 5, 6)[at], heading, "kepala_gelap", columns=columns)
    for id, triwulan in list(blank.items())[:_BATAS_BELUM_ADA]:
        _put_blank_row(sheet, hasil.rkt, by_id[id], triwulan)


def _put_blank_row(sheet: Sheet, rkt: Rkt, i: Indikator, triwulan: list[int]) -> None:
    row = sheet.next_row
    text = f"{i.nomor} {i.teks}"
    sheet.put(row, 0, text, "sel_kiri", columns=3)
    sheet.put(row, 3, rkt.owner(i).nama, "sel", columns=2)
    sheet.put(row, 5, ", ".join(f"TW {ROMAWI[j]}" for j in triwulan), "sel")
    sheet.put(row, 6, i.id, "tautan_sel", link=Key(i.id, f"TW{triwulan[0]}", "triwulan"))
    lines = max(text_lines(text, sum(c.width for c in BAGIAN[:3])), text_lines(rkt.owner(i).nama, 27))
    sheet.heights[row] = line_height(lines, least=20)


def _put_section(sheet: Sheet, title: str) -> None:
    row = sheet.next_row + 1
    sheet.heights[row - 1] = 10
    sheet.put(row, 0, title, "bagian", columns=len(BAGIAN))
    sheet.heights[row] = 22


# --- tables -------------------------------------------------------------------------------------------------------


def _table(
    name: str,
    title: str,
    about: str,
    columns: tuple[Column, ...],
    rows: Sequence[dict[str, Value]],
    empty: str,
) -> Sheet:
    """A sheet of plain rows: fixed layout, so that a refresh can rewrite it as one block."""
    sheet = Sheet(name, last_printed_column=len(columns) - 1)
    sheet.set_columns(columns)
    rekap.put_title(sheet, title, about, len(columns))
    rekap.put_headings(sheet, 2, columns)
    for n, contents in enumerate(rows):
        row = 3 + n
        lines = 1
        for at, column in enumerate(columns):
            value = contents.get(column.name)
            sheet.cells.append(_table_cell(name, n, row, at, column, value))
            if isinstance(value, str) and column.name != "buka":
                lines = max(lines, text_lines(value, column.width - 1))
        sheet.heights[row] = line_height(lines, least=18)
    if rows:
        sheet.autofilter = (2, 0, 2 + len(rows), len(columns) - 1)
    else:
        sheet.put(3, 0, empty, "teks_tengah", columns=len(columns))
    return sheet


def _table_cell(name: str, n: int, row: int, at: int, column: Column, value: Value) -> Cell:
    if column.name == "buka" and isinstance(value, str):
        id, periode, target = value.split("|")
        return Cell(
            row,
            at,
            id,
            column.style,
            Role.FIXED,
            Key(name, str(n), column.name),
            link=Key(id, periode, target),
        )
    return Cell(
        row,
        at,
        value,
        "sel" if column.name == "buka" else column.style,
        Role.FIXED,
        Key(name, str(n), column.name),
    )


def _kiriman(hasil: Konsolidasi, about: str) -> Sheet:
    rows: list[dict[str, Value]] = [
        {
            "sub_bagian": s.nama, "berkas": None, "status": "belum mengirim",
        }
        for s in hasil.missing
    ]  # fmt: skip
    rows += [_kiriman_row(hasil, k) for k in hasil.kiriman]
    return _table("Kiriman", "Kiriman sub-bagian", about, KIRIMAN, rows, "Belum ada kiriman.")


def _kiriman_row(hasil: Konsolidasi, k: Kiriman) -> dict[str, Value]:
    used = k.sub_bagian is not None and k in hasil.dipakai.get(k.sub_bagian.kode, ())
    return {
        "sub_bagian": k.sub_bagian.nama if k.sub_bagian else "(tidak dikenali)",
        "berkas": show(k.berkas),
        "nomor": k.nomor,
        "triwulan": f"TW {ROMAWI[k.triwulan]}" if k.triwulan else None,
        "terisi": k.terisi if k.sub_bagian else None,
        "status": k.status,
        "pemakaian": "dipakai" if used else "tidak dipakai",
        "masalah": len(k.problems),
    }


def _masalah(hasil: Konsolidasi, about: str) -> Sheet:
    problems = sorted(hasil.all_problems, key=lambda p: -p.putusan.berat)
    rows = [_masalah_row(hasil.rkt, p) for p in problems]
    sheet = _table("Masalah", "Masalah yang ditemukan", about, MASALAH, rows, "Tidak ada masalah.")
    if rows:
        block = (Key("Masalah", "0", "tingkat"), Key("Masalah", str(len(rows) - 1), "tingkat"))
        looks = {TAHAN: "sorot_periksa", TOLAK: "sorot_sangat_rendah", PERINGATAN: "sorot_sedang"}
        sheet.highlights += [Highlight(*block, look, text=str(verdict)) for verdict, look in looks.items()]
    return sheet


def _masalah_row(rkt: Rkt, p: Problem) -> dict[str, Value]:
    found = {"berkas": p.berkas, "lembar": p.lembar, "isi": p.isi}
    row: dict[str, Value] = {name: None if text is None else show(text) for name, text in found.items()}
    row |= {
        "kode": p.kode,
        "tingkat": str(p.putusan),
        "sel": p.sel,
        "masalah": p.masalah,
        "tindakan": p.tindakan,
    }
    if p.tujuan and rkt.find_indikator(p.tujuan[0]):
        periode = p.tujuan[1] if p.tujuan[1] in PERIODE else "TW1"
        row["buka"] = f"{p.tujuan[0]}|{periode}|triwulan"
    return row


def _jejak(hasil: Konsolidasi, about: str, saat: Saat) -> Sheet:
    kept = [(k, a) for k, a in sorted(hasil.asal.items()) if a.entry.shown is not None]
    rows: list[dict[str, Value]] = [
        {
            "id": k.id, "triwulan": capaian.roman(int(k.baris[2])), "kolom": k.kolom.replace("_", " "),
            "nilai": None if k.kolom in kartu.TEKS else "ditahan" if a.entry.ditahan else a.entry.value,
            "isi": show(a.entry.isi, 300), "berkas": show(a.berkas), "lembar": a.entry.lembar, "sel": a.entry.sel,
            "saat": saat.dibuat, "buka": f"{k.id}|{k.baris}|{k.kolom}",
        }
        for k, a in kept
    ]  # fmt: skip
    return _table("Jejak", "Jejak: asal setiap nilai", about, JEJAK, rows, "Belum ada nilai yang masuk.")
