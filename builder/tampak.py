"""Texts of strangers made fit for a screen, a cell, a CSV or a JSON file: shown there, never obeyed.

The one substitution: a character that controls, turns, or is not there at all stands as its number, ‹U+202E›.
JSON has a way of its own to write such characters, so there the text stays what it was.
"""

from __future__ import annotations

import json
import re

# Controls but a tab and the end of a line; what turns, joins or hides letters; tags; halves of a surrogate pair
# (bytes of a file's name that are no UTF-8); separators of lines and paragraphs; what is no character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# What a spreadsheet takes for the beginning of a formula when it opens a CSV file, full-width forms too.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def visible(text: str) -> str:
    """The text with every hidden character named; ends of lines become one kind, and stay."""
    return _HIDDEN.sub(lambda m: f"‹U+{ord(m[0]):04X}›", text.replace("\r\n", "\n").replace("\r", "\n"))


def show(text: str, limit: int = 80) -> str:
    """Text of a stranger in one line of a message: hidden characters named, cut at `limit`."""
    line = re.sub(r"[\r\n\t]+", " ", text[: limit + 1])
    line = visible(line)
    return line if len(line) <= limit and len(text) <= limit else line[: limit - 1] + "…"


def csv_text(text: str) -> str:
    """One line of a cell of a CSV file, behind an apostrophe where a spreadsheet would take it for a formula."""
    line = visible(re.sub(r"[\r\n\t]+", " ", text))
    return f"'{line}" if _FORMULA.match(text) else line


def json_text(value: object) -> str:
    """JSON for people to read too; hidden characters as \\u202e, so that a terminal and UTF-8 can take them."""
    return _HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2))


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
