"""The specification by example as values: year stories (`cerita/*.md`) and tables of cases (`aturan/*.md`).

The files are written for officials; this loader only reads them. It knows their form and none of the rules.
A table that does not have the form raises ValueError with file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from builder.rkt import ROMAWI, Hitungan, Indikator, Isian, Konsolidasi, Polaritas, Ragu, Tipe

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
TW = tuple(f"TW {r}" for r in ROMAWI.values())
PROPERTI = (
    "tipe", "isian", "konsolidasi", "hitungan", "polaritas", "target", *TW,
    "boleh nihil", "batas capaian", "toleransi", "min", "maks", "ragu",
)  # fmt: skip
BARIS = (*TW, "Tahun")
HARAPAN = ("baris", "target", "realisasi", "s.d. TW", "capaian", "kategori", "status", "keterangan", "terisi")
KOLOM_ISIAN = {"rasio": ("pembilang", "penyebut"), "langsung": ("realisasi",)}

_KIRIMAN = re.compile(r"### Kiriman (\d+) · triwulan pelaporan (IV|I{1,3})")
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")


@dataclass(frozen=True, slots=True)
class Langkah:
    """One return: the plan and all entries that then stand, and what each row must show."""

    properti: dict[str, str]
    triwulan: int
    isian: dict[tuple[int, str], str]  # (triwulan, column) -> cell text; blank cells are ""
    harapan: dict[str, dict[str, str]]  # baris -> column -> shown text


@dataclass(frozen=True, slots=True)
class Cerita:
    """One year story of one indikator."""

    judul: str
    langkah: tuple[Langkah, ...]

    @property
    def id(self) -> str:
        """Id of its indikator: "S43-I1"."""
        return self.judul.split(" ")[0]


@dataclass(frozen=True, slots=True)
class _Tabel:
    """A Markdown table with the place of its header, for messages."""

    tempat: str
    kolom: tuple[str, ...]
    baris: tuple[tuple[str, ...], ...]

    def fail(self, fault: str) -> NoReturn:
        raise ValueError(f"{self.tempat}: {fault}")

    def records(self) -> list[dict[str, str]]:
        return [dict(zip(self.kolom, row, strict=True)) for row in self.baris]


def read_all_cerita() -> tuple[Cerita, ...]:
    """All year stories, in the order of their files."""
    return tuple(c for path in sorted((FOLDER / "cerita").glob("*.md")) for c in read_cerita(path))


def read_kasus(name: str) -> list[dict[str, str]]:
    """The cases of one rule: `read_kasus("kategori")` reads aturan/kategori.md."""
    path = FOLDER / "aturan" / f"{name}.md"
    cases = [case for part in _parts(path) if isinstance(part, _Tabel) for case in part.records()]
    if not cases:
        raise ValueError(f"{path}:1: no table of cases")
    return cases


def read_cerita(path: Path) -> tuple[Cerita, ...]:
    """The year stories of one file."""
    stories: list[Cerita] = []
    judul = ""
    steps: list[Langkah] = []
    properti: dict[str, str] = {}
    isian: dict[tuple[int, str], str] | None = None
    triwulan = 0

    def close() -> None:
        if judul and not steps:
            raise ValueError(f"{path}: {judul}: no Kiriman")
        if judul:
            stories.append(Cerita(judul, tuple(steps)))

    for part in _parts(path):
        if isinstance(part, _Tabel):
            if part.kolom == PROPERTI and len(part.baris) == 1:
                properti = part.records()[0]
            elif part.kolom == ("isian", *TW) and triwulan and properti:
                isian = _read_isian(part, properti)
            elif part.kolom == HARAPAN and isian is not None:
                steps.append(Langkah(properti, triwulan, isian, _read_harapan(part)))
                isian, triwulan = None, 0
            else:
                part.fail(f"unexpected table with the columns {part.kolom}")
        elif part[1].startswith("## "):
            close()
            judul, steps, properti, isian, triwulan = part[1][3:].strip(), [], {}, None, 0
        elif match := _KIRIMAN.fullmatch(part[1]):
            if int(match[1]) != len(steps) + 1 or triwulan:
                raise ValueError(f"{part[0]}: Kiriman {match[1]} follows {len(steps)} complete ones")
            triwulan = next(k for k, r in ROMAWI.items() if r == match[2])
        elif part[1] != "### Perencana memutuskan":
            raise ValueError(f"{part[0]}: unknown heading {part[1]!r}")
    if triwulan:
        raise ValueError(f"{path}: {judul}: the last Kiriman is incomplete")
    close()
    return tuple(stories)


def parse_isian(text: str) -> float | str | bool | None:
    """What a spreadsheet cell holds: 97,5% -> 0.975; 2.498 -> 2498; "45" in quotes -> text; blank -> None."""
    if not text:
        return None
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if _NUMBER.fullmatch(text.removesuffix("%")):
        number = parse_number(text)
        return number / 100 if text.endswith("%") else number
    if _WORD.fullmatch(text):
        return text
    raise ValueError(f"not a cell: {text!r}; a text that a clerk typed stands in quotes")


def parse_number(text: str) -> float:
    """A number as the tables print it, per cent in points: 97,5% -> 97.5."""
    digits = text.removesuffix("%")
    if not _NUMBER.fullmatch(digits):
        raise ValueError(f"not a number: {text!r}")
    return float(digits.replace(".", "").replace(",", "."))


def parse_pasangan(text: str) -> tuple[str, str]:
    """Pembilang and penyebut of a case written as one cell: 9/10, /0, 3/, Nihil (in both), blank."""
    if "/" not in text:
        return text, text
    pembilang, penyebut = text.split("/")
    return pembilang.strip(), penyebut.strip()


def indikator(properti: dict[str, str], id: str) -> Indikator:
    """The indikator that a property table describes; numbers in the target's unit (per cent in points)."""
    tipe = Tipe(properti["tipe"])

    def target(text: str) -> float | str | None:
        return (text if tipe.is_word else parse_number(text)) if text else None

    def number(column: str) -> float | None:
        return parse_number(properti[column]) if properti[column] else None

    nilai = target(properti["target"])
    if nilai is None:
        raise ValueError(f"{id}: no target")
    skala = f"nilai ({properti['min']}-{properti['maks']})"
    return Indikator(
        id=id,
        teks=id,
        target=properti["target"],
        tipe=tipe,
        nilai=nilai,
        satuan={Tipe.PERSENTASE: "%", Tipe.NILAI: skala, Tipe.JUMLAH: "Buah"}.get(tipe, ""),
        fungsi="REN",
        polaritas=Polaritas(properti["polaritas"]),
        isian=Isian(properti["isian"]),
        konsolidasi=Konsolidasi(properti["konsolidasi"]),
        hitungan=Hitungan(properti["hitungan"]) if properti["hitungan"] else None,
        min_sah=number("min"),
        maks_sah=number("maks"),
        boleh_nihil={"ya": True, "tidak": False}[properti["boleh nihil"]],
        batas_capaian=number("batas capaian"),
        toleransi=number("toleransi"),
        target_triwulan=tuple(target(properti[tw]) for tw in TW),
        ragu=frozenset(Ragu(word) for word in properti["ragu"].split()),
    )


def _parts(path: Path) -> Iterator[_Tabel | tuple[str, str]]:
    """Headings of level 2 and 3 as (place, text), and tables, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = 0
    for i, line in enumerate([*lines, ""]):
        if line.startswith("|"):
            continue
        if i > start:
            yield _read_table(f"{path}:{start + 1}", [_cells(row) for row in lines[start:i]])
        start = i + 1
        if line.startswith(("## ", "### ")):
            yield f"{path}:{i + 1}", line.strip()


def _read_table(place: str, rows: list[tuple[str, ...]]) -> _Tabel:
    if len(rows) < 3 or any(set(cell) != {"-"} for cell in rows[1]):
        raise ValueError(f"{place}: a table needs a header, a line of dashes and a row")
    table = _Tabel(place, rows[0], tuple(rows[2:]))
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            table.fail(f"line {i + 1} of the table has {len(row)} cells, its header {len(rows[0])}: {row}")
    return table


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def _read_isian(table: _Tabel, properti: dict[str, str]) -> dict[tuple[int, str], str]:
    if tuple(row[0] for row in table.baris) != KOLOM_ISIAN[properti["isian"]]:
        table.fail(f"isian {properti['isian']} has the rows {KOLOM_ISIAN[properti['isian']]}")
    entries = {(k, row[0]): row[k] for row in table.baris for k in ROMAWI}
    for text in entries.values():
        try:
            parse_isian(text)
        except ValueError as error:
            table.fail(str(error))
    return entries


def _read_harapan(table: _Tabel) -> dict[str, dict[str, str]]:
    if tuple(row[0] for row in table.baris) != BARIS:
        table.fail(f"the rows must be {BARIS}")
    return {record.pop("baris"): record for record in table.records()}
