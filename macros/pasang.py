"""Setting up a computer so that the buttons in Excel find Python: the add-in, its settings, those of workbooks.

Every step yields what it found or did; a step that cannot be done says why and what to do, and the next is tried.
"""

from __future__ import annotations

import importlib.metadata
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.expr import Value
from builder.masalah import Message, Problem, Refused, os_reason
from builder.package import apply_patches, read_grids
from builder.patch import Block, Grid, Patch
from builder.save import whole_file
from macros.komputer import MAC, WINDOWS, Komputer
from macros.proyek import NAMA_PENGAYA, read_xlwings_version, write_addin
from workbook_templates.pengaturan import LEMBAR

BERMAKRO = (".xlsm", ".xlam")
TANPA_MAKRO = (".xlsx",)

# xlwings' script for a Mac puts the path of Python into a shell's command line without quotes.
_SAFE_ON_MAC = re.compile(r"[\w./+@%:,=-]+")


@dataclass(frozen=True, slots=True)
class Temuan:
    """One thing about the installation: whether it is well, in words, and how to mend it."""

    beres: bool
    pesan: str
    tindakan: str = ""


def install(komputer: Komputer, buku: Sequence[Path], folder: Path | None = None) -> Iterator[Temuan]:
    """Install the add-in into Excel's start folder, or into `folder`, and tell it and each workbook where Python is."""
    obstacle = find_obstacle(komputer)
    if obstacle:
        yield obstacle
        return
    yield _install_addin(komputer, folder)
    for path in buku:
        yield from _set_up_book(komputer, path)
    if komputer.system == MAC:
        yield _install_script(komputer)
    if komputer.system == WINDOWS:
        yield check_pywin32(komputer, komputer.interpreter)


def find_obstacle(komputer: Komputer) -> Temuan | None:
    """Why Excel could not start this Python however it is installed; None where nothing is in the way."""
    python = komputer.interpreter
    folders = {part.lower() for part in (*python.parts, *komputer.base.parts)}
    if komputer.system == WINDOWS and "windowsapps" in folders:
        return Temuan(
            False,
            f"Python ini berasal dari Microsoft Store ({python}); berkas yang ditulisnya tidak terlihat oleh Excel",
            "Pasang Python dari python.org, pasang rkt di sana, lalu jalankan rkt pasang lagi.",
        )
    if komputer.system == MAC and not _SAFE_ON_MAC.fullmatch(str(python)):
        return Temuan(
            False,
            f"Nama folder Python memuat spasi atau tanda yang tidak dapat dijalankan Excel di Mac: {python}",
            "Pasang rkt di folder bernama tanpa spasi, misalnya python3 -m venv ~/rkt, lalu jalankan rkt pasang lagi.",
        )
    return None


# --- the add-in ---------------------------------------------------------------------------------------------------


def _install_addin(komputer: Komputer, named: Path | None) -> Temuan:
    folder = named or komputer.start_folder
    if folder is None:
        return Temuan(
            False,
            "Folder awal Excel tidak dikenal di sistem ini, jadi tab Kinerja belum dipasang",
            "Sebutkan foldernya, misalnya rkt pasang --folder pengaya; tanpa Excel pakai rkt segarkan.",
        )
    if named is None and komputer.system == MAC and komputer.office and not komputer.office.is_dir():
        return Temuan(
            False,
            "Excel belum pernah dibuka di Mac ini, jadi foldernya belum ada",
            "Buka Excel sekali, tutup lagi, lalu jalankan rkt pasang.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_addin(komputer, folder / NAMA_PENGAYA)
    except OSError as error:
        return _not_written(komputer, folder / NAMA_PENGAYA, error)
    if named:
        return Temuan(True, f"{NAMA_PENGAYA} ditulis ke {folder}. {how_to_load(komputer)}")
    return Temuan(True, f"Tab Kinerja dipasang: {folder / NAMA_PENGAYA}")


def _write_addin(komputer: Komputer, target: Path) -> None:
    """Excel opens whatever lies in its start folder: the add-in comes there only once it is complete."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / NAMA_PENGAYA
        write_addin(path)
        fault = _set_interpreter(komputer, path) if komputer.setting else None
        if fault:
            raise ValueError(fault.pesan)  # our own add-in: a wrong program
        with whole_file(target) as temporary:
            temporary.write_bytes(path.read_bytes())


def how_to_load(komputer: Komputer) -> str:
    """How an add-in outside the start folder comes into Excel."""
    if komputer.system == MAC:
        return "Muat sekali di Excel: Alat (Tools) > Add-in Excel > Telusuri (Browse)."
    return "Muat sekali di Excel: File > Opsi (Options) > Add-in > Buka (Go) > Telusuri (Browse)."


def _not_written(komputer: Komputer, path: Path, error: OSError) -> Temuan:
    if not isinstance(error, PermissionError):
        return Temuan(False, f"{path} tidak dapat ditulis: {os_reason(error)}", "Perbaiki itu, lalu ulangi.")
    if komputer.system == MAC:
        return Temuan(
            False,
            f"{path} tidak dapat ditulis: Terminal belum diizinkan menulis ke folder Excel",
            "Buka Pengaturan Sistem > Privasi & Keamanan > Akses Disk Penuh, nyalakan Terminal, lalu ulangi.",
        )
    return Temuan(
        False,
        f"{path} tidak dapat ditulis: sedang dibuka Excel, atau tidak ada izin",
        "Tutup semua jendela Excel, lalu jalankan rkt pasang lagi.",
    )


# --- a workbook ---------------------------------------------------------------------------------------------------


def _set_up_book(komputer: Komputer, path: Path) -> Iterator[Temuan]:
    fault = check_book(path)
    if fault:
        yield fault
        return
    if path.suffix.lower() in TANPA_MAKRO:
        yield Temuan(
            True, f"{path.name}: buku tanpa makro, tidak perlu dipasang; tombolnya ada di tab Kinerja"
        )
        return
    try:
        fault = _set_interpreter(komputer, path)
        yield fault or Temuan(True, f"{path.name}: alamat Python ditulis ({komputer.interpreter})")
        if fault is None:
            yield check_version(path, importlib.metadata.version("xlwings"))
    except Refused as refused:
        yield from told(refused)
    except OSError as error:
        yield _not_written(komputer, path, error)


def check_book(path: Path) -> Temuan | None:
    """What makes it pointless to look into a workbook; None where nothing does."""
    kinds = (*BERMAKRO, *TANPA_MAKRO)
    if not path.is_file():
        return _as_temuan(Problem(Message.S01, str(path)))
    if path.suffix.lower() not in kinds:
        values = {"jenis": path.suffix, "daftar": ", ".join(kinds)}
        return _as_temuan(Problem(Message.S02, str(path), values=values))
    return None


def _set_interpreter(komputer: Komputer, path: Path) -> Temuan | None:
    """Write this Python into a workbook's settings; what stands in the way, or None."""
    if is_open(path):
        return Temuan(
            False, f"{path.name}: sedang dibuka", "Simpan dan tutup bukunya, lalu jalankan rkt pasang lagi."
        )
    if komputer.setting is None:
        return Temuan(
            False,
            f"{path.name}: sistem ini bukan Windows atau Mac, jadi alamat Python tidak ditulis",
            "Jalankan rkt pasang di komputer yang memakai Excel; tanpa Excel pakai rkt segarkan.",
        )
    setting, python = komputer.setting.baris, str(komputer.interpreter)
    grids = read_grids(path)
    row = find_row(grids[LEMBAR], setting) if LEMBAR in grids else None
    if row is None:
        return without_setting(path, setting, has_sheet=LEMBAR in grids)
    apply_patches(path, [Patch(LEMBAR, (Block(row, 1, ((python,),)),))])
    return None


def find_row(grid: Grid, setting: str) -> int | None:
    """The row of a setting as xlwings looks for it: capitals or not, and no further than the first blank row."""
    for row, line in enumerate(grid):
        name = str(line[0]) if line and line[0] is not None else ""
        if not name:
            return None
        if name.upper() == setting:
            return row
    return None


def without_setting(path: Path, setting: str, *, has_sheet: bool) -> Temuan:
    """A workbook that has no place for the path of Python."""
    missing = f"baris {setting} pada lembar {LEMBAR}" if has_sheet else f"lembar {LEMBAR}"
    return Temuan(
        False,
        f"{path.name}: {missing} tidak ada, jadi bukunya tidak tahu di mana Python",
        "Buat lagi bukunya dengan rkt bangun, atau pakai tab Kinerja.",
    )


def is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice has left its mark that it has this workbook open."""
    return any(path.with_name(name).exists() for name in (f"~${path.name}", f".~lock.{path.name}#"))


def check_version(path: Path, installed: str) -> Temuan:
    """Whether the macros of a workbook belong to the installed xlwings."""
    version = read_xlwings_version(path)
    if version is None:
        return Temuan(
            False,
            f"{path.name}: tidak memuat makro rkt, jadi tombolnya tidak bekerja",
            "Buat lagi bukunya dengan rkt bangun, atau pakai tab Kinerja.",
        )
    if version != installed:
        return Temuan(
            False,
            f"{path.name}: makronya memakai xlwings {version}, sedangkan yang terpasang {installed}",
            "Jalankan rkt pasang (untuk tab Kinerja), atau buat lagi bukunya dengan rkt bangun.",
        )
    return Temuan(True, f"{path.name}: makro xlwings {version}, sama dengan yang terpasang")


# --- what else Excel needs ----------------------------------------------------------------------------------------


def _install_script(komputer: Komputer) -> Temuan:
    """xlwings' own step on a Mac: the script that starts Python for Excel."""
    python = komputer.interpreter
    answer = komputer.run([str(python), "-m", "xlwings.cli", "runpython", "install"], python.parent)
    script = script_path(komputer, importlib.metadata.version("xlwings"))
    if answer.kode == 0 and script.is_file():
        return Temuan(True, f"Penghubung Excel dan Python dipasang: {script}")
    return Temuan(
        False,
        f"Penghubung Excel dan Python tidak dapat dipasang di {script.parent} ({answer.sebab})",
        f"Jalankan di Terminal: {python} -m xlwings.cli runpython install",
    )


def script_path(komputer: Komputer, version: str) -> Path:
    """Where the macros of that version of xlwings look for their script."""
    return komputer.script_folder / f"xlwings-{version}.applescript"


def check_pywin32(komputer: Komputer, interpreter: Path) -> Temuan:
    """Whether Python can talk to Excel on Windows."""
    answer = ask_python(komputer, interpreter, "import pythoncom, win32com.client")
    if answer is None:
        return Temuan(True, "pywin32 ada: Python dapat berhubungan dengan Excel")
    return Temuan(
        False,
        f"pywin32 belum ada di {interpreter} ({answer}), jadi Python tidak dapat berhubungan dengan Excel",
        f'Jalankan di Command Prompt: "{interpreter}" -m pip install --upgrade pywin32',
    )


def ask_python(komputer: Komputer, interpreter: Path, code: str) -> str | None:
    """Run code in a Python as Excel does, from its own folder; None where it went well, else why not."""
    answer = komputer.run([str(interpreter), "-B", "-c", code], interpreter.parent)
    return None if answer.kode == 0 else answer.sebab


# --- words --------------------------------------------------------------------------------------------------------


def told(refused: Refused) -> Iterator[Temuan]:
    """The problems of a refused workbook."""
    return (_as_temuan(problem) for problem in refused.problems)


def _as_temuan(problem: Problem) -> Temuan:
    return Temuan(False, f"{problem.tempat}: {problem.masalah}", problem.tindakan)


def as_text(value: Value) -> str:
    """A setting as text; an empty cell is an empty one."""
    return "" if value is None else str(value)
