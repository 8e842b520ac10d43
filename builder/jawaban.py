"""What one sub-bagian says, from all its files; which of them count says `silsilah`.

Of files of which none replaces another, a filled answer wins over a blank one and answers that differ are held with
both contents. What the replaced files said together and the newer one does not is carried over where the newer one
was not asked for it or is about a later triwulan, and held in a correction of the same triwulan (C29). So nothing is
lost in silence, and what was held stays held with its message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from builder import silsilah
from builder.angka import clean
from builder.bersama import KOSONG, NUMBERS, Cells, Unit, is_empty, is_number_unit, unit_of
from builder.expr import Key, Value, is_number
from builder.identitas import susunan
from builder.masalah import TAHAN, Message, Problem
from builder.reader import Asal, Entry, Kiriman
from builder.rkt import ROMAWI, Indikator, Isian, Rkt

DIBAGIKAN = "(dibagikan terkunci)"

Options = tuple[Asal, ...]  # what may be chosen for a held cell


@dataclass(slots=True)
class Jawaban:
    """Answers as they come together; pembilang and penyebut are one, never taken from two files."""

    rkt: Rkt
    kode: str
    units: dict[Unit, Cells] = field(default_factory=dict)
    pilihan: dict[Key, Options] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)  # why something is held
    dibiarkan: list[Problem] = field(
        default_factory=list
    )  # answers that today's plan does not ask for (F14, F15)
    dari: dict[Unit, Kiriman] = field(default_factory=dict)  # the file that brought an answer first

    @property
    def cells(self) -> Cells:
        """Every answer by its cell."""
        return {key: asal for cells in self.units.values() for key, asal in cells.items()}

    def take(self, file: Kiriman) -> None:
        """Add a file beside those of the same standing."""
        for unit, found in self._units_of(file).items():
            read = {key: self._as_handed_out(file, asal) for key, asal in found.items()}
            cells = {key: asal for key, (asal, _) in read.items()}
            options = {key: of for key, (_, of) in read.items()}
            before = self.units.get(unit, {})
            if is_empty(before):
                self.units[unit], self.dari[unit] = cells, file
                self.pilihan |= {key: of for key, of in options.items() if len(of) > 1}
            elif not is_empty(cells):
                self.units[unit] = self._agree(before, cells, options, file.nomor)

    def carry(self, newest: Kiriman, before: Jawaban, problems: Iterable[Problem]) -> None:
        """Put what the replaced files said where the newer ones say nothing; `problems`: of those files themselves."""
        told = [*before.problems, *problems]
        for unit, cells in before.units.items():
            if is_empty(cells) or not is_empty(self.units.get(unit, {})):
                continue
            old = before.dari[unit]
            self.pilihan |= {key: before.pilihan[key] for key in cells if key in before.pilihan}
            self.dari[unit] = old
            is_asked = any(key in newest.entries for key in cells)
            if (newest.triwulan or 0) > (old.triwulan or 0) or not is_asked:
                # A file for a later triwulan need not repeat the earlier ones.
                self.units[unit] = cells
                self.problems += [p for p in told if _holds(p, cells)]
            else:
                self.units[unit] = {k: self._hold_emptied(a, old, newest) for k, a in cells.items()}
        known = {p.values["kunci"] for p in self.dibiarkan}
        self.dibiarkan += [p for p in before.dibiarkan if p.values["kunci"] not in known]

    def forget_answered(self) -> None:
        """Numbers that could not be taken over are nobody's business once they were given anew."""
        given = {u[0] for u, cells in self.units.items() if is_number_unit(u) and not is_empty(cells)}
        self.dibiarkan = [p for p in self.dibiarkan if p.values["kunci"] not in given]

    # --- one file -------------------------------------------------------------------------------------------------

    def _units_of(self, file: Kiriman) -> dict[Unit, Cells]:
        units: dict[Unit, Cells] = defaultdict(dict)
        for key, entry in self._entries_of(file):
            units[unit_of(key)][key] = Asal(entry, file.berkas)
        return units

    def _entries_of(self, file: Kiriman) -> Iterable[tuple[Key, Entry]]:
        """Entries that mean something in today's plan; what a revision dropped or changed stays in the archive."""
        left_out: dict[str, int] = defaultdict(int)
        for key, entry in file.entries.items():
            now = self.rkt.find_indikator(key.id)
            before = file.rkt.find_indikator(key.id) if file.rkt else now
            same = now is not None and (before is None or susunan(before) == susunan(now))
            if now is not None and (same or key.kolom not in NUMBERS):
                yield key, entry
            else:
                left_out[key.id] += not entry.is_blank
        self.dibiarkan += [self._left_out(file, id, count) for id, count in left_out.items() if count]

    def _left_out(self, file: Kiriman, id: str, count: int) -> Problem:
        now, before = self.rkt.find_indikator(id), file.rkt.find_indikator(id) if file.rkt else None
        values: dict[str, Any] = {"kunci": id, "jumlah": count}
        message = Message.F14
        if now and before:
            message = Message.F15
            values |= {"lama": _way(before), "baru": _way(now)}
        return Problem(message, file.berkas, values=values, tujuan=(id, "TW1") if now else None)

    def _as_handed_out(self, file: Kiriman, asal: Asal) -> tuple[Asal, Options]:
        """An answer, and what may be chosen: held where it was locked when handed out and says something else now."""
        entry, given = asal.entry, file.terkunci.get(asal.entry.key)
        if given is None or is_alike(entry.shown, given):
            return asal, (asal,)
        was = Asal(replace(entry, value=given, isi=in_words(given), ditahan=False), DIBAGIKAN)
        now = Asal(entry if entry.shown is not None else replace(entry, isi=KOSONG), file.berkas)
        values = {"triwulan": ROMAWI[int(entry.key.baris[2])], "lama": was.entry.isi, "baru": now.entry.isi}
        place = (file.berkas, entry.lembar, entry.sel, entry.isi, values, (entry.key.id, entry.key.baris))
        self.problems.append(Problem(Message.F13, *place))
        held = held_between((was, now))
        return Asal(replace(now.entry, value=None, ditahan=True, isi=held.entry.isi), file.berkas), (was, now)

    # --- answers that differ --------------------------------------------------------------------------------------

    def _agree(self, before: Cells, cells: Cells, options: Mapping[Key, Options], nomor: int | None) -> Cells:
        """Both answers where they are the same; each cell that differs held with all its contents."""
        agreed = dict(before)
        for key, b in cells.items():
            a = before.get(key, b)
            of_a = self.pilihan.get(key, (a,))
            together = with_more(of_a, options[key])
            if together != of_a or key not in before:  # otherwise it was said before, and told
                self.pilihan[key] = together
                agreed[key] = self._conflict(a, b, nomor)
        return agreed

    def _conflict(self, a: Asal, b: Asal, nomor: int | None) -> Asal:
        values = {
            "nomor": nomor or "?", "sub_bagian": self.kode, "isi_a": f"«{a.entry.isi}»", "berkas_a": a.berkas,
            "isi_b": f"«{b.entry.isi}»", "berkas_b": b.berkas,
        }  # fmt: skip
        held = held_between(self.pilihan[a.entry.key])
        self.problems.append(told_held(Message.F04, held, values))
        return held

    def _hold_emptied(self, asal: Asal, old: Kiriman, newest: Kiriman) -> Asal:
        entry = asal.entry
        if entry.is_blank:
            return asal
        values = {"berkas_lama": old.berkas, "isi_lama": entry.isi, "lama": old.nomor, "baru": newest.nomor}
        place = (newest.berkas, entry.lembar, entry.sel)
        self.problems.append(Problem(Message.C29, *place, KOSONG, values, (entry.key.id, entry.key.baris)))
        emptied = Asal(replace(entry, value=None, isi=KOSONG, ditahan=False), newest.berkas)
        self.pilihan[entry.key] = with_more(self.pilihan.get(entry.key, (asal,)), (emptied,))
        return Asal(replace(entry, value=None, ditahan=True), asal.berkas)


def merge_files(rkt: Rkt, kode: str, files: Sequence[Kiriman]) -> Jawaban:
    """What the files of a sub-bagian say together, each told before whether another one replaces it."""
    used = silsilah.newest(files)
    said = Jawaban(rkt, kode)
    for file in used:
        said.take(file)
    replaced = [k for k in files if k not in used]
    if replaced:
        own = [p for k in replaced for p in k.digantikan]
        said.carry(max(used, key=silsilah.age), merge_files(rkt, kode, replaced), own)
    said.forget_answered()
    return said


def _way(i: Indikator) -> str:
    """How an indikator is filled, in words: "pembilang dan penyebut (%)"."""
    what = "pembilang dan penyebut" if i.isian is Isian.RASIO else f"{i.tipe} langsung"
    return f"{what} ({i.satuan})" if i.satuan else what


# --- held cells ---------------------------------------------------------------------------------------------------


def with_more(options: Options, more: Options) -> Options:
    """Options, and those of `more` that say something else."""
    for b in more:
        if all(o.entry.shown != b.entry.shown for o in options):
            options = (*options, b)
    return options


def held_between(options: Options) -> Asal:
    """The cell that is held between several contents."""
    both = " ↔ ".join(o.entry.isi or KOSONG for o in options)
    return Asal(replace(options[0].entry, value=None, ditahan=True, isi=both), options[0].berkas)


def told_held(message: Message, held: Asal, values: Mapping[str, Any]) -> Problem:
    """Why a cell is held, with its place."""
    entry = held.entry
    tujuan = (entry.key.id, entry.key.baris)
    return Problem(message, None, entry.lembar, entry.sel, entry.isi, dict(values), tujuan)


def _holds(problem: Problem, cells: Mapping[Key, Asal]) -> bool:
    """Whether a problem holds one of these cells, or the row that they are."""
    row = problem.tujuan in {(key.id, key.baris) for key in cells} and problem.putusan is TAHAN
    return row and (problem.sel is None or any(is_held(problem, a.entry) for a in cells.values()))


def is_held(problem: Problem, entry: Entry) -> bool:
    """Whether a problem is why this entry is held: it holds its cell."""
    return problem.putusan is TAHAN and (problem.lembar, problem.sel) == (entry.lembar, entry.sel)


def is_alike(one: Value, other: Value) -> bool:
    """Whether two answers say the same, to the 12 digits that every program keeps."""
    if is_number(one) and is_number(other):
        return f"{one:.12g}" == f"{other:.12g}"
    return clean(str(one)) == clean(str(other)) and type(one) is type(other)


def in_words(value: Value) -> str:
    """A value as a message quotes it."""
    return f"{value:.12g}".replace(".", ",") if is_number(value) else str(value)
