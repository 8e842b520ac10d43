"""Mutants of filled buku kerja: a seed names the workbook, the operators and the places, and so the same bytes.

The workbooks are those of three sub-bagian of the example plan, most entry cells filled with sound values of
their type, each as XlsxWriter, openpyxl and LibreOffice save it. One to three operators are stacked: those on the
XML of parts first, then those on parts, then those on the bytes of the file.
"""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import bahan
import mesin
import mutan_xml
import mutan_zip
import openpyxl
from mutan_zip import Bagian

from builder.expr import Key, Value
from builder.layout import Book
from builder.rkt import TRIWULAN, Indikator, Isian, Rkt, SubBagian, Tipe
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

SUB_BAGIAN = ("KUL", "REN", "HUK")
PENYIMPAN = ("xlsxwriter", "openpyxl", "libreoffice")

OPERATORS = (*mutan_xml.OPERATORS, *mutan_zip.ON_PARTS, *mutan_zip.ON_BYTES)
_TRIES = 12  # places that an operator is offered before it is given up
_WHEN_SAVED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?")


@dataclass(frozen=True)
class Induk:
    """A sound workbook that mutants are made from."""

    nama: str  # "KUL-libreoffice"
    content: bytes
    entries: Mapping[str, tuple[str, ...]]  # sheet -> addresses of entry cells

    @cached_property
    def parts(self) -> list[Bagian]:
        """Its parts, packed once."""
        return mutan_zip.unpack(self.content)

    @cached_property
    def by_weight(self) -> tuple[list[str], list[float]]:
        """XML parts and how often each is changed: sheets of cards most, then the parts that sheets rest on."""
        names = [p.name for p in self.parts if p.name.endswith((".xml", ".rels"))]
        cards = [n for n in names if n in self.entries_of_part]
        sheets = [n for n in names if "worksheets/sheet" in n and n not in cards and not n.endswith(".rels")]
        rest = [n for n in names if n not in cards and n not in sheets]
        groups = ((cards, 60.0), (sheets, 14.0), (rest, 26.0))
        return names, [next(w / len(g) for g, w in groups if n in g) for n in names]

    @cached_property
    def entries_of_part(self) -> dict[str, tuple[str, ...]]:
        """Part of a sheet -> addresses of its entry cells."""
        texts = {p.name: p.content.decode() for p in self.parts if "xl/" in p.name and p.name.count("/") < 3}
        targets = {
            _get(tag, "Id"): _get(tag, "Target").removeprefix("/xl/")
            for tag in re.findall(r"<Relationship [^>]*>", texts["xl/_rels/workbook.xml.rels"])
        }
        found = {}
        for tag in re.findall(r"<sheet [^>]*>", texts["xl/workbook.xml"]):
            entries = self.entries.get(_get(tag, "name"))
            if entries:
                found["xl/" + targets[_get(tag, "r:id")]] = entries
        return found


@dataclass(frozen=True)
class Mutan:
    """One mutant: its seed says everything."""

    benih: int
    induk: Induk
    operators: tuple[str, ...]  # with their part: "change_digit(xl/styles.xml)"
    content: bytes

    def __str__(self) -> str:
        return f"benih {self.benih} {self.induk.nama}: {' + '.join(self.operators)}"


def _get(tag: str, name: str) -> str:
    match = re.search(rf'\s{name}="([^"]*)"', tag)
    return match[1] if match else ""


# --- mutants ------------------------------------------------------------------------------------------------------


def make_mutant(benih: int, induk: Sequence[Induk]) -> Mutan:
    """The mutant of a seed."""
    rng = Random(benih)
    parent = rng.choice(induk)
    chosen = rng.choices(("xml", "parts", "bytes"), (0.78, 0.14, 0.08), k=rng.choice((1, 1, 2, 3)))
    parts, told = list(parent.parts), []
    for _ in range(chosen.count("xml")):
        told.append(change_xml(rng, parent, parts))
    for _ in range(chosen.count("parts")):
        name = rng.choice(tuple(mutan_zip.ON_PARTS))
        mutan_zip.ON_PARTS[name](rng, parts)
        told.append(name)
    content = mutan_zip.pack(parts)
    for _ in range(chosen.count("bytes")):
        name = rng.choice(tuple(mutan_zip.ON_BYTES))
        content = mutan_zip.ON_BYTES[name](rng, content)
        told.append(name)
    return Mutan(benih, parent, tuple(told), content)


def change_xml(rng: Random, parent: Induk, parts: list[Bagian], name: str = "") -> str:
    """Let one XML operator (of this name, else any) change one part; says which and where."""
    for _ in range(_TRIES):
        operator = name or rng.choice(tuple(mutan_xml.OPERATORS))
        part = rng.choices(*parent.by_weight)[0]
        n = next((n for n, p in enumerate(parts) if p.name == part), None)
        if n is None or not parts[n].content:
            continue
        xml = parts[n].content.decode("utf-8", "surrogateescape")
        at, near = _place(rng, xml, parent.entries_of_part.get(part, ()))
        changed = mutan_xml.OPERATORS[operator](rng, xml, at)
        if changed is not None and changed != xml:
            parts[n] = parts[n].changed(changed.encode("utf-8", "surrogateescape"))
            return f"{operator}({part}{near})"
    return "nothing"


def _place(rng: Random, xml: str, entries: Sequence[str]) -> tuple[int, str]:
    """Where to look for something to change: an entry cell half of the time, else anywhere."""
    if entries and rng.random() < 0.5:
        address = rng.choice(entries)
        at = xml.find(f'<c r="{address}"')
        if at >= 0:
            return at, f" {address}"
    at = rng.randrange(len(xml))
    return at, f" @{at}"


# --- workbooks ----------------------------------------------------------------------------------------------------


def make_induk(
    folder: Path, sub_bagian: Sequence[str] = SUB_BAGIAN, penyimpan: Sequence[str] = PENYIMPAN
) -> list[Induk]:
    """The sound workbooks, each saved by each of the programs that is there."""
    rkt = bahan.rkt_contoh()
    made = []
    for kode in sub_bagian:
        book = fill_book(rkt, find_sub_bagian(rkt, kode))
        entries: dict[str, list[str]] = {}
        for _, place in book.entry_places():
            entries.setdefault(place.sheet, []).append(place.address)
        frozen = {sheet: tuple(cells) for sheet, cells in entries.items()}
        for program in penyimpan:
            if program != "libreoffice" or shutil.which("soffice"):
                content = _save(book, folder / f"{kode}-{program}", program)
                made.append(Induk(f"{kode}-{program}", _without_time(content), frozen))
    return made


def find_sub_bagian(rkt: Rkt, kode: str) -> SubBagian:
    """By its code."""
    return next(s for s in rkt.sub_bagian if s.kode == kode)


def fill_book(rkt: Rkt, sub_bagian: SubBagian) -> Book:
    """A buku kerja of the fourth triwulan in which staff filled six of seven answers, soundly."""
    rng = Random(sub_bagian.kode)
    typed: dict[Key, Value] = {}
    for key, place in buku_kerja(rkt, sub_bagian).entry_places():
        indikator = rkt.find_indikator(key.id)
        if indikator is None:
            continue
        if key.kolom in ("pembilang", "penyebut", "realisasi"):
            typed[key] = _answer(indikator, key, place.address)
        elif rng.random() < 0.6:
            typed[key] = f"{key.kolom} {key.id} {key.baris}: sudah {rng.randrange(90)} dokumen, 1.234 lembar"
    return buku_kerja(rkt, sub_bagian, Isi(typed), triwulan=4)


def _answer(i: Indikator, key: Key, address: str) -> Value:
    """A sound value of the indikator's type; one triwulan in seven is blank."""
    rng = Random(f"{key.id}{key.baris}")
    j = int(key.baris[-1])
    if rng.random() < 1 / 7:
        return None
    if i.boleh_nihil and rng.random() < 0.3:
        return "Nihil" if key.kolom != "penyebut" else None
    if i.isian is Isian.RASIO:
        return (37 + len(i.teks) % 11) * j + (0 if key.kolom == "pembilang" else 9 * j + len(i.teks) % 5)
    target = i.nilai if isinstance(i.nilai, (int, float)) else 0
    match i.tipe:
        case Tipe.PREDIKAT:
            return ("B", "BB", "A", 72.5)[j - 1]
        case Tipe.OPINI:
            return "WTP"
        case Tipe.JUMLAH:
            return (0, 1, 2, 3)[(j + len(i.teks)) % len(TRIWULAN)]
        case Tipe.PERSENTASE:
            return round(target * (0.93 + j / 100) / 100, 6)
    return round(target * (0.9 + j / 50), 2)


def _save(book: Book, folder: Path, program: str) -> bytes:
    folder.mkdir(parents=True)
    path = folder / "BukuKerja.xlsx"
    write_book(book, STYLES, path)
    if program == "openpyxl":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(path)
            workbook.save(path)
    elif program == "libreoffice":
        path = mesin.save_with_libreoffice(path, folder / "lo")
    return path.read_bytes()


def _without_time(content: bytes) -> bytes:
    """Packed again with one and the same time of saving, so that a seed always gives the same bytes."""
    parts = mutan_zip.unpack(content)
    return mutan_zip.pack([
        p.changed(_WHEN_SAVED.sub(b"2024-01-01T00:00:00Z", p.content)) if p.name.startswith("docProps/") else p
        for p in parts
    ])  # fmt: skip
