"""The card: one indikator with its five rows (TW I to TW IV, Tahun), and the sheet of cards of one sasaran.

The same sheet stands in the buku kerja, where staff fill the yellow cells, and in the buku konsolidasi,
where the values brought in stand in their place; `Isi` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from builder import capaian
from builder.capaian import PERIODE, TAHUN, K
from builder.expr import Expr, Key, Range, Ref, Value, and_, call, if_, or_
from builder.identitas import susunan
from builder.layout import (
    Cell,
    Column,
    Highlight,
    Marks,
    Role,
    Sheet,
    Validation,
    defined_name,
    line_height,
    row_key,
    text_lines,
)
from builder.rkt import Hitungan, Indikator, Isian, Konsolidasi, Lokasi, Polaritas, Rkt, Sasaran, Tipe
from workbook_templates.tema import PERSEN, sorot_kategori

_FIXED, _ENTRY, _FORMULA, _KEY = Role.FIXED, Role.ENTRY, Role.FORMULA, Role.KEY

KOLOM = (
    Column("kunci", "", 3, _KEY, "kunci", hidden=True),
    Column("nomor", "", 6, Role.LABEL),
    Column("triwulan", "Triwulan", 8, _FIXED, "periode"),
    Column("target", "Target s.d. TW", 10, _FIXED),
    Column("pembilang", "Pembilang", 11, _ENTRY, "isian"),
    Column("penyebut", "Penyebut", 11, _ENTRY, "isian"),
    Column("realisasi", "Realisasi", 11, _ENTRY, "isian"),
    Column("sd", "Realisasi s.d. TW", 11),
    Column("capaian", "Capaian", 11, format=PERSEN),
    Column("kategori", "Kategori", 12),
    Column("status", "Status", 13),
    Column("keterangan", "Keterangan", 17, style="sel_kecil"),
    Column("kendala", "Kendala", 25, _ENTRY, "isian_teks", "@"),
    Column("tindak_lanjut", "Tindak lanjut", 25, _ENTRY, "isian_teks", "@"),
    Column("data_dukung", "Data dukung", 19, _ENTRY, "isian_teks", "@"),
    Column("periode", "periode", 5, style="kunci", hidden=True),
    Column("terbaca", "terbaca", 5, style="kunci", hidden=True),
    Column("basis", "basis", 5, style="kunci", hidden=True),
    Column("kosong", "kosong", 5, style="kunci", hidden=True),
    Column("terisi", "terisi", 5, style="kunci", hidden=True),
    Column("dihitung", "dihitung", 5, style="kunci", hidden=True),
    Column("susunan", "susunan", 5, style="kunci", hidden=True),
    Column("tanda", "tanda", 5, style="kunci", hidden=True),
)
_AT = {column.name: n for n, column in enumerate(KOLOM)}
_COLUMN = {column.name: column for column in KOLOM}
_LAST_PRINTED = _AT["data_dukung"]

TEKS = tuple(column.name for column in KOLOM if column.is_text)
ANGKA_ISIAN = ("pembilang", "penyebut", "realisasi")

POLARITAS_LABEL = {
    Polaritas.MAXIMIZE: "makin besar makin baik",
    Polaritas.MINIMIZE: "makin kecil makin baik",
    Polaritas.STABILIZE: "makin dekat target makin baik",
}
LOKASI_LABEL = {
    Lokasi.SUM: "dijumlahkan",
    Lokasi.AVERAGE: "dirata-ratakan",
    Lokasi.RAW: "pembilang dan penyebut dijumlahkan",
}
TIPE_LABEL = {t: str(t).capitalize() for t in Tipe}

TANDA_RUMUS = "!"  # before a heading in a cell of marks: its formula says otherwise than Python

# A printed A4 page in landscape, in points at the scale that fits the columns to its width.
_WIDTH_POINTS = sum(c.width for c in KOLOM if not c.hidden) * 5.35 + 60
_PAGE_POINTS = (595 - (0.55 + 0.6) * 72) * _WIDTH_POINTS / (842 - 0.8 * 72) * 0.97


# The remark on a part takes more lines than a row without texts has.
_TALL_OF_PART = line_height(
    text_lines(capaian.BAGIAN_BERSAMA, _COLUMN["keterangan"].width, size=9), size=9, least=26
)


_LINES_HELD = 5  # of what is held in a cell for a number; the whole text stands in the cell


@dataclass(frozen=True)
class Isi:
    """What stands in the entry cells of a book (per cent as a fraction), and who fills them."""

    entries: Mapping[Key, Value] = field(default_factory=dict)
    terbuka: bool = True  # open for staff; False: brought in by the konsolidasi
    tanda: Mapping[Key, str] = field(default_factory=dict)  # marks of a row of the konsolidasi: "|Pembilang|"
    terkunci: frozenset[Key] = frozenset()  # accepted in an earlier triwulan: handed out filled and locked
    perbaikan: Mapping[Key, str] = field(
        default_factory=dict
    )  # cells to mend, with what is wrong and what to do


def number_format(indikator: Indikator) -> str:
    """How numbers in the target's unit are shown."""
    if indikator.tipe is Tipe.PERSENTASE:
        return PERSEN
    whole = indikator.tipe is Tipe.JUMLAH and indikator.konsolidasi is not Konsolidasi.AVERAGE
    return "#,##0" if whole else "0.00" if not indikator.tipe.is_word else ""


def sasaran_sheet(rkt: Rkt, sasaran: Sasaran, own: frozenset[str], isi: Isi, subtitle: str) -> Sheet:
    """The sheet of one sasaran: heading, then a card for each indikator; `own`: ids that are not grey."""
    sheet = Sheet(
        sasaran.id,
        frozen=(4, 0),
        repeated_rows=(0, 3),
        last_printed_column=_LAST_PRINTED,
        first_printed_column=1,
        tab="#9B1B1E" if sasaran.tingkat == "program" else "#1F3864",
    )
    sheet.set_columns(KOLOM)
    _put_heading(sheet, sasaran, own, subtitle)
    used = sum(sheet.heights.values())
    top = used
    for indikator in sasaran.indikator:
        row = sheet.next_row + 1
        sheet.heights[row - 1] = 9
        height = _put_card(sheet, rkt, indikator, row, indikator.id in own, isi)
        if used + height > _PAGE_POINTS:  # a card is not cut by a page break
            sheet.breaks.append(row)
            used = top
        used += height + 9
    return sheet


# --- the heading of the sheet -------------------------------------------------------------------------------------


def _put_heading(sheet: Sheet, sasaran: Sasaran, own: frozenset[str], subtitle: str) -> None:
    first, label, last = _AT["nomor"], _AT["tindak_lanjut"], _LAST_PRINTED
    band = f"SASARAN {str(sasaran.tingkat).upper()} {sasaran.nomor}"
    sheet.put(0, first, band, "pita", columns=last - first + 1)
    sheet.put(1, first, sasaran.teks, "judul", columns=label - first, key=Key(sasaran.id, "", "teks"))
    sheet.put(1, label, _labelled("Capaian sasaran s.d. "), "angka_label")
    n, m = Ref(Key(sasaran.id, "", "n")), Ref(Key(sasaran.id, "", "m"))
    sheet.put(
        1, last, mean(sasaran, own), "jumlah", Role.FORMULA, Key(sasaran.id, "", "capaian"), format=PERSEN
    )
    sheet.put(2, first, subtitle, "garis", columns=_AT["keterangan"] - first)
    sheet.put(2, _AT["keterangan"], "◄ Daftar", "tautan", link="Daftar")
    sheet.put(2, _AT["kendala"], _labelled("Triwulan pelaporan: "), "garis")
    sheet.put(2, label, "dihitung dari", "angka_label")
    sheet.put(
        2, last, call("&", call("&", n, " dari "), call("&", m, " indikator")), "angka_label", Role.FORMULA
    )
    _put_counts(sheet, sasaran, own)
    width = sum(c.width for c in KOLOM[first:label])
    sheet.heights |= {
        0: 18,
        1: line_height(text_lines(sasaran.teks, width, size=14, bold=True), size=14, least=30),
        2: 18,
        3: 3,
    }
    sheet.put(3, first, None, "teks")


def _labelled(text: str) -> Expr:
    return call("&", text, Ref(Key("umum", "", "romawi")))


def _put_counts(sheet: Sheet, sasaran: Sasaran, own: frozenset[str]) -> None:
    """n and m of the mean, and how complete triwulan k is: answered, and expected."""
    m = sum(i.id in own for i in sasaran.indikator)
    counts: dict[str, Expr | float] = {
        "n": count_at_k(sasaran, own, "dihitung"),
        "m": m,
        "terisi": total_at_k(sasaran, own, "terisi"),
        "harus": count_at_k(sasaran, own, "terisi"),
    }
    for n, (name, content) in enumerate(counts.items()):
        sheet.put(1, _LAST_PRINTED + 1 + n, content, "kunci", Role.FORMULA, Key(sasaran.id, "", name))


def _rows(sasaran: Sasaran, own: frozenset[str], column: str) -> Range:
    return Range(tuple(Key(i.id, p, column) for i in sasaran.indikator if i.id in own for p in PERIODE[:-1]))


def count_at_k(sasaran: Sasaran, own: frozenset[str], column: str) -> Expr:
    """How many of the sasaran's own rows of triwulan k have a number in a column."""
    return call("count_from_zero", _rows(sasaran, own, "periode"), K, _rows(sasaran, own, column))


def total_at_k(sasaran: Sasaran, own: frozenset[str], column: str) -> Expr:
    """Sum of a column over the sasaran's own rows of triwulan k."""
    return call("sumifs", _rows(sasaran, own, column), _rows(sasaran, own, "periode"), K)


def mean(sasaran: Sasaran, own: frozenset[str]) -> Expr:
    """Capaian of a sasaran: the mean of capaian_dihitung over its indikator that have a number (DOMAIN 6)."""
    n = Ref(Key(sasaran.id, "", "n"))
    return if_(n > 0, total_at_k(sasaran, own, "dihitung") / n, "")


# --- one card -----------------------------------------------------------------------------------------------------


def _put_card(sheet: Sheet, rkt: Rkt, i: Indikator, row: int, is_own: bool, isi: Isi) -> float:
    """Title, headings and five rows; returns the height in points."""
    title = _put_title(sheet, rkt, i, row, is_own, isi)
    headings = row + 1
    for column in KOLOM[2:-1] if isi.terbuka else KOLOM[2:]:  # marks are the konsolidasi's own
        sheet.put(headings, _AT[column.name], column.heading, "kunci" if column.hidden else "kepala")
    sheet.heights[headings] = 27
    height = title + 27
    if is_own:
        sheet.put(row, 0, row_key(i.id, "JUDUL"), "kunci", Role.KEY)
        sheet.put(headings, 0, row_key(i.id, "KEPALA"), "kunci", Role.KEY)
    is_part = isi.terbuka and rkt.is_shared(i)
    formulas = capaian.formulas(i, rkt.aturan, bagian=is_part) if is_own else {}
    for n, periode in enumerate(PERIODE):
        at = headings + 1 + n
        cells = [_row_cell(i, periode, column, at, formulas, is_own, isi) for column in KOLOM[2:]]
        sheet.cells += [c for c in cells if c]
        if is_own:
            sheet.put(at, 0, row_key(i.id, periode), "kunci", Role.KEY, Key(i.id, periode, "kunci"))
        sheet.heights[at] = max(_row_height(i, periode, isi), _TALL_OF_PART if is_part and is_own else 0)
        height += sheet.heights[at]
    if is_own:
        _highlight(sheet, rkt, i)
        if not isi.terbuka:
            _highlight_brought(sheet, i, headings)
    return height


def _put_title(sheet: Sheet, rkt: Rkt, i: Indikator, row: int, is_own: bool, isi: Isi) -> float:
    grey = "" if is_own else "_abu"
    text, kind, target = _AT["triwulan"], _AT["kategori"], _AT["kendala"]
    sheet.put(row, _AT["nomor"], i.nomor, "nomor" + grey)
    key = Key(i.id, "JUDUL", "indikator") if is_own else None
    sheet.put(row, text, i.teks, "indikator" + grey, Role.FIXED, key, columns=kind - text)
    sheet.put(row, kind, _kind(i), "sifat" + grey, columns=target - kind)
    about = "\n".join(p for p in (_target(rkt, i), _owners(rkt, i, is_own and isi.terbuka)) if p)
    sheet.put(row, target, about, "sifat" + grey, columns=_LAST_PRINTED - target + 1)
    if is_own:
        sheet.put(row, _AT["susunan"], susunan(i), "kunci", Role.FIXED, Key(i.id, "JUDUL", "susunan"))
    widths = [
        sum(c.width for c in KOLOM[a:b])
        for a, b in ((text, kind), (kind, target), (target, _LAST_PRINTED + 1))
    ]
    lines = max(
        text_lines(i.teks, widths[0] - 2, bold=True),
        text_lines(_kind(i), widths[1], size=9),
        text_lines(about, widths[2], size=9),
    )
    sheet.heights[row] = line_height(lines, padding=8, least=26)
    return sheet.heights[row]


def _owners(rkt: Rkt, i: Indikator, is_obvious: bool) -> str:
    """Who fills the card; of one that several sub-bagian fill, how their parts make the office's number."""
    if i.lokasi and rkt.is_shared(i):
        names = ", ".join(s.nama for s in rkt.owners(i))
        return f"Diisi bersama: {names} · {LOKASI_LABEL[i.lokasi]}"
    return "" if is_obvious else f"Diisi: {rkt.owner(i).nama}"


def _kind(i: Indikator) -> str:
    """Jenis target, polaritas, ceiling: "Persentase · makin besar makin baik"."""
    parts = [TIPE_LABEL[i.tipe] if i.tipe is not Tipe.NILAI else i.satuan.capitalize()]
    if i.needs_konfirmasi:
        parts.append("menunggu konfirmasi perencana")
    elif not i.tipe.is_word:
        parts.append(POLARITAS_LABEL[i.polaritas])
    if i.batas_capaian is not None:
        parts.append(f"capaian paling tinggi {i.batas_capaian:g}%".replace(".", ","))
    if i.toleransi and i.polaritas is Polaritas.STABILIZE:
        parts.append(f"selisih sampai {i.toleransi:g} dihitung 100%".replace(".", ","))
    if i.boleh_nihil:
        parts.append("boleh Nihil")
    return " · ".join(parts)


_PERIODE_LABEL = {
    Konsolidasi.SUM: "dijumlahkan: isi angka triwulan ini saja, 0 bila tidak ada",
    Konsolidasi.AVERAGE: "dirata-ratakan: isi keadaan triwulan ini",
    Konsolidasi.RAW: "isi kejadian triwulan ini saja",
}


def _target(rkt: Rkt, i: Indikator) -> str:
    """Annual target, what the number of a triwulan is, and the year of the data."""
    if i.konsolidasi is Konsolidasi.LAST:
        told = (
            "dihitung sejak Januari s.d. triwulan"
            if i.hitungan is Hitungan.KUMULATIF
            else "posisi akhir triwulan"
        )
    else:
        told = _PERIODE_LABEL[i.konsolidasi]
    parts = [f"Target {rkt.identitas.tahun}: {i.target_teks}", told]
    if i.tahun_data not in (None, rkt.identitas.tahun):
        parts.append(f"data tahun {i.tahun_data}")
    return " · ".join(parts)


def _row_height(i: Indikator, periode: str, isi: Isi) -> float:
    """Tall enough for the texts that already stand there; staff may change it, the sheet allows that."""
    texts = {c: isi.entries.get(Key(i.id, periode, c)) for c in TEKS}
    lines = max(
        text_lines(t, _COLUMN[c].width, size=9) if isinstance(t, str) else 1 for c, t in texts.items()
    )
    height = line_height(lines, size=9, least=20 if periode == TAHUN else 26)
    held = [t for c in ANGKA_ISIAN if isinstance(t := isi.entries.get(Key(i.id, periode, c)), str)]
    lines = max((text_lines(t, _COLUMN["realisasi"].width, bold=True) for t in held), default=1)
    return max(height, line_height(min(lines, _LINES_HELD)))


def _row_cell(
    i: Indikator, periode: str, column: Column, row: int, formulas: Mapping[Key, Expr], is_own: bool, isi: Isi
) -> Cell | None:
    """One cell of a row, by its column and by what applies to the indikator's way of entry."""
    key, at = Key(i.id, periode, column.name), _AT[column.name]
    year = periode == TAHUN
    if column.name == "triwulan":
        label = "Tahun" if year else capaian.roman(int(periode[2]))
        return Cell(row, at, label, "tahun" if year else "periode", Role.FIXED, key if is_own else None)
    if column.name == "target":
        value = capaian.target_cells(i)[key]
        return Cell(
            row,
            at,
            value,
            "tahun" if year else "sel",
            Role.FIXED,
            key if is_own else None,
            format=number_format(i),
        )
    if not is_own:
        return None if column.hidden else Cell(row, at, None, "tak_berlaku")
    if column.name == "tanda":
        return None if isi.terbuka else Cell(row, at, isi.tanda.get(key), column.style, Role.BROUGHT, key)
    if column.name == "periode":
        return Cell(row, at, 5 if year else int(periode[2]), column.style, Role.FORMULA, key)
    if key in formulas:
        return _formula_cell(i, row, at, column, key, formulas[key], year)
    if not year and is_entry(i, column.name):
        return _entry_cell(i, row, at, column, key, isi)
    return None if column.hidden else Cell(row, at, None, "tak_berlaku")


def is_entry(i: Indikator, column: str) -> bool:
    """Whether staff type into this column of a triwulan row."""
    return column in TEKS or (
        (column == "realisasi") == (i.isian is Isian.LANGSUNG) and column in ANGKA_ISIAN
    )


def _formula_cell(i: Indikator, row: int, at: int, column: Column, key: Key, node: Expr, year: bool) -> Cell:
    style = column.style if column.style != "isian" else "sel"
    if year and not column.hidden:
        style = "tahun_kecil" if column.name == "keterangan" else "tahun"
    shown = number_format(i) if column.name in ("realisasi", "sd") else column.format
    return Cell(row, at, node, style, Role.FORMULA, key, format=shown)


def _entry_cell(i: Indikator, row: int, at: int, column: Column, key: Key, isi: Isi) -> Cell:
    value, locked = isi.entries.get(key), key in isi.terkunci
    suffix = "_teks" if column.name in TEKS else ""
    look = "perbaiki" if key in isi.perbaikan else "masuk" if locked or not isi.terbuka else "isian"
    return Cell(
        row, at, value, look + suffix,
        Role.FIXED if locked else Role.ENTRY if isi.terbuka else Role.BROUGHT, key,
        format="@" if suffix else "" if column.name != "realisasi" else number_format(i),
        name=defined_name(key),
        validation=validation(i, column.name, key) if not suffix and not locked else None,
        note=isi.perbaikan.get(key),
    )  # fmt: skip


# --- validation by the target's type -----------------------------------------------------------------------------


def validation(i: Indikator, column: str, key: Key) -> Validation:
    """The rule of an entry cell: messages with an example, and a stop for what cannot be."""
    title = f"{i.nomor} {column.capitalize()}"
    nihil = " Tidak ada kejadian: ketik Nihil." if i.boleh_nihil else ""
    if column in ("pembilang", "penyebut"):
        about = {"pembilang": "yang tercapai, misalnya 40", "penyebut": "seluruhnya, misalnya 50"}[column]
        return _numeric(
            i, key, title, f"Isi jumlah {about}. Kosongkan bila belum ada data.{nihil}",
            f"Isi angka 0 atau lebih, tanpa satuan, misalnya {about[-2:]}.{nihil}", low=0, high=None,
        )  # fmt: skip
    if i.tipe.is_word:
        return _listed(i, title, nihil)
    low, high = i.cell_value(i.min_sah), i.cell_value(i.maks_sah)
    said, example = _asked(i)
    return _numeric(
        i, key, title, f"Isi {said}, misalnya {example}. Kosongkan bila belum ada data.{nihil}",
        f"Isi {said}, misalnya {example}.{nihil}", low=low, high=high, whole=i.tipe is Tipe.JUMLAH,
    )  # fmt: skip


def _asked(i: Indikator) -> tuple[str, str]:
    """What to type and an example, in words."""
    match i.tipe:
        case Tipe.PERSENTASE:
            high = f" sampai {i.maks_sah:g}%" if i.maks_sah is not None else ""
            return f"persen dari {i.min_sah or 0:g}%{high}".replace(".", ","), "97,5%"
        case Tipe.JUMLAH:
            return f"bilangan bulat tanpa satuan ({i.satuan})", "3"
    low, high = (f"{x:g}".replace(".", ",") if x is not None else "" for x in (i.min_sah, i.maks_sah))
    return (
        f"nilai dari {low} sampai {high}" if high else f"nilai mulai {low or 0}",
        "3,5" if i.maks_sah == 5 else "75,5",
    )


def _numeric(
    i: Indikator,
    key: Key,
    title: str,
    message: str,
    error: str,
    *,
    low: float | str | None,
    high: float | str | None,
    whole: bool = False,
) -> Validation:
    assert not isinstance(low, str)
    assert not isinstance(high, str)
    if (
        not i.boleh_nihil
        and (low is not None or high is not None)
        and not (whole and high is None and low is None)
    ):
        return Validation("whole" if whole else "decimal", title, message, error, low=low, high=high)
    cell = Ref(key)
    tests = [cell >= low] if low is not None else []
    tests += [cell <= high] if high is not None else []
    tests += [cell.equals(call("int", if_(capaian.is_number(cell), cell, 0)))] if whole else []
    number = and_(capaian.is_number(cell), *tests)
    allowed = or_(number, capaian.is_nihil(cell)) if i.boleh_nihil else number
    return Validation("custom", title, message, error, source=allowed)


def _listed(i: Indikator, title: str, nihil: str) -> Validation:
    name = f"DAFTAR_{i.tipe.upper()}" + ("_NIHIL" if i.boleh_nihil else "")
    if i.tipe is Tipe.OPINI:
        told = f"Pilih opini dari daftar, misalnya WTP.{nihil}"
        return Validation("list", title, told, told, source=name)
    return Validation(
        "list", title, f"Pilih huruf predikat dari daftar, atau ketik nilainya 0 sampai 100, misalnya 72,5.{nihil}",
        "Bukan huruf predikat dalam daftar. Bila yang diketik nilai 0 sampai 100, pilih Yes untuk melanjutkan.",
        source=name, stops=False,
    )  # fmt: skip


def _highlight(sheet: Sheet, rkt: Rkt, i: Indikator) -> None:
    """Colour of the kategori, and of what must be looked at."""
    scale = rkt.aturan.kategori
    for n, (_, name) in enumerate(scale):
        block = (Key(i.id, PERIODE[0], "kategori"), Key(i.id, TAHUN, "kategori"))
        sheet.highlights.append(Highlight(*block, sorot_kategori(n, len(scale)), text=name))
    for column in ("realisasi", "sd", "capaian"):
        if column != "realisasi" or i.isian is Isian.RASIO:
            block = (
                Key(i.id, PERIODE[0], column),
                Key(i.id, "TW4" if column == "realisasi" else TAHUN, column),
            )
            words = (
                (capaian.PERIKSA,)
                if column != "capaian"
                else (capaian.PERIKSA, capaian.KONFIRMASI, capaian.BELUM_LENGKAP)
            )
            sheet.highlights += [Highlight(*block, "sorot_periksa", text=word) for word in words]


def _highlight_brought(sheet: Sheet, i: Indikator, headings: int) -> None:
    """In the konsolidasi: what is held, what a hand changed, and formulas that were found to say otherwise."""
    typed = ("pembilang", "penyebut") if i.isian is Isian.RASIO else ("realisasi", "realisasi")
    for first, last in (typed, (TEKS[0], TEKS[-1])):
        block = (Key(i.id, PERIODE[0], first), Key(i.id, PERIODE[-2], last))
        sheet.highlights.append(Highlight(*block, "sorot_ditahan", text="ditahan:", begins=True))
    if i.isian is Isian.RASIO:
        for periode in PERIODE[:-1]:  # a pair that does not fit is held as a whole
            pair = (Key(i.id, periode, "pembilang"), Key(i.id, periode, "penyebut"))
            wrong = Ref(Key(i.id, periode, "realisasi")).equals(capaian.PERIKSA)
            sheet.highlights.append(Highlight(*pair, "sorot_ditahan", when=wrong))
    rows = (headings + 1, _AT["target"], headings + len(PERIODE), _LAST_PRINTED)
    for style, prefix in (("sorot_tangan", ""), ("sorot_ditahan", TANDA_RUMUS)):
        sheet.marks.append(Marks(rows, headings, _AT["tanda"], style, prefix))


def marks(columns: Iterable[str], prefix: str = "") -> str:
    """Content of a cell of marks for these columns: "|Pembilang|"; with TANDA_RUMUS a formula is meant."""
    return "".join(f"|{prefix}{_COLUMN[name].heading}|" for name in columns)
