"""Merges the returns of all sub-bagian into one set of entries, each with its origin, and computes the capaian.

Order never matters: of several returns of a sub-bagian the highest "Kiriman ke-" counts, unless it reports on
an earlier triwulan; at the same number a file that only fills blanks supersedes, and cells that differ are held
with both contents. A cell that a replaced file had filled and the newer one has not is held too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from builder import capaian
from builder.capaian import TAHUN
from builder.expr import Key, Value, is_number
from builder.masalah import Message, Problem
from builder.reader import Entry, Kiriman
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Isian, Rkt, SubBagian
from builder.tampak import csv_text

if TYPE_CHECKING:
    import pandas as pd

DATA_KOLOM = (
    "id", "triwulan", "pembilang", "penyebut", "realisasi", "capaian", "capaian_dihitung", "status", "kategori",
    "sub_bagian", "berkas", "lembar", "sel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asal:
    """An entry and the file that it came from."""

    entry: Entry
    berkas: str


@dataclass(slots=True)
class Konsolidasi:
    """All returns merged: entries with their origin, problems, and what became of each file."""

    rkt: Rkt
    triwulan: int
    kiriman: tuple[Kiriman, ...]  # every file, in the order of their names
    dipakai: dict[str, tuple[Kiriman, ...]] = field(
        default_factory=dict
    )  # code of the sub-bagian -> its files
    asal: dict[Key, Asal] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)  # between files; those of a file stand in it
    diubah: dict[Key, Asal | None] = field(default_factory=dict)  # changed by hand: what the returns say
    berbeda: tuple[Key, ...] = ()  # formulas of the workbook that say otherwise than Python

    @property
    def entries(self) -> dict[Key, Value]:
        """What stands in each entry cell: the value, or the content of a held cell as text that is no answer."""
        return {key: asal.entry.shown for key, asal in self.asal.items() if asal.entry.shown is not None}

    @property
    def all_problems(self) -> list[Problem]:
        """Problems of the files in use or refused, then those between files."""
        return [p for k in self.kiriman for p in k.problems] + self.problems

    @property
    def missing(self) -> tuple[SubBagian, ...]:
        """Sub-bagian without any usable return."""
        return tuple(s for s in self.rkt.sub_bagian if s.kode not in self.dipakai and self.rkt.sasaran_of(s))

    def blank_rows(self) -> list[tuple[Indikator, int]]:
        """Indikator and triwulan up to the triwulan pelaporan where an answer is expected and missing."""
        entries = self.entries
        blank = []
        for i in self.rkt.indikator:
            values = capaian.compute(i, self.rkt.aturan, entries, self.triwulan)
            blank += [(i, j) for j in TRIWULAN[: self.triwulan] if values[Key(i.id, f"TW{j}", "terisi")] == 0]
        return blank


_HALVES = ("pembilang", "penyebut")


def consolidate(kiriman: Iterable[Kiriman], rkt: Rkt, triwulan: int) -> Konsolidasi:
    """Merge returns; `triwulan` is the triwulan pelaporan, 1 to 4."""
    files = tuple(sorted(kiriman, key=lambda k: (k.berkas, k.sha256)))
    result = Konsolidasi(rkt, triwulan, files)
    for sub_bagian, own in _by_sub_bagian(_without_copies(files)).items():
        used = _newest(own)
        result.dipakai[sub_bagian] = tuple(used)
        merged = _merge(used, sub_bagian, result.problems)
        _keep_emptied(merged, max(used, key=_age), [k for k in own if k not in used])
        result.asal |= {key: asal for cells in merged.values() for key, asal in cells.items()}
        for k in used:
            if k.triwulan and k.triwulan != triwulan:
                values = {"ada": ROMAWI[k.triwulan], "triwulan": ROMAWI[triwulan]}
                k.problems.append(Problem(Message.A15, k.berkas, values=values))
    if result.missing:
        names = ", ".join(s.nama for s in result.missing)
        result.problems.append(Problem(Message.F09, values={"daftar": names}))
    return result


def _without_copies(files: Iterable[Kiriman]) -> list[Kiriman]:
    """Usable files; a byte-identical copy is told and left out."""
    first: dict[str, Kiriman] = {}
    for kiriman in files:
        if kiriman.sub_bagian is None:
            continue
        same = first.setdefault(kiriman.sha256, kiriman)
        if same is not kiriman:
            kiriman.problems[:] = [Problem(Message.F01, kiriman.berkas, values={"lain": same.berkas})]
    return list(first.values())


def _by_sub_bagian(files: Iterable[Kiriman]) -> dict[str, list[Kiriman]]:
    grouped: dict[str, list[Kiriman]] = defaultdict(list)
    for kiriman in files:
        assert kiriman.sub_bagian is not None
        grouped[kiriman.sub_bagian.kode].append(kiriman)
    return grouped


def _newest(own: list[Kiriman]) -> list[Kiriman]:
    """The files that no other one replaces; the others are told which one did."""
    newest = [k for k in own if not any(_replaces(other, k) for other in own)]
    for old in own:
        if old not in newest:
            winner = next(k for k in newest if _replaces(k, old))
            values = {"lama": old.nomor, "baru": winner.nomor, "lain": winner.berkas}
            old.problems[:] = [Problem(Message.F03, old.berkas, values=values)]
    return newest


def _replaces(new: Kiriman, old: Kiriman) -> bool:
    """A higher number replaces, unless it reports on an earlier triwulan: then neither is surely the newer one."""
    if new.nomor is None or old.nomor is None or new.nomor <= old.nomor:
        return False
    return (new.triwulan or 0) >= (old.triwulan or 0)


Unit = tuple[str, str, str]  # indikator, row, and what is answered as one: a pair, or a single cell


def _units(kiriman: Kiriman) -> dict[Unit, dict[Key, Asal]]:
    """Entries of a file by unit: pembilang and penyebut are one answer, never taken from two files."""
    units: dict[Unit, dict[Key, Asal]] = defaultdict(dict)
    for key, entry in kiriman.entries.items():
        units[key.id, key.baris, "" if key.kolom in _HALVES else key.kolom][key] = Asal(entry, kiriman.berkas)
    return units


def _is_empty(unit: Mapping[Key, Asal]) -> bool:
    return all(_is_blank(asal.entry) for asal in unit.values())


def _merge(files: list[Kiriman], sub_bagian: str, problems: list[Problem]) -> dict[Unit, dict[Key, Asal]]:
    """Units of files of which none replaces another: a filled one wins over a blank one, two answers are held."""
    merged: dict[Unit, dict[Key, Asal]] = {}
    for kiriman in files:
        for unit, cells in _units(kiriman).items():
            before = merged.get(unit)
            if before is None or _is_empty(before):
                merged[unit] = cells
            elif not _is_empty(cells):
                merged[unit] = _agree(before, cells, kiriman.nomor, sub_bagian, problems)
    return merged


def _agree(
    before: Mapping[Key, Asal],
    cells: Mapping[Key, Asal],
    nomor: int | None,
    sub_bagian: str,
    problems: list[Problem],
) -> dict[Key, Asal]:
    """Both answers where they are the same; each cell that differs held with both contents."""
    agreed = dict(before)
    for key, b in cells.items():
        a = before.get(key)
        if a is None or a.entry.shown != b.entry.shown:
            agreed[key] = _conflict(a or b, b, nomor, sub_bagian, problems)
    return agreed


def _conflict(a: Asal, b: Asal, nomor: int | None, sub_bagian: str, problems: list[Problem]) -> Asal:
    entry = a.entry
    both = f"{a.entry.isi or 'kosong'} ↔ {b.entry.isi or 'kosong'}"
    values = {
        "nomor": nomor or "?", "sub_bagian": sub_bagian, "isi_a": f"«{a.entry.isi}»", "berkas_a": a.berkas,
        "isi_b": f"«{b.entry.isi}»", "berkas_b": b.berkas,
    }  # fmt: skip
    tujuan = (entry.key.id, entry.key.baris)
    problems.append(Problem(Message.F04, None, entry.lembar, entry.sel, both, values, tujuan))
    return Asal(replace(entry, value=None, ditahan=True, isi=both), a.berkas)


def _keep_emptied(merged: dict[Unit, dict[Key, Asal]], newest: Kiriman, replaced: list[Kiriman]) -> None:
    """Units that a replaced file had filled and the newer one has not: nothing is lost in silence.

    A file for a later triwulan need not repeat the earlier ones, so they are carried over; in a correction of
    the same triwulan they are held until someone says that they were emptied on purpose.
    """
    for old in sorted(replaced, key=_age, reverse=True):
        for unit, cells in _units(old).items():
            if _is_empty(cells) or not _is_empty(merged.get(unit, {})):
                continue
            carried = (newest.triwulan or 0) > (old.triwulan or 0)
            merged[unit] = cells if carried else {k: _hold_emptied(a, old, newest) for k, a in cells.items()}


def _hold_emptied(asal: Asal, old: Kiriman, newest: Kiriman) -> Asal:
    entry = asal.entry
    if _is_blank(entry):
        return asal
    values = {"berkas_lama": old.berkas, "isi_lama": entry.isi, "lama": old.nomor, "baru": newest.nomor}
    place = (newest.berkas, entry.lembar, entry.sel)
    newest.problems.append(Problem(Message.C29, *place, "kosong", values, (entry.key.id, entry.key.baris)))
    return Asal(replace(entry, value=None, ditahan=True), asal.berkas)


def _age(kiriman: Kiriman) -> tuple[int, int, str]:
    """From the oldest to the newest return; the hash only makes the order the same every time."""
    return kiriman.triwulan or 0, kiriman.nomor or 0, kiriman.sha256


def _is_blank(entry: Entry) -> bool:
    return entry.value is None and not entry.ditahan


# --- the table ----------------------------------------------------------------------------------------------------


def data_frame(result: Konsolidasi) -> pd.DataFrame:
    """DATA: one row per indikator and triwulan ("1" to "4") and one for the year ("tahun").

    pembilang, penyebut and realisasi are the quarter's own, realisasi in the target's unit (per cent in points;
    the word of a predikat or an opini); capaian is up to the quarter, as a fraction. Words stand in status.
    A text that a spreadsheet would take for a formula (the name of a file) begins with an apostrophe.
    """
    import pandas as pd  # half a second that a refresh does not need

    rows = [_plain(row) for i in result.rkt.indikator for row in _rows(result, i)]
    return pd.DataFrame(rows, columns=list(DATA_KOLOM), dtype=object)


def _plain(row: dict[str, Value]) -> dict[str, Value]:
    return {column: csv_text(v) if isinstance(v, str) else v for column, v in row.items()}


def _rows(result: Konsolidasi, i: Indikator) -> list[dict[str, Value]]:
    values = capaian.compute(i, result.rkt.aturan, result.entries, result.triwulan)
    return [_row(result, i, values, f"TW{j}") for j in TRIWULAN] + [_row(result, i, values, TAHUN)]


def _row(result: Konsolidasi, i: Indikator, values: Mapping[Key, Value], periode: str) -> dict[str, Value]:
    def cell(column: str) -> Value:
        return values.get(Key(i.id, periode, column))

    year = periode == TAHUN
    origin = [
        result.asal[k]
        for c in ("pembilang", "penyebut", "realisasi")
        if (k := Key(i.id, periode, c)) in result.asal
    ]
    filled = [a for a in origin if not _is_blank(a.entry)]
    return {
        "id": i.id,
        "triwulan": "tahun" if year else periode[2],
        **{half: _typed(result, Key(i.id, periode, half)) for half in _HALVES},
        "realisasi": _realisasi(
            i, cell("sd" if year else "realisasi" if i.isian is Isian.RASIO else "terbaca")
        ),
        "capaian": _only_number(cell("capaian")),
        "capaian_dihitung": _only_number(cell("dihitung")),
        "status": str(capaian.status_of(cell("status"), cell("capaian"))),
        "kategori": cell("kategori") or None,
        "sub_bagian": result.rkt.owner(i).kode,
        "berkas": filled[0].berkas if filled else None,
        "lembar": filled[0].entry.lembar if filled else None,
        "sel": ":".join(a.entry.sel for a in filled) or None,
    }


def _typed(result: Konsolidasi, key: Key) -> Value:
    asal = result.asal.get(key)
    return _only_number(asal.entry.value) if asal else None


def _only_number(value: Value) -> Value:
    return value if is_number(value) else None


def _realisasi(i: Indikator, value: Value) -> Value:
    """In the target's unit; the words of a predikat or an opini are values, the words of a state are not."""
    if isinstance(value, str):
        states = ("", capaian.NIHIL, capaian.PERIKSA)
        return value if i.tipe.is_word and value not in states else None
    return None if value is None or isinstance(value, bool) else i.unit_value(value)
