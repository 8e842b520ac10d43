"""Merges the returns of all sub-bagian into one set of entries, each with its origin and what is held about it.

Order never matters: which file of a sub-bagian counts says `silsilah`, what its files say together `jawaban`. What
several sub-bagian are asked together is merged by `bersama`; any
other indikator that two sub-bagian answer is held unless they agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from builder import bersama, capaian, silsilah
from builder.bersama import NUMBERS, Bagian, Cells, Merged, Unit, is_empty
from builder.expr import Key, Value
from builder.jawaban import Jawaban, Options, held_between, merge_files, told_held, with_more
from builder.masalah import Message, Problem
from builder.reader import Asal as Asal
from builder.reader import Kiriman
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Rkt, SubBagian


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
    jawaban: dict[str, Jawaban] = field(default_factory=dict)  # of each sub-bagian, before they are joined
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
    for kode, own in sorted(silsilah.by_sub_bagian(silsilah.find_copies(files)).items()):
        used = silsilah.find_newest(own)
        result.dipakai[kode] = tuple(used)
        result.jawaban[kode] = said = merge_files(rkt, kode, own)
        _tell(result, said, used)
        for k in used:
            if k.triwulan and k.triwulan != triwulan:
                values = {"ada": ROMAWI[k.triwulan], "triwulan": ROMAWI[triwulan]}
                k.problems.append(Problem(Message.A15, k.berkas, values=values))
    _join(result, result.jawaban)
    result.pilihan |= {k: (a,) for k, a in result.asal.items() if a.entry.ditahan and k not in result.pilihan}
    if result.missing:
        names = "; ".join(s.nama for s in result.missing)
        result.problems.append(Problem(Message.F09, values={"daftar": names}))
    return result


def _tell(result: Konsolidasi, said: Jawaban, used: Iterable[Kiriman]) -> None:
    """What is held about a sub-bagian's answers: in the file in use that it is about, else between the files."""
    files = {k.berkas: k for k in used}
    for problem in (*said.dibiarkan, *said.problems):
        (files[problem.berkas].problems if problem.berkas in files else result.problems).append(problem)


# --- all sub-bagian together --------------------------------------------------------------------------------------


def _join(result: Konsolidasi, parts: Mapping[str, Jawaban]) -> None:
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


def _join_whole(result: Konsolidasi, kode: str, part: Jawaban, cells: Cells) -> None:
    """An answer that is the office's; what another sub-bagian answers too must be the same, or is held."""
    others = {key: result.asal[key] for key in cells if key in result.asal}
    if not is_empty(others) and is_empty(cells):
        return
    for key, asal in cells.items():
        options, other = part.pilihan.get(key, (asal,)), others.get(key)
        if other is None or is_empty(others):
            result.asal[key] = asal
            if asal.entry.ditahan:
                result.pilihan[key] = options
        elif not (other.entry.is_blank and asal.entry.is_blank):  # a pair is never taken from two sub-bagian
            _join_cell(result, kode, asal, options, other)


def _join_cell(result: Konsolidasi, kode: str, asal: Asal, options: Options, other: Asal) -> None:
    key = asal.entry.key
    indikator = result.rkt.find_indikator(key.id)
    assert indikator is not None
    before = result.pilihan.get(key, (other,))
    is_owner = result.rkt.owner(indikator).kode == kode
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
    result.pilihan[key] = options = with_more(of_a, of_b)
    result.asal[key] = held = held_between(options)
    result.problems.append(told_held(Message.F07, held, values))


# --- what several sub-bagian are asked together --------------------------------------------------------------------


def _join_shared(result: Konsolidasi, i: Indikator, parts: Mapping[str, Jawaban]) -> None:
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


def _answers(result: Konsolidasi, i: Indikator, parts: Mapping[str, Jawaban]) -> dict[Unit, list[Bagian]]:
    """Who has answered what of an indikator, in the plan's order; what nobody has answered is left out."""
    order = [*(s.kode for s in result.rkt.owners(i)), *parts]
    found: dict[Unit, list[Bagian]] = defaultdict(list)
    for kode, part in sorted(parts.items(), key=lambda item: order.index(item[0])):
        own = {unit: cells for unit, cells in part.units.items() if unit[0] == i.id}
        cells_of = {key: asal for cells in own.values() for key, asal in cells.items()}
        values = bersama.read_part(i, result.rkt.aturan, cells_of)
        for unit, cells in own.items():
            if not is_empty(cells):
                plan = part.dari[unit].rkt or result.rkt
                nilai = bersama.answered(unit[1], values) if bersama.is_number_unit(unit) else None
                found[unit].append(Bagian(kode, cells, _asked(plan, i), nilai))
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
