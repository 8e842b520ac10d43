"""What a carrier (a zip, a mail) held, as plain values: made by the child process, and all that comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

from builder.masalah import Problem


@dataclass(frozen=True, slots=True)
class Surat:
    """The mail that brought a file; shown, never decides."""

    pengirim: str  # "Siti <siti@kpu.go.id>"
    tanggal: str  # "2026-10-03T08:15:00+07:00"; "" where it says none
    subjek: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One item out of a carrier: its bytes, or why there are none."""

    jejak: tuple[str, ...]  # names from the carrier's first level to the item
    simpan: str = ""  # name of its file in the folder of what was unpacked: a number
    surat: Surat | None = None
    problem: Problem | None = None
    dilewati: int = (
        0  # instead of an item: so many that are none (logos, signatures, mails without attachment)
    )
