"""Python, LibreOffice and IronCalc on random cards: the same value in every formula cell of every workbook.

Agreement proves little about the rules, which the stories and tables hold; it finds where one of the three
reads a formula or a content differently. The cards are made from a seed: RKT_BENIH asks for another.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from random import Random
from typing import TYPE_CHECKING, Any

import mesin
import pytest

from builder.capaian import TRIWULAN_PELAPORAN
from builder.expr import Key, Value
from builder.layout import Book, Role
from builder.rkt import TRIWULAN, Aturan, Hitungan, Indikator, Isian, Konsolidasi, Polaritas, Ragu, Rkt, Tipe
from builder.usulan import fitting_lokasi
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BENIH = int(os.environ.get("RKT_BENIH", "20240717"))
KARTU, KARTU_SEDIKIT = 145, 20  # in a workbook; few where next to nothing is shown

BIASA = mesin.ATURAN
TIGA = replace(BIASA, cap=1.0, nihil_100=True, kategori=((0, "Rendah"), (50.5, "Sedang"), (90, "Tinggi")))
ENAM = replace(
    BIASA,
    cap=1.5,
    kategori=((0, "E"), (20, "D"), (40, "C"), (60, "B"), (80, "A"), (100, "A+")),
    predikat=(*BIASA.predikat[:-1], ("AA", 7, 92.5)),
)


@dataclass(frozen=True)
class Naskah:
    """What one workbook is made from: its number, its triwulan pelaporan as typed, its rules."""

    nomor: int
    triwulan: Value
    aturan: Aturan
    benar: bool = False  # TRUE and FALSE in realisasi too, which LibreOffice reads as 1 and 0


NASKAH = (
    *(Naskah(n, 1 + n % 4, (BIASA, TIGA, ENAM)[n % 3]) for n in range(8)),
    Naskah(8, None, BIASA),
    Naskah(9, 5, ENAM),
    Naskah(10, "dua", TIGA),
    Naskah(11, 2.7, BIASA),
    Naskah(12, 4, BIASA, benar=True),
)


@pytest.mark.parametrize("naskah", NASKAH, ids=lambda n: f"{n.nomor}-k={n.triwulan}")
def test_no_difference(naskah: Naskah, tmp_path: Path) -> None:
    pengarang = Pengarang(Random(f"{BENIH}-{naskah.nomor}"), naskah)
    rkt, entries, book = pengarang.write()
    path = tmp_path / "buku.xlsx"
    write_book(book, STYLES, path)
    found = {"ironcalc": mesin.recalculate_ironcalc(path)}
    if not naskah.benar:
        found["libreoffice"] = mesin.recalculate_libreoffice(path, tmp_path / "hasil")
    differences = [beda for values in found.values() for beda in mesin.compare_book(book, values)]
    differences.sort(key=lambda beda: not (beda.key and rkt.find_indikator(beda.key.id)))  # cards first
    cells = {(beda.sheet, beda.address): beda for beda in differences}
    assert not cells, "\n".join(
        [f"{len(cells)} cells differ, RKT_BENIH={BENIH}, triwulan pelaporan {naskah.triwulan!r}:"]
        + [_told(beda, rkt, entries, found) for beda in list(cells.values())[:5]]
    )


def test_cards_are_many_and_of_every_kind() -> None:
    """At least 1,300 cards, each option met often, each triwulan pelaporan at least 200 times."""
    made = [(n, Pengarang(Random(f"{BENIH}-{n.nomor}"), n).write_plan()) for n in NASKAH]
    cards = [i for _, rkt in made for i in rkt.indikator if i.fungsi == "REN"]
    assert len(cards) >= 1300
    for options in (Tipe, Isian, Konsolidasi, Polaritas, Hitungan):
        for option in options:
            met = sum(option in (i.tipe, i.isian, i.konsolidasi, i.polaritas, i.hitungan) for i in cards)
            assert met > 100, option
    for k in TRIWULAN:
        assert sum(len(rkt.indikator) for n, rkt in made if n.triwulan == k) >= 200
    assert sum(rkt.is_shared(i) for _, rkt in made for i in rkt.indikator) > 80
    assert sum(i.boleh_nihil for i in cards) > 200
    assert sum(i.needs_konfirmasi for i in cards) > 30
    assert sum(i.toleransi is not None and i.polaritas is Polaritas.STABILIZE for i in cards) > 50
    assert sum(i.batas_capaian is not None for i in cards) > 100
    assert sum(i.nilai == 0 for i in cards) > 50
    assert sum(0 in i.target_triwulan for i in cards) > 100
    assert sum(None in i.target_triwulan for i in cards) > 100


# --- contents that chance met first, held by themselves -----------------------------------------------------------

_NILAI = Indikator("S01-I1", "", "50", Tipe.NILAI, 50.0, "", "REN", target_triwulan=(50.0, 50.0, 50.0, 50.0))


def test_capaian_below_zero_is_in_the_lowest_kategori() -> None:
    shown = mesin.compute_card(mesin.Kartu(replace(_NILAI, min_sah=-10.0), {(1, "realisasi"): -5.0}, 1))
    assert shown["TW1", "capaian"] == pytest.approx(-0.1)
    assert shown["TW1", "kategori"] == "Sangat Rendah"


def test_entry_on_a_limit_with_decimals_is_within() -> None:
    limited = replace(_NILAI, tipe=Tipe.PERSENTASE, nilai=30.0, target_triwulan=(30.0,) * 4, maks_sah=33.3)
    assert mesin.compute_card(mesin.Kartu(limited, {(1, "realisasi"): 0.333}, 1))["TW1", "sd"] == 0.333


def test_pair_exactly_at_its_highest_share_is_within() -> None:
    rasio = replace(
        _NILAI,
        tipe=Tipe.PERSENTASE,
        isian=Isian.RASIO,
        nilai=100.0,
        target_triwulan=(100.0,) * 4,
        maks_sah=120.0,
    )
    pair: dict[tuple[int, str], Value] = {(1, "pembilang"): 3.6, (1, "penyebut"): 3.0}
    assert mesin.compute_card(mesin.Kartu(rasio, pair, 1))["TW1", "realisasi"] == pytest.approx(1.2)
    pair[1, "pembilang"] = 3.6001
    assert mesin.compute_card(mesin.Kartu(rasio, pair, 1))["TW1", "realisasi"] == "PERIKSA"


def test_number_of_twenty_digits_is_rounded_too() -> None:
    """A NIP with two digits more, typed where a number belongs."""
    shown = mesin.compute_card(mesin.Kartu(_NILAI, {(1, "realisasi"): 19780512200501100199.0}, 1))
    assert (shown["TW1", "kategori"], shown["TW1", "status"]) == ("Sangat Tinggi", "Melampaui")


# --- the maker of cards -------------------------------------------------------------------------------------------

KATA = ("", " ", "   ", "-", "*", "?", "B?", "W*", "~*", "45", "97,5", "97,5%", "2.498", "2 Laporan", "1e3", "TRUE",
        "=1+1", "#N/A", "belum ada", "Nihil dulu", "PERIKSA", "KONFIRMASI", "BELUM LENGKAP", ">=0", "<1", "'45",
        "nihil\u00a0", "é", "0", "-1", "S01-I1", "Ni hil")  # fmt: skip
NIHIL = ("Nihil", "nihil", "NIHIL", " Nihil ", "niHIL")
ANGKA = (0, 1, 2, -1, 0.5, 99.995, 100, 100.005, 1e-9, -1e-9, 1e-15, 1e9, 123456789012.5, 1e15, 1e25, 1 / 3)
PREDIKAT = ("D", "C", "CC", "B", "BB", "A", "AA", "bb", "Cc", " B ", "aa", "AAA", "E", "B+")
OPINI = ("WTP", "WTP-DPP", "WDP", "TW", "TMP", "wtp", " Wtp-Dpp", "TW?", "WT*", "wtp dpp", "WTP  DPP")
SKOR = (0, 29.99, 30, 30.01, 50, 60, 60.01, 70, 70.01, 80, 80.01, 90, 90.01, 92.5, 92.51, 100, 100.01, -1)


class Pengarang:
    """Writes a plan and what stands in its cells, all from one source of chance."""

    def __init__(self, chance: Random, naskah: Naskah) -> None:
        self.chance = chance
        self.naskah = naskah

    def write(self) -> tuple[Rkt, dict[Key, Value], Book]:
        rkt = self.write_plan()
        entries = {key: value for i in rkt.indikator for key, value in self._entries(i).items()}
        book = buku_kerja(rkt, rkt.sub_bagian[0], Isi(entries), triwulan=1)
        _set_triwulan(book, self.naskah.triwulan)
        return rkt, entries, book

    def write_plan(self) -> Rkt:
        count = KARTU if self.naskah.triwulan in TRIWULAN else KARTU_SEDIKIT
        return mesin.make_rkt([self._indikator(mesin.card_id(n)) for n in range(count)], self.naskah.aturan)

    def _indikator(self, id: str) -> Indikator:
        """An indikator that a plan may hold, with any mix of the rules that go together."""
        chance = self.chance
        (tipe,) = chance.choices(tuple(Tipe), weights=(40, 20, 20, 10, 10))
        isian, konsolidasi = self._rule(tipe)
        hitungan = chance.choice((Hitungan.POSISI, Hitungan.KUMULATIF, None))
        scale = chance.choice((5.0, 100.0))
        nilai = self._target(tipe, scale)
        low, high = self._limits(tipe, scale)
        polaritas = chance.choice(tuple(Polaritas))
        return Indikator(
            id=id,
            teks=f"Indikator {id}",
            target=str(nilai),
            tipe=tipe,
            nilai=nilai,
            satuan="",
            fungsi="KUL" if self._often(0.04) else "REN",
            polaritas=polaritas,
            isian=isian,
            konsolidasi=konsolidasi,
            hitungan=hitungan if konsolidasi is Konsolidasi.LAST else None,
            min_sah=low,
            maks_sah=high,
            boleh_nihil=self._often(0.3),
            batas_capaian=chance.choice((100.0, 110.0, 87.5)) if self._often(0.2) else None,
            toleransi=chance.choice((0.0, 0.1, 2.5, 5.0)) if self._often(0.3) else None,
            target_triwulan=tuple(self._quarter_target(tipe, scale, nilai) for _ in TRIWULAN),
            ragu=frozenset(chance.sample(tuple(Ragu), k=2)) if self._often(0.08) else frozenset(),
            **_shared(id, tipe, isian),
        )

    def _rule(self, tipe: Tipe) -> tuple[Isian, Konsolidasi]:
        """What `plan` lets stand together."""
        if tipe.is_word:
            return Isian.LANGSUNG, Konsolidasi.LAST
        if tipe is Tipe.PERSENTASE and self._often(0.7):
            return Isian.RASIO, self.chance.choice((Konsolidasi.LAST, Konsolidasi.AVERAGE, Konsolidasi.RAW))
        return Isian.LANGSUNG, self.chance.choice((Konsolidasi.LAST, Konsolidasi.SUM, Konsolidasi.AVERAGE))

    def _target(self, tipe: Tipe, scale: float) -> float | str:
        numbers: Sequence[float]
        match tipe:
            case Tipe.PREDIKAT:
                return self.chance.choice([letter for letter, _, _ in self.naskah.aturan.predikat])
            case Tipe.OPINI:
                return self.chance.choice([word for word, _ in self.naskah.aturan.opini])
            case Tipe.PERSENTASE:
                numbers = (0, 0.9, 7, 33.3, 75, 87.5, 90, 97.5, 100)
            case Tipe.JUMLAH:
                numbers = (0, 1, 2, 3, 12, 40, 2498)
            case Tipe.NILAI:
                numbers = (0, scale, scale * 0.7, scale * 0.805, scale / 8)
        return _typed(self.chance.choice(numbers))

    def _quarter_target(self, tipe: Tipe, scale: float, nilai: float | str) -> float | str | None:
        if self._often(0.2):
            return None
        if self._often(0.5):
            return nilai
        return self._target(tipe, scale) if isinstance(nilai, str) or self._often(0.7) else 0.0

    def _limits(self, tipe: Tipe, scale: float) -> tuple[float | None, float | None]:
        if tipe.is_word:
            return None, None
        (low,) = self.chance.choices((0.0, -50.0, None), weights=(80, 10, 10))
        match tipe:
            case Tipe.PERSENTASE:
                return low, self.chance.choice((100.0, 100.0, 102.9, 115.0, 120.0, 133.3, 200.0, None))
            case Tipe.NILAI:
                return low, self.chance.choice((scale, scale, None))
        return low, self.chance.choice((None, None, 5000.0))

    # --- what stands in the cells ---------------------------------------------------------------------------------

    def _entries(self, i: Indikator) -> dict[Key, Value]:
        """Entries of four triwulan; after the triwulan pelaporan some are filled too."""
        blank = self.chance.choice((0.05, 0.2, 0.5))
        entries: dict[Key, Value] = {}
        for j in TRIWULAN:
            if self._often(blank):
                continue
            if i.isian is Isian.RASIO:
                cells = dict(zip(("pembilang", "penyebut"), self._pair(i), strict=True))
            else:
                cells = {"realisasi": self._realisasi(i)}
            for column, value in cells.items():
                entries[Key(i.id, f"TW{j}", column)] = value
        return entries

    def _pair(self, i: Indikator) -> tuple[Value, Value]:
        if self._often(0.15):
            return self._odd(logical=True), self._odd(logical=True)
        whole = float(self.chance.choice((1, 2, 3, 7, 10, 40, 50, 60, 1249, 2498)))
        most = (i.maks_sah or 150) / 100
        edges = (whole, whole * most, whole + 1, 0.0)
        part = self.chance.choice(edges) if self._often(0.4) else self.chance.randrange(int(whole) + 1)
        pair: list[Value] = [_typed(part), whole]
        if self._often(0.1):
            pair[self.chance.randrange(2)] = self._odd(logical=True)
        return pair[0], pair[1]

    def _realisasi(self, i: Indikator) -> Value:
        if self._often(0.12):
            return self._odd(logical=i.tipe.is_word or self.naskah.benar)
        match i.tipe:
            case Tipe.PREDIKAT:
                return self.chance.choice(SKOR if self._often(0.5) else PREDIKAT)
            case Tipe.OPINI:
                return self.chance.choice(OPINI)
        return self._number(i)

    def _number(self, i: Indikator) -> float:
        """A number about the target, on its edges, or anywhere in the scale, as its cell holds it."""
        assert not isinstance(i.nilai, str)
        edges = [x for x in (i.min_sah, i.maks_sah, i.nilai, *i.target_triwulan) if isinstance(x, float)]
        around = self.chance.choice(edges or [50.0])
        band = i.toleransi or 0.0
        half = self.chance.choice((0.905, 0.755, 0.655, 0.505, 0.575, 0.99995, 1.00005, 0.99994))
        steps = (
            around,
            around - band,
            around + band,
            around * half,
            around + 0.01,
            around - 0.01,
            around / 3,
        )
        number = self.chance.choice(steps) if self._often(0.6) else self.chance.uniform(0, i.maks_sah or 100)
        if i.tipe is Tipe.JUMLAH and self._often(0.9):
            number = float(round(number))
        return _typed(number / 100 if i.tipe is Tipe.PERSENTASE else number)

    def _odd(self, *, logical: bool) -> Value:
        """What a person should not type, or seldom does."""
        kind = self.chance.choice(("kata", "nihil", "angka", "benar" if logical else "kata"))
        match kind:
            case "nihil":
                return self.chance.choice(NIHIL)
            case "angka":
                return _typed(self.chance.choice(ANGKA))
            case "benar":
                return self.chance.choice((True, False))
        return self.chance.choice(KATA)

    def _often(self, share: float) -> bool:
        return self.chance.random() < share


def _shared(id: str, tipe: Tipe, isian: Isian) -> dict[str, Any]:
    """Every tenth card is one sub-bagian's part, as far as its type allows."""
    lokasi = next(iter(fitting_lokasi(tipe, isian)), None) if sum(map(ord, id)) % 10 == 0 else None
    return {"bersama": ("KUL", "REN"), "lokasi": lokasi} if lokasi else {}


def _typed(number: float) -> float:
    """A number as a spreadsheet lets it be typed: 15 significant digits."""
    return float(f"{number:.15g}")


def _set_triwulan(book: Book, typed: Value) -> None:
    """Put anything into the cell of the triwulan pelaporan, past the form's own choice of 1 to 4."""
    for sheet in book.sheets:
        for n, cell in enumerate(sheet.cells):
            if cell.key == TRIWULAN_PELAPORAN:
                assert cell.role is Role.ENTRY
                sheet.cells[n] = replace(cell, content=typed)
                return
    raise AssertionError("no cell for the triwulan pelaporan")


def _told(beda: mesin.Beda, rkt: Rkt, entries: dict[Key, Value], found: dict[str, mesin.Nilai]) -> str:
    """A difference with its card: what it is, what was typed, the three values."""
    voices = {name: values.get((beda.sheet, beda.address)) for name, values in found.items()}
    lines = [f"\n{beda}", f"  python {beda.python!r}, " + ", ".join(f"{n} {v!r}" for n, v in voices.items())]
    ids = (beda.key.id, beda.key.baris) if beda.key else ()
    card = next((i for id in ids if (i := rkt.find_indikator(id))), None)
    if card:
        told = {
            f.name: getattr(card, f.name) for f in fields(card) if getattr(card, f.name) not in (None, "")
        }
        typed = {f"{key.baris} {key.kolom}": value for key, value in entries.items() if key.id == card.id}
        lines += [f"  {told}", f"  entries {typed}"]
    return "\n".join(lines)
