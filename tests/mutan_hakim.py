"""Judges what the reader makes of a mutant, against the reading of the sound workbook (KEGAGALAN T3).

A refused file is fine. Of any other: identity and structure are the sound ones, or a new problem tells; so is every
locked cell, as our reader and as openpyxl see it; and every entry that is not held has the stored value that the
witness sees in its cell, blank ones too. The witness is openpyxl, and calamine where openpyxl does not see the
sheet (calamine reads "&#49;38" as blank); an entry that differs without any witness is a violation.
"""

from __future__ import annotations

import contextlib
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

from mutan import Induk, Mutan, find_sub_bagian
from mutan_saksi import Kesaksian, Lembar, OpenpyxlWitness, Sel, is_same, see_calamine, see_cell

from builder.expr import Key
from builder.isian import Content
from builder.layout import Book, Role, address
from builder.masalah import Problem, Putusan
from builder.reader import Kiriman, read_kiriman
from builder.reader.form import read_form
from builder.reader.reading import Reading
from builder.rkt import Rkt, SubBagian
from builder.strict.child import open_here
from builder.strict.returned import ReturnedFile, ReturnedSheet
from workbook_templates.buku_kerja import buku_kerja, file_name

SECONDS = 3.0  # of this process, for one file
MEMORY = 100 << 20  # bytes at its peak beyond what the process held before
# Codes that tell of a whole sheet, wherever its cells then stand.
_WHOLE_SHEET = {"B01", "B02", "B03", "B05", "B10"}
_MORE = re.compile(r"dan \d+ sel lain")

Place = tuple[str, int, int]  # sheet, row, column


class Opens(Protocol):
    """What reads the bytes: the child process, or this one."""

    def open(self, path: Path) -> ReturnedFile:
        """The values of a file; raises Refused."""
        ...


class Here:
    """Opens files in this process."""

    def open(self, path: Path) -> ReturnedFile:
        """The values of a file; raises Refused."""
        return open_here(path)


class _Kept:
    """Passes a file on and keeps it for the judge."""

    def __init__(self, opener: Opens) -> None:
        self.opener, self.file = opener, ReturnedFile({})

    def open(self, path: Path) -> ReturnedFile:
        self.file = self.opener.open(path)
        return self.file


@dataclass(slots=True)
class Bacaan:
    """One reading of a file, with what it took."""

    kiriman: Kiriman
    file: ReturnedFile
    seconds: float = 0.0
    memory: int = 0
    crash: str = ""  # traceback

    @property
    def is_refused(self) -> bool:
        """The whole file is refused or held."""
        return self.kiriman.sub_bagian is None or self.kiriman.status == "ditolak"


@dataclass(slots=True)
class Hasil:
    """What the judge says: the class of the mutant, the codes of its new problems, and every violation."""

    kelas: str  # ditolak, ditahan, diberitahu, disepakati, tetap
    kode: tuple[str, ...] = ()
    pelanggaran: list[tuple[str, str]] = field(default_factory=list)  # kind, words
    isian_berubah: int = 0  # entries that differ from the sound ones and that witnesses see alike


class Hakim:
    """Judges mutants of the workbooks of one plan; files go below a folder of its own."""

    def __init__(self, rkt: Rkt, folder: Path, *, timed: bool = True) -> None:
        self.rkt, self.folder, self.timed = rkt, folder, timed
        self.openpyxl = OpenpyxlWitness()
        self._books: dict[str, Book] = {}
        self._sound: dict[str, Dasar] = {}

    def read(self, content: bytes, kode: str, opener: Opens | None = None) -> Bacaan:
        """A file with these bytes read by the front door."""
        sub_bagian = find_sub_bagian(self.rkt, kode)
        path = self.folder / file_name(self.rkt, sub_bagian)
        path.write_bytes(content)
        kept = _Kept(opener or Here())
        before, start = _reset_peak(), time.process_time()
        try:
            kiriman = read_kiriman(path, lambda _: self.rkt, lambda _, s: self.make_book(s), kept)  # type: ignore[arg-type]
        except Exception:
            return Bacaan(Kiriman(path.name), ReturnedFile({}), crash=traceback.format_exc())
        seconds, memory = time.process_time() - start, _read_peak() - before
        crash = self._find_crash(kiriman, kept.file)
        return Bacaan(kiriman, kept.file, seconds, memory, crash)

    def make_book(self, sub_bagian: SubBagian) -> Book:
        """The buku kerja as the plan would make it today."""
        if sub_bagian.kode not in self._books:
            book = buku_kerja(self.rkt, sub_bagian)
            book.formula = cache(book.formula)  # type: ignore[method-assign]  # asked again for every mutant
            self._books[sub_bagian.kode] = book
        return self._books[sub_bagian.kode]

    def _find_crash(self, kiriman: Kiriman, file: ReturnedFile) -> str:
        """Where a reading ended as something that no rule foresaw: where exactly."""
        for problem in kiriman.problems:
            if problem.kode == "H14":
                with contextlib.suppress(AttributeError):
                    return self._trace(kiriman, file) or problem.pesan
                return problem.pesan
        return ""

    def _trace(self, kiriman: Kiriman, file: ReturnedFile) -> str:
        if kiriman.tanda is None:
            return ""
        sub_bagian = find_sub_bagian(self.rkt, kiriman.tanda.sub_bagian)
        again = Kiriman(kiriman.berkas, tanda=kiriman.tanda, sub_bagian=sub_bagian)
        try:
            read_form(Reading(again, file, self.rkt, self.make_book(sub_bagian)))
        except Exception:
            return traceback.format_exc()
        return ""

    def sound(self, induk: Induk) -> Dasar:
        """The sound workbook, read once."""
        if induk.nama not in self._sound:
            kode = induk.nama.partition("-")[0]
            bacaan = self.read(induk.content, kode)
            seen = self.openpyxl.see(induk.content, remember=True)
            assert seen is not None
            self._sound[induk.nama] = Dasar(bacaan, self.make_book(find_sub_bagian(self.rkt, kode)), seen)
        return self._sound[induk.nama]

    def judge(self, mutan: Mutan, opener: Opens | None = None) -> Hasil:
        """Read a mutant and say what is wrong with the reading."""
        dasar = self.sound(mutan.induk)
        bacaan = self.read(mutan.content, mutan.induk.nama.partition("-")[0], opener)
        if bacaan.crash:
            return Hasil("jatuh", ("H14",), [("jatuh", bacaan.crash)])
        return self.judge_reading(dasar, bacaan, mutan.content)

    def judge_reading(self, dasar: Dasar, bacaan: Bacaan, content: bytes) -> Hasil:
        """Hold a reading of these bytes against the sound one and the witnesses."""
        over = []
        if self.timed and bacaan.seconds > SECONDS:
            over.append(("waktu", f"{bacaan.seconds:.1f} detik"))
        if self.timed and bacaan.memory > MEMORY:
            over.append(("memori", f"{bacaan.memory >> 20} MB"))
        new = dasar.new_problems(bacaan.kiriman)
        if bacaan.is_refused:
            return Hasil("ditolak", _first_codes(bacaan.kiriman.problems), over)
        sidang = _Sidang(dasar, bacaan, new, self.openpyxl.see(content), see_calamine(content))
        over += sidang.find_violations()
        if any(p.putusan is Putusan.TAHAN for p in new):
            kelas = "ditahan"
        elif new:
            kelas = "diberitahu"
        else:
            kelas = "disepakati" if sidang.agreed else "tetap"
        return Hasil(kelas, tuple(sorted({p.kode for p in new})), over, sidang.agreed)


def _first_codes(problems: list[Problem]) -> tuple[str, ...]:
    return tuple(sorted({p.kode for p in problems if p.putusan in (Putusan.TOLAK, Putusan.TAHAN)}))[:1]


def _reset_peak() -> int:
    """Bytes that this process holds now; its peak counts from here on, where the system lets it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _read_peak()


def _read_peak() -> int:
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(found[1]) << 10 if found else 0
    return 0


@dataclass
class Dasar:
    """A sound workbook: its reading, its form, and what openpyxl sees in it."""

    bacaan: Bacaan
    book: Book
    seen: Kesaksian

    def new_problems(self, kiriman: Kiriman) -> list[Problem]:
        """Problems that the sound workbook does not have."""
        known = {p.pesan for p in self.bacaan.kiriman.problems}
        return [p for p in kiriman.problems if p.pesan not in known]

    @cached_property
    def entries(self) -> dict[Place, Key]:
        """Cells that people fill, rows and columns from 1."""
        return {(p.sheet, p.cell.row + 1, p.cell.column + 1): k for k, p in self.book.entry_places()}

    @cached_property
    def cards(self) -> dict[tuple[str, int], str]:
        """(sheet, row) -> indikator whose card stands there."""
        keys = ((s.name, c) for s in self.book.sheets for c in s.cells if c.role is Role.KEY)
        return {(name, c.row + 1): str(c.content).split("|")[0] for name, c in keys}

    @cached_property
    def form_cells(self) -> set[Place]:
        """Cells of the form, each of a merged block."""
        return {
            (s.name, c.row + 1 + r, c.column + 1 + n)
            for s in self.book.sheets for c in s.cells for r in range(c.rows) for n in range(c.columns)
        }  # fmt: skip


@dataclass
class _Sidang:
    """One accepted mutant before the judge."""

    dasar: Dasar
    bacaan: Bacaan
    new: list[Problem]
    openpyxl: Kesaksian | None
    calamine: Kesaksian | None
    agreed: int = 0

    def find_violations(self) -> list[tuple[str, str]]:
        """Every way in which the reading is silently another one."""
        steps = (self._identity, self._structure, self._locked, self._locked_as_seen, self._entries)
        return [violation for step in steps for violation in step()]

    # --- identity and structure ---------------------------------------------------------------------------------------

    def _identity(self) -> Iterator[tuple[str, str]]:
        ours, sound = self.bacaan.kiriman, self.dasar.bacaan.kiriman
        for name in ("tanda", "sub_bagian", "nomor", "triwulan"):
            now, before = getattr(ours, name), getattr(sound, name)
            if now != before and not self.new and not self._is_seen_setting(name):
                yield "identitas", f"{name}: {before} -> {now}"

    def _is_seen_setting(self, name: str) -> bool:
        """Kiriman ke- and Triwulan pelaporan are cells that people fill: the witnesses are asked."""
        if name not in ("nomor", "triwulan"):
            return False
        wanted = "kiriman" if name == "nomor" else "triwulan"
        place = next(at for at, key in self.dasar.entries.items() if key.id == "umum" and key.kolom == wanted)
        seen = self._see(*place)
        return seen is not None and is_same(seen.value, getattr(self.bacaan.kiriman, name))

    def _structure(self) -> Iterator[tuple[str, str]]:
        ours, sound = self.bacaan.file, self.dasar.bacaan.file
        for title, sheet in sound.sheets.items():
            now = ours.sheets.get(title)
            if now is None and not self._tells_sheet(title):
                yield "struktur", f"lembar «{title}» hilang"
            elif now and now.state != sheet.state == "visible" and not self._tells_sheet(title):
                yield "struktur", f"lembar «{title}» tersembunyi"
        for title, sheet in ours.sheets.items():
            if title not in sound.sheets and _is_filled(sheet) and not self._tells_sheet(title):
                yield "struktur", f"lembar baru «{title}»"
        for key in sound.rows.keys() | ours.rows.keys():
            before, now_at = sound.rows.get(key, []), ours.rows.get(key, [])
            if before != now_at and not self._tells_row(key):
                yield "struktur", f"baris {key}: {before} -> {now_at}"

    def _tells_sheet(self, title: str) -> bool:
        return any(p.lembar == title or title in (p.values.get("dari"), p.values.get("ke")) for p in self.new)

    def _tells_row(self, key: str) -> bool:
        """Its indikator is spoken of, or the sheet on which rows moved."""
        id = key.split("|")[0]
        files = (self.bacaan.file, self.dasar.bacaan.file)
        places = {(at.lembar, str(at.row)) for f in files for at in f.rows.get(key, [])}
        return any(
            (p.tujuan and p.tujuan[0] == id)
            or id in str(p.values.get("kunci", "")) + str(p.values.get("daftar", ""))
            or (p.lembar, _row(p)) in places
            or (p.kode in _WHOLE_SHEET and any(p.lembar == title for title, _ in places))
            for p in self.new
        )

    # --- locked cells -------------------------------------------------------------------------------------------------

    def _locked(self) -> Iterator[tuple[str, str]]:
        for title, sheet in self.dasar.bacaan.file.sheets.items():
            now = self.bacaan.file.sheets.get(title)
            if now is None:
                continue  # told, or a violation already
            before = {at: _sel(c) for at, c in sheet.cells.items()}
            yield from self._compare("terkunci", title, before, {at: _sel(c) for at, c in now.cells.items()})
            if now.outside != sheet.outside and not self._tells_sheet(title):
                yield "terkunci", f"{title}: {now.outside} sel di luar ({now.outside_first})"

    def _locked_as_seen(self) -> Iterator[tuple[str, str]]:
        if self.openpyxl is None:
            return
        for title, before in self.dasar.seen.items():
            if title in self.openpyxl:
                yield from self._compare("terkunci menurut openpyxl", title, before, self.openpyxl[title])

    def _compare(self, kind: str, title: str, before: Lembar, now: Lembar) -> Iterator[tuple[str, str]]:
        for row, column in sorted(before.keys() | now.keys()):
            if (title, row, column) in self.dasar.entries:
                continue
            a, b = before.get((row, column), Sel()), now.get((row, column), Sel())
            same_value, same_formula = is_same(a.value, b.value), _bare(a.formula) == _bare(b.formula)
            if (same_value and same_formula) or self._tells_cell(title, row, column):
                continue
            which = kind if not same_formula or a.formula is None else f"hasil rumus {kind}"
            words = f"{a.formula or ''} {a.value!r} -> {b.formula or ''} {b.value!r}"
            yield which, f"{title}!{address(row - 1, column - 1)}: {words}"

    def _tells_cell(self, title: str, row: int, column: int) -> bool:
        id = self.dasar.cards.get((title, row))
        stray = (title, row, column) not in self.dasar.form_cells
        return any(self._tells(p, title, row, id, stray) for p in self.new)

    def _tells(self, p: Problem, title: str, row: int, id: str | None, stray: bool) -> bool:
        """Whether a problem speaks of a cell: of its row, its indikator, all of its sheet, or others like it."""
        if p.kode in _WHOLE_SHEET and title in (p.lembar, p.values.get("dari"), p.values.get("ke")):
            return True
        if p.tujuan and id and p.tujuan[0] == id:
            return True
        if p.lembar != title:
            return False
        if _row(p) == str(row):
            return True
        if p.kode in ("B12", "B04"):
            return stray
        many = id is None and p.kode in ("D01", "D02") and p.tujuan is None
        return many or bool(_MORE.search(p.masalah))

    # --- entries ------------------------------------------------------------------------------------------------------

    def _entries(self) -> Iterator[tuple[str, str]]:
        ours, sound = self.bacaan.kiriman.entries, self.dasar.bacaan.kiriman.entries
        for place, key in self.dasar.entries.items():
            if key.id == "umum":
                continue
            now, before = ours.get(key), sound.get(key)
            value, value_before = (e.value if e else None for e in (now, before))
            differs = value != value_before
            if now is not None and now.ditahan:
                if not self._is_held_aloud(key, (now.lembar, now.sel)):
                    yield "isian", f"{key} ditahan tanpa pesan"
                continue
            if now is None and self._is_held_aloud(key, None):
                continue
            at = (now.lembar, *_row_column(now.sel)) if now is not None else place
            yield from self._ask_witnesses(key, at, differs, f"{value_before!r} -> {value!r}")

    def _is_held_aloud(self, key: Key, place: tuple[str, str] | None) -> bool:
        """Some problem holds this entry: by its place, its row, its indikator, or its sheet."""
        for p in self.bacaan.kiriman.problems:
            if p.putusan is not Putusan.TAHAN:
                continue
            if place and (p.lembar, _row(p)) == (place[0], re.sub(r"\D", "", place[1])):
                return True
            if p.tujuan and p.tujuan[0] == key.id:
                return True
            if key.id in str(p.values.get("kunci", "")) + str(p.values.get("daftar", "")) or p.kode == "B03":
                return True
        return False

    def _see(self, title: str, row: int, column: int) -> Sel | None:
        """openpyxl's word; calamine's where openpyxl does not see the sheet."""
        for witness in (self.openpyxl, self.calamine):
            seen = see_cell(witness, title, row, column) if witness is not None else None
            if seen is not None:
                return seen
        return None

    def _ask_witnesses(self, key: Key, at: Place, differs: bool, words: str) -> Iterator[tuple[str, str]]:
        title, row, column = at
        where = f"{key} {title}!{address(row - 1, column - 1)} {words}"
        sheet = self.bacaan.file.sheets.get(title)
        content = sheet.cells.get((row, column), Content()) if sheet else Content()
        seen = self._see(title, row, column)
        if seen is not None and not is_same(seen.value, content.value):
            kind = "isian diam-diam" if differs else "isian menurut saksi"
            yield kind, f"{where}; kita {content.value!r}, saksi {seen.value!r}"
        asked = self.openpyxl is not None and title in self.openpyxl
        has_format = asked and seen is not None and content.value is not None
        if differs and has_format and seen and ("%" in seen.format) != ("%" in content.format):
            yield "isian diam-diam", f"{key} {words}: format {content.format}, openpyxl {seen.format}"
        if differs and seen is None:
            yield "isian tanpa saksi", where
        self.agreed += differs


def _row(p: Problem) -> str:
    """The row of a problem's cell, "" where it has none."""
    return re.sub(r"\D", "", p.sel or "")


def _bare(formula: str | None) -> str | None:
    """A formula without white space between its words."""
    return formula and re.sub(r'("[^"]*")|\s+', lambda m: m[1] or "", formula)


def _sel(content: Content) -> Sel:
    value = f"galat {content.value}" if content.error else content.value
    return Sel(value, content.formula, content.format)


def _is_filled(sheet: ReturnedSheet) -> bool:
    seen = (not is_same(c.value, None) or c.formula is not None for c in sheet.cells.values())
    return bool(sheet.outside) or any(seen)


def _row_column(sel: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", sel)
    assert match is not None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
