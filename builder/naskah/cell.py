"""The text of a cell in one form: HTML and bullet characters are structure, everything else stays word for word."""

from __future__ import annotations

import html
import re

from builder.angka import clean

_ITEM_TAG = re.compile(r"<\s*li\b[^<>]*>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<\s*/?\s*(?:ul|ol|li|p|br|div)\b[^<>]*>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"<\s*/?\s*(?:b|i|u|s|em|strong|span|font|small|sup|sub)\b[^<>]*>|\*\*", re.IGNORECASE
)
# Symbol fonts put their bullets into the private use area; a PDF without a character map names them (cid:n).
_BULLET = re.compile(r"[•●▪◦‣⁃∙■□○◆➢➤✓✔❖\uf000-\uf0ff]|\(cid:\d+\)")
_DASH = re.compile(r"^(?:[-–—*·]\s*(?=[A-Z“\"])|[-–—*·]\s+(?=\S)|o\s+(?=[A-Z]))", re.MULTILINE)
CUT_MARK = "\ue000"  # stands where the edge of a cell may have cut a word; no font and no office uses it
_CUT_WORD = re.compile(rf"\S+{CUT_MARK} \S+")
_HYPHENATED = re.compile(r"\w[-/]$")


def normalize(text: str) -> str:
    """A cell's text with paragraphs on lines of their own and `•` before each list item."""
    text = _BLOCK_TAG.sub("\n", _ITEM_TAG.sub("\n• ", text))
    text = clean(html.unescape(_INLINE_TAG.sub("", text)))
    lines = (" ".join(line.split()) for line in _BULLET.sub("\n• ", text).split("\n"))
    return join_items(_DASH.sub("• ", "\n".join(line for line in lines if line)))


def join_items(text: str) -> str:
    """The text where a bullet that stands alone on its line leads the line below it."""
    return re.sub(r"•\s*\n\s*(?!•)", "• ", text)


def unwrap(text: str) -> str:
    """A cell of a PDF, whose line ends are mere wrapping: one paragraph, but for lines that a bullet leads."""
    whole = ""
    for line in _DASH.sub("• ", _BULLET.sub("\n• ", text)).split("\n"):
        hyphenated = _HYPHENATED.search(whole) and line[:1].isalpha()
        whole += ("" if hyphenated else "\n" if line.startswith("•") else " ") + line.strip()
    return whole


def flatten(text: str) -> str:
    """The text on one line, without bullets."""
    return " ".join(text.replace("•", " ").split())


def without_marks(text: str) -> str:
    """The text as it is shown."""
    return text.replace(CUT_MARK, "")


def cut_words(text: str) -> list[str]:
    """The words that the edge of a cell may have cut."""
    return [without_marks(word) for word in _CUT_WORD.findall(text)]
