"""Whatever a sender typed stays text in every output: no live formula, no live link, nothing hidden is obeyed.

All texts of `suntikan` go in by the front door: typed into every field of returned workbooks, as names of files, of
sheets, of the office that a form belongs to. Out they come in the konsolidasi (new, refreshed while closed, refreshed
while open), as CSV, as JSON and on the terminal. Judges: the XML, and LibreOffice.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import bahan
import openpyxl
import pytest
import suntikan
import tuan_rumah_excel
import xlsxwriter
from kantor import KIRIMAN_KE, Kantor, make_kantor
from meja_excel import Aplikasi, Meja
from openpyxl.comments import Comment
from suntikan import SUNTIKAN, Isi, hidden_in, is_visible, shown_as
from tuan_rumah_excel import Buku, Mesin, open_buku

from builder.closed import refresh_file
from builder.expr import Key
from builder.layout import Book
from builder.log import write_log
from builder.package import apply_patches
from builder.patch import Block, Patch
from builder.plan import read_plan
from builder.rkt import SubBagian
from builder.tampak import csv_text, json_text, show, visible
from builder.writer import write_book
from macros.fungsi import CAPAIAN, KATEGORI, KONSOLIDASI, REALISASI_SD
from macros.tombol import TOMBOL
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.tema import STYLES

AKAR = Path(__file__).parent.parent
TEKS = ("kendala", "tindak_lanjut", "data_dukung")
ANGKA = ("pembilang", "penyebut", "realisasi")
NAMA = {"KUL": "=2+5.xlsx", "REN": "＝2+5\u202e.xlsx", "TEK": "\t@x.xlsx", "HUK": "-2+5\x1b[31m.xlsx"}
_LAPORAN = {"target": "4 Laporan", "tipe": "jumlah", "nilai": "4", "satuan": "Laporan"}
_BARIS = [
    *(bahan.baris(f"S{n // 13 + 1:02d}-I{n % 13 + 1}", **(_LAPORAN if n % 2 else {})) for n in range(52)),
    *(bahan.baris(f"S{n:02d}-I1", fungsi=fungsi) for n, fungsi in ((6, "REN"), (7, "TEK"), (8, "HUK"))),
]


# --- the front door -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kena:
    """An office that got every text in every field, and where in its konsolidasi the typed ones belong."""

    kantor: Kantor
    diketik: dict[Key, str]

    @cached_property
    def kosong(self) -> set[str]:
        """Formulas of its konsolidasi before anything came in."""
        return suntikan.formulas(self.kantor.folder / "kosong.xlsx")


def _send(kantor: Kantor) -> dict[Key, str]:
    """Returns whose cells hold the texts, returns with other things in the wrong place, and files that are none."""
    kantor.kiriman.mkdir()
    own = {s.kode: s for s in kantor.rkt.sub_bagian}
    typed = _type_entries(kantor, own["KUL"])
    _build_on(kantor, own["REN"])
    _retype_settings(kantor, own["TEK"])
    _link(kantor, own["HUK"])
    for n, text in enumerate(["=2+5", "\u202e<b>&", "_x0041_", "{berkas} %s"]):
        _write_foreign(kantor, f"asing-{n}.xlsx", text)
        _write_coded(kantor, f"kode-{n}.xlsx", text)
    for name in _file_names():
        (kantor.kiriman / name).write_bytes(b"bukan")
    return typed


def _file_names() -> Iterator[str]:
    """What a file system allows; the last one is no UTF-8."""
    for text in SUNTIKAN.values():
        name = f"{text}.xlsx"
        if not {"/", "\0"} & set(name) and len(name.encode()) <= 250 and name[0] not in ".~":
            yield name
    yield os.fsdecode(b"\xff=1+1.xlsx")


def _return_of(kantor: Kantor, s: SubBagian) -> Path:
    path = kantor.kiriman / NAMA[s.kode]
    path.write_bytes((kantor.folder / "buku-kerja" / file_name(kantor.rkt, s)).read_bytes())
    return path


def _type_entries(kantor: Kantor, s: SubBagian) -> dict[Key, str]:
    """Every text into every kind of entry cell, stored as Excel stores it."""
    book = buku_kerja(kantor.rkt, s)
    typed: dict[Key, str] = {}
    for column in (*TEKS, *ANGKA):
        cells = [key for key, _ in book.entry_places() if key.kolom == column]
        typed |= zip(cells, SUNTIKAN.values(), strict=False)
        assert len(cells) >= len(SUNTIKAN), column
    type_texts(_return_of(kantor, s), book, typed)
    return typed


def type_texts(path: Path, book: Book, typed: Mapping[Key, str | int]) -> None:
    """Texts, and a number, so that the file is one that counts."""
    cells: dict[str, list[Block]] = {}
    numbers = [key for key, _ in book.entry_places() if key.kolom in ANGKA and key.baris == "TW2"]
    for key, text in {numbers[0]: 1, **typed}.items():
        place = book.places[key]
        cells.setdefault(place.sheet, []).append(Block(place.cell.row, place.cell.column, ((text,),)))
    apply_patches(path, [Patch(sheet, tuple(blocks)) for sheet, blocks in cells.items()])


def _build_on(kantor: Kantor, s: SubBagian) -> None:
    """Sheets named by the texts, each with the text in it; labels, headings and titles written over."""
    path, form = _return_of(kantor, s), buku_kerja(kantor.rkt, s)
    type_texts(path, form, {})
    book = openpyxl.load_workbook(path)
    for text in SUNTIKAN.values():
        title = text[:31].strip("'")
        if is_visible(title, keep="\u202e\u200b") and not set("\\/*?:[]\n\t") & set(title):
            _put_text(book.create_sheet(title)["B2"], text if is_visible(text) else "=x")
    texts = [t for t in SUNTIKAN.values() if is_visible(t) and len(t) < 99]
    label, head = (
        form.places[Key("S06-I1", "TW1", "triwulan")],
        form.places[Key("S06-I1", "JUDUL", "indikator")],
    )
    sheet = book[label.sheet]
    _put_text(sheet[label.address], texts[1])
    _put_text(sheet[head.address], texts[0])
    for n, text in enumerate(texts):
        _put_text(sheet.cell(60 + n, 40), text)
        sheet.cell(60 + n, 41).comment = Comment(text, "x")
    book.save(path)


def _put_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"


def _retype_settings(kantor: Kantor, s: SubBagian) -> None:
    path = _return_of(kantor, s)
    type_texts(path, buku_kerja(kantor.rkt, s), {KIRIMAN_KE: "=2+5\u202e"})


def _link(kantor: Kantor, s: SubBagian) -> None:
    """A link in an entry cell, as Excel makes it of any address."""
    path, form = _return_of(kantor, s), buku_kerja(kantor.rkt, s)
    type_texts(path, form, {})
    book = openpyxl.load_workbook(path)
    for j, address in enumerate(
        ("http://contoh.test/?a=1&b", "mailto:a@contoh.test", "https://contoh.test"), 1
    ):
        place = form.places[Key("S08-I1", f"TW{j}", "data_dukung")]
        cell = book[place.sheet][place.address]
        cell.value, cell.hyperlink = f"bukti {j}", address
    book.save(path)


def _write_foreign(kantor: Kantor, name: str, text: str) -> None:
    """A form of another office: the text stands in its identity."""
    s = kantor.rkt.sub_bagian[0]
    other = replace(kantor.rkt, identitas=replace(kantor.rkt.identitas, kantor=text))
    write_book(buku_kerja(other, s), STYLES, kantor.kiriman / name)


def _write_coded(kantor: Kantor, name: str, text: str) -> None:
    """A form of a sub-bagian that is none."""
    s = kantor.rkt.sub_bagian[0]
    renamed = tuple(replace(t, kode=text) if t == s else t for t in kantor.rkt.sub_bagian)
    book = buku_kerja(replace(kantor.rkt, sub_bagian=renamed), renamed[0])
    write_book(book, STYLES, kantor.kiriman / name)


# --- the outputs --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kena(tmp_path_factory: pytest.TempPathFactory) -> Kena:
    """The office, its konsolidasi refreshed as a closed file."""
    kantor = make_kantor(tmp_path_factory.mktemp("kena") / "kantor", _BARIS)
    (kantor.folder / "kosong.xlsx").write_bytes(kantor.konsolidasi.read_bytes())
    return Kena(kantor, _send(kantor))


@dataclass(frozen=True)
class Keluar:
    """What a command wrote: to the terminal, and into its folder."""

    folder: Path
    stdout: bytes
    stderr: bytes


def run(folder: Path, *arguments: object) -> Keluar:
    environment = {**os.environ, "PYTHONPATH": str(AKAR), "PYTHONUTF8": "1", "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "builder", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=environment, check=False)
    assert done.returncode == 1, done.stderr.decode()[-2000:]  # much is held
    return Keluar(folder, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def baru(kena: Kena, tmp_path_factory: pytest.TempPathFactory) -> Keluar:
    """A new konsolidasi with its data and its report."""
    folder = tmp_path_factory.mktemp("baru")
    plan, out = kena.kantor.folder / "Rencana.csv", ("--data", "data.csv", "--laporan", "laporan.json")
    return run(folder, "konsolidasi", kena.kantor.kiriman, "--rencana", plan, "-o", "Baru.xlsx", *out)


@pytest.fixture(scope="module")
def segar(kena: Kena, tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    """A copy of the office, its konsolidasi refreshed while closed."""
    copy = kena.kantor.copy(tmp_path_factory.mktemp("segar") / "kantor")
    refresh_file(copy.konsolidasi)
    return copy


@pytest.fixture(scope="module")
def dibuka(
    kena: Kena, baru: Keluar, segar: Kantor, rencana: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Isi]:
    """The workbooks as LibreOffice opens them, all in one go."""
    folder = tmp_path_factory.mktemp("libreoffice")
    paths = {
        "baru": baru.folder / "Baru.xlsx", "segar": segar.konsolidasi,
        "rencana": rencana / "BukuKerja-2026-KUL.xlsx", "tanam": _plant(folder),
    }  # fmt: skip
    return dict(zip(paths, suntikan.open_in_libreoffice([*paths.values()], folder), strict=True))


# --- the judges see -----------------------------------------------------------------------------------------------


def _plant(folder: Path) -> Path:
    path = folder / "tanam.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S01")
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("A2", '=HYPERLINK("http://contoh.test","S01!A1")', None, "S01!A1")
        sheet.write_formula("A3", '=HYPERLINK("#\'S01\'!A1","S01!A1")', None, "S01!A1")
        sheet.write_url("A4", "http://contoh.test", None, "klik")
        sheet.write_url("A5", "internal:'S01'!A1", None, "klik")
        sheet.write_string("A6", "a  b\nd ")
        sheet.write_string("A7", "=1+1")
    return path


def test_judges_see_what_is_planted(dibuka: dict[str, Isi], tmp_path: Path) -> None:
    path = _plant(tmp_path)
    assert suntikan.formulas(path) == {"1+1", 'HYPERLINK("http://contoh.test","S01!A1")'}
    assert [link.rpartition(" ")[2] for link in suntikan.links_out(path) if ".rels" in link] == [
        "http://contoh.test"
    ]
    assert len(suntikan.links_out(path)) == 2
    found = dibuka["tanam"]
    assert {at for (_, at), cell in found.items() if cell.rumus} == {"A1", "A2", "A3"}
    assert {told.partition(":")[0] for told in suntikan.live(found)} == {"S01!A2", "S01!A4"}
    assert found["S01", "A6"].teks == "a  b\nd "
    assert found["S01", "A7"].teks == "=1+1"
    assert not is_visible("a\u202e")
    assert not is_visible("\ud800")


def test_judge_of_csv_sees_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,=1+1, =2+2\n'=1+1,b,c\n", "utf-8")
    (found,) = suntikan.open_in_libreoffice([tmp_path / "a.csv"], tmp_path)
    assert {at for (_, at), cell in found.items() if cell.rumus} == {"B1", "C1"}


def test_there_are_many_texts() -> None:
    assert len(set(SUNTIKAN.values())) == len(SUNTIKAN) >= 60


# --- the konsolidasi ----------------------------------------------------------------------------------------------


def test_no_formula_or_link_comes_in(kena: Kena, baru: Keluar, segar: Kantor) -> None:
    """By the XML: the formulas are those of the konsolidasi before anything came in."""
    for path in (baru.folder / "Baru.xlsx", segar.konsolidasi):
        assert suntikan.formulas(path) == kena.kosong
        assert suntikan.links_out(path) == []


@pytest.mark.parametrize("which", ["baru", "segar"])
def test_libreoffice_finds_texts(kena: Kena, dibuka: dict[str, Isi], which: str) -> None:
    """Cell by cell what was typed; in no cell anything hidden, live, or a number that was none."""
    found = dibuka[which]
    assert suntikan.live(found) == []
    assert {at: hidden_in(c.teks) for at, c in found.items() if not is_visible(c.teks, keep="\n\t")} == {}
    wrong = {}
    for key, text in kena.diketik.items():
        place = kena.kantor.book.places[key]
        cell = found.get((place.sheet, place.address))
        if not _is_text(key, text, cell):
            wrong["|".join(key), text[:60]] = cell and cell.teks[:60]
    assert wrong == {}


def _is_text(key: Key, text: str, cell: suntikan.Sel | None) -> bool:
    if cell is None:
        return any(not shown.strip() for shown in shown_as(text))
    if cell.rumus or cell.tautan:
        return False
    if key.kolom in TEKS:
        return cell.teks in shown_as(text)
    # A number cell holds a number that the text plainly says, or the text as what is held.
    return (
        cell.teks.removeprefix("ditahan: ") in {t[:32_000] for t in shown_as(text)} or cell.jenis == "float"
    )


def test_lists_say_the_names(segar: Kantor, kena: Kena) -> None:
    names = {row["berkas"] for row in segar.rows("Kiriman")}
    assert names >= {show(name) for name in [*_file_names(), *NAMA.values()]}
    assert {str(r["kode"]) for r in segar.rows("Masalah")} >= {"A06", "A14"}


def test_pressing_twice_changes_nothing(segar: Kantor, tmp_path: Path) -> None:
    """What is shown in place of a hidden character is found there again, and is no change by hand."""
    copy = segar.copy(tmp_path / "kantor")
    said = refresh_file(copy.konsolidasi)
    assert "tangan" not in said.kalimat
    assert {patch.sheet for patch in said.patches} <= {"Dasbor"}, "only the sentence with the time"


@pytest.fixture(scope="module")
def mesin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesin]:
    with tuan_rumah_excel.running(tmp_path_factory.mktemp("log")) as engine:
        yield engine


@pytest.fixture(scope="module")
def sebelum(kena: Kena) -> Buku:
    return open_buku(kena.kantor.konsolidasi)


@pytest.fixture(scope="module")
def sesudah(segar: Kantor) -> Buku:
    return open_buku(segar.konsolidasi)


@pytest.mark.parametrize("mode", ["web", "desktop"])
def test_open_workbook(mesin: Mesin, kena: Kena, sebelum: Buku, sesudah: Buku, mode: str) -> None:
    """The workbook open in Excel holds what the closed one holds; of its formulas none is new."""
    path, buku = kena.kantor.konsolidasi, sebelum.copy()
    if mode == "web":
        mesin.press("segarkan", buku, kena.kantor.folder)
    else:
        TOMBOL["segarkan"](Meja(buku, path, Aplikasi()).as_book())
    new = _formulas(buku) - _formulas(sebelum)
    assert new
    assert not [f for f in new if not suntikan.is_to_our_cell(f)]
    assert buku.differences(sesudah) == []


def _formulas(buku: Buku) -> set[str]:
    return {cell.rumus for sheet in buku.sheets for cell in sheet.cells.values() if cell.rumus}


def test_periksa_says_it_in_one_line(kena: Kena, tmp_path: Path) -> None:
    """The sentence in the status cell quotes the first problem."""
    path = tmp_path / "kantor" / kena.kantor.konsolidasi.name
    path.parent.mkdir()
    path.write_bytes(kena.kantor.konsolidasi.read_bytes())
    copy = Kantor(path.parent, kena.kantor.rkt)
    copy.kiriman.mkdir()
    _write_foreign(copy, "a.xlsx", "\u202e\x1b[31m=2+5")
    buku = open_buku(path)
    said = TOMBOL["periksa"](Meja(buku, path, Aplikasi()).as_book())
    assert "«‹U+202E›‹U+001B›[31m=2+5»" in said
    assert is_visible(said, keep="")


# --- data, report, terminal ---------------------------------------------------------------------------------------


def test_data_has_no_formula(baru: Keluar) -> None:
    path = baru.folder / "data.csv"
    (found,) = suntikan.open_in_libreoffice([path], baru.folder)
    assert {at: c.rumus for at, c in found.items() if c.rumus or c.tautan} == {}
    text = path.read_text("utf-8")
    assert is_visible(text)
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["berkas"] for row in rows} >= {"'=2+5.xlsx", "'＝2+5‹U+202E›.xlsx"}
    assert not [v for row in rows for v in row.values() if v[:1] in tuple("=+-@＝＋－＠")]
    assert all(r is None for r in (row.get(None) for row in rows)), "a text has broken out of its cell"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", *"＝＋－＠", "\tx"])
def test_csv_text_is_marked(text: str) -> None:
    assert csv_text(text).startswith("'")
    assert is_visible(csv_text(text), keep="")


@pytest.mark.parametrize("text", ["BB", "a=1", "'x", "", "2024", "x-y"])
def test_csv_text_is_as_it_was(text: str) -> None:
    assert csv_text(text) == text


def test_report_gives_every_name_back(baru: Keluar) -> None:
    raw = (baru.folder / "laporan.json").read_text("utf-8")
    assert is_visible(raw)
    items = json.loads(raw)
    assert {i["berkas"] for i in items} >= {*_file_names(), *NAMA.values()}
    found = {p["isi"] for i in items for p in i["masalah"]}
    assert found >= {t for t in SUNTIKAN.values() if t in ("=1+1", "belum ada", '"=1+1"')}
    assert all(is_visible(p["pesan"], keep="") for i in items for p in i["masalah"])


def test_json_is_the_same_text() -> None:
    texts = [*SUNTIKAN.values(), "\ud800", "\udcff"]
    assert json.loads(json_text(texts)) == texts
    assert is_visible(json_text(texts))


def test_terminal_shows_and_does_not_obey(baru: Keluar, kena: Kena, tmp_path: Path) -> None:
    plan = kena.kantor.folder / "Rencana.csv"
    as_json = run(tmp_path, "periksa", kena.kantor.kiriman, "--rencana", plan, "--json")
    assert {i["berkas"] for i in json.loads(as_json.stdout)} >= {*_file_names(), *NAMA.values()}
    for printed in (baru.stdout, baru.stderr, as_json.stdout, as_json.stderr):
        assert hidden_in(printed.decode("utf-8")) == []
    told = baru.stderr.decode()
    assert "‹U+001B›[31mmerah" in told
    assert "‹U+202E›" in told
    assert "\n[G01]" not in told


def test_refusal_on_the_terminal(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(AKAR), "PYTHONUTF8": "1"}
    name = "\x1b[31m\u202ex\n[G01].xlsm"
    command = [sys.executable, "-m", "builder", "segarkan", name]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert hidden_in(done.stderr.decode()) == []
    assert "‹U+001B›[31m‹U+202E›x [G01]" in done.stderr.decode()


# --- what is made from a plan -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rencana(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of a plan whose indikator, sasaran and satuan are the texts."""
    folder = tmp_path_factory.mktemp("rencana")
    rows = []
    for n, text in enumerate(SUNTIKAN.values()):
        sasaran = [*SUNTIKAN.values()][n // 10][:500]
        row = bahan.baris(f"S{n // 10 + 1:02d}-I{n % 10 + 1}", sasaran=sasaran, indikator=text[:2000])
        if text.strip() and len(visible(text)) < 50:
            row |= _LAPORAN | {"satuan": text}
        rows.append(row)
    settings = bahan.identitas(kantor=r"\u202eKPU \u001b[31m & \"x\" &G")
    bahan.build(folder, bahan.write_rencana(folder / "r.csv", rows, settings), 1)
    return folder


def test_texts_of_a_plan_stay_texts(rencana: Path, dibuka: dict[str, Isi]) -> None:
    """In the buku kerja and in the konsolidasi; a text of the plan stands in no formula."""
    for name in ("BukuKerja-2026-KUL.xlsx", "Konsolidasi-2026.xlsx"):
        assert suntikan.links_out(rencana / name) == []
        formulas = suntikan.formulas(rencana / name)
        assert not [f for f in formulas if any(t in f for t in SUNTIKAN.values() if len(t) > 8)]
    found = dibuka["rencana"]
    assert suntikan.live(found) == []
    assert {at: hidden_in(c.teks) for at, c in found.items() if not is_visible(c.teks, keep="\n\t")} == {}
    shown = {c.teks for c in found.values()}
    assert '‹U+202E›KPU ‹U+001B›[31m & "x" &G' in shown
    texts = [t for t in SUNTIKAN.values() if t == t.strip() and is_visible(t) and len(t) < 2000]
    assert [t for t in texts if t not in shown] == []


_KANTOR = (
    SUNTIKAN["kepala halaman"], "17 Agustus", "K" * 99 + "&", "&" * 100, "&&P&N&D", "A&Goa &[Picture]", '=1 & "x"'
)  # fmt: skip


@pytest.mark.parametrize("kantor", _KANTOR)
def test_name_of_an_office_at_the_head_of_a_page(tmp_path: Path, kantor: str) -> None:
    """Read as Excel reads it: & begins a code, && is one &, a number after & is a size."""
    rkt, _ = read_plan(bahan.write_rencana(tmp_path / "r.csv", [bahan.baris()]))
    rkt = replace(rkt, identitas=replace(rkt.identitas, kantor=kantor))
    write_book(buku_kerja(rkt, rkt.sub_bagian[1]), STYLES, tmp_path / "a.xlsx")
    heads = {text for text in suntikan.page_texts(tmp_path / "a.xlsx") if "Dicetak" not in text}
    (left,) = {suntikan.printed(text)["L"] for text in heads}
    assert left
    assert kantor.startswith(left)
    assert len(left) >= min(len(kantor), 50)


# --- functions, task pane, log ------------------------------------------------------------------------------------


def test_functions_answer_with_words_of_ours(tmp_path: Path) -> None:
    """What a function gives back is a value; it quotes nothing hidden, and begins with nothing of the sender's."""
    for text in SUNTIKAN.values():
        answers = [
            CAPAIAN(text, 1, "nilai", "maximize"), CAPAIAN(1, text, text, text), KATEGORI(text),
            REALISASI_SD([[text]], "last"), REALISASI_SD([[1]], text), KONSOLIDASI(text, "S01-I1", 1),
        ]  # fmt: skip
        for answer in answers:
            assert not isinstance(answer, str) or is_visible(answer, keep="")
            assert not str(answer).startswith(tuple("=+@\t\r\n＝＋－＠")), answer


def test_task_pane_shows_text(tmp_path: Path) -> None:
    """The sentence of a button is put there as text, never as HTML."""
    scripts = [p.read_text("utf-8") for p in (AKAR / "macros" / "server").rglob("*.js")]
    pages = [p.read_text("utf-8") for p in (AKAR / "macros" / "server").rglob("*.html")]
    assert any("result.textContent = sentence" in s for s in scripts)
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "|safe",
        "autoescape",
    ):
        assert not [s for s in (*scripts, *pages) if word in s]


def test_log_shows_and_does_not_obey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for text in SUNTIKAN.values():
        try:
            raise ValueError(text)
        except ValueError:
            log = write_log(text)
    assert hidden_in(log.read_text("utf-8"), keep="\n\t") == []
