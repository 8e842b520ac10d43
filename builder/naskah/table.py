"""Finds the RKT tables by their headings and gives each row its four cells and the level in force.

A heading row names NO, SASARAN, INDIKATOR and TARGET, in any order and with other columns between; it stays in
force until the next one. Headings and the "1 2 3 4" row below them repeat on each page and are dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.masalah import Message, Problem, Refused
from builder.naskah.cell import flatten, without_marks
from builder.naskah.heading import PLACE_AND_DATE
from builder.rkt import Tingkat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.naskah.source import RawRow, Source

NO, SASARAN, INDIKATOR, TARGET, SATUAN = "NO", "SASARAN", "INDIKATOR", "TARGET", "SATUAN"
_ROLES = (
    (NO, re.compile(r"(?:no|nomor)(?: urut)?")),
    (INDIKATOR, re.compile(r"(?!no\b|nomor|kode).*\bindikator.*|iku")),
    (SATUAN, re.compile(r"satuan.*")),
    (TARGET, re.compile(r".*\btarget\b.*")),
    (SASARAN, re.compile(r"(?!no\b|nomor|kode).*\bsasaran\b.*")),
)
_PART_OF_YEAR = re.compile(r"\b(?:tw|triwulan|semester|bulan)\b")
_LEVEL_LINE = re.compile(r"sasaran (?:program|kegiatan)")
_NUMBER = re.compile(r"[\d.,]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One table row: its four cells, the level by the heading in force, and where it stands."""

    no: str
    sasaran: str
    indikator: str
    target: str
    tingkat: Tingkat
    place: str
    standalone: bool

    @property
    def text(self) -> str:
        """All of the row, for a message."""
        cells = (self.no, self.sasaran, self.indikator, self.target)
        return without_marks(" | ".join(flatten(cell) for cell in cells if cell))


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of all RKT tables (None: what follows continues nothing), the other lines, and what is told."""

    rows: tuple[Row | None, ...]
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    problems: tuple[Problem, ...]


def find_tables(source: Source, year: int | None) -> Found:
    """The rows of every RKT table of the document."""
    walk = _Walk(year)
    for table in source.tables:
        walk.take_table(table, source.flows)
    return walk.found(source)


class _Walk:
    """One pass over all tables; the heading in force is carried from one to the next."""

    def __init__(self, year: int | None) -> None:
        self.year = year
        # for each column of the heading in force its role, or in brackets a heading that has none
        self.columns: tuple[str, ...] = ()
        self.tingkat = Tingkat.PROGRAM
        self.inside = False
        self.rows: list[Row | None] = []
        self.lines: list[str] = []
        self.headings: list[str] = []
        self.problems: list[Problem] = []
        self.unread: dict[str, list[str]] = {}

    def take_table(self, table: Sequence[RawRow], flows: bool) -> None:
        """All rows of one table; one without a heading of its own and of another width is none of ours."""
        width = max((len(row.cells) for row in table), default=0)
        self.inside = flows and bool(self.columns) and width == len(self.columns)
        for row in table:
            self._take(row)

    def _take(self, raw: RawRow) -> None:
        texts = [without_marks(flatten(cell or "")) for cell in raw.cells]
        headings = _heading_texts(raw)
        if roles := _read_roles(headings):
            self._open(raw, headings, roles)
        elif not any(texts):
            self.rows.append(None)
        elif not self.inside or self._ends(texts, raw):
            self.lines.append(" ".join(filter(None, texts)))
        elif not _is_column_numbers(texts):
            self._read(raw, texts)

    def _open(self, raw: RawRow, headings: list[str], roles: list[str]) -> None:
        """A heading: what follows is read by its columns, and continues the row above it."""
        roles = self._settle_columns(headings, roles, raw)
        self.columns, self.inside = tuple(roles), True
        while self.rows and self.rows[-1] is None:
            self.rows.pop()
        sasaran = headings[roles.index(SASARAN)]
        self.headings.extend((sasaran, headings[roles.index(TARGET)]))
        self.tingkat = self._level(sasaran, raw)

    def _settle_columns(self, headings: list[str], roles: list[str], raw: RawRow) -> list[str]:
        """Of several columns that could be the same one, the target of the year; never one by guess."""
        for role in (NO, SASARAN, INDIKATOR, TARGET):
            names = {headings[at] for at, found in enumerate(roles) if found == role}
            if len(names) > 1:
                keep = self._choose(role, names, headings, raw)
                roles = [
                    f"[{h}]" if r == role and h != keep else r for h, r in zip(headings, roles, strict=True)
                ]
        return roles

    def _choose(self, role: str, names: set[str], headings: list[str], raw: RawRow) -> str:
        whole = [n for n in names if not _PART_OF_YEAR.search(n)]
        of_year = [n for n in whole if self.year and str(self.year) in n]
        for chosen in (whole, of_year):
            if len(chosen) == 1 and role == TARGET:
                return chosen[0]
        if role == NO:
            return next(h for h in headings if h in names)
        shown = ", ".join(h.upper() for h in headings if h in names)
        values = {"kolom": role, "daftar": shown}
        raise Refused(*self.problems, Problem(Message.X07, sel=raw.place, values=values))

    def _level(self, heading: str, raw: RawRow) -> Tingkat:
        named = [level for level in Tingkat if level in heading]
        if len(named) == 1:
            return named[0]
        sebab = f"judul «{heading.upper()}» tidak menyebut program atau kegiatan saja; tingkatnya diusulkan program"
        if sebab not in [p.values.get("sebab") for p in self.problems]:
            self.problems.append(
                Problem(Message.X04, sel=raw.place, values={"nomor": "judul", "sebab": sebab})
            )
        return Tingkat.PROGRAM

    def _ends(self, texts: list[str], raw: RawRow) -> bool:
        """True where the signature block or another table begins below the rows."""
        filled = [text for text in texts if text]
        other = _ROLES[0][1].fullmatch(_plain(texts[0])) is not None
        if other:
            values = {"apa": f"tabel lain yang berjudul {', '.join(filled)}"}
            self.problems.append(Problem(Message.X08, sel=raw.place, values=values))
        self.inside = not (other or any(map(PLACE_AND_DATE.fullmatch, filled)))
        return not self.inside

    def _read(self, raw: RawRow, texts: list[str]) -> None:
        filled = [text for text in texts if text]
        if len(filled) == 1 and _LEVEL_LINE.fullmatch(_plain(filled[0])):
            self.tingkat = Tingkat(_plain(filled[0]).split()[-1])
            return
        parts: dict[str, str] = {}
        for role, cell in zip(self.columns, raw.cells, strict=False):
            parts[role] = "\n".join(filter(None, (parts.get(role), cell)))
        for role, text in parts.items():
            if text and role.startswith("["):
                self.unread.setdefault(role, []).append(without_marks(flatten(text)))
        beyond = [text for text in texts[len(self.columns) :] if text]
        self.unread.setdefault("[tanpa judul]", []).extend(beyond)
        self.rows.append(self._row(parts, raw))

    def _row(self, parts: dict[str, str], raw: RawRow) -> Row:
        target = add_satuan(parts[TARGET], parts.get(SATUAN, ""))
        no, sasaran = flatten(parts[NO]), flatten(parts[SASARAN])
        return Row(no, sasaran, parts[INDIKATOR], target, self.tingkat, raw.place, raw.standalone)

    def found(self, source: Source) -> Found:
        """All that was found, with one note for each column that is not read."""
        unread = [
            Problem(Message.X06, isi=" | ".join(texts), values={"kolom": name.strip("[]").upper()})
            for name, texts in self.unread.items()
            if texts
        ]
        hidden = [Problem(Message.X08, values={"apa": part}) for part in source.hidden]
        problems = (*self.problems, *unread, *hidden)
        return Found(tuple(self.rows), (*source.lines, *self.lines), tuple(self.headings), problems)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w/-]+", " ", text).split()).casefold()


def _heading_texts(raw: RawRow) -> list[str]:
    """Headings of all columns; a column without one belongs to the heading on its left."""
    headings: list[str] = []
    for cell in raw.cells:
        headings.append(headings[-1] if cell is None and headings else _plain(flatten(cell or "")))
    return headings


def _read_roles(headings: list[str]) -> list[str] | None:
    """The role of each column where these are the headings of an RKT table, otherwise None."""
    roles = [
        next((role for role, rule in _ROLES if rule.fullmatch(h)), f"[{h or 'tanpa judul'}]")
        for h in headings
    ]
    counts = Counter(roles)
    is_table = all(counts[role] for role in (NO, SASARAN, INDIKATOR, TARGET))
    return roles if is_table and max(map(len, headings)) <= 60 else None


def _is_column_numbers(texts: list[str]) -> bool:
    numbers = [re.sub(r"[()\s.]", "", text) for text in texts if text]
    return len(numbers) >= 4 and numbers == [str(at) for at in range(1, len(numbers) + 1)]


def add_satuan(target: str, satuan: str) -> str:
    """The target completed by a column SATUAN: line by line where both have as many, otherwise each by the one."""
    targets, units = target.split("\n"), satuan.split("\n")
    if len(units) == 1:
        units *= len(targets)
    if not target or not satuan or len(units) != len(targets):
        return f"{target} / {satuan}".strip(" /")
    return "\n".join(_with_unit(t, u) for t, u in zip(targets, units, strict=True))


def _with_unit(target: str, unit: str) -> str:
    """A word needs no unit, a number takes it; two units that disagree are left for the reader to refuse."""
    if unit.casefold() in target.casefold() or not re.search(r"\d", target):
        return target
    return f"{target} {unit}" if _NUMBER.fullmatch(target) else f"{target} / {unit}"
