"""Unpacks a carrier into numbered files, level by level, within limits; runs in the child process.

Names are words to be shown and never paths. What cannot be unpacked is an item with its problem, so that nothing
that was sent is lost in silence.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.masalah import Message, Problem, Refused
from builder.masukan.jenis import Jenis, find_carrier
from builder.masukan.kotak import split_mbox
from builder.masukan.outlook import read_outlook, read_tnef
from builder.masukan.surel import Lampiran, Terbuka, read_surel
from builder.masukan.zip_kiriman import BadZip, read_zip
from builder.preflight.limits import MiB
from builder.strict.unpacked import Surat, Unpacked

MOST_CARRIER = 200 * MiB  # of a mailbox; it is read mail by mail
MOST_CONTENT = 48 * MiB  # of any other carrier: it is held in memory
MOST_TOTAL = 400 * MiB  # of all that comes out of one carrier
MOST_ITEMS = 5_000
DEEPEST_ZIP = 2  # zips in one another
DEEPEST_SUREL = 8  # mails in one another
_HEAD = 4096


class _TooMuch(Exception):  # noqa: N818 - becomes an item with a problem
    """A limit of the whole carrier was met."""


def unpack(path: Path, folder: Path) -> tuple[Unpacked, ...]:
    """Everything that a carrier holds, in its own order; raises Refused where it is too large or gone."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            kind = find_carrier(file.read(_HEAD), path.name)
            file.seek(0)
            if size > (MOST_CARRIER if kind is Jenis.MBOX else MOST_CONTENT):
                raise Refused(Problem(Message.K12, path.name, values={"rincian": f"{size // MiB} MB"}))
            taking = _Taking(folder)
            try:
                if kind is Jenis.MBOX:
                    for name, content in split_mbox(file):
                        taking.take_surel(content, (name,), _Depth())
                else:
                    taking.take(file.read(), path.name, (), None, _Depth())
            except _TooMuch as much:
                taking.refuse((), None, Problem(Message.K12, values={"rincian": str(much)}))
    except OSError as error:
        raise Refused(Problem(Message.J12, path.name)) from error
    return tuple(taking.items)


@dataclass(frozen=True, slots=True)
class _Depth:
    """How many zips and mails an item lies in."""

    zips: int = 0
    mails: int = 0


@dataclass
class _Taking:
    """Items as they are found."""

    folder: Path
    items: list[Unpacked] = field(default_factory=list)
    total: int = 0

    def refuse(self, jejak: tuple[str, ...], surat: Surat | None, problem: Problem) -> None:
        """An item that cannot be had."""
        self.items.append(Unpacked(jejak, surat=surat, problem=problem))

    def keep(self, content: bytes, jejak: tuple[str, ...], surat: Surat | None) -> None:
        """An item that is no carrier: a form, we hope."""
        self.total += len(content)
        if self.total > MOST_TOTAL or len(self.items) >= MOST_ITEMS:
            raise _TooMuch(f"lebih dari {MOST_TOTAL // MiB} MB atau {MOST_ITEMS} berkas")
        simpan = str(len(self.items))
        (self.folder / simpan).write_bytes(content)
        self.items.append(Unpacked(jejak, simpan, surat))

    def take(
        self, content: bytes, name: str, jejak: tuple[str, ...], surat: Surat | None, depth: _Depth
    ) -> None:
        """One content, whatever it is."""
        kind = find_carrier(content[:_HEAD], name)
        if kind is Jenis.ZIP:
            self._take_zip(content, jejak, surat, depth)
        elif kind in (Jenis.SUREL, Jenis.OUTLOOK, Jenis.TNEF):
            self.take_surel(content, jejak, depth, kind, surat)
        else:
            self.keep(content, jejak, surat)

    # --- zips -----------------------------------------------------------------------------------------------------

    def _take_zip(self, content: bytes, jejak: tuple[str, ...], surat: Surat | None, depth: _Depth) -> None:
        if depth.zips >= DEEPEST_ZIP:
            self.refuse(jejak, surat, Problem(Message.K04))
            return
        before = len(self.items)
        try:
            for name, packed in read_zip(content):
                if packed is None:
                    self.items.append(Unpacked(jejak, dilewati=1))
                elif isinstance(packed, Problem):
                    self.refuse((*jejak, name), surat, packed)
                else:
                    self.take(packed, name, (*jejak, name), surat, replace(depth, zips=depth.zips + 1))
            if len(self.items) == before:
                self.refuse(jejak, surat, Problem(Message.K12, values={"rincian": "arsip kosong"}))
        except BadZip as bad:
            self.refuse(jejak, surat, bad.problem)
        except zipfile.BadZipFile:
            self.keep(content, jejak, surat)  # a package after all, or broken: told by who reads it

    # --- mails ----------------------------------------------------------------------------------------------------

    def take_surel(
        self,
        content: bytes,
        jejak: tuple[str, ...],
        depth: _Depth,
        kind: Jenis = Jenis.SUREL,
        surat: Surat | None = None,
    ) -> None:
        """One mail: its attachments, and mails in it; a mail without a form says why."""
        if depth.mails >= DEEPEST_SUREL:
            self.refuse(jejak, surat, Problem(Message.K04))
            return
        inner = replace(depth, mails=depth.mails + 1)
        opened = self._open(content, kind, surat)
        if isinstance(opened, Problem):
            self.refuse(jejak, surat, opened)
            return
        for lampiran in opened.lampiran:
            self._take_lampiran(lampiran, opened.surat, jejak, inner)
        if opened.dilewati or (not opened.lampiran and opened.problem is None):
            self.items.append(Unpacked(jejak, dilewati=opened.dilewati or 1))
        if opened.problem and not opened.lampiran:
            self.refuse(jejak, opened.surat, opened.problem)

    def _open(self, content: bytes, kind: Jenis, surat: Surat | None) -> Terbuka | Problem:
        match kind:
            case Jenis.OUTLOOK:
                return read_outlook(content)
            case Jenis.TNEF:
                return read_tnef(content, surat)
        return read_surel(content)

    def _take_lampiran(
        self, lampiran: Lampiran, surat: Surat | None, jejak: tuple[str, ...], depth: _Depth
    ) -> None:
        trail = (*jejak, lampiran.nama)
        if lampiran.problem:
            self.refuse(trail, surat, lampiran.problem)
        elif lampiran.is_surel:
            self.take_surel(lampiran.isi, trail, depth)
        else:
            self.take(lampiran.isi, lampiran.nama, trail, surat, depth)
