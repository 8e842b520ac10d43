"""A refresh that is killed at any call, the ledger's own included: nothing received is lost, nothing stands twice."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import rusak
import surat
from kantor import ISI, Kantor, make_kantor
from rusak import MATI, kill_at

from builder.arsip import beside, buku_besar
from builder.closed import refresh_file
from builder.expr import Key

LAPORAN = Key("S01-I2", "TW1", "realisasi")
SHOTS = 14  # of some 90 moments; all of them: benchmarks/terputus.py


def make_office(folder: Path) -> Kantor:
    """Refreshed once; then a newer return, a copy of it in a mail, and a file of somebody else."""
    kantor = make_kantor(folder)
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    kantor.send(
        {k: v for k, v in (ISI | {LAPORAN: 3}).items() if k.id.startswith("S01")},
        ke=2,
        names={"KUL": "dua.xlsx"},
    )
    content = (kantor.kiriman / "dua.xlsx").read_bytes()
    mail = surat.mail(("dua.xlsx", content), ("lain.pdf", b"%PDF-1.7 " + bytes(99)))
    (kantor.kiriman / "surel.eml").write_bytes(mail.as_bytes())
    return kantor


def hear_ledger() -> None:
    """Every statement of the ledger is a moment too: SQLite's own calls are not seen otherwise."""
    connect = buku_besar._connect

    def heard(path: Path) -> sqlite3.Connection:
        ledger = connect(path)
        ledger.set_trace_callback(lambda _: rusak.tick())
        return ledger

    buku_besar._connect = heard


def state(kantor: Kantor) -> dict[str, Any]:
    """All that must be the same whatever happened on the way; the count of refreshes may differ."""
    arsip = beside(kantor.konsolidasi)
    with closing(sqlite3.connect(arsip.folder / "buku-besar.sqlite")) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        received = ledger.execute("SELECT sha256, asal, berkas FROM terima").fetchall()
        entries = ledger.execute("SELECT sha256, id, baris, kolom, nilai, ditahan FROM isian").fetchall()
        values = ledger.execute("SELECT id, baris, kolom, nilai, berkas FROM nilai ORDER BY segar").fetchall()
        verdicts = ledger.execute(
            "SELECT sha256, berkas, status, pemakaian FROM kiriman ORDER BY segar"
        ).fetchall()
    return {
        "buku": rusak.meaning_of(kantor.konsolidasi),
        "terima": Counter(received),
        "berkas": sorted(p.name for p in (arsip.folder / "berkas").iterdir()),
        "isian": Counter(entries),
        "nilai": Counter(values),  # a value that was written twice would stand twice
        "kiriman": Counter(verdicts),
        "lain": sorted(p.name for p in kantor.folder.iterdir()),
    }


def trials(asal: Kantor, work: Path, shots: int = 0) -> Iterator[tuple[int, int, bool]]:
    """Moment, number of moments, and whether all was as if nothing had happened; `shots`: so many of them."""

    def office(name: str) -> Kantor:
        shutil.rmtree(work / name, ignore_errors=True)
        return asal.copy(work / name)

    calm, said = office("tenang"), work / "kata.txt"
    assert rusak.try_out(["segarkan", str(calm.konsolidasi)], calm.folder, kill_at(0), said) == 1, (
        said.read_text()
    )
    calls = int(said.read_text().partition("\n")[0])
    wanted = state(calm)
    for n in rusak.chosen(calls, shots or calls):
        kantor = office("mati")
        arguments = ["segarkan", str(kantor.konsolidasi)]
        died = rusak.try_out(arguments, kantor.folder, kill_at(n), said) == MATI
        again = rusak.try_out(arguments, kantor.folder, kill_at(0), said) == 1
        yield n, calls, died and again and state(kantor) == wanted


def test_killed_at_any_call_nothing_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asal = make_office(tmp_path / "asal")
    monkeypatch.setattr(buku_besar, "_connect", buku_besar._connect)  # put back afterwards
    hear_ledger()
    tried = [*trials(asal, tmp_path, SHOTS)]
    assert tried[0][1] > 60, "files, folders and statements of the ledger"
    assert [n for n, _, sound in tried if not sound] == []
