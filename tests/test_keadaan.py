"""Every file and every expected cell ends in exactly one state, and the counts add up wherever they are told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kantor
import pytest
from click.testing import CliRunner

from builder.__main__ import cli
from builder.closed import refresh_file
from builder.commands import consolidate_returns
from builder.expr import Key
from builder.keadaan import isian_states
from workbook_templates.dasbor import HASIL

NIHIL = {Key("S02-I1", "TW2", "pembilang"): "Nihil", Key("S02-I1", "TW2", "penyebut"): None}
ISI: dict[Key, Any] = {**kantor.ISI, **NIHIL}


@pytest.fixture
def office(tmp_path: Path) -> kantor.Kantor:
    """Four indikator in two triwulan; one return with a held cell, one without fault, two that are no forms."""
    rows = [r | {"boleh_nihil": "ya"} if r["id"] == "S02-I1" else r for r in kantor.BARIS]
    made = kantor.make_kantor(tmp_path / "kantor", rows)
    made.send(ISI)
    (made.kiriman / "catatan.pdf").write_bytes(b"%PDF-1.7\n")
    (made.kiriman / "kosong.xlsx").write_bytes(b"")
    (made.kiriman / "~$sementara.xlsx").write_bytes(b"x")
    return made


def test_counts_of_the_report_add_up(office: kantor.Kantor) -> None:
    laporan = office.folder / "laporan.json"
    made = consolidate_returns(
        [office.kiriman], office.folder / "Rencana.csv", office.konsolidasi, laporan=laporan, triwulan=2
    )
    *files, together = json.loads(laporan.read_text("utf-8"))
    assert together["berkas"] is None
    counts = together["ringkasan"]
    assert counts["berkas"] == {
        state: sum(f["status"] == state for f in files)
        for state in ("diterima", "peringatan", "ditahan", "ditolak")
    }
    assert sum(counts["berkas"].values()) == len(files) == 4
    assert sum(counts["isian"].values()) == 4 * 2
    assert isian_states(made.hasil) == {
        ("S01-I1", 1): "terisi",
        ("S01-I1", 2): "kosong",
        ("S01-I2", 1): "terisi",
        ("S01-I2", 2): "ditahan",
        ("S02-I1", 1): "terisi",
        ("S02-I1", 2): "nihil",
        ("S03-I1", 1): "kosong",
        ("S03-I1", 2): "kosong",
    }
    assert counts["isian"] == {"terisi": 3, "nihil": 1, "kosong": 3, "ditahan": 1}


def test_counts_of_the_konsolidasi_add_up(office: kantor.Kantor) -> None:
    refresh_file(office.konsolidasi)
    told = str(office.value(HASIL))
    states = r"((?:\d+ \w+(?:, )?)+)"
    files = re.search(rf"(\d+) berkas: {states};", told)
    cells = re.search(rf"(\d+) indikator × (\d+) triwulan: {states}\.", told)
    assert files
    assert cells
    assert int(files[1]) == _sum(files[2]) == 4
    assert int(cells[1]) * int(cells[2]) == _sum(cells[3]) == 8
    assert cells[3] == "3 terisi, 1 nihil, 3 kosong, 1 ditahan"


def _sum(states: str) -> int:
    return sum(map(int, re.findall(r"\d+", states)))


def test_check_alone_gives_one_item_for_each_file(office: kantor.Kantor) -> None:
    arguments = ["periksa", str(office.kiriman), "--rencana", str(office.folder / "Rencana.csv"), "--json"]
    files = json.loads(CliRunner().invoke(cli, arguments).stdout)
    assert [f["status"] for f in files].count("ditolak") == 2
    assert len(files) == 4
