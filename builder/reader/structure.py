"""Where the sheets and rows of the form stand in a returned file: by the keys of their rows, else by what they say.

A sheet keeps its name, or is known by its keys (a sheet of cards) or by its words (the others). A second sheet
with the same keys is a copy. Nothing is told here; `sheets` puts it into words.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from builder.angka import clean
from builder.layout import Book, Role, Sheet
from builder.strict.returned import At, ReturnedFile

_ENOUGH = 0.5  # of its keys or of its words make a sheet the form's
_SAME = str.maketrans("OILSB", "01158") | dict.fromkeys(map(ord, " \t_"), None)


@dataclass(frozen=True)
class Structure:
    """A form held against a file."""

    file: ReturnedFile
    book: Book

    @cached_property
    def forms(self) -> dict[str, Sheet]:
        """Sheets of the form by name."""
        return {sheet.name: sheet for sheet in self.book.sheets}

    @cached_property
    def keys(self) -> dict[str, tuple[str, int, int]]:
        """Every row key of the form: its sheet, row and column, from 1."""
        return {
            str(cell.content): (sheet.name, cell.row + 1, cell.column + 1)
            for sheet in self.book.sheets
            for cell in sheet.cells
            if cell.role is Role.KEY
        }

    @cached_property
    def homes(self) -> dict[str, str]:
        """Sheet of the form -> its title in the file; missing where the file has it no more."""
        homes: dict[str, str] = {}
        for name, carriers in self._carriers.items():
            own = name in self.file.sheets and (name in carriers or not carriers)
            title = name if own else next(iter(carriers), None)
            if title is not None:
                homes[name] = title
        return homes

    @cached_property
    def copies(self) -> dict[str, str]:
        """Title of a whole copy -> sheet of the form."""
        used = set(self.homes.values())
        return {t: name for name, carriers in self._carriers.items() for t in carriers if t not in used}

    @cached_property
    def _carriers(self) -> dict[str, list[str]]:
        """Titles that hold enough of a sheet of the form."""
        keyed = {sheet for sheet, _, _ in self.keys.values()}
        strange = [t for t in self.file.sheets if t not in self.forms]
        return {
            name: self._by_keys(name)
            if name in keyed
            else [
                t for t in (name, *strange) if t == name in self.file.sheets or _is_like(self.file, t, form)
            ]
            for name, form in self.forms.items()
        }

    def _by_keys(self, name: str) -> list[str]:
        keys = [key for key, (sheet, _, _) in self.keys.items() if sheet == name]
        held = [{at.lembar for at in self.file.rows.get(key, ())} for key in keys]
        counts = {title: sum(title in titles for titles in held) for title in self.file.sheets}
        return [t for t, count in counts.items() if count >= _ENOUGH * len(keys)]

    @cached_property
    def rows(self) -> dict[str, tuple[At, ...]]:
        """Every row key of the file and where it stands; whole copies of a sheet are left out."""
        found = {k: tuple(a for a in at if a.lembar not in self.copies) for k, at in self.file.rows.items()}
        usual = self._usual_columns(found)
        return {k: at for k, at in found.items() if len(at) > 1 or (at and at[0].column == usual[_id(k)])}

    @staticmethod
    def _usual_columns(found: Mapping[str, tuple[At, ...]]) -> dict[str, int]:
        """Id -> the column of most of its keys: one that stands elsewhere in its row was typed there."""
        columns: dict[str, Counter[int]] = defaultdict(Counter)
        for key, places in found.items():
            columns[_id(key)].update(at.column for at in places)
        return {id: counts.most_common(1)[0][0] for id, counts in columns.items() if counts}

    @cached_property
    def retyped(self) -> dict[str, At]:
        """Keys of the form that stand nowhere, and the text that looks like each: another dash, O for 0, spaces."""
        lost = {_looks(key): key for key in self.keys if key not in self.rows}
        found: dict[str, At] = {}
        for title, sheet in self.file.sheets.items():
            for (row, column), content in sheet.cells.items() if lost else ():
                text = content.value
                key = lost.get(_looks(text)) if isinstance(text, str) and 5 < len(text) < 30 else None
                if key and key != text and title not in self.copies:
                    found.setdefault(key, At(title, row, column))
        return found

    def expected(self, key: str) -> At | None:
        """The cell of a row key as the form has it, on the sheet as the file has it."""
        name, row, column = self.keys[key]
        return At(self.homes[name], row, column) if name in self.homes else None

    @cached_property
    def moved(self) -> frozenset[str]:
        """Sheets of the form whose rows no longer stand where the form has them, or of which none is known."""
        found = {name: [k for k, (n, _, _) in self.keys.items() if n == name] for name in self.forms}
        kept = {name: [k for k in keys if k in self.rows] for name, keys in found.items()}
        return frozenset(
            name
            for name, keys in kept.items()
            if any(self.rows[k] != (self.expected(k),) for k in keys) or (found[name] and not keys)
        )

    @cached_property
    def is_renamed(self) -> bool:
        """Some sheet has another name now, so that formulas may name it so."""
        return any(name != title for name, title in self.homes.items())


def _is_like(file: ReturnedFile, title: str, form: Sheet) -> bool:
    if title not in file.sheets:
        return False
    words = [c for c in form.cells if isinstance(c.content, str) and c.content]
    cells = file.sheets[title].cells
    same = sum(
        (c.row + 1, c.column + 1) in cells and cells[c.row + 1, c.column + 1].value == c.content
        for c in words
    )
    return bool(words) and same >= _ENOUGH * len(words)


def _id(key: str) -> str:
    return key.partition("|")[0]


def _looks(text: str) -> str:
    """A key as the eye takes it: dashes, letters that look like digits, and spaces make no difference."""
    plain = unicodedata.normalize("NFKC", clean(text)).upper()
    return "".join("-" if unicodedata.category(c) == "Pd" or c == "−" else c for c in plain).translate(_SAME)
