"""How texts, numbers and addresses stand in the XML of a sheet."""

from __future__ import annotations

import math
import re

from builder.expr import Value

LONGEST = 32767  # characters of a cell in Excel
_ILLEGAL = "[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]"  # in XML; and CR, which a parser would make LF
_TO_ESCAPE = re.compile(f"{_ILLEGAL}|_(?=x[0-9A-Fa-f]{{4}}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"(?<![\w.$])\d+\.?\d*(?:E[+-]?\d+)?(?!\w)")
_LOOSE = str.maketrans("", "", "' \r\n")
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)


def escape(text: str) -> str:
    """A text as Excel stores it: what XML cannot hold as _x0001_, and a text that looks like that as _x005F_x0001_."""
    return _TO_ESCAPE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def unescape(text: str) -> str:
    """A stored text as it is shown."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def number_text(number: float) -> str:
    """45, 0.1, 1e+22: the shortest that stands for the number."""
    if not math.isfinite(number):
        raise ValueError(f"No cell can hold {number!r}")
    number = float(number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def parse_number(text: str) -> Value:
    """A stored number; whole ones as int, so that they show as people typed them."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"No number: {text!r}")
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def is_same_formula(one: str, other: str) -> bool:
    """Whether two formulas differ in what programs write each in its own way only.

    These are spaces, case, quotes around names of sheets, and 0.0 for 0.
    """
    return _bare(one) == _bare(other)


def _bare(formula: str) -> str:
    text = formula.removeprefix("=").translate(_LOOSE).upper()
    return _NUMBER.sub(lambda m: repr(float(m[0])), text)


def parse_address(text: str) -> tuple[int, int]:
    """ "D8" -> (7, 3)."""
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise ValueError(f"No address: {text!r}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def parse_block(text: str) -> tuple[int, int, int, int]:
    """ "A3:I9" or "A3" -> first row and column, last row and column."""
    first, _, last = text.partition(":")
    return (*parse_address(first), *parse_address(last or first))
