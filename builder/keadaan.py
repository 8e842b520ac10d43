"""In which one of its states every file and every expected cell ended (KEGAGALAN R1, R2); the counts add up.

A file is diterima, peringatan, ditahan or ditolak. An expected cell is an indikator in a triwulan up to the
triwulan pelaporan: terisi, nihil, kosong or ditahan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from builder import capaian
from builder.consolidator import Konsolidasi
from builder.expr import Key
from builder.reader import Kiriman
from builder.rkt import TRIWULAN, Indikator

BERKAS = ("diterima", "peringatan", "ditahan", "ditolak")
ISIAN = ("terisi", "nihil", "kosong", "ditahan")
_KOLOM = ("pembilang", "penyebut", "realisasi")


def berkas_counts(kiriman: Iterable[Kiriman]) -> dict[str, int]:
    """How many files ended in each state."""
    found = Counter(k.status for k in kiriman)
    return {state: found[state] for state in BERKAS}


def isian_states(hasil: Konsolidasi) -> dict[tuple[str, int], str]:
    """State of every indikator in every triwulan from 1 to the triwulan pelaporan."""
    entries = hasil.entries
    states: dict[tuple[str, int], str] = {}
    for i in hasil.rkt.indikator:
        values = capaian.compute(i, hasil.rkt.aturan, entries, hasil.triwulan)
        states |= {(i.id, j): _state(hasil, i, j, values) for j in TRIWULAN[: hasil.triwulan]}
    return states


def _state(hasil: Konsolidasi, i: Indikator, j: int, values: Mapping[Key, object]) -> str:
    row = f"TW{j}"
    found = [hasil.asal[k].entry for c in _KOLOM if (k := Key(i.id, row, c)) in hasil.asal]
    if any(e.ditahan for e in found):
        return "ditahan"
    if all(e.shown is None for e in found):
        return "kosong"
    read = [values.get(Key(i.id, row, c)) for c in ("realisasi", "terbaca")]
    if capaian.PERIKSA in read:
        return "ditahan"
    return "nihil" if capaian.NIHIL in read else "terisi"


def isian_counts(hasil: Konsolidasi) -> dict[str, int]:
    """How many expected cells ended in each state."""
    found = Counter(isian_states(hasil).values())
    return {state: found[state] for state in ISIAN}


def isian_counts_by_owner(hasil: Konsolidasi) -> dict[str, Counter[str]]:
    """The same for every sub-bagian, by its code; what no target asks for yet is not counted as blank."""
    due = {(i.id, j) for i, j in hasil.blank_rows()}
    found: dict[str, Counter[str]] = {s.kode: Counter() for s in hasil.rkt.sub_bagian}
    for (id, j), state in isian_states(hasil).items():
        indikator = hasil.rkt.find_indikator(id)
        assert indikator is not None
        if state != "kosong" or (id, j) in due:
            found[hasil.rkt.owner(indikator).kode][state] += 1
    return found


def told_berkas(hasil: Konsolidasi) -> str:
    """ "5 berkas: 2 diterima, 1 peringatan, 1 ditahan, 1 ditolak"; states that none is in are left out."""
    return told_kiriman(hasil.kiriman)


def told_kiriman(kiriman: Sequence[Kiriman]) -> str:
    """The same of files that were only read."""
    return f"{len(kiriman)} berkas: {_told(berkas_counts(kiriman))}" if kiriman else "0 berkas"


def told_isian(hasil: Konsolidasi) -> str:
    """ "62 indikator × 2 triwulan: 60 terisi, 20 nihil, 40 kosong, 4 ditahan"."""
    return f"{len(hasil.rkt.indikator)} indikator × {hasil.triwulan} triwulan: {_told(isian_counts(hasil))}"


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {state}" for state, n in counts.items() if n)
