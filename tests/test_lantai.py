"""The floors of the house (DESIGN): a module imports only from below, and each library has one place."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

AKAR = Path(__file__).parent.parent
PAKET = ("builder", "workbook_templates", "macros")

# The top floor of `builder`: wires forms, files and people together.
ATAS = {
    "builder.books",
    "builder.commands",
    "builder.contoh",
    "builder.gabungan",
    "builder.lama",
    "builder.recompute",
    "builder.refresh",
    "builder.closed",
    "builder.keputusan",
    "builder.pemulihan",
    "builder.perintah_arsip",
    "builder.perintah_surel",
    "builder.pengambilan",
    "builder.pengantaran",
    "builder.persuratan",
    "builder.status",
    "builder.pembagian",
    "builder.penerimaan",
    "builder.perbaikan",
    "builder.returns",
    "builder.revisi",
    "builder.versi",
    "builder.__main__",
}
# The ground floor: the standard library and each other.
DASAR = {"builder.rkt", "builder.angka", "builder.masalah", "builder.tampak", "builder.expr"}

# Where a library may be imported: a module, or a package with all that is in it.
TEMPAT = {
    "pandas": {"builder.tabel_data", *ATAS},
    "xlsxwriter": {"builder.writer"},
    "lxml": {"builder.package"},
    "filelock": {"builder.save"},
    "psutil": {"builder.save", "builder.strict.child"},
    "pyopenvba": {"macros"},
    "xlwings_server": {"macros.server"},
    "uvicorn": {"macros.server"},
    "watchfiles": {"macros.pantau"},
    "openpyxl": {"builder.plan", "builder.naskah"},
    "xlwings": {"macros"},
    "docx": {"builder.naskah"},
    "pdfplumber": {"builder.naskah"},
    "oxmsg": {"builder.masukan"},
    "tnefparse": {"builder.masukan"},
    "sqlite3": {"builder.arsip"},
    "imapclient": {"builder.pos"},
    "smtplib": {"builder.pos"},
    "keyring": {"builder.pos"},
    "click": {
        "builder.__main__",
        "builder.layar",
        "builder.perintah_arsip",
        "builder.perintah_surel",
        "macros",
    },
    "workbook_templates": {"workbook_templates", "macros", *ATAS},
    "macros": {"macros", *ATAS},
}


def _modules() -> dict[str, Path]:
    paths = [path for package in PAKET for path in sorted((AKAR / package).rglob("*.py"))]
    return {_name(path): path for path in paths}


def _name(path: Path) -> str:
    parts = path.relative_to(AKAR).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODUL = _modules()


@cache
def _imports(name: str) -> frozenset[str]:
    """Everything that a module imports, inside functions and for types too: "builder.rkt", "pandas"."""
    return _imports_of(MODUL[name].read_text(encoding="utf-8"), name, MODUL[name].name == "__init__.py")


def _imports_of(source: str, name: str, is_package: bool) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".")[
                    : None if is_package and node.level == 1 else -node.level + is_package
                ]
                base = ".".join([*package, base] if base else package)
            found |= {_whole(base, alias.name) for alias in node.names}
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            found |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
    return frozenset(found)


def _whole(base: str, name: str) -> str:
    """`from builder import capaian` imports a module, `from builder.rkt import Rkt` a name in it."""
    return f"{base}.{name}" if f"{base}.{name}" in MODUL else base


def _is_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("library", TEMPAT)
def test_library_is_imported_in_its_place_only(library: str) -> None:
    users = {name for name in MODUL if _is_in_any(_imports(name), library)}
    assert {name for name in users if not _is_in(name, TEMPAT[library])} == set()


def _is_in_any(imported: frozenset[str], library: str) -> bool:
    return any(_is_in(name, {library}) for name in imported)


def test_libraries_of_the_house_are_found_at_all() -> None:
    """The test above would say nothing about a library that it cannot see."""
    seen = {library for library in TEMPAT for name in MODUL if _is_in_any(_imports(name), library)}
    assert seen >= {"pandas", "xlsxwriter", "openpyxl", "docx", "pdfplumber", "click", "workbook_templates"}


@pytest.mark.parametrize("name", sorted(DASAR))
def test_ground_floor_imports_the_standard_library_and_itself(name: str) -> None:
    above = {i for i in _imports(name) if i not in DASAR and i.split(".")[0] not in sys.stdlib_module_names}
    assert above == set()


def test_no_module_below_imports_the_top_floor() -> None:
    """Nor does anything but the forms' own package look into a form."""
    below = {name for name in MODUL if not _is_in(name, {*ATAS, "macros"})}
    assert {(name, i) for name in below for i in _imports(name) if i in ATAS} == set()


def test_forms_open_no_file() -> None:
    """A form says what stands where; writing and reading are the machine's."""
    forbidden = {"builder.writer", "builder.naskah", "openpyxl", "xlsxwriter", "pandas", "xlwings"}
    forms = [name for name in MODUL if _is_in(name, {"workbook_templates"})]
    found = {(name, i) for name in forms for i in _imports(name) if _is_in(i, forbidden)}
    assert len(forms) > 5
    assert found == set()


def test_no_module_imports_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " > ".join((*way, name))
        if name not in done:
            for imported in _imports(name) & MODUL.keys() - {name}:
                visit(imported, (*way, name))
            done.add(name)

    for name in MODUL:
        visit(name, ())


def test_nothing_is_called_utils_helpers_or_manager() -> None:
    words = ("util", "helper", "manager")
    files = {name for name in MODUL if any(word in name.lower() for word in words)}
    names = {
        f"{module}.{node.name}"
        for module, path in MODUL.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and any(word in node.name.lower() for word in words)
    }
    assert files | names == set()


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import xlwings as xw", "xlwings"),
        ("def f():\n    import pandas.core", "pandas.core"),
        ("from builder import rkt", "builder.rkt"),
        ("from builder.rkt import Rkt", "builder.rkt"),
        ("from . import rkt", "builder.rkt"),
        ("from .rkt import Rkt", "builder.rkt"),
        ("importlib.import_module('xlwings')", "xlwings"),
    ],
)
def test_imports_are_seen(source: str, imported: str) -> None:
    assert imported in _imports_of(source, "builder.reader", False)
