"""Returned workbooks through the front door: contents of cells, pairs, structure, identity, several files."""

from __future__ import annotations

import datetime
import itertools
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import bahan
import docx
import kasus
import openpyxl
import openpyxl.chart
import pytest
from serangan import ole

from builder.commands import consolidate_returns
from builder.consolidator import consolidate
from builder.expr import Key
from builder.masalah import Problem
from builder.masukan import gather_files
from builder.plan import read_plan
from builder.plan.table import as_row
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.rkt import Rkt

KASUS = kasus.read_kasus("kiriman-isian")


def content_of(text: str) -> Any:
    """What stands in the cell for the words of the table."""
    if text.startswith("tanggal "):
        return datetime.datetime.strptime(text[8:], "%d/%m/%Y")
    if text.startswith("galat "):
        return text[6:]
    if text.startswith("="):
        return text
    value = kasus.parse_isian(text)
    return value.encode().decode("unicode_escape") if isinstance(value, str) and "\\u" in value else value


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example plan with two made-up indikator whose per cent is typed as it is."""
    rkt = bahan.rkt_contoh()
    rows = [as_row(s, i) for s in rkt.sasaran for i in s.indikator]
    rows += [
        bahan.baris(id, isian="langsung", konsolidasi="last", polaritas="maximize", fungsi="KUL")
        for id in ("S90-I1", "S91-I1")
    ]
    folder = tmp_path_factory.mktemp("rencana")
    text = (bahan.RENCANA_CONTOH.with_suffix(".toml")).read_text("utf-8")
    return bahan.write_rencana(
        folder / "r.csv", [{k: "" if v is None else v for k, v in r.items()} for r in rows], text
    )


@pytest.fixture(scope="module")
def returned(plan: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rkt, dict[str, Kiriman]]:
    """All cases typed into one set of workbooks, read back; by the sub-bagian's file."""
    folder = tmp_path_factory.mktemp("kiriman")
    bahan.build(folder, plan, triwulan=4)
    rkt, _ = read_plan(plan)
    contents, formats = {}, {}
    for row in KASUS:
        key = Key(*row["sel"].split())
        contents[key] = content_of(row["isi"])
        if row["format"]:
            formats[key] = row["format"]
    files = bahan.type_into(folder, rkt, contents, formats)
    return rkt, {k.berkas: k for k in check_returns(files, rkt)}


@pytest.mark.parametrize("row", KASUS, ids=lambda r: r["kasus"])
def test_content_of_a_cell(returned: tuple[Rkt, dict[str, Kiriman]], row: dict[str, str]) -> None:
    rkt, files = returned
    key = Key(*row["sel"].split())
    kiriman, place = files[bahan.file_of(rkt, key.id)], bahan.place_of(rkt, key)
    entry = kiriman.entries[key]
    assert (entry.lembar, entry.sel) == (place.sheet, place.address)
    is_text = key.kolom in ("kendala", "tindak_lanjut", "data_dukung")
    expected = (
        row["nilai"].replace("\\u00a0", "\u00a0") or None if is_text else kasus.parse_isian(row["nilai"])
    )
    assert entry.value == expected
    assert entry.ditahan == (row["putusan"] == "ditahan")
    of_pairs = ("N01", "N02", "N03", "N04")  # these speak of two cells
    found = [
        p
        for p in kiriman.problems
        if (p.lembar, p.sel) == (place.sheet, place.address) and p.kode not in of_pairs
    ]
    assert [p.kode for p in found] == ([row["kode"]] if row["kode"] else [])
    for p in found:
        assert str(p.putusan) == row["putusan"]
        assert f"{kiriman.berkas} › {place.sheet}!{place.address} — " in p.pesan
        assert " Tindakan: " in p.pesan
        assert not ({"{", "}"} & set(p.masalah + p.tindakan)), "an unfilled place in the message"


def one(folder: Path, contents: dict[Key, Any], triwulan: int = 2) -> tuple[Path, Kiriman]:
    """One returned file of the example plan with these contents."""
    bahan.build(folder, triwulan=triwulan)
    path = bahan.type_into(folder, bahan.rkt_contoh(), contents)[0]
    return path, check_returns([path], bahan.rkt_contoh())[0]


def pair(id: str, tw: int, p: Any, q: Any) -> dict[Key, Any]:
    return {Key(id, f"TW{tw}", "pembilang"): p, Key(id, f"TW{tw}", "penyebut"): q}


def codes(kiriman: Kiriman) -> list[str]:
    return [p.kode for p in kiriman.problems]


def test_pairs_that_do_not_fit(tmp_path: Path) -> None:
    """Half a pair, a penyebut of 0, a share above its whole, Nihil without leave, a cumulative count that falls."""
    typed = (
        pair("S43-I1", 1, 40, None)
        | pair("S43-I1", 2, 3, 0)
        | pair("S43-I1", 3, 51, 50)
        | pair("S43-I1", 4, 0, 0)
    )
    typed |= (
        pair("S13-I1", 1, 20, 40)
        | pair("S13-I1", 2, 19, 50)
        | pair("S19-I1", 1, None, 0)
        | pair("S19-I1", 2, "Nihil", None)
        | pair("S19-I1", 3, "Nihil", 5)
    )
    _, kiriman = one(tmp_path, typed, triwulan=4)
    found = {(p.kode, p.lembar, p.sel) for p in kiriman.problems}
    assert found == {
        ("N01", "S43", "F8"), ("N02", "S43", "F9"), ("N03", "S43", "E10"), ("N07", "S43", "E11"), ("N04", "S13", "E9"),
        ("N08", "S19", "E10"),
    }  # fmt: skip


def keep(kiriman: Kiriman) -> dict[Key, Any]:
    return {k: e.value for k, e in kiriman.entries.items() if e.value is not None}


TYPED = (
    pair("S17-I1", 1, 9, 10)
    | pair("S17-I2", 1, 7, 8)
    | pair("S43-I1", 2, 44, 50)
    | {Key("S14-I1", "TW1", "realisasi"): 1}
)


def changed(tmp_path: Path, change: Any) -> tuple[Path, Kiriman]:
    """A filled workbook that someone changed with another program."""
    path, before = one(tmp_path, TYPED)
    assert keep(before) == TYPED
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path, check_returns([path], bahan.rkt_contoh())[0]


def test_inserted_rows_and_columns_are_read_by_key(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for merged in list(book["S17"].merged_cells.ranges):
            book["S17"].unmerge_cells(str(merged))
        book["S17"].insert_rows(6, 3)
        book["S17"].insert_cols(4, 1)

    _, after = changed(tmp_path, change)
    assert keep(after) == TYPED
    assert [p.message.name for p in after.problems] == [
        "B05",
        "B10_PINDAH",
        "B14",  # openpyxl leaves the hiding of a column where it was: now an entry column is hidden
    ]


def test_moved_cards_and_renamed_sheets_are_read_by_key(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["S17"].title = "Sarana"
        book.move_sheet("Sarana", 3)
        for merged in list(book["S43"].merged_cells.ranges):
            book["S43"].unmerge_cells(str(merged))
        book["S43"].move_range("A6:V12", rows=20)

    _, after = changed(tmp_path, change)
    assert keep(after) == TYPED
    assert set(codes(after)) == {"B01", "B05"}


def test_sorted_rows_are_read_by_key(tmp_path: Path) -> None:
    """TW IV to TW I on the sheet: every row still carries its own key and label."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["S43"]
        rows = [[c.value for c in sheet[r]] for r in range(8, 12)]
        for r, values in zip(range(8, 12), reversed(rows), strict=True):
            for c, value in enumerate(values, 1):
                sheet.cell(r, c).value = value

    _, after = changed(tmp_path, change)
    assert keep(after) == TYPED
    entry = after.entries[Key("S43-I1", "TW2", "pembilang")]
    assert (entry.lembar, entry.sel) == ("S43", "E10")


def test_cells_typed_over_and_inserted_rows_are_told(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["S16"]
        sheet["G8"], sheet["L9"] = 0.975, "dikerjakan"
        for block in list(book["S43"].merged_cells.ranges):
            book["S43"].unmerge_cells(str(block))
        book["S43"].insert_rows(9)
        book["S43"]["E9"] = 777

    _, after = changed(tmp_path, change)
    assert {(p.kode, p.lembar, p.sel) for p in after.problems} >= {("D01", "S16", "G8"), ("B12", "S43", "E9")}
    assert keep(after) == TYPED


def test_file_that_no_rule_foresaw_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = one(tmp_path, TYPED)
    monkeypatch.setattr("builder.reader.form.note_stray", lambda reading: 1 / 0)
    kiriman = check_returns([path], bahan.rkt_contoh())[0]
    assert (kiriman.status, codes(kiriman), kiriman.entries) == ("ditolak", ["H14"], {})


def test_chart_sheet_is_no_obstacle(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        chart = openpyxl.chart.BarChart()
        chart.add_data(openpyxl.chart.Reference(book["Rekap"], min_col=1, min_row=5, max_row=9))
        book.create_chartsheet("Grafik").add_chart(chart)

    _, after = changed(tmp_path, change)
    assert keep(after) == TYPED
    assert after.status == "diterima"


def _clear(book: openpyxl.Workbook) -> None:
    book["S43"]["A9"] = None


def _double(book: openpyxl.Workbook) -> None:
    book["S43"]["A10"] = "S43-I1|TW2"


def _relabel(book: openpyxl.Workbook) -> None:
    book["S43"]["C9"], book["S43"]["C8"] = "TW I", "TW II"


def _heading(book: openpyxl.Workbook) -> None:
    book["S43"]["E7"] = "Atas"


def _unit(book: openpyxl.Workbook) -> None:
    cell = next(c for c in book["S43"][6] if c.value == "persentase|%|rasio")
    cell.value = "jumlah|Berkas|langsung"


def _unknown(book: openpyxl.Workbook) -> None:
    book["S43"]["A40"] = "S99-I9|TW1"


def _remove(book: openpyxl.Workbook) -> None:
    del book["S43"]


@pytest.mark.parametrize(
    ("change", "code", "held"),
    [
        (_clear, "B06", {"TW2"}),
        (_double, "B07", {"TW2", "TW3"}),
        (_relabel, "B11", {"TW1", "TW2"}),
        (_heading, "B10", set()),
        (_unit, "B23", {"TW1", "TW2"}),
        (_unknown, "B08", set()),
        (_remove, "B02", {"TW2"}),
    ],
)
def test_broken_structure_is_held_and_nothing_of_it_is_believed(
    tmp_path: Path, change: Any, code: str, held: set[str]
) -> None:
    _, after = changed(tmp_path, change)
    assert code in codes(after)
    assert after.status == "ditahan"
    believed = {k for k in keep(after) if k.id == "S43-I1"}
    if code != "B08":
        assert not {k for k in believed if k.baris in held and k.kolom == "pembilang"}
    others = {k: v for k, v in TYPED.items() if k.id != "S43-I1"}
    assert {k: v for k, v in keep(after).items() if k.id != "S43-I1"} == others


def _copy(book: openpyxl.Workbook) -> None:
    book.copy_worksheet(book["S43"]).title = "S43 (2)"
    book["S43 (2)"]["E9"] = 45


def _retype(book: openpyxl.Workbook) -> None:
    book["S43"]["A9"] = "S43-l1 | TW2"


def _miss(book: openpyxl.Workbook) -> None:
    book["S43"]["H20"] = 1  # no card there
    book["S14"]["E8"], book["S14"]["F8"] = 40, 50


def _merge(book: openpyxl.Workbook) -> None:
    book["S43"].merge_cells("E9:F9")


@pytest.mark.parametrize(
    ("change", "told", "key", "found"),
    [
        (_copy, ("B03", "S43 (2)", "E9"), Key("S43-I1", "TW2", "pembilang"), "44 ↔ 45"),
        (_double, ("B07", "S43", "A10"), Key("S43-I1", "TW2", "pembilang"), "44 ↔ kosong"),
        (_retype, ("B09", "S43", "A9"), Key("S43-I1", "TW2", "penyebut"), "50"),
        (_miss, ("B11", "S14", "E8"), Key("S14-I1", "TW1", "realisasi"), "1"),
        (_merge, ("B13", "S43", "E9"), Key("S43-I1", "TW2", "penyebut"), "digabung dengan E9"),
    ],
)
def test_what_is_held_stays_visible(
    tmp_path: Path, change: Any, told: tuple[str, str, str], key: Key, found: str
) -> None:
    _, after = changed(tmp_path, change)
    assert told in {(p.kode, p.lembar, p.sel) for p in after.problems}
    entry = after.entries[key]
    assert (entry.value, entry.ditahan, entry.isi) == (None, True, found)


def test_copy_with_the_same_entries_is_read_once(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book["S43"]).title = "Cadangan"

    _, after = changed(tmp_path, change)
    assert keep(after) == TYPED
    assert [(p.kode, p.lembar) for p in after.problems] == [("B03", "Cadangan")]
    assert after.status == "peringatan"


def test_polarity_settled_after_hand_out_changes_nothing_on_the_sheet(tmp_path: Path) -> None:
    """The form said KONFIRMASI when it was handed out: its words and formulas are those of that day."""
    path, _ = one(tmp_path, pair("S21-I1", 1, 1, 10))
    rkt = bahan.rkt_contoh()
    settled = [
        replace(s, indikator=tuple(replace(i, ragu=frozenset()) for i in s.indikator)) for s in rkt.sasaran
    ]
    kiriman = check_returns([path], replace(rkt, sasaran=tuple(settled)))[0]
    assert codes(kiriman) == []
    assert keep(kiriman) == pair("S21-I1", 1, 1, 10)


def test_locked_cells_are_compared_and_the_plan_wins(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["S43"]["D9"] = 0.5
        book["S43"]["C6"] = "Persentase arsip"
        book["S43"]["I9"] = 1
        book["S43"]["R40"] = "catatan liar"
        book.create_sheet("Rincian")["B2"] = "data sendiri"

    path, after = changed(tmp_path, change)
    told = {(p.kode, p.lembar, p.sel) for p in after.problems}
    assert told == {
        ("B19", "S43", "D9"), ("B19", "S43", "C6"), ("D01", "S43", "I9"), ("B12", "S43", "R40"),
        ("B04", "Rincian", "B2"),
    }  # fmt: skip
    assert keep(after) == TYPED
    assert after.status == "peringatan"
    made = consolidate_returns([path], bahan.RENCANA_CONTOH, tmp_path / "k.xlsx", triwulan=2)
    assert openpyxl.load_workbook(tmp_path / "k.xlsx")["S43"]["D9"].value == 0.875
    assert made.clean


def test_stored_result_that_differs_is_told(tmp_path: Path) -> None:
    """A workbook whose stored capaian is not what its entries give: the recomputed one is used, the sheet's told."""
    from builder.writer import write_book
    from workbook_templates.buku_kerja import buku_kerja
    from workbook_templates.kartu import Isi
    from workbook_templates.tema import STYLES

    rkt = bahan.rkt_contoh()
    owner = rkt.owner(rkt.indikator[-1])
    other = buku_kerja(rkt, owner, Isi(pair("S43-I1", 1, 10, 50)), triwulan=1)
    stale = buku_kerja(rkt, owner, Isi(pair("S43-I1", 1, 40, 50)), triwulan=1)
    stale.__dict__["evaluation"] = other.evaluation  # stored results of other entries
    write_book(stale, STYLES, tmp_path / "BukuKerja-2024-KUL.xlsx")
    kiriman = check_returns([tmp_path / "BukuKerja-2024-KUL.xlsx"], rkt)[0]
    assert [(p.kode, p.lembar, p.sel) for p in kiriman.problems] == [("D02", "S43", "G8")]
    assert keep(kiriman) == pair("S43-I1", 1, 40, 50)


# --- identity -----------------------------------------------------------------------------------------------------


def with_identity(rkt: Rkt, **changes: Any) -> Rkt:
    return replace(rkt, identitas=replace(rkt.identitas, **changes))


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [({"tahun": 2025}, "A07", "ditolak"), ({"kantor": "KPU Kota Lain"}, "A06", "ditahan")],
)
def test_workbook_of_another_year_or_office_is_not_merged(
    tmp_path: Path, changes: dict[str, Any], code: str, status: str
) -> None:
    path, _ = one(tmp_path, TYPED)
    kiriman = check_returns([path], with_identity(bahan.rkt_contoh(), **changes))[0]
    assert (kiriman.status, codes(kiriman), kiriman.entries) == (status, [code], {})
    assert kiriman.sub_bagian is None


def test_identity_is_inside_never_in_the_name(tmp_path: Path) -> None:
    path, _ = one(tmp_path, TYPED)
    renamed = tmp_path / "Salinan dari BukuKerja-2023-REN (2).xlsx"
    shutil.move(path, renamed)
    kiriman = check_returns([renamed], bahan.rkt_contoh())[0]
    assert codes(kiriman) == ["A02"]
    assert "«2023 REN»" in kiriman.problems[0].pesan
    assert kiriman.sub_bagian is not None
    assert kiriman.sub_bagian.kode == "KUL"
    assert keep(kiriman) == TYPED


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BukuKerja-2024-KUL (2)", None),
        ("Copy of BukuKerja-2024-KUL", None),
        ("bukukerja 2024 kul final 17-01-2025", None),
        ("Laporan TW I Keuangan", "A01"),
        ("BukuKerja-2024-KUL dan TEK", None),
        ("Laporan KUL 2025", "A02"),
        ("BukuKerja-2024-TEK", "A02"),
    ],
)
def test_name_of_the_file_is_compared_only(tmp_path: Path, name: str, code: str | None) -> None:
    path, _ = one(tmp_path, TYPED)
    kiriman = check_returns([path.rename(tmp_path / f"{name}.xlsx")], bahan.rkt_contoh())[0]
    assert codes(kiriman) == ([code] if code else [])
    assert keep(kiriman) == TYPED


def test_identity_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        row = next(r for r in book["_meta"].iter_rows() if r[0].value == "sub_bagian")
        row[1].value = "REN"

    assert codes(changed(tmp_path, change)[1]) == ["A04"]


def test_identity_survives_the_loss_of_one_carrier(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        del book["_meta"]

    _, after = changed(tmp_path, change)
    assert after.sub_bagian is not None
    assert keep(after) == TYPED


def test_foreign_files_are_refused_by_name(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "lain.xlsx")
    (tmp_path / "kosong.xlsx").write_bytes(b"")
    (tmp_path / "surat.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "lama.xls").write_bytes(ole("Workbook"))
    (tmp_path / "palsu.xlsx").write_text("<html>masuk</html>")
    (tmp_path / "catatan.txt").write_text("catatan")
    docx.Document().save(str(tmp_path / "word.xlsx"))
    (tmp_path / "rusak.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    (tmp_path / "~$lain.xlsx").write_bytes(b"kunci")
    files, problems = gather_files([tmp_path])
    assert [p.kode for p in problems] == ["J02"]
    found = {k.berkas: codes(k) for k in check_returns(files, bahan.rkt_contoh())}
    expected = {"lain": "A03", "kosong": "J01", "palsu": "G03", "rusak": "J01"}
    others = {"surat.pdf": ["G02"], "lama.xls": ["G01"], "catatan.txt": ["G02"], "word.xlsx": ["G03"]}
    assert found == {f"{n}.xlsx": [c] for n, c in expected.items()} | others


# --- several files ------------------------------------------------------------------------------------------------


def second(tmp_path: Path, number: Any, contents: dict[Key, Any], triwulan: Any = 2) -> Path:
    """A further return of the same sub-bagian."""
    folder = tmp_path / f"lain{number}{triwulan}{len(contents)}"
    path, _ = one(folder, contents)
    book = openpyxl.load_workbook(path)
    book["Petunjuk"]["C6"], book["Petunjuk"]["C5"] = number, triwulan
    book.save(path)
    return path.rename(tmp_path / f"kiriman-{number}-{triwulan}-{len(contents)}.xlsx")


def merged(tmp_path: Path, *files: Path) -> tuple[dict[Key, Any], list[Problem]]:
    """What a consolidation of these files makes of them."""
    result = consolidate(check_returns(files, bahan.rkt_contoh()), bahan.rkt_contoh(), 2)
    return result.entries, result.all_problems


def test_higher_number_wins_whatever_the_order(tmp_path: Path) -> None:
    first, newer = (
        second(tmp_path, 1, pair("S43-I1", 1, 40, 50)),
        second(tmp_path, 2, pair("S43-I1", 1, 41, 50) | TYPED),
    )
    for order in ((first, newer), (newer, first)):
        entries, problems = merged(tmp_path, *order)
        assert entries[Key("S43-I1", "TW1", "pembilang")] == 41
        assert "F03" in [p.kode for p in problems]


def test_correction_that_empties_a_cell_is_held(tmp_path: Path) -> None:
    first = second(tmp_path, 1, pair("S43-I1", 1, 40, 50) | pair("S43-I1", 2, 44, 50))
    newer = second(tmp_path, 2, pair("S43-I1", 1, 40, 50))
    entries, problems = merged(tmp_path, first, newer)
    assert entries[Key("S43-I1", "TW2", "pembilang")] == "ditahan: 44"
    assert [(p.berkas, p.sel) for p in problems if p.kode == "C29"] == [
        (newer.name, "E9"),
        (newer.name, "F9"),
    ]


def test_return_of_a_later_triwulan_need_not_repeat_the_earlier_one(tmp_path: Path) -> None:
    first = second(tmp_path, 1, pair("S43-I1", 1, 40, 50) | TYPED, triwulan=1)
    newer = second(tmp_path, 2, pair("S43-I1", 2, 44, 50), triwulan=2)
    entries, problems = merged(tmp_path, first, newer)
    assert entries == TYPED | pair("S43-I1", 1, 40, 50) | pair("S43-I1", 2, 44, 50)
    assert "C29" not in [p.kode for p in problems]


def test_higher_number_for_an_earlier_triwulan_replaces_nothing(tmp_path: Path) -> None:
    """A correction of TW I (kiriman 2) beside the return of TW II (kiriman 1): both count, differences are held."""
    later = second(tmp_path, 1, pair("S43-I1", 1, 40, 50) | pair("S43-I1", 2, 44, 50), triwulan=2)
    correction = second(tmp_path, 2, pair("S43-I1", 1, 41, 50), triwulan=1)
    for order in ((later, correction), (correction, later)):
        entries, problems = merged(tmp_path, *order)
        assert entries[Key("S43-I1", "TW2", "pembilang")] == 44
        assert str(entries[Key("S43-I1", "TW1", "pembilang")]).startswith("ditahan: ")
        assert [p.kode for p in problems if p.kode.startswith("F0")] == ["F04", "F09"]


def test_halves_of_two_files_never_make_one_pair(tmp_path: Path) -> None:
    first = second(tmp_path, 1, pair("S43-I1", 1, 40, None))
    other = second(tmp_path, 1, pair("S43-I1", 1, None, 50) | TYPED)
    entries, problems = merged(tmp_path, first, other)
    halves = [entries[Key("S43-I1", "TW1", half)] for half in ("pembilang", "penyebut")]
    assert halves == ["ditahan: 40 ↔ kosong", "ditahan: kosong ↔ 50"]
    assert [p.kode for p in problems].count("F04") == 2
    newer = second(tmp_path, 2, pair("S43-I1", 1, 45, None), triwulan=3)
    old = second(tmp_path, 1, pair("S43-I1", 1, 40, 50), triwulan=1)
    entries, _ = merged(tmp_path, newer, old)
    assert (entries[Key("S43-I1", "TW1", "pembilang")], entries.get(Key("S43-I1", "TW1", "penyebut"))) == (
        45,
        None,
    )


def test_order_and_names_of_the_files_never_matter(tmp_path: Path) -> None:
    """Three returns of one sub-bagian under every assignment of names, in folders too."""
    contents = (
        (3, 1, pair("S43-I1", 1, 41, 50)),
        (2, 2, pair("S43-I1", 2, 44, 50)),
        (1, 1, pair("S43-I1", 1, 40, 50) | pair("S17-I1", 1, 9, 10)),
    )
    files = [second(tmp_path, n, cells, tw).read_bytes() for n, tw, cells in contents]
    seen = set()
    for number, order in enumerate(itertools.permutations(files)):
        paths = []
        for name, content in zip("abc", order, strict=True):
            folder = tmp_path / str(number) / name
            folder.mkdir(parents=True)
            path = folder / "BukuKerja.xlsx" if number % 2 else folder.with_suffix(".xlsx")
            path.write_bytes(content)
            paths.append(path)
        seen.add(frozenset(merged(tmp_path, *paths)[0].items()))
    assert len(seen) == 1


def test_settings_of_the_file_that_are_no_number_are_told(tmp_path: Path) -> None:
    path = second(tmp_path, "satu", TYPED, triwulan=7)
    kiriman = check_returns([path], bahan.rkt_contoh())[0]
    assert (kiriman.nomor, kiriman.triwulan) == (None, None)
    assert [(p.kode, p.sel) for p in kiriman.problems] == [("A14", "C5"), ("A14", "C6"), ("A01", None)]


def test_entries_after_the_reported_triwulan_are_told(tmp_path: Path) -> None:
    path = second(tmp_path, 1, TYPED | pair("S43-I1", 3, 45, 50), triwulan=2)
    kiriman = check_returns([path], bahan.rkt_contoh())[0]
    assert [(p.kode, p.lembar, p.sel) for p in kiriman.problems] == [
        ("N06", "S43", "E10"),
        ("A01", None, None),
    ]


def test_link_behind_a_text_is_kept_as_text(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["S43"]["O9"].value = "Lihat drive"
        book["S43"]["O9"].hyperlink = "https://contoh.go.id/berkas"

    _, after = changed(tmp_path, change)
    assert (
        after.entries[Key("S43-I1", "TW2", "data_dukung")].value
        == "Lihat drive (https://contoh.go.id/berkas)"
    )


def test_same_number_fills_blanks_and_holds_differences(tmp_path: Path) -> None:
    a, b = (
        second(tmp_path, 1, pair("S43-I1", 1, 40, 50)),
        second(tmp_path, 1, pair("S43-I1", 1, 45, 50) | TYPED),
    )
    for order in ((a, b), (b, a)):
        entries, problems = merged(tmp_path, *order)
        assert entries[Key("S43-I1", "TW1", "pembilang")] == "ditahan: 40 ↔ 45"
        assert entries[Key("S43-I1", "TW1", "penyebut")] == 50
        assert entries[Key("S17-I1", "TW1", "pembilang")] == 9
        (conflict,) = [p for p in problems if p.kode == "F04"]
        assert (conflict.lembar, conflict.sel) == ("S43", "E8")


def test_copy_and_own_outputs_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "kiriman"
    path, _ = one(folder, TYPED)
    shutil.copyfile(path, folder / "Salinan.xlsx")
    made = consolidate_returns([folder], bahan.RENCANA_CONTOH, tmp_path / "k.xlsx", triwulan=2)
    found = [p.kode for p in made.hasil.all_problems]
    assert found.count("F01") == 1
    assert found.count("J09") == 1  # the empty Konsolidasi-2024.xlsx that `bangun` put there
    assert made.hasil.entries == TYPED
