"""Every button and ribbon entry, run by LibreOffice against a stand-in for xlwings' module (`makro.PENGGANTI`).

Judged by what the workbook holds afterwards: what the stand-in was asked for, and what the status cell says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import libreoffice_makro
import makro
import pytest

from builder.writer import write_book
from macros.proyek import as_addin
from workbook_templates.tema import STYLES

Hasil = dict[str, Any]
WAJIB = "RKT_WAJIB_LIBREOFFICE"
STATUS, SAKSI = "Dasbor!A1", "Saksi!B2"
NAMA = "Konsolidasi 2024 é 😀 & 100% 'uji' ^.xlsm"
PANGGILAN = re.compile(r"from macros import excel; excel\.press\('(\w+)', '([0-9A-F]+)'\)")


def _tasks(folder: Path) -> dict[str, dict[str, Any]]:
    """Every task by the name under which the tests ask for what came of it."""
    path = str(makro.put_stand_in(makro.write_macro_book(folder / NAMA)))
    mac = str(makro.put_stand_in(makro.write_macro_book(folder / "mac.xlsm"), makro.MAC))
    odd = str(makro.put_stand_in(makro.write_macro_book(folder / "a^&b.xlsm")))
    (pengaya := makro.write_macro_book(folder / "uji.xlsm")).rename(folder / "uji.xlam")
    as_addin(makro.put_stand_in(pengaya.with_suffix(".xlam")))
    write_book(makro.buku_uji(), STYLES, folder / "depan.xlsx")
    scripts = folder / "Application Scripts" / "com.microsoft.Excel"
    scripts.mkdir(parents=True)
    (scripts / "xlwings-0.0.0.applescript").touch()
    (folder / "xlwings.log").write_text("Traceback: mac\n")
    return {
        **{macro: _task(path, macro) for macro in makro.TOMBOL},
        **{f"Pita{macro}": _task(path, f"xlwings.TekanPita{macro}") for macro in makro.TOMBOL},
        **{peran: _task(path, peran=peran) for peran in ("diam", "galat", "dicegah", "terkunci")},
        "lembar Error": _task(path, peran="galat", add=["Error"], cells={"Error!A1": "milik saya"}),
        "belum disimpan": _task(path, template=True),
        "tanpa Python": _task(path, python="/tidak/ada/python"),
        "belum dipasang": _task(path, python=""),
        "lembar py": _task(path, add=["hitung.py"]),
        "nama berkas": _task(odd),
        "pengaya": _task(str(pengaya.with_suffix(".xlam")), front=str(folder / "depan.xlsx")),
        "mac": _task(mac, row=2),
        "mac galat": _task(mac, "xlwings.TekanLaluLihat", peran="diam", row=2),
        "mac belum dipasang": _task(mac, row=2, python=""),
    }


def _task(
    path: str, macro: str = "Segarkan", peran: str = "", python: str = "/bin/sh", row: int = 1, **more: Any
) -> dict[str, Any]:
    cells = {"Saksi!B1": peran, **more.pop("cells", {})}
    if python:
        cells[f"xlwings.conf!B{row}"] = python
    name = macro if "." in macro else f"Kinerja.{macro}"
    return {"path": path, "macros": [name, "xlwings.CatatKeadaan"], "cells": cells, **more}


@pytest.fixture(scope="module")
def hasil(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hasil]:
    """All tasks in one LibreOffice."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    missing = "LibreOffice (soffice)" if soffice is None else ""
    if soffice is not None and libreoffice_makro.find_bridge(soffice) is None:
        missing = "LibreOffice's Python bridge (python3-uno)"
    if missing and os.environ.get(WAJIB) == "1":
        pytest.fail(f"{missing} is not installed, and {WAJIB}=1 asks for it")
    if missing or soffice is None:
        pytest.skip(f"{missing} is not installed")
    folder = tmp_path_factory.mktemp("makro")
    tasks = _tasks(folder)
    places = {"TEMP": str(folder), "HOME": str(folder)}
    done = libreoffice_makro.run_tasks(list(tasks.values()), soffice, places)
    results = dict(zip(tasks, done, strict=True))
    log = (folder / "rkt-kesalahan.log").read_text(encoding="utf-8")
    return {**results, "log": {"text": log, "path": str(folder / "rkt-kesalahan.log")}}


def _asked(result: Hasil, name: str = NAMA) -> str:
    """The button that Python was asked for, with this workbook's path (LibreOffice's FullName is the name)."""
    found = PANGGILAN.fullmatch(result["cells"][SAKSI])
    assert found
    assert bytes.fromhex(found[2]).decode("utf-16-be") == name
    return found[1]


@pytest.mark.parametrize("macro", makro.TOMBOL)
@pytest.mark.parametrize("prefix", ["", "Pita"])
def test_button_and_ribbon_entry_ask_python(hasil: dict[str, Hasil], prefix: str, macro: str) -> None:
    result = hasil[prefix + macro]
    caption, button = makro.TOMBOL[macro]
    assert _asked(result) == button
    assert result["cells"]["Saksi!B3"] == f"Sedang berjalan: {caption}. Mohon tunggu."
    assert result["cells"][STATUS] == "Selesai"


def test_events_are_off_while_it_runs_and_on_again(hasil: dict[str, Hasil]) -> None:
    for name in ("Segarkan", "galat", "dicegah", "terkunci", "diam", "tanpa Python"):
        cells = hasil[name]["cells"]
        assert cells.get("Saksi!B4", "FALSE") == "FALSE", name
        assert (cells["Saksi!B5"], cells["Saksi!B6"], cells["Saksi!B7"]) == ("TRUE", "TRUE", "Dasbor"), name


@pytest.mark.parametrize(
    ("peran", "sentence", "log"),
    [
        ("diam", "Python selesai tanpa memberi hasil", ""),
        ("galat", "Python berhenti karena kesalahan", "Traceback: macros"),
        ("dicegah", "Python tidak dapat dijalankan dari Excel", "Permission denied"),
        ("terkunci", "Python tidak dapat dijalankan dari Excel", "Traceback: log"),
    ],
)
def test_failure_is_a_sentence_and_the_rest_is_in_the_log(
    hasil: dict[str, Hasil], peran: str, sentence: str, log: str
) -> None:
    result = hasil[peran]
    assert _asked(result) == "segarkan"
    told = result["cells"][STATUS]
    assert told.startswith(f"Segarkan belum berhasil: {sentence}")
    assert f'rkt segarkan "{NAMA}"' in told
    assert told.endswith(f"Keterangan teknis: {hasil['log']['path']}")
    assert "Traceback" not in json.dumps(result)
    assert result["sheets"] == ["Dasbor", "Saksi", "xlwings.conf"]
    assert log in hasil["log"]["text"]


def test_a_sheet_error_of_the_user_is_as_before(hasil: dict[str, Hasil]) -> None:
    result = hasil["lembar Error"]
    assert result["cells"]["Error!A1"] == "milik saya"
    assert result["cells"][STATUS].startswith("Segarkan belum berhasil: Python berhenti karena kesalahan.")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("belum disimpan", "buku ini belum pernah disimpan. Simpan dahulu (Ctrl+S)"),
        ("tanpa Python", "Jalankan rkt pasang di Command Prompt, lalu tekan lagi"),
        ("tanpa Python", f'atau tanpa Excel: rkt segarkan "{NAMA}".'),
        ("belum dipasang", "Python belum dipasang untuk Excel di komputer ini. Jalankan rkt pasang"),
        ("lembar py", 'ada lembar yang namanya berakhir ".py"'),
        ("nama berkas", "nama berkas atau folder memuat tanda yang tidak dapat diteruskan"),
        ("mac belum dipasang", "Jalankan rkt pasang di Terminal"),
    ],
)  # fmt: skip
def test_obstacle_is_told_and_python_is_not_asked(hasil: dict[str, Hasil], name: str, sentence: str) -> None:
    cells = hasil[name]["cells"]
    assert cells[STATUS].startswith("Segarkan belum dijalankan: ")
    assert sentence in cells[STATUS]
    assert SAKSI not in cells


def test_add_in_works_on_the_workbook_in_front(hasil: dict[str, Hasil]) -> None:
    result = hasil["pengaya"]
    assert _asked(result, "depan.xlsx") == "segarkan"
    told = result["front"]["cells"][STATUS]
    # The stand-in wrote into its own workbook, not into this one.
    assert told.startswith("Segarkan belum berhasil: Python selesai tanpa memberi hasil.")
    assert 'rkt segarkan "depan.xlsx"' in told


def test_mac_looks_again_since_python_works_on(hasil: dict[str, Hasil]) -> None:
    assert _asked(hasil["mac"], "mac.xlsm") == "segarkan"
    assert hasil["mac"]["cells"][STATUS] == "Selesai"
    told = hasil["mac galat"]["cells"][STATUS]
    assert told.startswith("Segarkan belum berhasil: Python berhenti karena kesalahan.")
    assert "Terminal: rkt segarkan" in told
    assert "Traceback: mac" in hasil["log"]["text"]
