"""What several sub-bagian answer together: the location rule case by case, and one office from end to end."""

from __future__ import annotations

import itertools
import json
import sqlite3
from pathlib import Path
from typing import Any

import bahan
import kasus
import openpyxl
import pytest
from click.testing import CliRunner, Result
from kantor import Kantor, make_kantor

from builder.__main__ import cli
from builder.arsip import beside
from builder.closed import refresh_file
from builder.commands import build_workbooks
from builder.consolidator import Konsolidasi, consolidate
from builder.expr import Key, Value
from builder.identitas import plan_hash
from builder.masalah import Problem
from builder.plan import read_plan
from builder.plan.table import KOLOM
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.rkt import Lokasi, Rkt
from builder.tabel_data import data_frame
from builder.usulan import complete
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.kartu import Isi

KASUS = kasus.read_kasus("lokasi")
TARGET: dict[str, dict[str, Any]] = {
    "jumlah": {"target": "12 Laporan", "tipe": "jumlah", "nilai": "12", "satuan": "Laporan"},
    "rasio": {},
    "nilai": {"target": "80", "tipe": "nilai", "nilai": "80", "satuan": "nilai (0-100)"},
    "persen": {"isian": "langsung"},
}
SUB_BAGIAN = ("KUL", "TEK", "HUK")


# --- case by case -------------------------------------------------------------------------------------------------


def id_of(row: dict[str, str]) -> str:
    return f"S{KASUS.index(row) + 1:02d}-I1"


def typed(row: dict[str, str], kode: str) -> dict[Key, Any]:
    """What a sub-bagian types for a case."""
    id, text = id_of(row), row[kode]
    if row["target"] != "rasio":
        return {Key(id, "TW1", "realisasi"): kasus.parse_isian(text)} if text else {}
    halves = zip(("pembilang", "penyebut"), kasus.parse_pasangan(text), strict=True)
    return {Key(id, "TW1", half): kasus.parse_isian(t) for half, t in halves if t}


@pytest.fixture(scope="module")
def kiriman(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rkt, list[Kiriman]]:
    """All cases in one plan, typed into the workbooks of three sub-bagian and read back."""
    rows = []
    for row in KASUS:
        fungsi, *bersama = row["pemilik"].split()
        nihil = {"boleh_nihil": row["Nihil"] or "tidak", "bersama": " ".join(bersama)}
        rows.append(bahan.baris(id_of(row), fungsi=fungsi, **nihil, **TARGET[row["target"]]))
    kantor = make_kantor(tmp_path_factory.mktemp("lokasi") / "kantor", rows)
    for kode in SUB_BAGIAN:
        kantor.send({k: v for row in KASUS for k, v in typed(row, kode).items()}, kode=kode)
    return kantor.rkt, check_returns(sorted(kantor.kiriman.iterdir()), kantor.rkt)


@pytest.fixture(scope="module")
def gabungan(kiriman: tuple[Rkt, list[Kiriman]]) -> Konsolidasi:
    return consolidate(kiriman[1], kiriman[0], 2)


def expected(row: dict[str, str]) -> dict[Key, Value]:
    """What the konsolidasi holds for a case, by the words of the table."""
    id, text = id_of(row), row["gabungan"]
    columns = ("pembilang", "penyebut") if row["target"] == "rasio" else ("realisasi",)
    if text == "ditahan":
        return {Key(id, "TW1", c): f"ditahan: {row['asal']}" for c in columns}
    parts = kasus.parse_pasangan(text) if row["target"] == "rasio" else (text,)
    cells = {Key(id, "TW1", c): kasus.parse_isian(t) for c, t in zip(columns, parts, strict=True)}
    return {key: value for key, value in cells.items() if value is not None}


@pytest.mark.parametrize("row", KASUS, ids=lambda r: r["kasus"])
def test_parts_make_the_whole(gabungan: Konsolidasi, row: dict[str, str]) -> None:
    id = id_of(row)
    assert {k: v for k, v in gabungan.entries.items() if k.id == id} == expected(row)
    told = [p for p in gabungan.problems if p.tujuan == (id, "TW1")]
    assert {p.kode for p in told} == ({row["kode"]} if row["kode"] else set())
    assert all(" Tindakan: " in p.pesan and "{" not in p.pesan for p in told)
    if row["asal"]:
        key = next(iter(expected(row)))
        assert gabungan.asal[key].entry.isi == row["asal"]
    if row["kode"] == "F20":
        missing = [kode for kode in row["pemilik"].split() if not row[kode]]
        assert told[0].values["kurang"] == " dan ".join(missing)
        assert f"(BukuKerja-2026-{next(k for k in row['pemilik'].split() if row[k])}.xlsx, S" in told[0].pesan


def test_order_of_the_files_makes_no_difference(
    kiriman: tuple[Rkt, list[Kiriman]], gabungan: Konsolidasi
) -> None:
    rkt, files = kiriman
    told = sorted(p.pesan for p in gabungan.problems)
    for order in itertools.permutations(files):
        merged = consolidate(order, rkt, 2)
        assert merged.asal == gabungan.asal
        assert sorted(p.pesan for p in merged.problems) == told


def test_only_owners_are_asked(kiriman: tuple[Rkt, list[Kiriman]]) -> None:
    rkt, files = kiriman
    for file in files:
        assert file.sub_bagian
        asked = {i.id for i in rkt.indikator if file.sub_bagian in rkt.owners(i)}
        assert {key.id for key in file.entries} == asked


# --- the plan -----------------------------------------------------------------------------------------------------


def plan_of(folder: Path, *rows: dict[str, Any], skema: str = "pkpu14-2020") -> tuple[Rkt, list[Problem]]:
    return read_plan(bahan.write_rencana(folder / "r.csv", rows, bahan.identitas(skema=skema)))


def test_functions_of_one_sub_bagian_are_one_owner(tmp_path: Path) -> None:
    """PAR is with TEK in one scheme, a sub-bagian of its own in the other."""
    row = bahan.baris(fungsi="TEK", bersama="PAR TEK, HUK")
    for skema, codes in (("pkpu14-2020", ["TEK", "HUK"]), ("pkpu21-2023", ["TEK", "PAR"])):
        rkt, _ = plan_of(tmp_path, row, skema=skema)
        i = rkt.indikator[0]
        assert (i.bersama, i.lokasi) == (("PAR", "TEK", "HUK"), Lokasi.RAW)
        assert [s.kode[:3] for s in rkt.owners(i)] == codes
        assert rkt.owner(i).kode.startswith("TEK")
        assert [s.kode[:3] for s in rkt.sub_bagian if rkt.sasaran_of(s)] == codes
    rkt, _ = plan_of(tmp_path, bahan.baris(fungsi="TEK", bersama="PAR"))
    assert not rkt.is_shared(rkt.indikator[0])
    titles = [c.content for s in buku_kerja(rkt, rkt.owner(rkt.indikator[0])).sheets for c in s.cells]
    assert not any("bersama" in str(t) for t in titles)


@pytest.mark.parametrize(
    ("target", "lokasi"),
    [("rasio", "raw"), ("jumlah", "sum"), ("nilai", "average"), ("persen", "average")],
)
def test_location_rule_is_proposed_where_it_is_shared_only(target: str, lokasi: str) -> None:
    assert complete(bahan.baris(bersama="TEK", **TARGET[target]), 2026)["lokasi"] == lokasi
    assert complete(bahan.baris(**TARGET[target]), 2026)["lokasi"] is None


def test_plan_of_before_reads_as_not_shared_and_keeps_its_version(tmp_path: Path) -> None:
    """Files without the columns, and the hash by which returned workbooks name their plan."""
    rkt, _ = plan_of(tmp_path, bahan.baris())
    text = (tmp_path / "r.csv").read_text("utf-8").splitlines()
    drop = [KOLOM.index(c) for c in ("bersama", "lokasi")]
    lines = [",".join(c for n, c in enumerate(line.split(",")) if n not in drop) for line in text]
    (tmp_path / "r.csv").write_text("\n".join(lines), "utf-8")
    before, problems = read_plan(tmp_path / "r.csv")
    assert (before, problems) == (rkt, [])
    assert plan_hash(rkt) == "7810ac3b4f072e33"
    assert plan_hash(plan_of(tmp_path, bahan.baris(bersama="TEK"))[0]) != plan_hash(rkt)


# --- the card of a part -------------------------------------------------------------------------------------------

BARIS = (
    bahan.baris("S01-I1", bersama="TEK"),
    bahan.baris("S01-I2", bersama="TEK", **TARGET["jumlah"]),
    bahan.baris("S02-I1", fungsi="KUL"),
    bahan.baris("S03-I1", fungsi="REN"),
)
PEMBILANG = Key("S01-I1", "TW1", "pembilang")
PENYEBUT = PEMBILANG._replace(kolom="penyebut")
LAPORAN = Key("S01-I2", "TW1", "realisasi")
KENDALA = Key("S01-I2", "TW1", "kendala")
KUL: dict[Key, Any] = {
    PEMBILANG: 40, PENYEBUT: 50, LAPORAN: 3, KENDALA: "Dana belum cair.",
    Key("S02-I1", "TW1", "pembilang"): 9, Key("S02-I1", "TW1", "penyebut"): 10,
}  # fmt: skip
TEK: dict[Key, Any] = {PEMBILANG: 9, PENYEBUT: 10, LAPORAN: 4, KENDALA: "Rapat tertunda."}
CAPAIAN = Key("S01-I1", "TW1", "capaian")


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("bersama") / "kantor", BARIS)


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


def test_card_of_a_part_is_open_and_measures_nothing(kantor: Kantor) -> None:
    """A part held against the target of the whole would be a wrong number; the others count as ever."""
    kul = kantor.rkt.sub_bagian[1]
    book = buku_kerja(kantor.rkt, kul, Isi(KUL), triwulan=1)
    shown = {key: book.value(place.cell) for key, place in book.places.items()}

    def row(id: str, baris: str) -> tuple[Value, ...]:
        columns = ("sd", "capaian", "kategori", "status", "keterangan", "dihitung", "terisi")
        return tuple(shown.get(Key(id, baris, c)) for c in columns)

    told = "bagian bersama; capaian dihitung di kantor"
    assert row("S01-I1", "TW1") == (0.8, "-", "", "Tidak diukur", told, "", 1)
    assert row("S01-I2", "TW1") == (3, "-", "", "Tidak diukur", told, "", 1)
    assert row("S01-I2", "TAHUN")[:6] == (3, "-", "", "Tidak diukur", told, "")
    assert row("S01-I2", "TW2") == ("", "", "", "", "", "", "")
    assert row("S02-I1", "TW1")[3] == "Tercapai"
    assert (shown[Key("S01", "", "n")], shown[Key("S01", "", "m")]) == (0, 2)
    titles = {str(c.content) for s in book.sheets for c in s.cells if "\nDiisi bersama: " in str(c.content)}
    tek = kantor.rkt.sub_bagian[2].nama
    for sheet in (*book.sheets, *kantor.book.sheets):  # the office's cards say it too
        if sheet.name == "S01":
            assert titles <= {str(c.content) for c in sheet.cells}
    endings = ("pembilang dan penyebut dijumlahkan", "dijumlahkan")
    assert {t.split("\n")[-1] for t in titles} == {f"Diisi bersama: {kul.nama}, {tek} · {e}" for e in endings}


def test_unreadable_part_says_so_on_its_card(kantor: Kantor) -> None:
    book = buku_kerja(kantor.rkt, kantor.rkt.sub_bagian[1], Isi({PEMBILANG: 40}), triwulan=1)
    status = book.places[CAPAIAN._replace(kolom="status")]
    assert (book.value(book.places[CAPAIAN].cell), book.value(status.cell)) == ("PERIKSA", "Periksa isian")


def test_conventions_are_told_where_something_is_shared(kantor: Kantor, tmp_path: Path) -> None:
    def words(rkt: Rkt) -> str:
        return " ".join(str(c.content) for s in buku_kerja(rkt, rkt.sub_bagian[1]).sheets for c in s.cells)

    assert "[konv] Diisi bersama: gabungan kosong selama ada bagian yang kosong" in words(kantor.rkt)
    assert "bersama" not in words(plan_of(tmp_path, bahan.baris())[0])


# --- from the workbooks to the konsolidasi ------------------------------------------------------------------------


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def codes(kantor: Kantor) -> set[Value]:
    return {row["kode"] for row in kantor.rows("Masalah")}


def test_round_trip(kantor: Kantor, tmp_path: Path) -> None:
    """Both parts sent: the card computes as any other; Jejak, DATA and the ledger name every file and cell."""
    kantor.send(KUL, kode="KUL")
    kantor.send(TEK, kode="TEK")
    files = sorted(kantor.kiriman.iterdir())
    assert [k.status for k in check_returns(files, kantor.rkt)] == ["diterima", "diterima"]
    data = tmp_path / "data.csv"
    told = run(
        "konsolidasi", kantor.kiriman, "--rencana", kantor.folder / "Rencana.csv",
        "-o", kantor.konsolidasi, "--triwulan", 1, "--data", data,
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert [kantor.value(k) for k in (PEMBILANG, PENYEBUT, LAPORAN)] == [49, 60, 7]
    assert kantor.value(KENDALA) == "KUL: Dana belum cair.\nTEK: Rapat tertunda."
    assert kantor.value(CAPAIAN) == pytest.approx(49 / 60 / 0.9)
    both = "BukuKerja-2026-KUL.xlsx + BukuKerja-2026-TEK.xlsx"
    (jejak,) = (r for r in kantor.rows("Jejak") if (r["id"], r["kolom"]) == ("S01-I2", "realisasi"))
    told_there = {c: jejak[c] for c in ("nilai", "isi", "berkas", "lembar", "sel")}
    assert told_there == {"nilai": 7, "isi": "3 + 4", "berkas": both, "lembar": "S01", "sel": "G16"}
    (line,) = (line for line in data.read_text("utf-8").splitlines() if line.startswith("S01-I1,1,"))
    assert line.startswith("S01-I1,1,49.0,60.0,81.6666666666667,0.907407407407")
    assert line.endswith(f",KUL,{both},S01,E8:F8")
    with sqlite3.connect(beside(kantor.konsolidasi).folder / "buku-besar.sqlite") as ledger:
        where = "FROM {} WHERE (id, baris, kolom) = ('S01-I2', 'TW1', 'realisasi')"
        whole = ledger.execute("SELECT nilai, isi, berkas, sha256, sel " + where.format("nilai")).fetchall()
        parts = ledger.execute("SELECT nilai " + where.format("isian") + " ORDER BY nilai").fetchall()
    assert whole == [("7.0", "3 + 4", both, "", "G16")]
    assert parts == [("3.0",), ("4.0",)]


def test_part_that_stands_elsewhere_in_its_file_is_named_there(kantor: Kantor) -> None:
    """A row inserted above the cards of one workbook: cells of two addresses."""
    kantor.send(KUL, kode="KUL")
    kantor.send(TEK, kode="TEK")
    path = kantor.kiriman / "BukuKerja-2026-TEK.xlsx"
    book = openpyxl.load_workbook(path)
    for merged in list(book["S01"].merged_cells.ranges):
        book["S01"].unmerge_cells(str(merged))
    book["S01"].insert_rows(6, 2)
    book["S01"].title = "Arsip"
    book.save(path)
    merged = consolidate(check_returns(sorted(kantor.kiriman.iterdir()), kantor.rkt), kantor.rkt, 1)
    entry = merged.asal[LAPORAN].entry
    assert (entry.value, entry.lembar, entry.sel) == (7, "S01 + Arsip", "G16 + G18")
    row = data_frame(merged).query("id == 'S01-I1' and triwulan == '1'").iloc[0]
    assert (row["lembar"], row["sel"]) == ("S01 + Arsip", "E8:F8 + E10:F10")


def test_whole_stays_blank_until_the_last_part_comes(kantor: Kantor) -> None:
    kantor.send(KUL, kode="KUL")
    refresh_file(kantor.konsolidasi)
    assert [kantor.value(k) for k in (PEMBILANG, LAPORAN)] == [None, None]
    assert kantor.value(KENDALA) == "Dana belum cair.", "words of one are the words of all"
    missing = [r for r in kantor.rows("Masalah") if r["kode"] == "F20"]
    assert [(r["tingkat"], r["lembar"], r["sel"]) for r in missing] == [
        ("peringatan", "S01", "E8"), ("peringatan", "S01", "G16"),
    ]  # fmt: skip
    assert "KUL 40/50 (BukuKerja-2026-KUL.xlsx, S01!E8:F8); belum dijawab TEK" in str(missing[0]["masalah"])
    assert "S01-I1" not in {r["id"] for r in kantor.rows("Jejak")}
    kantor.send(TEK, kode="TEK")
    refresh_file(kantor.konsolidasi)
    assert [kantor.value(k) for k in (PEMBILANG, PENYEBUT, LAPORAN)] == [49, 60, 7]
    assert "F20" not in codes(kantor)


def test_part_of_a_triwulan_that_is_not_reported_yet_is_not_missed(kantor: Kantor) -> None:
    kantor.send({LAPORAN._replace(baris="TW3"): 3}, kode="KUL")
    refresh_file(kantor.konsolidasi)
    assert "F20" not in codes(kantor)


def test_sub_bagian_that_only_shares_must_send(kantor: Kantor) -> None:
    kantor.send(KUL, kode="KUL")
    refresh_file(kantor.konsolidasi)
    missing = [r["sub_bagian"] for r in kantor.rows("Kiriman") if r["status"] == "belum mengirim"]
    assert [kantor.rkt.sub_bagian[0].nama, kantor.rkt.sub_bagian[2].nama] == missing
    status = {r["kode"]: r for r in json.loads(run("status", kantor.konsolidasi, "--json").output)}
    assert [(k, r["sudah"]) for k, r in status.items()] == [("REN", False), ("KUL", True), ("TEK", False)]
    assert sum(r["kosong"] + r["terisi"] for r in status.values()) == 2 * len(BARIS)


# --- held ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def tertahan(kantor: Kantor) -> Kantor:
    """One part is half a pair, another no number."""
    kantor.send(KUL, kode="KUL")
    kantor.send({PEMBILANG: 9, LAPORAN: "belum ada"}, kode="TEK")
    refresh_file(kantor.konsolidasi)
    return kantor


def test_held_whole_names_its_parts_and_offers_none(tertahan: Kantor) -> None:
    assert tertahan.value(PEMBILANG) == tertahan.value(PENYEBUT) == "ditahan: KUL 40/50; TEK 9/—"
    assert tertahan.value(CAPAIAN) == "PERIKSA"
    rows = {(r["id"], r["kolom"]): r for r in tertahan.rows("Putusan")}
    assert set(rows) == {("S01-I1", "pembilang"), ("S01-I1", "penyebut"), ("S01-I2", "realisasi")}
    both = "BukuKerja-2026-KUL.xlsx + BukuKerja-2026-TEK.xlsx"
    row = rows["S01-I2", "realisasi"]
    assert (row["isi_a"], row["isi_b"]) == (f"«KUL 3; TEK belum ada» ({both}, S01!G16)", None)
    sheet = openpyxl.load_workbook(tertahan.konsolidasi)["S01"]
    assert (sheet.row_dimensions[8].height or 0) > 40, "three lines in a narrow cell are not cut"


@pytest.mark.parametrize("pilihan", ["A", "B"])
def test_part_is_never_chosen_for_the_whole(tertahan: Kantor, pilihan: str) -> None:
    run("putuskan", tertahan.konsolidasi, "S01-I2", "--triwulan", 1, "--pakai", pilihan)
    assert tertahan.value(LAPORAN) == "ditahan: KUL 3; TEK belum ada"
    assert "F17" in codes(tertahan)


def test_content_of_the_whole_settles_it(tertahan: Kantor) -> None:
    """The parts' own problems are settled with it, and the choice is void when a part changes."""
    assert {"F21", "C01", "N01"} <= codes(tertahan)
    for kolom, isi in (("pembilang", "49"), ("penyebut", "60")):
        run("putuskan", tertahan.konsolidasi, "S01-I1", "--triwulan", 1, "--kolom", kolom, "--isi", isi)
    run("putuskan", tertahan.konsolidasi, "S01-I2", "--triwulan", 1, "--isi", "7")
    assert [tertahan.value(k) for k in (PEMBILANG, PENYEBUT, LAPORAN)] == [49, 60, 7]
    assert not {"F21", "C01", "N01"} & codes(tertahan)
    tertahan.send({PEMBILANG: 9, LAPORAN: "nanti"}, kode="TEK", ke=2, names={"TEK": "dua.xlsx"})
    refresh_file(tertahan.konsolidasi)
    assert tertahan.value(LAPORAN) == "ditahan: KUL 3; TEK nanti"
    assert "F16" in codes(tertahan)


def test_two_files_of_one_sub_bagian_that_differ_hold_the_whole(kantor: Kantor) -> None:
    """F04 between the files of KUL: none of its two parts is offered as the office's number, nor those of TEK."""
    for name, kode, count in (("a", "KUL", 3), ("b", "KUL", 5), ("c", "TEK", 4), ("d", "TEK", 6)):
        kantor.send({LAPORAN: count}, kode=kode, names={kode: f"{name}.xlsx"})
    refresh_file(kantor.konsolidasi)
    assert kantor.value(LAPORAN) == "ditahan: KUL 3 ↔ 5; TEK 4 ↔ 6"
    (row,) = kantor.rows("Putusan")
    assert row["isi_b"] is None
    run("putuskan", kantor.konsolidasi, "S01-I2", "--triwulan", 1, "--isi", "9")
    assert kantor.value(LAPORAN) == 9
    assert not {"F04", "F21"} & codes(kantor)


def test_words_that_are_too_long_together_are_held(kantor: Kantor) -> None:
    for kode in ("KUL", "TEK"):
        kantor.send({KENDALA: "panjang " * 2500}, kode=kode)
    refresh_file(kantor.konsolidasi)
    assert str(kantor.value(KENDALA)).startswith("ditahan: KUL panjang")
    assert "F21" in codes(kantor)


def test_whole_that_is_no_answer_is_held(tmp_path: Path) -> None:
    """Each part within its limits, their sum above them; and a count since January that falls by a Nihil."""
    kantor = make_kantor(
        tmp_path / "kantor",
        (
            bahan.baris("S01-I2", bersama="TEK", maks_sah="12", **TARGET["jumlah"]),
            bahan.baris("S01-I1", bersama="TEK", hitungan="kumulatif", konsolidasi="last", boleh_nihil="ya"),
        ),
    )
    second = {PEMBILANG._replace(baris="TW2"): 41, PENYEBUT._replace(baris="TW2"): 50}
    kantor.send(KUL | second | {LAPORAN: 8}, kode="KUL")
    kantor.send(TEK | {PEMBILANG._replace(baris="TW2"): "Nihil", LAPORAN: 9}, kode="TEK")
    refresh_file(kantor.konsolidasi)
    assert kantor.value(LAPORAN) == "ditahan: KUL 8; TEK 9"
    assert kantor.value(PEMBILANG._replace(baris="TW2")) == "ditahan: KUL 41/50; TEK Nihil/—"
    assert kantor.value(PEMBILANG) == 49


# --- a plan revised in mid-year -----------------------------------------------------------------------------------


def revise_plan(kantor: Kantor, **changes: dict[str, Any]) -> Kantor:
    """The konsolidasi goes on with a plan in which some rows say otherwise; new workbooks are handed out."""
    rows = [dict(row) | changes.get(str(row["id"]).replace("-", "_"), {}) for row in BARIS]
    plan = bahan.write_rencana(kantor.folder / "Revisi.csv", rows)
    told = run("revisi", kantor.konsolidasi, plan, "--mulai", 2)
    assert told.exit_code == 0, told.output
    for old in kantor.folder.glob("Konsolidasi-* (lama *"):
        old.unlink()
    build_workbooks(plan, kantor.folder / "buku-kerja", triwulan=2, makro=False)
    return Kantor(kantor.folder, read_plan(plan)[0])


def test_revision_that_ends_sharing_keeps_what_was_shared(kantor: Kantor) -> None:
    """TW I was asked in parts: it stays their sum, for a part is not the whole; TW II is the owner's alone."""
    kantor.send(KUL, kode="KUL", triwulan=1)
    kantor.send(TEK, kode="TEK", triwulan=1)
    refresh_file(kantor.konsolidasi)
    after = revise_plan(kantor, S01_I2={"bersama": ""})
    assert after.value(LAPORAN) == 7
    after.send({LAPORAN._replace(baris="TW2"): 5}, ke=2, kode="KUL", names={"KUL": "kul2.xlsx"})
    refresh_file(after.konsolidasi)
    assert [after.value(LAPORAN._replace(baris=b)) for b in ("TW1", "TW2")] == [7, 5]
    assert not {"F07", "F08", "F20", "F21", "A13", "B19", "D02"} & codes(after)


def test_revision_that_begins_sharing_keeps_what_was_whole(kantor: Kantor) -> None:
    """TW I was asked as the whole, and stays it; a part beside it is held, and the whole of both is typed."""
    first = {Key("S02-I1", "TW1", half): n for half, n in (("pembilang", 9), ("penyebut", 10))}
    said = Key("S02-I1", "TW1", "kendala")
    kantor.send(first | {said: "Banjir."}, kode="KUL", triwulan=1)
    refresh_file(kantor.konsolidasi)
    after = revise_plan(kantor, S02_I1={"bersama": "TEK HUK"})
    whole = Key("S02-I1", "TW1", "pembilang")
    assert after.value(whole) == 9
    later = {k._replace(baris="TW2"): v for k, v in first.items()}
    for kode in ("KUL", "TEK", "HUK"):
        after.send(later, ke=2, kode=kode, names={kode: f"{kode.lower()}2.xlsx"})
    refresh_file(after.konsolidasi)
    assert [after.value(whole._replace(baris=b)) for b in ("TW1", "TW2")] == [9, 27]
    after.send(later | first | {said: "Gedung pindah."}, ke=3, kode="TEK", names={"TEK": "tek3.xlsx"})
    refresh_file(after.konsolidasi)
    assert after.value(whole) == "ditahan: TEK 9/10; KUL 9/10"
    assert after.value(said) == "KUL: Banjir.\nTEK: Gedung pindah."
    told = next(r for r in after.rows("Masalah") if r["kode"] == "F21")
    assert "ada yang menjawab bagiannya dan ada yang menjawab seluruhnya" in str(told["masalah"])


def test_revision_that_changes_who_shares(kantor: Kantor) -> None:
    """Answered by one version alone: merged as that asked. By two versions: only where today's asks all of them."""
    kantor.send({LAPORAN: 3}, kode="KUL")
    kantor.send({LAPORAN: 4}, kode="TEK")
    refresh_file(kantor.konsolidasi)
    after = revise_plan(kantor, S01_I2={"bersama": "HUK"})
    assert after.value(LAPORAN) == 7
    after.send({LAPORAN: 2}, ke=2, kode="HUK", names={"HUK": "huk.xlsx"})
    refresh_file(after.konsolidasi)
    assert after.value(LAPORAN) == "ditahan: KUL 3; HUK 2; TEK 4"
    told = next(r for r in after.rows("Masalah") if r["kode"] == "F21")
    assert "pemiliknya berubah dalam rencana yang direvisi" in str(told["masalah"])


@pytest.mark.parametrize(("count", "code", "shown"), [(7, "F08", 7), (8, "F07", "ditahan: 3 + 4 ↔ 8")])
def test_answer_for_all_beside_the_whole(
    kantor: Kantor, tmp_path: Path, count: int, code: str, shown: Value
) -> None:
    """HUK alone was asked by an earlier version: its answer is the office's, and so is the whole of the parts."""
    kantor.send({LAPORAN: 3}, kode="KUL")
    kantor.send({LAPORAN: 4}, kode="TEK")
    earlier = make_kantor(tmp_path / "lama", [*BARIS[2:], BARIS[1] | {"fungsi": "HUK", "bersama": ""}])
    earlier.send({LAPORAN: count}, kode="HUK")
    files = [k for o in (kantor, earlier) for k in check_returns(sorted(o.kiriman.iterdir()), o.rkt)]
    merged = consolidate(files, kantor.rkt, 1)
    assert merged.entries[LAPORAN] == shown
    assert [p.kode for p in merged.problems if p.tujuan == (LAPORAN.id, "TW1")] == [code]
    options = [a.entry.value for a in merged.pilihan.get(LAPORAN, ())]
    assert options == ([7, 8] if code == "F07" else [])
    assert "KUL dan TEK" in next(p.masalah for p in merged.problems if p.kode == code)


def test_form_handed_out_before_it_was_shared_is_not_blamed(kantor: Kantor, tmp_path: Path) -> None:
    """Read against today's plan where the archive knows no other: its words and formulas are those of that day."""
    kantor.send({PEMBILANG: 40, PENYEBUT: 50, LAPORAN: 3}, kode="KUL")
    path = kantor.kiriman / file_name(kantor.rkt, kantor.rkt.sub_bagian[1])
    rows = [row | {"bersama": ""} for row in BARIS]
    alone, _ = read_plan(bahan.write_rencana(tmp_path / "lain.csv", rows))
    (read,) = check_returns([path], alone)
    found = {(p.kode, p.lembar) for p in read.problems}
    assert found == set(itertools.product(("B12", "B19"), ("Petunjuk", "Referensi")))
    assert read.entries[LAPORAN].value == 3


def test_formula_of_a_part_that_was_changed_is_told(kantor: Kantor) -> None:
    kantor.send(KUL, kode="KUL")
    path = kantor.kiriman / "BukuKerja-2026-KUL.xlsx"
    place = buku_kerja(kantor.rkt, kantor.rkt.sub_bagian[1]).places[CAPAIAN]
    book = openpyxl.load_workbook(path)
    book["S01"][place.address] = "=40/50"
    book.save(path)
    (read,) = check_returns([path], kantor.rkt)
    assert [(p.kode, p.sel) for p in read.problems] == [("D02", place.address)]
