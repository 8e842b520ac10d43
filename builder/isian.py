"""What the content of one entry cell means, by the rules of KEGAGALAN C and D and of DOMAIN 4.

Each cell is read by its indikator's type alone: where there is one reading it is taken (with a warning where it
was not plainly typed), where there are two, or none, the cell is held with what was found. Nothing is guessed.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from builder.angka import clean, is_grouped, read_returned, write_number
from builder.expr import Value
from builder.masalah import TAHAN, Message
from builder.rkt import Aturan, Indikator, Tipe

NIHIL = "Nihil"
_NO_ANSWER = {
    "-", "--", "–", "—", "?", "n/a", "n.a.", "na", "nil", "null", "nol", "0%", "kosong", "belum",
    "tidak ada", "tdk ada",
}  # fmt: skip
_VOLATILE = re.compile(r"\b(TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT)\s*\(", re.IGNORECASE)
_FETCHING = re.compile(
    r"\b(?:_xlfn\.)?(HYPERLINK|WEBSERVICE|FILTERXML|IMAGE|RTD|DDE|IMPORT(?:XML|HTML|DATA|RANGE|FEED))\s*\(",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(r"\[\d+\]|\[[^\]]+\.\w+\]|https?://|file:|\|'?[^']*'?!", re.IGNORECASE)
_FIRST_DATE, _LAST_DATE = 36526, 55153  # the days of 2000 to 2050 as a spreadsheet counts them
_EPOCH = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_BREAKS = "\r\u2028\u2029"  # written as a new line
_FORMULA_STARTS = dict.fromkeys("=+-@＝＋－＠") | {"\t": "TAB", "\r": "CR"}


@dataclass(frozen=True, slots=True)
class Content:
    """What a returned cell holds: its value (of a formula, the stored one), formula, error, number format."""

    value: object = None
    formula: str | None = None
    error: bool = False
    format: str = "General"
    link: str | None = None  # the address behind a text, where it carries one
    raw: str = ""  # as stored in the file
    array: bool = False  # part of an array formula or of a data table
    unseen: bool = False  # its look hides it: white letters, or a format that shows nothing

    @property
    def shown(self) -> str:
        """The content as the message quotes it."""
        if self.formula is not None:
            return self.formula
        if isinstance(self.value, datetime.datetime):
            return f"{self.value:%d/%m/%Y}"
        if isinstance(self.value, bool):
            return str(self.value).upper()
        if isinstance(self.value, (int, float)):
            return (
                f"{self.value * 100:.10g}%".replace(".", ",")
                if "%" in self.format
                else f"{self.value:.15g}".replace(".", ",")
            )
        return "" if self.value is None else str(self.value)


@dataclass(slots=True)
class Terbaca:
    """A cell once read: its value (None: blank; per cent as a fraction), and what was found wrong with it."""

    value: Value = None
    found: list[tuple[Message, dict[str, Any]]] = field(default_factory=list)

    @property
    def ditahan(self) -> bool:
        """True where a person must decide."""
        return any(m.putusan is TAHAN for m, _ in self.found)

    def add(self, message: Message, **values: Any) -> Terbaca:
        """Note a message; returns itself."""
        self.found.append((message, values))
        return self


# --- words that people write --------------------------------------------------------------------------------------


def read_text(content: Content, *, manual: bool = False) -> Terbaca:
    """A cell of words (kendala, tindak lanjut, data dukung): text always, whatever it looks like."""
    if content.array:
        return Terbaca().add(Message.D09, contoh="kendala dengan kata-kata")
    if content.error:
        return Terbaca().add(Message.D08, contoh="kendala dengan kata-kata")
    if content.formula is not None:
        return _read_text_formula(content, content.formula, manual)
    text = content.shown if content.value is not None else ""
    if content.link and content.link not in text:
        text = f"{text} ({content.link})".strip()
    return _read_written(text)


def _read_text_formula(content: Content, formula: str, manual: bool) -> Terbaca:
    """A formula among words: a link, or one without a result, stays as text; another gives its stored result."""
    fault = formula_fault(content, manual)
    if content.value is None or (fault is Message.H04 and "HYPERLINK" in formula.upper()):
        return _read_written(formula)
    if fault:
        return Terbaca().add(fault, fungsi=_function(formula))
    read = _read_written(Content(content.value).shown)
    return read.add(Message.D03, nilai=read.value)


def _read_written(text: str) -> Terbaca:
    """A text without what nobody can see, which is named; a tab and a new line are what people write."""
    text = text.replace("\r\n", "\n")
    control = [c for c in text if _is_control(c)]
    unseen = [c for c in text if _is_unseen(c)]
    kept = "".join("\n" if c in _BREAKS else "" if is_hidden(c) else c for c in text)
    read = Terbaca(kept if clean(kept) else None)
    if control:
        read.add(Message.C22, jumlah=len(control), daftar=_named(control))
    if unseen:
        read.add(Message.C24, daftar=_named(unseen))
    # "- teks" is a line of a list, which staff type all the time; a text that begins so is nothing to tell.
    if read.value is not None and kept[:1] in _FORMULA_STARTS and not re.match(r"-\s|-$", kept):
        read.add(Message.D10, awal=_FORMULA_STARTS[kept[0]] or kept[0])
    return read


def _is_control(c: str) -> bool:
    return unicodedata.category(c) == "Cc" and c not in "\n\t"


def _is_unseen(c: str) -> bool:
    return unicodedata.category(c) in ("Cf", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE


def is_hidden(c: str) -> bool:
    """A character that controls or that nobody sees: of direction, of no width, of a terminal."""
    return _is_control(c) or _is_unseen(c)


def name_hidden(text: str) -> str:
    """A text whose hidden characters are named, so that they are seen and never obeyed: ‹U+202E›."""
    return "".join(f"‹U+{ord(c):04X}›" if is_hidden(c) else c for c in text)


def _named(characters: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in characters))


# --- answers ------------------------------------------------------------------------------------------------------


def read_number(
    i: Indikator,
    column: str,
    content: Content,
    aturan: Aturan,
    *,
    manual: bool = False,
    date1904: bool = False,
) -> Terbaca:
    """A cell that is answered with a number, a word of its list, or Nihil.

    `manual`: the workbook computes on request only; `date1904`: it counts days from 1904.
    """
    example = _example(i, column)
    if content.array:
        return Terbaca().add(Message.D09, contoh=example)
    if content.formula is not None:
        held = formula_fault(content, manual)
        if held:
            return Terbaca().add(held, fungsi=_function(content.formula))
        plain = Content(content.value, error=content.error, format=content.format)
        read = read_number(i, column, plain, aturan, date1904=date1904)
        return read.add(Message.D03, nilai=plain.shown) if not read.ditahan else read
    if content.error:
        return Terbaca().add(Message.D08, contoh=example)
    if isinstance(content.value, (datetime.date, datetime.time, datetime.timedelta)):
        return Terbaca().add(Message.C09, contoh=example)
    if isinstance(content.value, bool):
        return Terbaca().add(Message.C21, contoh=example)
    if isinstance(content.value, str):
        return _read_words(i, column, content.value, aturan)
    if content.value is None:
        return Terbaca()
    number = float(content.value)  # type: ignore[arg-type]
    as_day = _as_day(i, column, number, date1904)
    return as_day or _check_number(i, column, number, content, aturan)


def formula_fault(content: Content, manual: bool) -> Message | None:
    """Why the stored result of a formula cannot be taken; None where it can."""
    assert content.formula is not None
    if _FETCHING.search(content.formula):
        return Message.H04
    if _EXTERNAL.search(content.formula):
        return Message.D07
    if _VOLATILE.search(content.formula):
        return Message.D06
    if content.value is None and not content.error:
        return Message.D04
    return Message.D05 if manual else None


def _function(formula: str) -> str:
    match = _FETCHING.search(formula) or _VOLATILE.search(formula)
    return match[1].upper() if match else ""


def _as_day(i: Indikator, column: str, number: float, date1904: bool) -> Terbaca | None:
    """A whole number that is a day of these years while the target is far smaller: a date that lost its format.

    Of a realisasi only: pembilang and penyebut may be of any size, whatever the target.
    """
    first = _FIRST_DATE - (1462 if date1904 else 0)
    if column != "realisasi" or isinstance(i.nilai, str) or i.nilai >= 1000:
        return None
    if not number.is_integer() or not first <= number <= _LAST_DATE:
        return None
    day = _EPOCH[date1904] + datetime.timedelta(days=number)
    values = {"mentah": f"{number:.0f}", "tanggal": f"{day:%d/%m/%Y}", "target": i.target_teks}
    return Terbaca().add(Message.C10, contoh=_example(i, column), **values)


def _example(i: Indikator, column: str) -> str:
    if column in ("pembilang", "penyebut"):
        return "40" if column == "pembilang" else "50"
    return {Tipe.PERSENTASE: "97,5", Tipe.JUMLAH: "3", Tipe.PREDIKAT: "BB", Tipe.OPINI: "WTP"}.get(
        i.tipe, "3,5" if i.maks_sah == 5 else "75,5"
    )


# --- words --------------------------------------------------------------------------------------------------------


def _read_words(i: Indikator, column: str, text: str, aturan: Aturan) -> Terbaca:
    word = clean(text)
    if not word:
        return Terbaca()
    if word.upper() == NIHIL.upper():
        return Terbaca(NIHIL) if i.boleh_nihil else Terbaca().add(Message.N05)
    if i.tipe.is_word:
        return _read_choice(i, word, aturan)
    example = _example(i, column)
    if word.lower() in _NO_ANSWER:
        return Terbaca().add(
            Message.C13, nihil="Ketik Nihil bila tidak ada kejadian." if i.boleh_nihil else ""
        )
    return _read_typed_number(i, column, word, example, aturan)


def _read_choice(i: Indikator, word: str, aturan: Aturan) -> Terbaca:
    words = [row[0] for row in (aturan.opini if i.tipe is Tipe.OPINI else aturan.predikat)]
    if word.upper() in words:
        return Terbaca(word.upper())
    reading = read_returned(word) if i.tipe is Tipe.PREDIKAT else None
    if (
        reading
        and len(reading.numbers) == 1
        and 0 <= reading.numbers[0] <= 100
        and not (reading.percent or reading.unit)
    ):
        return Terbaca(reading.numbers[0]).add(
            Message.C02, nilai=write_number(reading.numbers[0]), contoh="72,5"
        )
    return Terbaca().add(Message.C16, daftar=", ".join(words))


def _read_typed_number(i: Indikator, column: str, word: str, example: str, aturan: Aturan) -> Terbaca:
    """A number typed as text: taken where it has one reading and its unit is the plan's."""
    reading = read_returned(word)
    if reading is None:
        return Terbaca().add(Message.C01, contoh=example)
    percent = i.tipe is Tipe.PERSENTASE and column == "realisasi"
    if reading.percent and not percent:
        return Terbaca().add(
            Message.C04, satuan=i.satuan if column == "realisasi" else "jumlah", contoh=example
        )
    if reading.unit and reading.unit.casefold() != i.satuan.casefold():
        return Terbaca().add(Message.C01, contoh=example)
    if len(reading.numbers) > 1:
        one, two = (write_number(n) for n in reading.numbers[:2])
        return Terbaca().add(Message.C05, satu=one, dua=two)
    number = reading.numbers[0] / 100 if percent else reading.numbers[0]
    read = _check_number(i, column, number, Content(number, format="0.00%" if percent else "General"), aturan)
    if read.ditahan:
        return read
    message = Message.C03 if percent else Message.C06 if is_grouped(word) else Message.C02
    return read.add(
        message, nilai=write_number(reading.numbers[0]) + ("%" if percent else ""), contoh=example
    )


# --- numbers ------------------------------------------------------------------------------------------------------


def _check_number(i: Indikator, column: str, number: float, content: Content, aturan: Aturan) -> Terbaca:
    """A number within what its type allows."""
    example = _example(i, column)
    if number != number or abs(number) >= 1e15:
        return Terbaca().add(Message.C18, contoh=example)
    number = float(f"{number:.15g}")  # the binary dust of 0.30000000000000004
    if column in ("pembilang", "penyebut"):
        return (
            Terbaca(number)
            if number >= 0
            else Terbaca().add(Message.C15, batas="0 atau lebih", contoh=example)
        )
    match i.tipe:
        case Tipe.OPINI:
            return Terbaca().add(Message.C16, daftar=", ".join(w for w, _ in aturan.opini))
        case Tipe.PREDIKAT:
            return (
                Terbaca(number)
                if 0 <= number <= 100
                else Terbaca().add(Message.C15, batas="0 sampai 100", contoh="72,5")
            )
        case Tipe.JUMLAH if number != int(number):
            return Terbaca().add(Message.C17, contoh=example)
        case Tipe.PERSENTASE:
            return _check_percent(i, number, content)
    return _check_bounds(i, number, Terbaca(number))


def _check_percent(i: Indikator, number: float, content: Content) -> Terbaca:
    """The scale of a per cent: a cell holds the fraction; 97.5 without the format has one sound reading."""
    in_points = number
    if "%" not in content.format and number > 1.5 and (i.maks_sah is None or number <= i.maks_sah):
        shown = write_number(number)
        read = _check_bounds(i, number, Terbaca(number / 100))
        return read if read.ditahan else read.add(Message.C07, mentah=shown, nilai=f"{shown}%")
    in_points = i.unit_value(number)
    target = i.nilai if not isinstance(i.nilai, str) else 0.0
    if target > 0 and 0.8 <= in_points * 100 / target <= 1.25:
        values = {"mentah": f"{write_number(in_points)}%", "target": f"{write_number(target)}%"}
        return Terbaca().add(Message.C08, contoh=write_number(float(f"{in_points * 100:.6g}")), **values)
    if "%" not in content.format and 0 < number <= 1.5:
        values = {"mentah": write_number(number), "target": f"{write_number(target)}%"}
        return Terbaca().add(Message.C08, contoh=write_number(in_points), **values)
    return _check_bounds(i, in_points, Terbaca(number))


def _check_bounds(i: Indikator, number: float, read: Terbaca) -> Terbaca:
    """min_sah and maks_sah, both in the target's unit."""
    too_low = i.min_sah is not None and number < i.min_sah
    if not too_low and (i.maks_sah is None or number <= i.maks_sah):
        return read
    unit = "%" if i.tipe is Tipe.PERSENTASE else ""
    ends = [f"{write_number(x)}{unit}" for x in (i.min_sah, i.maks_sah) if x is not None]
    limits = (
        " sampai ".join(ends)
        if len(ends) == 2
        else f"{ends[0]} atau {'lebih' if i.maks_sah is None else 'kurang'}"
    )
    return Terbaca().add(Message.C15, batas=limits, contoh=_example(i, "realisasi"))


# --- pairs --------------------------------------------------------------------------------------------------------


def explain_pair(
    pembilang: Value, penyebut: Value, earlier: list[tuple[Value, Value]]
) -> tuple[Message, dict[str, Any]]:
    """Why the rule says PERIKSA over two cells that are sound one by one; `earlier`: the pairs before.

    The rule itself is the card's formula (`capaian`); this only puts its verdict into words.
    """
    if NIHIL in (pembilang, penyebut):
        other = penyebut if pembilang == NIHIL else pembilang
        if isinstance(other, str) or not other:
            return Message.N05, {}
        return Message.N08, {"angka": write_number(other)}
    if penyebut == 0 and not pembilang:
        return Message.N07, {"pembilang": "0" if pembilang == 0 else "kosong"}
    if pembilang is None or penyebut is None or isinstance(pembilang, str) or isinstance(penyebut, str):
        there, missing = ("pembilang", "penyebut") if penyebut is None else ("penyebut", "pembilang")
        return Message.N01, {"ada": there, "kurang": missing}
    for part, now, before in (
        ("Pembilang", pembilang, [p for p, _ in earlier]),
        ("Penyebut", penyebut, [q for _, q in earlier]),
    ):
        if (
            penyebut
            and pembilang <= penyebut
            and any(not isinstance(b, str) and now < (b or 0) for b in before)
        ):
            return Message.N04, {"bagian": part}
    shown = {"pembilang": write_number(pembilang), "penyebut": write_number(penyebut)}
    return Message.N02 if penyebut == 0 else Message.N03, shown
