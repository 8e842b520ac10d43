"""The konsolidator's computer as installing sees it: system, folders, Python. A test puts another in its place."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.expr import Key
from workbook_templates.pengaturan import INTERPRETER_MAC, INTERPRETER_WIN

WINDOWS = "Windows"
MAC = "Darwin"

_SECONDS = 180  # a first start of Python from a network drive, with a virus scanner looking on


@dataclass(frozen=True, slots=True)
class Jawaban:
    """How a program that was run ended, and what it said."""

    kode: int
    keluaran: str = ""
    galat: str = ""

    @property
    def sebab(self) -> str:
        """The last line of what it said against it: of a traceback the one that tells the error."""
        lines = (self.galat.strip() or self.keluaran.strip()).splitlines()
        return lines[-1].strip() if lines else f"kode {self.kode}"


Runner = Callable[[Sequence[str], Path], Jawaban]


def run_program(command: Sequence[str], folder: Path) -> Jawaban:
    """Run a program in a folder, to its end; one that cannot be started is an answer too."""
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Jawaban(1, galat=f"tidak selesai dalam {_SECONDS} detik")
    except OSError as error:
        return Jawaban(1, galat=error.strerror or str(error))
    return Jawaban(ended.returncode, ended.stdout, ended.stderr)


@dataclass(frozen=True, slots=True)
class Komputer:
    """What installing needs to know of a computer."""

    system: str  # as `platform.system` says it
    home: Path
    appdata: Path | None  # %APPDATA% of Windows
    interpreter: Path  # Python that runs rkt, and that Excel shall run
    base: Path  # where that Python comes from, if it is a virtual environment's
    run: Runner = run_program

    @property
    def setting(self) -> Key | None:
        """The setting that tells Excel on this system where Python is."""
        return {WINDOWS: INTERPRETER_WIN, MAC: INTERPRETER_MAC}.get(self.system)

    @property
    def office(self) -> Path | None:
        """Where Excel keeps what is the user's; on a Mac it is not there before Excel ran once."""
        if self.system == MAC:
            return self.home / "Library" / "Group Containers" / "UBF8T346G9.Office"
        return self.appdata / "Microsoft" if self.system == WINDOWS and self.appdata else None

    @property
    def start_folder(self) -> Path | None:
        """Excel opens what lies here at every start, and trusts it; None where there is no Excel."""
        if self.office is None:
            return None
        if self.system == MAC:
            return self.office / "User Content.localized" / "Startup.localized" / "Excel"
        return self.office / "Excel" / "XLSTART"

    @property
    def script_folder(self) -> Path:
        """On a Mac: the only folder whose scripts Excel may run."""
        return self.home / "Library" / "Application Scripts" / "com.microsoft.Excel"

    @property
    def terminal(self) -> str:
        """Where a command is typed."""
        return "Command Prompt" if self.system == WINDOWS else "Terminal"


def this_computer() -> Komputer:
    """The computer that this runs on."""
    appdata = os.environ.get("APPDATA")
    return Komputer(
        platform.system(),
        Path.home(),
        Path(appdata) if appdata else None,
        with_console(Path(sys.executable)),
        Path(sys.base_prefix),
    )


def with_console(interpreter: Path) -> Path:
    """python.exe for pythonw.exe.

    Excel starts Python through cmd.exe, hides the window itself, waits for the end and reads the error stream:
    the console program does all of that, and pythonw.exe has no streams of its own.
    """
    console = interpreter.with_name("python.exe")
    return console if interpreter.name.lower() == "pythonw.exe" and console.exists() else interpreter
