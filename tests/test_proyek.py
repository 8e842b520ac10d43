"""The VBA project, the ribbon and the add-in: read back by other programs than the one that wrote them."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import re
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import makro
import mesin
import pytest
import xlwings
from openxml_audit import FileFormat, OpenXmlValidator
from pyopenvba import ExcelFile, check_file
from pyvbaanalysis import DEFAULT_COMPILER_CONSTANTS, ConditionalCompilationEnvironment, analyze_project
from pyvbaanalysis.symbols.project_index import ModuleInput
from pyvbaanalysis.symbols.symbol_model import ModuleSymbolKind

from builder.identitas import NAMA_HASIL
from builder.layout import Book, Sheet
from builder.writer import write_book
from macros import fungsi
from macros.proyek import add_ribbon, as_addin, module_texts, read_xlwings_version, vba_project, write_addin
from workbook_templates.dasbor import TOMBOL
from workbook_templates.pengaturan import (
    BELUM_DIPASANG,
    INTERPRETER_MAC,
    INTERPRETER_WIN,
    LEMBAR,
    buku_pengaya,
    conf_sheet,
)
from workbook_templates.tema import STYLES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # oletools uses names that pyparsing is about to drop
    from oletools.mraptor import MacroRaptor
    from oletools.olevba import VBA_Parser

AKAR = Path(__file__).parent.parent
VBA = AKAR / "macros" / "vba"
OWN = ("Kinerja", "KinerjaFungsi")
RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"
OTOMATIS = re.compile(
    r"(?i)\b(Auto_?(Open|Close|Exec|Exit|New)|(Work|Docu)(book|ment)_\w+|Worksheet_\w+|App_\w+)\b"
)
# The workbook that the formula stands in: in the add-in, ThisWorkbook is the add-in itself.
FORMULA_BOOK = "Application.Caller.Parent.Parent"
FUNGSI = ("CAPAIAN", "KATEGORI", "REALISASI_SD", "KONSOLIDASI")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("proyek")
    write_addin(folder / "rkt.xlam")
    return [makro.write_macro_book(folder / "Konsolidasi.xlsm"), folder / "rkt.xlam"]


def _read_back(path: Path) -> dict[str, str]:
    """Modules as olevba finds them, without the attributes that a class module gains in a project."""
    parser = VBA_Parser(str(path))
    modules = {name.rsplit(".", 1)[0]: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    return modules


def _body(text: str) -> list[str]:
    """A module without its header."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    header = re.compile(r"Attribute VB_|VERSION 1|BEGIN$|END$|  MultiUse")
    while header.match(lines[0]):
        lines.pop(0)
    return lines


def _expected() -> dict[str, list[str]]:
    """Every module from the file it comes from."""
    xlwings_folder = Path(xlwings.__file__).parent
    paths = [
        *(VBA / f"{name}.bas" for name in OWN),
        xlwings_folder / "xlwings.bas",
        xlwings_folder / "addin" / "Dictionary.cls",
    ]
    return {path.stem: _body(path.read_bytes().decode("ascii")) for path in paths}


# --- the modules --------------------------------------------------------------------------------------------------


def test_every_module_stands_there_as_it_is_written(files: list[Path]) -> None:
    for path in files:
        found = _read_back(path)
        sheets = {"Sheet1", "Sheet2"} | ({"Sheet3"} if path.suffix == ".xlsm" else set())
        assert found.keys() == {"ThisWorkbook", *sheets, *_expected()}
        assert {name: _body(found[name]) for name in _expected()} == _expected(), path.name
        for name in {"ThisWorkbook", *sheets}:
            assert all(line.startswith("Attribute ") for line in found[name].split("\r\n") if line), name


def test_own_modules_are_ascii_and_named_as_their_files() -> None:
    assert {path.stem for path in VBA.glob("*.bas")} == set(OWN)
    for name in OWN:
        text = (VBA / f"{name}.bas").read_text(encoding="ascii")
        assert text.startswith(f'Attribute VB_Name = "{name}"\nOption Explicit\n')
        assert max(map(len, text.splitlines())) < 1024  # what VBA takes


def test_code_names_are_those_of_the_project(files: list[Path]) -> None:
    """Where they differ, Excel mends the file and says so."""
    for path in files:
        with zipfile.ZipFile(path) as package:
            parts = [
                n for n in package.namelist() if re.fullmatch(r"xl/(workbook|worksheets/sheet\d+)\.xml", n)
            ]
            names = {_code_name(package.read(n)) for n in parts}
        with ExcelFile(path) as book:
            documents = {m.name for m in book.vba_project().modules if "VB_Base" in m.source} - {"Dictionary"}
        assert names == documents


def _code_name(part: bytes) -> str:
    """The code name in the properties of a workbook or a sheet."""
    found = re.search(rb'<(?:workbookPr|sheetPr)[^>]* codeName="(\w+)"', part)
    assert found
    return found[1].decode()


@pytest.mark.parametrize(
    "constants", [{}, {"Win64": 0}, {"VBA7": 0, "Win64": 0}, {"Mac": 1, "Win64": 0, "Win32": 0}]
)
def test_analysis_of_our_modules_finds_nothing(constants: dict[str, float]) -> None:
    """pyVBAanalysis with the whole project in view: undeclared names, unknown calls, types, flow."""
    kinds = {"Dictionary": ModuleSymbolKind.CLASS}
    modules = [ModuleInput(n, kinds.get(n, ModuleSymbolKind.STANDARD), t) for n, t in module_texts().items()]
    system = ConditionalCompilationEnvironment({**DEFAULT_COMPILER_CONSTANTS, **constants})
    found = analyze_project(modules, conditional_compilation=system)
    assert {name: [str(d) for d in found[name]] for name in OWN} == {name: [] for name in OWN}


def test_structure_is_sound(files: list[Path]) -> None:
    for path in files:
        report = check_file(path)
        assert (report.complete, report.issues) == (True, ())
        with ExcelFile(path) as book:
            assert book.validate() == []
            assert [r.name for r in book.references()] == ["stdole", "Office"]  # IRibbonControl is Office's


def test_nothing_runs_by_itself_and_no_scanner_is_alarmed(files: list[Path]) -> None:
    for path in files:
        modules = _read_back(path)
        raptor = MacroRaptor("\n".join(modules.values()))
        raptor.scan()
        assert (raptor.suspicious, raptor.autoexec) == (False, False), path.name
        for name in OWN:
            assert OTOMATIS.findall(modules[name]) == []


# --- buttons, ribbon, functions -----------------------------------------------------------------------------------


def _procedures(name: str) -> dict[str, str]:
    """Public procedures of one of our modules as they are on both systems: name -> parameters."""
    text = makro.resolve(module_texts()[name], makro.WINDOWS)
    return dict(re.findall(r"^Public (?:Sub|Function) (\w+)\((.*?)\)", text, re.MULTILINE))


def test_macro_of_each_button_exists(files: list[Path]) -> None:
    with zipfile.ZipFile(files[0]) as package:
        drawn = b"".join(package.read(n) for n in package.namelist() if "vmlDrawing" in n).decode()
    macros = re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(\w+)</x:FmlaMacro>", drawn)
    assert macros == list(makro.TOMBOL)
    assert {name: _procedures("Kinerja")[name] for name in macros} == dict.fromkeys(macros, "")


def test_form_and_macros_use_the_same_names() -> None:
    assert {macro: caption for _, _, caption, macro in TOMBOL} == {m: c for m, (c, _) in makro.TOMBOL.items()}
    assert f'Const STATUS_NAME As String = "{NAMA_HASIL}"' in module_texts()["Kinerja"]
    assert makro.NAMA_STATUS == NAMA_HASIL


def test_callback_of_each_ribbon_entry_exists(files: list[Path]) -> None:
    for path in files:
        entries = list(_ribbon(path).iter(f"{RIBBON}button"))
        callbacks = [entry.get("onAction", "") for entry in entries]
        assert callbacks == [f"Pita{macro}" for macro in makro.TOMBOL]
        assert [entry.get("label") for entry in entries] == [caption for caption, _ in makro.TOMBOL.values()]
        assert all(entry.get(n) for entry in entries for n in ("imageMso", "screentip", "supertip"))
        parameters = {_procedures("Kinerja")[name] for name in callbacks}
        assert parameters == {"control As IRibbonControl"}


def test_ribbon_has_one_tab_and_each_id_once(files: list[Path]) -> None:
    for path in files:
        root = _ribbon(path)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(set(ids)) == len(ids)
        assert [tab.get("label") for tab in root.iter(f"{RIBBON}tab")] == ["Kinerja"]


def _ribbon(path: Path) -> ElementTree.Element:
    """The ribbon found as Excel finds it: by the package's relationships."""
    with zipfile.ZipFile(path) as package:
        rels = ElementTree.fromstring(package.read("_rels/.rels"))
        kind = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
        (target,) = [r.get("Target", "") for r in rels if r.get("Type") == kind]
        return ElementTree.fromstring(package.read(target))


def test_wrappers_have_the_parameters_of_the_python_functions() -> None:
    wrappers = _procedures("KinerjaFungsi")
    assert tuple(wrappers) == FUNGSI
    text = module_texts()["KinerjaFungsi"]
    for name in FUNGSI:
        parameters = list(inspect.signature(getattr(fungsi, name)).parameters)
        assert wrappers[name] == ", ".join(f"{p} As Variant" for p in parameters)
        given = (
            f'"macros.fungsi", "{name}", Array({", ".join(parameters)}), {FORMULA_BOOK}, Application.Caller'
        )
        assert text.count(f"{name} = XLPy.CallUDF({given})") == 1


def test_no_python_function_is_without_wrapper() -> None:
    public = {n for n, f in vars(fungsi).items() if inspect.isfunction(f) and n.isupper()}
    assert public == set(FUNGSI)


# --- the package --------------------------------------------------------------------------------------------------


def test_schema(files: list[Path]) -> None:
    validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=20)
    for path in files:
        assert [str(e) for e in validator.validate(str(path)).errors] == [], path.name


def test_libreoffice_opens_the_workbook(files: list[Path], tmp_path: Path) -> None:
    """The add-in, whose type LibreOffice does not know, is opened as what it is: in test_vba_libreoffice."""
    values = mesin.recalculate_libreoffice(files[0], tmp_path)
    assert values["Dasbor", "A1"] == "Belum pernah dijalankan"
    copy = tmp_path / "pengaya.xlsm"
    with zipfile.ZipFile(files[1]) as package, zipfile.ZipFile(copy, "w") as written:
        for name in package.namelist():
            part = package.read(name).replace(b"excel.addin.macroEnabled", b"excel.sheet.macroEnabled")
            written.writestr(name, part)
    values = mesin.recalculate_libreoffice(copy, tmp_path / "pengaya")
    assert values["Kinerja", "A1"] == "Pengaya Kinerja"


def test_types_say_workbook_and_add_in(files: list[Path]) -> None:
    for path, kind in zip(files, ("sheet", "addin"), strict=True):
        with zipfile.ZipFile(path) as package:
            types = package.read("[Content_Types].xml").decode()
        assert types.count(f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml") == 1
        assert types.count("macroEnabled.main+xml") == 1


def test_ribbon_leaves_every_other_part_as_it_was(tmp_path: Path) -> None:
    book = makro.buku_uji()
    path = tmp_path / "a.xlsm"
    write_book(book, STYLES, path, vba=vba_project(len(book.sheets)))
    before = dict(_parts(path))
    add_ribbon(path)
    after = dict(_parts(path))
    assert list(after) == [*before, "customUI/customUI14.xml"]
    assert {name for name in before if before[name] != after[name]} == {"_rels/.rels"}


def test_a_second_ribbon_and_a_plain_workbook_are_refused_and_left_alone(tmp_path: Path) -> None:
    path = makro.write_macro_book(tmp_path / "a.xlsm")
    plain = tmp_path / "b.xlsx"
    write_book(makro.buku_uji(), STYLES, plain)
    before = path.read_bytes(), plain.read_bytes()
    with pytest.raises(ValueError, match="customUI14"):
        add_ribbon(path)
    with pytest.raises(ValueError, match="macroEnabled"):
        as_addin(plain)
    assert (path.read_bytes(), plain.read_bytes()) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsm", "b.xlsx"]


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            yield name, package.read(name)


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """In this process, and in two others with other hash seeds, later and in another folder and time zone."""
    code = (
        "import sys, hashlib, pathlib; import makro; from macros.proyek import write_addin\n"
        "folder = pathlib.Path(sys.argv[1]); folder.mkdir()\n"
        "makro.write_macro_book(folder / 'a.xlsm'); write_addin(folder / 'a.xlam')\n"
        "print(*(hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ('a.xlsm', 'a.xlam')))\n"
    )
    (tmp_path / "0").mkdir()
    makro.write_macro_book(tmp_path / "0" / "a.xlsm")
    write_addin(tmp_path / "0" / "a.xlam")
    written = [(tmp_path / "0" / n).read_bytes() for n in ("a.xlsm", "a.xlam")]
    here = " ".join(hashlib.sha256(data).hexdigest() for data in written)
    for number, zone in (("1", "UTC"), ("2", "Asia/Pontianak")):
        time.sleep(2.1)  # the clock of a ZIP counts in two seconds
        path = os.pathsep.join([str(AKAR), str(AKAR / "tests")])
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / number)], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": number, "TZ": zone},
        )  # fmt: skip
        assert done.stdout.strip() == here


def test_project_takes_nothing_of_xlwings_but_text() -> None:
    """Making a workbook imports no part of xlwings, so none that asks for a licence either."""
    code = (
        "import sys; from macros.proyek import vba_project; vba_project(1)\n"
        "print(sorted(n for n in sys.modules if n.split('.')[0] == 'xlwings'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=AKAR)
    assert done.stdout.strip() == "[]"


def test_version_of_xlwings(files: list[Path], tmp_path: Path) -> None:
    for path in files:
        assert read_xlwings_version(path) == xlwings.__version__
    plain = tmp_path / "a.xlsx"
    write_book(Book([Sheet("A")]), STYLES, plain)
    assert read_xlwings_version(plain) is None
    other = tmp_path / "b.xlsm"
    write_book(Book([Sheet("A")]), STYLES, other, vba=vba_project(1))
    with ExcelFile(other) as book:
        book.set_module("xlwings", "Option Explicit\r\n")
        book.save()
    assert read_xlwings_version(other) is None


# --- settings -----------------------------------------------------------------------------------------------------


def test_settings_are_text_without_heading_or_gap() -> None:
    sheet = conf_sheet()
    assert sheet.name == LEMBAR
    assert sheet.hidden
    rows = {(c.row, c.column): c.content for c in sheet.cells}
    assert rows == {
        (0, 0): "INTERPRETER_WIN", (0, 1): BELUM_DIPASANG,
        (1, 0): "INTERPRETER_MAC", (1, 1): BELUM_DIPASANG,
        (2, 0): "ADD_WORKBOOK_TO_PYTHONPATH", (2, 1): "false",
        (3, 0): "SHOW_ERROR_POPUPS", (3, 1): "False",
    }  # fmt: skip
    assert {c.format for c in sheet.cells} == {"@"}


def test_interpreters_are_found_by_their_keys() -> None:
    places = buku_pengaya().places
    assert (places[INTERPRETER_WIN].address, places[INTERPRETER_MAC].address) == ("B1", "B2")


def test_xlwings_is_found_without_being_imported() -> None:
    found = importlib.util.find_spec("xlwings")
    assert found is not None
    assert found.submodule_search_locations
