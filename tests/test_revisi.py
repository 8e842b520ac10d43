"""What a revision of the plan must not lose, double or blame on anybody; and what it must say."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import bahan
import pytest
from kantor import BARIS, ISI, Kantor, make_kantor
from test_arsip import codes

from builder.arsip import beside
from builder.closed import read_file, refresh_file
from builder.commands import build_corrections, build_workbooks
from builder.expr import Key
from builder.masalah import Message, Problem, Refused
from builder.revisi import Revisi, revise
from builder.status import read_status
from builder.strict import child

PEMBILANG = Key("S01-I1", "TW1", "pembilang")
PENYEBUT = PEMBILANG._replace(kolom="penyebut")
LAPORAN = Key("S01-I2", "TW1", "realisasi")


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("revisi") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


def changed(**changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the plan with some changed, by id."""
    return [dict(row) | dict(changes.get(str(row["id"]).replace("-", "_"), {})) for row in BARIS]


def run(kantor: Kantor, rows: Iterable[Mapping[str, Any]], mulai: int = 3, settings: str = "") -> Revisi:
    plan = bahan.write_rencana(kantor.folder / "Revisi.csv", rows, settings)
    return revise(kantor.konsolidasi, plan, mulai)


def after(kantor: Kantor) -> Kantor:
    """The office with its new plan; the old workbook is put away."""
    for kept in kantor.folder.glob("Konsolidasi-* (lama *"):
        kept.unlink()
    return Kantor(kantor.folder, read_file(kantor.konsolidasi).lama.rkt)


def told(made: Revisi) -> set[str]:
    return {p.kode for p in (*made.problems, *made.gabungan.hasil.all_problems, *made.gabungan.problems)}


def test_hand_change_since_the_last_refresh_is_kept_and_an_undone_one_stays_undone(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    kantor.type_at(PEMBILANG, 45)
    refresh_file(kantor.konsolidasi)
    kantor.type_at(PEMBILANG, None)  # undone
    kantor.type_at(LAPORAN, 3)  # and another one made, without a refresh in between
    made = run(kantor, changed(S01_I1={"target": "95%", "nilai": "95"}))
    assert "F11" in told(made)
    new = after(kantor)
    assert (new.value(LAPORAN), new.value(PEMBILANG)) == (3, 40)


@pytest.mark.parametrize(
    "way",
    [
        {"target": "4 Orang", "satuan": "Orang"},
        {"target": "80%", "tipe": "persentase", "nilai": "80", "satuan": "%", "isian": "rasio"},
    ],
    ids=["satuan", "isian"],
)
def test_hand_change_of_a_number_that_means_something_else_now_is_dropped_and_told(
    way: dict[str, str], kantor: Kantor
) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    kantor.type_at(LAPORAN, 3)
    made = run(kantor, changed(S01_I2=way))
    (problem,) = (p for p in made.problems if p.kode == "F22")
    assert "«3» pada S01-I2 realisasi TW I" in problem.masalah
    assert "F15" in told(made)
    assert LAPORAN not in made.gabungan.hasil.entries


def test_same_figure_in_the_new_form_is_an_answer_and_no_copy(kantor: Kantor) -> None:
    kantor.send({LAPORAN: 3}, names={"KUL": "lama.xlsx"})
    refresh_file(kantor.konsolidasi)
    run(kantor, changed(S01_I2={"target": "4 Orang", "satuan": "Orang"}))
    new = after(kantor)
    shutil.rmtree(kantor.folder / "buku-kerja")
    build_workbooks(kantor.folder / "Revisi.csv", kantor.folder / "buku-kerja", triwulan=2, makro=False)
    new.send({LAPORAN: 3}, names={"KUL": "baru.xlsx"})
    segar = refresh_file(new.konsolidasi)
    assert "F02" not in codes(segar)
    assert new.value(LAPORAN) == 3
    assert "F15" not in codes(segar), "it was asked for, and is answered"


def test_sub_bagian_that_the_revision_does_away_with(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    settings = bahan.identitas().replace('skema = "pkpu14-2020"\n', "")
    settings += "".join(
        f'[[sub_bagian]]\nkode = "{kode}"\nnama = "{nama}"\nfungsi = {fungsi}\n'
        for kode, nama, fungsi in (
            ("UMUM", "Umum dan Keuangan", '["KUL", "HUK", "SDM"]'), ("REN", "Perencanaan", '["REN", "TEK", "PAR"]'),
        )
    )  # fmt: skip
    made = run(kantor, BARIS, settings=settings)
    rows = {str(r["sub_bagian"]) for r in after(kantor).rows("Kiriman")}
    assert "Umum dan Keuangan" in rows, "it has not sent yet"
    assert made.gabungan.hasil.entries[PEMBILANG] == 40
    assert [row.kode for row in read_status(kantor.konsolidasi)[1]] == ["UMUM", "REN"]


def test_held_cell_of_a_dropped_indikator_does_not_stop_the_corrections(kantor: Kantor) -> None:
    kantor.send(ISI | {Key("S02-I1", "TW2", "pembilang"): "banyak"})
    refresh_file(kantor.konsolidasi)
    run(kantor, [row for row in BARIS if row["id"] != "S01-I2"])
    made = build_corrections(after(kantor).konsolidasi, kantor.folder / "perbaikan")
    assert [p.bagian.sub_bagian.kode for p, _ in made.perbaikan] == ["REN"]


def test_correction_goes_to_who_is_asked_now(kantor: Kantor) -> None:
    """The indikator has moved to REN: KUL is not told to mend a cell that is grey in its form."""
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    run(kantor, changed(S01_I2={"fungsi": "REN"}))
    made = build_corrections(after(kantor).konsolidasi, kantor.folder / "perbaikan")
    assert all(p.bagian.sub_bagian.kode != "KUL" for p, _ in made.perbaikan)


def test_form_that_did_not_ask_is_not_said_to_have_emptied_a_cell(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    run(kantor, changed(S01_I2={"fungsi": "REN"}), mulai=2)
    new = after(kantor)
    shutil.rmtree(kantor.folder / "buku-kerja")
    build_workbooks(kantor.folder / "Revisi.csv", kantor.folder / "buku-kerja", triwulan=2, makro=False)
    new.send({PEMBILANG: 40, PENYEBUT: 50}, ke=2, names={"KUL": "dua.xlsx"})
    segar = refresh_file(new.konsolidasi)
    assert segar.hasil is not None
    emptied = {p.tujuan for p in segar.hasil.all_problems if p.kode == "C29"}
    assert ("S01-I2", "TW1") not in emptied
    assert new.value(LAPORAN) == 1


def test_pair_is_never_taken_from_two_sub_bagian(kantor: Kantor) -> None:
    kantor.send({PEMBILANG: 40, PENYEBUT: 50})
    refresh_file(kantor.konsolidasi)
    run(kantor, changed(S01_I1={"fungsi": "REN"}))
    new = after(kantor)
    shutil.rmtree(kantor.folder / "buku-kerja")
    build_workbooks(kantor.folder / "Revisi.csv", kantor.folder / "buku-kerja", triwulan=2, makro=False)
    new.send({PEMBILANG: 45}, names={"REN": "ren.xlsx"})
    segar = refresh_file(new.konsolidasi)
    assert segar.hasil is not None
    assert [segar.hasil.entries[k] for k in (PEMBILANG, PENYEBUT)] == [
        "ditahan: 45 ↔ 40",
        "ditahan: kosong ↔ 50",
    ]


def test_target_of_the_last_triwulan_that_cannot_be(kantor: Kantor) -> None:
    """An average of 90% so far cannot become 95% from the last triwulan on: it would have to be 110%."""
    rows = changed(S01_I1={"konsolidasi": "average"})
    first = make_kantor(kantor.folder.parent / "rata", rows)
    first.send({PEMBILANG: 40, PENYEBUT: 50})
    refresh_file(first.konsolidasi)
    made = run(first, changed(S01_I1={"konsolidasi": "average", "target": "95%", "nilai": "95"}), mulai=4)
    (problem,) = (p for p in made.problems if p.kode == "P25")
    assert "TW IV menjadi 110" in problem.masalah


def test_words_of_an_indikator_that_changed_are_told(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    made = run(kantor, changed(S01_I1={"indikator": "Persentase pegawai yang hadir"}))
    (problem,) = (p for p in made.problems if p.kode == "P30")
    assert "«Persentase pegawai yang hadir»" in problem.masalah


def test_revision_before_anything_was_received(kantor: Kantor) -> None:
    made = run(kantor, changed(S01_I1={"target": "95%", "nilai": "95"}), mulai=1)
    assert made.berubah == ("S01-I1",)
    assert made.gabungan.hasil.kiriman == ()


# --- files and folders that are not as they were ------------------------------------------------------------------


def test_konsolidasi_without_its_archive_is_not_refreshed_in_silence(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    before = kantor.konsolidasi.read_bytes()
    other = kantor.konsolidasi.rename(kantor.folder / "Konsolidasi-2026-akhir.xlsx")
    with pytest.raises(Refused, match=r"L37.*Konsolidasi-2026-akhir\.arsip"):
        refresh_file(other)
    assert other.read_bytes() == before
    beside(other).folder.mkdir()  # as the message says, where the archive is gone for good
    assert refresh_file(other).hasil is not None


def test_file_that_cannot_be_opened_any_more_is_never_taken_for_blank(
    kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading process dies: for a new file that is its verdict, for a known one a reason to stop."""
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    before = kantor.konsolidasi.read_bytes()

    def dead(self: object, path: Path) -> None:
        raise Refused(Problem(Message.H14, path.name, values={"sebab": "memori penuh"}))

    with monkeypatch.context() as broken:
        broken.setattr(child.Opener, "open", dead)
        with pytest.raises(Refused, match="L38"):
            refresh_file(kantor.konsolidasi)
    assert kantor.konsolidasi.read_bytes() == before
    refresh_file(kantor.konsolidasi)
    assert kantor.value(PEMBILANG) == 40


def test_file_without_a_number_comes_before_every_numbered_one(kantor: Kantor) -> None:
    kantor.send({LAPORAN: 1}, ke=0, names={"KUL": "tanpa nomor.xlsx"})
    kantor.send({LAPORAN: 2}, ke=1, names={"KUL": "satu.xlsx"})
    segar = refresh_file(kantor.konsolidasi)
    assert "F04" not in codes(segar)
    assert kantor.value(LAPORAN) == 2


def test_number_of_a_kiriman_stops_where_its_cell_does(kantor: Kantor) -> None:
    from builder.pembagian import share_out

    kantor.send({LAPORAN: 1}, ke=999)
    segar = refresh_file(kantor.konsolidasi)
    assert segar.hasil is not None
    assert {b.sub_bagian.kode: b.nomor for b in share_out(segar.hasil)} == {"REN": 1, "KUL": 999}


def test_word_in_the_list_kiriman_does_not_stop_the_status(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    for row in (4, 5, 6):
        kantor.type("Kiriman", f"C{row}", "dua")
    assert {row.nomor for row in read_status(kantor.konsolidasi)[1]} == {None}
