"""Merges the returns of all sub-bagian into one set of entries, each with its origin and what is held about it.

Order never matters: which file of a sub-bagian counts says `silsilah`; of files of which none replaces another, a
filled answer wins over a blank one and answers that differ are held with both contents. What a replaced file had
filled and the newer one has not is held too. An indikator that two sub-bagian answer is held unless they agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from builder import capaian, silsilah
from builder.angka import clean
from builder.expr import Key, Value, is_number
from builder.identitas import susunan
from builder.masalah import TAHAN, Message, Problem
from builder.reader import Asal as Asal
from builder.reader import Entry, Kiriman
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Rkt, SubBagian

_HALVES = ("pembilang", "penyebut")
_NUMBERS = (*_HALVES, "realisasi")
KOSONG = "kosong"
DIBAGIKAN = "(dibagikan terkunci)"


@dataclass(slots=True)
class Konsolidasi:
    """All returns merged: entries with their origin, problems, and what became of each file."""

    rkt: Rkt
    triwulan: int
    kiriman: tuple[Kiriman, ...]  # every file, in the order in which they came
    dipakai: dict[str, tuple[Kiriman, ...]] = field(
        default_factory=dict
    )  # code of the sub-bagian -> its files
    asal: dict[Key, Asal] = field(default_factory=dict)
    pilihan: dict[Key, tuple[Asal, ...]] = field(default_factory=dict)  # held: what may be chosen from
    diputuskan: dict[Key, str] = field(default_factory=dict)  # held and settled: the choice in words
    tak_terbaca: dict[Key, str] = field(default_factory=dict)  # held: a choice that cannot be taken
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


def consolidate(kiriman: Iterable[Kiriman], rkt: Rkt, triwulan: int) -> Konsolidasi:
    """Merge returns; `triwulan` is the triwulan pelaporan, 1 to 4."""
    files = tuple(sorted(kiriman, key=lambda k: (k.gelombang, k.berkas, k.sha256)))
    result = Konsolidasi(rkt, triwulan, files)
    parts: dict[str, dict[Key, Asal]] = {}
    for kode, own in sorted(silsilah.by_sub_bagian(silsilah.find_copies(files)).items()):
        used = silsilah.find_newest(own)
        result.dipakai[kode] = tuple(used)
        merging = _Merging(result, kode)
        for file in used:
            merging.take(file)
        merging.keep_emptied(max(used, key=silsilah.age), [k for k in own if k not in used])
        parts[kode] = {key: asal for cells in merging.units.values() for key, asal in cells.items()}
        for k in used:
            if k.triwulan and k.triwulan != triwulan:
                values = {"ada": ROMAWI[k.triwulan], "triwulan": ROMAWI[triwulan]}
                k.problems.append(Problem(Message.A15, k.berkas, values=values))
    _join(result, parts)
    result.pilihan |= {k: (a,) for k, a in result.asal.items() if a.entry.ditahan and k not in result.pilihan}
    if result.missing:
        names = ", ".join(s.nama for s in result.missing)
        result.problems.append(Problem(Message.F09, values={"daftar": names}))
    return result


# --- the files of one sub-bagian ----------------------------------------------------------------------------------

Unit = tuple[str, str, str]  # indikator, row, and what is answered as one: a pair, or a single cell
Cells = dict[Key, Asal]


def _is_empty(cells: Mapping[Key, Asal]) -> bool:
    return all(asal.entry.is_blank for asal in cells.values())


@dataclass(slots=True)
class _Merging:
    """Answers of one sub-bagian as they come together; pembilang and penyebut are one, never taken from two files."""

    result: Konsolidasi
    kode: str
    units: dict[Unit, Cells] = field(default_factory=dict)

    def take(self, file: Kiriman) -> None:
        """Add a file: a filled answer wins over a blank one, two answers that differ are held."""
        for unit, cells in self._units_of(file).items():
            cells = {key: self._as_handed_out(file, asal) for key, asal in cells.items()}
            before = self.units.get(unit)
            if before is None or _is_empty(before):
                self.units[unit] = cells
            elif not _is_empty(cells):
                self.units[unit] = self._agree(before, cells, file.nomor)

    def _units_of(self, file: Kiriman) -> dict[Unit, Cells]:
        units: dict[Unit, Cells] = defaultdict(dict)
        for key, entry in self._entries_of(file):
            unit = key.id, key.baris, "" if key.kolom in _HALVES else key.kolom
            units[unit][key] = Asal(entry, file.berkas)
        return units

    def _entries_of(self, file: Kiriman) -> Iterable[tuple[Key, Entry]]:
        """Entries that mean something in today's plan; what a revision dropped or changed stays in the archive."""
        left_out: dict[str, int] = defaultdict(int)
        for key, entry in file.entries.items():
            now = self.result.rkt.find_indikator(key.id)
            before = file.rkt.find_indikator(key.id) if file.rkt else now
            same = now is not None and (before is None or susunan(before) == susunan(now))
            if now is not None and (same or key.kolom not in _NUMBERS):
                yield key, entry
            else:
                left_out[key.id] += not entry.is_blank
        for id, count in left_out.items():
            if count:
                self._tell_left_out(file, id, count)

    def _tell_left_out(self, file: Kiriman, id: str, count: int) -> None:
        now, before = self.result.rkt.find_indikator(id), file.rkt.find_indikator(id) if file.rkt else None
        values: dict[str, Any] = {"kunci": id, "jumlah": count}
        message = Message.F14
        if now and before:
            message = Message.F15
            values |= {"lama": susunan(before), "baru": susunan(now)}
        told = Problem(message, file.berkas, values=values, tujuan=(id, "TW1") if now else None)
        if told not in file.problems:
            file.problems.append(told)

    def _agree(self, before: Cells, cells: Cells, nomor: int | None) -> Cells:
        """Both answers where they are the same; each cell that differs held with both contents."""
        agreed = dict(before)
        for key, b in cells.items():
            a = before.get(key)
            if a is None or a.entry.shown != b.entry.shown:
                agreed[key] = self._conflict(a or b, b, nomor)
        return agreed

    def _conflict(self, a: Asal, b: Asal, nomor: int | None) -> Asal:
        values = {
            "nomor": nomor or "?", "sub_bagian": self.kode, "isi_a": f"«{a.entry.isi}»", "berkas_a": a.berkas,
            "isi_b": f"«{b.entry.isi}»", "berkas_b": b.berkas,
        }  # fmt: skip
        return hold_both(self.result, Message.F04, a, b, values)

    def _as_handed_out(self, file: Kiriman, asal: Asal) -> Asal:
        """An answer that was locked when the file was handed out, and says something else now, is held."""
        entry, given = asal.entry, file.terkunci.get(asal.entry.key)
        if given is None or is_alike(entry.shown, given):
            return asal
        was = Asal(replace(entry, value=given, isi=in_words(given), ditahan=False), DIBAGIKAN)
        now = Asal(entry if entry.shown is not None else replace(entry, isi=KOSONG), file.berkas)
        held = _held_between(self.result, was, now)
        values = {"triwulan": ROMAWI[int(entry.key.baris[2])], "lama": was.entry.isi, "baru": now.entry.isi}
        place = (file.berkas, entry.lembar, entry.sel, entry.isi, values, (entry.key.id, entry.key.baris))
        file.problems.append(Problem(Message.F13, *place))
        return held

    def keep_emptied(self, newest: Kiriman, replaced: list[Kiriman]) -> None:
        """What a replaced file had filled and the newer one has not: nothing is lost in silence.

        A file for a later triwulan need not repeat the earlier ones, so they are carried over; in a correction
        of the same triwulan they are held until someone says that they were emptied on purpose.
        """
        for old in sorted(replaced, key=silsilah.age, reverse=True):
            for unit, cells in self._units_of(old).items():
                now = self.units.get(unit, {})
                if _is_empty(cells):
                    continue
                if _is_empty(now):
                    carried = (newest.triwulan or 0) > (old.triwulan or 0)
                    if carried:
                        self.result.problems += [p for p in old.digantikan if _holds(p, cells)]
                        self.units[unit] = cells
                    else:
                        self.units[unit] = {k: self._hold_emptied(a, old, newest) for k, a in cells.items()}

    def _hold_emptied(self, asal: Asal, old: Kiriman, newest: Kiriman) -> Asal:
        entry = asal.entry
        if entry.is_blank:
            return asal
        values = {"berkas_lama": old.berkas, "isi_lama": entry.isi, "lama": old.nomor, "baru": newest.nomor}
        place = (newest.berkas, entry.lembar, entry.sel)
        newest.problems.append(Problem(Message.C29, *place, KOSONG, values, (entry.key.id, entry.key.baris)))
        emptied = Asal(replace(entry, value=None, isi=KOSONG, ditahan=False), newest.berkas)
        self.result.pilihan[entry.key] = (asal, emptied)
        return Asal(replace(entry, value=None, ditahan=True), asal.berkas)


def hold_both(result: Konsolidasi, message: Message, a: Asal, b: Asal, values: dict[str, Any]) -> Asal:
    """Hold a cell that two files answer differently, and tell it."""
    held = _held_between(result, a, b)
    entry = held.entry
    tujuan = (entry.key.id, entry.key.baris)
    result.problems.append(Problem(message, None, entry.lembar, entry.sel, entry.isi, values, tujuan))
    return held


def _held_between(result: Konsolidasi, a: Asal, b: Asal) -> Asal:
    """The held cell; what may be chosen grows with every file that says otherwise."""
    key = a.entry.key
    known = result.pilihan.get(key, (a,))
    result.pilihan[key] = options = (
        known if any(o.entry.shown == b.entry.shown for o in known) else (*known, b)
    )
    both = " ↔ ".join(o.entry.isi or KOSONG for o in options)
    return Asal(replace(options[0].entry, value=None, ditahan=True, isi=both), options[0].berkas)


def is_alike(one: Value, other: Value) -> bool:
    """Whether two answers say the same, to the 12 digits that every program keeps."""
    if is_number(one) and is_number(other):
        return f"{one:.12g}" == f"{other:.12g}"
    return clean(str(one)) == clean(str(other)) and type(one) is type(other)


def in_words(value: Value) -> str:
    """A value as a message quotes it."""
    return f"{value:.12g}".replace(".", ",") if is_number(value) else str(value)


# --- all sub-bagian together --------------------------------------------------------------------------------------


def _join(result: Konsolidasi, parts: Mapping[str, Cells]) -> None:
    """Each indikator from its owner; what another sub-bagian answers too must be the same, or is held."""
    for kode, cells in parts.items():
        for key, asal in cells.items():
            indikator = result.rkt.find_indikator(key.id)
            assert indikator is not None
            if result.rkt.owner(indikator).kode == kode or not asal.entry.is_blank:
                _join_cell(result, key, kode, asal, result.rkt.owner(indikator).kode)


def _join_cell(result: Konsolidasi, key: Key, kode: str, asal: Asal, owner: str) -> None:
    other = result.asal.get(key)
    if other is None or other.entry.is_blank:
        result.asal[key] = asal
    elif not asal.entry.is_blank:
        _join_two(result, key, other, asal, owner, kode)


def _join_two(result: Konsolidasi, key: Key, a: Asal, b: Asal, owner: str, kode: str) -> None:
    kunci = f"{key.id} {key.kolom} TW {ROMAWI[int(key.baris[2])]}"
    codes = [_code_of(result, x) for x in (a, b)]
    if a.entry.shown == b.entry.shown:
        values: dict[str, Any] = {"kunci": kunci, "daftar": " dan ".join(codes)}
        tujuan = (key.id, key.baris)
        place = (None, a.entry.lembar, a.entry.sel, a.entry.isi)
        result.problems.append(Problem(Message.F08, *place, values, tujuan))
        result.asal[key] = b if kode == owner else a
        return
    first, second = (b, a) if kode == owner else (a, b)
    values = {
        "kunci": kunci, "kode_a": _code_of(result, first), "isi_a": f"«{first.entry.isi}»",
        "berkas_a": first.berkas, "kode_b": _code_of(result, second), "isi_b": f"«{second.entry.isi}»",
        "berkas_b": second.berkas,
    }  # fmt: skip
    result.asal[key] = hold_both(result, Message.F07, first, second, values)


def _code_of(result: Konsolidasi, asal: Asal) -> str:
    """The sub-bagian whose file an answer came from."""
    files = (k for used in result.kiriman for k in (used,) if k.berkas == asal.berkas and k.sub_bagian)
    return next((k.sub_bagian.kode for k in files if k.sub_bagian), "?")


def _holds(problem: Problem, cells: Mapping[Key, Asal]) -> bool:
    """Whether a problem holds one of these cells, or the row that they are."""
    row = problem.tujuan in {(key.id, key.baris) for key in cells} and problem.putusan is TAHAN
    return row and (problem.sel is None or any(is_held(problem, a.entry) for a in cells.values()))


def is_held(problem: Problem, entry: Entry) -> bool:
    """Whether a problem is why this entry is held: it holds its cell."""
    return problem.putusan is TAHAN and (problem.lembar, problem.sel) == (entry.lembar, entry.sel)
