"""Letters sent, each once, and what became of each in the ledger.

Before a letter goes it is noted as about to go, afterwards as gone. Where a run was killed in between nobody knows
whether it arrived: the next run says so and sends it again only when asked to.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from typing import Any

from builder.arsip import beside
from builder.arsip.surel import CatatanSurel, Keadaan, Kiriman
from builder.masalah import Message, Problem
from builder.persuratan import Kantor
from builder.pos.pengiriman import Hasil, Kurir, open_kurir
from builder.pos.sambungan import Terputus
from builder.pos.sandi import Sandi, find_sandi
from builder.pos.setelan import Smtp
from builder.pos.surat import Surat
from builder.returns import Track, no_track
from builder.save import holding

PAUSES = (1.0, 3.0)  # seconds before a connection that was cut is tried again


@dataclass(frozen=True, slots=True)
class Terkirim:
    """What a sending came to: letter and address of everything that went out, and what stands against the others."""

    terkirim: tuple[tuple[Surat, str], ...]
    problems: tuple[Problem, ...]

    @property
    def clean(self) -> bool:
        """True where nothing was refused or is in doubt."""
        return not any(p.putusan.berat >= 2 for p in self.problems)


def due_letters(
    kantor: Kantor, letters: Sequence[Surat], *, ulang: bool = False
) -> tuple[list[Surat], list[Problem]]:
    """Letters to those who have not got them, `ulang`: to all; and what is known of the others."""
    smtp = kantor.setelan.smtp
    if ulang or not smtp:
        return list(letters), []
    known = CatatanSurel(beside(kantor.konsolidasi).folder).letters()
    problems: list[Problem] = []
    due = [replace(s, kepada=tuple(_without(s, smtp, known, problems))) for s in letters]
    return [s for s in due if s.kepada], problems


def _without(
    surat: Surat, smtp: Smtp, known: Mapping[tuple[str, str], Kiriman], problems: list[Problem]
) -> Iterator[Address]:
    """Addresses that have not got a letter; one of which nobody knows is told and left out."""
    id = surat.message_id(smtp)
    for address in surat.kepada:
        before = known.get((id, address.addr_spec))
        if before is None or before.keadaan is Keadaan.DITOLAK:
            yield address
        else:
            sent = before.keadaan is Keadaan.TERKIRIM
            values = {"kode": surat.sub_bagian, "alamat": address.addr_spec, "saat": _shown(before.saat)}
            problems.append(Problem(Message.U37 if sent else Message.U36, values=values))


def send_letters(
    kantor: Kantor, letters: Sequence[Surat], *, ulang: bool = False, track: Track[Any] = no_track
) -> Terkirim:
    """Send what was not sent before, `ulang`: in any case; raises Refused where the server cannot be used at all."""
    smtp = kantor.setelan.smtp
    assert smtp is not None
    assert smtp.server is not None
    with holding(kantor.konsolidasi) as told:
        due, known = due_letters(kantor, letters, ulang=ulang)
        sending = _Sending(smtp, CatatanSurel(beside(kantor.konsolidasi).folder), problems=[*told, *known])
        if due:
            sending.send_all(due, find_sandi("smtp", smtp.server), track)
    return Terkirim(tuple(sending.terkirim), tuple(sending.problems))


@dataclass
class _Sending:
    """One run, over as many connections as it takes."""

    smtp: Smtp
    catatan: CatatanSurel
    terkirim: list[tuple[Surat, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def send_all(self, letters: Sequence[Surat], sandi: Sandi, track: Track[Any]) -> None:
        """Each letter; where the connection was cut, the rest over another one."""
        waiting, cuts = list(letters), 0
        while waiting:
            before = len(waiting)
            try:
                with open_kurir(self.smtp, sandi) as kurir:
                    for surat in track(list(waiting), "Mengirim surat"):
                        self._send(kurir, surat)
                        waiting.remove(surat)
                        if self.problems and self.problems[-1].message is Message.U38:
                            break  # that connection is gone
            except Terputus as cut:
                cuts = cuts + 1 if len(waiting) == before else 1
                if cuts > len(PAUSES):
                    self._give_up(waiting, cut)
                    return
                time.sleep(PAUSES[cuts - 1])

    def _send(self, kurir: Kurir, surat: Surat) -> None:
        self._note(surat, [a.addr_spec for a in surat.kepada], Keadaan.AKAN)
        hasil = self._handed_over(kurir, surat)
        self._note(surat, hasil.terkirim, Keadaan.TERKIRIM)
        self._note(surat, hasil.ditolak, Keadaan.DITOLAK)
        self.terkirim += [(surat, address) for address in hasil.terkirim]
        self.problems += hasil.problems

    def _handed_over(self, kurir: Kurir, surat: Surat) -> Hasil:
        try:
            return kurir.send(surat, surat.kepada)
        except Terputus:
            self._note(
                surat, [a.addr_spec for a in surat.kepada], Keadaan.DITOLAK
            )  # it is sure that it did not go
            raise

    def _note(self, surat: Surat, addresses: Sequence[str], keadaan: Keadaan) -> None:
        if addresses:
            id, lampiran = surat.message_id(self.smtp), " ".join(a.sha256 for a in surat.lampiran)
            self.catatan.note_letters(
                Kiriman(id, surat.jenis, surat.sub_bagian, a, lampiran, keadaan) for a in addresses
            )

    def _give_up(self, waiting: Sequence[Surat], cut: Terputus) -> None:
        assert self.smtp.server is not None
        values = {
            "server": self.smtp.server.server, "sebab": str(cut), "kali": len(PAUSES) + 1,
            "daftar": ", ".join(s.sub_bagian for s in waiting),
        }  # fmt: skip
        self.problems.append(Problem(Message.U28, values=values))


def _shown(saat: str) -> str:
    return f"{datetime.datetime.fromisoformat(saat):%d/%m/%Y %H.%M}"
