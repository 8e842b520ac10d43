"""A formula as it stands in another cell: relative addresses move along, as when it is filled down."""

from __future__ import annotations

import re

from builder.layout import address

_TOKEN = re.compile(
    r""""[^"]*"|'[^']*'|(?<![\w.$!])(?P<c>\$?)(?P<column>[A-Z]{1,3})(?P<r>\$?)(?P<row>[1-9]\d{0,6})(?![\w(.])"""
    r"""|(?<=!)(?P<c2>\$?)(?P<column2>[A-Z]{1,3})(?P<r2>\$?)(?P<row2>[1-9]\d{0,6})(?![\w(.])"""
)


def shift(formula: str, rows: int, columns: int) -> str:
    """ "A1+$B$2" two rows lower: "A3+$B$2"."""

    def moved(match: re.Match[str]) -> str:
        column, row = match["column"] or match["column2"], match["row"] or match["row2"]
        if not column:
            return match[0]
        number = 0
        for letter in column:
            number = number * 26 + ord(letter) - 64
        fixed_column, fixed_row = (bool(match[a] or match[b]) for a, b in (("c", "c2"), ("r", "r2")))
        at = (
            int(row) - 1 + (0 if fixed_row else rows),
            number - 1 + (0 if fixed_column else columns),
        )
        return address(*at, fixed_row=fixed_row, fixed_column=fixed_column) if min(at) >= 0 else "#REF!"

    return _TOKEN.sub(moved, formula)
