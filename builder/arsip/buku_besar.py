"""The ledger: one SQLite file, changed in whole transactions only.

Journal in a file of its own and synced (no WAL: the folder may lie on a network), so that a power cut leaves the old
or the new state. Who writes holds the konsolidasi (`save.holding`); a reader waits.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.masalah import Message, Problem, Refused

Row = dict[str, Any]

NAMA = "buku-besar.sqlite"
VERSI = 1
_WAIT = 10.0  # seconds for another program

_TABEL = """
CREATE TABLE segar (
  nomor INTEGER PRIMARY KEY, saat TEXT NOT NULL, triwulan INTEGER NOT NULL, rencana TEXT NOT NULL, folder TEXT NOT NULL,
  kalimat TEXT NOT NULL
);
CREATE TABLE terima (
  sha256 TEXT NOT NULL, berkas TEXT NOT NULL, simpan TEXT NOT NULL, gelombang INTEGER NOT NULL, saat TEXT NOT NULL,
  pengirim TEXT NOT NULL, tanggal TEXT NOT NULL, subjek TEXT NOT NULL, message_id TEXT NOT NULL,
  masalah TEXT NOT NULL, asal TEXT NOT NULL,
  PRIMARY KEY (sha256, asal)
);
CREATE TABLE kiriman (
  sha256 TEXT NOT NULL, berkas TEXT NOT NULL, segar INTEGER NOT NULL, sub_bagian TEXT, nomor INTEGER, dasar INTEGER,
  triwulan INTEGER, rencana TEXT, status TEXT NOT NULL, pemakaian TEXT NOT NULL, masalah TEXT NOT NULL,
  PRIMARY KEY (sha256, berkas, segar)
);
CREATE TABLE isian (
  sha256 TEXT NOT NULL, id TEXT NOT NULL, baris TEXT NOT NULL, kolom TEXT NOT NULL, nilai TEXT NOT NULL,
  isi TEXT NOT NULL, ditahan INTEGER NOT NULL, lembar TEXT NOT NULL, sel TEXT NOT NULL,
  PRIMARY KEY (sha256, id, baris, kolom)
);
CREATE TABLE nilai (
  segar INTEGER NOT NULL, id TEXT NOT NULL, baris TEXT NOT NULL, kolom TEXT NOT NULL, nilai TEXT NOT NULL,
  isi TEXT NOT NULL, ditahan INTEGER NOT NULL, berkas TEXT NOT NULL, sha256 TEXT NOT NULL, lembar TEXT NOT NULL,
  sel TEXT NOT NULL, keterangan TEXT NOT NULL,
  PRIMARY KEY (id, baris, kolom, segar)
);
CREATE TABLE tangan (
  id TEXT NOT NULL, baris TEXT NOT NULL, kolom TEXT NOT NULL, nilai TEXT NOT NULL, segar INTEGER NOT NULL,
  PRIMARY KEY (id, baris, kolom)
);
CREATE TABLE daftar (nama TEXT NOT NULL, urutan INTEGER NOT NULL, baris TEXT NOT NULL, PRIMARY KEY (nama, urutan));
CREATE TABLE rencana (sidik TEXT PRIMARY KEY, isi TEXT NOT NULL, segar INTEGER NOT NULL);
CREATE TABLE lepas (sha256 TEXT PRIMARY KEY, saat TEXT NOT NULL);
CREATE TABLE ambil (
  server TEXT NOT NULL, pengguna TEXT NOT NULL, kotak TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
  sha256 TEXT NOT NULL, keterangan TEXT NOT NULL, saat TEXT NOT NULL,
  PRIMARY KEY (server, pengguna, kotak, uidvalidity, uid)
);
CREATE TABLE surat (
  message_id TEXT NOT NULL, jenis TEXT NOT NULL, sub_bagian TEXT NOT NULL, kepada TEXT NOT NULL, lampiran TEXT NOT NULL,
  saat TEXT NOT NULL, keadaan TEXT NOT NULL,
  PRIMARY KEY (message_id, kepada)
);
"""


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The ledger to be read; None where there is none yet. Raises Refused where it cannot be read."""
    path = folder / NAMA
    if not path.is_file():
        yield None
        return
    with _saying(path), contextlib.closing(_connect(path)) as ledger:
        yield ledger if _version(ledger, path) else None


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """One transaction: all that is done with the ledger inside, or nothing. Raises Refused."""
    path = folder / NAMA
    with _saying(path):
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(_connect(path)) as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            try:
                if not _version(ledger, path):
                    for statement in _TABEL.split(";"):
                        ledger.execute(statement)
                    ledger.execute(f"PRAGMA user_version = {VERSI}")
                yield ledger
            except BaseException:
                ledger.execute("ROLLBACK")
                raise
            ledger.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    ledger = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    ledger.row_factory = _as_row
    ledger.execute("PRAGMA synchronous = FULL")
    ledger.execute("PRAGMA trusted_schema = OFF")
    return ledger


def bare(value: object) -> object:
    """A value as SQLite takes it: a name that is no Unicode (it came from a disk of other habits) as its bytes."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def _as_row(cursor: sqlite3.Cursor, values: tuple[object, ...]) -> Row:
    names = (column[0] for column in cursor.description)
    told = (v.decode("utf-8", "surrogatepass") if isinstance(v, bytes) else v for v in values)
    return dict(zip(names, told, strict=True))


def _version(ledger: sqlite3.Connection, path: Path) -> int:
    found = ledger.execute("PRAGMA user_version").fetchone()["user_version"]
    if found > VERSI:
        raise Refused(Problem(Message.L33, path.name))
    return int(found)


@contextlib.contextmanager
def _saying(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as a refusal that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        sebab = "sedang dipakai program lain" if "locked" in str(error) else "tidak dapat dibuka atau rusak"
        raise Refused(Problem(Message.L32, str(path), values={"sebab": sebab})) from error
