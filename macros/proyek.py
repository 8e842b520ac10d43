"""The VBA project from text: our modules in `macros/vba` and the one of the installed xlwings (its BSD part).

XlsxWriter puts the project into a workbook; here are the parts that it does not know, the ribbon and the
add-in's type. The same input gives the same bytes.
"""

from __future__ import annotations

import importlib.util
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB
from pyopenvba.vba import VBAProject, parse_vba_project

from builder.save import whole_file
from builder.writer import write_book
from workbook_templates.pengaturan import buku_pengaya
from workbook_templates.tema import STYLES

NAMA_PENGAYA = "rkt.xlam"

_VBA = files("macros") / "vba"
_OWN = ("Kinerja", "KinerjaFungsi")
_PROJECT_PART = "xl/vbaProject.bin"
_RIBBON_PART = "customUI/customUI14.xml"
_TYPES_PART = "[Content_Types].xml"
_RELS_PART = "_rels/.rels"
_BOOK_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "([^"]+)"', re.MULTILINE)


# --- the project --------------------------------------------------------------------------------------------------


def vba_project(sheets: int) -> bytes:
    """The part vbaProject.bin for a workbook of so many sheets.

    It holds a document module for the workbook and for each sheet, named as XlsxWriter names them: Sheet1, ...
    An add-in takes the same project: xlwings' variant for add-ins would put the name of whatever workbook is
    in front into a command line, and take the interpreter from that workbook's own settings.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(_empty_package(sheets))
        with ExcelFile(path) as book:
            project = book.add_vba_project()
            for name, source, kind in _modules():
                project.add_module(name, source, kind=kind)
            book.save()
        return _read_part(path, _PROJECT_PART)


def module_texts() -> dict[str, str]:
    """Each module's name and text as it stands in `macros/vba` and in xlwings."""
    return {name: source for name, source, _ in _modules()}


def _modules() -> Iterator[tuple[str, str, VBAModuleKind]]:
    for name in _OWN:
        text = (_VBA / f"{name}.bas").read_text(encoding="ascii")
        yield name, _with_crlf(text), VBAModuleKind.standard
    yield "xlwings", _xlwings_text("xlwings.bas"), VBAModuleKind.standard
    # What xlwings' module needs on a Mac instead of Windows' own dictionary.
    yield "Dictionary", _xlwings_text("addin/Dictionary.cls"), VBAModuleKind.other


def _xlwings_text(name: str) -> str:
    """A text of the installed xlwings, found without importing it."""
    found = importlib.util.find_spec("xlwings")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("xlwings is not installed", name="xlwings")
    path = Path(found.submodule_search_locations[0]) / name
    return _with_crlf(path.read_text(encoding="ascii"))


def _with_crlf(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"


def _empty_package(sheets: int) -> bytes:
    """As little of a workbook as pyOpenVBA needs to make a project for it."""
    numbers = range(1, sheets + 1)
    tags = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        _TYPES_PART: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>{tags}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}">{rels}</Relationships>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>'
            for n in numbers
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return buffer.getvalue()


def read_xlwings_version(path: Path) -> str | None:
    """The version of xlwings in a workbook's macros; None where it has none."""
    try:
        raw = _read_part(path, _PROJECT_PART)
    except KeyError:
        return None
    project: VBAProject = parse_vba_project(CFB.from_bytes(raw))
    for module in project.modules:
        found = _VERSION.search(module.source.replace("\r\n", "\n"))
        if found:
            return found[1]
    return None


# --- the package --------------------------------------------------------------------------------------------------


def add_ribbon(path: Path) -> None:
    """Give a written workbook the ribbon tab; every other part stays as it is, byte for byte."""
    content = with_ribbon(path.read_bytes())
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def with_ribbon(content: bytes) -> bytes:
    """A workbook with the ribbon tab, from its bytes."""
    ribbon = (_VBA / "pita.xml").read_bytes().replace(b"\r\n", b"\n")
    relationship = f'<Relationship Id="rIdPita" Type="{_RIBBON_TYPE}" Target="{_RIBBON_PART}"/>'.encode()
    end = b"</Relationships>"
    changes = {_RELS_PART: lambda part: _replace_once(part, end, relationship + end)}
    return _rewrite(content, changes, {_RIBBON_PART: ribbon})


def as_addin(path: Path) -> None:
    """Make a macro-enabled workbook an add-in: the type of its main part says which it is."""
    old, new = _BOOK_TYPE.encode(), _ADDIN_TYPE.encode()
    content = _rewrite(path.read_bytes(), {_TYPES_PART: lambda part: _replace_once(part, old, new)}, {})
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def write_addin(path: Path) -> None:
    """Write the add-in, whole or not at all."""
    book = buku_pengaya()
    with whole_file(path) as temporary:
        write_book(book, STYLES, temporary, vba=vba_project(len(book.sheets)))
        add_ribbon(temporary)
        as_addin(temporary)


def _replace_once(part: bytes, old: bytes, new: bytes) -> bytes:
    if part.count(old) != 1:
        raise ValueError(f"{old!r} stands {part.count(old)} times in a part")
    return part.replace(old, new)


def _rewrite(content: bytes, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes]) -> bytes:
    """A package with some parts changed and some added, in the order it has."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    if added.keys() & parts.keys():
        raise ValueError(f"{sorted(added.keys() & parts.keys())} stand in the package already")
    for name, change in changes.items():
        parts[name] = change(parts[name])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**parts, **added}.items():
            package.writestr(_entry(name), data)
    return made.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A fixed date and no system: the same parts give the same bytes on each."""
    info = zipfile.ZipInfo(name, _ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    info.external_attr = 0
    return info


def _read_part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)
