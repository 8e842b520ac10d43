"""A plan file (.xlsx or .csv with a .toml beside it) into an `Rkt`, or problems that name their cells.

The table has one row per indikator; settings (identity, sub-bagian, rules) stand on sheets of their own, or
in the .toml. Blank columns are proposed by `usulan`. Per cent stands in points (97.5).
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
from openpyxl.cell import Cell as XlsxCell

from builder.angka import clean, read_document, write_number
from builder.expr import Value
from builder.masalah import TOLAK, Message, Problem, Refused
from builder.rkt import (
    TRIWULAN,
    Aturan,
    Hitungan,
    Identitas,
    Indikator,
    Isian,
    Konsolidasi,
    Polaritas,
    Ragu,
    Rkt,
    Sasaran,
    SubBagian,
    Tingkat,
    Tipe,
)
from builder.usulan import Baris, complete

KOLOM = (
    "id", "tingkat", "sasaran", "indikator", "target", "tipe", "nilai", "satuan", "fungsi", "polaritas", "isian",
    "konsolidasi", "hitungan", "tw1", "tw2", "tw3", "tw4", "min_sah", "maks_sah", "boleh_nihil", "batas_capaian",
    "toleransi", "tahun_data", "usulan", "ragu", "keraguan", "catatan",
)  # fmt: skip
WAJIB = ("id", "sasaran", "indikator", "tipe", "nilai")
ANGKA = ("tw1", "tw2", "tw3", "tw4", "nilai", "min_sah", "maks_sah", "batas_capaian", "toleransi", "tahun_data")
LEMBAR_RENCANA, LEMBAR_IDENTITAS, LEMBAR_SUB_BAGIAN, LEMBAR_ATURAN = "Rencana", "Identitas", "Sub-bagian", "Aturan"
_ID = re.compile(r"S(\d{2,3})-I(\d{1,2})")
_TOLERANCE = 1e-6

E = TypeVar("E", bound=StrEnum)


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("builder").joinpath(f"data/{name}.toml").read_text("utf-8"))


def default_aturan() -> dict[str, Any]:
    """Numbers and words of the rules as the program brings them."""
    return dict(_data("aturan"))


def skema(name: str) -> list[dict[str, Any]]:
    """Sub-bagian of a named scheme (`pkpu14-2020`, `pkpu21-2023`); KeyError where there is none."""
    return list(_data("skema")["skema"][name])


def skema_names() -> tuple[str, ...]:
    """Names of the schemes that the program brings."""
    return tuple(_data("skema")["skema"])


def fungsi_names() -> dict[str, str]:
    """Codes of the functions and what they stand for."""
    return dict(_data("skema")["fungsi"])


@dataclass(frozen=True, slots=True)
class RawPlan:
    """A plan as its file has it: rows with their places, and settings as a TOML document would have them."""

    path: Path
    rows: tuple[tuple[Baris, Callable[[str], str | None]], ...]
    settings: Mapping[str, Any]
    lembar: str | None  # the sheet of the rows; None in a CSV


def read_plan(path: Path) -> tuple[Rkt, list[Problem]]:
    """A checked plan with its warnings; raises `Refused` with every problem where it cannot be used."""
    raw = _read_raw(path)
    problems: list[Problem] = []
    identitas, sub_bagian, aturan = _Settings(raw, problems).read()
    rows = _Rows(raw, identitas.tahun, sub_bagian, aturan, problems)
    sasaran = rows.read()
    if any(p.putusan is TOLAK for p in problems):
        raise Refused(*problems)
    return Rkt(identitas, sasaran, sub_bagian, aturan), problems


# --- reading the file ---------------------------------------------------------------------------------------------


def _read_raw(path: Path) -> RawPlan:
    if not path.is_file():
        raise Refused(Problem(Message.S01, str(path)))
    readers = {".xlsx": _read_xlsx, ".csv": _read_csv}
    if path.suffix.lower() not in readers:
        raise Refused(Problem(Message.S02, path.name, values={"jenis": path.suffix or "tanpa akhiran", "daftar": ".xlsx atau .csv"}))
    try:
        return readers[path.suffix.lower()](path)
    except OSError as error:
        raise Refused(Problem(Message.S03, path.name, values={"sebab": error.strerror or "tidak dapat dibuka"})) from error
    except (zipfile.BadZipFile, KeyError, ValueError, csv.Error) as error:
        cause = "isinya bukan tabel rencana yang utuh"
        raise Refused(Problem(Message.S03, path.name, values={"sebab": cause})) from error


def _read_csv(path: Path) -> RawPlan:
    text = path.read_bytes().decode("utf-8-sig")
    dialect = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t") if text.strip() else csv.excel()
    table = list(csv.reader(io.StringIO(text, newline=""), dialect))
    headings = [clean(h).lower() for h in table[0]] if table else []
    _require(path, headings)
    rows: list[tuple[Baris, Callable[[str], str | None]]] = []
    for n, line in enumerate(table[1:], 2):
        if any(clean(c) for c in line):
            cells: Baris = {h: clean(c) or None for h, c in zip(headings, line, strict=False)}
            rows.append((_plain_numbers(cells), lambda column, n=n: f"baris {n}, kolom {column}"))  # type: ignore[misc]
    beside = path.with_suffix(".toml")
    settings = tomllib.loads(beside.read_text("utf-8")) if beside.is_file() else {}
    return RawPlan(path, tuple(rows), settings, None)


def _plain_numbers(cells: Baris) -> Baris:
    """Numbers of a CSV: 97.5 as programs write it, or 97,5 and 2.498 as people do."""
    return {c: _number(v) if c in ANGKA else v for c, v in cells.items()}


def _number(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        plain = float(value)
    except ValueError:
        read = read_document(value.removesuffix("%").strip())
        return value if read is None else read
    return plain if abs(plain) < float("inf") else value


def _require(path: Path, headings: Sequence[str]) -> None:
    missing = [c for c in WAJIB if c not in headings]
    if missing:
        raise Refused(Problem(Message.P05, path.name, values={"kolom": ", ".join(missing), "wajib": ", ".join(WAJIB)}))


def _read_xlsx(path: Path) -> RawPlan:
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[LEMBAR_RENCANA] if LEMBAR_RENCANA in book.sheetnames else book.worksheets[0]
    lines = list(sheet.iter_rows())
    top = next((n for n, line in enumerate(lines) if {"id", "indikator"} <= {_heading(c) for c in line}), 0)
    headings = [_heading(c) for c in lines[top]] if lines else []
    _require(path, headings)
    rows: list[tuple[Baris, Callable[[str], str | None]]] = []
    for line in lines[top + 1 :]:
        cells = {h: _cell_value(c) for h, c in zip(headings, line, strict=True) if h}
        if any(v is not None for v in cells.values()):
            where = {h: c.coordinate for h, c in zip(headings, line, strict=True) if h}
            rows.append((_plain_numbers(cells), where.get))
    return RawPlan(path, tuple(rows), _sheet_settings(book), sheet.title)


def _heading(cell: XlsxCell) -> str:
    """Column name of a heading: the plan form writes the name as a program knows it into the hidden row."""
    return clean(str(cell.value)).lower() if cell.value is not None else ""


def _cell_value(cell: XlsxCell) -> Value:
    """A number with a per cent format in points; text without what cannot be seen."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return float(f"{value * 100:.15g}") if "%" in str(cell.number_format) else float(value)
    return None if value is None else clean(str(value)) or None


def _sheet_settings(book: openpyxl.Workbook) -> dict[str, Any]:
    """Settings of a plan workbook in the shape of the TOML document."""
    settings: dict[str, Any] = {}
    if LEMBAR_IDENTITAS in book.sheetnames:
        settings["identitas"] = {str(k): v for k, v in _pairs(book[LEMBAR_IDENTITAS])}
    if LEMBAR_SUB_BAGIAN in book.sheetnames:
        table = _tables(book[LEMBAR_SUB_BAGIAN]).get("sub_bagian", [])
        settings["sub_bagian"] = [
            {"kode": r[0], "nama": r[1], "fungsi": re.findall(r"\w+", str(r[2] or ""))} for r in table
        ]
    if LEMBAR_ATURAN in book.sheetnames:
        settings["aturan"] = {str(k): v for k, v in _pairs(book[LEMBAR_ATURAN])} | {
            heading: rows for heading, rows in _tables(book[LEMBAR_ATURAN]).items()
        }
    return settings


def _pairs(sheet: Any) -> Iterator[tuple[Value, Value]]:
    """Settings of a sheet: the name as a program knows it in column A (hidden), the value in column C."""
    for line in sheet.iter_rows(min_col=1, max_col=3):
        name, value = _cell_value(line[0]), line[2].value
        if isinstance(name, str) and not name.startswith("tabel:"):
            yield name, clean(value) if isinstance(value, str) else value


def _tables(sheet: Any) -> dict[str, list[list[Value]]]:
    """Tables of a sheet: rows whose column A says "tabel:NAME"; their cells from column B on."""
    tables: dict[str, list[list[Value]]] = {}
    for line in sheet.iter_rows():
        name = _cell_value(line[0])
        cells = [_cell_value(c) for c in line[1:4]]
        if isinstance(name, str) and name.startswith("tabel:") and any(c is not None for c in cells):
            tables.setdefault(name.removeprefix("tabel:"), []).append(cells)
    return tables


# --- settings -----------------------------------------------------------------------------------------------------


class _Settings:
    """Identity, sub-bagian and rules of a plan, each fault with the sheet where it stands."""

    def __init__(self, raw: RawPlan, problems: list[Problem]) -> None:
        self.raw = raw
        self.problems = problems

    def read(self) -> tuple[Identitas, tuple[SubBagian, ...], Aturan]:
        return self._identitas(), self._sub_bagian(), self._aturan()

    def _wrong(self, sheet: str, what: str, found: object, cure: str) -> None:
        values = {"apa": what, "lembar_rencana": sheet, "isi_kolom": found, "cara": cure}
        self.problems.append(Problem(Message.P13, self.raw.path.name, sheet, values=values))

    def _identitas(self) -> Identitas:
        given = {k: v for k, v in self.raw.settings.get("identitas", {}).items() if v not in (None, "")}
        if "tahun" not in given or "kantor" not in given:
            given = {"kantor": "KPU (nama kantor belum diisi)", "tahun": datetime.date.today().year} | given
            where = self.raw.path.with_suffix(".toml").name if self.raw.lembar is None else f"lembar {LEMBAR_IDENTITAS}"
            values = {"kantor": given["kantor"], "tahun": given["tahun"], "tempat": where}
            self.problems.append(Problem(Message.P12, self.raw.path.name, values=values))
        return Identitas(
            kantor=str(given["kantor"]),
            tahun=self._whole("tahun", given["tahun"], 2000, 2100, "Tulis tahunnya, misalnya 2024."),
            triwulan=self._whole("triwulan", given.get("triwulan", 1), 1, 4, "Tulis 1, 2, 3, atau 4."),
            tempat=str(given.get("tempat", "")),
            pejabat=str(given.get("pejabat", "")),
            jabatan=str(given.get("jabatan", "Sekretaris")),
            contoh=str(given.get("contoh", "tidak")).lower() in ("ya", "true"),
        )

    def _whole(self, name: str, found: object, low: int, high: int, cure: str) -> int:
        number = _number(str(found)) if isinstance(found, str) else found
        if isinstance(number, (int, float)) and number == int(number) and low <= number <= high:
            return int(number)
        self._wrong(LEMBAR_IDENTITAS, name.capitalize(), found, cure)
        return low

    def _sub_bagian(self) -> tuple[SubBagian, ...]:
        given = self.raw.settings.get("sub_bagian")
        name = str(self.raw.settings.get("skema", "pkpu14-2020"))
        if not given and name not in skema_names():
            self._wrong(LEMBAR_SUB_BAGIAN, "Skema", name, f"Pilih salah satu: {', '.join(skema_names())}.")
            name = "pkpu14-2020"
        rows = given or skema(name)
        sub_bagian = [SubBagian(str(s["kode"]), str(s["nama"]), tuple(s["fungsi"])) for s in rows]
        for s in sub_bagian:
            if not re.fullmatch(r"[A-Za-z0-9]{1,12}", s.kode):
                self._wrong(LEMBAR_SUB_BAGIAN, "Kode sub-bagian", s.kode, "Tulis 1 sampai 12 huruf atau angka, misalnya KUL.")
        owned = [f for s in sub_bagian for f in s.fungsi]
        for fungsi in sorted({f for f in owned if owned.count(f) > 1}):
            values = {"isi_kolom": fungsi}
            self.problems.append(Problem(Message.P16, self.raw.path.name, LEMBAR_SUB_BAGIAN, values=values))
        return tuple(sub_bagian)

    def _aturan(self) -> Aturan:
        given = default_aturan() | {k: v for k, v in self.raw.settings.get("aturan", {}).items() if v not in (None, "")}
        cap = given["cap"]
        if not isinstance(cap, (int, float)) or isinstance(cap, bool) or not 1 <= cap <= 10:
            self._wrong(LEMBAR_ATURAN, "Batas capaian", cap, "Tulis persen dari 100% sampai 1000%, misalnya 120%.")
            cap = 1.2
        nihil = str(given["nihil_100"]).lower()
        try:
            return Aturan(
                float(cap),
                nihil in ("ya", "true"),
                self._scale("kategori", given["kategori"]),
                tuple((str(k).upper(), int(r), float(b)) for k, r, b, *_ in given["predikat"]),
                tuple((str(k).upper(), int(t)) for k, t, *_ in given["opini"]),
            )
        except (TypeError, ValueError):
            self._wrong(LEMBAR_ATURAN, "Tabel", "ada sel kosong atau bukan angka", "Lengkapi setiap baris tabel seperti contoh bawaan.")
            return _aturan_of(default_aturan())

    def _scale(self, name: str, rows: Iterable[Sequence[Any]]) -> tuple[tuple[float, str], ...]:
        scale = tuple((float(b), str(n)) for b, n, *_ in rows)
        bounds = [b for b, _ in scale]
        if not scale or bounds[0] != 0 or bounds != sorted(set(bounds)):
            self._wrong(LEMBAR_ATURAN, f"Skala {name}", bounds, "Batas bawah harus mulai dari 0 dan naik, misalnya 0, 51, 66, 76, 91.")
            return _aturan_of(default_aturan()).kategori
        return scale


def _aturan_of(given: Mapping[str, Any]) -> Aturan:
    return Aturan(
        float(given["cap"]),
        bool(given["nihil_100"]),
        tuple((float(b), str(n)) for b, n in given["kategori"]),
        tuple((str(k), int(r), float(b)) for k, r, b in given["predikat"]),
        tuple((str(k), int(t)) for k, t in given["opini"]),
    )


# --- rows ---------------------------------------------------------------------------------------------------------


class _Rows:
    """Rows of a plan into sasaran and indikator; every fault of every row is told at once."""

    def __init__(
        self, raw: RawPlan, tahun: int, sub_bagian: tuple[SubBagian, ...], aturan: Aturan, problems: list[Problem]
    ) -> None:
        self.raw = raw
        self.tahun = tahun
        self.fungsi = [f for s in sub_bagian for f in s.fungsi]
        self.words = {Tipe.PREDIKAT: [k for k, *_ in aturan.predikat], Tipe.OPINI: [k for k, *_ in aturan.opini]}
        self.problems = problems
        self.row: Baris = {}
        self.place: Callable[[str], str | None] = lambda column: None

    def read(self) -> tuple[Sasaran, ...]:
        found: dict[str, Indikator] = {}
        heads: dict[int, tuple[Tingkat, str]] = {}
        for row, place in self.raw.rows:
            self.row, self.place = complete(row, self.tahun), place
            before = len(self.problems)
            indikator = self._indikator()
            if indikator is None or len(self.problems) > before:
                continue
            if indikator.id in found:
                self._wrong(Message.P01, "id", id=indikator.id, baris=place("id"))
                continue
            found[indikator.id] = indikator
            self._note_head(heads, int(indikator.id[1:].split("-")[0]))
        if not self.raw.rows:
            self.problems.append(Problem(Message.P11, self.raw.path.name, self.raw.lembar))
        self._note_doubts(found.values())
        numbers = sorted({int(id[1:].split("-")[0]) for id in found})
        return tuple(Sasaran(n, *heads[n], self._in_order(found, n)) for n in numbers)

    def _in_order(self, found: Mapping[str, Indikator], nomor: int) -> tuple[Indikator, ...]:
        own = [i for id, i in found.items() if int(id[1:].split("-")[0]) == nomor]
        return tuple(sorted(own, key=lambda i: int(i.id.split("-I")[1])))

    def _note_head(self, heads: dict[int, tuple[Tingkat, str]], nomor: int) -> None:
        head = (Tingkat(str(self.row["tingkat"])), str(self.row["sasaran"]))
        if heads.setdefault(nomor, head) != head:
            self._wrong(Message.P15, "sasaran", id=f"S{nomor:02d}")

    def _note_doubts(self, indikator: Iterable[Indikator]) -> None:
        doubtful = [i.id for i in indikator if i.needs_konfirmasi]
        if doubtful:
            values = {"jumlah": len(doubtful), "daftar": ", ".join(doubtful)}
            self.problems.append(Problem(Message.P14, self.raw.path.name, self.raw.lembar, values=values))

    def _wrong(self, message: Message, column: str, **values: object) -> None:
        found = self.row.get(column)
        shown = "" if found is None else write_number(found) if isinstance(found, float) else str(found)
        values = {"kolom": column, "isi_kolom": shown, **values}
        self.problems.append(Problem(message, self.raw.path.name, self.raw.lembar, self.place(column) or self.place("id"), values=values))

    def _text(self, column: str) -> str:
        return str(self.row.get(column) or "")

    def _choice(self, kind: type[E], column: str) -> E | None:
        try:
            return kind(self._text(column).lower())
        except ValueError:
            self._wrong(Message.P02, column, daftar=", ".join(kind))
            return None

    def _indikator(self) -> Indikator | None:
        if not self._is_whole():
            return None
        tipe, polaritas = self._choice(Tipe, "tipe"), self._choice(Polaritas, "polaritas") if self._text("tipe") in list(Tipe) else None
        if tipe is None or polaritas is None:
            return None
        isian, konsolidasi = self._choice(Isian, "isian"), self._choice(Konsolidasi, "konsolidasi")
        hitungan = self._choice(Hitungan, "hitungan") if self._text("hitungan") else None
        tingkat = self._choice(Tingkat, "tingkat")
        nilai = self._target(tipe, "nilai")
        if isian is None or konsolidasi is None or tingkat is None or nilai is None:
            return None
        self._check_fungsi()
        self._check_rule(tipe, isian, konsolidasi)
        triwulan = tuple(self._target(tipe, f"tw{j}") if self.row.get(f"tw{j}") not in (None, "") else None for j in TRIWULAN)
        indikator = Indikator(
            id=self._text("id"), teks=self._text("indikator"), target=self._text("target") or self._shown(tipe, nilai),
            tipe=tipe, nilai=nilai, satuan=self._text("satuan") or ("%" if tipe is Tipe.PERSENTASE else ""),
            fungsi=self._text("fungsi"), polaritas=polaritas, isian=isian, konsolidasi=konsolidasi, hitungan=hitungan,
            min_sah=self._limit("min_sah"), maks_sah=self._limit("maks_sah"), boleh_nihil=self._flag("boleh_nihil"),
            batas_capaian=self._limit("batas_capaian"), toleransi=self._limit("toleransi"),
            tahun_data=self._year(), target_triwulan=triwulan, usulan=self._flag("usulan"), ragu=self._ragu(),
            keraguan=self._text("keraguan"), catatan=self._text("catatan"),
        )  # fmt: skip
        self._check_bounds(indikator)
        self._check_triwulan(indikator)
        return indikator

    def _is_whole(self) -> bool:
        """The row is an indikator at all: settled, with a code, texts, a type and a target."""
        before = len(self.problems)
        if Ragu.BARIS in self._text("ragu").split():
            self._wrong(Message.P07, "ragu", keraguan=self._text("keraguan") or "lihat dokumennya")
            return False
        for column, example in (("sasaran", "Terwujudnya …"), ("indikator", "Persentase …"), ("tipe", "persentase"), ("nilai", "97,5")):
            if not self._text(column) and self.row.get(column) != 0:
                self._wrong(Message.P04, column, contoh=example)
        if not _ID.fullmatch(self._text("id")):
            self._wrong(Message.P06, "id")
        return len(self.problems) == before

    def _shown(self, tipe: Tipe, nilai: float | str) -> str:
        number = nilai if isinstance(nilai, str) else write_number(nilai)
        return f"{number}%" if tipe is Tipe.PERSENTASE else " ".join(p for p in (number, self._text("satuan") if tipe is Tipe.JUMLAH else "") if p)

    def _target(self, tipe: Tipe, column: str) -> float | str | None:
        """The target in this column as its type wants it."""
        found = self.row.get(column)
        if tipe.is_word:
            word = str(found or "").upper()
            if word in self.words[tipe]:
                return word
            self._wrong(Message.P03, column, tipe=tipe, cara=f"Pilih salah satu: {', '.join(self.words[tipe])}.")
            return None
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            if found >= 0 and (tipe is not Tipe.JUMLAH or found == int(found)):
                return float(found)
            self._wrong(Message.P03, column, tipe=tipe, cara="Tulis bilangan bulat 0 atau lebih, misalnya 12." if tipe is Tipe.JUMLAH else "Tulis angka 0 atau lebih, misalnya 97,5.")
            return None
        self._wrong(Message.P03, column, tipe=tipe, cara="Tulis angkanya saja, misalnya 97,5; satuannya di kolom satuan.")
        return None

    def _limit(self, column: str) -> float | None:
        found = self.row.get(column)
        if found in (None, ""):
            return None
        if isinstance(found, (int, float)):
            return float(found)
        self._wrong(Message.P02, column, daftar="sebuah angka, misalnya 100")
        return None

    def _year(self) -> int | None:
        year = self._limit("tahun_data")
        return None if year is None else int(year)

    def _flag(self, column: str) -> bool:
        word = self._text(column).lower()
        if word not in ("", "ya", "tidak", "1", "0", "1.0", "0.0", "true", "false"):
            self._wrong(Message.P02, column, daftar="ya, tidak")
        return word in ("ya", "1", "1.0", "true")

    def _ragu(self) -> frozenset[Ragu]:
        words = re.findall(r"[\w-]+", self._text("ragu").lower())
        if any(w not in list(Ragu) for w in words):
            self._wrong(Message.P02, "ragu", daftar=", ".join(Ragu))
            return frozenset()
        return frozenset(Ragu(w) for w in words)

    def _check_fungsi(self) -> None:
        if self._text("fungsi") not in self.fungsi:
            self._wrong(Message.P10, "fungsi", daftar=", ".join(self.fungsi))

    def _check_rule(self, tipe: Tipe, isian: Isian, konsolidasi: Konsolidasi) -> None:
        """Which period rules make sense for which targets (DOMAIN 5)."""
        cure = ""
        if tipe.is_word and (konsolidasi is not Konsolidasi.LAST or isian is not Isian.LANGSUNG):
            cure = "Untuk predikat dan opini pakai konsolidasi last dan isian langsung."
        elif isian is Isian.RASIO and tipe is not Tipe.PERSENTASE:
            cure = "Isian rasio hanya untuk tipe persentase; pakai langsung."
        elif konsolidasi is Konsolidasi.RAW and isian is not Isian.RASIO:
            cure = "Konsolidasi raw memerlukan isian rasio."
        elif konsolidasi is Konsolidasi.SUM and isian is Isian.RASIO:
            cure = "Hasil bagi tidak boleh dijumlahkan; pakai raw, last, atau average."
        if cure:
            self._wrong(Message.P09, "konsolidasi", konsolidasi=konsolidasi, tipe=tipe, isian=isian, cara=cure)

    def _check_bounds(self, i: Indikator) -> None:
        """The target lies within what an entry may be; otherwise no entry could reach it."""
        if isinstance(i.nilai, str):
            return
        low, high = i.min_sah, i.maks_sah
        if (low is not None and i.nilai < low) or (high is not None and i.nilai > high):
            limits = " sampai ".join(write_number(x) for x in (low, high) if x is not None)
            self._wrong(Message.P03, "nilai", tipe=i.tipe, cara=f"Target harus di antara min_sah dan maks_sah ({limits}).")

    def _check_triwulan(self, i: Indikator) -> None:
        """sum: T1 + .. + T4 = T; last and raw: T4 = T; average: mean = T (DOMAIN 5)."""
        last = i.targets_to_date()[-1]
        same = last == i.nilai or (
            isinstance(last, float) and isinstance(i.nilai, float) and abs(last - i.nilai) <= _TOLERANCE * max(1, abs(i.nilai))
        )
        if same:
            return
        told = {
            Konsolidasi.SUM: "Jumlah keempat triwulan harus sama dengan target tahunan.",
            Konsolidasi.AVERAGE: "Rata-rata triwulan harus sama dengan target tahunan.",
        }.get(i.konsolidasi, "Target TW IV harus sama dengan target tahunan.")
        shown = [x if isinstance(x, str) else "kosong" if x is None else write_number(x) for x in (last, i.nilai)]
        self._wrong(Message.P08, "tw4", rincian=f"s.d. TW IV {shown[0]}, setahun {shown[1]}", cara=told)


# --- writing a CSV ------------------------------------------------------------------------------------------------


def as_row(sasaran: Sasaran, i: Indikator) -> Baris:
    """An indikator as a row of a plan."""
    return {
        "id": i.id, "tingkat": sasaran.tingkat, "sasaran": sasaran.teks, "indikator": i.teks, "target": i.target,
        "tipe": i.tipe, "nilai": i.nilai, "satuan": i.satuan, "fungsi": i.fungsi, "polaritas": i.polaritas,
        "isian": i.isian, "konsolidasi": i.konsolidasi, "hitungan": i.hitungan,
        **{f"tw{j}": t for j, t in zip(TRIWULAN, i.target_triwulan, strict=True)},
        "min_sah": i.min_sah, "maks_sah": i.maks_sah, "boleh_nihil": "ya" if i.boleh_nihil else "tidak",
        "batas_capaian": i.batas_capaian, "toleransi": i.toleransi, "tahun_data": i.tahun_data,
        "usulan": "ya" if i.usulan else "tidak", "ragu": " ".join(sorted(i.ragu)), "keraguan": i.keraguan,
        "catatan": i.catatan,
    }  # fmt: skip


def csv_text(rows: Iterable[Baris]) -> str:
    """Rows of a plan as CSV, numbers with a point (97.5)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(KOLOM)
    for row in rows:
        writer.writerow([_csv_cell(row.get(c)) for c in KOLOM])
    return out.getvalue()


def _csv_cell(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


def toml_text(identitas: Identitas, skema: str = "pkpu14-2020") -> str:
    """Settings beside a CSV plan."""
    lines = [f'skema = "{skema}"', "", "[identitas]"]
    texts = {"kantor": identitas.kantor, "tempat": identitas.tempat, "pejabat": identitas.pejabat, "jabatan": identitas.jabatan}
    escaped = {k: v.replace("\\", "\\\\").replace('"', '\\"') for k, v in texts.items()}
    lines += [f'{k} = "{v}"' for k, v in escaped.items()]
    lines += [f"tahun = {identitas.tahun}", f"triwulan = {identitas.triwulan}"]
    return "\n".join(lines) + "\n"
