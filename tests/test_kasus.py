from __future__ import annotations

from typing import TYPE_CHECKING

import kasus
import pytest

from builder.rkt import Isian, Konsolidasi, Polaritas, Ragu, Tipe

if TYPE_CHECKING:
    from pathlib import Path

CERITA = kasus.read_all_cerita()
ATURAN = sorted(path.stem for path in (kasus.FOLDER / "aturan").glob("*.md"))


def test_first_story_is_read_whole() -> None:
    first = CERITA[0]
    assert first.judul == "S43-I1 · Arsip dikelola sesuai jadwal retensi"
    assert (first.id, [step.triwulan for step in first.langkah]) == ("S43-I1", [1, 2, 3, 4])
    step = first.langkah[0]
    assert step.isian[1, "pembilang"] == "40"
    assert step.isian[2, "penyebut"] == ""
    assert step.harapan["TW I"]["capaian"] == "91,43%"
    assert step.harapan["Tahun"]["keterangan"] == "sementara s.d. TW I"


def test_stories_cover_every_kind_of_indikator() -> None:
    plans = [kasus.indikator(step.properti, c.id) for c in CERITA for step in c.langkah]
    assert len(CERITA) >= 26
    assert len({c.judul for c in CERITA}) == len(CERITA)
    assert {p.tipe for p in plans} == set(Tipe)
    assert {p.isian for p in plans} == set(Isian)
    assert {p.konsolidasi for p in plans} == set(Konsolidasi)
    assert {p.polaritas for p in plans} == set(Polaritas)
    assert {p.boleh_nihil for p in plans} == {p.needs_konfirmasi for p in plans} == {True, False}


def test_planner_decides_between_two_returns() -> None:
    story = next(c for c in CERITA if c.id == "S21-I1")
    plans = [kasus.indikator(step.properti, story.id) for step in story.langkah]
    assert [p.ragu for p in plans] == [{Ragu.POLARITAS}, {Ragu.POLARITAS}, set(), set()]
    assert [p.polaritas for p in plans][1:3] == [Polaritas.MINIMIZE, Polaritas.MAXIMIZE]


def test_indikator_has_its_numbers_in_the_target_unit() -> None:
    by_id = {c.id: kasus.indikator(c.langkah[0].properti, c.id) for c in CERITA}
    assert by_id["S43-I1"].nilai == 87.5
    assert by_id["S35-I1"].target_triwulan == (1249, 0, 0, 1249)
    assert (by_id["S35-I1"].batas_capaian, by_id["S98-I1"].toleransi) == (100, 5)
    assert by_id["S03-I1"].target_triwulan == (None, None, None, "B")


@pytest.mark.parametrize("name", ATURAN)
def test_each_rule_has_cases_with_names_of_their_own(name: str) -> None:
    names = [case["kasus"] for case in kasus.read_kasus(name)]
    assert len(names) > 10
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("", None),
        ("40", 40.0),
        ("97,5", 97.5),
        ("97,5%", 0.975),
        ("2.498", 2498.0),
        ("-1", -1.0),
        ("TRUE", True),
        ('"45"', "45"),
        ('" "', " "),
        ("Nihil", "Nihil"),
        ("WTP-DPP", "WTP-DPP"),
    ],
)
def test_cell_text_becomes_cell_content(text: str, cell: float | str | bool | None) -> None:
    found = kasus.parse_isian(text)
    assert found == cell
    assert type(found) is type(cell)


@pytest.mark.parametrize("text", ["2 Laporan", "4O", "1.2", "belum ada", "9/10"])
def test_text_without_quotes_is_a_slip(text: str) -> None:
    with pytest.raises(ValueError, match="not a cell"):
        kasus.parse_isian(text)


def test_pair_of_a_case() -> None:
    cells = ["9/10", "/0", "3/", "Nihil", ""]
    assert [kasus.parse_pasangan(c) for c in cells] == [
        ("9", "10"), ("", "0"), ("3", ""), ("Nihil", "Nihil"), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("| TW III | 87,5% | | | | | | | |", "| TW III | 87,5% | | | | | | |", "has 8 cells"),
        ("| pembilang | 40 |", "| realisasi | 40 |", "isian rasio has the rows"),
        ("| pembilang | 40 |", "| pembilang | 4O |", "not a cell"),
        ("| Tahun | 87,5%", "| Setahun | 87,5%", "the rows must be"),
        ("| baris | target |", "| baris | sasaran |", "unexpected table"),
        ("### Kiriman 1 ·", "### Kiriman 3 ·", "Kiriman 3 follows 0"),
        ("### Kiriman 1 ·", "### Catatan 1 ·", "unknown heading"),
    ],
)
def test_malformed_story_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    text = (kasus.FOLDER / "cerita" / "01-domain.md").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "salah.md"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"salah\.md:\d+: .*{fault}"):
        kasus.read_cerita(path)
