"""Reads office, year and signature from the lines around the tables; where two readings compete, none is taken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BULAN = (
    "januari|februari|pebruari|maret|april|mei|juni|juli|agustus|september|oktober|november|nopember|desember"
)
PLACE_AND_DATE = re.compile(
    rf"(?P<tempat>[A-Z][A-Za-z .'-]+?)\s*,\s*(?:tanggal\s+)?[\d.…_\s]{{0,12}}(?:{_BULAN})\s+20\d\d",
    re.IGNORECASE,
)
_SET_IN = re.compile(r"ditetapkan di\s*:?\s*(?P<tempat>[A-Z][A-Za-z .'-]+)", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?P<badan>komisi\s+pemilihan\s+umum|komisi\s+independen\s+pemilihan|\bKPU\b|\bKIP\b)\s+"
    r"(?P<daerah>(?:kabupaten|kab\.|kota|provinsi|republik)(?!\s*/)[ \t]+[a-z][a-z .'-]*?)"
    r"\s*(?:$|[^a-z .'-]|\b(?:tahun|untuk|rencana)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_YEAR = re.compile(
    r"\b(?:tahun(?:an)?(?:\s+anggaran)?|rkt\)?)\s*:?\s*(20\d\d)\b(?!\s*[-–/]\s*20)", re.IGNORECASE
)
_TARGET_YEAR = re.compile(r"\b(20\d\d)\b(?!\s*[-–/]\s*20)")
_JABATAN = re.compile(r"(?:(?:plt|plh|pj)\.?\s+)?(?:sekretaris|ketua|kepala)\b[^,;|]*,?", re.IGNORECASE)
_OFFICE_LINE = re.compile(
    r"komisi|pemilihan|\bKPU\b|kabupaten|\bkota\b|provinsi|sekretariat|^\W*$", re.IGNORECASE
)
_NAME = re.compile(r"[^\W\d_][^\d:;|]{1,60}")
_SMALL = {"dki": "DKI", "di": "DI", "kab.": "Kabupaten", "kpu": "KPU", "kip": "KIP"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document says about itself; empty where it is not sure."""

    kantor: str
    tahun: int | None
    tempat: str
    pejabat: str
    jabatan: str


def read_heading(lines: Sequence[str], target_headings: Iterable[str]) -> Heading:
    """Office, year and signature block of the document."""
    plain = [line.replace("*", "").strip(" #") for line in lines]
    tempat, after = _find_place(plain)
    jabatan, pejabat = _read_signature(after)
    return Heading(_read_office(plain), read_year(plain, target_headings), tempat, pejabat, jabatan)


def read_year(lines: Iterable[str], target_headings: Iterable[str] = ()) -> int | None:
    """The year that is named most often; None where two are named equally often."""
    years = _YEAR.findall("\n".join(lines)) + _TARGET_YEAR.findall("\n".join(target_headings))
    year = _most_common(years)
    return int(year) if year else None


def _most_common(found: Iterable[str]) -> str:
    ranked = Counter(found).most_common(2)
    tie = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return ranked[0][0] if ranked and not tie else ""


def _read_office(lines: Iterable[str]) -> str:
    offices = []
    for match in _OFFICE.finditer("\n".join(lines)):
        badan = "KIP" if re.match("ki|komisi\\s+ind", match["badan"], re.IGNORECASE) else "KPU"
        offices.append(f"{badan} {_capitalize(match['daerah'])}")
    return _most_common(offices)


def _capitalize(text: str) -> str:
    """Names printed in capitals as they are written elsewhere: "SUNGAI RAYA" -> "Sungai Raya"."""
    return " ".join(
        _SMALL.get(w.casefold(), w.title() if w.isupper() or w.islower() else w) for w in text.split()
    )


def _find_place(lines: list[str]) -> tuple[str, list[str]]:
    for at in range(len(lines) - 1, -1, -1):
        if match := PLACE_AND_DATE.fullmatch(lines[at]) or _SET_IN.fullmatch(lines[at]):
            return _capitalize(match["tempat"].strip()), lines[at + 1 :]
    return "", []


def _read_signature(lines: list[str]) -> tuple[str, str]:
    """Position and name: the line that names the position, then the first one that can be a name."""
    for at, line in enumerate(lines):
        if _JABATAN.fullmatch(line):
            names = [li for li in lines[at + 1 :] if not _OFFICE_LINE.search(li)]
            name = names[0] if names and _NAME.fullmatch(names[0]) else ""
            return _capitalize(line.rstrip(", ")), name
    return "", ""
