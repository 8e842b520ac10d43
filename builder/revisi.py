"""A plan revised in mid-year: the konsolidasi goes on with the new one and keeps every entry.

Triwulan before the revision keep their old targets; the year has the new one. What was sent under the old plan is
read against it (`versi`). Indikator that are no longer in the plan stay in the archive, and those that are filled
in another way now wait for a new answer (F14, F15).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.angka import clean, write_number
from builder.arsip import beside
from builder.bersama import NUMBERS
from builder.closed import check_place, read_file
from builder.consolidator import consolidate
from builder.expr import Key, Value
from builder.gabungan import Gabungan, write_new
from builder.identitas import plan_hash, susunan
from builder.jawaban import in_words
from builder.lama import Lama
from builder.masalah import Message, Problem, Refused
from builder.masukan import gather_files
from builder.penerimaan import merge_returns
from builder.plan import read_plan
from builder.putusan import read_choices
from builder.refresh import check_archive, find_folder, written
from builder.returns import Track, no_track
from builder.rkt import ROMAWI, Indikator, Konsolidasi, Rkt, Tipe
from builder.save import digest, holding, saying
from builder.tangan import changed
from builder.versi import plan_rows


@dataclass(frozen=True, slots=True)
class Revisi:
    """What a revision changed, by id, and the konsolidasi that came of it."""

    baru: tuple[str, ...]
    berubah: tuple[str, ...]
    dihapus: tuple[str, ...]
    gabungan: Gabungan
    problems: tuple[Problem, ...]


def revise(konsolidasi: Path, rencana: Path, mulai: int, *, track: Track[Any] = no_track) -> Revisi:
    """Let a konsolidasi go on with a revised plan, in force from triwulan `mulai` (1 to 4); raises Refused.

    The workbook is made anew, with its notes in lists, choices and changes by hand; the old one is kept beside it.
    """
    new, problems = read_plan(rencana)
    with holding(konsolidasi) as told:
        check_place(konsolidasi)
        old = read_file(konsolidasi).lama
        _check_same_office(old.rkt, new, rencana)
        with saying(konsolidasi):
            before = digest(konsolidasi)
        rkt, more = merge_plans(old.rkt, new, mulai)
        check_archive(old, konsolidasi)
        arsip = beside(konsolidasi)
        arsip.keep_plan(plan_hash(old.rkt), plan_rows(old.rkt))
        folder = find_folder(old.folder, konsolidasi.parent)
        choices = read_choices(old.lists.get("Putusan", ()))
        hasil = consolidate([], rkt, old.triwulan)
        if arsip.received() or (folder.is_dir() and gather_files([folder])[0]):
            hasil = merge_returns(
                [folder] if folder.is_dir() else [], rkt, old.triwulan,
                arsip=arsip, keep=True, choices=choices, without=[konsolidasi], track=track,
            )  # fmt: skip
        by_hand = _still_meant(old, rkt, changed(old.cells, written(old.lists)), more)
        made = write_new(hasil, old.folder, konsolidasi, before, told, old.lists, by_hand)
    ids, known = {i.id: i for i in rkt.indikator}, {i.id: i for i in old.rkt.indikator}
    return Revisi(
        tuple(ids.keys() - known.keys()),
        tuple(sorted(id for id in ids.keys() & known.keys() if ids[id] != known[id])),
        tuple(sorted(known.keys() - ids.keys())),
        made,
        (*problems, *more),
    )


def _still_meant(
    old: Lama, rkt: Rkt, by_hand: Mapping[Key, Value], problems: list[Problem]
) -> dict[Key, Value]:
    """Changes by hand that mean the same in the new plan; the others are told."""
    kept = {}
    for key, value in sorted(by_hand.items()):
        before, now = old.rkt.find_indikator(key.id), rkt.find_indikator(key.id)
        if before and now and (key.kolom not in NUMBERS or susunan(before) == susunan(now)):
            kept[key] = value
        else:
            kunci = f"{key.id} {key.kolom.replace('_', ' ')} TW {ROMAWI[int(key.baris[2])]}"
            problems.append(Problem(Message.F22, values={"kunci": kunci, "isi_sel": in_words(value)}))
    return kept


def _check_same_office(old: Rkt, new: Rkt, rencana: Path) -> None:
    values = {"kantor": old.identitas.kantor, "tahun": old.identitas.tahun}
    if (old.identitas.kantor, old.identitas.tahun) != (new.identitas.kantor, new.identitas.tahun):
        raise Refused(Problem(Message.P24, rencana.name, values=values))


def merge_plans(old: Rkt, new: Rkt, mulai: int) -> tuple[Rkt, list[Problem]]:
    """The new plan with the old targets of the triwulan before `mulai`."""
    problems: list[Problem] = []
    sasaran = tuple(
        replace(s, indikator=tuple(_merge(old.find_indikator(i.id), i, mulai, problems) for i in s.indikator))
        for s in new.sasaran
    )
    identitas = replace(new.identitas, triwulan=old.identitas.triwulan, contoh=old.identitas.contoh)
    return replace(new, identitas=identitas, sasaran=sasaran), problems


def _merge(old: Indikator | None, new: Indikator, mulai: int, problems: list[Problem]) -> Indikator:
    """Old targets where they applied; the last triwulan takes what the year's target leaves."""
    if old is not None and clean(old.teks).casefold() != clean(new.teks).casefold():
        sasaran = new.id.split("-")[0]
        values = {"id": new.id, "lama": old.teks, "baru": new.teks, "contoh": f"{sasaran}-I9"}
        problems.append(Problem(Message.P30, values=values))
    same = old is not None and susunan(old) == susunan(new) and old.konsolidasi == new.konsolidasi
    if old is None or not same or old.target_triwulan == new.target_triwulan:
        return new
    kept = replace(
        new, target_triwulan=(*old.target_triwulan[: mulai - 1], *new.target_triwulan[mulai - 1 :])
    )
    rest = _rest(kept)
    if rest is None:
        return kept
    if not 0 <= rest <= _highest(new):
        values = {"id": new.id, "target": new.target_teks, "sisa": write_number(round(rest, 2))}
        problems.append(Problem(Message.P25, values=values))
        return new
    return replace(kept, target_triwulan=(*kept.target_triwulan[:3], rest))


def _highest(i: Indikator) -> float:
    """What a target of one triwulan may be at most."""
    most = i.maks_sah if i.maks_sah is not None else 100 if i.tipe is Tipe.PERSENTASE else math.inf
    return max(most, i.nilai) if isinstance(i.nilai, (int, float)) else most


def _rest(i: Indikator) -> float | None:
    """What triwulan IV must be so that the year comes out; None where it does, or is a word."""
    year, given = i.nilai, [t for t in i.target_triwulan[:3] if isinstance(t, (int, float))]
    last = i.targets_to_date()[-1]
    if (
        isinstance(year, str)
        or not isinstance(last, (int, float))
        or abs(last - year) <= 1e-9 * max(1, abs(year))
    ):
        return None
    if i.konsolidasi is Konsolidasi.SUM:
        return year - sum(given)
    if i.konsolidasi is Konsolidasi.AVERAGE:
        return year * (len(given) + 1) - sum(given)
    return year
