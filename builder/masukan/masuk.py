"""One file as it came in: how messages name it, where its bytes are, and the mail that brought it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.masalah import Problem
from builder.strict.unpacked import Surat


@dataclass(frozen=True, slots=True)
class Masuk:
    """A file to be read, or an item that was refused before anybody looked for a form in it."""

    berkas: str  # unique in a run: "kiriman.zip › BukuKerja-2024-KUL.xlsx"
    path: Path  # its bytes; of an item that has none: its carrier
    surat: Surat | None = None
    problems: tuple[Problem, ...] = ()
