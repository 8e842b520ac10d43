"""Rows that only the whole shows to be unreadable: told with their cells, offered for a choice, settled by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bahan
import pytest
from click.testing import CliRunner
from kantor import Kantor, make_kantor

from builder.__main__ import cli
from builder.closed import refresh_file
from builder.expr import Key
from builder.lama import Segar

PEMBILANG, PENYEBUT = (Key("S01-I1", "TW1", c) for c in ("pembilang", "penyebut"))
LAPORAN = Key("S01-I2", "TW1", "realisasi")
ROWS = (
    bahan.baris("S01-I1", konsolidasi="last", hitungan="kumulatif"),
    bahan.baris("S01-I2", target="4 Laporan", tipe="jumlah", nilai="4", satuan="Laporan"),
)


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("tertahan") / "kantor", ROWS)


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


def pair(tw: int, pembilang: Any, penyebut: Any) -> dict[Key, Any]:
    return {PEMBILANG._replace(baris=f"TW{tw}"): pembilang, PENYEBUT._replace(baris=f"TW{tw}"): penyebut}


def held(segar: Segar) -> list[tuple[str, str | None, str | None]]:
    assert segar.hasil is not None
    return [(p.kode, p.lembar, p.sel) for p in segar.hasil.all_problems if p.putusan == "ditahan"]


def waiting(kantor: Kantor) -> set[tuple[str, str, str]]:
    return {
        (str(r["id"]), str(r["triwulan"]), str(r["kolom"]))
        for r in kantor.rows("Putusan")
        if r["keadaan"] == "menunggu"
    }


def putuskan(kantor: Kantor, *more: object) -> str:
    done = CliRunner().invoke(cli, ["putuskan", str(kantor.konsolidasi), *map(str, more)])
    return done.output + repr(done.exception)


def test_number_that_falls_between_two_returns_is_told(kantor: Kantor) -> None:
    kantor.send(pair(1, 40, 50), names={"KUL": "satu.xlsx"})
    kantor.send(pair(2, 30, 60), ke=2, names={"KUL": "dua.xlsx"})
    places = kantor.book.places
    found = held(refresh_file(kantor.konsolidasi))
    (tw1, tw2) = (places[PEMBILANG._replace(baris=row)].address for row in ("TW1", "TW2"))
    # The second file is of the same triwulan and has emptied the first pair, which is told first.
    assert ("C29", "S01", tw1) in found
    putuskan(kantor, "S01-I1", "--triwulan", 1, "--pakai", "A")
    assert ("N04", "S01", tw2) in held(refresh_file(kantor.konsolidasi))
    assert ("S01-I1", "TW II", "pembilang") in waiting(kantor)


def test_half_of_a_pair_is_offered_and_settled(kantor: Kantor) -> None:
    kantor.send(pair(1, 40, None))
    assert [k for k, *_ in held(refresh_file(kantor.konsolidasi))] == ["N01"]
    assert waiting(kantor) == {("S01-I1", "TW I", "pembilang"), ("S01-I1", "TW I", "penyebut")}
    putuskan(kantor, "S01-I1", "--triwulan", 1, "--kolom", "penyebut", "--isi", 50)
    segar = refresh_file(kantor.konsolidasi)
    assert held(segar) == []
    assert (kantor.value(PEMBILANG), kantor.value(PENYEBUT)) == (40, 50)
    assert waiting(kantor) == set()
    assert segar.hasil is not None
    assert {p.kode for p in segar.hasil.all_problems} >= {"F18"}


def test_choices_that_do_not_fit_one_another_are_told(kantor: Kantor) -> None:
    kantor.send(pair(1, 40, 50), names={"KUL": "a.xlsx"})
    kantor.send(pair(1, 60, 70), names={"KUL": "b.xlsx"})
    refresh_file(kantor.konsolidasi)
    putuskan(kantor, "S01-I1", "--triwulan", 1, "--kolom", "pembilang", "--pakai", "B")
    putuskan(kantor, "S01-I1", "--triwulan", 1, "--kolom", "penyebut", "--pakai", "A")
    assert "N03" in {k for k, *_ in held(refresh_file(kantor.konsolidasi))}


@pytest.mark.parametrize(("key", "typed"), [(LAPORAN, "4o"), (LAPORAN, "3"), (PEMBILANG, "empat puluh")])
def test_word_typed_over_a_number_is_told(key: Key, typed: str, kantor: Kantor) -> None:
    kantor.send(pair(1, 40, 50) | {LAPORAN: 3})
    refresh_file(kantor.konsolidasi)
    kantor.type_at(key, typed)
    for _ in range(2):
        found = held(refresh_file(kantor.konsolidasi))
        assert found == [("F23", "S01", kantor.book.places[key].address)], "told as long as it stands there"
    assert kantor.value(key) == typed, "what a hand typed is kept"
    kantor.type_at(key, None)
    assert held(refresh_file(kantor.konsolidasi)) == []


def test_number_chosen_for_a_per_cent_is_read_as_a_return_would_be(tmp_path: Path) -> None:
    """A cell that lost its format as text: 0,975 is what Excel stores for 97,5%."""
    row = bahan.baris("S01-I1", isian="langsung", konsolidasi="last", target="95%", nilai="95")
    kantor = make_kantor(tmp_path / "kantor", [row])
    key = Key("S01-I1", "TW1", "realisasi")
    kantor.send({key: 0.9}, names={"KUL": "a.xlsx"})
    kantor.send({key: 0.8}, names={"KUL": "b.xlsx"})
    refresh_file(kantor.konsolidasi)
    from test_arsip import choose

    choose(kantor, 0.975, id="S01-I1")  # type: ignore[arg-type]
    assert [k for k, *_ in held(refresh_file(kantor.konsolidasi))] == ["F04", "F17"]
    assert kantor.value(key) == "ditahan: 90% ↔ 80%", "about a hundredth of the target: nobody guesses"
    choose(kantor, "97,5", id="S01-I1")
    for _ in range(2):
        refresh_file(kantor.konsolidasi)
        assert kantor.value(key) == 0.975


def test_choosing_what_stands_there_does_not_make_it_right(kantor: Kantor) -> None:
    """The only option of each half is what it holds: the pair is as unreadable as before, and still told."""
    kantor.send(pair(1, 57, 50))
    refresh_file(kantor.konsolidasi)
    putuskan(kantor, "S01-I1", "--triwulan", 1, "--pakai", "A")
    for _ in range(2):
        assert [k for k, *_ in held(refresh_file(kantor.konsolidasi))] == ["N03"]
