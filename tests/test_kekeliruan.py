"""Errors of users at random places are all told, with code, sheet and cell; sound files are read in silence.

The full trial, with any number of places and of sound workbooks, is `benchmarks/kekeliruan.py`.
"""

from __future__ import annotations

import random
from pathlib import Path

import kekeliruan
import mesin
import openpyxl
import pytest

from builder.returns import check_returns
from builder.rkt import Rkt


@pytest.fixture(scope="module")
def besar(tmp_path_factory: pytest.TempPathFactory) -> Rkt:
    return kekeliruan.rencana(tmp_path_factory.mktemp("rencana"))[1]


@pytest.fixture(scope="module")
def kecil(tmp_path_factory: pytest.TempPathFactory) -> Rkt:
    return kekeliruan.rencana_kecil(tmp_path_factory.mktemp("rencana"))


@pytest.mark.parametrize("nomor", range(len(kekeliruan.BERSAMA)))
def test_errors_in_cells_and_sheets_are_told_where_they_are(nomor: int, besar: Rkt, tmp_path: Path) -> None:
    hasil = kekeliruan.coba(tmp_path, besar, 2024 + nomor, kekeliruan.BERSAMA[nomor])
    assert (hasil.terlewat, hasil.berlebih) == ([], [])


@pytest.mark.parametrize("nama", kekeliruan.BERKAS)
def test_error_of_a_whole_file_is_told(nama: str, kecil: Rkt, tmp_path: Path) -> None:
    hasil = kekeliruan.coba(tmp_path, kecil, 2024, {nama: kekeliruan.BERKAS[nama]})
    assert (hasil.terlewat, hasil.berlebih) == ([], [])


def test_sound_workbooks_are_silent_whoever_saved_them(besar: Rkt, tmp_path: Path) -> None:
    """As written, saved by openpyxl (which drops stored results), and saved by LibreOffice."""
    written = [kekeliruan.tulis_wajar(tmp_path, besar, seed) for seed in range(5)]
    for path, _ in written[2:4]:
        openpyxl.load_workbook(path).save(path)
    paths = [path for path, _ in written[:4]]
    paths += [mesin.save_with_libreoffice(path, tmp_path / "lo", forced=False) for path, _ in written[4:]]
    read = check_returns(paths, besar)
    by_name = {k.berkas: k for k in read}
    for path, entries in written:
        assert kekeliruan.beda(by_name[path.name], entries) == []


def test_the_same_seed_makes_the_same_errors(kecil: Rkt, tmp_path: Path) -> None:
    made = [
        kekeliruan.SEL["C04 persen di sel jumlah"](
            kekeliruan.berkas_baru(tmp_path / n, kecil, random.Random(7))
        )
        for n in "ab"
    ]
    assert made[0] == made[1]
