"""Refreshing twice, or with the files in any order, in one refresh or over many, gives the same cells (R5)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import surat
from kantor import ISI, Kantor, make_kantor
from test_arsip import cells, send

from builder.closed import refresh_file
from builder.expr import Expr, Key
from builder.penerimaan import merge_returns
from builder.rkt import Rkt
from workbook_templates.buku_konsolidasi import buku_konsolidasi

LAPORAN = Key("S01-I2", "TW1", "realisasi")
SEED = 50


@pytest.fixture(scope="module")
def kantor(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    """Ten files: three numbers, two files of one number, copies, one saved anew, a zip, a mail, and two refused."""
    kantor = make_kantor(tmp_path_factory.mktemp("urutan") / "kantor")
    for n, count in enumerate((1, 2, 4), 1):
        send(kantor, ISI | {LAPORAN: count}, n, f"kul{n}.xlsx")
    send(kantor, ISI | {LAPORAN: 5}, 3, "kul3b.xlsx")
    folder = kantor.kiriman
    shutil.copy(folder / "kul3.xlsx", folder / "salinan.xlsx")
    book = openpyxl.load_workbook(folder / "kul2.xlsx")
    book.properties.title = "disimpan ulang"
    book.save(folder / "a ulang.xlsx")
    kantor.send({k: v for k, v in ISI.items() if not k.id.startswith("S01")}, names={"REN": "ren.xlsx"})
    (folder / "arsip.zip").write_bytes(surat.zipped({"ren.xlsx": (folder / "ren.xlsx").read_bytes()}))
    mail = surat.mail(
        ("kul1.xlsx", (folder / "kul1.xlsx").read_bytes()), ("foto.png", b"\x89PNG\r\n\x1a\n" + bytes(99))
    )
    (folder / "surel.eml").write_bytes(mail.as_bytes())
    (folder / "rusak.xlsx").write_bytes(b"PK\x03\x04" + bytes(50))
    return kantor


def whole_book(paths: list[Path], rkt: Rkt) -> dict[tuple[str, int, int], Any]:
    """Every cell of the konsolidasi that merging these files gives."""
    book = buku_konsolidasi(merge_returns(paths, rkt, 2))
    return {
        (s.name, c.row, c.column): book.formula(c.content, s.name)
        if isinstance(c.content, Expr)
        else c.content
        for s in book.sheets
        for c in s.cells
    }


def test_fifty_orders_of_the_files_give_the_same_cells(kantor: Kantor) -> None:
    files, rng = sorted(kantor.kiriman.iterdir()), random.Random(SEED)
    first = whole_book(files, kantor.rkt)
    assert "ditahan: 4 ↔ 5" in first.values()
    for _ in range(50):
        assert whole_book(rng.sample(files, len(files)), kantor.rkt) == first


def test_refreshing_twice_changes_nothing(kantor: Kantor, tmp_path: Path) -> None:
    own = kantor.copy(tmp_path / "kantor")
    refresh_file(own.konsolidasi)
    once = cells(own.konsolidasi, own)
    for _ in range(2):
        refresh_file(own.konsolidasi)
        assert cells(own.konsolidasi, own) == once


def waves(files: list[Path], rng: random.Random) -> Iterator[list[Path]]:
    """The files in some order, a few at a time."""
    left = rng.sample(files, len(files))
    while left:
        n = rng.randint(1, 4)
        yield left[:n]
        left = left[n:]


def values(kantor: Kantor) -> dict[Key, Any]:
    """What stands in every entry cell; of a held one what is held, in no order (its order is that of arrival)."""
    found = {}
    for key in kantor.book.places:
        if key.kolom in ("pembilang", "penyebut", "realisasi", "kendala") and key.baris[:2] == "TW":
            value, shown = kantor.value(key), str(kantor.value(key))
            found[key] = frozenset(shown[9:].split(" ↔ ")) if shown.startswith("ditahan: ") else value
    return found


@pytest.mark.parametrize("seed", range(6))
def test_files_that_arrive_over_many_refreshes_give_the_same_values(
    seed: int, kantor: Kantor, tmp_path: Path
) -> None:
    once = kantor.copy(tmp_path / "sekaligus")
    refresh_file(once.konsolidasi)
    bit_by_bit = kantor.copy(tmp_path / "bertahap")
    files = sorted(bit_by_bit.kiriman.iterdir())
    shutil.move(bit_by_bit.kiriman, tmp_path / "datang")
    bit_by_bit.kiriman.mkdir()
    for wave in waves(files, random.Random(SEED + seed)):
        for path in wave:
            shutil.copy(tmp_path / "datang" / path.name, path)
        refresh_file(bit_by_bit.konsolidasi)
        for path in wave if seed % 2 else ():
            path.unlink()
        bit_by_bit.kiriman.mkdir(exist_ok=True)
    assert values(bit_by_bit) == values(once)
