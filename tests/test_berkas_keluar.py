"""The emitted files: valid for Microsoft's schema, within Excel's limits, and whole after LibreOffice saved them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import bahan
import mesin
import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openxml_audit import FileFormat, OpenXmlValidator

from builder.commands import consolidate_returns, import_naskah
from builder.contoh import NASKAH, examples_folder, fill
from builder.expr import Key
from builder.layout import Role
from builder.returns import check_returns
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import TEKS, Isi
from workbook_templates.tema import STYLES

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One of each kind: plan, buku kerja empty and filled, konsolidasi empty and filled, long texts."""
    folder = tmp_path_factory.mktemp("keluar")
    rkt = bahan.rkt_contoh()
    import_naskah(examples_folder() / NASKAH, folder / "Rencana.xlsx")
    bahan.build(folder)
    for sub_bagian in rkt.sub_bagian:
        book = buku_kerja(rkt, sub_bagian, Isi(fill(rkt, sub_bagian)), triwulan=2)
        write_book(book, STYLES, folder / f"Isi-{sub_bagian.kode}.xlsx")
    consolidate_returns(
        sorted(folder.glob("Isi-*.xlsx")), bahan.RENCANA_CONTOH, folder / "Konsolidasi-isi.xlsx", triwulan=2
    )
    long = "Persentase penyelenggaraan & <pemilihan> \"yang\" 'tertib', efektif " * 6
    rows = [bahan.baris(f"S01-I{n}", sasaran=long[:300], indikator=long[:300]) for n in range(1, 13)]
    plan = bahan.write_rencana(folder / "r.csv", rows)
    for path in bahan.build(folder / "panjang", plan, 1):
        path.rename(folder / f"Panjang-{path.name}")
    return sorted(folder.glob("*.xlsx"))


def test_schema_of_every_file(files: list[Path]) -> None:
    validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=20)
    assert len(files) >= 12
    for path in files:
        assert [str(e) for e in validator.validate(str(path)).errors] == [], path.name


def _parts(path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith(".xml"):
                yield name, ElementTree.fromstring(package.read(name))


def test_limits_that_the_schema_does_not_hold(files: list[Path]) -> None:
    """What Excel repairs or drops: long formulas and messages, two rules on a cell, names, sheet names, merges."""
    for path in files:
        for part, root in _parts(path):
            faults = [*_sheet_faults(root), *_book_faults(root)]
            assert faults == [], f"{path.name} {part}"


def _sheet_faults(root: ElementTree.Element) -> Iterator[str]:
    for formula in root.iter(f"{_MAIN}f"):
        if len(formula.text or "") > 8191:
            yield f"formula of {len(formula.text or '')}"
    ruled: set[str] = set()
    for rule in root.iter(f"{_MAIN}dataValidation"):
        for name, limit in (("promptTitle", 32), ("errorTitle", 32), ("prompt", 255), ("error", 255)):
            if len(rule.get(name, "")) > limit:
                yield f"{name} of {len(rule.get(name, ''))}"
        for text in rule.itertext():
            if len(text) > 255 or ('"' in text and "," in text and text.startswith('"')):
                yield f"rule {text[:40]}"
        cells = (rule.get("sqref") or "").split()
        yield from (f"two rules on {c}" for c in cells if c in ruled)
        ruled |= set(cells)
        if rule.get("type") == "custom" and rule.get("allowBlank") == "1":
            yield f"rule over cells lets everything through while one is blank: {cells}"
    yield from _overlaps([m.get("ref", "") for m in root.iter(f"{_MAIN}mergeCell")])
    for row in root.iter(f"{_MAIN}row"):
        if float(row.get("ht", "0")) > 409.5:
            yield f"row {row.get('r')} of {row.get('ht')}"


def _overlaps(merges: list[str]) -> Iterator[str]:
    seen: dict[tuple[int, int], str] = {}
    for ref in merges:
        block = CellRange(ref)
        for row in range(block.min_row, block.max_row + 1):
            for column in range(block.min_col, block.max_col + 1):
                if (row, column) in seen:
                    yield f"{ref} over {seen[row, column]}"
                seen[row, column] = ref


def _book_faults(root: ElementTree.Element) -> Iterator[str]:
    names = [
        n.get("name", "")
        for n in root.iter(f"{_MAIN}definedName")
        if not n.get("name", "").startswith("_xlnm")
    ]
    for name in names:
        if not _NAME.fullmatch(name) or _ADDRESS.fullmatch(name) or len(name) > 255:
            yield f"name {name}"
    if len({n.lower() for n in names}) != len(names):
        yield "a name twice"
    for sheet in root.iter(f"{_MAIN}sheet"):
        title = sheet.get("name", "")
        if len(title) > 31 or set(title) & set("[]:*?/\\"):
            yield f"sheet {title}"
    for text in root.iter(f"{_MAIN}t"):
        if len(text.text or "") > 32767:
            yield "text too long"


def test_lint_sees_what_it_looks_for() -> None:
    """The lint itself: a sheet with each fault is told."""
    xml = (
        f'<worksheet xmlns="{_MAIN[1:-1]}"><sheetData><row r="1" ht="500"><c><f>{"A" * 9000}</f></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>'
        '<dataValidations><dataValidation sqref="A1" type="custom" allowBlank="1" promptTitle="{0}"/>'
        '<dataValidation sqref="A1" error="{1}"/></dataValidations></worksheet>'
    ).format("t" * 33, "e" * 256)
    assert len(list(_sheet_faults(ElementTree.fromstring(xml)))) == 7
    book = f'<workbook xmlns="{_MAIN[1:-1]}"><sheets><sheet name="a/b"/></sheets>'
    book += '<definedNames><definedName name="TW1"/></definedNames></workbook>'
    assert len(list(_book_faults(ElementTree.fromstring(book)))) == 2


def _shape(path: Path) -> dict[str, Any]:
    """Validations, locks, names and hidden sheets of a workbook."""
    book = openpyxl.load_workbook(path)
    rules: dict[tuple[str, str], tuple[str, str | None]] = {}
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            for ref in str(rule.sqref).split():
                for line in sheet[ref] if ":" in ref else ((sheet[ref],),):
                    rules |= {(sheet.title, c.coordinate): (rule.type, rule.prompt) for c in line}
    return {
        "rules": rules,
        "names": {
            n: next(iter(d.destinations)) for n, d in book.defined_names.items() if not n.startswith("_")
        },
        "hidden": [s.title for s in book.worksheets if s.sheet_state != "visible"],
        "protected": [s.title for s in book.worksheets if s.protection.sheet],
        "locks": {
            (s.title, c.coordinate): c.protection.locked
            for s in book.worksheets
            for line in s.iter_rows()
            for c in line
        },
    }


def test_workbook_saved_by_libreoffice_reads_the_same(tmp_path: Path) -> None:
    """Entries, problems, validations, locks, names and protection after open and save in LibreOffice."""
    rkt = bahan.rkt_contoh()
    sub_bagian = rkt.sub_bagian[1]
    book = buku_kerja(rkt, sub_bagian, Isi(fill(rkt, sub_bagian)), triwulan=2)
    ours = tmp_path / "BukuKerja.xlsx"
    write_book(book, STYLES, ours)
    saved = mesin.save_with_libreoffice(ours, tmp_path / "lo")
    before, after = (check_returns([p], rkt)[0] for p in (ours, saved))
    assert before.terisi > 60
    assert {k: (e.value, e.lembar, e.sel) for k, e in after.entries.items()} == {
        k: (e.value, e.lembar, e.sel) for k, e in before.entries.items()
    }
    assert [p.pesan for p in after.problems] == [p.pesan for p in before.problems]
    shape, again = _shape(ours), _shape(saved)
    assert again["rules"] == shape["rules"]
    assert again["names"] == shape["names"]
    assert again["hidden"] == shape["hidden"]
    assert again["protected"] == shape["protected"]
    for key, place in book.entry_places():
        assert again["locks"][place.sheet, place.address] is False, key
    for sheet in book.sheets:
        for cell in sheet.cells:
            if cell.role is not Role.ENTRY and cell.content is not None:
                at = f"{get_column_letter(cell.column + 1)}{cell.row + 1}"
                assert again["locks"][sheet.name, at] is True, (sheet.name, at)


def test_every_entry_cell_has_its_rule_and_its_name() -> None:
    """Validation by the target's type on each number cell, a name on each entry cell; nothing else is open."""
    rkt = bahan.rkt_contoh()
    kinds: dict[str, set[str]] = {}
    for sub_bagian in rkt.sub_bagian:
        book = buku_kerja(rkt, sub_bagian)
        for key, place in book.entry_places():
            i = rkt.find_indikator(key.id)
            assert place.cell.name
            if i is None or key.kolom in TEKS:
                continue
            rule = place.cell.validation
            assert rule is not None, key
            assert "misalnya" in rule.message
            assert rule.error
            kinds.setdefault(f"{i.tipe} {i.isian}", set()).add(f"{rule.kind}{'' if rule.stops else ' warns'}")
    assert kinds == {
        "persentase rasio": {"decimal", "custom"},
        "jumlah langsung": {"whole"},
        "nilai langsung": {"decimal"},
        "predikat langsung": {"list warns"},
        "opini langsung": {"list"},
    }


def test_title_of_a_hint_is_not_cut(files: list[Path]) -> None:
    """Excel shows 32 characters; a title ends where its heading does, or before what stands in brackets."""
    (path,) = (p for p in files if p.name == "Rencana.xlsx")
    sheet = openpyxl.load_workbook(path)["Rencana"]
    headings = {str(c.value) for c in sheet[3]}
    titles = {str(rule.promptTitle) for rule in sheet.data_validations.dataValidation}
    assert "Ragu" in titles
    assert titles <= headings | {h.partition(" (")[0] for h in headings}


def test_indikator_of_another_sub_bagian_is_grey_and_locked() -> None:
    rkt = bahan.rkt_contoh()
    book = buku_kerja(rkt, rkt.sub_bagian[1])
    entries = {k.id for k, _ in book.entry_places()}
    assert "S03-I2" in entries
    assert not {"S03-I1", "S03-I3"} & entries
    sheet = next(s for s in book.sheets if s.name == "S03")
    texts = [c.content for c in sheet.cells if c.style == "indikator_abu"]
    assert texts == [i.teks for i in rkt.sasaran[2].indikator if i.id != "S03-I2"]
    assert not [k for k in book.places if k.id == "S03-I1" and k.kolom == "capaian"]


def test_printed_pages_hold_every_text(tmp_path: Path) -> None:
    """Each sasaran prints on A4 landscape; every text of the plan is on its page, and no cell shows ####."""
    import pdfplumber

    rkt = bahan.rkt_contoh()
    sub_bagian = rkt.sub_bagian[3]
    ours = tmp_path / "b.xlsx"
    write_book(buku_kerja(rkt, sub_bagian, Isi(fill(rkt, sub_bagian)), triwulan=2), STYLES, ours)
    with pdfplumber.open(mesin.print_with_libreoffice(ours, tmp_path)) as pdf:
        pages = [(p.width, p.height, re.sub(r"\s+", "", p.extract_text())) for p in pdf.pages]
        # LibreOffice also writes, and clips away, the numbers of hidden columns at the right edge of the print area.
        narrow = [
            w for p in pdf.pages for w in p.extract_words() if "##" in w["text"] and w["x1"] < p.width - 60
        ]
    assert narrow == []
    for sasaran in rkt.sasaran_of(sub_bagian):
        wanted = f"SASARAN{sasaran.tingkat.upper()}{sasaran.nomor}"
        own = [p for p in pages if re.search(rf"{wanted}(?!\d)", p[2])]
        assert own, wanted
        for width, height, _ in own:
            assert (round(width), round(height)) == (842, 595)
        whole = "".join(sorted("".join(t for _, _, t in own)))
        for i in sasaran.indikator:
            assert all(whole.count(c) >= i.teks.count(c) for c in set(i.teks) - {" "}), i.id
            first = re.sub(r"\s+", "", i.teks)[:18]
            assert any(first in t for _, _, t in own), i.id


_ENAM = """skema = "pkpu14-2020"
[identitas]
kantor = "KPU Kota Contoh"
tahun = 2026
""" + "".join(
    f'''[[sub_bagian]]
kode = "{kode}"
nama = "Teknis Penyelenggaraan Pemilu, Partisipasi, dan Hubungan Masyarakat ({kode})"
fungsi = ["{kode}"]
'''
    for kode in ("KUL", "REN", "TEK", "HUK", "SDM", "PAR")
)


def _pages(path: Path, folder: Path) -> dict[str, list[str]]:
    """The printed pages of every sheet as texts, by the name in their footer."""
    import pdfplumber

    folder.mkdir()
    pages: dict[str, list[str]] = {}
    with pdfplumber.open(mesin.print_with_libreoffice(path, folder)) as printed:
        for page in printed.pages:
            text = page.extract_text()
            (name,) = re.findall(r"(?m)^(\S+(?: \S+)?) Dicetak ", text)
            pages.setdefault(name, []).append(text)
    return pages


@pytest.mark.parametrize("count", [1, 14, 43])
def test_pages_of_dasbor_and_daftar(count: int, tmp_path: Path) -> None:
    """Dasbor on one page even with six sub-bagian and a proposal; no page of Daftar holds totals alone."""
    owners = ("KUL", "REN", "TEK", "HUK", "SDM", "PAR")
    text = (
        "Terlaksananya pengelolaan data, kebutuhan, pengadaan, pendistribusian, serta inventarisasi logistik"
    )
    rows = [
        bahan.baris(
            f"S{n:02d}-I1", sasaran=text, fungsi=owners[n % 6], usulan="ya" if n == 9 else "", boleh_nihil=""
        )
        for n in range(1, count + 1)
    ]
    plan = bahan.write_rencana(tmp_path / "r.csv", rows, _ENAM)
    output = tmp_path / "k.xlsx"
    late = bahan.build(tmp_path / "b", plan, 1)
    consolidate_returns(late, plan, output, triwulan=2)
    pages = _pages(output, tmp_path / "pdf")
    assert len(pages["Dasbor"]) == 1
    assert "Arti warna" in pages["Dasbor"][0]
    assert len(pages["Daftar"]) == 1 or count == 43
    last = pages["Daftar"][-1]
    assert (
        last.index(f"S{count:02d}") < last.index("Jumlah, dan rata-rata") < last.index("Rata-rata indikator")
    )


def test_key_of_every_triwulan_row_stands_on_the_sheet() -> None:
    rkt = bahan.rkt_contoh()
    book = buku_kerja(rkt, rkt.sub_bagian[0])
    keys = [c.content for s in book.sheets for c in s.cells if c.role is Role.KEY]
    own = [i for i in rkt.indikator if rkt.owner(i) == rkt.sub_bagian[0]]
    assert len(keys) == len(set(keys)) == 7 * len(own)
    assert Key(own[0].id, "TW1", "kunci") in book.places
