"""The value cached beside each formula is the one that a spreadsheet computes, so an unopened file is right."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from random import Random

import mesin
import pytest

from builder.expr import Key, Value
from builder.layout import Book, address
from builder.plan import read_plan
from builder.rkt import Isian, Rkt, SubBagian, Tipe
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

CONTOH = Path(__file__).parent.parent / "examples" / "rencana-kpu-kubu-raya-2024.csv"
RKT, _ = read_plan(CONTOH)
TRIWULAN = 3


def _fill(rkt: Rkt, sub_bagian: SubBagian) -> dict[Key, Value]:
    """Entries as staff would have typed them up to triwulan III: two of three rows, some Nihil, some wrong."""
    chance = Random(sub_bagian.kode)
    entries: dict[Key, Value] = {}
    for i in rkt.indikator:
        for j in range(1, TRIWULAN + 1):
            if chance.random() < 1 / 3:
                continue
            cells: dict[str, Value]
            if i.isian is Isian.RASIO:
                whole = chance.choice((4, 7, 12, 40))
                cells = {"pembilang": chance.randrange(whole + 1), "penyebut": whole}
            else:
                number = chance.choice((0.87, 0.975)) if i.tipe is Tipe.PERSENTASE else chance.randrange(5)
                cells = {"realisasi": {Tipe.PREDIKAT: "BB", Tipe.OPINI: "wtp"}.get(i.tipe, number)}
            if chance.random() < 0.15:
                cells[next(iter(cells))] = chance.choice(("Nihil", "belum ada", "45", " "))
            entries |= {Key(i.id, f"TW{j}", column): value for column, value in cells.items()}
    return entries


def _write(sub_bagian: SubBagian, folder: Path) -> tuple[Book, Path]:
    book = buku_kerja(RKT, sub_bagian, Isi(_fill(RKT, sub_bagian)), triwulan=TRIWULAN)
    path = folder / f"{sub_bagian.kode}.xlsx"
    write_book(book, STYLES, path)
    return book, path


@pytest.mark.parametrize("sub_bagian", RKT.sub_bagian, ids=[s.kode for s in RKT.sub_bagian])
def test_cached_value_is_what_libreoffice_computes(sub_bagian: SubBagian, tmp_path: Path) -> None:
    book, path = _write(sub_bagian, tmp_path)
    cached, computed = mesin.read_values(path), mesin.recalculate_libreoffice(path, tmp_path / "hasil")
    places = [(sheet, address(c.row, c.column)) for sheet, c in mesin.formula_cells(book)]
    assert len(places) > 500
    assert sum(mesin.as_number(cached.get(at)) is not None for at in places) > 200
    wrong = [
        f"{sheet}!{at}: cached {cached.get((sheet, at))!r}, LibreOffice {computed.get((sheet, at))!r}"
        for sheet, at in places
        if not mesin.same_value(cached.get((sheet, at)), computed.get((sheet, at)))
    ]
    assert not wrong, "\n".join(wrong)


def test_recalculation_is_forced(tmp_path: Path) -> None:
    """A wrong value planted beside a formula is mended; a profile that trusts stored values keeps it."""
    book, path = _write(RKT.sub_bagian[0], tmp_path)
    sheet, cell = next(
        (name, c)
        for name, c in mesin.formula_cells(book)
        if c.key and c.key.kolom == "capaian" and mesin.as_number(book.value(c)) is not None
    )
    at, right = address(cell.row, cell.column), book.value(cell)
    planted = tmp_path / "salah.xlsx"
    _plant(path, planted, [s.name for s in book.sheets].index(sheet) + 1, at)
    assert mesin.read_values(planted)[sheet, at] == 99
    assert mesin.same_value(right, mesin.recalculate_libreoffice(planted, tmp_path / "hitung")[sheet, at])
    assert mesin.same_value(right, mesin.recalculate_ironcalc(planted)[sheet, at])
    assert mesin.recalculate_libreoffice(planted, tmp_path / "percaya", forced=False)[sheet, at] == 99


def _plant(source: Path, target: Path, sheet: int, at: str) -> None:
    """A copy of a workbook with 99 cached beside one formula."""
    name = f"xl/worksheets/sheet{sheet}.xml"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            content = old.read(item).decode() if item == name else None
            if content is not None:
                pattern = rf'(<c r="{at}"[^>]*><f>[^<]*</f><v>)[^<]*(</v>)'
                content, count = re.subn(pattern, r"\g<1>99\g<2>", content)
                assert count == 1
            new.writestr(item, old.read(item) if content is None else content)


def test_missing_libreoffice_is_a_skip_or_where_asked_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(mesin.WAJIB, raising=False)
    with pytest.raises(pytest.skip.Exception):
        mesin.recalculate_libreoffice(tmp_path / "buku.xlsx", tmp_path)
    monkeypatch.setenv(mesin.WAJIB, "1")
    with pytest.raises(pytest.fail.Exception):
        mesin.recalculate_libreoffice(tmp_path / "buku.xlsx", tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1 + 1e-13, True),
        (1, 1 + 1e-11, False),
        (0, 1e-13, True),
        (1e15, 1e15 + 1, True),
        (None, "", True),
        (0, None, False),
        (0, "", False),
        ("0", 0, False),
        (True, 1, False),
        (False, 0, False),
        (False, "", False),
        (True, True, True),
        ("WTP", "wtp", False),
        (" ", "", False),
    ],
)
def test_same_value(one: Value, other: Value, same: bool) -> None:
    assert mesin.same_value(one, other) is same
    assert mesin.same_value(other, one) is same


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("91,43%", 32 / 35, True),
        ("91,43%", 0.9142, False),
        ("57,5%", 23 / 40, True),
        ("101,88%", 81.5 / 80, True),
        ("101,87%", 81.5 / 80, False),
        ("2.498", 2498, True),
        ("100%", 1, True),
        ("100%", True, False),
        ("45", "45", False),
        ("", None, True),
        ("", 0, False),
        ("0", None, False),
        ("PERIKSA", "PERIKSA", True),
        ("-", "-", True),
        ("WTP", "wtp", False),
    ],
)
def test_is_shown(text: str, value: Value, shown: bool) -> None:
    assert mesin.is_shown(text, value) is shown
