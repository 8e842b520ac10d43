"""Looks of cells as far as they change a meaning: the number format, and letters that nobody can see."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from builder.masalah import Message, Problem, Refused
from builder.preflight.limits import MOST_STYLES
from builder.preflight.xml import Attributes, walk

# Formats that a file names by number only (ECMA-376, 18.8.30); the others of this range are dates.
_KNOWN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_WHITE = (
    ("rgb", "FFFFFFFF"),
    ("rgb", "00FFFFFF"),
    ("rgb", "FFFFFF"),
    ("theme", "0"),
    ("indexed", "9"),
    ("indexed", "1"),
)
_HIDDEN = ";;;"


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a cell."""

    format: str = "General"
    is_date: bool = False
    unseen: bool = False


def read_looks(content: bytes, name: str) -> list[Look]:
    """The looks that cells refer to by number; raises Refused for too many."""
    styles = _Styles(name)
    walk(content, styles.start, styles.end)
    return [styles.look(*xf) for xf in styles.xfs] or [Look()]


class _Styles:
    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []
        self.formats: dict[int, str] = {}
        self.fonts: list[bool] = []  # whether white
        self.xfs: list[tuple[int, int]] = []  # number format, font

    def start(self, tag: str, attributes: Attributes) -> None:
        match (self.path[-1] if self.path else "", tag):
            case ("numFmts", "numFmt"):
                self.formats[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            case ("fonts", "font"):
                self.fonts.append(False)
            case ("font", "color") if "fonts" in self.path:
                self.fonts[-1] = any(attributes.get(key) == value for key, value in _WHITE)
            case ("cellXfs", "xf"):
                self.xfs.append((_whole(attributes.get("numFmtId")), _whole(attributes.get("fontId"))))
        if max(len(self.xfs), len(self.fonts), len(self.formats)) > MOST_STYLES:
            raise Refused(Problem(Message.H08, self.name, values={"rincian": "lebih dari 65.490 gaya sel"}))
        self.path.append(tag)

    def end(self, _: str) -> None:
        self.path.pop()

    def look(self, number: int, font: int) -> Look:
        code = self.formats.get(number, _KNOWN.get(number, "General"))
        is_date = is_date_format(code) if number in self.formats else number in _DATES
        if is_date and number not in self.formats:
            code = "dd/mm/yyyy"
        white = font < len(self.fonts) and self.fonts[font]
        return Look(code, is_date, white or code.startswith(_HIDDEN))


def is_date_format(code: str) -> bool:
    """Whether a format shows a number as a date or a time: it has a letter of one outside quotes and brackets."""
    bare = _NO_CODE.sub("", code.partition(";")[0])
    return bare.lower() != "general" and re.search(r"[dmyhs]", bare, re.IGNORECASE) is not None


def as_date(number: float, date1904: bool) -> datetime.datetime | None:
    """The date that a spreadsheet shows for a number; None beyond its calendar.

    Excel believes in 29/02/1900, so numbers before it are one day off.
    """
    days = number + 1462 if date1904 else number
    if not 0 <= days < 2_958_466:
        return None
    start = datetime.datetime(1899, 12, 30) if days >= 61 else datetime.datetime(1899, 12, 31)
    return start + datetime.timedelta(days=days)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
