"""The walk through the front door: document, plan, workbooks, returns, konsolidasi; other offices and years too."""

from __future__ import annotations

import contextlib
import io
import json
import random
from pathlib import Path

import bahan
import openpyxl
import pandas as pd
import pytest

from builder.__main__ import main
from builder.capaian import compute
from builder.commands import build_workbooks, consolidate_returns, import_naskah
from builder.contoh import NASKAH, examples_folder, fill
from builder.expr import Key, Value
from builder.plan import read_plan
from builder.rkt import Isian, Tipe
from builder.tabel_data import DATA_KOLOM
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES


def run(*arguments: str | Path) -> int:
    """The command line, as a user calls it; its exit code."""
    try:
        main([str(a) for a in arguments])
    except SystemExit as exit:
        return int(exit.code or 0)
    raise AssertionError("click always exits")


@pytest.fixture(scope="module")
def contoh(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of one run of `rkt contoh`, and what it told."""
    folder = tmp_path_factory.mktemp("contoh") / "coba"
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert run("contoh", folder) == 0
    return folder, told.getvalue()


def test_contoh_runs_the_whole_walk_and_says_what_to_open(contoh: tuple[Path, str]) -> None:
    folder, told = contoh
    assert f"Buka dahulu: {folder / 'Konsolidasi-2024.xlsx'}" in told
    sheets = openpyxl.load_workbook(folder / "Konsolidasi-2024.xlsx").sheetnames
    assert len([s for s in sheets if s.startswith("S") and s[1:].isdigit()]) == 43
    assert {"Dasbor", "Daftar", "Rekap", "Kiriman", "Masalah", "Jejak"} <= set(sheets)
    books = sorted(p.name for p in (folder / "buku-kerja").iterdir())
    assert books == [f"BukuKerja-2024-{k}.xlsx" for k in ("HUK", "KUL", "REN", "TEK")] + [
        "Konsolidasi-2024.xlsm"
    ]
    report = json.loads((folder / "laporan.json").read_text("utf-8"))
    assert {i["status"] for i in report} == {"ditahan", "diterima"}
    assert {p["kode"] for i in report for p in i["masalah"]} >= {"N01", "N03", "C01", "C02", "C05", "F09"}


def test_same_plan_and_entries_give_the_same_bytes(contoh: tuple[Path, str], tmp_path: Path) -> None:
    rkt, _ = read_plan(contoh[0] / "Rencana-2024.xlsx")
    sub_bagian = rkt.sub_bagian[1]
    for folder, isi in (("buku-kerja", Isi()), ("kiriman", Isi(fill(rkt, sub_bagian)))):
        write_book(buku_kerja(rkt, sub_bagian, isi), STYLES, tmp_path / "again.xlsx")
        assert (contoh[0] / folder / "BukuKerja-2024-KUL.xlsx").read_bytes() == (
            tmp_path / "again.xlsx"
        ).read_bytes()


def test_example_workbooks_are_refused_beside_a_real_plan(contoh: tuple[Path, str], tmp_path: Path) -> None:
    made = consolidate_returns([contoh[0] / "kiriman"], bahan.RENCANA_CONTOH, tmp_path / "k.xlsx")
    assert {k.status for k in made.hasil.kiriman} == {"ditolak"}
    assert {p.kode for k in made.hasil.kiriman for p in k.problems} == {"A12"}


def test_every_typed_cell_arrives_in_its_place_with_its_jejak(tmp_path: Path) -> None:
    """One figure in each of 240 random entry cells: value, sheet and cell of the konsolidasi, and Jejak."""
    rkt, chance = bahan.rkt_contoh(), random.Random(7)
    bahan.build(tmp_path / "b")
    keys = [
        Key(i.id, f"TW{j}", c)
        for i in rkt.indikator
        if i.tipe not in (Tipe.OPINI, Tipe.PREDIKAT)
        for j in (1, 2, 3, 4)
        for c in (("pembilang", "penyebut") if i.isian is Isian.RASIO else ("realisasi",))
    ]
    typed = {
        k: float(n) if k.kolom != "realisasi" else float(n % 4)
        for n, k in enumerate(chance.sample(keys, 240), 11)
    }
    files = bahan.type_into(tmp_path / "b", rkt, typed)
    output = tmp_path / "Konsolidasi.xlsx"
    made = consolidate_returns(files, bahan.RENCANA_CONTOH, output, triwulan=4)
    book = openpyxl.load_workbook(output)
    trail = {
        (r[0].value, r[1].value, r[2].value): (r[3].value, r[5].value, r[6].value, r[7].value)
        for r in book["Jejak"].iter_rows(min_row=4)
    }
    for key, value in typed.items():
        place = bahan.place_of(rkt, key)
        name = key.id.replace("-", "_") + f"_{key.baris}_{key.kolom.upper()}"
        (sheet, address) = next(iter(book.defined_names[name].destinations))
        assert sheet == key.id.split("-")[0]
        assert book[sheet][address.replace("$", "")].value == value, key
        roman = {"TW1": "TW I", "TW2": "TW II", "TW3": "TW III", "TW4": "TW IV"}[key.baris]
        assert trail[key.id, roman, key.kolom] == (
            value,
            bahan.file_of(rkt, key.id),
            place.sheet,
            place.address,
        )
    assert (
        len(trail)
        == len(typed)
        == len(made.hasil.asal) - sum(a.entry.value is None for a in made.hasil.asal.values())
    )


def test_data_frame_has_a_row_per_indikator_and_triwulan(tmp_path: Path) -> None:
    rkt = bahan.rkt_contoh()
    bahan.build(tmp_path / "b")
    typed: dict[Key, float | str] = {
        Key("S43-I1", "TW1", "pembilang"): 40,
        Key("S43-I1", "TW1", "penyebut"): 50,
    }
    typed |= {Key("S03-I2", "TW2", "realisasi"): "wtp"}
    files = bahan.type_into(tmp_path / "b", rkt, typed)
    data = tmp_path / "data.csv"
    consolidate_returns(files, bahan.RENCANA_CONTOH, tmp_path / "k.xlsx", data=data, triwulan=1)
    frame = pd.read_csv(data, dtype={"triwulan": str})
    assert tuple(frame.columns) == DATA_KOLOM
    assert len(frame) == 62 * 5
    row = frame[(frame.id == "S43-I1") & (frame.triwulan == "1")].iloc[0]
    assert (row.pembilang, row.penyebut, row.realisasi) == (40, 50, "80.0")
    assert row.capaian == pytest.approx(0.8 / 0.875, rel=1e-15)
    assert (row.status, row.kategori, row.sub_bagian) == ("belum", "Sangat Tinggi", "KUL")
    assert (row.berkas, row.lembar, row.sel) == ("BukuKerja-2024-KUL.xlsx", "S43", "E8:F8")
    year = frame[(frame.id == "S43-I1") & (frame.triwulan == "tahun")].iloc[0]
    assert year.capaian == row.capaian
    assert year[["status", "kategori"]].isna().all()
    assert frame[(frame.id == "S03-I2") & (frame.triwulan == "2")].iloc[0].realisasi == "WTP"


def test_capaian_of_the_frame_is_the_rule_over_the_entries(contoh: tuple[Path, str], tmp_path: Path) -> None:
    """Nothing between reader and table changes a number: each row again from its own file's entries."""
    folder = contoh[0]
    rkt, _ = read_plan(folder / "Rencana-2024.xlsx")
    made = consolidate_returns([folder / "kiriman"], folder / "Rencana-2024.xlsx", tmp_path / "k.xlsx")
    frame = pd.read_csv(folder / "data.csv", dtype={"triwulan": str})
    blank = frame.capaian.isna()
    shown = {
        (r.id, r.triwulan): None if blank[n] else r.capaian
        for n, r in zip(frame.index, frame.itertuples(), strict=True)
    }
    for i in rkt.indikator:
        values = compute(i, rkt.aturan, made.hasil.entries, 2)
        for j in (1, 2, 3, 4):
            expected, found = values[Key(i.id, f"TW{j}", "capaian")], shown[i.id, str(j)]
            assert found == (expected if isinstance(expected, float) else None), (i.id, j)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_imported_plan_builds_as_it_is(tmp_path: Path, suffix: str) -> None:
    """A draft with its doubts can be built: what is doubtful shows KONFIRMASI."""
    plan = tmp_path / f"rencana{suffix}"
    assert run("impor", examples_folder() / NASKAH, "-o", plan) == 0
    rkt, problems = read_plan(plan)
    assert (len(rkt.sasaran), len(rkt.indikator)) == (43, 62)
    assert (rkt.identitas.kantor, rkt.identitas.tahun) == ("KPU Kabupaten Kubu Raya", 2024)
    assert [p.kode for p in problems] == ["P14"]
    assert run("bangun", plan, "-o", tmp_path / "hasil") == 0
    assert len(list((tmp_path / "hasil").iterdir())) == 5


def test_plan_survives_csv_and_xlsx(tmp_path: Path) -> None:
    """The settled plan, its imported draft, and both forms of the file give one Rkt."""
    from builder.commands import write_plan
    from builder.plan.table import as_row

    rkt = bahan.rkt_contoh()
    for name in ("a.xlsx", "a.csv"):
        write_plan([as_row(s, i) for s in rkt.sasaran for i in s.indikator], rkt.identitas, tmp_path / name)
        assert read_plan(tmp_path / name)[0] == rkt, name


def test_examples_hold_the_checked_plan_with_four_doubts() -> None:
    """As CSV and as the workbook of the perencana; each cell that the checked table has too is the same."""
    rkt = bahan.rkt_contoh()
    assert read_plan(bahan.RENCANA_CONTOH.with_suffix(".xlsx"))[0] == rkt
    rows = pd.read_csv(
        examples_folder() / "rkt-kpu-kubu-raya-2024-indikator.csv", dtype=str, keep_default_na=False
    )
    for (_, row), i in zip(rows.iterrows(), rkt.indikator, strict=True):
        ours = (
            i.id,
            i.teks,
            i.tipe,
            i.satuan,
            i.polaritas,
            i.isian,
            i.konsolidasi,
            i.hitungan or "",
            i.fungsi,
        )
        columns = (
            "id",
            "indikator",
            "tipe_target",
            "satuan",
            "polaritas",
            "isian",
            "konsolidasi_periode",
            "hitungan",
            "fungsi",
        )
        assert ours == tuple(row[c] for c in columns)
        target = float(row.nilai_target) if row.nilai_target else row.target_mentah
        assert (i.nilai, i.boleh_nihil, str(i.tahun_data)) == (target, row.boleh_nihil == "1", row.tahun_data)
    assert [i.id for i in rkt.indikator if i.needs_konfirmasi] == ["S08-I1", "S21-I1", "S33-I1", "S42-I1"]
    owned = {s.kode: sum(rkt.owner(i) == s for i in rkt.indikator) for s in rkt.sub_bagian}
    sheets = {s.kode: len(rkt.sasaran_of(s)) for s in rkt.sub_bagian}
    assert owned == {"REN": 12, "KUL": 20, "TEK": 12, "HUK": 18}
    assert sheets == {"REN": 7, "KUL": 14, "TEK": 9, "HUK": 14}


TIGA = """
[identitas]
kantor = "KPU Kabupaten Tiga & Sub"
tahun = 2027
[[sub_bagian]]
kode = "A"
nama = "Perencanaan dan Keuangan"
fungsi = ["REN", "KUL"]
[[sub_bagian]]
kode = "B"
nama = "Teknis"
fungsi = ["TEK", "PAR"]
[[sub_bagian]]
kode = "C"
nama = "Hukum"
fungsi = ["HUK", "SDM"]
"""


def test_office_with_three_sub_bagian(tmp_path: Path) -> None:
    rows = [
        bahan.baris(f"S{n:02d}-I1", fungsi=f)
        for n, f in enumerate(("REN", "KUL", "TEK", "PAR", "HUK", "SDM"), 1)
    ]
    plan = bahan.write_rencana(tmp_path / "r.csv", rows, TIGA)
    built = build_workbooks(plan, tmp_path / "b")
    assert [p.name for p in built.berkas] == [f"BukuKerja-2027-{k}.xlsx" for k in "ABC"] + [
        "Konsolidasi-2027.xlsm"
    ]
    rkt, _ = read_plan(plan)
    typed = {Key(i.id, "TW1", "pembilang"): 9 for i in rkt.indikator} | {
        Key(i.id, "TW1", "penyebut"): 10 for i in rkt.indikator
    }
    files = bahan.type_into(tmp_path / "b", rkt, typed)
    made = consolidate_returns(files, plan, tmp_path / "k.xlsx")
    assert made.clean
    assert len(made.hasil.entries) == 12


@pytest.mark.parametrize("count", [1, 120])
def test_one_and_many_sasaran_with_long_texts(tmp_path: Path, count: int) -> None:
    long = "Terwujudnya " + "penyelenggaraan pemilihan yang tertib, efektif, dan akuntabel " * 5
    rows = [
        bahan.baris(f"S{n:02d}-I1", sasaran=f"{n} {long}"[:300], indikator=f"Persentase {long}"[:300])
        for n in range(1, count + 1)
    ]
    plan = bahan.write_rencana(tmp_path / "r.csv", rows, bahan.identitas(tahun=2025, skema="pkpu21-2023"))
    rkt, _ = read_plan(plan)
    owner = rkt.sub_bagian[1]
    last = rkt.indikator[-1].id
    kendala = "Kendala " * 37
    typed: dict[Key, Value] = {Key(last, "TW1", "pembilang"): 45, Key(last, "TW1", "penyebut"): 50}
    typed[Key(last, "TW1", "kendala")] = kendala
    returned = tmp_path / "kembali.xlsx"
    write_book(buku_kerja(rkt, owner, Isi(typed), triwulan=1), STYLES, returned)
    made = consolidate_returns([returned], plan, tmp_path / "k.xlsx")
    assert made.clean
    book = openpyxl.load_workbook(tmp_path / "k.xlsx")
    assert len([s for s in book.sheetnames if s.startswith("S") and s[1:].isdigit()]) == count
    row = next(c.row for c in book[f"S{count:02d}"]["A"] if c.value == f"{last}|TW1")
    assert book[f"S{count:02d}"].row_dimensions[row].height > 100
    assert kendala in [c.value for c in book[f"S{count:02d}"][row]]


def test_exit_codes_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rkt = bahan.rkt_contoh()
    bahan.build(tmp_path)
    clean = bahan.type_into(tmp_path, rkt, {Key("S14-I1", "TW1", "realisasi"): 0})[0]
    assert run("periksa", clean, "--rencana", bahan.RENCANA_CONTOH) == 0
    held = bahan.type_into(tmp_path, rkt, {Key("S08-I1", "TW1", "realisasi"): "belum ada"})[0]
    capsys.readouterr()
    assert run("periksa", held, clean, "--rencana", bahan.RENCANA_CONTOH, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert [(i["berkas"], i["status"]) for i in report] == [(held.name, "ditahan"), (clean.name, "diterima")]
    problem = report[0]["masalah"][0]
    assert set(problem) == {"kode", "tingkat", "lembar", "sel", "isi", "pesan"}
    assert (problem["kode"], problem["tingkat"], problem["lembar"], problem["isi"]) == (
        "C01",
        "ditahan",
        "S08",
        "belum ada",
    )
    assert run("periksa") == 2
    assert run("tidakada") == 2
    assert run("bangun", bahan.RENCANA_CONTOH, "-o", tmp_path / "x", "--triwulan", "5") == 2


def test_import_keeps_an_edited_plan(tmp_path: Path) -> None:
    plan = tmp_path / "rencana.xlsx"
    import_naskah(examples_folder() / NASKAH, plan)
    book = openpyxl.load_workbook(plan)
    book["Identitas"]["C4"] = "KPU yang sudah diubah"
    book.save(plan)
    edited = plan.read_bytes()
    made = import_naskah(examples_folder() / NASKAH, plan)
    assert made.disimpan is not None
    assert made.disimpan.read_bytes() == edited


def test_building_again_keeps_a_filled_workbook(tmp_path: Path) -> None:
    bahan.build(tmp_path)
    filled = bahan.type_into(tmp_path, bahan.rkt_contoh(), {Key("S14-I1", "TW1", "realisasi"): 1})[
        0
    ].read_bytes()
    built = build_workbooks(bahan.RENCANA_CONTOH, tmp_path)
    assert filled in [p.read_bytes() for p in built.disimpan]
