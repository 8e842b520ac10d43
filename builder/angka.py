"""Numbers as people write them, by two grammars: that of an RKT document and that of a returned cell.

In a document `.` always separates thousands where three digits follow, and `,` is the decimal mark: "2.498"
is 2498. In a return the same text has two readings (2498 or 2,498) and is never guessed (DESIGN, Decided).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Every character that looks like nothing: spaces of all kinds, zero-width marks, the byte order mark.
_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"),
    " ",
)
_INVISIBLE |= dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"), None)

_PLAIN = re.compile(r"\d+")
_THOUSANDS = {mark: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+") for mark in ".,"}
_DECIMAL = {mark: re.compile(rf"\d+{re.escape(mark)}\d+") for mark in ".,"}
_BOTH = {
    mark: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(other)}\d{{3}})+{re.escape(mark)}\d+")
    for mark, other in ((",", "."), (".", ","))
}
_WITH_UNIT = re.compile(r"(?P<sign>-?)\s*(?P<digits>\d[\d.,]*?)(?:\s*(?P<percent>%)|\s+(?P<unit>[^\d\s].*))?")


def clean(text: str) -> str:
    """The text without what cannot be seen at its edges or has no width."""
    return text.translate(_INVISIBLE).strip()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text may mean: its possible numbers (ascending), whether it says per cent, and its unit."""

    numbers: tuple[float, ...]
    percent: bool = False
    unit: str = ""


def readings(digits: str) -> tuple[float, ...]:
    """All numbers that digits with marks can mean, in Indonesian or in English notation, ascending."""
    found: set[float] = set()
    if _PLAIN.fullmatch(digits):
        found.add(float(digits))
    for mark, other in ((",", "."), (".", ",")):
        if _THOUSANDS[other].fullmatch(digits):
            found.add(float(digits.replace(other, "")))
        if _DECIMAL[mark].fullmatch(digits):
            found.add(float(digits.replace(mark, ".")))
        if _BOTH[mark].fullmatch(digits):
            found.add(float(digits.replace(other, "").replace(mark, ".")))
    return tuple(sorted(found))


def read_returned(text: str) -> Reading | None:
    """A number typed as text into a returned cell, with all its readings; None where it is no number."""
    match = _WITH_UNIT.fullmatch(clean(text))
    if not match:
        return None
    sign = -1 if match["sign"] else 1
    numbers = tuple(sorted(sign * n for n in readings(match["digits"])))
    return Reading(numbers, bool(match["percent"]), (match["unit"] or "").strip()) if numbers else None


def is_grouped(text: str) -> bool:
    """Whether a number is typed with marks between its thousands, so that it needs explaining: "1.234,5"."""
    return len(re.findall(r"[.,]", clean(text))) > 1


def read_document(digits: str) -> float | None:
    """A number of an RKT document: `.` before three digits separates thousands, `,` is the decimal mark.

    "2.498" is 2498, "97,5" is 97.5, "97.5" is 97.5 (no thousands could be meant); None where it is no number.
    """
    if _THOUSANDS["."].fullmatch(digits):
        return float(digits.replace(".", ""))
    if _BOTH[","].fullmatch(digits):
        return float(digits.replace(".", "").replace(",", "."))
    for mark in ",.":
        if _DECIMAL[mark].fullmatch(digits):
            return float(digits.replace(mark, "."))
    return float(digits) if _PLAIN.fullmatch(digits) else None


def write_number(number: float, decimals: int | None = None) -> str:
    """A number in Indonesian notation: 2498 -> "2.498", 97.5 -> "97,5"; `decimals` fixes their count."""
    text = f"{number:,.{decimals}f}" if decimals is not None else f"{number:,.10f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))
