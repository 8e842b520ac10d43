"""What the content of one entry cell means, by the rules of KEGAGALAN C and D and of DOMAIN 4.

Each cell is read by its indikator's type alone: where there is one reading it is taken (with a warning where it
was not plainly typed), where there are two, or none, the cell is held with what was found. Nothing is guessed.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from builder.angka import clean, read_returned, write_number
from builder.expr import Value
from builder.masalah import TAHAN, Message
from builder.rkt import Aturan, Indikator, Tipe

NIHIL = "Nihil"
_NO_ANSWER = {"-", "–", "—", "n/a", "na", "tidak ada", "belum", "kosong", "nol", "0%"}
_VOLATILE = re.compile(r"\b(TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT)\s*\(", re.IGNORECASE)
_EXTERNAL = re.compile(
    r"\[\d+\]|\[[^\]]+\.xl|https?://|file:|\|'?[^']*'?!|\b(WEBSERVICE|IMPORTXML|HYPERLINK)\s*\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a returned cell holds: its value (of a formula, the stored one), formula, error, number format."""

    value: object = None
    formula: str | None = None
    error: bool = False
    format: str = "General"
    link: str | None = None  # the address behind a text, where it carries one

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


def read_text(content: Content) -> Terbaca:
    """A cell of words (kendala, tindak lanjut, data dukung): text always, whatever it looks like."""
    if content.error:
        return Terbaca().add(Message.D08, contoh="kendala dengan kata-kata")
    if (
        content.formula is not None
        and content.value is not None
        and "HYPERLINK" not in content.formula.upper()
    ):
        if _EXTERNAL.search(content.formula):
            return Terbaca().add(Message.D07)
        shown = Content(content.value).shown
        return Terbaca(shown).add(Message.D03, nilai=shown)
    if content.formula is not None:
        return Terbaca(content.formula).add(Message.D10, awal="=")
    text = content.shown if content.value is not None else ""
    if content.link and content.link not in text:
        text = f"{text} ({content.link})".strip()
    return Terbaca(text if clean(text) else None)


def read_number(i: Indikator, column: str, content: Content, aturan: Aturan) -> Terbaca:
    """A cell that is answered with a number, a word of its list, or Nihil."""
    example = _example(i, column)
    if content.formula is not None:
        held = _formula_fault(content)
        if held:
            return Terbaca().add(held, fungsi=_function(content.formula))
        plain = Content(content.value, error=content.error, format=content.format)
        read = read_number(i, column, plain, aturan)
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
    return _check_number(i, column, float(content.value), content, aturan)  # type: ignore[arg-type]


def _formula_fault(content: Content) -> Message | None:
    assert content.formula is not None
    if _EXTERNAL.search(content.formula):
        return Message.D07
    if _VOLATILE.search(content.formula):
        return Message.D06
    return Message.D04 if content.value is None and not content.error else None


def _function(formula: str) -> str:
    match = _VOLATILE.search(formula)
    return match[1].upper() if match else ""


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
    shown = write_number(reading.numbers[0]) + ("%" if percent else "")
    return read if read.ditahan else read.add(Message.C02, nilai=shown, contoh=example)


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
