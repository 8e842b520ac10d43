"""Attacks on our own filled workbook, through the front door: refused, or held or told with the place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bahan
import pytest
from serangan import SERANGAN, Serangan

from builder.expr import Key
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

ISI: dict[Key, Any] = {
    Key("S43-I1", "TW1", "pembilang"): 40,
    Key("S43-I1", "TW1", "penyebut"): 50,
    Key("S43-I1", "TW1", "kendala"): "Data belum lengkap",
}
TANPA_TEMPAT = ("A", "G", "H", "J")  # of the whole file


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Kiriman], Kiriman]:
    """Every attack on the same filled form, read in one go, and the form itself."""
    folder = tmp_path_factory.mktemp("serangan")
    rkt = bahan.rkt_contoh()
    indikator = rkt.find_indikator("S43-I1")
    assert indikator is not None
    good = folder / bahan.file_of(rkt, "S43-I1")
    write_book(buku_kerja(rkt, rkt.owner(indikator), Isi(ISI)), STYLES, good)
    files = []
    for n, attack in enumerate(SERANGAN.values()):
        path = folder / f"{n:03}" / attack.file
        path.parent.mkdir()
        path.write_bytes(attack.make(good.read_bytes()))
        files.append(path)
    *attacked, sound = check_returns([*files, good], bahan.rkt_contoh())
    return dict(zip(SERANGAN, attacked, strict=True)), sound


def test_the_form_itself_is_accepted(returned: tuple[dict[str, Kiriman], Kiriman]) -> None:
    _, sound = returned
    assert sound.status == "diterima", [p.pesan for p in sound.problems]
    assert sound.terisi == len(ISI)


@pytest.mark.parametrize("attack", SERANGAN.values(), ids=lambda s: s.name)
def test_attack(returned: tuple[dict[str, Kiriman], Kiriman], attack: Serangan) -> None:
    kiriman = returned[0][attack.name]
    codes = [p.kode for p in kiriman.problems]
    assert set(attack.codes) & set(codes), [p.pesan for p in kiriman.problems]
    assert "H14" not in codes
    if attack.codes[0] != "B16":  # a false size is read right, and counted
        assert kiriman.status in ("ditolak", "ditahan") or attack.codes[0] in ("H09", "B12")
    for problem in kiriman.problems:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", problem.pesan)
        if problem.kode in attack.codes and problem.kode[0] not in TANPA_TEMPAT:
            assert problem.lembar, problem.pesan


def test_lie_about_the_size_changes_nothing(returned: tuple[dict[str, Kiriman], Kiriman]) -> None:
    attacked, sound = returned
    lying = [k for name, k in attacked.items() if SERANGAN[name].codes[0] == "B16"]
    assert len(lying) >= 2
    for kiriman in lying:
        assert kiriman.status == "diterima"
        assert {k: e.value for k, e in kiriman.entries.items()} == {
            k: e.value for k, e in sound.entries.items()
        }


def test_foreign_workbook_is_only_not_our_form(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book["Sheet"]["A1"] = 97.5
    book.save(tmp_path / "lain.xlsx")
    (kiriman,) = check_returns([tmp_path / "lain.xlsx"], bahan.rkt_contoh())
    assert [p.kode for p in kiriman.problems] == ["A03"]
