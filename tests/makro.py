"""A small workbook with buttons and macros, and VBA as an engine that is not Excel can read it.

LibreOffice and pyOpenVBA know no `#If`, so `resolve` does what the VBA compiler does first. `PENGGANTI` takes the
place of xlwings' module: it plays Python as cell B1 of the sheet Saksi says, and writes down there what it got.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pyopenvba import ExcelFile, VBAModuleKind

from builder.expr import Key
from builder.layout import Book, Button, Role, Sheet
from builder.writer import write_book
from macros.proyek import add_ribbon, module_texts, vba_project
from workbook_templates.pengaturan import conf_sheet
from workbook_templates.tema import STYLES

NAMA_STATUS = "HASIL_TERAKHIR"
TOMBOL = {  # macro -> caption, name for Python
    "Segarkan": ("Segarkan", "segarkan"),
    "Periksa": ("Periksa", "periksa"),
    "HitungUlang": ("Hitung Ulang", "hitung_ulang"),
    "BuatBukuKerja": ("Buat Buku Kerja", "buat_buku_kerja"),
}
WINDOWS = {"Mac": False, "VBA7": True, "Win64": True, "App": "Microsoft Excel", "MAC_OFFICE_VERSION": 0}
MAC = {**WINDOWS, "Mac": True, "Win64": False}

PENGGANTI = """Attribute VB_Name = "xlwings"
Option Explicit
Public Const XLWINGS_VERSION As String = "0.0.0"

Public Function RunPython(PythonCommand As String)
    Dim page As Worksheet
    Dim status As Range
    Set page = ThisWorkbook.Worksheets("Saksi")
    Set status = ThisWorkbook.Names("HASIL_TERAKHIR").RefersToRange.Cells(1, 1)
    page.Range("B2").Value = PythonCommand
    page.Range("B3").Value = status.Value
    page.Range("B4").Value = CStr(Application.EnableEvents)
    RunPython = 0
    Select Case page.Range("B1").Value
    Case "diam"
    Case "galat"
        WriteError "Traceback: macros"
        RunPython = -1
    Case "dicegah"
        Err.Raise 70, "WScript.Shell", "Permission denied"
    Case "terkunci"
        Open Environ("TEMP") & "/xlwings-1.log" For Output As #1
        Print #1, "Traceback: log"
        Close #1
        Err.Raise 1004, "Sheets", "Method 'Add' of object 'Sheets' failed"
    Case Else
        status.Value = "Selesai"
    End Select
End Function

Private Sub WriteError(text As String)
    Dim page As Worksheet
    On Error Resume Next
    Set page = ThisWorkbook.Worksheets("Error")
    On Error GoTo 0
    If page Is Nothing Then
        Set page = ThisWorkbook.Sheets.Add()
        page.Name = "Error"
    End If
    page.Range("A1").Value = text
End Sub

Public Function GetConfig(configKey As String, Optional default As String = "") As Variant
    Dim row As Integer
    GetConfig = default
    For row = 1 To 4
        If ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 1).Value = configKey Then
            GetConfig = ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 2).Value
        End If
    Next row
End Function

Public Function FileExists(ByVal FileSpec As String) As Boolean
    FileExists = (Dir(FileSpec) <> "")
End Function

Public Function XLPy()
    Set XLPy = Nothing
End Function

Public Sub CatatKeadaan()
    With ThisWorkbook.Worksheets("Saksi")
        .Range("B5").Value = CStr(Application.EnableEvents)
        .Range("B6").Value = CStr(Application.DisplayAlerts)
        .Range("B7").Value = ThisWorkbook.ActiveSheet.Name
    End With
End Sub
"""
_PITA = """
Public Sub Tekan{macro}()
    Dim control As New IRibbonControl
    {macro} control
End Sub
"""

# LibreOffice forgets a module's variables between two calls, which Excel does not.
_LIHAT_LAGI = """
Public Sub TekanLaluLihat()
    Segarkan
    LihatHasil
End Sub
"""


def buku_uji(*, locked: bool = True) -> Book:
    """A Dasbor with the status cell and the four buttons, a sheet for the witness, the settings."""
    # Heights are given: LibreOffice hangs where it must fit a row with a button to a long text by itself.
    dasbor = Sheet("Dasbor", locked=locked, widths={0: 40, 1: 20, 2: 20, 3: 20}, heights={0: 40, 2: 30})
    status = Key("umum", "", "hasil")
    dasbor.put(0, 0, "Belum pernah dijalankan", "teks", Role.FIXED, status, name=NAMA_STATUS, columns=4)
    for column, (macro, (caption, _)) in enumerate(TOMBOL.items()):
        dasbor.buttons.append(Button(2, column, 1, caption, macro))
    saksi = Sheet("Saksi", locked=False, widths={0: 20, 1: 60}, heights=dict.fromkeys(range(9), 15.0))
    for row, text in enumerate(("peran", "perintah", "status saat berjalan", "events saat berjalan")):
        saksi.put(row, 0, text, "sel_kiri")
    return Book([dasbor, saksi, conf_sheet()])


def write_macro_book(path: Path, *, locked: bool = True) -> Path:
    """The workbook as it is emitted: with xlwings' own module."""
    book = buku_uji(locked=locked)
    write_book(book, STYLES, path, vba=vba_project(len(book.sheets)))
    add_ribbon(path)
    return path


def put_stand_in(path: Path, facts: Mapping[str, object] = WINDOWS) -> Path:
    """The same with the stand-in for xlwings, and our modules as the compiler sees them."""
    with ExcelFile(path) as book:
        project = book.vba_project()
        project.delete_module("Dictionary")  # of xlwings; LibreOffice cannot compile it
        callbacks = "".join(_PITA.format(macro=f"Pita{macro}") for macro in TOMBOL)
        if facts["Mac"]:
            callbacks += _LIHAT_LAGI
        book.set_module("xlwings", _crlf(PENGGANTI + callbacks))
        for name in ("Kinerja", "KinerjaFungsi"):
            book.set_module(name, _crlf(resolve(module_texts()[name], facts)))
        control = "Option Explicit\r\nPublic Id As String\r\n"
        project.add_module("IRibbonControl", control, kind=VBAModuleKind.other)
        book.save()
    return path


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def resolve(source: str, facts: Mapping[str, object]) -> str:
    """VBA without `#If`: the branches that the facts name stay, every other line is blank."""
    lines: list[str] = []
    taken: list[list[bool]] = []  # of each open #If: this branch is live; one was live already
    for line in source.splitlines():
        text = line.strip()
        condition = re.match(r"#(?:Else)?If\s+(.+?)\s+Then\b", text)
        if condition and text.startswith("#If"):
            live = _holds(condition[1], facts)
            taken.append([live, live])
        elif condition:
            taken[-1][0] = not taken[-1][1] and _holds(condition[1], facts)
            taken[-1][1] |= taken[-1][0]
        elif text.startswith("#Else"):
            taken[-1][0] = not taken[-1][1]
        elif text.startswith("#End If"):
            taken.pop()
        elif not text.startswith("#Const") and all(live for live, _ in taken):
            lines.append(line)
            continue
        lines.append("")
    assert taken == []
    return "\n".join(lines) + "\n"


def _holds(condition: str, facts: Mapping[str, object]) -> bool:
    """A condition in VBA's words; names that are not among the facts are false, as VBA has it."""
    python = re.sub(r"(?<![<>])=", "==", condition.replace("Not ", "not ").replace(" Or ", " or "))
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", condition), False)
    return bool(eval(python, {"__builtins__": {}}, {**names, **facts}))
