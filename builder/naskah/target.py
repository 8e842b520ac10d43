"""Reads target texts by their form: the form decides type, value and unit (DOMAIN 2).

"97,5%" is a persentase, "2.498 Orang" a jumlah, a bare number a nilai, AA to D a predikat, WTP and its like an
opini. A number that can be read in two ways is refused, never chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from builder.angka import read_document
from builder.naskah.cell import flatten, without_marks
from builder.naskah.split import mark_items
from builder.rkt import Ragu, Tipe

_OPINI = {
    "wajar tanpa pengecualian dengan paragraf penjelasan": "WTP-DPP",
    "wajar tanpa pengecualian": "WTP",
    "wajar dengan pengecualian": "WDP",
    "tidak wajar": "TW",
    "tidak memberikan pendapat": "TMP",
    "tidak menyatakan pendapat": "TMP",
}
_ABBREVIATION = r"WTP\s*-?\s*DPP|WTP|WDP|TW|TMP"
_IN_WORDS = "|".join(words.replace(" ", r"\s+") for words in _OPINI)
_LETTER = r"(?:AA|A|BB|B|CC|C|D)(?![\w+/-])"
_AT_LEAST = r"≥|>=|>|(?i:minimal|min\.?|paling\s+sedikit|sekurang-kurangnya)(?![a-z])"
_AT_MOST = r"≤|<=|<|(?i:maksimal|maks\.?|paling\s+(?:banyak|lambat))(?![a-z])"
_SCORE = r"(?i:nilai|indeks|skor|poin|level)"
_NO_UNIT = (
    rf"{_ABBREVIATION}|{_LETTER}|Rp|(?i:dan|atau|skala|dari|per|sampai|hingga|s\.?d\.?)(?![a-z])"
    rf"|(?:{_SCORE}|(?i:predikat|opini|kategori))\s+[\dA-Z]|{_AT_LEAST}|{_AT_MOST}"
)
_UNIT_WORD = rf"(?!{_NO_UNIT})[A-Za-z][A-Za-z/.-]*"
_TOKEN = re.compile(
    rf"""(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST}))?\s*
    (?: (?i:opini\s+)?(?P<opini>(?:{_ABBREVIATION})(?!\w)|(?i:{_IN_WORDS}))
      | (?i:(?:predikat|kategori|nilai|huruf)\s+)?(?P<predikat>{_LETTER})
      | (?P<score>{_SCORE}\s*:?\s*)?(?P<rupiah>Rp\.?\s*)?(?P<number>\d(?:[\d.,]*\d)?)
        (?:\s*\((?P<spelled>[a-z\s]+)\))?
        (?:\s*(?P<percent>%|(?i:persen(?:tase)?)\b)|\s*(?P<unit>{_UNIT_WORD}(?:\s+{_UNIT_WORD}){{0,5}}))?
    )
    (?:\s*\(?(?i:skala|dari)\s+(?:\d\s*(?:-|–|s\.?d\.?)\s*)?(?P<scale>\d+)\)?)?
    (?:\s*\((?P<aside>[^()]*)\))?
    (?:\s+(?i:opini|predikat|kategori|huruf|nilai)(?!\s+[\dA-Z]))?
    \s*(?:[.,;•]|dan\b)?(?=\s|$)\s*""",
    re.VERBOSE | re.ASCII,
)
_TWO_DECIMAL_MARKS = re.compile(r"\d+\.\d+(?<!\.\d{3})")
_THREE_DECIMALS = re.compile(r"\d+,\d{3}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_BEGINS = re.compile(
    rf"\d|Rp|{_LETTER}|(?:{_ABBREVIATION})\b|(?i:opini|predikat|wajar|tidak)|{_SCORE}|{_AT_LEAST}|{_AT_MOST}"
)
_MAGNITUDE = re.compile(r"(?i:ribu|juta|miliar|milyar|triliun|lusin)\b")
_SCALES = (5, 100)

Doubt = tuple[Ragu, str]


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its text, what it says, its doubts; `refusal` says why it cannot be read."""

    text: str
    tipe: Tipe | None = None
    nilai: float | str | None = None
    satuan: str = ""
    doubts: tuple[Doubt, ...] = ()
    refusal: str = ""


def read_targets(text: str) -> tuple[Target, ...]:
    """The targets of a cell, in order; a piece that is no target stands as one that is refused."""
    return tuple(
        target for piece in _pieces(mark_items(without_marks(text))) for target in _read_piece(piece)
    )


def _pieces(text: str) -> list[str]:
    """The paragraphs and list items of a target cell; a line that begins no target continues the one above."""
    pieces: list[str] = []
    for line in (flatten(part) for part in re.split(r"[\n•;]", text)):
        if line and (not pieces or _BEGINS.match(line) or not re.search(r"\d$", pieces[-1])):
            pieces.append(line)
        elif line:
            pieces[-1] += f" {line}"
    return pieces


def _read_piece(piece: str) -> list[Target]:
    targets: list[Target] = []
    at = 0
    while at < len(piece):
        match = _TOKEN.match(piece, at)
        if not match:
            return [Target(piece, refusal=f"target «{piece}» tidak dapat dibaca")]
        targets.append(_read_token(match))
        at = match.end()
    return targets


def _read_token(match: re.Match[str]) -> Target:
    text = re.sub(r"\s*(?:[,;•]|\bdan)$", "", match[0].strip())
    if match["opini"]:
        word = " ".join(match["opini"].split())
        target = Target(text, Tipe.OPINI, _OPINI.get(word.casefold()) or re.sub(r"[\s-]+", "-", word))
    elif match["predikat"]:
        target = Target(text, Tipe.PREDIKAT, match["predikat"])
    else:
        target = _read_number(match, text)
    return (
        target if target.refusal else replace(target, doubts=(*target.doubts, *_aside_doubts(match, target)))
    )


def _read_number(match: re.Match[str], text: str) -> Target:
    digits = match["number"]
    number = read_document(digits)
    refusal = _two_readings(digits, bool(match["percent"]))
    if number is None or refusal:
        return Target(text, refusal=f"target «{text}» {refusal or 'bukan angka yang dapat dibaca'}")
    if match["rupiah"]:
        return _read_rupiah(match, text, number)
    if match["percent"]:
        return Target(text, Tipe.PERSENTASE, number, "%", _percent_doubts(text, digits, number))
    unit = (match["unit"] or "").rstrip(".")
    if _MAGNITUDE.match(unit):
        return Target(text, refusal=f"target «{text}» memakai kata bilangan; angkanya harus utuh")
    if unit and not re.fullmatch(_SCORE, unit):
        return Target(text, Tipe.JUMLAH, number, unit, _amount_doubts(text, number))
    return _read_score(match, text, number)


def _two_readings(digits: str, percent: bool) -> str:
    """Why these digits can be read in two ways; "" where they cannot."""
    if _TWO_DECIMAL_MARKS.fullmatch(digits) and not percent:
        return f"dapat dibaca {digits.replace('.', ',')} atau ribuan yang terpotong"
    if _THREE_DECIMALS.fullmatch(digits) and not percent:
        return "dapat dibaca sebagai pecahan atau sebagai ribuan"
    if _THOUSANDS.fullmatch(digits) and percent:
        return "dapat dibaca sebagai pecahan atau sebagai ribuan"
    return ""


def _read_rupiah(match: re.Match[str], text: str, number: float) -> Target:
    if match["unit"] or match["percent"]:
        return Target(text, refusal=f"target «{text}» tidak dapat dibaca sebagai angka rupiah yang utuh")
    doubt = (Ragu.TIPE, f"Target «{text}» berupa uang: tentukan apakah memang jumlah rupiah yang diukur.")
    return Target(text, Tipe.JUMLAH, number, "Rupiah", (doubt,))


def _percent_doubts(text: str, digits: str, number: float) -> tuple[Doubt, ...]:
    doubts = []
    if "." in digits:
        shown = digits.replace(".", ",")
        doubts.append((Ragu.TEKS, f"Target «{text}» memakai titik, dibaca {shown}%: pastikan angkanya."))
    if 0 < number <= 1:
        doubts.append(
            (Ragu.SKALA, f"Target «{text}» sangat kecil: pastikan bukan pecahan, misalnya 0,9 untuk 90%.")
        )
    if number > 100:
        doubts.append(
            (Ragu.TIPE, f"Target «{text}» melebihi 100%: tentukan apakah persentase ini dapat melebihi 100%.")
        )
    return tuple(doubts)


def _amount_doubts(text: str, number: float) -> tuple[Doubt, ...]:
    if number.is_integer():
        return ()
    return ((Ragu.TEKS, f"Target «{text}» berupa jumlah yang tidak bulat: pastikan angkanya."),)


def _read_score(match: re.Match[str], text: str, number: float) -> Target:
    """A score: on the scale that the text states, otherwise on the one that it fits, in doubt."""
    scale = int(match["scale"] or (5 if number <= _SCALES[0] else 100))
    if number > scale:
        sebab = f"target «{text}» tanpa satuan dan di luar skala 0-{scale}"
        return Target(text, refusal=sebab)
    doubts = () if match["scale"] and scale in _SCALES else (_scale_doubt(match, text, scale),)
    return Target(text, Tipe.NILAI, number, f"nilai (0-{scale})", doubts)


def _scale_doubt(match: re.Match[str], text: str, scale: int) -> Doubt:
    told = "tidak lazim" if match["scale"] else "tidak disebut dokumen"
    return (Ragu.SKALA, f"Skala target «{text}» {told}, diusulkan 0-{scale}: tentukan skalanya.")


def _aside_doubts(match: re.Match[str], target: Target) -> list[Doubt]:
    """Doubts from what stands beside the value: a comparison, or a remark in brackets."""
    doubts = []
    aside = match["aside"] or ""
    if re.search(rf"\d|^{_LETTER}$", aside):
        doubts.append(
            (
                Ragu.TIPE,
                f"Target «{target.text}» memuat dua nilai, dibaca {target.tipe}: tentukan yang dipakai.",
            )
        )
    elif match["number"] and not re.fullmatch(r"[a-z\s]*", aside):
        doubts.append((Ragu.TEKS, f"Keterangan «({aside})» pada target tidak ikut dibaca: pastikan artinya."))
    if match["most"]:
        doubts.append(
            (
                Ragu.POLARITAS,
                f"Target «{target.text}» berupa batas atas: tentukan apakah makin kecil makin baik.",
            )
        )
    if match["least"]:
        doubts.append(
            (Ragu.TEKS, f"Target «{target.text}» berupa batas bawah, dibaca angkanya saja: pastikan artinya.")
        )
    return doubts
