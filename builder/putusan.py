"""Settles what is held: a choice between contents, a content of one's own, or blank; kept while nothing changes.

A choice stands in the list Putusan of the konsolidasi, beside what there was to choose from. It counts as long as
that is still the same; otherwise it is void, and told (F16). Made with `rkt putuskan` it is written there too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from builder.angka import clean
from builder.bersama import KOSONG
from builder.capaian import PERIODE, roman
from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key, Value, is_number
from builder.isian import Content, Terbaca, read_number, read_text
from builder.jawaban import is_held
from builder.masalah import Message, Problem
from builder.reader import Entry
from builder.rkt import Indikator, Rkt, Tipe
from builder.tampak import show

DIPUTUSKAN = "(diputuskan)"
KOSONGKAN = "Kosongkan"
_PAKAI = "PAKAI "
_TEKS = ("kendala", "tindak_lanjut", "data_dukung")
_BARIS = {roman(int(p[2])): p for p in PERIODE[:-1]}

Baris = Mapping[str, Value]  # a row of the list Putusan


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and between which contents."""

    pilihan: str
    dari: tuple[str, ...]  # the contents as the list shows them
    angka: float | None = (
        None  # typed as a number: in a per cent cell 0.975 may mean 97.5 per cent, as in a return
    )


def told_options(options: Sequence[Asal]) -> tuple[str, ...]:
    """What may be chosen from, as the list shows it: "«95» (BukuKerja-2024-KUL.xlsx, S17!F8)"."""
    return tuple(
        f"«{show(a.entry.isi or KOSONG, 1000)}» ({a.told_berkas}, {a.entry.lembar}!{a.entry.sel})".replace(
            "\n", " "
        )
        for a in options
    )


def letter(n: int) -> str:
    """0 -> "A"."""
    return chr(65 + n)


def read_choices(rows: Sequence[Baris]) -> dict[Key, Choice]:
    """The choices that stand in the list Putusan."""
    found = {}
    for row in rows:
        pilihan = row.get("pilihan")
        if pilihan not in (None, ""):
            angka = float(pilihan) if is_number(pilihan) else None
            found[key_of(row)] = Choice(_as_typed(pilihan), contents_of(row), angka)
    return found


def _as_typed(value: Value) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.15g}".replace(".", ",")
    return clean(str(value))


def key_of(row: Baris) -> Key:
    """The cell that a row of the list is about."""
    kolom = str(row.get("kolom")).replace(" ", "_")
    return Key(str(row.get("id")), _BARIS.get(str(row.get("triwulan")), ""), kolom)


def contents_of(row: Baris) -> tuple[str, ...]:
    """The contents that a row shows."""
    others = (text[3:] for text in str(row.get("isi_lain") or "").split("\n"))
    return tuple(str(x) for x in (row.get("isi_a"), row.get("isi_b"), *others) if x not in (None, ""))


# --- settling -----------------------------------------------------------------------------------------------------


def settle(hasil: Konsolidasi, choices: Mapping[Key, Choice]) -> None:
    """Put every choice that still holds into the place of what is held; tell the others."""
    for key, choice in sorted(choices.items()):
        options = hasil.pilihan.get(key)
        if options is None:
            continue  # no longer held: a newer return has settled it
        place = options[0].entry
        where = (None, place.lembar, place.sel, choice.pilihan)
        if choice.dari != told_options(options):
            told = Problem(Message.F16, *where, {"pilihan": choice.pilihan}, (key.id, key.baris))
            hasil.problems.append(told)
            continue
        chosen = choose(hasil.rkt, key, choice.pilihan, options, choice.angka)
        if isinstance(chosen, str):
            values = {"pilihan": choice.pilihan, "sebab": chosen, "contoh": _example(hasil.rkt, key)}
            hasil.tak_terbaca[key] = choice.pilihan
            hasil.problems.append(Problem(Message.F17, *where, values, (key.id, key.baris)))
            continue
        _settle_one(hasil, key, choice, chosen)


def _settle_one(hasil: Konsolidasi, key: Key, choice: Choice, chosen: Asal) -> None:
    held = [entry for a in (*hasil.pilihan[key], hasil.asal[key]) for entry in a.cells]
    hasil.asal[key] = chosen
    hasil.diputuskan[key] = choice.pilihan if choice.angka is None else chosen.entry.isi
    for problems in (*(k.problems for k in hasil.kiriman), hasil.problems):
        for n, problem in enumerate(problems):
            mine = problem.tujuan in (None, (key.id, key.baris))
            if mine and any(is_held(problem, entry) for entry in held):
                values = {"pilihan": choice.pilihan}
                problems[n] = replace(problem, message=Message.F18, values=values)


def choose(
    rkt: Rkt, key: Key, pilihan: str, options: Sequence[Asal], angka: float | None = None
) -> Asal | str:
    """What a choice comes to, or why it cannot be taken."""
    word = clean(pilihan)
    if word.casefold() == KOSONGKAN.casefold():
        return _own(key, options, None, word)
    if word.upper().startswith(_PAKAI):
        return _option(word[len(_PAKAI) :].strip().upper(), options)
    i = rkt.find_indikator(key.id)
    assert i is not None
    read = _read(rkt, i, key, Content(word if angka is None else angka))
    if read.ditahan or read.value is None:
        return "isinya tidak terbaca sebagai jawaban indikator ini"
    return _own(key, options, read.value, word if angka is None else _unambiguous(i, key, read.value))


def _option(name: str, options: Sequence[Asal]) -> Asal | str:
    known = {letter(n): asal for n, asal in enumerate(options)}
    chosen = known.get(name)
    if chosen is None:
        return f"pilihan yang ada hanya {', '.join(known)}"
    if chosen.entry.ditahan:
        return "isi itu sendiri tidak dapat dibaca"
    return chosen


def _own(key: Key, options: Sequence[Asal], value: Value, isi: str) -> Asal:
    first = options[0].entry
    return Asal(Entry(key, value, first.lembar, first.sel, isi), DIPUTUSKAN)


def _read(rkt: Rkt, i: Indikator, key: Key, content: Content) -> Terbaca:
    if key.kolom in _TEKS:
        return read_text(content)
    return read_number(i, key.kolom, content, rkt.aturan)


def _unambiguous(i: Indikator, key: Key, value: Value) -> str:
    """A number as text that is read as the same number again: "97,5%"."""
    if key.kolom != "realisasi" or not is_number(value):
        return _as_typed(value)
    percent = "%" if i.tipe is Tipe.PERSENTASE else ""
    return f"{_as_typed(i.unit_value(float(value)))}{percent}"  # type: ignore[arg-type]


def _example(rkt: Rkt, key: Key) -> str:
    i = rkt.find_indikator(key.id)
    if key.kolom in _TEKS:
        return "data dukung belum lengkap"
    if i and i.tipe.is_word:
        return str(i.nilai)
    return "97,5" if i and key.kolom == "realisasi" and i.tipe is not Tipe.JUMLAH else "42"
