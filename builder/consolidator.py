"""Merges the returns of all sub-bagian into one set of entries, each with its origin and what is held about it.

Order never matters: which file of a sub-bagian counts says `silsilah`; of files of which none replaces another, a
filled answer wins over a blank one and answers that differ are held with both contents. What a replaced file had
filled and the newer one has not is held too. What several sub-bagian are asked together is merged by `bersama`; any
other indikator that two sub-bagian answer is held unless they agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from builder import bersama, capaian, silsilah
from builder.angka import clean
from builder.bersama import KOSONG, NUMBERS, Bagian, Cells, Merged, Unit, is_empty, unit_of
from builder.expr import Key, Value, is_number
from builder.identitas import susunan
from builder.masalah import TAHAN, Message, Problem
from builder.reader import Asal as Asal
from builder.reader import Entry, Kiriman
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Rkt, SubBagian

DIBAGIKAN = "(dibagikan terkunci)"

Options = tuple[Asal, ...]  # what may be chosen for a held cell


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
    jawaban: dict[str, dict[Key, Asal]] = field(
        default_factory=dict
    )  # of each sub-bagian, before they are joined
    pilihan: dict[Key, Options] = field(default_factory=dict)  # held: what may be chosen from
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
    parts: dict[str, _Answers] = {}
    for kode, own in sorted(silsilah.by_sub_bagian(silsilah.find_copies(files)).items()):
        used = silsilah.find_newest(own)
        result.dipakai[kode] = tuple(used)
        merging = _Merging(result, kode)
        for file in used:
            merging.take(file)
        merging.keep_emptied(max(used, key=silsilah.age), [k for k in own if k not in used])
        parts[kode] = _Answers(merging.units, merging.pilihan)
        result.jawaban[kode] = {key: asal for cells in merging.units.values() for key, asal in cells.items()}
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


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one sub-bagian says, and what may be chosen where its own files differ."""

    units: Mapping[Unit, Cells]
    pilihan: Mapping[Key, Options]


@dataclass(slots=True)
class _Merging:
    """Answers of one sub-bagian as they come together; pembilang and penyebut are one, never taken from two files."""

    result: Konsolidasi
    kode: str
    units: dict[Unit, Cells] = field(default_factory=dict)
    pilihan: dict[Key, Options] = field(default_factory=dict)

    def take(self, file: Kiriman) -> None:
        """Add a file: a filled answer wins over a blank one, two answers that differ are held."""
        for unit, cells in self._units_of(file).items():
            cells = {key: self._as_handed_out(file, asal) for key, asal in cells.items()}
            before = self.units.get(unit)
            if before is None or is_empty(before):
                self.units[unit] = cells
            elif not is_empty(cells):
                self.units[unit] = self._agree(before, cells, file.nomor)

    def _units_of(self, file: Kiriman) -> dict[Unit, Cells]:
        units: dict[Unit, Cells] = defaultdict(dict)
        for key, entry in self._entries_of(file):
            units[unit_of(key)][key] = Asal(entry, file.berkas)
        return units

    def _entries_of(self, file: Kiriman) -> Iterable[tuple[Key, Entry]]:
        """Entries that mean something in today's plan; what a revision dropped or changed stays in the archive."""
        left_out: dict[str, int] = defaultdict(int)
        for key, entry in file.entries.items():
            now = self.result.rkt.find_indikator(key.id)
            before = file.rkt.find_indikator(key.id) if file.rkt else now
            same = now is not None and (before is None or susunan(before) == susunan(now))
            if now is not None and (same or key.kolom not in NUMBERS):
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
        self.pilihan[a.entry.key] = options = _with(self.pilihan.get(a.entry.key, (a,)), (b,))
        return _hold(self.result, Message.F04, options, values)

    def _as_handed_out(self, file: Kiriman, asal: Asal) -> Asal:
        """An answer that was locked when the file was handed out, and says something else now, is held."""
        entry, given = asal.entry, file.terkunci.get(asal.entry.key)
        if given is None or is_alike(entry.shown, given):
            return asal
        was = Asal(replace(entry, value=given, isi=in_words(given), ditahan=False), DIBAGIKAN)
        now = Asal(entry if entry.shown is not None else replace(entry, isi=KOSONG), file.berkas)
        self.pilihan[entry.key] = options = _with(self.pilihan.get(entry.key, (was,)), (now,))
        values = {"triwulan": ROMAWI[int(entry.key.baris[2])], "lama": was.entry.isi, "baru": now.entry.isi}
        place = (file.berkas, entry.lembar, entry.sel, entry.isi, values, (entry.key.id, entry.key.baris))
        file.problems.append(Problem(Message.F13, *place))
        return _held(options)

    def keep_emptied(self, newest: Kiriman, replaced: list[Kiriman]) -> None:
        """What a replaced file had filled and the newer one has not: nothing is lost in silence.

        A file for a later triwulan need not repeat the earlier ones, so they are carried over; in a correction
        of the same triwulan they are held until someone says that they were emptied on purpose.
        """
        for old in sorted(replaced, key=silsilah.age, reverse=True):
            for unit, cells in self._units_of(old).items():
                now = self.units.get(unit, {})
                if is_empty(cells):
                    continue
                if is_empty(now):
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
        self.pilihan[entry.key] = (asal, emptied)
        return Asal(replace(entry, value=None, ditahan=True), asal.berkas)


def _with(options: Options, more: Options) -> Options:
    """What may be chosen grows with every file that says otherwise."""
    for b in more:
        if all(o.entry.shown != b.entry.shown for o in options):
            options = (*options, b)
    return options


def _held(options: Options) -> Asal:
    """The cell that is held between several contents."""
    both = " ↔ ".join(o.entry.isi or KOSONG for o in options)
    return Asal(replace(options[0].entry, value=None, ditahan=True, isi=both), options[0].berkas)


def _hold(result: Konsolidasi, message: Message, options: Options, values: dict[str, Any]) -> Asal:
    """The same, told."""
    held = _held(options)
    entry, tujuan = held.entry, (held.entry.key.id, held.entry.key.baris)
    result.problems.append(Problem(message, None, entry.lembar, entry.sel, entry.isi, values, tujuan))
    return held


def is_alike(one: Value, other: Value) -> bool:
    """Whether two answers say the same, to the 12 digits that every program keeps."""
    if is_number(one) and is_number(other):
        return f"{one:.12g}" == f"{other:.12g}"
    return clean(str(one)) == clean(str(other)) and type(one) is type(other)


def in_words(value: Value) -> str:
    """A value as a message quotes it."""
    return f"{value:.12g}".replace(".", ",") if is_number(value) else str(value)


# --- all sub-bagian together --------------------------------------------------------------------------------------


def _join(result: Konsolidasi, parts: Mapping[str, _Answers]) -> None:
    """Each indikator from its owner, or from all that share it, whichever version of the plan a file was made from."""
    plans = {id(rkt): rkt for rkt in (result.rkt, *(k.rkt for k in result.kiriman if k.rkt))}
    shared = bersama.shared_ids(plans.values())
    for kode, part in parts.items():
        for (id_, *_), cells in part.units.items():
            if id_ not in shared:
                _join_whole(result, kode, part, cells)
    for i in result.rkt.indikator:
        if i.id in shared:
            _join_shared(result, i, parts)


def _join_whole(result: Konsolidasi, kode: str, part: _Answers, cells: Cells) -> None:
    """An answer that is the office's; what another sub-bagian answers too must be the same, or is held."""
    for key, asal in cells.items():
        indikator = result.rkt.find_indikator(key.id)
        assert indikator is not None
        owner = result.rkt.owner(indikator).kode
        if owner == kode or not asal.entry.is_blank:
            _join_cell(result, asal, part.pilihan.get(key, (asal,)), is_owner=kode == owner)


def _join_cell(result: Konsolidasi, asal: Asal, options: Options, *, is_owner: bool) -> None:
    key = asal.entry.key
    other = result.asal.get(key)
    if other is None or other.entry.is_blank:
        result.asal[key] = asal
        if asal.entry.ditahan:
            result.pilihan[key] = options
    elif not asal.entry.is_blank:
        before = result.pilihan.get(key, (other,))
        ours, theirs = ((asal, options), (other, before)) if is_owner else ((other, before), (asal, options))
        _join_two(result, *ours, *theirs)


def _join_two(result: Konsolidasi, a: Asal, of_a: Options, b: Asal, of_b: Options) -> None:
    """Two answers that are both the office's, the owner's first."""
    key = a.entry.key
    kunci = f"{key.id} {key.kolom} TW {ROMAWI[int(key.baris[2])]}"
    codes = [_code_of(result, x) for x in (a, b)]
    if a.entry.shown == b.entry.shown:
        values: dict[str, Any] = {"kunci": kunci, "daftar": " dan ".join(codes)}
        place = (None, a.entry.lembar, a.entry.sel, a.entry.isi)
        result.problems.append(Problem(Message.F08, *place, values, (key.id, key.baris)))
        result.asal[key] = a
        return
    values = {
        "kunci": kunci, "kode_a": codes[0], "isi_a": f"«{a.entry.isi}»", "berkas_a": a.berkas,
        "kode_b": codes[1], "isi_b": f"«{b.entry.isi}»", "berkas_b": b.berkas,
    }  # fmt: skip
    result.pilihan[key] = options = _with(of_a, of_b)
    result.asal[key] = _hold(result, Message.F07, options, values)


# --- what several sub-bagian are asked together --------------------------------------------------------------------


def _join_shared(result: Konsolidasi, i: Indikator, parts: Mapping[str, _Answers]) -> None:
    """The parts of an indikator merged; beside them an answer that was asked as the whole must be the same."""
    answers = _answers(result, i, parts)
    today = tuple(s.kode for s in result.rkt.owners(i))
    shares = {u: s for u, bagian in answers.items() if (s := [b for b in bagian if _is_share(u, b, today)])}
    shared_as = i if i.lokasi else _earlier(result, i)
    merged = bersama.merge(shared_as, result.rkt.aturan, shares, today)
    for unit, bagian in answers.items():
        wholes = [b for b in bagian if b not in shares.get(unit, ())]
        if unit in merged:
            _join_merged(result, unit, merged[unit], shares[unit], wholes)
        for b in wholes if unit not in merged or _is_whole(merged[unit]) else ():
            _join_whole(result, b.kode, parts[b.kode], b.cells)


def _is_share(unit: Unit, b: Bagian, today: tuple[str, ...]) -> bool:
    """It was asked with others; words of one who shares today stand beside theirs, whoever was asked then."""
    return b.is_share or (not bersama.is_number_unit(unit) and b.kode in today and len(today) > 1)


def _answers(result: Konsolidasi, i: Indikator, parts: Mapping[str, _Answers]) -> dict[Unit, list[Bagian]]:
    """Who has answered what of an indikator, in the plan's order; what nobody has answered is left out."""
    plans = {k.berkas: k.rkt or result.rkt for k in result.kiriman}
    order = [*(s.kode for s in result.rkt.owners(i)), *parts]
    found: dict[Unit, list[Bagian]] = defaultdict(list)
    for kode, part in sorted(parts.items(), key=lambda item: order.index(item[0])):
        own = {unit: cells for unit, cells in part.units.items() if unit[0] == i.id}
        cells_of = {key: asal for cells in own.values() for key, asal in cells.items()}
        values = bersama.read_part(i, result.rkt.aturan, cells_of)
        for unit, cells in own.items():
            if not is_empty(cells):
                first = next(a for a in cells.values() if not a.entry.is_blank)
                nilai = bersama.answered(unit[1], values) if bersama.is_number_unit(unit) else None
                found[unit].append(Bagian(kode, cells, _asked(plans[first.berkas], i), nilai))
    return found


def _asked(rkt: Rkt, i: Indikator) -> tuple[str, ...]:
    """Whom a version of the plan asks for an indikator."""
    then = rkt.find_indikator(i.id)
    return tuple(s.kode for s in rkt.owners(then)) if then else ()


def _earlier(result: Konsolidasi, i: Indikator) -> Indikator:
    """The indikator with the location rule that an earlier version of the plan had for it."""
    versions = (k.rkt.find_indikator(i.id) for k in result.kiriman if k.rkt)
    lokasi = next((v.lokasi for v in versions if v and v.lokasi), None)
    return replace(i, lokasi=lokasi)


def _is_whole(merged: Merged) -> bool:
    return not merged.sebab and not merged.kurang


def _join_merged(
    result: Konsolidasi, unit: Unit, merged: Merged, shares: list[Bagian], wholes: list[Bagian]
) -> None:
    """The cells of the whole, with what is missing or held told; a part beside an answer for all of it is held."""
    if wholes and not _is_whole(merged):
        merged = bersama.hold(
            [*shares, *wholes], "ada yang menjawab bagiannya dan ada yang menjawab seluruhnya"
        )
    result.asal |= merged.cells
    j = int(unit[1][2])
    told = " · ".join(b.told for b in (shares if not merged.sebab else [*shares, *wholes]))
    kunci = f"{unit[0]} {unit[2] or 'pembilang dan penyebut'} TW {ROMAWI[j]}".replace("_", " ")
    if merged.kurang and j <= result.triwulan:
        at = shares[0].first
        values = {"kunci": kunci, "ada": told, "kurang": " dan ".join(merged.kurang)}
        result.problems.append(Problem(Message.F20, None, at.lembar, at.sel, at.isi, values, unit[:2]))
    for key, asal in merged.cells.items() if merged.sebab else ():
        values = {"kunci": kunci, "daftar": told, "sebab": merged.sebab, "contoh": _example(key)}
        place = (None, asal.entry.lembar, asal.entry.sel, asal.entry.isi)
        result.problems.append(Problem(Message.F21, *place, values, unit[:2]))


def _example(key: Key) -> str:
    return "45" if key.kolom in NUMBERS else "data dukung belum lengkap"


def _code_of(result: Konsolidasi, asal: Asal) -> str:
    """The sub-bagian whose file an answer came from; of a merged one, all of them."""
    if asal.bagian:
        return " dan ".join(_code_of(result, a) for a in asal.bagian)
    return next((k.sub_bagian.kode for k in result.kiriman if k.berkas == asal.berkas and k.sub_bagian), "?")


def _holds(problem: Problem, cells: Mapping[Key, Asal]) -> bool:
    """Whether a problem holds one of these cells, or the row that they are."""
    row = problem.tujuan in {(key.id, key.baris) for key in cells} and problem.putusan is TAHAN
    return row and (problem.sel is None or any(is_held(problem, a.entry) for a in cells.values()))


def is_held(problem: Problem, entry: Entry) -> bool:
    """Whether a problem is why this entry is held: it holds its cell."""
    return problem.putusan is TAHAN and (problem.lembar, problem.sel) == (entry.lembar, entry.sel)
