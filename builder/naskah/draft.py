"""Makes the draft plan of a document: pairs indikator with targets by their number and lists every doubt.

The form of the target decides the type; a name that says otherwise is a doubt. Where the numbers of indikator and
targets differ, the numbered row is refused as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.masalah import Message, Problem
from builder.naskah.cell import cut_words, without_marks
from builder.naskah.split import Split, split_indikator
from builder.naskah.target import Doubt, Target, read_targets
from builder.rkt import Ragu, Tipe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.naskah.join import NumberedRow
    from builder.rkt import Tingkat

_NAMED_TYPES = {
    "persentase": Tipe.PERSENTASE,
    "prosentase": Tipe.PERSENTASE,
    "presentase": Tipe.PERSENTASE,
    "persen": Tipe.PERSENTASE,
    "jumlah": Tipe.JUMLAH,
    "banyaknya": Tipe.JUMLAH,
    "nilai": Tipe.NILAI,
    "indeks": Tipe.NILAI,
    "skor": Tipe.NILAI,
    "predikat": Tipe.PREDIKAT,
    "opini": Tipe.OPINI,
}


@dataclass(frozen=True, slots=True)
class DrafIndikator:
    """One indikator as the document gives it, with what is in doubt about it."""

    id: str
    tingkat: Tingkat
    sasaran: str
    indikator: str
    target: str  # raw: "2.498 Orang", "97,5%"
    tipe: Tipe | None  # None only for a refused row
    nilai: float | str | None  # per cent in points; the word of predikat or opini; None only where refused
    satuan: str  # "%", "Laporan", "nilai (0-100)", "nilai (0-5)"; empty for words
    ragu: frozenset[Ragu]
    keraguan: str  # the doubts in words, each with what to decide


@dataclass(frozen=True, slots=True)
class _Pair:
    """One indikator and its target, before the name is held against it."""

    indikator: str
    target: Target
    doubts: tuple[Doubt, ...] = ()


def draft_rows(rows: Iterable[NumberedRow], berkas: str) -> tuple[list[DrafIndikator], list[Problem]]:
    """The draft of all numbered rows, and a problem for each row that is refused or odd."""
    draf: list[DrafIndikator] = []
    problems: list[Problem] = []
    for row in rows:
        problems += [_problem(row, berkas, Message.X04, sebab=note) for note in row.notes]
        fault = _find_fault(row, berkas)
        pairs = [_refused_pair(row, fault)] if fault else _pair(row)
        for number, pair in enumerate(pairs, start=1):
            if pair.target.refusal and not fault:
                nomor = f"{row.nomor}.{number}"
                problems.append(_problem(row, berkas, Message.X03, nomor=nomor, sebab=pair.target.refusal))
            draf.append(_draft(row, number, pair))
        problems += [fault] if fault else []
    return draf, problems


def _read_blocks(row: NumberedRow) -> list[tuple[Split, tuple[Target, ...]]]:
    read = [(block, read_targets(block.target)) for block in row.blocks]
    return [(split_indikator(block.indikator, len(targets)), targets) for block, targets in read]


def _pair(row: NumberedRow) -> list[_Pair]:
    """Every indikator of a row without fault, with its target."""
    pairs = []
    for split, targets in _read_blocks(row):
        doubts = ((Ragu.TEKS, split.doubt),) if split.doubt else ()
        pairs += [_Pair(text, target, doubts) for text, target in zip(split.parts, targets, strict=True)]
    return pairs


def _find_fault(row: NumberedRow, berkas: str) -> Problem | None:
    """Why the whole row is refused; None where every indikator has its target."""
    texts = {"sasaran": row.sasaran, "indikator": row.indikator, "target": row.target}
    if empty := [name for name, text in texts.items() if not text]:
        return _problem(row, berkas, Message.X03, sebab=f"{' dan '.join(empty)} kosong")
    uneven = [(split, targets) for split, targets in _read_blocks(row) if len(split.parts) != len(targets)]
    if not uneven:
        return None
    split, targets = uneven[0]
    if unread := [target.refusal for target in targets if target.refusal]:
        return _problem(row, berkas, Message.X03, sebab=unread[0])
    return _problem(row, berkas, Message.X01, indikator=len(split.parts), target=len(targets))


def _problem(row: NumberedRow, berkas: str, message: Message, **values: object) -> Problem:
    values = {"nomor": row.nomor, **values}
    isi = row.target or None if message is not Message.X04 else None
    return Problem(message, berkas=berkas, sel=row.place, isi=isi, values=values)


def _refused_pair(row: NumberedRow, fault: Problem) -> _Pair:
    return _Pair(row.indikator, Target(row.target, refusal=f"{fault.masalah}. {fault.tindakan}"))


def _draft(row: NumberedRow, number: int, pair: _Pair) -> DrafIndikator:
    """The draft of one indikator: the target's type, held against what the name says."""
    target, doubts = _confront(pair.indikator, pair.target)
    notes = [(Ragu.TEKS, f"{note[0].upper()}{note[1:]}.") for note in row.notes if number == 1]
    cuts = _tell_cuts([*(cut_words(row.sasaran) if number == 1 else ()), *cut_words(pair.indikator)])
    doubts = (*notes, *pair.doubts, *cuts, *doubts)
    return DrafIndikator(
        id=f"S{row.nomor:02d}-I{number}",
        tingkat=row.tingkat,
        sasaran=without_marks(row.sasaran),
        indikator=without_marks(pair.indikator),
        target=target.text,
        tipe=target.tipe,
        nilai=target.nilai,
        satuan=target.satuan,
        ragu=frozenset({Ragu.BARIS} if target.refusal else (ragu for ragu, _ in doubts)),
        keraguan=" ".join(sentence for _, sentence in doubts),
    )


def _tell_cuts(words: list[str]) -> list[Doubt]:
    if not words:
        return []
    shown = ", ".join(f"«{word}»" for word in words)
    return [(Ragu.TEKS, f"Kata mungkin terpotong oleh tepi kolom di {shown}: sambungkan bila satu kata.")]


def _confront(indikator: str, target: Target) -> tuple[Target, tuple[Doubt, ...]]:
    """The target with its doubts; a name of another type is one of them."""
    if target.refusal:
        sentence = f"{target.refusal[0].upper()}{target.refusal[1:]}".rstrip(".")
        return target, ((Ragu.BARIS, f"{sentence}."),)
    first = re.findall(r"[^\W\d_]+", indikator)[:1]
    named = _NAMED_TYPES.get(first[0].casefold()) if first else None
    if named in (None, target.tipe):
        return target, target.doubts
    if named is Tipe.NILAI and target.tipe is Tipe.PERSENTASE:
        return _as_score(first[0], target)
    sentence = (
        f"Nama menyebut «{first[0]}» tetapi targetnya «{target.text}», dibaca {target.tipe}: "
        f"tentukan tipenya, {target.tipe} atau {named}."
    )
    return target, ((Ragu.TIPE, sentence), *target.doubts)


def _as_score(name: str, target: Target) -> tuple[Target, tuple[Doubt, ...]]:
    """A score that is printed with a per cent sign: proposed as nilai on 0-100."""
    sentence = (
        f"Nama menyebut «{name}» tetapi targetnya «{target.text}», diusulkan nilai pada skala 0-100: "
        "tentukan tipenya, nilai atau persentase."
    )
    score = replace(target, tipe=Tipe.NILAI, satuan="nilai (0-100)")
    return score, ((Ragu.TIPE, sentence), *target.doubts)
