"""Daftar (a row for each sasaran) and Rekap (a row for each indikator), the same in every book."""

from __future__ import annotations

from builder import capaian
from builder.capaian import PERIODE, STATUS_LABEL, TAHUN, K, Status
from builder.expr import Expr, Key, Range, Ref, and_, call, if_
from builder.layout import Column, Highlight, Role, Sheet, line_height, text_lines
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Rkt, Sasaran
from workbook_templates.kartu import number_format
from workbook_templates.tema import PERSEN, sorot_kategori

_F = Role.FIXED

DAFTAR = (
    Column("nomor", "Buka", 7, _F, "tautan_sel"),
    Column("sasaran", "Sasaran", 62, _F, "sel_kiri"),
    Column("indikator", "Indikator", 10, _F),
    Column("terisi", "Terisi", 10),
    Column("harus", "Harus terisi", 10),
    Column("kelengkapan", "Kelengkapan", 13, format="0%"),
    Column("capaian", "Capaian sasaran", 13, format=PERSEN),
    Column("n", "Indikator yang dihitung", 12),
)

REKAP = (
    Column("nomor", "No", 6, _F, "tautan_sel"),
    Column("indikator", "Indikator", 46, _F, "sel_kiri"),
    Column("sub_bagian", "Sub-bagian", 11, _F),
    Column("target", "Target tahun", 11, _F),
    Column("sd", "Realisasi s.d. TW", 11),
    *(
        Column(
            f"capaian_{p}",
            f"Capaian {capaian.roman(int(p[2])) if p != TAHUN else 'Tahun'}",
            12.5,
            format=PERSEN,
        )
        for p in PERIODE
    ),
    Column("kategori", "Kategori s.d. TW", 13),
    Column("status", "Status s.d. TW", 14),
    Column("keterangan", "Keterangan", 17, style="sel_kecil"),
    Column("belum", "Belum dijawab (TW)", 11),
    Column("dihitung", "dihitung", 5, style="kunci", hidden=True),
    Column("terisi", "terisi", 5, style="kunci", hidden=True),
)
_KEPT = 3  # rows of sasaran that stay on a page with the totals
_LEGIBLE = 0.6  # the least scale of a printed page
_PAGE_POINTS = (
    595 - (0.55 + 0.6) * 72
) * 0.96  # height of A4 in landscape within its margins, with some room
_PRINTED = len([c for c in REKAP if not c.hidden])


def daftar_sheet(rkt: Rkt, sasaran: tuple[Sasaran, ...], own: frozenset[str], subtitle: str) -> Sheet:
    """Every sasaran with a link to its sheet, how complete triwulan k is, and its capaian."""
    sheet = _table_sheet("Daftar", "Daftar sasaran", subtitle, DAFTAR)
    start = sheet.next_row
    for n, s in enumerate(sasaran):
        row = start + n
        count = sum(i.id in own for i in s.indikator)
        contents: dict[str, Expr | float | str] = {
            "nomor": s.id,
            "sasaran": s.teks,
            "indikator": count,
            **{c: Ref(Key(s.id, "", c)) for c in ("terisi", "harus", "capaian", "n")},
            "kelengkapan": _share(Ref(Key(s.id, "", "terisi")), Ref(Key(s.id, "", "harus"))),
        }
        for at, column in enumerate(DAFTAR):
            key = Key("daftar", s.id, column.name)
            link = s.id if column.name == "nomor" else None
            sheet.put(
                row,
                at,
                contents[column.name],
                column.style,
                column.role,
                key,
                format=column.format,
                link=link,
            )
        sheet.heights[row] = line_height(text_lines(s.teks, DAFTAR[1].width), least=20)
    _put_totals(sheet, sasaran, own)
    _set_pages(sheet, start, start + len(sasaran) - _KEPT)
    return sheet


def _set_pages(sheet: Sheet, first: int, end: int) -> None:
    """One page where that stays legible; else pages of which the last one holds `end` and all below it.

    A total alone on a page says nothing. `first`: the first row below the headings.
    """
    if sum(sheet.heights.values()) * _LEGIBLE <= _PAGE_POINTS:
        sheet.pages_tall = 1
        return
    headings = sheet.heights[first - 1]
    ending = sum(sheet.heights[row] for row in range(end, sheet.next_row))
    used = sum(sheet.heights.get(row, 15) for row in range(first))
    for row in range(first, end + 1):
        if used + (ending if row == end else sheet.heights[row]) > _PAGE_POINTS:
            sheet.breaks.append(row)
            used = headings  # repeated on every page
        used += sheet.heights[row]


def _share(part: Expr, whole: Expr) -> Expr:
    return if_(whole > 0, part / whole, "")


def _put_totals(sheet: Sheet, sasaran: tuple[Sasaran, ...], own: frozenset[str]) -> None:
    row = sheet.next_row
    rows = {
        c: Range(tuple(Key("daftar", s.id, c) for s in sasaran))
        for c in ("indikator", "terisi", "harus", "n")
    }
    total = {
        c: Key("daftar", "jumlah", c) for c in ("indikator", "terisi", "harus", "n", "capaian", "kelengkapan")
    }
    sheet.put(row, 0, None, "jumlah")
    sheet.put(row, 1, "Jumlah, dan rata-rata sasaran yang mempunyai capaian", "jumlah_kiri")
    contents: dict[str, Expr] = {c: call("sum", r) for c, r in rows.items()}
    contents["kelengkapan"] = _share(Ref(total["terisi"]), Ref(total["harus"]))
    contents["capaian"] = mean_of(Range(tuple(Key("daftar", s.id, "capaian") for s in sasaran)))
    for at, column in enumerate(DAFTAR[2:], 2):
        sheet.put(
            row, at, contents[column.name], "jumlah", Role.FORMULA, total[column.name], format=column.format
        )
    of_indikator = rekap_column([i.id for s in sasaran for i in s.indikator if i.id in own], "dihitung")
    sheet.put(row + 1, 0, None, "jumlah")
    sheet.put(row + 1, 1, "Rata-rata indikator yang mempunyai capaian", "jumlah_kiri", columns=5)
    sheet.put(
        row + 1,
        6,
        mean_of(of_indikator),
        "jumlah",
        Role.FORMULA,
        Key("daftar", "indikator", "capaian"),
        format=PERSEN,
    )
    n = call("count_from_zero", of_indikator)
    sheet.put(row + 1, 7, n, "jumlah", Role.FORMULA, Key("daftar", "indikator", "n"))
    sheet.heights |= {row: 22, row + 1: 22}


def rekap_column(ids: list[str], column: str) -> Range:
    """Cells of one column of Rekap over some indikator."""
    return Range(tuple(Key("rekap", id, column) for id in ids))


def mean_of(cells: Range) -> Expr:
    """Mean of the cells that have a number, blank where none has."""
    n = call("count_from_zero", cells)
    return if_(n > 0, call("sum", cells) / n, "")


def rekap_sheet(rkt: Rkt, sasaran: tuple[Sasaran, ...], own: frozenset[str], subtitle: str) -> Sheet:
    """Every indikator with target, realisasi up to triwulan k, capaian of each triwulan and of the year."""
    sheet = _table_sheet("Rekap", "Rekap capaian indikator", subtitle, REKAP)
    first = sheet.next_row
    indikator = [(s, i) for s in sasaran for i in s.indikator if i.id in own]
    for row, (_, i) in enumerate(indikator, first):
        _put_row(sheet, rkt, row, i)
    sheet.autofilter = (first - 1, 0, first + len(indikator) - 1, _PRINTED - 1)
    _highlight(sheet, rkt, indikator[0][1], indikator[-1][1])
    _put_footnote(sheet, rkt)
    return sheet


def _put_footnote(sheet: Sheet, rkt: Rkt) -> None:
    """Why a row may say the highest kategori and "Belum tercapai" side by side (DOMAIN 6)."""
    bound, name = rkt.aturan.kategori[-1]
    text = (
        f"Kategori dan status dinilai s.d. triwulan pelaporan. Kategori {name} mulai {bound:g}% dan karena itu dapat "
        "berdampingan dengan Belum tercapai (capaian di bawah 100%). Capaian Tahun masih sementara sebelum TW IV."
    )
    sheet.put(sheet.next_row, 0, text, "catatan", columns=_PRINTED)
    sheet.heights[sheet.next_row - 1] = 22


def _put_row(sheet: Sheet, rkt: Rkt, row: int, i: Indikator) -> None:
    contents: dict[str, Expr | str | float | None] = {
        "nomor": i.nomor,
        "indikator": i.teks,
        "sub_bagian": rkt.owner(i).kode,
        "target": i.cell_value(i.nilai),
        **{f"capaian_{p}": Ref(Key(i.id, p, "capaian")) for p in PERIODE},
        **{c: at_k(i, c) for c in ("sd", "kategori", "status", "keterangan", "dihitung", "terisi")},
        "belum": _unanswered(i),
    }
    for at, column in enumerate(REKAP):
        shown = number_format(i) if column.name in ("target", "sd") else column.format
        sheet.put(
            row, at, contents[column.name], column.style, column.role, Key("rekap", i.id, column.name),
            format=shown, link=Key(i.id, "TW1", "kunci") if column.name == "nomor" else None,
        )  # fmt: skip
    sheet.heights[row] = line_height(text_lines(i.teks, REKAP[1].width), least=20)


def _unanswered(i: Indikator) -> Expr:
    """The triwulan up to k where an answer is expected and missing: "I III"."""
    words: Expr = call("&", "", "")
    for j in TRIWULAN:
        answered = Ref(Key(i.id, f"TW{j}", "terisi"))
        missing = and_(capaian.is_number(answered), answered.equals(0))
        words = call("&", words, if_(missing, f"{ROMAWI[j]} ", ""))
    return call("word", words)


def at_k(i: Indikator, column: str) -> Expr:
    """The cell of triwulan k in a column of a card; blank while no triwulan is chosen."""
    rows = (Ref(Key(i.id, f"TW{j}", column)) for j in TRIWULAN)
    return if_(K.equals(0), "", call("choose", if_(K.equals(0), 1, K), *rows))


def _highlight(sheet: Sheet, rkt: Rkt, first: Indikator, last: Indikator) -> None:
    scale = rkt.aturan.kategori
    for n, (_, name) in enumerate(scale):
        block = (Key("rekap", first.id, "kategori"), Key("rekap", last.id, "kategori"))
        sheet.highlights.append(Highlight(*block, sorot_kategori(n, len(scale)), text=name))
    block = (Key("rekap", first.id, "status"), Key("rekap", last.id, "status"))
    for status in (Status.PERIKSA, Status.KONFIRMASI, Status.BELUM_LENGKAP):
        sheet.highlights.append(Highlight(*block, "sorot_periksa", text=STATUS_LABEL[status]))


def _table_sheet(name: str, title: str, subtitle: str, columns: tuple[Column, ...]) -> Sheet:
    """A sheet with a title, the line that says what it is about, and the headings of a table."""
    shown = len([c for c in columns if not c.hidden])
    sheet = Sheet(name, last_printed_column=shown - 1)
    sheet.set_columns(columns)
    put_title(sheet, title, subtitle, shown)
    sheet.put(
        2, 0, call("&", "Triwulan pelaporan: ", Ref(Key("umum", "", "romawi"))), "anak_judul", columns=shown
    )
    put_headings(sheet, 3, columns)
    return sheet


def put_title(sheet: Sheet, title: str, subtitle: str, columns: int, first: int = 0) -> None:
    """Title and the line below it, over `columns` columns from `first`."""
    sheet.put(0, first, title, "judul", columns=columns)
    sheet.put(1, first, subtitle, "anak_judul", columns=columns)
    sheet.heights |= {0: 26, 1: 16}


def put_headings(sheet: Sheet, row: int, columns: tuple[Column, ...]) -> None:
    """Headings of a table, frozen and repeated on every printed page."""
    for at, column in enumerate(columns):
        sheet.put(row, at, column.heading, "kepala_gelap")
    sheet.heights[row] = 32
    sheet.frozen = (row + 1, 2 if len(columns) > 3 else 0)
    sheet.repeated_rows = (row, row)
