"""The command line that xlwings' own VBA builds for our buttons, taken apart as Windows does it, and really run.

pyOpenVBA's engine runs `Kinerja.bas` and the installed `xlwings.bas` as they are but for what it does not know
(`_adapt`); a stand-in for WScript.Shell keeps the line. The engine is a second witness beside LibreOffice for what
LibreOffice does not hold to: a protected sheet refuses, and FullName is a path.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

import makro
import pyopenvba.apps.excel._model as model
import pytest
from pyopenvba.apps.excel import ExcelApplication, SheetView
from pyopenvba.interpreter import VBAObject, method

from macros.proyek import module_texts

PYTHON = r"C:\Program Files\Python 3.11\python.exe"
FOLDERS = [
    r"C:\Kinerja",
    r"D:\Kinerja 2024 & lampiran",
    r"C:\Users\Nur'aini\Kinerja (akhir)",
    r"C:\Kantor ^ 100% selesai, é ñ; %TEMP% !a! = [x] {y} ~#$@`+",
    r"\\server\berbagi\KPU & Co\Kinerja",
]
NAMES = ["Konsolidasi-2024.xlsm", "Konsolidasi 'akhir' & 100%.xlsm"]

_FILES = f"""
Public Function GetAttr(ByVal path)
    If path = "{PYTHON}" Then
        GetAttr = 32
    Else
        Err.Raise 53
    End If
End Function

Public Function Environ(ByVal name)
    Environ = "C:\\Users\\Nur'aini & Co\\Temp"
End Function
"""


class Shell(VBAObject):  # type: ignore[misc]
    """WScript.Shell: keeps each line and starts nothing."""

    def __init__(self, on_run: Callable[[str], None]) -> None:
        super().__init__()
        self.on_run = on_run

    @method  # type: ignore[untyped-decorator]
    def Run(self, Command: object, WindowStyle: object = 0, WaitOnReturn: object = False) -> object:  # noqa: N802, N803
        self.on_run(str(Command))
        return 0

    @method  # type: ignore[untyped-decorator]
    def ExpandEnvironmentStrings(self, Text: object) -> object:  # noqa: N802, N803
        return Text


class WindowsPath(PureWindowsPath):
    """A workbook's path as Excel on Windows writes it."""

    @staticmethod
    def cwd() -> PureWindowsPath:
        """Where the engine believes that Excel is installed."""
        return PureWindowsPath(r"C:\Program Files\Microsoft Office\Office16")


@dataclass
class Excel:
    """The engine with a workbook open, and what it would have started."""

    app: ExcelApplication
    dasbor: SheetView
    lines: list[str] = field(default_factory=list)
    status_then: object = None

    @property
    def status(self) -> str:
        return str(self.dasbor.value("A1"))

    def answer(self, line: str) -> None:
        """Python's part: the result in the status cell, written past the protection as xlwings may."""
        self.status_then = self.status
        self.lines.append(line)
        cell = self.dasbor.sheet.cell(1, 1)
        assert cell is not None
        cell.value = "Selesai"


def _adapt(text: str) -> str:
    """xlwings' module for an engine that has no window and no files.

    Nor does it compare a text with a truth value, or find cells of a workbook that is not in front.
    """
    changes = {
        'GetConfig("SHOW CONSOLE", False) = True': 'CBool(GetConfig("SHOW CONSOLE", False))',
        "Application.Hwnd": "4711",
        "Kill LOG_FILE": "",
        'In Range(sht.Range("A1"), lastCell)': 'In sht.Range(sht.Range("A1"), lastCell)',
    }
    for old, new in changes.items():
        assert old in text, f"xlwings changed: {old}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Excel:
    monkeypatch.setattr(model, "Path", WindowsPath)
    app = ExcelApplication.open(makro.write_macro_book(tmp_path / "uji.xlsm"), with_vba=False)
    excel = Excel(app, app.sheet("Dasbor"))
    monkeypatch.setattr(app.interpreter.host, "create", lambda _: Shell(excel.answer))
    texts = module_texts()
    texts["xlwings"] = _adapt(texts["xlwings"])
    for name in ("Kinerja", "KinerjaFungsi", "xlwings"):
        app.add_module(makro.resolve(texts[name], makro.WINDOWS), name=name)
    app.add_module(_FILES, name="Berkas")
    _place(excel, r"C:\Kinerja", "Konsolidasi-2024.xlsm")
    app.sheet("xlwings.conf").set_value("B1", PYTHON)
    return excel


def _place(excel: Excel, folder: str, name: str) -> None:
    (book,) = excel.app.workbooks()
    book.path, book.name = folder, name


# --- Windows' part ------------------------------------------------------------------------------------------------


def _split_commands(line: str) -> list[str]:
    """What cmd.exe makes of a line after /C: commands apart at &, ^ taken away; a quotation mark turns both off."""
    commands, quoted, i = [""], False, 0
    while i < len(line):
        sign = line[i]
        if sign == '"':
            quoted = not quoted
        if sign == "^" and not quoted:
            i += 1
            sign = line[i : i + 1]
        elif sign in "&|<" and not quoted:
            assert sign == "&", f"{sign} would be an order to cmd.exe"
            commands.append("")
            i += 1
            continue
        commands[-1] += sign
        i += 1
    return [command.strip() for command in commands]


def _split_arguments(command: str) -> list[str]:
    r"""What a Windows program finds in argv: \" is a quotation mark, other backslashes are themselves."""
    arguments, current, quoted, i = [], "", False, 0
    while i < len(command):
        slashes = len(command[i:]) - len(command[i:].lstrip("\\"))
        if slashes and command[i + slashes : i + slashes + 1] == '"':
            current += "\\" * (slashes // 2)
            i += slashes
            if slashes % 2:
                current += '"'
                i += 1
            continue
        sign = command[i]
        if sign == '"':
            quoted = not quoted
        elif sign == " " and not quoted:
            arguments.append(current)
            current = ""
        else:
            current += sign
        i += 1
    return [argument for argument in [*arguments, current] if argument]


def _take_apart(line: str) -> list[str]:
    """The arguments of the Python program in a line of WScript.Run."""
    start = "cmd.exe /C "
    assert line.startswith(start)
    assert len(line) < 8191  # what cmd.exe takes
    commands = _split_commands(line.removeprefix(start))
    assert commands[:-1] == ["C:", f'cd "{PureWindowsPath(PYTHON).parent}"']
    command, log = re.fullmatch(r'(.*) 2> "([^"]*)"', commands[-1]).groups()  # type: ignore[union-attr]
    assert log.startswith(r"C:\Users\Nur'aini & Co\Temp\xlwings-")
    return _split_arguments(command)


def _run_python(arguments: list[str], folder: Path) -> list[Any]:
    """Run the line's Python with a stand-in for `macros.excel` that writes down what it was asked for."""
    package = folder / "jalur" / "macros"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "excel.py").write_text(
        "import json, pathlib, sys\n"
        "def press(button, path):\n"
        "    told = [button, bytes.fromhex(path).decode('utf-16-be'), sys.argv[1:]]\n"
        "    pathlib.Path('diminta.json').write_text(json.dumps(told))\n"
    )
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(folder / "jalur")},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told: list[Any] = json.loads((folder / "diminta.json").read_text())
    return told


# --- what is judged -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_python_gets_button_and_path(excel: Excel, tmp_path: Path, folder: str, name: str) -> None:
    _place(excel, folder, name)
    excel.app.run("Kinerja.Segarkan")
    (line,) = excel.lines
    program, *arguments = _take_apart(line)
    assert program == PYTHON
    assert arguments[:2] == ["-B", "-c"]
    button, path, argv = _run_python(arguments, tmp_path)
    assert (button, path) == ("segarkan", f"{folder}\\{name}")
    assert f"--wb={name}" in argv
    assert "--from_xl=1" in argv


@pytest.mark.parametrize("macro", makro.TOMBOL)
def test_each_button_by_its_name(excel: Excel, tmp_path: Path, macro: str) -> None:
    excel.app.run(f"Kinerja.{macro}")
    (line,) = excel.lines
    button, _, _ = _run_python(_take_apart(line)[1:], tmp_path)
    caption, expected = makro.TOMBOL[macro]
    assert button == expected
    assert excel.status_then == f"Sedang berjalan: {caption}. Mohon tunggu."
    assert excel.status == "Selesai"


def test_a_path_that_xlwings_would_let_cmd_run_is_refused(excel: Excel) -> None:
    """xlwings writes & as ^&: after a ^ of the path's own, that & would end the command."""
    _place(excel, r"C:\a^&calc", "Konsolidasi-2024.xlsm")
    excel.app.run("Kinerja.Segarkan")
    assert excel.lines == []
    assert "nama berkas atau folder memuat tanda" in excel.status


def test_without_python_nothing_is_started(excel: Excel) -> None:
    excel.app.sheet("xlwings.conf").set_value("B1", r"C:\tidak\ada\python.exe")
    excel.app.run("Kinerja.Segarkan")
    assert excel.lines == []
    assert 'rkt segarkan "C:\\Kinerja\\Konsolidasi-2024.xlsm"' in excel.status
    assert excel.app.interpreter.dialogs == []


def test_add_in_names_the_workbook_in_front_and_keeps_it_out_of_the_command_line(
    excel: Excel, tmp_path: Path
) -> None:
    """A file name from a mail must mean nothing to cmd.exe; settings of that workbook are not asked either."""
    _place(excel, r"C:\Users\A & B\AddIns", "rkt.xlam")
    in_front = excel.app.add_workbook()
    in_front.path, in_front.name = "C:\\Unduhan", "x^&calc & 'y'.xlsx"
    excel.app.activate_workbook(in_front)
    excel.app.run("Kinerja.Segarkan")
    (line,) = excel.lines
    assert "calc" not in line
    button, path, argv = _run_python(_take_apart(line)[1:], tmp_path)
    assert (button, path) == ("segarkan", "C:\\Unduhan\\x^&calc & 'y'.xlsx")
    assert "--wb=rkt.xlam" in argv
    assert excel.app.application.vba_get("StatusBar") is False  # that workbook has no status cell


def test_add_in_without_a_workbook_says_so(excel: Excel) -> None:
    _place(excel, r"C:\AddIns", "rkt.xlam")
    excel.app.application.active_book = None
    excel.app.run("Kinerja.Segarkan")
    assert excel.lines == []
    told = str(excel.app.application.vba_get("StatusBar"))
    assert told.startswith("Segarkan belum dijalankan: tidak ada buku yang terbuka")


def test_protection_is_as_before(excel: Excel) -> None:
    """The status cell is locked: it is written, and the sheet keeps every permission that it had."""
    before = _protection(excel)
    excel.app.run("Kinerja.Segarkan")
    assert excel.status_then == "Sedang berjalan: Segarkan. Mohon tunggu."
    assert _protection(excel) == before
    assert before["ProtectContents"] is True
    assert before["AllowFormattingRows"] is True
    assert before["AllowInsertingRows"] is False


def test_password_of_the_user_stays_and_the_status_bar_tells(excel: Excel) -> None:
    sheet = excel.dasbor.sheet
    sheet.vba_get("Unprotect", [""])
    sheet.vba_get("Protect", ["rahasia"])
    excel.app.sheet("xlwings.conf").set_value("B1", "")
    excel.app.run("Kinerja.Segarkan")
    assert excel.status == "Belum pernah dijalankan"
    assert str(excel.app.application.vba_get("StatusBar")).startswith("Segarkan belum dijalankan: ")
    assert _protection(excel)["ProtectContents"] is True


def _protection(excel: Excel) -> dict[str, object]:
    sheet = excel.dasbor.sheet
    protection = sheet.vba_get("Protection")
    assert isinstance(protection, VBAObject)
    allowed = re.findall(r"\.(Allow\w+)", module_texts()["Kinerja"])
    kept: dict[str, object] = {name: protection.vba_get(name) for name in allowed}
    names = ("ProtectContents", "ProtectDrawingObjects", "ProtectScenarios")
    return kept | {name: sheet.vba_get(name) for name in names}
