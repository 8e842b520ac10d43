"""The buttons beside Segarkan, and what happens when something is wrong: in Excel, and on the closed file.

On Linux a press goes through xlwings' remote engine into `tuan_rumah_excel`; what only Excel on a desktop does
(settings, reading back, several workbooks) is tried on `meja_excel`. Whatever fails: the workbook is as it was, or
complete, and the status cell (for `rkt segarkan` the terminal) says which, in a sentence.
"""

from __future__ import annotations

import ast
import contextlib
import datetime
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath, PureWindowsPath

import pytest
import tuan_rumah_excel
import xlwings as xw
from kantor import ISI, Kantor, make_kantor
from meja_excel import Aplikasi, Meja
from openpyxl.utils import get_column_letter
from tuan_rumah_excel import Buku, Mesin, broken, open_buku
from watchfiles import Change

from builder.__main__ import main
from builder.arsip import beside
from builder.closed import recompute_file, refresh_file
from builder.expr import Key
from builder.identitas import NAMA_HASIL
from builder.lama import Segar
from builder.masalah import Refused
from builder.patch import Formula
from macros import excel
from macros.pantau import Returns, watch_folder
from macros.tombol import TOMBOL
from workbook_templates.dasbor import HASIL

AKAR = Path(__file__).parent.parent
CAPAIAN = Key("S01-I1", "TW1", "capaian")
REALISASI = Key("S01-I1", "TW1", "realisasi")
HASIL_SEL = ("Dasbor", "B5")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log")


@pytest.fixture(scope="module")
def mesin(log: Path) -> Iterator[Mesin]:
    with tuan_rumah_excel.running(log) as engine:
        yield engine


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    """Built, with returns, not refreshed yet."""
    made = make_kantor(tmp_path_factory.mktemp("asal") / "kantor")
    made.send(ISI)
    return made


@pytest.fixture(scope="module")
def tersegarkan(terbangun: Kantor, tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    """Refreshed once, then with returns that say more."""
    made = terbangun.copy(tmp_path_factory.mktemp("segar") / "kantor")
    refresh_file(made.konsolidasi)
    made.send(ISI | {Key("S01-I1", "TW2", "pembilang"): 45, Key("S01-I1", "TW2", "penyebut"): 50})
    return made


@pytest.fixture
def baru(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


@pytest.fixture
def kantor(tersegarkan: Kantor, tmp_path: Path) -> Kantor:
    return tersegarkan.copy(tmp_path / "kantor")


@pytest.fixture(autouse=True)
def catatan(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where faults of this process are written down."""
    folder = tmp_path_factory.mktemp("catatan")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("LANGUAGE", "id")
    return folder / "rkt-kesalahan.log"


def status(buku: Buku) -> str:
    sheet, address = buku.names[NAMA_HASIL]
    assert (sheet, address.replace("$", "").partition(":")[0]) == HASIL_SEL
    return str(buku[sheet].cells[4, 1].nilai)


def beside_status(before: Buku, after: Buku) -> list[str]:
    """What differs, the status cell left out."""
    return [d for d in before.differences(after) if not d.startswith("Dasbor!B5:")]


def is_sentence(text: str) -> bool:
    """Polite words for a clerk: place, fault, cure; no traceback, no English of a library."""
    foreign = ("Traceback", "Error", "Exception", "None", "  File ")
    sound = re.fullmatch(r"(\[[A-Z]\d\d\] .*\.|[A-Z].*\.)", text, re.DOTALL)
    return sound is not None and not any(word in text for word in foreign)


# --- Periksa, Hitung Ulang, Buat Buku Kerja -----------------------------------------------------------------------


def test_periksa_changes_nothing_but_the_status_cell(mesin: Mesin, kantor: Kantor) -> None:
    before = open_buku(kantor.konsolidasi)
    buku = before.copy()
    pressed = mesin.press("periksa", buku, kantor.folder)
    assert beside_status(before, buku) == []
    assert status(buku) == pressed.kalimat
    assert pressed.kalimat.startswith("Diperiksa ")
    assert re.search(r"[34] berkas: ", pressed.kalimat)  # a return saved in one second has the same bytes
    assert "isi buku tidak diubah" in pressed.kalimat
    assert "Yang pertama: " in pressed.kalimat


def test_hitung_ulang_finds_every_formula_right(mesin: Mesin, kantor: Kantor) -> None:
    before = open_buku(kantor.konsolidasi)
    buku = before.copy()
    pressed = mesin.press("hitung_ulang", buku, kantor.folder)
    assert "rumus benar." in pressed.kalimat
    assert beside_status(before, buku) == []
    assert recompute_file(kantor.konsolidasi).kalimat[-20:] == pressed.kalimat[-20:]
    assert buku.differences(open_buku(kantor.konsolidasi)) == []


@pytest.mark.parametrize("wrong", [0.99, Formula("=0.5+0.49", 0.99), None, "#REF!"], ids=str)
def test_hitung_ulang_marks_what_says_otherwise_until_mended(
    mesin: Mesin, kantor: Kantor, wrong: float | Formula | str | None
) -> None:
    """A formula overwritten by a number, changed, emptied, or broken."""
    right = open_buku(kantor.konsolidasi)
    place = kantor.book.places[CAPAIAN]
    cell = right[place.sheet].cells[place.cell.row, place.cell.column]
    formula, value = cell.rumus, cell.nilai
    assert formula
    tanda = CAPAIAN._replace(kolom="tanda")
    earlier = kantor.rows("Masalah")
    kantor.type_at(CAPAIAN, wrong)
    buku = open_buku(kantor.konsolidasi)
    pressed = mesin.press("hitung_ulang", buku, kantor.folder)
    recompute_file(kantor.konsolidasi)
    assert buku.differences(open_buku(kantor.konsolidasi)) == []
    assert pressed.kalimat.split(": ")[1].startswith("1 dari ")
    assert kantor.value(tanda) == "|!Capaian|"
    *kept, told = kantor.rows("Masalah")
    assert kept == earlier
    assert (told["kode"], told["lembar"], told["sel"]) == ("L27", "S01", place.address)

    kantor.type_at(CAPAIAN, Formula(formula, value))
    mended = open_buku(kantor.konsolidasi)
    assert "rumus benar." in mesin.press("hitung_ulang", mended, kantor.folder).kalimat
    recompute_file(kantor.konsolidasi)
    assert mended.differences(open_buku(kantor.konsolidasi)) == []
    assert kantor.value(tanda) in (None, "")
    assert kantor.rows("Masalah") == earlier


def test_formula_found_wrong_stays_told_after_segarkan_until_mended(mesin: Mesin, kantor: Kantor) -> None:
    place, tanda = kantor.book.places[CAPAIAN], CAPAIAN._replace(kolom="tanda")
    cell = open_buku(kantor.konsolidasi)[place.sheet].cells[place.cell.row, place.cell.column]
    assert cell.rumus
    kantor.type_at(CAPAIAN, 0.5)
    recompute_file(kantor.konsolidasi)
    buku = open_buku(kantor.konsolidasi)
    mesin.press("segarkan", buku, kantor.folder)
    refresh_file(kantor.konsolidasi)
    assert buku.differences(open_buku(kantor.konsolidasi)) == []
    assert [r["sel"] for r in kantor.rows("Masalah") if r["kode"] == "L27"] == [place.address]
    assert kantor.value(tanda) == "|!Capaian|"

    kantor.type_at(CAPAIAN, Formula(cell.rumus, cell.nilai))
    refresh_file(kantor.konsolidasi)
    assert "L27" not in {r["kode"] for r in kantor.rows("Masalah")}
    assert kantor.value(tanda) in (None, "")


def test_bangun_and_konsolidasi_never_write_over_what_the_konsolidator_has(
    kantor: Kantor, capsys: pytest.CaptureFixture[str]
) -> None:
    """A filled konsolidasi of the same plan is left by bangun; where one is open the result goes beside it."""
    rencana = kantor.folder / "Rencana.csv"
    content = kantor.konsolidasi.read_bytes()
    makro = [] if kantor.konsolidasi.suffix == ".xlsm" else ["--tanpa-makro"]
    with pytest.raises(SystemExit) as left:
        main(["bangun", str(rencana), "-o", str(kantor.folder), *makro])
    assert left.value.code == 0
    assert f"{kantor.konsolidasi.name} sudah ada dan dibiarkan" in capsys.readouterr().out
    assert kantor.konsolidasi.read_bytes() == content
    lock = kantor.folder / f"~${kantor.konsolidasi.name}"
    lock.write_bytes(b"x")
    path = kantor.konsolidasi
    with pytest.raises(SystemExit):
        main(["konsolidasi", str(kantor.kiriman), "--rencana", str(rencana), "-o", str(path)])
    said = capsys.readouterr()
    assert lock.name in said.err
    assert path.read_bytes() == content
    (pending,) = path.parent.glob("Konsolidasi-* (tertunda *")
    assert pending.name in said.err
    assert pending.name in said.out + said.err


def test_hitung_ulang_names_a_sheet_that_is_gone(mesin: Mesin, kantor: Kantor) -> None:
    """Rekap holds formulas only: Segarkan does without it, Hitung Ulang cannot."""
    kantor.rename_sheet("Rekap", "Ringkasan")
    content = kantor.konsolidasi.read_bytes()
    with pytest.raises(Refused, match=r"L20.*Rekap"):
        recompute_file(kantor.konsolidasi)
    assert kantor.konsolidasi.read_bytes() == content
    said = mesin.press("hitung_ulang", open_buku(kantor.konsolidasi), kantor.folder).kalimat
    assert said.startswith("[L20] Rekap")
    assert refresh_file(kantor.konsolidasi).kalimat.startswith("Disegarkan")


def test_hitung_ulang_keeps_marks_of_changes_by_hand(mesin: Mesin, kantor: Kantor) -> None:
    kantor.type_at(CAPAIAN._replace(kolom="pembilang"), 45)
    refresh_file(kantor.konsolidasi)
    kantor.type_at(CAPAIAN, 0.5)
    buku = open_buku(kantor.konsolidasi)
    mesin.press("hitung_ulang", buku, kantor.folder)
    recompute_file(kantor.konsolidasi)
    assert buku.differences(open_buku(kantor.konsolidasi)) == []
    assert kantor.value(CAPAIAN._replace(kolom="tanda")) == "|Pembilang||!Capaian|"


def test_buat_buku_kerja_keeps_earlier_ones(mesin: Mesin, kantor: Kantor) -> None:
    shutil.rmtree(kantor.folder / "buku-kerja")
    before = open_buku(kantor.konsolidasi)
    buku = before.copy()
    first = mesin.press("buat_buku_kerja", buku, kantor.folder)
    made = {p.name: p.read_bytes() for p in (kantor.folder / "buku-kerja").iterdir()}
    assert set(made) == {"BukuKerja-2026-KUL.xlsx", "BukuKerja-2026-REN.xlsx"}
    assert first.kalimat.startswith("2 buku kerja dibuat di folder ")
    assert status(buku) == first.kalimat
    assert beside_status(before, buku) == []
    (kantor.folder / "buku-kerja" / "BukuKerja-2026-KUL.xlsx").write_bytes(b"diisi orang")
    again = mesin.press("buat_buku_kerja", buku, kantor.folder)
    assert "2 berkas sebelumnya disimpan" in again.kalimat
    kept = {p.read_bytes() for p in (kantor.folder / "buku-kerja").glob("*(lama *")}
    assert kept == {b"diisi orang", made["BukuKerja-2026-REN.xlsx"]}
    refresh_file(kantor.konsolidasi)  # what was emitted is no return, and the konsolidasi is still one


# --- what can be wrong, pressed in Excel and on the closed file -----------------------------------------------------


def _no_folder(kantor: Kantor) -> None:
    shutil.rmtree(kantor.kiriman)


def _empty_folder(kantor: Kantor) -> None:
    """Nothing was ever received."""
    shutil.rmtree(kantor.kiriman)
    arsip = beside(kantor.konsolidasi).folder
    shutil.rmtree(arsip)
    arsip.mkdir()  # gone for good, as whoever was told so (L37) says
    kantor.kiriman.mkdir()
    (kantor.kiriman / "~$BukuKerja-2026-KUL.xlsx").write_bytes(b"x")


def _elsewhere(kantor: Kantor) -> None:
    kantor.type("Dasbor", "B4", "folder 'lain'")


def _file_as_folder(kantor: Kantor) -> None:
    kantor.type("Dasbor", "B4", "Rencana.csv")


SALAH: dict[str, tuple[str, Callable[[Kantor], None]]] = {
    "folder tidak ada": ("L23", _no_folder),
    "folder lain": ("L23", _elsewhere),
    "berkas, bukan folder": ("L23", _file_as_folder),
    "folder kosong": ("L24", _empty_folder),
    "lembar diganti nama": ("L20", lambda k: k.rename_sheet("Masalah", "Masalah saya")),
    "kartu diganti nama": ("L20", lambda k: k.rename_sheet("S02", "Sasaran dua")),
    "Dasbor diganti nama": ("L20", lambda k: k.rename_sheet("Dasbor", "Depan")),
    "baris disisipkan di kartu": ("L21", lambda k: k.insert_row("S01", 5)),
    "baris disisipkan di daftar": ("L21", lambda k: k.insert_row("Jejak", 2)),
    "triwulan lima": ("L26", lambda k: k.type("Dasbor", "B3", 5)),
    "triwulan teks": ("L26", lambda k: k.type("Dasbor", "B3", "dua")),
    "triwulan kosong": ("L26", lambda k: k.type("Dasbor", "B3", None)),
    "bukan konsolidasi": ("L22", lambda k: k.rename_sheet("_meta", "meta")),
    "tanpa rencana": ("L22", lambda k: k.rename_sheet("_rencana", "rencana")),
    "penanda lain": ("L22", lambda k: k.type("_meta", "B2", "buku_kerja")),
}


@pytest.mark.parametrize("salah", SALAH)
def test_wrong_workbook_or_folder_is_told_and_nothing_changes(
    salah: str, mesin: Mesin, kantor: Kantor, capsys: pytest.CaptureFixture[str]
) -> None:
    code, spoil = SALAH[salah]
    spoil(kantor)
    before, content = open_buku(kantor.konsolidasi), kantor.konsolidasi.read_bytes()
    buku = before.copy()
    pressed = mesin.press("segarkan", buku, kantor.folder)
    assert is_sentence(pressed.kalimat), pressed.kalimat
    # Where even the Dasbor has another name its status cell is found by its own name.
    changed = {d.partition(":")[0] for d in before.differences(buku)}
    assert changed <= {"Dasbor!B5", "Depan!B5"}
    assert changed
    with pytest.raises(Refused) as refused:
        refresh_file(kantor.konsolidasi)
    assert {p.kode for p in refused.value.problems} == {code}
    assert refused.value.problems[0].pesan in pressed.kalimat
    with pytest.raises(SystemExit) as left:
        main(["segarkan", str(kantor.konsolidasi)])
    said = capsys.readouterr()
    assert left.value.code == 1
    assert is_sentence(said.err.strip())
    assert said.out == ""
    assert kantor.konsolidasi.read_bytes() == content


@pytest.mark.parametrize("folder", ["..", "../kiriman", "/"])
def test_server_reads_nothing_outside_of_its_folder(folder: str, mesin: Mesin, kantor: Kantor) -> None:
    """What stands in a workbook that somebody sends to a server decides neither where it reads nor where it writes."""
    shutil.copytree(kantor.kiriman, kantor.folder.parent / "kiriman")
    kantor.type("Dasbor", "B4", folder)
    before = open_buku(kantor.konsolidasi)
    for tombol in ("segarkan", "periksa"):
        buku = before.copy()
        pressed = mesin.press(tombol, buku, kantor.folder)
        assert pressed.kalimat.startswith("[L23]")
        assert beside_status(before, buku) == []
    before.name = "../luar/Konsolidasi-2026.xlsx"
    mesin.press("buat_buku_kerja", before, kantor.folder)
    assert not (kantor.folder.parent / "luar").exists()


def test_carried_plan_that_was_damaged_is_told(mesin: Mesin, kantor: Kantor) -> None:
    """A plan that cannot be read, or that no longer fits the cards, is never merged into."""
    rows = open_buku(kantor.konsolidasi)["_rencana"].cells
    first = next(at for at, cell in sorted(rows.items()) if cell.nilai == "S01-I1")
    for content in ("S09-I9", None, "S01-I2"):
        spoilt = Kantor(kantor.folder, kantor.rkt)
        kept = kantor.konsolidasi.read_bytes()
        spoilt.type("_rencana", f"{get_column_letter(first[1] + 1)}{first[0] + 1}", content)
        damaged = kantor.konsolidasi.read_bytes()
        before = open_buku(kantor.konsolidasi)
        buku = before.copy()
        pressed = mesin.press("segarkan", buku, kantor.folder)
        assert is_sentence(pressed.kalimat), pressed.kalimat
        assert not pressed.kalimat.startswith("Disegarkan")
        assert beside_status(before, buku) == []
        with pytest.raises(Refused):
            refresh_file(kantor.konsolidasi)
        assert kantor.konsolidasi.read_bytes() == damaged
        kantor.konsolidasi.write_bytes(kept)


@pytest.mark.parametrize("command", ["segarkan", "hitung-ulang"])
@pytest.mark.parametrize("lock", ["~$Konsolidasi-2026.xlsx", ".~lock.Konsolidasi-2026.xlsx#"])
def test_file_open_elsewhere_is_left_alone(
    lock: str, command: str, kantor: Kantor, capsys: pytest.CaptureFixture[str]
) -> None:
    """The result goes beside it, says so in its own status cell, and nothing of it is lost."""
    (kantor.folder / lock).write_bytes(b"x")
    path, content = kantor.konsolidasi, kantor.konsolidasi.read_bytes()
    with contextlib.suppress(SystemExit):
        main([command, str(path)])
    said = capsys.readouterr()
    assert "sedang dibuka di Excel" in said.err
    assert lock in said.err
    assert path.read_bytes() == content
    (pending,) = path.parent.glob("Konsolidasi-2026 (tertunda *).xlsx")
    assert pending.name in said.out + said.err
    assert pending.name in status(open_buku(pending))
    (kantor.folder / lock).unlink()
    with contextlib.suppress(SystemExit):
        main([command, str(path)])
    there, waiting = open_buku(path), open_buku(pending)
    assert beside_status(there, waiting) == []


def test_read_only_file_is_left_alone(
    kantor: Kantor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, real = kantor.konsolidasi.read_bytes(), Path.open

    def refusing(self: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        if self == kantor.konsolidasi and "+" in mode:
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(SystemExit) as left:
        main(["segarkan", str(kantor.konsolidasi)])
    assert left.value.code == 1
    assert "hanya dapat dibaca" in capsys.readouterr().err
    assert kantor.konsolidasi.read_bytes() == content


@pytest.mark.parametrize(
    "rusak",
    ["builder.package.patcher._write", "builder.package.patcher.serialize:2", "builder.refresh.make_patches",
     "builder.refresh.merge_returns", "os.fsync"],
)  # fmt: skip
def test_fault_in_the_middle_leaves_the_closed_file_as_it_was(
    rusak: str, kantor: Kantor, capsys: pytest.CaptureFixture[str], catatan: Path
) -> None:
    content, names = kantor.konsolidasi.read_bytes(), sorted(p.name for p in kantor.folder.iterdir())
    with broken(rusak), pytest.raises(SystemExit) as left:
        main(["segarkan", str(kantor.konsolidasi)])
    said = capsys.readouterr()
    assert left.value.code == 1
    assert is_sentence(said.err.strip()), said.err
    assert str(catatan) in said.err
    assert "dirusak oleh pengujian" in catatan.read_text("utf-8")
    assert kantor.konsolidasi.read_bytes() == content
    assert sorted(p.name for p in kantor.folder.iterdir()) == names
    assert refresh_file(kantor.konsolidasi).kalimat.startswith("Disegarkan")


def _calls(kantor: Kantor) -> int:
    """How many blocks a refresh writes."""
    app = Aplikasi()
    TOMBOL["segarkan"](Meja(open_buku(kantor.konsolidasi), kantor.konsolidasi, app).as_book())
    return app.writes


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("state", ["baru", "kantor"])
def test_python_raising_in_the_middle_of_a_press(
    nth: int, state: str, mesin: Mesin, log: Path, request: pytest.FixtureRequest
) -> None:
    office: Kantor = request.getfixturevalue(state)
    before = open_buku(office.konsolidasi)
    buku = before.copy()
    pressed = mesin.press("segarkan", buku, office.folder, f"macros.buku._write_block:{nth}")
    assert beside_status(before, buku) == []
    assert status(buku) == pressed.kalimat
    assert is_sentence(pressed.kalimat)
    assert "seperti sebelum tombol ditekan" in pressed.kalimat
    assert str(log / "rkt-kesalahan.log") in pressed.kalimat
    assert "dirusak oleh pengujian" in (log / "rkt-kesalahan.log").read_text("utf-8")


# --- on a desktop ---------------------------------------------------------------------------------------------------


def on_desktop(kantor: Kantor, app: Aplikasi | None = None) -> Meja:
    return Meja(open_buku(kantor.konsolidasi), kantor.konsolidasi, app or Aplikasi())


@pytest.mark.parametrize("state", ["baru", "kantor"])
def test_desktop_writes_what_the_closed_file_gets(state: str, request: pytest.FixtureRequest) -> None:
    office: Kantor = request.getfixturevalue(state)
    meja = on_desktop(office)
    before = meja.app.settings()
    said = TOMBOL["segarkan"](meja.as_book())
    refresh_file(office.konsolidasi)
    assert meja.buku.differences(open_buku(office.konsolidasi)) == []
    assert status(meja.buku) == said
    assert meja.app.settings() == before
    assert meja.app.loud == 0
    assert meja.app.writes > 5


def test_desktop_tells_numbers_as_the_closed_file_does(kantor: Kantor) -> None:
    """Excel hands over 45.0 where the file says 45."""
    kantor.type_at(Key("S01-I1", "TW1", "pembilang"), 45)
    kantor.type_at(Key("S01-I2", "TW1", "realisasi"), 2.5)
    meja = on_desktop(kantor)
    TOMBOL["segarkan"](meja.as_book())
    refresh_file(kantor.konsolidasi)
    assert meja.buku.differences(open_buku(kantor.konsolidasi)) == []
    told = [str(r["masalah"]) + str(r["isi"]) for r in kantor.rows("Masalah") if r["kode"] == "F11"]
    assert len(told) == 2
    assert "«40»" in told[0]
    assert told[0].endswith("45")
    assert told[1].endswith("2,5")


@pytest.mark.parametrize("state", ["baru", "kantor"])
def test_every_write_that_fails_is_undone(state: str, request: pytest.FixtureRequest) -> None:
    """Excel refuses the k-th write, for every k; afterwards it works again."""
    office: Kantor = request.getfixturevalue(state)
    before = open_buku(office.konsolidasi)
    for k in range(1, _calls(office) + 1):
        meja = Meja(before.copy(), office.konsolidasi, Aplikasi(fails_at=range(k, k + 1)))
        settings = meja.app.settings()
        said = TOMBOL["segarkan"](meja.as_book())
        assert [d for d in beside_status(before, meja.buku) if "!tinggi" not in d] == [], k
        assert is_sentence(said), said
        assert "seperti sebelum tombol ditekan" in said
        assert status(meja.buku) == said
        assert meja.app.settings() == settings, k


def test_block_that_can_never_be_written_is_no_reason_to_leave_the_others(kantor: Kantor) -> None:
    """The konsolidator protected a list: what was written before it is put back, it itself never changed."""
    meja = on_desktop(kantor)
    jejak = meja.buku["Jejak"]
    jejak.protected = True
    for row in range(3, 60):
        for column in range(12):
            jejak.cell(row, column).terkunci = True
    before = meja.buku.copy()
    said = TOMBOL["segarkan"](meja.as_book())
    assert "seperti sebelum tombol ditekan" in said
    assert beside_status(before, meja.buku) == []
    assert meja.app.settings() == Aplikasi().settings()


def test_what_cannot_be_put_back_is_told(kantor: Kantor) -> None:
    """Excel refuses the third write and the two after it: half a refresh stands there, and the sentence says so."""
    before = open_buku(kantor.konsolidasi)
    meja = Meja(before.copy(), kantor.konsolidasi, Aplikasi(fails_at=range(3, 6)))
    said = TOMBOL["segarkan"](meja.as_book())
    assert beside_status(before, meja.buku)
    assert "TANPA menyimpannya" in said
    assert status(meja.buku) == said
    assert meja.app.settings() == Aplikasi().settings()


def _general(buku: Buku) -> None:
    """As if cells of another workbook had been pasted over: nothing is formatted as text any more."""
    for name in ("Kiriman", "Masalah", "Jejak", "S01"):
        for (row, column), cell in buku[name].cells.items():
            if cell.format == "@":
                buku[name].cells[row, column].format = "General"
        for look in buku[name].columns.values():
            look.format = "General"


def test_reinterpreted_text_is_read_back_and_mended(baru: Kantor) -> None:
    texts = ("1/2", "007", "1e5", "=1+1", "TRUE")
    columns = ("kendala", "tindak_lanjut", "data_dukung")
    keys = [Key("S01-I1", f"TW{j}", c) for j in (1, 2) for c in columns]
    typed = dict(zip(keys, texts, strict=False))
    baru.send(ISI | typed)
    meja = on_desktop(baru)
    _general(meja.buku)
    said = TOMBOL["segarkan"](meja.as_book())
    assert said.startswith("Disegarkan")
    for key, text in typed.items():
        place = baru.book.places[key]
        cell = meja.buku[place.sheet].cells[place.cell.row, place.cell.column]
        assert (cell.nilai, cell.rumus) == (text, None)
    isi = [meja.buku["Jejak"].cells[row, 4].nilai for row in range(3, meja.buku["Jejak"].used()[0])]
    assert set(texts) <= set(isi)
    berkas = {meja.buku["Kiriman"].cells[row, 1].nilai for row in (3, 4)}
    assert berkas == {"BukuKerja-2026-KUL.xlsx", "BukuKerja-2026-REN.xlsx"}


def test_what_excel_will_not_hold_is_refused_and_undone(baru: Kantor) -> None:
    key = Key("S01-I1", "TW1", "kendala")
    place = baru.book.places[key]
    baru.send(ISI | {key: "1/2"})
    meja = on_desktop(baru)
    _general(meja.buku)
    meja.buku[place.sheet].stubborn.add((place.cell.row, place.cell.column))
    before = meja.buku.copy()
    said = TOMBOL["segarkan"](meja.as_book())
    assert place.address in said
    assert "seharusnya «1/2»" in said
    assert status(meja.buku) == said
    assert beside_status(before, meja.buku) == []
    assert meja.app.settings() == Aplikasi().settings()


def test_error_values_are_seen(kantor: Kantor) -> None:
    """xlwings alone would read #N/A as an empty cell."""
    kantor.type_at(CAPAIAN, "#N/A")
    meja = on_desktop(kantor)
    said = TOMBOL["hitung_ulang"](meja.as_book())
    assert meja.app.calculated == 1
    assert ": 1 dari " in said
    assert any("#N/A" in str(cell.nilai) for cell in meja.buku["Masalah"].cells.values())


def test_date_in_a_cell_is_no_number(kantor: Kantor) -> None:
    """A date typed over a number is a change by hand that no formula may count."""
    meja = on_desktop(kantor)
    place = kantor.book.places[Key("S01-I1", "TW1", "pembilang")]
    cell = meja.buku[place.sheet].cells[place.cell.row, place.cell.column]
    cell.nilai, cell.format = 45658.0, "d-mmm"
    said = TOMBOL["segarkan"](meja.as_book())
    assert "1 diubah tangan" in said
    shown = {c.nilai for c in meja.buku["Masalah"].cells.values()}
    assert datetime.datetime(2025, 1, 1).isoformat() in shown


def test_read_only_workbook_is_told(kantor: Kantor) -> None:
    meja = on_desktop(kantor)
    meja.read_only = True
    before = meja.buku.copy()
    said = TOMBOL["segarkan"](meja.as_book())
    assert "hanya dapat dibaca" in said
    assert beside_status(before, meja.buku) == []
    assert status(meja.buku) == said


def test_workbook_without_a_status_cell_is_told_by_a_message(kantor: Kantor) -> None:
    meja = on_desktop(kantor)
    del meja.buku.names[NAMA_HASIL]
    meja.buku.sheets = [s for s in meja.buku.sheets if s.name != "_meta"]
    said = TOMBOL["segarkan"](meja.as_book())
    assert meja.app.alerts == [said]
    assert "bukan buku konsolidasi" in said


# --- from the button to Python --------------------------------------------------------------------------------------


def _hex(path: PurePath | str) -> str:
    return str(path).encode("utf-16-be").hex()


@pytest.fixture
def apps(monkeypatch: pytest.MonkeyPatch) -> list[Aplikasi]:
    found = [Aplikasi(), Aplikasi()]
    monkeypatch.setattr(xw, "apps", found)
    return found


def test_press_reaches_the_workbook_with_this_path_and_no_other(
    kantor: Kantor, apps: list[Aplikasi], tmp_path: Path
) -> None:
    """Three workbooks of one name in two Excels; the one in front is another."""
    twins = [kantor.copy(tmp_path / name) for name in ("a", "b 'akhir' é😀", "c")]
    front, meant, other = (
        on_desktop(k, app) for k, app in zip(twins, (apps[0], apps[1], apps[1]), strict=True)
    )
    untouched = front.buku.copy()
    excel.press("segarkan", _hex(meant.path))
    assert status(meant.buku).startswith("Disegarkan")
    assert front.buku.differences(untouched) == []
    assert other.buku.differences(untouched) == []
    assert front.app.writes == 0


@pytest.mark.parametrize(
    "path", [r"D:\Kinerja 2024 & lampiran\Konsolidasi.xlsm", r"\\server\berbagi\é ñ😀\K.xlsm"]
)
def test_path_of_windows_is_found_whatever_its_case(path: str, kantor: Kantor, apps: list[Aplikasi]) -> None:
    meja = Meja(open_buku(kantor.konsolidasi), PureWindowsPath(path), apps[1])
    assert excel.find_book(path.upper()) is meja.as_book()


def test_workbook_that_is_not_open_is_told(
    kantor: Kantor, apps: list[Aplikasi], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front = on_desktop(kantor, apps[0])
    before = front.buku.copy()
    with pytest.raises(SystemExit) as left:
        excel.press("segarkan", _hex(tmp_path / "lain" / "Konsolidasi-2026.xlsx"))
    assert "tidak sedang dibuka di Excel" in str(left.value.code)
    assert front.buku.differences(before) == []
    with pytest.raises(SystemExit) as left:
        main(["segarkan", "--langsung", str(tmp_path / "lain" / "Konsolidasi-2026.xlsx")])
    assert left.value.code == 1
    assert "tidak sedang dibuka di Excel" in capsys.readouterr().err


def test_langsung_presses_the_open_workbook(
    kantor: Kantor, apps: list[Aplikasi], capsys: pytest.CaptureFixture[str]
) -> None:
    meja, content = on_desktop(kantor, apps[1]), kantor.konsolidasi.read_bytes()
    with pytest.raises(SystemExit) as left:
        main(["segarkan", "--langsung", str(kantor.konsolidasi)])
    assert left.value.code == 0
    assert capsys.readouterr().out.strip() == status(meja.buku)
    assert status(meja.buku).startswith("Disegarkan")
    assert kantor.konsolidasi.read_bytes() == content


def test_press_tells_a_fault_in_a_sentence(
    kantor: Kantor, apps: list[Aplikasi], monkeypatch: pytest.MonkeyPatch
) -> None:
    meja = on_desktop(kantor, apps[0])
    before = meja.buku.copy()
    with broken("macros.excel._full_name"), pytest.raises(SystemExit) as left:
        excel.press("segarkan", _hex(meja.path))
    assert is_sentence(str(left.value.code))
    assert "buku tidak diubah" in str(left.value.code)
    assert meja.buku.differences(before) == []
    meja.app.fails_at = range(1, 10**6)  # Excel takes nothing at all any more, not even the sentence
    with pytest.raises(SystemExit) as left:
        excel.press("segarkan", _hex(meja.path))
    assert is_sentence(str(left.value.code))
    assert "periksa isinya" in str(left.value.code)
    assert meja.buku.differences(before) == []


# --- rkt pantau -----------------------------------------------------------------------------------------------------


def test_pantau_refreshes_when_a_return_arrives(baru: Kantor) -> None:
    arriving = [(p, p.read_bytes()) for p in sorted(baru.kiriman.iterdir())]
    for path, _ in arriving:
        path.unlink()
    told: queue.Queue[Segar | Refused] = queue.Queue()
    stop = threading.Event()
    watching = threading.Thread(target=watch_folder, args=(baru.kiriman, baru.konsolidasi, told.put, stop))
    watching.start()
    try:
        first = told.get(timeout=60)
        assert isinstance(first, Refused)  # nothing has come yet
        assert first.problems[0].kode == "L24"
        for n, (path, content) in enumerate(arriving, 1):
            path.write_bytes(content)
            came = told.get(timeout=60)
            assert isinstance(came, Segar)
            assert f"{n} berkas: " in came.kalimat
            assert baru.value(HASIL) == came.kalimat
        (baru.kiriman / "~$BukuKerja-2026-KUL.xlsx").write_bytes(b"x")  # no return: nobody is told
        (baru.kiriman / "surat.pdf").write_bytes(b"%PDF-1.4\n")
        came = told.get(timeout=60)
        assert isinstance(came, Segar)
        assert "3 berkas: " in came.kalimat
    finally:
        stop.set()
        watching.join(60)
    assert not watching.is_alive()
    assert told.empty()


@pytest.mark.parametrize(
    ("name", "is_news"),
    [
        ("BukuKerja-2026-KUL.xlsx", True),
        ("surat.pdf", True),
        ("Konsolidasi-2026.xlsx", False),  # its own refresh, where the konsolidasi lies in the watched folder
        (".Konsolidasi-2026-x1.tmp", False),
        ("~$BukuKerja-2026-KUL.xlsx", False),
        ("BukuKerja-2026-KUL.xlsx.crdownload", False),
    ],
)
def test_pantau_knows_what_is_news(name: str, is_news: bool, tmp_path: Path) -> None:
    watched = Returns(tmp_path / "lain" / ".." / "Konsolidasi-2026.xlsx")
    assert watched(Change.modified, str(tmp_path / name)) is is_news


# --- nothing of xlwings PRO ------------------------------------------------------------------------------------------

_MODUL = """
import json, sys
import xlwings
own = set(sys.modules)
import macros, macros.fungsi, macros.tombol, macros.excel, macros.pantau, macros.pasang, builder.__main__
print(json.dumps(sorted(set(sys.modules) - own)))
"""


def test_buttons_import_no_pro_part_and_need_no_key() -> None:
    own = {k: v for k, v in os.environ.items() if not k.startswith("XLWINGS")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _MODUL],
        env=own | {"PYTHONPATH": str(AKAR), "HOME": os.devnull}, text=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout)
    assert "macros.tombol" in imported
    pro = ("xlwings.pro", "xlwings.server", "xlwings.reports", "xlwings_server")
    assert [name for name in imported if name.startswith(pro)] == []


def test_source_names_no_pro_part() -> None:
    """Neither imported nor reached as an attribute, nor through the arguments that only PRO knows."""
    sources = [p for part in ("builder", "workbook_templates", "macros") for p in (AKAR / part).rglob("*.py")]
    assert len(sources) > 50
    pro = ("xlwings.pro", "xlwings.server", "xlwings.reports", "xlwings_server")
    for path in (p for p in sources if "server" not in p.relative_to(AKAR).parts):
        for name in _names(ast.parse(path.read_text("utf-8"))):
            assert not name.startswith(pro), f"{path.relative_to(AKAR)}: {name}"


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node).replace("xw.", "xlwings.")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("xw.Book", "xlwings.Book"):
            yield from (f"xlwings.pro: {k.arg}" for k in node.keywords if k.arg in ("json", "mode"))
