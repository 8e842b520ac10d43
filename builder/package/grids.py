"""What stands on every sheet of a closed workbook."""

from __future__ import annotations

from pathlib import Path

from builder.expr import Value
from builder.package.parts import open_package
from builder.package.sheet import SheetXml


def read_grids(path: Path, content: bytes | None = None) -> dict[str, list[list[Value]]]:
    """Values of every sheet from A1, formulas by what is cached, dates by their number, errors as "#REF!".

    `content`: what was read from the file before, so that all that is done rests on the same bytes.

    Raises Refused for what is no readable workbook, OSError where the file cannot be opened.
    """
    with open_package(path, content) as package:
        return {
            name: _grid(SheetXml(package.xml(place.part), package.strings))
            for name, place in package.sheets.items()
        }


def _grid(sheet: SheetXml) -> list[list[Value]]:
    grid: list[list[Value]] = []
    for (row, column), value in sheet.values():
        grid.extend([] for _ in range(row + 1 - len(grid)))
        line = grid[row]
        line.extend([None] * (column - len(line)))
        line.append(value)
    return grid
