"""Opens a returned workbook and takes from it what people typed, with every problem and its place.

The one door to files of strangers: `read_kiriman`. Rows are found by their hidden key, columns by their
headings; locked cells are compared with the plan and never believed; formulas are computed anew.
"""

from __future__ import annotations

import hashlib
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell as XlsxCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from builder import capaian
from builder.angka import clean, write_number
from builder.capaian import PERIODE, TAHUN
from builder.expr import Evaluation, Key, Value
from builder.identitas import (
    AWALAN_PROPERTI,
    BUKU_KERJA,
    LEMBAR_META,
    NAMA_KIRIMAN,
    NAMA_TRIWULAN,
    VERSI,
    Tanda,
    make_tanda,
    susunan,
)
from builder.isian import Content, Terbaca, explain_pair, read_number, read_text
from builder.layout import Book, Role, address, row_key
from builder.masalah import Message, Problem, Putusan, Refused, heaviest
from builder.rkt import TRIWULAN, Indikator, Isian, Rkt, SubBagian

_ROW_KEY = re.compile(r"S\d{2,3}-I\d{1,2}\|(TW[1-4]|TAHUN|JUDUL|KEPALA)")
_TEKS = ("kendala", "tindak_lanjut", "data_dukung")
_COMPARED = ("sd", "capaian")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry cell as returned: what was read, where it stood, what was found there."""

    key: Key
    value: Value  # per cent as a fraction; None where blank or held
    lembar: str
    sel: str
    isi: str
    ditahan: bool = False

    @property
    def shown(self) -> Value:
        """What the konsolidasi puts into the cell: the value; where it is held, what was found, as no answer."""
        return f"ditahan: {self.isi}" if self.ditahan and self.value is None else self.value


@dataclass(slots=True)
class Kiriman:
    """One returned file: identity, entries, problems."""

    berkas: str  # its name
    sha256: str = ""
    tanda: Tanda | None = None
    sub_bagian: SubBagian | None = None
    nomor: int = 1  # "Kiriman ke-"
    triwulan: int | None = None  # as set in the file
    entries: dict[Key, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def status(self) -> str:
        """diterima, peringatan, ditahan or ditolak: the weightiest verdict."""
        worst = heaviest(self.problems)
        return "diterima" if worst is Putusan.CATAT else str(worst)

    @property
    def terisi(self) -> int:
        """How many entry cells hold a value."""
        return sum(e.value is not None or e.ditahan for e in self.entries.values())

    def as_json(self) -> dict[str, Any]:
        """The file as `--json` and LAPORAN give it."""
        return {"berkas": self.berkas, "status": self.status, "masalah": [p.as_json() for p in self.problems]}


def read_kiriman(path: Path, rkt: Rkt, make_book: Callable[[SubBagian], Book]) -> Kiriman:
    """Read one returned file; whatever is wrong with it stands in its problems, nothing is raised.

    `make_book` gives the buku kerja as the plan would make it today.
    """
    kiriman = Kiriman(path.name)
    try:
        kiriman.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        file = _open(path)
        kiriman.tanda = _identity(file, path.name)
        kiriman.sub_bagian = _check_identity(kiriman.tanda, rkt, path.name)
    except Refused as refused:
        kiriman.problems += refused.problems
        return kiriman
    except OSError as error:
        kiriman.problems.append(
            Problem(Message.J04, path.name, values={"sebab": error.strerror or "tidak dapat dibuka"})
        )
        return kiriman
    _Reader(kiriman, file, rkt, make_book(kiriman.sub_bagian)).read()
    kiriman.problems.sort(key=lambda p: (-p.putusan.berat, p.lembar or "", _natural(p.sel), p.kode))
    return kiriman


def peek_tanda(path: Path) -> Tanda | None:
    """The identity of a file if it is one of ours; None for anything else."""
    try:
        return _identity(_open(path), path.name)
    except (Refused, OSError):
        return None


def _natural(cell: str | None) -> tuple[int, str]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell or "")
    return (int(match[2]), match[1]) if match else (0, cell or "")


# --- opening ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    formulas: Workbook  # formulas as text
    values: Workbook  # their stored results


_FOREIGN = {
    ".ods": "LibreOffice (.ods)", ".xlsb": ".xlsb", ".csv": ".csv", ".pdf": "PDF", ".doc": "Word", ".docx": "Word",
    ".numbers": "Numbers", ".zip": ".zip", ".rar": ".rar", ".jpg": "gambar", ".jpeg": "gambar", ".png": "gambar",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"


def _open(path: Path) -> _File:
    """The workbook, once with formulas and once with their results; raises Refused for what is none."""
    start = path.read_bytes()
    _check_kind(path, start)
    try:
        with zipfile.ZipFile(path) as package:
            if any("vbaproject" in name.lower() for name in package.namelist()):
                raise Refused(Problem(Message.H01, path.name))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl does not keep: nothing of ours
            return _File(openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True))
    except (Refused, OSError):
        raise
    except Exception as error:
        # A stranger's file can fail anywhere in the library; whatever it was, the file is not a workbook of ours.
        raise Refused(Problem(Message.G03, path.name)) from error


def _check_kind(path: Path, content: bytes) -> None:
    suffix = path.suffix.lower()
    if not content:
        raise Refused(Problem(Message.J01, path.name))
    if content.startswith(_OLE):
        crypt = "EncryptedPackage".encode("utf-16-le") in content
        raise Refused(Problem(Message.H13 if crypt else Message.G01, path.name))
    if suffix in _FOREIGN or suffix == ".xls":
        raise Refused(Problem(Message.G02, path.name, values={"format": _FOREIGN.get(suffix, suffix)}))
    if not content.startswith(b"PK"):
        raise Refused(Problem(Message.G03, path.name))


def _identity(file: _File, name: str) -> Tanda:
    """The identity on the hidden sheet, checked against the document's properties where it still has them."""
    carried: dict[str, str] = {}
    if LEMBAR_META in file.values.sheetnames:
        for line in file.values[LEMBAR_META].iter_rows(max_col=2, max_row=40):
            if line[0].value is not None and line[1].value is not None:
                carried[str(line[0].value)] = str(line[1].value)
    properties = {
        p.name.removeprefix(AWALAN_PROPERTI): str(p.value)
        for p in file.values.custom_doc_props.props  # type: ignore[attr-defined]
        if p.name and p.name.startswith(AWALAN_PROPERTI)
    }
    tanda = Tanda.from_dict(carried or properties)
    if tanda is None:
        raise Refused(Problem(Message.A03, name, values={"tahun": "…"}))
    differing = sorted(k for k, v in properties.items() if carried.get(k, v) != v)
    if differing:
        detail = "; ".join(f"{k}: «{carried[k]}» dan «{properties[k]}»" for k in differing)
        raise Refused(Problem(Message.A04, name, LEMBAR_META, values={"rincian": detail}))
    return tanda


def _check_identity(tanda: Tanda, rkt: Rkt, name: str) -> SubBagian:
    """The sub-bagian that the file belongs to; raises Refused where it belongs to another plan."""
    ours = make_tanda(rkt, BUKU_KERJA)
    checks: tuple[tuple[bool, Message, dict[str, Any]], ...] = (
        (tanda.jenis != BUKU_KERJA, Message.A03, {"tahun": ours.tahun}),
        (tanda.versi != VERSI, Message.A10, {"ada": tanda.versi, "versi": VERSI}),
        (tanda.tahun != ours.tahun, Message.A07, {"ada": tanda.tahun, "tahun": ours.tahun}),
        (tanda.kantor != ours.kantor, Message.A06, {"pemilik": tanda.kantor, "kantor": ours.kantor}),
        (tanda.contoh == "ya" and ours.contoh != "ya", Message.A12, {}),
    )
    for failed, message, values in checks:
        if failed:
            raise Refused(Problem(message, name, values=values))
    for sub_bagian in rkt.sub_bagian:
        if sub_bagian.kode == tanda.sub_bagian:
            return sub_bagian
    raise Refused(Problem(Message.A08, name, values={"kode": tanda.sub_bagian}))


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _At:
    """A place in the returned file; rows and columns count from 1, as openpyxl does."""

    lembar: str
    row: int
    column: int


class _Reader:
    """Walks the form as the plan would make it, and takes each entry from where its key stands in the file."""

    def __init__(self, kiriman: Kiriman, file: _File, rkt: Rkt, book: Book) -> None:
        self.kiriman = kiriman
        self.file = file
        self.rkt = rkt
        self.book = book
        self.found = self._find_rows()
        self.own = {k.id for k, _ in book.entry_places() if rkt.find_indikator(k.id)}

    def read(self) -> None:
        if self.kiriman.tanda and self.kiriman.tanda.susunan != make_tanda(self.rkt, BUKU_KERJA).susunan:
            self._note(Message.A13)
        self.kiriman.triwulan = self._setting(NAMA_TRIWULAN, 4)
        self.kiriman.nomor = self._setting(NAMA_KIRIMAN, 999) or 1
        for indikator in self.rkt.indikator:
            if indikator.id in self.own:
                self._read_indikator(indikator)
        for id in sorted({key.split("|")[0] for key in self.found} - self.own):
            self._note_unknown(id)
        self._note_outside()
        if not self.kiriman.terisi:
            self._note(Message.A11)

    # --- places ---------------------------------------------------------------------------------------------------

    def _find_rows(self) -> dict[str, list[_At]]:
        found: dict[str, list[_At]] = defaultdict(list)
        for sheet in self.file.formulas.worksheets:
            for cell in _filled(sheet):
                if isinstance(cell.value, str) and _ROW_KEY.fullmatch(cell.value):
                    found[cell.value].append(_At(sheet.title, cell.row, cell.column))
        return dict(found)

    def _note(
        self,
        message: Message,
        at: _At | None = None,
        isi: str | None = None,
        tujuan: tuple[str, str] | None = None,
        **values: Any,
    ) -> None:
        lembar, sel = (at.lembar, address(at.row - 1, at.column - 1)) if at else (None, None)
        self.kiriman.problems.append(Problem(message, self.kiriman.berkas, lembar, sel, isi, values, tujuan))

    def _content(self, at: _At) -> Content:
        cell = self.file.formulas[at.lembar].cell(at.row, at.column)
        stored = self.file.values[at.lembar].cell(at.row, at.column)
        value, formula = cell.value, None
        if cell.data_type == "f":
            formula = value if isinstance(value, str) else f"={getattr(value, 'text', '') or '{…}'}"
            value = stored.value
        return Content(value, formula, stored.data_type == "e", str(cell.number_format))

    def _setting(self, name: str, high: int) -> int | None:
        """A whole number of the sheet Petunjuk, by its defined name, else where the form has it."""
        key = next(k for k, p in self.book.entry_places() if p.cell.name == name)
        place = self.book.places[key]
        at = _At(place.sheet, place.cell.row + 1, place.cell.column + 1)
        if name in self.file.formulas.defined_names:
            for sheet, cell in self.file.formulas.defined_names[name].destinations:
                if sheet in self.file.formulas.sheetnames:
                    corner = self.file.formulas[sheet][cell.replace("$", "")]
                    at = _At(sheet, corner.row, corner.column)
        if at.lembar not in self.file.values.sheetnames:
            return None
        value = self.file.values[at.lembar].cell(at.row, at.column).value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
            return None
        return int(value) if 1 <= value <= high else None

    # --- one indikator --------------------------------------------------------------------------------------------

    def _read_indikator(self, i: Indikator) -> None:
        rows = {b: self._row(i, b) for b in ("JUDUL", "KEPALA", *PERIODE)}
        title, head = rows["JUDUL"], rows["KEPALA"]
        if head is None or all(rows[p] is None for p in PERIODE):
            return
        if title and not self._is_same_structure(i, title):
            self._hold_all(i, rows, head)
            return
        columns = self._columns(i, head)
        raw: dict[Key, Value] = {}
        for j in TRIWULAN:
            at = rows[f"TW{j}"]
            if at is not None:
                self._read_row(i, j, at, columns, raw)
        self._check_pairs(i)
        if title:
            self._compare_texts(i, title, rows, columns)
        self._compare_formulas(i, rows, columns, raw)

    def _row(self, i: Indikator, baris: str) -> _At | None:
        """Where a row stands; held where its key is missing, stands twice, or its label says another row."""
        key = row_key(i.id, baris)
        at = self.found.get(key, [])
        if not at:
            self._note_missing(i, baris)
            return None
        if len(at) > 1:
            places = ", ".join(f"{a.lembar}!{address(a.row - 1, a.column - 1)}" for a in at)
            self._note(Message.B07, at[1], tujuan=(i.id, baris), tempat=places, kunci=f"{i.id} {baris}")
            self._hold_row(i, baris, at[0])
            return None
        self._note_moved(i, baris, at[0])
        return at[0]

    def _note_missing(self, i: Indikator, baris: str) -> None:
        """Once per indikator where its whole card is gone."""
        told = [
            p for p in self.kiriman.problems if p.message is Message.B06 and p.tujuan and p.tujuan[0] == i.id
        ]
        if told:
            return
        gone = not any(key.startswith(f"{i.id}|") for key in self.found)
        place = self.book.places[Key(i.id, "TW1", "kunci")].sheet
        self.kiriman.problems.append(
            Problem(
                Message.B06,
                self.kiriman.berkas,
                place,
                values={"kunci": i.id if gone else f"{i.id} {baris}"},
                tujuan=(i.id, baris),
            )
        )

    def _note_moved(self, i: Indikator, baris: str, at: _At) -> None:
        if baris != "JUDUL" or Key(i.id, "JUDUL", "indikator") not in self.book.places:
            return
        place = self.book.places[Key(i.id, "JUDUL", "indikator")]
        if (place.sheet, place.cell.row + 1) != (at.lembar, at.row):
            self._note(
                Message.B05,
                at,
                tujuan=(i.id, "TW1"),
                dari=f"{place.sheet}!{place.cell.row + 1}",
                ke=f"{at.lembar}!{at.row}",
                kunci=i.id,
            )

    def _columns(self, i: Indikator, head: _At) -> dict[str, int]:
        """Column of each entry and formula, by the headings above the card's rows."""
        sheet = self.file.formulas[head.lembar]
        headings: dict[str, list[int]] = defaultdict(list)
        for cell in sheet[head.row]:
            if isinstance(cell.value, str):
                headings[clean(cell.value).casefold()].append(cell.column)
        columns: dict[str, int] = {}
        for column in self.book.row_columns:
            at = headings.get(column.heading.casefold(), []) if column.heading else []
            if len(at) == 1:
                columns[column.name] = at[0]
            elif (
                Key(i.id, "TW1", column.name) in self.book.places
                and column.role is Role.ENTRY
                and self._is_entry(i, column.name)
            ):
                self._note(Message.B10, head, tujuan=(i.id, "TW1"), kolom=column.heading, kunci=i.id)
        return columns

    def _is_entry(self, i: Indikator, column: str) -> bool:
        place = self.book.places.get(Key(i.id, "TW1", column))
        return place is not None and place.cell.role is Role.ENTRY

    # --- entries --------------------------------------------------------------------------------------------------

    def _read_row(
        self, i: Indikator, j: int, row: _At, columns: Mapping[str, int], raw: dict[Key, Value]
    ) -> None:
        label = (
            self._content(_At(row.lembar, row.row, columns["triwulan"])).shown
            if "triwulan" in columns
            else ""
        )
        expected = str(self.book.places[Key(i.id, f"TW{j}", "triwulan")].cell.content)
        if label and clean(label) != expected:
            self._note(Message.B11, row, tujuan=(i.id, f"TW{j}"), label=label, kunci=f"{i.id} TW{j}")
            self._hold_row(i, f"TW{j}", row)
            return
        for column in (c.name for c in self.book.row_columns if self._is_entry(i, c.name)):
            if column in columns:
                at = _At(row.lembar, row.row, columns[column])
                content = self._content(at)
                key = Key(i.id, f"TW{j}", column)
                raw[key] = content.value if isinstance(content.value, (int, float, str, bool)) else None
                self._take(i, key, at, content)

    def _take(self, i: Indikator, key: Key, at: _At, content: Content) -> None:
        is_text = key.kolom in _TEKS
        read: Terbaca = read_text(content) if is_text else read_number(i, key.kolom, content, self.rkt.aturan)
        for message, values in read.found:
            self._note(message, at, content.shown, (i.id, key.baris), **values)
        self.kiriman.entries[key] = Entry(
            key, read.value, at.lembar, address(at.row - 1, at.column - 1), content.shown, read.ditahan
        )

    def _check_pairs(self, i: Indikator) -> None:
        """Pairs that the rule says PERIKSA over, though each of their cells was read."""
        if i.isian is not Isian.RASIO:
            return
        entries = {k: e.shown for k, e in self.kiriman.entries.items() if k.id == i.id}
        ruled = capaian.compute(i, self.rkt.aturan, entries, len(TRIWULAN))
        earlier: list[tuple[Value, Value]] = []
        for j in TRIWULAN:
            halves = [
                self.kiriman.entries.get(Key(i.id, f"TW{j}", half)) for half in ("pembilang", "penyebut")
            ]
            if any(e is None or e.ditahan for e in halves):
                continue
            p, q = (e for e in halves if e)
            if ruled[Key(i.id, f"TW{j}", "realisasi")] == capaian.PERIKSA:
                message, values = explain_pair(p.value, q.value, earlier)
                at = q if message is Message.N02 or values.get("kurang") == "penyebut" else p
                found = f"{p.isi or 'kosong'} / {q.isi or 'kosong'}"
                self.kiriman.problems.append(
                    Problem(message, self.kiriman.berkas, at.lembar, at.sel, found, values, (i.id, f"TW{j}"))
                )
            earlier.append((p.value, q.value))

    def _hold_row(self, i: Indikator, baris: str, row: _At) -> None:
        """Keep what a row holds, as found, without believing any of it."""
        for column in (c for c in self.book.row_columns if self._is_entry(i, c.name)):
            place = self.book.places[Key(i.id, "TW1", column.name)].cell
            at = _At(row.lembar, row.row, place.column + 1)
            content = self._content(at)
            if content.value is not None and baris in PERIODE and baris != TAHUN:
                key = Key(i.id, baris, column.name)
                self.kiriman.entries[key] = Entry(
                    key, None, at.lembar, address(at.row - 1, at.column - 1), content.shown, True
                )

    def _hold_all(self, i: Indikator, rows: Mapping[str, _At | None], head: _At) -> None:
        for baris, at in rows.items():
            if at is not None:
                self._hold_row(i, baris, at)

    # --- locked cells ---------------------------------------------------------------------------------------------

    def _is_same_structure(self, i: Indikator, title: _At) -> bool:
        """Tipe, satuan and way of entry are those of the plan; otherwise the numbers mean something else."""
        place = self.book.places[Key(i.id, "JUDUL", "susunan")].cell
        sheet = self.file.values[title.lembar]
        carried = next(
            (str(c.value) for c in sheet[title.row] if isinstance(c.value, str) and c.value.count("|") == 2),
            None,
        )
        if carried in (None, susunan(i)):
            return True
        self._note(
            Message.B23, _At(title.lembar, title.row, place.column + 1), tujuan=(i.id, "TW1"),
            apa="Tipe, satuan, atau cara isi", ada=carried, resmi=susunan(i), kunci=i.id,
        )  # fmt: skip
        return False

    def _compare_texts(
        self, i: Indikator, title: _At, rows: Mapping[str, _At | None], columns: Mapping[str, int]
    ) -> None:
        """Text and targets of the plan; the plan wins and the difference is told."""
        place = self.book.places[Key(i.id, "JUDUL", "indikator")].cell
        offset = title.column - 1
        at = _At(title.lembar, title.row, place.column + 1 + offset)
        self._compare(i, at, "Teks indikator", i.teks)
        if "target" not in columns:
            return
        for periode in PERIODE:
            row = rows[periode]
            if row is not None:
                official = capaian.target_cells(i)[Key(i.id, periode, "target")]
                self._compare(i, _At(row.lembar, row.row, columns["target"]), f"Target {periode}", official)

    def _compare(self, i: Indikator, at: _At, what: str, official: Value) -> None:
        content = self._content(at)
        if not _same(content.value, official):
            shown = (
                write_number(official)
                if isinstance(official, float)
                else str(official if official is not None else "kosong")
            )
            self._note(Message.B19, at, content.shown, (i.id, "TW1"), apa=what, resmi=shown)

    def _compare_formulas(
        self,
        i: Indikator,
        rows: Mapping[str, _At | None],
        columns: Mapping[str, int],
        raw: Mapping[Key, Value],
    ) -> None:
        """What the sheet says against Python's own result over the same contents; told once per indikator."""
        given = {**capaian.aturan_cells(self.rkt.aturan), **raw, **self._targets_in_file(i, rows, columns)}
        given[capaian.TRIWULAN_PELAPORAN] = self.kiriman.triwulan
        evaluation = Evaluation(
            given, {capaian.K.key: capaian.k_formula(), **capaian.formulas(i, self.rkt.aturan)}
        )
        for periode in PERIODE:
            for column in (c for c in _COMPARED if c in columns and rows[periode]):
                row = rows[periode]
                assert row is not None
                at = _At(row.lembar, row.row, columns[column])
                content = self._content(at)
                if content.formula is None and content.value is not None:
                    self._note(Message.D01, at, content.shown, (i.id, periode))
                    return
                # No stored result: no spreadsheet has opened the file since; nothing to compare.
                ours = evaluation.value(Key(i.id, periode, column))
                if (
                    content.value is not None
                    and not i.needs_konfirmasi
                    and content.value != capaian.KONFIRMASI
                    and not _same(content.value, ours)
                ):
                    self._note(
                        Message.D02,
                        at,
                        tujuan=(i.id, periode),
                        ada=content.shown,
                        benar=Content(ours).shown or "kosong",
                    )
                    return

    def _targets_in_file(
        self, i: Indikator, rows: Mapping[str, _At | None], columns: Mapping[str, int]
    ) -> dict[Key, Value]:
        found: dict[Key, Value] = dict(capaian.target_cells(i))
        for periode, row in rows.items():
            if row is not None and periode in PERIODE and "target" in columns:
                value = self._content(_At(row.lembar, row.row, columns["target"])).value
                found[Key(i.id, periode, "target")] = value if isinstance(value, (int, float, str)) else None
        return found

    # --- what lies outside the form -------------------------------------------------------------------------------

    def _note_unknown(self, id: str) -> None:
        at = next(a for key, places in self.found.items() if key.startswith(f"{id}|") for a in places)
        self._note(Message.B08, at, id, kunci=id)

    def _note_outside(self) -> None:
        """Filled cells of sheets and places that the form does not have; counted, with the first one named."""
        for sheet in self.file.formulas.worksheets:
            expected = next((s for s in self.book.sheets if s.name == sheet.title), None)
            if expected is None:
                if self._is_renamed(sheet.title):
                    continue
                outside = list(_filled(sheet))
            elif self._is_moved(sheet.title):
                continue
            else:
                known = {
                    (c.row + r + 1, c.column + n + 1)
                    for c in expected.cells for r in range(c.rows) for n in range(c.columns)
                    if c.content is not None or c.role is Role.ENTRY
                }  # fmt: skip
                outside = [c for c in _filled(sheet) if (c.row, c.column) not in known]
            if outside:
                first = outside[0]
                self._note(
                    Message.B12,
                    _At(sheet.title, first.row, first.column),
                    str(first.value),
                    jumlah=len(outside),
                )

    def _is_renamed(self, title: str) -> bool:
        """A sheet of the form under another name is known by the keys of its rows."""
        for key, at in self.found.items():
            id, baris = key.split("|")
            place = self.book.places.get(Key(id, baris, "kunci"))
            if place and at[0].lembar == title:
                self._note(Message.B01, _At(title, 1, 1), dari=place.sheet, ke=title)
                return True
        return False

    def _is_moved(self, sheet: str) -> bool:
        """Rows or columns of this sheet no longer stand where the form has them."""
        for key, place in self.book.places.items():
            if place.sheet == sheet and key.kolom == "kunci":
                at = self.found.get(row_key(key.id, key.baris), [])
                if [(a.lembar, a.row, a.column) for a in at] != [
                    (sheet, place.cell.row + 1, place.cell.column + 1)
                ]:
                    return True
        return False


def _filled(sheet: Worksheet) -> Iterator[XlsxCell]:
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value is not None and not (isinstance(cell.value, str) and not clean(cell.value)):
                yield cell


def _same(found: object, official: Value) -> bool:
    """Equal as a person sees it: blank is blank, numbers to nine digits, words without their edges."""
    if official in (None, "") or found in (None, ""):
        return official in (None, "") and found in (None, "")
    if isinstance(found, (int, float)) and isinstance(official, (int, float)):
        return abs(found - official) <= 1e-9 * max(1.0, abs(official))
    return isinstance(found, str) and isinstance(official, str) and clean(found) == clean(official)
