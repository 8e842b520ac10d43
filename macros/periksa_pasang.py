"""What is installed on a computer, and what is missing: one finding per thing, nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder.masalah import Refused, show
from builder.package import read_grids
from builder.patch import Grids, value_at
from macros.komputer import MAC, WINDOWS, Komputer
from macros.pasang import (
    BERMAKRO,
    Temuan,
    as_text,
    ask_python,
    check_book,
    check_pywin32,
    check_version,
    find_obstacle,
    find_row,
    script_path,
    told,
    without_setting,
)
from macros.proyek import NAMA_PENGAYA, read_xlwings_version
from workbook_templates.pengaturan import BELUM_DIPASANG, LEMBAR

PYTHON_TERENDAH = (3, 11)
MODUL_TOMBOL = "macros.excel"  # what the VBA of the buttons imports
CATATAN = (
    "Microsoft Defender atau aturan kantor dapat melarang Excel menjalankan program lain; itu tidak terlihat dari "
    "sini. Bila Segarkan tidak berbuat apa-apa padahal semua di atas [ok], pakai rkt segarkan."
)

_DASBOR, _FOLDER_KIRIMAN = "Dasbor", "Folder kiriman"
_ZONE = re.compile(r"^ZoneId=([34])\s*$", re.MULTILINE)  # the internet, and places that are not trusted
_MACRO_LEVEL = re.compile(r"VBAWarnings\s+REG_DWORD\s+0x([0-9a-f]+)", re.IGNORECASE)
_SECURITY = (  # an administrator's rule wins over the user's choice
    r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security",
    r"HKCU\Software\Microsoft\Office\16.0\Excel\Security",
)


def inspect(komputer: Komputer, buku: Sequence[Path], folder: Path | None = None) -> Iterator[Temuan]:
    """Everything that can be known of the installation on this computer, and of the named workbooks."""
    if komputer.setting is None:
        yield Temuan(
            False,
            "Sistem ini bukan Windows atau Mac, jadi tombol di Excel tidak dapat dipakai",
            "Pakai rkt segarkan, atau periksa di komputer yang memakai Excel.",
        )
    obstacle = find_obstacle(komputer)
    if obstacle:
        yield obstacle
    inspection = _Inspection(komputer)
    yield from inspection.check_addin(folder or komputer.start_folder)
    for path in buku:
        yield from inspection.check_book(path)


@dataclass
class _Inspection:
    komputer: Komputer
    versions: dict[Path, str | None] = field(default_factory=dict)  # xlwings of each Python already looked at

    # --- files ---

    def check_addin(self, folder: Path | None) -> Iterator[Temuan]:
        """The add-in in Excel's start folder."""
        if folder is None:
            return
        path = folder / NAMA_PENGAYA
        if not path.is_file():
            yield Temuan(
                False,
                f"Tab Kinerja belum dipasang: {path} tidak ada",
                "Tutup Excel, lalu jalankan rkt pasang.",
            )
            return
        yield Temuan(True, f"Tab Kinerja terpasang: {path}")
        yield from self._look_into(path, with_macros=True)

    def check_book(self, path: Path) -> Iterator[Temuan]:
        """A workbook: its macros where it has some, its folder of returns, whether Excel trusts it."""
        fault = check_book(path)
        if fault:
            yield fault
            return
        with_macros = path.suffix.lower() in BERMAKRO
        if not with_macros:
            yield Temuan(True, f"{path.name}: buku tanpa makro; tombolnya ada di tab Kinerja")
        yield from self._look_into(path, with_macros=with_macros)
        if self.komputer.system == WINDOWS:
            yield from self._check_trust(path, with_macros=with_macros)

    def _look_into(self, path: Path, *, with_macros: bool) -> Iterator[Temuan]:
        try:
            grids = read_grids(path)
        except Refused as refused:
            yield from told(refused)
            return
        if with_macros:
            yield from self._check_macros(path, grids)
        yield from _check_folder(path, grids)

    def _check_macros(self, path: Path, grids: Grids) -> Iterator[Temuan]:
        if LEMBAR not in grids:
            yield without_setting(path, LEMBAR, has_sheet=False)
        elif self.komputer.setting:
            yield from self._check_setting(path, grids, self.komputer.setting.baris)

    def _check_setting(self, path: Path, grids: Grids, setting: str) -> Iterator[Temuan]:
        row = find_row(grids[LEMBAR], setting)
        if row is None:
            yield without_setting(path, setting, has_sheet=True)
            return
        value = as_text(value_at(grids[LEMBAR], row, 1))
        cure = "Jalankan rkt pasang."
        if path.name != NAMA_PENGAYA:
            cure = f'Tutup bukunya, lalu jalankan rkt pasang "{path.name}".'
        if value in ("", BELUM_DIPASANG):
            yield Temuan(False, f"{path.name}: belum diberi tahu di mana Python", cure)
        elif not Path(value).is_absolute() or not Path(value).is_file():
            yield Temuan(
                False,
                f"{path.name}: Python tidak ada di {show(value, 200)}; mungkin dipindah atau dihapus",
                cure,
            )
        else:
            yield Temuan(True, f"{path.name}: memakai Python di {value}")
            yield from self._check_version(path, Path(value))

    def _check_version(self, path: Path, interpreter: Path) -> Iterator[Temuan]:
        if interpreter not in self.versions:
            yield from self._check_python(interpreter)
        installed = self.versions[interpreter]
        if installed:
            yield check_version(path, installed)
        version = read_xlwings_version(path)
        if self.komputer.system == MAC and version:
            yield _check_script(self.komputer, version)

    # --- Python ---

    def _check_python(self, interpreter: Path) -> Iterator[Temuan]:
        """A Python that Excel is told to run; remembers its xlwings."""
        self.versions[interpreter] = None
        version = self._ask(interpreter, "import platform; print(platform.python_version())")
        if version is None:
            yield Temuan(
                False,
                f"Python di {interpreter} tidak dapat dijalankan",
                "Pasang lagi Python dan rkt, lalu jalankan rkt pasang.",
            )
            return
        yield _check_python_version(version)
        self.versions[interpreter] = self._ask(interpreter, "import xlwings; print(xlwings.__version__)")
        yield self._check_import(interpreter, "xlwings")
        yield self._check_import(interpreter, MODUL_TOMBOL)
        if self.komputer.system == WINDOWS:
            yield check_pywin32(self.komputer, interpreter)
            yield from self._check_library(interpreter)

    def _ask(self, interpreter: Path, code: str) -> str | None:
        """What a Python prints; None where it fails."""
        answer = self.komputer.run([str(interpreter), "-B", "-c", code], interpreter.parent)
        return answer.keluaran.strip() if answer.kode == 0 else None

    def _check_import(self, interpreter: Path, module: str) -> Temuan:
        package = {MODUL_TOMBOL: "rkt"}.get(module, module)
        fault = ask_python(self.komputer, interpreter, f"import {module}")
        if fault is None:
            return Temuan(True, f"{package} ada di Python itu")
        # Another program has the name rkt on the public index, so ours is installed from its own file.
        what = "--force-reinstall BERKAS-rkt.whl" if package == "rkt" else f"--upgrade {package}"
        return Temuan(
            False,
            f"{package} tidak dapat dipakai oleh Python di {interpreter} ({show(fault, 200)})",
            f'Jalankan di {self.komputer.terminal}: "{interpreter}" -m pip install {what}',
        )

    def _check_library(self, interpreter: Path) -> Iterator[Temuan]:
        """What worksheet functions need on Windows; the buttons do without."""
        version = self.versions[interpreter]
        if version is None:
            return
        name = f"xlwings64-{version}.dll"
        if any((folder / name).is_file() for folder in interpreter.parents[:2]):
            yield Temuan(True, f"Fungsi lembar kerja (CAPAIAN, KATEGORI, …) dapat dipakai: {name} ada")
        else:
            yield Temuan(
                False,
                f"{name} tidak ada di folder Python, jadi fungsi lembar kerja (CAPAIAN, KATEGORI, …) tidak dapat "
                "dipakai; tombol tetap dapat",
                "Pasang Python dari python.org dengan pilihan «hanya untuk saya», pasang rkt di sana tanpa --user, "
                "lalu jalankan rkt pasang.",
            )

    # --- trust ---

    def _check_trust(self, path: Path, *, with_macros: bool) -> Iterator[Temuan]:
        """What Windows and Excel say about a file that came from outside."""
        if is_from_internet(path):
            yield Temuan(
                False,
                f"{path.name}: ditandai Windows sebagai kiriman dari internet, jadi "
                + ("makronya diblokir" if with_macros else "dibuka hanya-baca"),
                "Klik kanan berkas itu di File Explorer > Properties, centang Unblock (Buka blokir) di bawah, OK.",
            )
        level = self._macro_level() if with_macros else None
        if level in (3, 4):
            yield Temuan(
                False,
                f"{path.name}: Excel di komputer ini memblokir makro tanpa bertanya",
                "File > Options > Trust Center > Trust Center Settings > Macro Settings, pilih «Disable VBA macros "
                "with notification»; bila terkunci oleh kantor, pakai tab Kinerja dengan buku .xlsx.",
            )

    def _macro_level(self) -> int | None:
        """Excel's choice about macros: 1 all run, 2 it asks, 3 only signed ones, 4 none; None if never chosen."""
        for key in _SECURITY:
            answer = self.komputer.run(["reg", "query", key, "/v", "VBAWarnings"], self.komputer.home)
            found = _MACRO_LEVEL.search(answer.keluaran) if answer.kode == 0 else None
            if found:
                return int(found[1], 16)
        return None


def is_from_internet(path: Path) -> bool:
    """Whether Windows keeps with a file that it came from outside (the stream Zone.Identifier)."""
    try:
        return bool(
            _ZONE.search(Path(f"{path}:Zone.Identifier").read_text(encoding="ascii", errors="replace"))
        )
    except OSError:
        return False


def _check_python_version(version: str) -> Temuan:
    parts = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if parts >= PYTHON_TERENDAH:
        return Temuan(True, f"Python {version}")
    least = ".".join(str(n) for n in PYTHON_TERENDAH)
    return Temuan(
        False,
        f"Python {version} terlalu lama; rkt memerlukan {least} atau lebih baru",
        "Pasang Python terbaru dari python.org, pasang rkt di sana, lalu jalankan rkt pasang.",
    )


def _check_script(komputer: Komputer, version: str) -> Temuan:
    script = script_path(komputer, version)
    if script.is_file():
        return Temuan(True, f"Penghubung Excel dan Python terpasang: {script}")
    return Temuan(
        False, f"Penghubung Excel dan Python belum ada: {script}", "Jalankan rkt pasang di Terminal."
    )


def _check_folder(path: Path, grids: Grids) -> Iterator[Temuan]:
    """The folder of returns that a konsolidasi names on its Dasbor."""
    named = next(
        (as_text(line[1]) for line in grids.get(_DASBOR, ()) if len(line) > 1 and line[0] == _FOLDER_KIRIMAN),
        None,
    )
    if named is None:
        return
    folder = path.parent / named
    if named and folder.is_dir():
        yield Temuan(True, f"{path.name}: folder kiriman {folder}")
    else:
        yield Temuan(
            False,
            f"{path.name}: folder kiriman «{show(named)}» tidak ada",
            f"Buat folder itu di samping {path.name}, atau tulis nama yang benar pada sel kuning di Dasbor.",
        )
