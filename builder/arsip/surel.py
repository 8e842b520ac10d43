"""What the ledger knows of mail: which mails were fetched, and which letters went out, address by address."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from builder.arsip import buku_besar
from builder.arsip.buku_besar import bare


class Keadaan(StrEnum):
    """Of a letter to one address: about to go, gone, or refused (and free to be tried again)."""

    AKAN = "akan"
    TERKIRIM = "terkirim"
    DITOLAK = "ditolak"


@dataclass(frozen=True, slots=True)
class Kotak:
    """Within which a mail's number means that mail."""

    server: str
    pengguna: str
    kotak: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Ambilan:
    """A mail that was fetched, or left for its size, which `keterangan` then tells."""

    uid: int
    sha256: str
    keterangan: str = ""


@dataclass(frozen=True, slots=True)
class Kiriman:
    """A letter to one address."""

    message_id: str
    jenis: str
    sub_bagian: str
    kepada: str
    lampiran: str  # sha256 of each, with a space between
    keadaan: Keadaan
    saat: str = ""


@dataclass(frozen=True, slots=True)
class CatatanSurel:
    """The part of a ledger that is about mail; `folder` is the archive's."""

    folder: Path

    def fetched(self, kotak: Kotak) -> dict[int, Ambilan]:
        """Every mail of a mailbox that was fetched or left, by its number."""
        question = (
            "SELECT uid, sha256, keterangan FROM ambil"
            " WHERE server = ? AND pengguna = ? AND kotak = ? AND uidvalidity = ?"
        )
        with buku_besar.reading(self.folder) as ledger:
            rows = ledger.execute(question, _of(kotak)).fetchall() if ledger else []
        return {row["uid"]: Ambilan(**row) for row in rows}

    def contents(self) -> set[str]:
        """sha256 of every mail that was ever fetched, from wherever."""
        with buku_besar.reading(self.folder) as ledger:
            rows = ledger.execute("SELECT DISTINCT sha256 FROM ambil").fetchall() if ledger else []
        return {row["sha256"] for row in rows}

    def note_fetched(self, kotak: Kotak, ambilan: Iterable[Ambilan]) -> None:
        """Write down mails, all in one transaction; raises Refused."""
        with buku_besar.writing(self.folder) as ledger:
            for a in ambilan:
                row = (*_of(kotak), a.uid, a.sha256, bare(a.keterangan), _now())
                ledger.execute("INSERT OR IGNORE INTO ambil VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def letters(self) -> Mapping[tuple[str, str], Kiriman]:
        """Every letter by its Message-ID and address."""
        with buku_besar.reading(self.folder) as ledger:
            rows = ledger.execute("SELECT * FROM surat").fetchall() if ledger else []
        found = (Kiriman(**row | {"keadaan": Keadaan(row["keadaan"])}) for row in rows)
        return {(k.message_id, k.kepada): k for k in found}

    def note_letters(self, kiriman: Iterable[Kiriman]) -> None:
        """Write down what became of letters, all in one transaction; raises Refused."""
        with buku_besar.writing(self.folder) as ledger:
            for k in kiriman:
                row = (k.message_id, k.jenis, k.sub_bagian, k.kepada, k.lampiran, _now(), str(k.keadaan))
                ledger.execute("INSERT OR REPLACE INTO surat VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _of(kotak: Kotak) -> tuple[str, str, str, int]:
    return kotak.server, kotak.pengguna, kotak.kotak, kotak.uidvalidity


def _now() -> str:
    return datetime.datetime.now().isoformat(timespec="seconds")
