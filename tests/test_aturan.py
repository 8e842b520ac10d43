"""Every case of the tables of rules: in Python, in LibreOffice and in IronCalc.

An adapter for each table says how one line of it becomes a card and which cells of the card must show what.
The adapters know how a card is filled; what it must show stands in the Markdown alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import kasus
import mesin
import pytest

from builder.expr import Key
from builder.rkt import TRIWULAN, Isian, Konsolidasi, Polaritas, Tipe

if TYPE_CHECKING:
    from pathlib import Path

Baris = dict[str, str]  # a line of a table: column -> text
Sel = tuple[str, str]  # (baris, column) of a card

TW = tuple(f"TW{j}" for j in TRIWULAN)
ISIAN_WAJAR = {Tipe.PREDIKAT: "B", Tipe.OPINI: "WTP", Tipe.PERSENTASE: "100%"}  # a target that any entry fits


@dataclass(frozen=True, slots=True)
class Kasus:
    """A card, what its cells must show and what they must not."""

    sifat: Baris
    isian: Mapping[tuple[int, str], str]
    triwulan: int
    harus: Mapping[Sel, str]
    bukan: Mapping[Sel, str] = field(default_factory=dict)

    @property
    def kartu(self) -> mesin.Kartu:
        entries = {at: kasus.parse_isian(text) for at, text in self.isian.items()}
        return mesin.Kartu(kasus.indikator(_LENGKAP | self.sifat, "S01-I1"), entries, self.triwulan)

    def faults(self, shown: mesin.Tampilan) -> Iterator[str]:
        for at, text in self.harus.items():
            if not mesin.is_shown(text, shown.get(at)):
                yield f"{at}: must show {text!r}, shows {shown.get(at)!r}"
        for at, text in self.bukan.items():
            if shown.get(at) == text:
                yield f"{at}: must not show {text!r}"


_LENGKAP = dict.fromkeys(kasus.PROPERTI, "") | {
    "isian": Isian.LANGSUNG,
    "konsolidasi": Konsolidasi.LAST,
    "hitungan": "posisi",
    "polaritas": Polaritas.MAXIMIZE,
    "boleh nihil": "tidak",
}


def _targets(*texts: str) -> Baris:
    return dict(zip(kasus.TW, texts, strict=True))


def _same_targets(text: str) -> Baris:
    return _targets(text, text, text, text) | {"target": text}


def _number_type(text: str) -> Tipe:
    return Tipe.PERSENTASE if "%" in text else Tipe.NILAI


# --- capaian by polarity ----------------------------------------------------------------------------------------


def _capaian(polaritas: Polaritas) -> Callable[[Baris], Iterator[Kasus]]:
    """Realisasi of triwulan I against the target of TW I, or of the Tahun row against that of the year."""

    def read(line: Baris) -> Iterator[Kasus]:
        year = line["baris"] == "Tahun"
        baris = "TAHUN" if year else "TW1"
        sifat: Baris = {
            "tipe": _number_type(line["target tahunan"]),
            "polaritas": polaritas,
            "target": line["target tahunan"],
            **_targets("" if year else line["target"], "", "", line["target tahunan"]),
            **{column: line[column] for column in ("batas capaian", "toleransi") if column in line},
        }
        harus = {
            (baris, "target"): line["target"],
            (baris, "sd"): line["realisasi"],
            (baris, "capaian"): line["capaian"],
        }
        yield Kasus(sifat, {(1, "realisasi"): line["realisasi"]}, 1, harus)

    return read


# --- words for a capaian: kategori, status, order of the rules ----------------------------------------------------


def _with_capaian(line: Baris, k: int) -> tuple[Baris, Mapping[tuple[int, str], str]]:
    """A card that shows the capaian of a line on the row of triwulan k, by realisasi : target or a word."""
    sifat: Baris = {"tipe": _number_type(line["target"]), **_same_targets(line["target"])}
    typed = line["realisasi"]
    match line["capaian"]:
        case "NIHIL":
            sifat, typed = sifat | {"boleh nihil": "ya"}, "Nihil"
        case "KONFIRMASI":
            sifat, typed = sifat | {"ragu": "polaritas"}, "50"
        case "PERIKSA":
            typed = '"belum ada"'
        case "BELUM LENGKAP":
            sifat, typed = sifat | {"konsolidasi": Konsolidasi.SUM, "hitungan": ""}, "50"
        case "-":
            sifat, typed = sifat | {"target": "100"}, "1"
    return sifat, {(k, "realisasi"): typed}


def _kategori(line: Baris) -> Iterator[Kasus]:
    sifat, isian = _with_capaian(line, 4)
    rows = ("TW4",) if line["capaian"] == "-" else ("TW4", "TAHUN")  # the Tahun row is always measured
    harus = {(baris, column): line[column] for baris in rows for column in ("capaian", "kategori")}
    yield Kasus(sifat, isian, 4, harus)


def _status(line: Baris) -> Iterator[Kasus]:
    for k in (3, 4):
        sifat, isian = _with_capaian(line, k)
        harus = {(f"TW{k}", "capaian"): line["capaian"], (f"TW{k}", "status"): line["status"]}
        if line["capaian"] != "-":
            judged = k == 4 or not line["capaian"].endswith("%")
            harus["TAHUN", "status"] = line["status"] if judged else ""
        if k == 3:
            harus["TAHUN", "kategori"] = ""
        yield Kasus(sifat, isian, k, harus)


def _urutan(line: Baris) -> Iterator[Kasus]:
    """Only triwulan III is filled, and its row or the Tahun row is looked at."""
    sifat: Baris = {
        "tipe": Tipe.JUMLAH,
        "polaritas": line["polaritas"],
        "ragu": line["ragu"],
        "min": "0",
        "target": line["target tahunan"],
        **_targets("", "", "" if line["baris"] == "Tahun" else line["target"], ""),
    }
    typed = line["s.d. TW"]
    match typed:
        case "NIHIL":
            sifat |= {"boleh nihil": "ya"}
        case "PERIKSA":
            typed = '"belum ada"'
        case "BELUM LENGKAP":
            sifat |= {"konsolidasi": Konsolidasi.SUM, "hitungan": ""}
            typed = "1"
    baris = "TAHUN" if line["baris"] == "Tahun" else "TW3"
    harus = {(baris, "target"): line["target"], (baris, "capaian"): line["capaian"]}
    if line["s.d. TW"] != "BELUM LENGKAP":
        harus[baris, "sd"] = line["s.d. TW"]
    yield Kasus(sifat, {(3, "realisasi"): typed}, 3, harus)


# --- opini and predikat -------------------------------------------------------------------------------------------


def _opini(line: Baris) -> Iterator[Kasus]:
    sifat: Baris = {"tipe": Tipe.OPINI, **_same_targets(line["target"])}
    yield Kasus(sifat, {(1, "realisasi"): line["realisasi"]}, 1, {("TW1", "capaian"): line["capaian"]})


_HURUF = ("D", "C", "CC", "B", "BB", "A", "AA")  # ascending, as the table's own introduction says


def _predikat(line: Baris) -> Iterator[Kasus]:
    """The capaian of the line. A letter shows itself; that of a score in the target it still reaches."""
    isian, huruf = {(1, "realisasi"): line["realisasi"]}, line["huruf"]
    is_score = not isinstance(kasus.parse_isian(line["realisasi"]), str) and huruf in _HURUF
    wanted = {line["target"]: line["capaian"]}
    if is_score:
        reached, *above = _HURUF[_HURUF.index(huruf) :]
        wanted |= {reached: "100%"} | dict.fromkeys(above[:1], "0%")
    for target, capaian in wanted.items():
        harus = {("TW1", "capaian"): capaian, ("TW1", "sd"): line["realisasi"] if is_score else huruf}
        yield Kasus({"tipe": Tipe.PREDIKAT, **_same_targets(target)}, isian, 1, harus)


# --- what was typed -----------------------------------------------------------------------------------------------


def _langsung(line: Baris) -> Iterator[Kasus]:
    sifat: Baris = {
        **{column: line[column] for column in ("tipe", "boleh nihil", "min", "maks")},
        **_same_targets(ISIAN_WAJAR.get(Tipe(line["tipe"]), "5")),
    }
    harus = {("TW1", "sd"): line["dibaca"], ("TW1", "terisi"): line["terisi"]}
    yield Kasus(sifat, {(1, "realisasi"): line["isian"]}, 1, harus)


def _rasio(line: Baris) -> Iterator[Kasus]:
    sifat: Baris = {
        "tipe": Tipe.PERSENTASE,
        "isian": Isian.RASIO,
        **{column: line[column] for column in ("boleh nihil", "min", "maks")},
        **_same_targets("100%"),
    }
    isian = {(1, column): line[column] for column in ("pembilang", "penyebut")}
    harus = {("TW1", column): line["realisasi"] for column in ("realisasi", "sd")}
    yield Kasus(sifat, isian, 1, harus | {("TW1", "terisi"): line["terisi"]})


def _pairs(texts: list[str]) -> Mapping[tuple[int, str], str]:
    isian: dict[tuple[int, str], str] = {}
    for j, text in enumerate(texts, 1):
        isian[j, "pembilang"], isian[j, "penyebut"] = kasus.parse_pasangan(text)
    return isian


def _kumulatif(line: Baris) -> Iterator[Kasus]:
    before = ["" if text == "-" else text for text in line["sebelum"].split("; ")]
    j = len(before) + 1
    now = {(j, "pembilang"): line["pembilang"], (j, "penyebut"): line["penyebut"]}
    sifat: Baris = {
        "tipe": Tipe.PERSENTASE,
        "isian": Isian.RASIO,
        "hitungan": "kumulatif",
        "boleh nihil": line["boleh nihil"],
        "min": "0",
        "maks": "100",
        **_same_targets("100%"),
    }
    harus = {(f"TW{j}", "realisasi"): line["realisasi"], (f"TW{j}", "terisi"): line["terisi"]}
    yield Kasus(sifat, {**_pairs(before), **now}, 4, harus)


# --- up to the triwulan -------------------------------------------------------------------------------------------


def _to_date(line: Baris, sifat: Baris) -> Kasus:
    """Four entries, and what stands up to each triwulan; triwulan pelaporan IV."""
    typed = [line[tw] for tw in kasus.TW]
    if sifat["isian"] == Isian.RASIO:
        isian = _pairs(typed)
    else:
        isian = {(j, "realisasi"): text for j, text in enumerate(typed, 1)}
    harus = {(baris, "sd"): line[f"s.d. {tw}"] for baris, tw in zip(TW, kasus.TW, strict=True)}
    harus["TAHUN", "sd"] = line["s.d. TW IV"]
    if "keterangan TW IV" in line:
        harus |= {(baris, "keterangan"): line["keterangan TW IV"] for baris in ("TW4", "TAHUN")}
    return Kasus(sifat | {"boleh nihil": line["boleh nihil"]}, isian, 4, harus)


_SKALA: Baris = {"min": "0", "maks": "100"}


def _last(line: Baris) -> Iterator[Kasus]:
    tipe = Tipe(line["tipe"])
    limits = _SKALA if tipe is Tipe.NILAI else {}
    target = _same_targets(ISIAN_WAJAR.get(tipe, "50"))
    yield _to_date(line, {"tipe": tipe, "isian": Isian.LANGSUNG, **limits, **target})


def _average(line: Baris) -> Iterator[Kasus]:
    tipe, target = (Tipe.PERSENTASE, "100%") if line["isian"] == Isian.RASIO else (Tipe.NILAI, "100")
    sifat = {
        "tipe": tipe,
        "isian": line["isian"],
        "konsolidasi": Konsolidasi.AVERAGE,
        **_same_targets(target),
    }
    yield _to_date(line, _SKALA | sifat)


def _raw(line: Baris) -> Iterator[Kasus]:
    sifat = {"tipe": Tipe.PERSENTASE, "isian": Isian.RASIO, "konsolidasi": Konsolidasi.RAW}
    yield _to_date(line, _SKALA | sifat | _same_targets("100%"))


def _sum(line: Baris) -> Iterator[Kasus]:
    sifat: Baris = {
        "tipe": Tipe.JUMLAH,
        "isian": Isian.LANGSUNG,
        "konsolidasi": Konsolidasi.SUM,
        "hitungan": "",
        "min": "0",
        **_targets("3", "3", "3", "3"),
        "target": "12",
    }
    case = _to_date(line, sifat)
    incomplete = {name.strip() for name in line["belum lengkap"].split(",") if name}
    assert incomplete <= set(kasus.TW)
    harus, bukan = dict(case.harus), {}
    for baris, tw in zip(TW, kasus.TW, strict=True):
        if tw in incomplete:
            harus |= {(baris, "capaian"): "BELUM LENGKAP", (baris, "status"): "Belum lengkap"}
        else:
            bukan[baris, "capaian"] = "BELUM LENGKAP"
    yield Kasus(case.sifat, case.isian, 4, harus, bukan)


TABEL: dict[str, Callable[[Baris], Iterator[Kasus]]] = {
    "capaian-maximize": _capaian(Polaritas.MAXIMIZE),
    "capaian-minimize": _capaian(Polaritas.MINIMIZE),
    "capaian-stabilize": _capaian(Polaritas.STABILIZE),
    "isian-kumulatif": _kumulatif,
    "isian-langsung": _langsung,
    "isian-rasio": _rasio,
    "kategori": _kategori,
    "konsolidasi-average": _average,
    "konsolidasi-last": _last,
    "konsolidasi-raw": _raw,
    "konsolidasi-sum": _sum,
    "opini": _opini,
    "predikat": _predikat,
    "status": _status,
    "urutan-capaian": _urutan,
}
_TENTANG_KARTU = ("capaian", "isian", "kategori", "konsolidasi", "opini", "predikat", "status", "urutan")
KASUS = [
    (f"{name}: {line['kasus']}", case)
    for name, read in TABEL.items()
    for line in kasus.read_kasus(name)
    for case in read(line)
]


def test_every_table_has_an_adapter() -> None:
    """Tables of other subjects (documents, plans, returned files) are held elsewhere."""
    names = {path.stem for path in (kasus.FOLDER / "aturan").glob("*.md")}
    assert set(TABEL) <= names
    assert set(TABEL) == {name for name in names if name.startswith(_TENTANG_KARTU)}


@pytest.mark.parametrize("name", TABEL)
def test_cases_in_python(name: str) -> None:
    faults = [
        f"{said}, {fault}"
        for said, case in KASUS
        if said.startswith(f"{name}:")
        for fault in case.faults(mesin.compute_card(case.kartu))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("triwulan", sorted({case.triwulan for _, case in KASUS}))
def test_cases_in_both_engines(triwulan: int, tmp_path: Path) -> None:
    """All cases of one triwulan pelaporan, each a card of its own in one workbook."""
    cases = [(said, case) for said, case in KASUS if case.triwulan == triwulan]
    written = mesin.write_cards([case.kartu for _, case in cases], tmp_path)
    for engine in mesin.MESIN:
        faults = [
            f"{engine}, {said}, {fault}"
            for (said, case), shown in zip(cases, mesin.hear(engine, written, tmp_path), strict=True)
            for fault in case.faults(shown)
            if not (engine == "libreoffice" and mesin.is_lost_on_libreoffice(case.kartu))
        ]
        assert not faults, "\n".join(faults)


def test_kategori_rounds_to_whole_points_in_three_voices(tmp_path: Path) -> None:
    """Column `dibulatkan`, by a scale on which each of these whole points is a kategori of its own."""
    lines = [line for line in kasus.read_kasus("kategori") if line["dibulatkan"]]
    bounds = sorted({n for line in lines for n in (0, int(line["dibulatkan"]), int(line["dibulatkan"]) + 1)})
    aturan = replace(mesin.ATURAN, kategori=tuple((bound, f"mulai {bound}") for bound in bounds))
    cards = [case.kartu for line in lines for case in _kategori(line)]
    written = mesin.write_cards(cards, tmp_path, aturan)
    heard = {engine: mesin.hear(engine, written, tmp_path) for engine in mesin.MESIN}
    heard["python"] = [mesin.compute_card(card, aturan) for card in cards]
    faults = [
        f"{voice}, {line['kasus']}: must round to {line['dibulatkan']}, is {shown['TW4', 'kategori']!r}"
        for voice, tampilan in heard.items()
        for line, shown in zip(lines, tampilan, strict=True)
        if shown["TW4", "kategori"] != f"mulai {line['dibulatkan']}"
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("nihil_100", "sasaran", "n"), [(False, "85%", 2), (True, "90%", 3)])
def test_mean_of_a_sasaran_and_of_the_office(nihil_100: bool, sasaran: str, n: int, tmp_path: Path) -> None:
    """DOMAIN 6, roll-up, worked by hand. S01: 150% counts as 120%, then 50%, Nihil, and three without a number:
    (120 + 50) : 2 = 85, with Nihil as 100% (120 + 50 + 100) : 3 = 90. S02: 40%. S03: nothing. The office: mean
    over sasaran, (85 + 40) : 2, and over indikator, (120 + 50 + 40) : 3.
    """
    nilai: Baris = {"tipe": Tipe.NILAI, **_SKALA, **_same_targets("50")}
    belum = nilai | {"konsolidasi": Konsolidasi.SUM, "hitungan": ""}
    cards = {
        "S01-I1": (nilai, "75"),
        "S01-I2": (nilai, "25"),
        "S01-I3": (nilai | {"boleh nihil": "ya"}, "Nihil"),
        "S01-I4": (nilai, ""),
        "S01-I5": (nilai | {"ragu": "polaritas"}, "75"),
        "S01-I6": (belum, "50"),
        "S02-I1": (nilai, "20"),
        "S03-I1": (nilai, ""),
    }
    kartu = [Kasus(sifat, {(2, "realisasi"): text}, 2, {}).kartu for sifat, text in cards.values()]
    aturan = replace(mesin.ATURAN, nihil_100=nihil_100)
    written = mesin.write_cards(kartu, tmp_path, aturan, tuple(cards))
    wanted = {
        Key("S01", "", "capaian"): sasaran,
        Key("S01", "", "n"): str(n),
        Key("S01", "", "m"): "6",
        Key("S02", "", "capaian"): "40%",
        Key("S03", "", "capaian"): "",
        Key("daftar", "S01", "capaian"): sasaran,
        Key("daftar", "jumlah", "capaian"): {"85%": "62,5%", "90%": "65%"}[sasaran],
        Key("daftar", "indikator", "capaian"): {"85%": "70%", "90%": "77,5%"}[sasaran],
        Key("daftar", "indikator", "n"): str(n + 1),
    }
    for engine in mesin.MESIN:
        values = mesin.recalculate(engine, written.path, tmp_path)
        for key, text in wanted.items():
            found = values.get((written.buku.places[key].sheet, written.buku.places[key].address))
            assert mesin.is_shown(text, found), (engine, key, text, found)
            assert mesin.is_shown(text, written.buku.evaluation.value(key)), (key, text)


def test_libreoffice_takes_true_for_one_in_a_cell_with_a_number_format(tmp_path: Path) -> None:
    """Why the cases with TRUE in realisasi are not asked of it; a failure here is good news."""
    true = _LENGKAP | {"tipe": Tipe.NILAI} | _SKALA | _same_targets("50")
    card = Kasus(true, {(1, "realisasi"): "TRUE"}, 1, {("TW1", "sd"): "PERIKSA"})
    assert mesin.is_lost_on_libreoffice(card.kartu)
    written = mesin.write_cards([card.kartu], tmp_path)
    assert not list(card.faults(mesin.hear("ironcalc", written, tmp_path)[0]))
    assert mesin.hear("libreoffice", written, tmp_path)[0]["TW1", "sd"] == 1
