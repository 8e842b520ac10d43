"""The worksheet functions as a cell calls them: tables that an official can read, and the rules' own tables."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kasus
import mesin
import pytest
import rentang

from builder.commands import write_plan
from builder.plan import read_plan
from builder.plan.table import as_row
from builder.rkt import Polaritas
from macros import fungsi, sumber

if TYPE_CHECKING:
    from collections.abc import Iterator

# What only a plan says: whether Nihil is an answer, the bounds of an entry, that a jumlah is whole.
MENURUT_RENCANA = ("tidak dibolehkan", "di luar skala", "tidak bulat")


@pytest.mark.parametrize("name", rentang.FUNGSI)
def test_cases(name: str) -> None:
    name_of, columns = rentang.FUNGSI[name]
    function = getattr(fungsi, name_of)
    faults = [
        fault
        for line in kasus.read_kasus(name)
        for fault in rentang.faults(line, function(*(rentang.parse_rentang(line[c]) for c in columns)))
    ]
    assert not faults, "\n".join(faults)


# --- the rules' own tables ----------------------------------------------------------------------------------------


def _capaian_lines() -> Iterator[tuple[str, dict[str, str], tuple[Any, ...]]]:
    """Lines of the tables of capaian that a function can know: no ceiling, no band, one target for all."""
    for polaritas in Polaritas:
        for line in kasus.read_kasus(f"capaian-{polaritas}"):
            own = line.get("batas capaian") or line.get("toleransi")
            if not own and line["target"] == line["target tahunan"]:
                tipe = "persentase" if "%" in line["target"] else "nilai"
                yield polaritas, line, (line["realisasi"], line["target"], tipe, polaritas)
    for tipe in ("opini", "predikat"):
        for line in kasus.read_kasus(tipe):
            yield tipe, line, (line["realisasi"], line["target"], tipe, "")


def test_capaian_agrees_with_the_tables_of_the_rules() -> None:
    faults, seen = [], 0
    for name, line, (realisasi, target, *words) in _capaian_lines():
        if line["kasus"].endswith(MENURUT_RENCANA):
            continue
        found = fungsi.CAPAIAN(kasus.parse_isian(realisasi), kasus.parse_isian(target), *words)
        seen += 1
        if not mesin.is_shown(line["capaian"], found):
            faults.append(f"{name}, {line['kasus']}: must show {line['capaian']!r}, shows {found!r}")
    assert seen > 100
    assert not faults, "\n".join(faults)


def test_kategori_agrees_with_the_table_of_the_rule() -> None:
    for line in kasus.read_kasus("kategori"):
        if "%" in line["capaian"]:
            exact = kasus.parse_number(line["realisasi"]) / kasus.parse_number(line["target"])
            assert fungsi.KATEGORI(exact) == line["kategori"], line["kasus"]


@pytest.mark.parametrize("rule", ["last", "sum", "average", "raw"])
def test_realisasi_sd_agrees_with_the_tables_of_the_rules(rule: str) -> None:
    faults, seen = [], 0
    for line in kasus.read_kasus(f"konsolidasi-{rule}"):
        typed = [line[tw] for tw in kasus.TW]
        if line["kasus"].endswith(MENURUT_RENCANA) or (rule != "raw" and line.get("isian") == "rasio"):
            continue
        cells = [kasus.parse_pasangan(t) if rule == "raw" else (t,) for t in typed]
        for k, tw in enumerate(kasus.TW, 1):
            incomplete = tw in line.get("belum lengkap", "").split(", ")
            wanted = "BELUM LENGKAP" if incomplete else line[f"s.d. {tw}"]
            found = fungsi.REALISASI_SD([[kasus.parse_isian(c) for c in row] for row in cells[:k]], rule)
            seen += 1
            if not mesin.is_shown(wanted, found):
                faults.append(f"{line['kasus']}, {tw}: must show {wanted!r}, shows {found!r}")
    assert seen > 40
    assert not faults, "\n".join(faults)


# --- what xlwings may hand over -----------------------------------------------------------------------------------


def test_one_cell_stays_one_cell_however_it_is_handed_over() -> None:
    for cell in (0.45, [0.45], [[0.45]], ((0.45,),)):
        assert fungsi.CAPAIAN(cell, [[0.5]], "persentase", ["maximize"]) == pytest.approx(0.9)


def test_a_flat_list_is_a_row() -> None:
    assert fungsi.CAPAIAN([5.0, 10.0], 10, "jumlah", "maximize") == [[0.5, 1.0]]


def test_a_date_is_a_sentence() -> None:
    told = fungsi.CAPAIAN(datetime.datetime(2024, 2, 1), 10, "jumlah", "maximize")
    assert told == "Sel realisasi berisi tanggal atau isi lain. Ketik angkanya saja, misalnya 45."


def test_true_is_not_taken_for_one() -> None:
    """1 and TRUE are the same to a Python dictionary, and answers are remembered."""
    assert fungsi.CAPAIAN([[1.0], [True], [1.0]], 1, "jumlah", "maximize") == [[1.0], ["PERIKSA"], [1.0]]


def test_a_fault_of_the_program_is_told_and_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("builder.capaian.compute", fail)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    log = tmp_path / "rkt-kesalahan.log"
    told = fungsi.CAPAIAN(0.123456, 0.5, "persentase", "maximize")
    assert told == f"Terjadi kesalahan di dalam program. Rinciannya di {log}."
    assert "boom" in log.read_text("utf-8")


def test_importing_needs_no_licence_key_and_no_pro_part() -> None:
    """xlwings itself tries its PRO engines and goes on without them where there is no key."""
    code = "import sys, macros, macros.fungsi, xlwings; print(xlwings.__pro__, *sys.modules)"
    env = {k: v for k, v in os.environ.items() if not k.startswith("XLWINGS")} | {"HOME": os.devnull}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, env=env
    )
    pro, *modules = done.stdout.split()
    assert pro == "False"
    assert "macros.fungsi" in modules
    assert {"xlwings.server", "xlwings_server", "macros.server"} & set(modules) == set()


# --- returns ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kantor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the konsolidator has it: the plan, and the returns of two sub-bagian in `kiriman`."""
    return rentang.make_kantor(tmp_path_factory.mktemp("kantor"))


def test_cases_of_konsolidasi(kantor: Path) -> None:
    folder, read = str(kantor / "kiriman"), rentang.parse_rentang
    faults = [
        fault
        for line in kasus.read_kasus("fungsi-konsolidasi")
        for fault in rentang.faults(
            line, fungsi.KONSOLIDASI(folder, read(line["id"]), read(line["triwulan"]))
        )
    ]
    assert not faults, "\n".join(faults)


def test_returns_are_read_once_for_all_cells_and_again_when_one_changes(kantor: Path) -> None:
    ask = (str(kantor / "kiriman"), "S43-I1", 1)
    fungsi.KONSOLIDASI(*ask)
    before = sumber._merge.cache_info().misses
    assert fungsi.KONSOLIDASI(*ask) == 0.8
    assert sumber._merge.cache_info().misses == before
    path = next((kantor / "kiriman").glob("*KUL*"))
    moved = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(moved, moved))
    assert fungsi.KONSOLIDASI(*ask) == 0.8
    assert sumber._merge.cache_info().misses == before + 1


def test_a_folder_that_is_not_there_or_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kantor: Path
) -> None:
    monkeypatch.chdir(kantor)
    for folder in ("", "  ", "kirimann", "Rencana-2024.xlsx"):
        told = fungsi.KONSOLIDASI(folder, "S43-I1", 1)
        assert told == f"Folder «{folder.strip()}» tidak ditemukan. Periksa namanya, misalnya kiriman."
    (kantor / "kosong").mkdir(exist_ok=True)
    assert "Tidak ada berkas kiriman yang ditemukan" in fungsi.KONSOLIDASI("kosong", "S43-I1", 1)
    assert fungsi.KONSOLIDASI([["a"], ["b"]], "S43-I1", 1).startswith("Folder harus satu sel.")
    assert fungsi.KONSOLIDASI("#REF!", "S43-I1", 1).startswith("Sel folder berisi galat #REF!.")
    (tmp_path / "kiriman").mkdir()
    monkeypatch.chdir(tmp_path)
    assert fungsi.KONSOLIDASI("kiriman", "S43-I1", 1).startswith("Rencana tidak ditemukan di folder kiriman")


def test_two_plans_are_not_guessed_between(tmp_path: Path, kantor: Path) -> None:
    for name in ("Rencana-2024.xlsx", "Rencana-2024 (1).xlsx"):
        (tmp_path / name).write_bytes((kantor / "Rencana-2024.xlsx").read_bytes())
    (tmp_path / "kiriman").mkdir()
    told = fungsi.KONSOLIDASI(str(tmp_path / "kiriman"), "S43-I1", 1)
    assert told.startswith("Ada beberapa rencana di folder")
    assert "Rencana-2024 (1).xlsx, Rencana-2024.xlsx. Sisakan satu saja." in told


def test_on_a_server_nothing_outside_its_folder_is_read(
    kantor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sumber.FOLDER_SERVER, str(kantor))
    assert fungsi.KONSOLIDASI("kiriman", "S43-I1", 1) == 0.8
    for folder in ("..", "/", str(kantor.parent), "kiriman/../.."):
        told = fungsi.KONSOLIDASI(folder, "S43-I1", 1)
        assert (
            told == f"Folder «{folder}» di luar folder server. Tulis nama foldernya saja, misalnya kiriman."
        )


def test_the_calling_workbook_brings_plan_folder_and_scale(
    kantor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `xw.Book.caller` names it on Windows; its own plan wins over one beside the folder."""
    rkt, _ = read_plan(kantor / "Rencana-2024.xlsx")
    book = tmp_path / "Rencana-kantor.xlsx"
    write_plan([as_row(s, i) for s in rkt.sasaran for i in s.indikator], rkt.identitas, book)

    class Caller:
        fullname = str(book)

    monkeypatch.setattr("xlwings.Book.caller", Caller)
    (tmp_path / "kiriman").symlink_to(kantor / "kiriman")
    assert fungsi.KONSOLIDASI("kiriman", "S16-I1", 1) == "KONFIRMASI"
    own = replace(rkt.aturan, kategori=((0.0, "Kurang"), (90.0, "Baik")))
    monkeypatch.setattr(sumber, "read_plan", lambda path: (replace(rkt, aturan=own), []))
    sumber._plan.cache_clear()
    assert fungsi.KATEGORI([[0.95], [0.5]]) == [["Baik"], ["Kurang"]]
    sumber._plan.cache_clear()
