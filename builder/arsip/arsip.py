"""One archive: what was received, what became of it, and what a konsolidasi is rebuilt from."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.arsip import buku_besar
from builder.arsip.buku_besar import Row, bare
from builder.arsip.catatan import Nilai, Terima
from builder.arsip.simpanan import sha256_of, store
from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key, Value
from builder.identitas import plan_hash
from builder.masalah import Message, Problem
from builder.reader import Kiriman
from builder.save import sweep_folder

AKHIRAN = ".arsip"
_BERKAS = "berkas"

Baris = Mapping[str, Value]
Grid = Sequence[Sequence[Value]]


def beside(konsolidasi: Path) -> Arsip:
    """The archive of a konsolidasi: Konsolidasi-2024.arsip beside it."""
    return Arsip(konsolidasi.with_name(konsolidasi.stem + AKHIRAN))


def is_arsip(folder: Path) -> bool:
    """Whether a folder is an archive of ours: nothing in it is a return."""
    return folder.name.endswith(AKHIRAN) and (folder / buku_besar.NAMA).is_file()


@dataclass(frozen=True, slots=True)
class Segar:
    """The last refresh as the ledger knows it."""

    nomor: int
    saat: str
    triwulan: int
    rencana: str  # hash of the plan
    folder: str  # of returns, as the Dasbor named it


@dataclass(frozen=True, slots=True)
class Arsip:
    """The folder of an archive; it need not be there yet."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Something was received."""
        return (self.folder / buku_besar.NAMA).is_file()

    # --- what was received ----------------------------------------------------------------------------------------

    def received(self) -> list[Terima]:
        """Every receipt, oldest refresh first, then by name."""
        with buku_besar.reading(self.folder) as ledger:
            rows = _all(
                ledger,
                "SELECT t.*, coalesce(l.saat, '') AS dilepas FROM terima t LEFT JOIN lepas l USING (sha256)"
                " ORDER BY gelombang, berkas, sha256",
            )
        return [_terima(row) for row in rows]

    def known(self) -> set[tuple[str, str]]:
        """sha256 and the name under which it came, of every receipt."""
        with buku_besar.reading(self.folder) as ledger:
            return {(row["sha256"], row["asal"]) for row in _all(ledger, "SELECT sha256, asal FROM terima")}

    def accepted(self) -> set[str]:
        """sha256 of every file that was read when it was last looked at."""
        with buku_besar.reading(self.folder) as ledger:
            return {row["sha256"] for row in _all(ledger, _ACCEPTED)}

    def path_of(self, terima: Terima) -> Path:
        """Where the bytes are kept."""
        return self.folder / _BERKAS / terima.simpan

    def is_whole(self, terima: Terima) -> bool:
        """The bytes are there and are what was received."""
        try:
            return sha256_of(self.path_of(terima).read_bytes()) == terima.sha256
        except OSError:
            return False

    def last(self) -> Segar | None:
        """The last refresh."""
        with buku_besar.reading(self.folder) as ledger:
            rows = _all(ledger, "SELECT * FROM segar ORDER BY nomor DESC LIMIT 1")
        if not rows:
            return None
        row = rows[0]
        return Segar(row["nomor"], row["saat"], row["triwulan"], row["rencana"], row["folder"])

    @property
    def next_wave(self) -> int:
        """The number of the refresh under way."""
        last = self.last()
        return last.nomor + 1 if last else 1

    def receive(self, items: Iterable[tuple[Terima, str, bytes]]) -> None:
        """Keep new files, each with the name under which it came; all receipts in one transaction. Raises Refused."""
        items = list(items)
        if not items:
            return
        sweep_folder(self.folder / _BERKAS)
        kept = [(t, asal, store(self.folder / _BERKAS, t.berkas, content)) for t, asal, content in items]
        with buku_besar.writing(self.folder) as ledger:
            for terima, asal, simpan in kept:
                of_mail = (terima.pengirim, terima.tanggal, terima.subjek, terima.message_id)
                row = (terima.sha256, terima.berkas, simpan, terima.gelombang, terima.saat, *of_mail)
                _insert(ledger, "terima", [(*row, _problems_text(terima.masalah), asal)], "OR IGNORE")

    def release(self, sha256: Iterable[str], *, back: bool = False) -> None:
        """Leave files out of every merge from now on, or take them `back`; their bytes stay. Raises Refused."""
        with buku_besar.writing(self.folder) as ledger:
            for sha in sha256:
                if back:
                    ledger.execute("DELETE FROM lepas WHERE sha256 = ?", (sha,))
                else:
                    ledger.execute("INSERT OR IGNORE INTO lepas VALUES (?, ?)", (sha, _now()))

    # --- plans ----------------------------------------------------------------------------------------------------

    def plans(self) -> dict[str, Grid]:
        """Every version of the plan by its hash, oldest first, as the rows that a konsolidasi carries."""
        with buku_besar.reading(self.folder) as ledger:
            rows = _all(ledger, "SELECT sidik, isi FROM rencana ORDER BY segar, rowid")
        return {row["sidik"]: json.loads(row["isi"]) for row in rows}

    def keep_plan(self, sidik: str, rows: Grid) -> None:
        """Keep a version of the plan. Raises Refused."""
        if sidik in self.plans():
            return
        with buku_besar.writing(self.folder) as ledger:
            _keep_plan(ledger, sidik, rows, self.next_wave)

    # --- what became of it ----------------------------------------------------------------------------------------

    def record(
        self, hasil: Konsolidasi, kalimat: str, folder: str, plan: Grid, lists: Mapping[str, Sequence[Baris]]
    ) -> None:
        """Write down what a refresh came to: verdicts, entries, values that changed, choices. Raises Refused."""
        nomor = self.next_wave
        with buku_besar.writing(self.folder) as ledger:
            sidik = plan_hash(hasil.rkt)
            ledger.execute(
                "INSERT INTO segar VALUES (?, ?, ?, ?, ?, ?)",
                (nomor, _now(), hasil.triwulan, sidik, folder, kalimat),
            )
            _keep_plan(ledger, sidik, plan, nomor)
            _record_files(ledger, hasil, nomor)
            _record_values(ledger, hasil, nomor)
            _record_decisions(ledger, hasil, lists, nomor)

    def lists(self) -> dict[str, list[dict[str, Value]]]:
        """Rows of the konsolidasi's lists that hold what its konsolidator wrote."""
        found: dict[str, list[dict[str, Value]]] = {}
        with buku_besar.reading(self.folder) as ledger:
            for row in _all(ledger, "SELECT nama, baris FROM daftar ORDER BY nama, urutan"):
                found.setdefault(row["nama"], []).append(json.loads(row["baris"]))
        return found

    def by_hand(self) -> dict[Key, Value]:
        """What the konsolidator typed over a value, as the last refresh found it."""
        with buku_besar.reading(self.folder) as ledger:
            return {_key(row): json.loads(row["nilai"]) for row in _all(ledger, "SELECT * FROM tangan")}

    # --- where a value comes from ---------------------------------------------------------------------------------

    def history(self, id: str) -> list[Nilai]:
        """Every content of an indikator's cells: in each file, and in the konsolidasi from refresh to refresh."""
        with buku_besar.reading(self.folder) as ledger:
            files = _all(ledger, _OF_FILES, id)
            values = _all(ledger, _OF_KONSOLIDASI, id)
        return [_nilai(row, "berkas") for row in files] + [_nilai(row, "konsolidasi") for row in values]


_ACCEPTED = """
SELECT sha256 FROM kiriman k WHERE sub_bagian IS NOT NULL
  AND segar = (SELECT max(segar) FROM kiriman n WHERE (n.sha256, n.berkas) = (k.sha256, k.berkas))
"""
_OF_FILES = """
SELECT i.*, t.berkas, t.gelombang, t.saat,
  coalesce((SELECT 'kiriman ke-' || coalesce(k.nomor, '?') || ', berkasnya ' || k.pemakaian ||
      CASE WHEN k.status = 'ditahan' AND k.pemakaian = 'dipakai' THEN ', sebagian ditahan' ELSE '' END
    FROM kiriman k WHERE k.sha256 = i.sha256 ORDER BY k.segar DESC LIMIT 1), '')
  AS keterangan
FROM isian i JOIN terima t USING (sha256) WHERE i.id = ?
  AND t.rowid = (SELECT rowid FROM terima f WHERE f.sha256 = i.sha256 ORDER BY gelombang, berkas LIMIT 1)
ORDER BY i.baris, i.kolom, t.gelombang, t.berkas
"""
_OF_KONSOLIDASI = """
SELECT n.*, n.segar AS gelombang, s.saat FROM nilai n JOIN segar s ON s.nomor = n.segar WHERE n.id = ?
ORDER BY n.baris, n.kolom, n.segar
"""


def _all(ledger: sqlite3.Connection | None, question: str, *values: object) -> list[Row]:
    return ledger.execute(question, values).fetchall() if ledger else []


def _insert(ledger: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]], how: str = "") -> None:
    for row in rows:
        marks = ", ".join("?" * len(row))
        ledger.execute(f"INSERT {how} INTO {table} VALUES ({marks})", [bare(v) for v in row])


def _now() -> str:
    return datetime.datetime.now().isoformat(timespec="seconds")


def _terima(row: Row) -> Terima:
    plain = {name: row[name] for name in Terima.__slots__ if name != "masalah"}
    told = tuple(Problem(Message[name], None, values=values) for name, values in json.loads(row["masalah"]))
    return Terima(**plain, masalah=told)


def _problems_text(problems: Iterable[Problem]) -> str:
    return json.dumps([(p.message.name, dict(p.values)) for p in problems])


def _key(row: Row) -> Key:
    return Key(row["id"], row["baris"], row["kolom"])


def _nilai(row: Row, peran: str) -> Nilai:
    return Nilai(
        _key(row), json.loads(row["nilai"]), row["isi"], bool(row["ditahan"]), row["berkas"], row["sha256"],
        row["lembar"], row["sel"], row["gelombang"], row["saat"], peran, row["keterangan"],
    )  # fmt: skip


# --- one refresh --------------------------------------------------------------------------------------------------


def _keep_plan(ledger: sqlite3.Connection, sidik: str, rows: Grid, nomor: int) -> None:
    isi = json.dumps([list(line) for line in rows], ensure_ascii=False)
    ledger.execute("INSERT OR IGNORE INTO rencana VALUES (?, ?, ?)", (sidik, isi, nomor))


def _record_files(ledger: sqlite3.Connection, hasil: Konsolidasi, nomor: int) -> None:
    used = {id(k) for files in hasil.dipakai.values() for k in files}
    for k in hasil.kiriman:
        _record_file(ledger, k, nomor, "dipakai" if id(k) in used else "tidak dipakai")
        rows = (
            (k.sha256, *key, json.dumps(e.value), e.isi, e.ditahan, e.lembar, e.sel)
            for key, e in k.entries.items()
            if not e.is_blank
        )
        _insert(ledger, "isian", rows, "OR REPLACE")


def _record_file(ledger: sqlite3.Connection, k: Kiriman, nomor: int, pemakaian: str) -> None:
    """The verdict on a file, where it is another one than before."""
    masalah = json.dumps([p.pesan for p in k.problems])
    kode = k.sub_bagian.kode if k.sub_bagian else None
    now = (
        kode,
        k.nomor,
        k.dasar,
        k.triwulan,
        plan_hash(k.rkt) if k.rkt else None,
        k.status,
        pemakaian,
        masalah,
    )
    before = ledger.execute(
        "SELECT sub_bagian, nomor, dasar, triwulan, rencana, status, pemakaian, masalah FROM kiriman"
        " WHERE sha256 = ? AND berkas = ? ORDER BY segar DESC LIMIT 1",
        (k.sha256, bare(k.berkas)),
    ).fetchone()
    if before is None or tuple(before.values()) != now:
        _insert(ledger, "kiriman", [(k.sha256, k.berkas, nomor, *now)])


def _record_values(ledger: sqlite3.Connection, hasil: Konsolidasi, nomor: int) -> None:
    """What each cell of the konsolidasi holds, where that or its origin is another than before."""
    by_name = {k.berkas: k.sha256 for k in hasil.kiriman}
    latest = ledger.execute(
        "SELECT * FROM nilai n WHERE segar = (SELECT max(segar) FROM nilai m"
        " WHERE (m.id, m.baris, m.kolom) = (n.id, n.baris, n.kolom))"
    ).fetchall()
    before = {_key(row): tuple(row.values())[4:] for row in latest}
    now = {
        key: tuple(_value_row(hasil, key, asal, by_name)) for key, asal in hasil.asal.items() if _says(asal)
    }
    gone = {
        key: (json.dumps(None), "", 0, "", "", "", "", "dikosongkan") for key in before.keys() - now.keys()
    }
    changed = {k: v for k, v in (now | gone).items() if before.get(k) != v}
    _insert(ledger, "nilai", ((nomor, *key, *row) for key, row in changed.items()))


def _says(asal: Asal) -> bool:
    return asal.entry.shown is not None


def _value_row(hasil: Konsolidasi, key: Key, asal: Asal, by_name: Mapping[str, str]) -> Iterator[object]:
    entry = asal.entry
    yield from (json.dumps(entry.value), entry.isi, int(entry.ditahan), asal.berkas)
    yield from (by_name.get(asal.berkas, ""), entry.lembar, entry.sel)
    yield f"diputuskan: {hasil.diputuskan[key]}" if key in hasil.diputuskan else ""


def _record_decisions(
    ledger: sqlite3.Connection, hasil: Konsolidasi, lists: Mapping[str, Sequence[Baris]], nomor: int
) -> None:
    """Changes by hand, choices and notes as they are now."""
    ledger.execute("DELETE FROM tangan")
    changed = ((*key, json.dumps(hasil.asal[key].entry.value), nomor) for key in hasil.diubah)
    _insert(ledger, "tangan", changed)
    ledger.execute("DELETE FROM daftar")
    for name, rows in lists.items():
        _insert(ledger, "daftar", ((name, n, json.dumps(dict(row))) for n, row in enumerate(rows)))
