"""A shim for power cuts and broken disks: the n-th call that changes a folder kills the process, or fails.

The work runs in a forked process that has imported everything, so a trial costs what the work costs. Calls are seen
by Python's audit hooks (opening for writing, renaming, removing, making folders) and by wrapping os.write and
os.fsync. What it cannot see, the inside of a write, `benchmarks/kerusakan.py` tries with strace and random moments.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import io
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bahan
from kantor import BARIS, ISI, Kantor, make_kantor

from builder import gabungan, refresh
from builder.__main__ import main
from builder.arsip import Arsip
from builder.closed import refresh_file
from builder.consolidator import Konsolidasi
from builder.expr import Key
from builder.masalah import Refused
from builder.package import read_grids
from builder.penerimaan import merge_returns

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
MATI = -signal.SIGKILL
_SEEN = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Keadaan:
    """A command on an office, and the files that it may change."""

    nama: str
    arguments: Callable[[Path], list[str]]
    books: Callable[[Path], list[Path]]
    others: Callable[[Path], list[Path]] = lambda folder: []


def _konsolidasi(folder: Path) -> Path:
    return folder / "Konsolidasi-2026.xlsx"


def _merge(folder: Path, keluaran: str) -> list[str]:
    more = ["--data", folder / "D.csv", "--laporan", folder / "L.json"]
    plan = ["--rencana", folder / "Rencana.csv", "-o", folder / keluaran]
    return list(map(str, ["konsolidasi", folder / "kiriman", *plan, *more]))


def _texts(folder: Path) -> list[Path]:
    return [folder / "D.csv", folder / "L.json"]


KEADAAN = (
    Keadaan("segarkan", lambda f: ["segarkan", str(_konsolidasi(f))], lambda f: [_konsolidasi(f)]),
    Keadaan("konsolidasi-baru", lambda f: _merge(f, "Baru.xlsx"), lambda f: [f / "Baru.xlsx"], _texts),
    Keadaan("konsolidasi-lama", lambda f: _merge(f, "Konsolidasi-2026.xlsx"), lambda f: [_konsolidasi(f)], _texts),
    Keadaan("hitung-ulang", lambda f: ["hitung-ulang", str(_konsolidasi(f))], lambda f: [_konsolidasi(f)]),
    Keadaan(
        "bangun",
        lambda f: ["bangun", str(f / "Rencana.csv"), "-o", str(f / "hasil"), "--tanpa-makro"],
        lambda f: [f / "hasil" / f"{n}.xlsx" for n in ("BukuKerja-2026-KUL", "BukuKerja-2026-REN", "Konsolidasi-2026")],
    ),
)  # fmt: skip


def make_office(folder: Path) -> Kantor:
    """Refreshed once, then with a return that says more; in `hasil` the workbooks of an earlier plan."""
    kantor = make_kantor(folder)
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    kantor.send(ISI | {Key("S01-I1", "TW2", "pembilang"): 45, Key("S01-I1", "TW2", "penyebut"): 50})
    old = [row | {"indikator": f"{row['indikator']} lama"} for row in BARIS]
    rencana = bahan.write_rencana(folder / "Lama.csv", old)
    assert run(["bangun", str(rencana), "-o", str(folder / "hasil"), "--tanpa-makro"])[0] == 0
    for path in folder.glob("Lama.*"):
        path.unlink()
    return kantor


@contextlib.contextmanager
def quick_reading(kantor: Kantor) -> Iterator[None]:
    """The returns are read and merged once for all trials: what is tried is the writing."""
    hasil = merge_returns([kantor.kiriman], kantor.rkt, 2)
    modules: tuple[Any, ...] = (refresh, gabungan)

    def merged(*_: object, arsip: Arsip | None = None, **__: object) -> Konsolidasi:
        if arsip:
            with contextlib.suppress(OSError):
                arsip.folder.mkdir(exist_ok=True)  # reading for real has kept the returns by then
        return copy.deepcopy(hasil)

    for module in modules:
        module.merge_returns = merged
    try:
        yield
    finally:
        for module in modules:
            module.merge_returns = merge_returns


# --- one trial ----------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> tuple[int, str]:
    """A command line in this process: exit code, and all that was said."""
    said = io.StringIO()
    code: int = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
    return code, said.getvalue()


def try_out(arguments: list[str], folder: Path, deed: Callable[[int], None], said: Path) -> int:
    """Run a command in a forked process with `deed` before each call that changes the folder; its exit code.

    A negative code is the signal that ended it. What was said, and the number of calls, go to `said`.
    """
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    code, told, count = 70, "", _Count(folder, deed)
    try:
        count.listen()
        code, told = run(arguments)
    except BaseException:
        told = traceback.format_exc()
    count.deaf = True
    said.write_text(f"{count.calls}\n{told}", "utf-8", "replace")
    os._exit(code)


_counting: list[_Count] = []


def tick() -> None:
    """A moment that the hooks cannot see, told by who knows of it."""
    for count in _counting:
        count.tick()


class _Count:
    """Counts calls on a folder, this process's alone."""

    def __init__(self, folder: Path, deed: Callable[[int], None]) -> None:
        self.folder, self.deed, self.calls, self.deaf = str(folder), deed, 0, False

    def listen(self) -> None:
        _counting.append(self)
        sys.addaudithook(self._hear)
        for name in ("write", "fsync"):
            setattr(os, name, self._wrapped(getattr(os, name)))

    def _wrapped(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(handle: int, *more: Any) -> Any:
            if os.path.realpath(f"/proc/self/fd/{handle}").startswith(self.folder):
                self.tick()
            return real(handle, *more)

        return call

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.deaf or not (event in _SEEN or (event == "open" and args[2] & _WRITES)):
            return
        with contextlib.suppress(TypeError):
            if not os.path.abspath(os.fsdecode(args[0])).startswith(self.folder):  # noqa: PTH100
                return
            self.tick()

    def tick(self) -> None:
        if not self.deaf:
            self.calls += 1
            self.deed(self.calls)


def kill_at(n: int) -> Callable[[int], None]:
    """Power is cut before the n-th call; 0 for never."""

    def deed(call: int) -> None:
        if call == n:
            os.kill(os.getpid(), signal.SIGKILL)

    return deed


def fail_at(n: int, number: int, *, on: bool = False) -> Callable[[int], None]:
    """The n-th call fails, with `on` all after it too."""

    def deed(call: int) -> None:
        if call == n or (on and call > n):
            raise OSError(number, os.strerror(number))

    return deed


# --- what must hold -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ukuran:
    """What stood there before, what a run that nothing disturbs makes of it, and how many calls that takes."""

    keadaan: Keadaan
    asal: Path
    sebelum: dict[str, bytes | None]
    sesudah: dict[str, Any]
    nama: set[str]
    calls: int


def measure(keadaan: Keadaan, asal: Path, work: Path) -> Ukuran:
    """One run that nothing disturbs."""
    folder = fresh(asal, work)
    before = _contents(keadaan, folder)
    said = work.with_suffix(".txt")
    assert try_out(keadaan.arguments(folder), folder, kill_at(0), said) in (0, 1), said.read_text()
    calls = int(said.read_text().partition("\n")[0])
    return Ukuran(keadaan, asal, before, _meaning(keadaan, folder), _names(folder), calls)


def chosen(calls: int, trials: int) -> list[int]:
    """So many of the calls, evenly spread from behind: it is the end that replaces."""
    return [calls - round(i * (calls - 1) / (trials - 1)) for i in range(trials)]


def fresh(asal: Path, work: Path) -> Path:
    """The office as it was."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(asal, work)
    return work


def _contents(keadaan: Keadaan, folder: Path) -> dict[str, bytes | None]:
    paths = [*keadaan.books(folder), *keadaan.others(folder)]
    return {path.name: path.read_bytes() if path.exists() else None for path in paths}


def _meaning(keadaan: Keadaan, folder: Path) -> dict[str, Any]:
    """Every cell of the books but those that name a time, and the texts."""
    cells = {path.name: meaning_of(path) for path in keadaan.books(folder)}
    return cells | {path.name: path.read_bytes() for path in keadaan.others(folder)}


def meaning_of(path: Path) -> Any:
    """Cells of a workbook without the time of the refresh; None where there is none."""
    if not path.exists():
        return None
    grids = read_grids(path)
    told = [v for lines in grids.values() for line in lines for v in line if not _tells_time(v)]
    return list(grids), told


def _tells_time(value: object) -> bool:
    today = f"{time.strftime('%d/%m/%Y')} "
    return isinstance(value, str) and (today in value or value.startswith("Sama seperti"))


def _names(folder: Path) -> set[str]:
    """Every file; the time in the name of a kept copy is left out."""
    return {str(p.relative_to(folder)).partition(" (lama")[0] for p in folder.rglob("*")}


def faults_after_death(ukuran: Ukuran, folder: Path) -> list[str]:
    """What is wrong after the process was killed, and after the next start; nothing where all is well."""
    found = _half_done(ukuran, folder)
    said = folder.with_suffix(".txt")
    code = try_out(ukuran.keadaan.arguments(folder), folder, kill_at(0), said)
    if code not in (0, 1) or "Traceback" in said.read_text() or "[L0" in _without_notes(said.read_text()):
        found.append(f"next start: {code} {said.read_text()[-300:]}")
    if _meaning(ukuran.keadaan, folder) != ukuran.sesudah:
        found.append("next start: not the new contents")
    if _names(folder) != ukuran.nama:
        found.append(f"left behind: {sorted(_names(folder) ^ ukuran.nama)}")
    return found


def _without_notes(said: str) -> str:
    return said.replace("[L04]", "").replace("[L06]", "")


def _half_done(ukuran: Ukuran, folder: Path) -> list[str]:
    """Each file is the old or the new one."""
    found = []
    for path in [*ukuran.keadaan.books(folder), *ukuran.keadaan.others(folder)]:
        content = path.read_bytes() if path.exists() else None
        if content == ukuran.sebelum[path.name]:
            continue
        try:
            new = path.read_bytes() if path.suffix != ".xlsx" else meaning_of(path)
        except (OSError, Refused):
            new = None
        if new != ukuran.sesudah[path.name]:
            found.append(f"{path.name} is neither the old nor the new one")
    return found


def faults_after_error(ukuran: Ukuran, folder: Path, code: int, said: str) -> list[str]:
    """What is wrong after a call failed: the work was done all the same, or nothing is changed and all is told."""
    found = []
    if "Traceback" in said or "kesalahan di dalam program" in said:
        found.append(f"no sentence: {said[-300:]}")
    refused = code != 0 and any(f"[{kode}]" in said for kode in ("L02", "L03", "L11", "L25", "S03", "S04"))
    books = ukuran.keadaan.books(folder)
    kept = [p for p in books if (p.read_bytes() if p.exists() else None) == ukuran.sebelum[p.name]]
    if refused and len(kept) == len(books):
        leftovers = {n for n in _names(folder) if not n.endswith(".arsip")} - {
            str(p.relative_to(ukuran.asal)) for p in ukuran.asal.rglob("*")
        }
        if leftovers:
            found.append(f"left behind: {sorted(leftovers)}")
        if str(folder) not in said and not any(p.name in said for p in books):
            found.append(f"no path: {said[-300:]}")
        if "[L03]" in said and "MB" not in said:
            found.append(f"no need: {said[-300:]}")
        return found
    wrong = [p.name for p in books if meaning_of(p) != ukuran.sesudah[p.name]]
    if wrong:
        found.append(f"neither refused nor done: {wrong} {code} {said[-300:]}")
    extra = {n for n in _names(folder) - ukuran.nama if "tertunda" not in n}
    return found + ([f"left behind: {sorted(extra)}"] if extra else [])
