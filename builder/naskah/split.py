"""Splits the indikator that share one cell, by the places where one can start, checked against the targets.

A list item is a start for certain; so is, in a text without lists, a capitalised Persentase, Jumlah, Nilai, Opini
or Indeks after a word that can end an indikator. Weaker signs count only where the number of targets asks for
them, and then, or where they stay unused, the wording is in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from builder.naskah.cell import flatten, without_marks
from builder.naskah.join import PAGE_CUT

_KEYWORDS = "Persentase|Prosentase|Presentase|Jumlah|Nilai|Opini|Indeks"
_SOFT_KEYWORDS = "Predikat|Tingkat|Rasio|Rata-rata|Skor|Banyaknya|Level"
_KEYWORD = re.compile(rf"(?:(?P<hard>{_KEYWORDS}|{_KEYWORDS.upper()})|(?:{_SOFT_KEYWORDS}))(?=[\s/]|$)")
_BREAK = re.compile(rf"[\s•]*[\n{PAGE_CUT}•][\s•]*")
_DASH_ITEM = re.compile(rf"(?<=\s)[-–]\s*(?=(?:{_KEYWORDS})\b)")
_ENUMERATION = re.compile(r"(?:^|(?<=[\s•]))(\d{1,2}|[a-z])[.)]\s+(?=\S)")
_MIN_WORDS = 3  # "Nilai Indeks ...", "Persentase Kenaikan Nilai ..." are one indikator
# Behind these words a sentence goes on, so a capitalised keyword there starts no new indikator ...
_GOES_ON = re.compile(
    "yang|dan|atau|di|ke|dari|pada|dengan|untuk|oleh|dalam|atas|terhadap|serta|per|tentang|sebagai|secara|sesuai|"
    "berdasarkan|menurut|melalui|terkait|antara|agar|guna|bagi|mencapai|memperoleh|mendapat|mendapatkan|memiliki|"
    "meraih|peraih|penerima|menerima|diperoleh|tepat|minimal|maksimal|rata-rata|dibandingkan|hingga|sampai|tanpa|"
    "setiap|seluruh|berpredikat|beropini|bernilai|kategori|meningkatnya",
    re.IGNORECASE,
)
# ... and behind these, which can also end an indikator, it may.
_MAY_GO_ON = re.compile(
    "hasil|capaian|pencapaian|target|realisasi|peningkatan|penurunan|total|laporan|daftar|rekapitulasi|perhitungan|"
    "penghitungan|penyusunan|penetapan|penilaian|pengukuran|evaluasi",
    re.IGNORECASE,
)


class Strength(IntEnum):
    """How surely an indikator starts at a place."""

    SURE = 1
    PARAGRAPH = 2  # a new paragraph with a capital letter
    LIKELY = 3  # a keyword where lists mark the others
    POSSIBLE = 4  # a capital letter after a page break, a rarer keyword


@dataclass(frozen=True, slots=True)
class Start:
    """A place where an indikator can start."""

    at: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Split:
    """The indikator of a cell, and why their wording is in doubt ("" where it is not)."""

    parts: tuple[str, ...]
    doubt: str = ""


def split_indikator(text: str, count: int) -> Split:
    """The indikator in the text, as many as `count` where the document allows that reading.

    Where none of its readings gives `count`, the sure ones: the caller compares.
    """
    text = mark_items(_DASH_ITEM.sub("• ", text)).strip()
    starts = find_starts(text)
    for level in Strength:
        used = [s for s in starts if s.strength <= level]
        if len(used) == count:
            unused = [s for s in starts if level < s.strength < Strength.POSSIBLE]
            doubtful = unused or [s for s in used if s.strength >= Strength.LIKELY]
            return Split(_cut(text, used), _tell(text, doubtful))
    return Split(_cut(text, [s for s in starts if s.strength == Strength.SURE]))


def mark_items(text: str) -> str:
    """The text with `•` for its enumeration, where that begins with the text (1. 2. 3. or a. b. c.)."""
    expected = ""
    marks = []
    for match in _ENUMERATION.finditer(text):
        first = not text[: match.start()].strip("• \n") and match[1] in ("1", "a")
        if first or match[1] == expected:
            marks.append(match.span())
            expected = str(int(match[1]) + 1) if match[1].isdigit() else chr(ord(match[1]) + 1)
    for start, end in reversed(marks):
        text = f"{text[:start]}\n• {text[end:]}"
    return text


def find_starts(text: str) -> list[Start]:
    """All places where an indikator can start; the text's own beginning is the first."""
    breaks = list(_BREAK.finditer(text))
    listed = any("•" in b[0] for b in breaks) or any(_opens(text[b.end() :]) for b in breaks if "\n" in b[0])
    starts = [] if breaks and breaks[0].start() == 0 else [Start(0, Strength.SURE)]
    marks = [(b.end(), b[0]) for b in breaks] + [(m.start(), "") for m in _KEYWORD.finditer(text)]
    for at, lead in sorted(marks, key=lambda mark: (mark[0], not mark[1])):
        known = at == len(text) or (bool(starts) and starts[-1].at == at)
        strength = None if known else _judge(text, at, lead, listed, starts)
        if strength:
            starts.append(Start(at, strength))
    return starts


def _opens(rest: str) -> bool:
    """True where a paragraph begins as an indikator does, not as the rest of a sentence."""
    return rest.lstrip("“\"'(")[:1].isupper()


def _judge(text: str, at: int, lead: str, listed: bool, starts: list[Start]) -> Strength | None:
    """How surely an indikator starts at `at`, behind the break `lead` ("" within a line)."""
    keyword = _KEYWORD.match(text, at)
    if "•" in lead or not starts:
        return Strength.SURE
    if lead and PAGE_CUT not in lead:
        return (Strength.SURE if keyword else Strength.PARAGRAPH) if _opens(text[at:]) else None
    if keyword:
        strength = _judge_keyword(keyword, text[starts[-1].at : at])
        return Strength.LIKELY if listed and strength == Strength.SURE else strength
    return Strength.POSSIBLE if lead and _opens(text[at:]) else None


def _judge_keyword(keyword: re.Match[str], before: str) -> Strength | None:
    """How surely a keyword behind the text `before` starts another indikator."""
    words = before.split()
    goes_on = words[-1][-1] in "(,/-“\"'&:" or _GOES_ON.fullmatch(words[-1]) or _KEYWORD.fullmatch(words[-1])
    if not goes_on and len(words) >= _MIN_WORDS and keyword["hard"]:
        return Strength.LIKELY if _MAY_GO_ON.fullmatch(words[-1]) else Strength.SURE
    if keyword["hard"] and keyword[0].casefold() == words[0].casefold():
        return Strength.LIKELY
    return None if goes_on else Strength.POSSIBLE


def _cut(text: str, starts: list[Start]) -> tuple[str, ...]:
    bounds = [*(start.at for start in starts), len(text)]
    return tuple(flatten(text[at:end]) for at, end in pairwise(bounds))


def _tell(text: str, doubtful: list[Start]) -> str:
    if not doubtful:
        return ""
    words = ", ".join(f"«{' '.join(without_marks(flatten(text[s.at :])).split()[:4])} …»" for s in doubtful)
    return f"Batas antarindikator tidak pasti di {words}: bandingkan dengan dokumen, lalu betulkan teksnya bila perlu."
