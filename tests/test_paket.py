"""The patcher of closed files: what a patch names is written, everything else stays as it was, byte by byte."""

from __future__ import annotations

import datetime
import errno
import math
import os
import re
import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import bahan
import mesin
import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openxml_audit import FileFormat, OpenXmlValidator

from builder.consolidator import consolidate
from builder.contoh import fill
from builder.expr import Expr, Key, Ref
from builder.layout import Book, Cell, Role, Sheet, address
from builder.masalah import Message, Problem, Refused
from builder.package import apply_patches, read_grids
from builder.patch import Block, Content, Formula, Patch, check_layout, is_same, make_patches, value_at
from builder.reader import Entry, Kiriman
from builder.writer import write_book
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import Saat
from workbook_templates.tema import STYLES

RKT = bahan.rkt_contoh()
OWN = "Milik saya"  # a sheet of the konsolidator
NASTY = (
    "=1+1", "+62 811", "-", "-5", "@impor", "'apostrof", "_x0041_", "a_x000D_b", "_x005F_x0041_", "__x0041__",
    "satu\x01dua\x1f\x0b", "baris 1\nbaris 2", "\ttab\t", "  tepi  ", "]]>", "&<>&amp;\"'", "😀 👩\u200d👧",
    "x" * 32_000,
    "1/2", "007", "1e5", "TRUE", "#REF!", "\u202eterbalik", "é e\u0301", "\ufffe",
)  # fmt: skip


# --- materials ----------------------------------------------------------------------------------------------------


def kiriman(kode: str) -> Kiriman:
    """The return of a sub-bagian as the reader would give it, with some problems."""
    sub_bagian = next(s for s in RKT.sub_bagian if s.kode == kode)
    berkas = f"BukuKerja-2024-{kode}.xlsx"
    entries = {
        key: Entry(key, value, key.id.split("-")[0], f"G{n + 9}", str(value))
        for n, (key, value) in enumerate(fill(RKT, sub_bagian).items())
    }
    at = [(k, e) for k, e in entries.items() if k.kolom in ("pembilang", "realisasi")][:6]
    problems = [
        Problem(Message.C05, berkas, e.lembar, e.sel, e.isi, {"satu": "1", "dua": "2"}, (k.id, k.baris))
        for k, e in at
    ]
    return Kiriman(berkas, kode, None, sub_bagian, 1, 2, entries, problems)


@cache
def konsolidasi(*kode: str) -> Book:
    saat = Saat(f"Segar: {len(kode)} kiriman.", "23/11/2026 21.50") if kode else Saat()
    return buku_konsolidasi(consolidate([kiriman(k) for k in kode], RKT, 2), saat)


KOSONG, SEBAGIAN, PENUH = (), ("KUL",), ("HUK", "KUL", "REN")
KELUARAN = konsolidasi(*KOSONG)
EMPTIED = Key("S01-I1", "TW1", "pembilang")


def own_sheet() -> Sheet:
    """A sheet of the konsolidator with a formula on a cell of ours and one of his own."""
    cells = [
        Cell(0, 0, "Catatan saya", "sel"),
        Cell(1, 0, Ref(EMPTIED) + 1, "sel"),
        Cell(2, 0, 45, "sel", note="komentar saya"),
    ]
    return Sheet(OWN, cells, widths={0: 33.5})


def dressed() -> Book:
    """An empty konsolidasi as the konsolidator has made it his own: a sheet, a comment, a colour, a width."""
    book = buku_konsolidasi(consolidate([], RKT, 2))
    book.sheets.insert(3, own_sheet())
    card = next(s for s in book.sheets if s.name == "S01")
    at = next(n for n, c in enumerate(card.cells) if c.key == EMPTIED)
    card.cells[at] = replace(card.cells[at], style="sorot_sedang", note="tanyakan ke KUL")
    card.widths[0] = 41
    return book


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A konsolidasi as it was written, the konsolidator's own things in it."""
    path = tmp_path_factory.mktemp("asal") / "Konsolidasi-2024.xlsx"
    book = dressed()
    write_book(book, STYLES, path)
    return path


@pytest.fixture(scope="module")
def saved(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as LibreOffice saves it."""
    return mesin.save_with_libreoffice(made, tmp_path_factory.mktemp("libre"))


@pytest.fixture(params=["made", "saved"])
def lama(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of either."""
    source: Path = request.getfixturevalue(request.param)
    return Path(shutil.copy(source, tmp_path / f"{request.param}.xlsx"))


@pytest.fixture
def buku(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "buku.xlsx"))


def refresh(path: Path, *kode: str) -> set[str]:
    """Bring a konsolidasi up to date; returns the sheets that had a patch."""
    book, grids = konsolidasi(*kode), read_grids(path)
    assert check_layout(book, grids) == []
    patches = make_patches(book, grids)
    apply_patches(path, patches, book)
    return {p.sheet for p in patches}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def rewrite(
    path: Path, changes: Mapping[str, Callable[[str], str]], more: Mapping[str, str] | None = None
) -> Path:
    """Edit parts of a package by hand."""
    old = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in old.items():
            edited = changes[name](content.decode()) if name in changes else None
            assert edited != content.decode(), f"{name} did not change"
            new.writestr(name, content if edited is None else edited)
        for name, text in (more or {}).items():
            new.writestr(name, text)
    return path


def part_of(path: Path, sheet: str) -> str:
    """The part of a sheet, by the rules of the format and not by the code under test."""
    content = parts(path)
    (id,) = re.findall(rf'<sheet name="{sheet}"[^>]*r:id="(\w+)"', content["xl/workbook.xml"].decode())
    relations = content["xl/_rels/workbook.xml.rels"].decode()
    (tag,) = [t for t in re.findall(r"<Relationship [^>]*>", relations) if f'Id="{id}"' in t]
    return "xl/" + str(tag.partition('Target="')[2].partition('"')[0])


def opened(path: Path) -> Any:
    """The workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        # LibreOffice writes some rules as extensions, which openpyxl drops.
        warnings.filterwarnings("ignore", r".* extension is not supported", UserWarning, "openpyxl")
        return openpyxl.load_workbook(path)


def audit(path: Path) -> list[str]:
    validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=200)
    return [str(e) for e in validator.validate(str(path)).errors]


# --- a whole refresh ----------------------------------------------------------------------------------------------


def test_patched_file_says_what_the_book_says(lama: Path) -> None:
    """Every cell of the form, brought or computed; and a second refresh writes nothing at all."""
    for kode in (SEBAGIAN, PENUH, KOSONG):
        refresh(lama, *kode)
        book, grids = konsolidasi(*kode), read_grids(lama)
        wrong = [
            f"{s.name}!{address(c.row, c.column)}: {value_at(grids[s.name], c.row, c.column)!r}, {book.value(c)!r}"
            for s in book.sheets
            for c in s.cells
            if not mesin.same_value(value_at(grids[s.name], c.row, c.column), book.value(c))
            and c.role in (Role.BROUGHT, Role.ENTRY, Role.FORMULA)
        ]
        assert not wrong, "\n".join(wrong[:20])
        assert make_patches(book, grids) == []
        before = lama.read_bytes()
        assert refresh(lama, *kode) == set()
        assert lama.read_bytes() == before


def test_values_of_every_kind_are_in_the_refresh() -> None:
    """The test above would say little about a book that holds little."""
    book = konsolidasi(*PENUH)
    brought = [(c, book.value(c)) for s in book.sheets for c in s.cells if c.role is Role.BROUGHT]
    filled = [v for _, v in brought if v not in (None, "")]
    assert len(filled) > 1000
    assert {type(v) for v in filled} >= {int, float, str}
    assert (
        sum(not isinstance(c.content, (int, float, str, bool)) and c.content is not None for c, _ in brought)
        > 100
    )


def test_other_parts_are_byte_identical(lama: Path) -> None:
    before, infos = parts(lama), zipfile.ZipFile(lama).infolist()
    cached = {s.name for s in KELUARAN.sheets}
    patched = refresh(lama, *PENUH)
    after = parts(lama)
    changed = {name for name in before if before[name] != after[name]}
    assert list(after) == list(before)
    assert changed <= {part_of(lama, name) for name in cached} | {"xl/workbook.xml"}
    assert changed >= {part_of(lama, name) for name in patched}
    assert part_of(lama, OWN) not in changed
    assert part_of(lama, "_rencana") not in changed
    assert "xl/sharedStrings.xml" not in changed
    for old, new in zip(infos, zipfile.ZipFile(lama).infolist(), strict=True):
        assert (old.filename, old.date_time, old.compress_type) == (
            new.filename,
            new.date_time,
            new.compress_type,
        )
        assert (old.external_attr, old.comment) == (new.external_attr, new.comment)


def test_workbook_part_differs_only_in_asking_for_a_calculation(lama: Path) -> None:
    before = parts(lama)["xl/workbook.xml"]
    refresh(lama, *SEBAGIAN)
    after = parts(lama)["xl/workbook.xml"]
    assert after.count(b' fullCalcOnLoad="1"') == 1
    assert after.replace(b' fullCalcOnLoad="1"', b"") == before.replace(b' fullCalcOnLoad="1"', b"")


def test_patching_adds_no_fault_to_the_schema(lama: Path) -> None:
    before = audit(lama)
    refresh(lama, *PENUH)
    assert audit(lama) == before
    assert before == [] or lama.stem == "saved"


def test_libreoffice_computes_what_python_does(buku: Path, tmp_path: Path) -> None:
    """The konsolidator's own formula sees the new values too."""
    refresh(buku, *PENUH)
    values = mesin.recalculate_libreoffice(buku, tmp_path / "hitung")
    book = konsolidasi(*PENUH)
    assert [str(b) for b in mesin.compare_book(book, values)] == []
    entry = book.evaluation.value(EMPTIED)
    assert isinstance(entry, (int, float))
    assert values[OWN, "A2"] == entry + 1
    grids = read_grids(buku)
    shown = {
        (name, address(r, c)): value
        for name, grid in grids.items()
        for r, line in enumerate(grid)
        for c, value in enumerate(line)
    }
    differing = [
        at for at, value in shown.items() if not mesin.same_value(value, values.get(at)) and at[0] != OWN
    ]
    assert differing == []


def test_what_is_the_konsolidators_survives(lama: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "warnings.warn", lambda *_, **__: None
        )  # openpyxl tells which extensions it does not know
        before = opened(lama)
        refresh(lama, *PENUH)
        after = opened(lama)
    at = KELUARAN.places[EMPTIED].address
    assert before.sheetnames == after.sheetnames
    for name in before.sheetnames:
        one, two = before[name], after[name]
        assert {k: v.width for k, v in one.column_dimensions.items()} == {
            k: v.width for k, v in two.column_dimensions.items()
        }
        assert one.merged_cells.ranges == two.merged_cells.ranges
        for line in one.iter_rows():
            for cell in line:
                new = two.cell(cell.row, cell.column)
                # LibreOffice leaves the look of some empty cells to their column.
                assert cell._style == new._style or not cell.has_style
                assert (cell.comment and cell.comment.text) == (new.comment and new.comment.text)
    assert "tanyakan ke KUL" in after["S01"][at].comment.text
    assert after["S01"][at].fill.fgColor.rgb == before["S01"][at].fill.fgColor.rgb != "00000000"
    assert [c.value for c in after[OWN]["A"]] == [c.value for c in before[OWN]["A"]]
    # New rows of a list look like their columns.
    jejak = after["Jejak"]
    assert jejak.max_row > 200
    fourth, last = ([jejak.cell(row, column) for column in range(1, 13)] for row in (4, 200))
    assert [c.alignment.horizontal for c in fourth] == [c.alignment.horizontal for c in last]
    assert {c.font.name for c in last} == {"Calibri"}


def test_a_list_that_shrinks_leaves_nothing_behind(buku: Path) -> None:
    refresh(buku, *PENUH)
    long = len(read_grids(buku)["Jejak"])
    refresh(buku, *KOSONG)
    grid = read_grids(buku)["Jejak"]
    assert long > 200
    assert [v for line in grid[3:] for v in line if v not in (None, "")] == []
    assert "<f>" not in parts(buku)[part_of(buku, "Jejak")].decode().partition("<sheetData>")[2]


def test_a_constant_or_another_formula_in_the_place_of_ours_is_left_alone(buku: Path) -> None:
    """The konsolidator may have put his own there; a formula of his is not given a value of ours."""
    book = konsolidasi(*PENUH)
    cards = [
        place.cell
        for key, place in book.places.items()
        if key.id == "S01-I1"
        and isinstance(place.cell.content, Expr)
        and mesin.as_number(book.value(place.cell))
    ][:2]
    constant, other = (address(c.row, c.column) for c in cards)
    part = part_of(buku, "S01")
    rewrite(buku, {
        part: lambda x: re.sub(
            rf'(<c r="{other}"[^>]*>)<f>[^<]*</f><v>[^<]*</v>', r"\1<f>2*3</f><v>6</v>",
            re.sub(rf'(<c r="{constant}"[^>]*>)<f>[^<]*</f><v>[^<]*</v>', r"\1<v>0.5</v>", x),
        )
    })  # fmt: skip
    refresh(buku, *PENUH)
    values = mesin.read_values(buku)
    assert values["S01", constant] == 0.5
    assert values["S01", other] == 6
    content = parts(buku)[part].decode()
    assert re.search(rf'<c r="{other}"[^>]*><f>2\*3</f>', content)
    assert not re.search(rf'<c r="{constant}"[^>]*><f>', content)


# --- single cells -------------------------------------------------------------------------------------------------


def tiny(path: Path, sheet: str, **more: str) -> Path:
    """The least that a package with one sheet needs, by hand; `more`: cols, tail, calc, ns, prefix."""
    ns = more.get("ns", "http://schemas.openxmlformats.org/spreadsheetml/2006/main")
    office = more.get("office", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
    package = "http://schemas.openxmlformats.org/package/2006"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    p = more.get("prefix", "")
    c, xmlns = (f"{p}:", f"xmlns:{p}") if p else ("", "xmlns")
    chain = more.get("chain", "")
    types = (
        f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/buku.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/lembar/satu.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        + ('<Override PartName="/xl/calcChain.xml" '
           'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>' if chain else "")
        + "</Types>"
    )  # fmt: skip
    relation = '<Relationship Id="{}" Type="' + office + '/{}" Target="{}"/>'
    book = f'<{c}workbook {xmlns}="{ns}" xmlns:r="{office}"><{c}sheets>' + (
        f'<{c}sheet name="Satu &amp; dua" sheetId="7" r:id="kedua"/></{c}sheets>{more.get("calc", "")}</{c}workbook>'
    )
    strings = (
        f'<sst xmlns="{ns}"><si><t>bersama</t></si>'
        '<si><r><t>ka</t></r><r><t xml:space="preserve">ya </t></r><rPh sb="0" eb="1"><t>bunyi</t></rPh></si>'
        "<si><t>a_x000D_b_x005F_x0041_</t></si></sst>"
    )
    contents = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        + relation.format("r1", "officeDocument", "/xl/buku.xml") + "</Relationships>",
        "xl/_rels/buku.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + relation.format("pertama", "sharedStrings", "teks.xml")
        + relation.format("kedua", "worksheet", "lembar/satu.xml")
        + (relation.format("ketiga", "calcChain", "calcChain.xml") if chain else "") + "</Relationships>",
        "xl/buku.xml": book,
        "xl/teks.xml": strings,
        "xl/lembar/satu.xml": f'<{c}worksheet {xmlns}="{ns}" xmlns:r="{office}">{more.get("cols", "")}'
        f'<{c}sheetData>{sheet}</{c}sheetData>{more.get("tail", "")}</{c}worksheet>',
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            new.writestr(name, head + content)
        if chain:
            new.writestr("xl/calcChain.xml", f'{head}<calcChain xmlns="{ns}">{chain}</calcChain>')
    return path


SATU = "Satu & dua"


def put(path: Path, contents: Mapping[str, Content], heights: Mapping[int, float] | None = None) -> None:
    blocks = []
    for at, content in contents.items():
        letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", at).groups()  # type: ignore[union-attr]
        column = sum((ord(x) - 64) * 26**n for n, x in enumerate(reversed(letters))) - 1
        blocks.append(Block(int(digits) - 1, column, ((content,),)))
    apply_patches(path, [Patch(SATU, tuple(blocks), heights or {})])


def sheet_of(path: Path) -> str:
    return parts(path)["xl/lembar/satu.xml"].decode()


def rows_of(path: Path) -> str:
    """The rows of the only sheet, as they stand in the file."""
    return re.search(r"<(?:\w+:)?sheetData(?:/>|>.*</(?:\w+:)?sheetData>)", sheet_of(path), re.DOTALL)[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "cell"),
    [
        (45, '<c r="B1"><v>45</v></c>'),
        (45.0, '<c r="B1"><v>45</v></c>'),
        (-0.0, '<c r="B1"><v>0</v></c>'),
        (0.1 + 0.2, '<c r="B1"><v>0.30000000000000004</v></c>'),
        (1e22, '<c r="B1"><v>1e+22</v></c>'),
        (2**53 - 1, '<c r="B1"><v>9007199254740991.0</v></c>'),
        (True, '<c r="B1" t="b"><v>1</v></c>'),
        (False, '<c r="B1" t="b"><v>0</v></c>'),
        ("WTP", '<c r="B1" t="inlineStr"><is><t xml:space="preserve">WTP</t></is></c>'),
        ("a\r\nb", '<c r="B1" t="inlineStr"><is><t xml:space="preserve">a_x000D_\nb</t></is></c>'),
        (Formula("=A1&\"x\"", "7x"), '<c r="B1" t="str"><f>A1&amp;"x"</f><v>7x</v></c>'),
        (Formula("=A1+1", 8), '<c r="B1"><f>A1+1</f><v>8</v></c>'),
        (Formula("=A1=7", True), '<c r="B1" t="b"><f>A1=7</f><v>1</v></c>'),
        (Formula('=""', ""), '<c r="B1" t="str"><f>""</f><v></v></c>'),
        (Formula('=""', None), '<c r="B1" t="str"><f>""</f><v></v></c>'),
    ],
)  # fmt: skip
def test_how_a_content_is_written(tmp_path: Path, content: Content, cell: str) -> None:
    path = tiny(tmp_path / "k.xlsx", '<row r="1"><c r="A1"><v>7</v></c></row>')
    put(path, {"B1": content})
    assert rows_of(path) == f'<sheetData><row r="1"><c r="A1"><v>7</v></c>{cell}</row></sheetData>'
    shown = content.value if isinstance(content, Formula) else content
    assert is_same(value_at(read_grids(path)[SATU], 0, 1), shown)
    before = path.read_bytes()
    put(path, {"B1": content})
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [math.nan, math.inf, -math.inf, "x" * 32_768, Formula("=A1", math.nan)])
def test_what_no_cell_may_hold_is_refused(tmp_path: Path, content: Content) -> None:
    path = tiny(tmp_path / "k.xlsx", "")
    before = path.read_bytes()
    with pytest.raises((ValueError, Refused), match=r"No cell|L09.*A1.*32\.768"):
        put(path, {"A1": content})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_rows_and_cells_come_in_order_with_the_look_of_their_row_or_column(tmp_path: Path) -> None:
    path = tiny(
        tmp_path / "k.xlsx",
        '<row r="2" spans="2:3" s="4" customFormat="1"><c r="B2" s="9"><v>1</v></c></row>'
        '<row r="5" spans="2:3" s="6"><c r="C5"/></row>',
        cols='<dimension ref="B2:C5"/><cols><col min="1" max="2" width="9" style="3"/>'
        '<col min="5" max="5" width="9"/></cols>',
    )  # fmt: skip
    put(path, {"B2": 2, "A2": 1, "D2": 4, "A4": "x", "E5": 5, "A1": 1, "AA7": 7, "C5": None, "D9": None})
    new = '<is><t xml:space="preserve">x</t></is>'
    assert rows_of(path) == (
        '<sheetData><row r="1"><c r="A1" s="3"><v>1</v></c></row>'
        '<row r="2" spans="1:4" s="4" customFormat="1"><c r="A2" s="4"><v>1</v></c><c r="B2" s="9"><v>2</v></c>'
        '<c r="D2" s="4"><v>4</v></c></row>'
        f'<row r="4"><c r="A4" s="3" t="inlineStr">{new}</c></row>'
        '<row r="5" spans="2:5" s="6"><c r="C5"/><c r="E5"><v>5</v></c></row>'
        '<row r="7"><c r="AA7"><v>7</v></c></row></sheetData>'
    )
    assert '<dimension ref="A1:AA7"/>' in sheet_of(path)


def test_an_emptied_cell_keeps_its_look_and_what_it_held_is_gone(tmp_path: Path) -> None:
    path = tiny(
        tmp_path / "k.xlsx",
        '<row r="1"><c r="A1" s="2" t="s"><v>0</v></c><c r="B1" s="2" t="str" cm="1"><f>1</f><v>a</v></c>'
        '<c r="C1" t="inlineStr"><is><t>a</t></is></c><c r="D1" t="e" vm="1"><v>#REF!</v><extLst/></c></row>',
    )
    put(path, {"A1": None, "B1": "", "C1": None, "D1": 5})
    assert rows_of(path) == (
        '<sheetData><row r="1"><c r="A1" s="2"/><c r="B1" s="2"/><c r="C1"/>'
        '<c r="D1"><v>5</v><extLst/></c></row></sheetData>'
    )


def test_cells_that_already_say_so_are_not_touched(tmp_path: Path) -> None:
    """A note in two colours stays in two colours while the row around it is rewritten."""
    path = tiny(
        tmp_path / "k.xlsx",
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>45.0</v></c><c r="C1" t="str"><f>A1</f><v>x</v></c></row>',
    )
    put(path, {"A1": "kaya ", "B1": 45, "C1": Formula("= a1", "x"), "D1": 1})
    assert rows_of(path) == (
        '<sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>45.0</v></c>'
        '<c r="C1" t="str"><f>A1</f><v>x</v></c><c r="D1"><v>1</v></c></row></sheetData>'
    )


def test_heights(tmp_path: Path) -> None:
    path = tiny(tmp_path / "k.xlsx", '<row r="2" ht="15" hidden="1"><c r="A2"><v>1</v></c></row>')
    put(path, {"A2": 2}, {1: 30.75, 3: 18.0})
    assert rows_of(path) == (
        '<sheetData><row r="2" ht="30.75" hidden="1" customHeight="1"><c r="A2"><v>2</v></c></row>'
        '<row r="4" ht="18" customHeight="1"/></sheetData>'
    )


def test_addresses_left_out_are_counted(tmp_path: Path) -> None:
    path = tiny(
        tmp_path / "k.xlsx",
        '<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c r="B3"><v>3</v></c></row>',
    )
    assert read_grids(path) == {SATU: [[1, 2], [], [None, 3]]}
    put(path, {"B1": 5, "A3": 4, "C3": 6, "A2": 9})
    assert read_grids(path) == {SATU: [[1, 5], [9], [4, 3, 6]]}
    assert opened(path).active["C3"].value == 6


@pytest.mark.parametrize(
    ("ns", "office"),
    [
        (
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        ),
        (
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    ],
    ids=["transitional", "strict"],
)
@pytest.mark.parametrize("prefix", ["", "x"])
def test_namespaces_and_prefixes_survive(tmp_path: Path, ns: str, office: str, prefix: str) -> None:
    c = f"{prefix}:" if prefix else ""
    path = tiny(
        tmp_path / "k.xlsx", f'<{c}row r="1"><{c}c r="A1" t="s"><{c}v>0</{c}v></{c}c></{c}row>',
        ns=ns, office=office, prefix=prefix, calc=f'<{c}calcPr calcId="1"/>',
    )  # fmt: skip
    compatible = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="xr"'
        ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xr:uid="{1}">'
    )
    rewrite(
        path,
        {
            "xl/lembar/satu.xml": lambda x: x.replace(
                f'relationships"><{c}sheetData', f'relationships"{compatible}<{c}sheetData'
            )
        },
    )
    put(path, {"B1": "baru", "A2": 1})
    assert read_grids(path) == {SATU: [["bersama", "baru"], [1]]}
    content = sheet_of(path)
    head = content.partition(f"<{c}sheetData>")[0]
    assert 'mc:Ignorable="xr"' in head
    assert 'xr:uid="{1}"' in head
    assert (
        f'<{c}c r="B1" t="inlineStr"><{c}is><{c}t xml:space="preserve">baru</{c}t></{c}is></{c}c>' in content
    )
    assert "ns0" not in content
    assert f'<{c}calcPr fullCalcOnLoad="1" calcId="1"/>'.encode() in parts(path)["xl/buku.xml"]


def test_values_as_they_are_read(tmp_path: Path) -> None:
    path = tiny(
        tmp_path / "k.xlsx",
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="str"><f>1</f><v/></c>'
        '<c r="D2"><f>1</f><v></v></c><c r="E2" t="d"><v>2024-01-02</v></c><c r="F2" t="n"><v>1.5E-3</v></c></row>'
        '<row r="4"><c r="C4"><v>45293</v></c><c r="E4" s="3"/></row>',
    )
    assert read_grids(path) == {
        SATU: [
            ["bersama", "kaya ", "a\rb_x0041_"],
            ["#REF!", True, "", None, "2024-01-02", 0.0015],
            [],
            [None, None, 45293],
        ]
    }


def test_dates_do_not_crash(tmp_path: Path) -> None:
    """A date is the number that formulas see."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([datetime.date(2024, 1, 2), datetime.time(6, 0), datetime.datetime(1900, 1, 1)])
    book.save(tmp_path / "k.xlsx")
    assert read_grids(tmp_path / "k.xlsx") == {"Sheet": [[45293, 0.25, 1]]}


# --- texts --------------------------------------------------------------------------------------------------------


def test_nasty_texts_are_the_same_for_everyone(tmp_path: Path) -> None:
    """openpyxl undoes no escape: its own function for that is asked."""
    path = tiny(tmp_path / "k.xlsx", "")
    put(path, {f"A{n}": text for n, text in enumerate(NASTY, 1)})
    assert [line[0] for line in read_grids(path)[SATU]] == list(NASTY)
    read = list(opened(path)[SATU]["A"])
    assert [unescape(c.value) for c in read] == list(NASTY)
    assert {c.data_type for c in read} == {"s"}
    plain = [t for t in NASTY if "_x" not in t and not re.search("[\x00-\x08\x0b-\x1f\ufffe]", t)]
    assert [c.value for c, text in zip(read, NASTY, strict=True) if text in plain] == plain
    assert len(plain) == len(NASTY) - 6
    again = read_grids(mesin.save_with_libreoffice(path, tmp_path / "libre"))[SATU]
    found = {text: line[0] for text, line in zip(NASTY, again, strict=True)}
    # It reads this one as it is, and saves it without its escape.
    assert found.pop("_x005F_x0041_") == "_x0041_"
    assert [(one, other) for one, other in found.items() if not is_same(one, other)] == []


# --- formulas of others -------------------------------------------------------------------------------------------

SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
)
ARRAY = SHARED.replace("shared", "array").replace(' si="0"', "").replace('<f t="array"/>', "")


@pytest.mark.parametrize(
    ("rows", "contents"),
    [
        (SHARED, {"A1": 5}),
        (ARRAY, {"A1": 5}),
        (ARRAY, {"A2": 5}),
        (ARRAY.replace("array", "dataTable"), {"A2": 5}),
    ],
)
def test_a_formula_that_other_cells_live_on_is_not_overwritten(
    tmp_path: Path, rows: str, contents: dict[str, Content]
) -> None:
    path = tiny(tmp_path / "k.xlsx", rows)
    before = path.read_bytes()
    with pytest.raises(Refused, match=r"L31.*A1"):
        put(path, contents)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("rows", "cells"), [(SHARED, ["A2"]), (SHARED, ["A1", "A2"]), (ARRAY, ["A1", "A2"])])
def test_where_nothing_else_lives_on_a_formula_it_goes(tmp_path: Path, rows: str, cells: list[str]) -> None:
    path = tiny(tmp_path / "k.xlsx", rows)
    put(path, dict.fromkeys(cells, 9))
    grid = read_grids(path)[SATU]
    assert [grid[int(c[1]) - 1][0] for c in cells] == [9] * len(cells)
    assert rows_of(path).count("<f") == rows.count("<f") - len(cells) * (rows == SHARED) - (rows == ARRAY)


CHAIN = '<c r="A1" i="7" l="1"/><c r="B1"/><c r="A1" i="8"/><c r="C1"/><c r="D1" i="7"/>'
FORMULAS = '<row r="1">' + "".join(f'<c r="{x}1"><f>1</f><v>1</v></c>' for x in "ABCD") + "</row>"


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("A", '<c r="B1" i="7"/><c r="A1" i="8"/><c r="C1"/><c r="D1" i="7"/>'),
        ("B", '<c r="A1" i="7" l="1"/><c r="A1" i="8"/><c r="C1"/><c r="D1" i="7"/>'),
        ("AB", '<c r="A1" i="8"/><c r="C1"/><c r="D1" i="7"/>'),
        ("D", '<c r="A1" i="7" l="1"/><c r="B1"/><c r="A1" i="8"/><c r="C1"/>'),
        ("C", CHAIN),  # the C1 in the chain is that of sheet 8
    ],
)
def test_the_chain_of_calculation_names_no_cell_without_a_formula(
    tmp_path: Path, gone: str, left: str
) -> None:
    path = tiny(tmp_path / "k.xlsx", FORMULAS, chain=CHAIN)
    before = parts(path)["xl/calcChain.xml"]
    put(path, {f"{x}1": 2 for x in gone} | {"E1": 1})
    after = parts(path)["xl/calcChain.xml"]
    assert re.search(r"<calcChain[^>]*>(.*)</calcChain>", after.decode())[1] == left  # type: ignore[index]
    assert (after == before) == (left == CHAIN)


def test_a_chain_without_entries_goes_with_all_that_names_it(tmp_path: Path) -> None:
    path = tiny(tmp_path / "k.xlsx", FORMULAS, chain='<c r="A1" i="7"/><c r="B1"/>')
    put(path, {"A1": 1, "B1": None})
    content = parts(path)
    assert "xl/calcChain.xml" not in content
    assert not any(b"calcChain" in c for c in content.values())
    assert b"sharedStrings" in content["xl/_rels/buku.xml.rels"]
    assert opened(path).active["C1"].value == "=1"


def test_a_formula_replaced_by_a_formula_keeps_its_entry(tmp_path: Path) -> None:
    path = tiny(tmp_path / "k.xlsx", FORMULAS, chain=CHAIN)
    before = parts(path)["xl/calcChain.xml"]
    put(path, {"A1": Formula("=2", 2)})
    assert parts(path)["xl/calcChain.xml"] == before


@pytest.mark.parametrize(
    ("calc", "after"),
    [
        ("", '<calcPr fullCalcOnLoad="1"/>'),
        ("<definedNames/>", '<definedNames/><calcPr fullCalcOnLoad="1"/>'),
        (
            '<definedNames><definedName name="N">1</definedName></definedNames><extLst/>',
            '<definedNames><definedName name="N">1</definedName></definedNames><calcPr fullCalcOnLoad="1"/><extLst/>',
        ),
        ("<calcPr/>", '<calcPr fullCalcOnLoad="1"/>'),
        ('<calcPr calcId="191029"/>', '<calcPr fullCalcOnLoad="1" calcId="191029"/>'),
        (
            '<calcPr calcId="1" fullCalcOnLoad="0"></calcPr>',
            '<calcPr fullCalcOnLoad="1" calcId="1"></calcPr>',
        ),
        ('<calcPr calcId="1" fullCalcOnLoad="true" />', None),
        ('<calcPr fullCalcOnLoad="1"/>', None),
    ],
)
def test_excel_is_asked_to_calculate_on_load(tmp_path: Path, calc: str, after: str | None) -> None:
    path = tiny(tmp_path / "k.xlsx", "", calc=calc)
    before = parts(path)["xl/buku.xml"].decode()
    put(path, {"A1": 1})
    expected = before if after is None else before.replace(f"</sheets>{calc}", f"</sheets>{after}")
    assert parts(path)["xl/buku.xml"].decode() == expected


# --- filters ------------------------------------------------------------------------------------------------------


def filtered(path: Path, columns: str, ref: str = "A1:B9", hidden: str = "2345678", **more: str) -> Path:
    """A list of two columns in rows 2 to 5 below a filter; rows 2 to 8 are hidden by it."""
    mark = ' hidden="1"'
    rows = "".join(
        f'<row r="{n}"{mark if str(n) in hidden else ""}><c r="A{n}"><v>{n}</v></c></row>'
        for n in range(1, 10)
    )
    return tiny(path, rows, tail=f'<autoFilter ref="{ref}">{columns}</autoFilter>', **more)


def hidden_rows(path: Path) -> str:
    tags = re.findall(r"<row [^>]*>", rows_of(path))
    return "".join(re.search(r'r="(\d+)"', t)[1] for t in tags if 'hidden="1"' in t)  # type: ignore[index]


VALUES: tuple[Content, ...] = ("Ditahan", "diterima", None, 45, 0.125, True, Formula("=1", "ditahan"))


@pytest.mark.parametrize(
    ("criteria", "hidden"),
    [
        ('<filters><filter val="ditahan"/></filters>', "3456"),
        ('<filters><filter val="DITERIMA"/><filter val="ditahan"/></filters>', "456"),
        ('<filters blank="1"><filter val="ditahan"/></filters>', "356"),
        ('<filters blank="1"/>', "23568"),
        ('<filters><filter val="45"/></filters>', "23468"),
        ('<filters><filter val="0,125"/></filters>', "23458"),
        ('<filters><filter val="0.13"/></filters>', "23458"),
        ('<filters><filter val="4"/></filters>', "234568"),
        ('<filters><dateGroupItem year="2024" dateTimeGrouping="year"/></filters>', ""),
        ('<customFilters><customFilter operator="notEqual" val="ditahan"/></customFilters>', ""),
        ('<top10 val="10"/>', ""),
        ('<colorFilter dxfId="1"/>', ""),
        ('<dynamicFilter type="aboveAverage"/>', ""),
        ("", ""),
    ],
)
def test_written_rows_are_hidden_as_the_filter_says(tmp_path: Path, criteria: str, hidden: str) -> None:
    """Seven rows are rewritten; TRUE is always shown, since its word depends on the language of Excel."""
    column = f'<filterColumn colId="1">{criteria}</filterColumn>' if criteria else ""
    path = filtered(tmp_path / "k.xlsx", column)
    apply_patches(path, [Patch(SATU, (Block(1, 1, tuple((v,) for v in VALUES)),))])
    assert hidden_rows(path) == hidden
    assert f'<autoFilter ref="A1:B9">{column}</autoFilter>'.replace("></autoFilter>", ">")[:20] in sheet_of(
        path
    )
    assert column in sheet_of(path)


def test_rows_that_were_not_written_stay_as_they_are(tmp_path: Path) -> None:
    """Above, below and beside the filter nothing is shown or hidden."""
    path = filtered(tmp_path / "k.xlsx", "", ref="A3:B6", hidden="2345789")
    apply_patches(path, [Patch(SATU, (Block(1, 1, ((1,), (1,), (1,))), Block(6, 1, ((1,),))))])
    assert hidden_rows(path) == "235789"


def test_new_rows_that_do_not_pass_are_hidden_and_two_columns_must_both_pass(tmp_path: Path) -> None:
    one = '<filterColumn colId="0"><filters><filter val="2"/><filter val="3"/></filters></filterColumn>'
    two = '<filterColumn colId="1"><filters><filter val="x"/></filters></filterColumn>'
    path = filtered(tmp_path / "k.xlsx", one + two, ref="A1:B99")
    apply_patches(
        path, [Patch(SATU, (Block(1, 1, (("x",), ("y",), ("x",))), Block(19, 0, ((2, "x"), (9, "x")))))]
    )
    assert hidden_rows(path) == "345678" + "21"
    other = two.replace("filters>", "customFilters>").replace("<filter ", "<customFilter ")
    path = filtered(tmp_path / "k2.xlsx", one + other, ref="A1:B99")
    apply_patches(path, [Patch(SATU, (Block(1, 1, (("x",), ("y",), ("x",))),))])
    assert hidden_rows(path) == "5678"


def test_a_filter_on_a_list_survives_a_refresh(buku: Path) -> None:
    """On Masalah only what is held is shown."""
    refresh(buku, *PENUH)
    part = part_of(buku, "Masalah")
    criterion = '<filterColumn colId="1"><filters><filter val="ditahan"/></filters></filterColumn>'

    def filter_held(content: str) -> str:
        content = re.sub(r'(<autoFilter ref="[^"]*")/>', rf"\1>{criterion}</autoFilter>", content)
        return re.sub(r'(<row r="(?:[4-9]|\d\d+)")', r'\1 hidden="1"', content)

    rewrite(buku, {part: filter_held})
    refresh(buku, *SEBAGIAN)
    grid = read_grids(buku)["Masalah"]
    hidden = {int(n) for n in re.findall(r'<row r="(\d+)"[^>]*hidden="1"', parts(buku)[part].decode())}
    told = {n: line[1] if len(line) > 1 else None for n, line in enumerate(grid[3:], 4)}
    assert {n for n, v in told.items() if v == "ditahan"}.isdisjoint(hidden)
    assert {n for n, v in told.items() if v != "ditahan"} <= hidden
    assert list(told.values()).count("ditahan") >= 1
    assert criterion in parts(buku)[part].decode()


# --- failures -----------------------------------------------------------------------------------------------------


def _full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("where", ["os.fsync", "zipfile.ZipFile.writestr", "pathlib.Path.replace"])
def test_a_write_that_fails_leaves_the_file_as_it_was(
    buku: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before = buku.read_bytes()
    book, grids = konsolidasi(*SEBAGIAN), read_grids(buku)
    with monkeypatch.context() as patch:
        patch.setattr(where, _full)
        with pytest.raises(OSError, match="space") as caught:
            apply_patches(buku, make_patches(book, grids), book)
    assert caught.value.errno == errno.ENOSPC
    assert buku.read_bytes() == before
    assert list(buku.parent.iterdir()) == [buku]


def test_a_file_that_may_not_be_written_is_not_replaced(buku: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read-only, or open in Excel on Windows; root may write everything, so the refusal is played."""
    before, really_open = buku.read_bytes(), Path.open

    def open_read_only(path: Path, mode: str = "r", *more: Any) -> Any:
        if path == buku and "+" in mode:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really_open(path, mode, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_read_only)
        with pytest.raises(PermissionError):
            refresh(buku, *SEBAGIAN)
    assert buku.read_bytes() == before
    assert list(buku.parent.iterdir()) == [buku]


def test_no_file_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_grids(tmp_path / "tidak-ada.xlsx")
    with pytest.raises(FileNotFoundError):
        apply_patches(tmp_path / "tidak-ada.xlsx", [])


def _broken() -> Iterator[tuple[str, Callable[[Path], Any], str]]:
    def edit(part: str, change: Callable[[str], str]) -> Callable[[Path], Any]:
        return lambda path: rewrite(tiny(path, '<row r="1"><c r="A1"><v>1</v></c></row>'), {part: change})

    def without(part: str) -> Callable[[Path], Any]:
        def leave_out(path: Path) -> None:
            contents = parts(tiny(path, ""))
            with zipfile.ZipFile(path, "w") as new:
                for name in contents.keys() - {part}:
                    new.writestr(name, contents[name])

        return leave_out

    def cut(path: Path) -> None:
        content = tiny(path, "").read_bytes()
        path.write_bytes(content[: len(content) // 2])

    def flip(path: Path) -> None:
        content = bytearray(tiny(path, '<row r="1"><c r="A1"><v>1</v></c></row>').read_bytes())
        at = content.index(b"xl/lembar/satu.xml") + 60
        content[at : at + 20] = bytes(20)
        path.write_bytes(content)

    def twice(path: Path) -> None:
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tiny(path, ""), "a") as package:
            package.writestr("xl/lembar/satu.xml", "x")

    sheet, entity = "xl/lembar/satu.xml", '<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield "kosong", lambda path: path.write_bytes(b""), "bukan buku kerja"
    yield "teks", lambda path: path.write_bytes(b"halo"), "bukan buku kerja"
    yield "sandi", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "bersandi"
    yield "terpotong", cut, "bukan buku kerja"
    yield "byte", flip, "isinya rusak"
    yield "ganda", twice, "isinya rusak"
    yield "tanpa lembar", without(sheet), "bukan buku kerja"
    yield "tanpa buku", without("xl/buku.xml"), "bukan buku kerja"
    yield "tanpa relasi", without("_rels/.rels"), "bukan buku kerja"
    yield "xml", edit(sheet, lambda x: x.replace("</row>", "")), "isinya rusak"
    yield "tanpa data", edit(sheet, lambda x: re.sub("<sheetData>.*</sheetData>", "", x)), "isinya rusak"
    yield "alamat", edit(sheet, lambda x: x.replace('r="A1"', 'r="1A"')), "isinya rusak"
    yield "baris", edit(sheet, lambda x: x.replace('<row r="1">', '<row r="satu">')), "isinya rusak"
    yield "baris lain", edit(sheet, lambda x: x.replace('r="A1"', 'r="A2"')), "isinya rusak"
    yield (
        "urutan",
        edit(sheet, lambda x: x.replace("</sheetData>", '<row r="1"/></sheetData>')),
        "isinya rusak",
    )
    yield "angka", edit(sheet, lambda x: x.replace("<v>1</v>", "<v>satu</v>")), "isinya rusak"
    yield "nan", edit(sheet, lambda x: x.replace("<v>1</v>", "<v>nan</v>")), "isinya rusak"
    yield (
        "indeks",
        edit(sheet, lambda x: x.replace("<c ", '<c t="s" ').replace("<v>1<", "<v>99<")),
        "isinya rusak",
    )
    yield (
        "doctype",
        edit(sheet, lambda x: x.replace("\n<w", f"\n{entity}<w").replace("<v>1", "<v>&e;")),
        "isinya rusak",
    )


@pytest.mark.parametrize(("make", "sebab"), [pytest.param(m, s, id=n) for n, m, s in _broken()])
def test_what_is_no_readable_workbook_is_refused(
    tmp_path: Path, make: Callable[[Path], Any], sebab: str
) -> None:
    path = tmp_path / "k.xlsx"
    make(path)
    before = path.read_bytes()
    for act in (read_grids, lambda p: put(p, {"A1": 5, "A2": 1})):
        with pytest.raises(Refused) as caught:
            act(path)
        (problem,) = caught.value.problems
        assert problem.message is Message.S03
        assert sebab in problem.pesan
        assert path.name in problem.pesan
    assert path.read_bytes() == before


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tiny(tmp_path / "k.xlsx", "")
    with pytest.raises(Refused, match="lembar «Jejak» tidak ada"):
        apply_patches(path, [Patch("Jejak", (Block(0, 0, ((1,),)),))])


def test_macros_and_a_comment_of_the_archive_are_copied(tmp_path: Path) -> None:
    path = tiny(tmp_path / "k.xlsm", "")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as package:
        package.writestr("xl/vbaProject.bin", bytes(range(256)) * 40)
        package.comment = b"komentar arsip"
    put(path, {"A1": 1})
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/vbaProject.bin") == bytes(range(256)) * 40
        assert package.getinfo("xl/vbaProject.bin").compress_type == zipfile.ZIP_STORED
        assert package.comment == b"komentar arsip"


def test_an_empty_patch_writes_nothing(buku: Path) -> None:
    before, stamp = buku.read_bytes(), buku.stat().st_mtime_ns
    apply_patches(buku, [])
    apply_patches(buku, [], KELUARAN)
    assert (buku.read_bytes(), buku.stat().st_mtime_ns) == (before, stamp)
