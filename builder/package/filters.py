"""Rows that a filter hides: what a refresh writes into its range is hidden or shown as the filter says.

Only filters by plain values are evaluated. Whatever cannot be told for sure is shown: nothing new may hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from builder.expr import Value
from builder.ooxml import parse_block, unescape
from builder.package.parts import Element, Unreadable, local_name
from builder.package.sheet import SheetXml

_SURE = 200  # characters of a text that a filter stores whole


@dataclass(frozen=True, slots=True)
class Criterion:
    """The texts that one column may show; `blank`: or nothing."""

    column: int
    texts: frozenset[str]
    blank: bool

    def admits(self, value: Value, is_general: bool) -> bool:
        """Whether a row with this value stays; True where it cannot be told."""
        if value is None or value == "":
            return self.blank
        if isinstance(value, bool):
            return True  # its word depends on the language of Excel
        if isinstance(value, str):
            return len(value) > _SURE or _folded(value) in self.texts
        return not is_general or any(_shows(text, value) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Filter:
    """The rows below the headings of a filter; `criteria` is None where one of them is of another kind."""

    first: int
    last: int
    criteria: tuple[Criterion, ...] | None

    def admits(self, row: int, sheet: SheetXml, is_general: Callable[[str], bool]) -> bool:
        """Whether a row is shown."""
        return all(
            c.admits(sheet.value((row, c.column)), is_general(sheet.style((row, c.column))))
            for c in self.criteria or ()
        )


def read_filter(element: Element) -> Filter:
    """An autoFilter element of a sheet or of a table."""
    try:
        top, left, bottom, _ = parse_block(element.get("ref", ""))
        criteria = [
            _read_criterion(column, left) for column in element.iterfind("{*}filterColumn") if len(column)
        ]
    except ValueError as error:
        raise Unreadable("isinya rusak") from error
    plain = [c for c in criteria if c is not None]
    return Filter(top + 1, bottom, tuple(plain) if len(plain) == len(criteria) else None)


def _read_criterion(column: Element, left: int) -> Criterion | None:
    plain = column[0] if len(column) == 1 and local_name(column[0]) == "filters" else None
    if plain is None or any(local_name(item) != "filter" for item in plain):
        return None
    texts = frozenset(_folded(unescape(item.get("val", ""))) for item in plain)
    blank = plain.get("blank") in ("1", "true")
    return Criterion(left + int(column.get("colId", "")), texts - {""}, blank or "" in texts)


def set_hidden(
    sheet: SheetXml, rows: Iterable[int], filters: Sequence[Filter], is_general: Callable[[str], bool]
) -> None:
    """Show or hide rows that were written, where they stand in the range of a filter."""
    for row in sorted(set(rows)):
        own = [f for f in filters if f.first <= row <= f.last]
        if own:
            sheet.set_hidden(row, not all(f.admits(row, sheet, is_general) for f in own))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _shows(text: str, number: float) -> bool:
    """Whether a text may be how Excel shows a number: to as many decimals as the text has."""
    shown = text.replace(",", ".")
    try:
        decimals = len(shown.partition(".")[2].partition("e")[0])
        return abs(float(shown) - number) <= 0.5 * 10.0**-decimals * (decimals > 0) + abs(number) * 1e-9
    except ValueError:
        return False
