"""The archive and the ledger: every file once, where values come from, conflicts settled, a konsolidasi rebuilt."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bahan
import openpyxl
import pytest
import surat
from click.testing import CliRunner, Result
from kantor import BARIS, ISI, Kantor, make_kantor

from builder.__main__ import cli
from builder.arsip import Arsip, beside
from builder.closed import refresh_file
from builder.commands import build_workbooks
from builder.expr import Key, Value
from builder.identitas import LEMBAR_META
from builder.lama import Segar
from builder.masalah import Refused
from builder.package import read_grids
from builder.pemulihan import rebuild
from builder.plan import read_plan
from builder.revisi import revise
from builder.strict import Opener
from builder.strict.returned import ReturnedFile
from workbook_templates.dasbor import BELUM_MENGIRIM

PEMBILANG = Key("S01-I1", "TW1", "pembilang")
PENYEBUT = PEMBILANG._replace(kolom="penyebut")
LAPORAN = Key("S01-I2", "TW1", "realisasi")
REN = Key("S02-I1", "TW1", "pembilang")


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("arsip") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


def send(kantor: Kantor, contents: Mapping[Key, Any], ke: int, name: str, **more: Any) -> Path:
    """One return of KUL under a name of its own; `more`: dasar (the kiriman that it was made from), triwulan."""
    own = {k: v for k, v in contents.items() if k.id.startswith("S01")}
    kantor.send(own, ke=ke, names={"KUL": name})
    path = kantor.kiriman / name
    book = openpyxl.load_workbook(path)
    for row in book[LEMBAR_META].iter_rows():
        if str(row[0].value) in more:
            row[1].value = str(more[str(row[0].value)])
    for prop in book.custom_doc_props.props:  # type: ignore[attr-defined]
        if prop.name.removeprefix("rkt_") in more:
            prop.value = str(more[prop.name.removeprefix("rkt_")])
    book.save(path)
    return path


def codes(segar: Segar) -> set[str]:
    assert segar.hasil is not None
    return {p.kode for p in segar.hasil.all_problems}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def cells(path: Path, kantor: Kantor) -> dict[str, Any]:
    """Everything that a konsolidasi shows, but for times and its own history of notes."""
    when = {"Dasbor": {(4, 1)}}
    shown: dict[str, Any] = {}
    for name, grid in read_grids(path).items():
        for (r, line), c in itertools.product(enumerate(grid), range(30)):
            value = line[c] if c < len(line) else None
            is_time = (
                (r, c) in when.get(name, set())
                or (name == "Jejak" and c == 8)
                or (name == "Kiriman" and c == 12)
            )
            if value not in (None, "") and not is_time:
                shown[f"{name}!{r},{c}"] = value
    return shown


# --- received once ------------------------------------------------------------------------------------------------


def test_every_file_is_kept_once_and_counts_after_it_left_the_folder(kantor: Kantor) -> None:
    kantor.send(ISI)
    first = refresh_file(kantor.konsolidasi)
    arsip = beside(kantor.konsolidasi)
    assert sorted(t.berkas for t in arsip.received()) == [
        "BukuKerja-2026-KUL.xlsx",
        "BukuKerja-2026-REN.xlsx",
    ]
    assert all(arsip.is_whole(t) for t in arsip.received())
    shutil.rmtree(kantor.kiriman)
    kantor.kiriman.mkdir()
    again = refresh_file(kantor.konsolidasi)
    assert first.hasil is not None
    assert again.hasil is not None
    assert again.hasil.entries == first.hasil.entries
    assert len(arsip.received()) == 2


def test_identical_same_newer_and_late_returns(kantor: Kantor) -> None:
    """F01 the same bytes, F02 the same content saved anew, F03 a newer one, F05 an older one that comes late."""
    path = send(kantor, ISI, 2, "kedua.xlsx")
    shutil.copy(path, kantor.kiriman / "salinan.xlsx")
    book = openpyxl.load_workbook(path)
    book.properties.title = "disimpan ulang"
    book.save(kantor.kiriman / "ulang.xlsx")
    send(kantor, ISI | {LAPORAN: 3}, 3, "ketiga.xlsx")
    first = refresh_file(kantor.konsolidasi)
    assert {"F01", "F02", "F03"} <= codes(first)
    assert first.hasil is not None
    (newer,) = (p for p in first.hasil.all_problems if p.kode == "F03")
    assert "1 sel berubah: S01!G16 1 → 3" in newer.masalah
    send(kantor, ISI, 1, "terlambat.xlsx")
    assert "F05" in codes(refresh_file(kantor.konsolidasi))
    assert kantor.value(LAPORAN) == 3
    same = "sama dengan kiriman lain"
    assert {r["berkas"]: r["pemakaian"] for r in kantor.rows("Kiriman") if r["berkas"]} == {
        "kedua.xlsx": "digantikan",
        "salinan.xlsx": same,
        "ulang.xlsx": same,
        "ketiga.xlsx": "dipakai",
        "terlambat.xlsx": "digantikan",
    }


def test_branch_is_held_where_it_differs(kantor: Kantor) -> None:
    """Made from the first kiriman although the third, of another line, was there already."""
    send(kantor, ISI, 1, "satu.xlsx")
    send(kantor, ISI | {LAPORAN: 2}, 3, "tiga.xlsx", dasar=2)
    send(kantor, ISI | {LAPORAN: 4}, 4, "cabang.xlsx", dasar=1)
    found = codes(refresh_file(kantor.konsolidasi))
    assert {"F06", "F04"} <= found
    assert str(kantor.value(LAPORAN)).startswith("ditahan: ")
    assert kantor.value(PEMBILANG) == 40


def test_dasbor_tells_who_has_sent_nothing_for_this_triwulan(kantor: Kantor) -> None:
    """Names hold commas: a semicolon stands between them."""
    kantor.send({PEMBILANG: 40}, triwulan=1)
    refresh_file(kantor.konsolidasi)
    told = str(kantor.value(BELUM_MENGIRIM))
    assert told == ("Perencanaan, Data, dan Informasi\nBelum untuk TW II: Keuangan, Umum, dan Logistik")
    kantor.send(ISI, ke=2, triwulan=1)
    refresh_file(kantor.konsolidasi)
    assert str(kantor.value(BELUM_MENGIRIM)) == (
        "Semua sub-bagian sudah mengirim.\n"
        "Belum untuk TW II: Perencanaan, Data, dan Informasi; Keuangan, Umum, dan Logistik"
    )
    kantor.send(ISI, ke=3, triwulan=2)
    refresh_file(kantor.konsolidasi)
    assert kantor.value(BELUM_MENGIRIM) == "Semua sub-bagian sudah mengirim."


def test_file_that_changes_while_it_is_read_is_taken_by_the_next_refresh(
    kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves it just then: no value stands in the konsolidasi whose bytes are not in the archive."""
    path, other = send(kantor, ISI, 1, "satu.xlsx"), send(kantor, ISI | {LAPORAN: 3}, 1, "lain.xlsx")
    later, read = other.read_bytes(), Opener.open
    other.unlink()

    def saved_meanwhile(self: Opener, opened: Path) -> ReturnedFile:
        found = read(self, opened)
        if opened == path:
            path.write_bytes(later)
        return found

    with monkeypatch.context() as busy:
        busy.setattr(Opener, "open", saved_meanwhile)
        assert "J06" in codes(refresh_file(kantor.konsolidasi))
    arsip = beside(kantor.konsolidasi)
    assert (arsip.received(), kantor.value(LAPORAN)) == ([], None)
    refresh_file(kantor.konsolidasi)
    assert kantor.value(LAPORAN) == 3
    assert [arsip.is_whole(t) for t in arsip.received()] == [True]


def test_file_lost_from_the_archive_is_told(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    arsip = beside(kantor.konsolidasi)
    arsip.path_of(arsip.received()[0]).write_bytes(b"rusak")
    (kantor.kiriman / arsip.received()[0].berkas).unlink()
    assert "L34" in codes(refresh_file(kantor.konsolidasi))


@pytest.mark.parametrize("seed", range(6))
def test_order_of_arrival_in_one_refresh_makes_no_difference(
    seed: int, kantor: Kantor, tmp_path: Path
) -> None:
    """The files given one by one in another order (50 orders: test_urutan)."""
    for n, count in enumerate((1, 2, 4), 1):
        send(kantor, ISI | {LAPORAN: count}, n, f"kul{n}.xlsx")
    send(kantor, ISI | {LAPORAN: 5}, 3, "kul3b.xlsx")
    files = sorted(kantor.kiriman.iterdir())
    shown: list[dict[str, Any]] = []
    for order in (files, random.Random(seed).sample(files, len(files))):
        out = tmp_path / f"{len(shown)}" / "Konsolidasi-2026.xlsx"
        out.parent.mkdir()
        told = run(
            "konsolidasi", *order, "--rencana", kantor.folder / "Rencana.csv", "-o", out, "--triwulan", 2
        )
        assert told.exit_code == 1, told.output
        shown.append(cells(out, kantor))
    assert shown[0] == shown[1]


# --- choices ------------------------------------------------------------------------------------------------------


def waiting(kantor: Kantor) -> list[dict[str, Value]]:
    return [r for r in kantor.rows("Putusan") if r["keadaan"] != "diputuskan"]


def choose(kantor: Kantor, choice: str, **row: Value) -> None:
    """Write into the choice cell of the first row that holds these values."""
    from builder.package import apply_patches
    from builder.patch import Block, Patch

    sheet = next(s for s in kantor.book.sheets if s.name == "Putusan")
    assert sheet.table
    at = next(n for n, r in enumerate(kantor.rows("Putusan")) if row.items() <= r.items())
    column = next(n for n, c in enumerate(sheet.table.columns) if c.name == "pilihan")
    apply_patches(
        kantor.konsolidasi, [Patch("Putusan", (Block(sheet.table.first + at, column, ((choice,),)),))]
    )


@pytest.fixture
def berselisih(kantor: Kantor) -> Kantor:
    """Two returns of one number that differ in one cell, refreshed."""
    send(kantor, ISI, 1, "a.xlsx")
    send(kantor, ISI | {LAPORAN: 3}, 1, "b.xlsx")
    refresh_file(kantor.konsolidasi)
    return kantor


def test_choice_in_the_workbook_is_taken_and_kept(berselisih: Kantor) -> None:
    kantor = berselisih
    row = next(r for r in waiting(kantor) if r["id"] == "S01-I2" and r["triwulan"] == "TW I")
    assert (row["isi_a"], row["isi_b"]) == ("«1» (a.xlsx, S01!G16)", "«3» (b.xlsx, S01!G16)")
    choose(kantor, "pakai b", id="S01-I2", triwulan="TW I")
    for _ in range(2):
        segar = refresh_file(kantor.konsolidasi)
        assert kantor.value(LAPORAN) == 3
        assert segar.hasil is not None
        assert not [p for p in segar.hasil.all_problems if p.kode == "F04"]
        assert "F18" in codes(segar)
    settled = next(r for r in kantor.rows("Putusan") if r["id"] == "S01-I2" and r["triwulan"] == "TW I")
    assert (settled["keadaan"], settled["pilihan"]) == ("diputuskan", "pakai b")


def test_row_of_putusan_can_be_decided_without_looking_elsewhere(berselisih: Kantor) -> None:
    """What is asked, of whom, and why it is held; the reason stays when it is settled."""
    kantor, told = berselisih, "F04 Dua kiriman ke-1 dari KUL berbeda: «1» («a.xlsx») dan «3» («b.xlsx»)"
    row = {r["triwulan"]: r for r in kantor.rows("Putusan") if r["id"] == "S01-I2"}
    assert (row["TW I"]["indikator"], row["TW I"]["sub_bagian"]) == (
        "1.2 Persentase arsip S01-I2 yang tertata",
        "KUL",
    )
    assert row["TW I"]["sebab"] == told
    assert str(row["TW II"]["sebab"]).startswith("C01 ")
    choose(kantor, "Pakai B", id="S01-I2", triwulan="TW I")
    for _ in range(2):
        refresh_file(kantor.konsolidasi)
        settled = next(r for r in kantor.rows("Putusan") if r["id"] == "S01-I2" and r["triwulan"] == "TW I")
        assert (settled["keadaan"], settled["sebab"]) == ("diputuskan", told)


def test_column_pilihan_says_what_may_be_written(kantor: Kantor) -> None:
    book = openpyxl.load_workbook(kantor.konsolidasi)
    (rule,) = book["Putusan"].data_validations.dataValidation
    assert (rule.type, rule.promptTitle, rule.showInputMessage) == ("list", "Pilihan", True)
    assert "atau ketik isinya sendiri, misalnya 97,5" in rule.prompt
    assert not rule.showErrorMessage  # others may be typed


def test_problem_links_to_the_very_cell(berselisih: Kantor) -> None:
    found = {(r["kode"], r["berkas"]): r["buka"] for r in berselisih.rows("Masalah")}
    at = berselisih.book.places[LAPORAN].address
    assert found["F04", None] == f"S01!{at}"
    assert found["C01", "a.xlsx"] == found["C01", "b.xlsx"] != f"S01!{at}"
    assert str(found["C01", "a.xlsx"])[:5] == f"S01!{at[0]}"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [(("--pakai", "A"), 1), (("--isi", "2"), 2), (("--kosongkan",), None)],
)
def test_choice_by_command(arguments: tuple[str, ...], value: Value, berselisih: Kantor) -> None:
    told = run("putuskan", berselisih.konsolidasi, "s01-i2", "--triwulan", 1, *arguments)
    assert told.exit_code == 0, told.output
    assert berselisih.value(LAPORAN) == value
    run("putuskan", berselisih.konsolidasi, "S01-I2", "--triwulan", 1, "--batal")
    assert str(berselisih.value(LAPORAN)).startswith("ditahan: ")


def test_choice_that_cannot_be_taken_or_is_void_is_told(berselisih: Kantor) -> None:
    kantor = berselisih
    choose(kantor, "banyak sekali", id="S01-I2", triwulan="TW I")
    assert "F17" in codes(refresh_file(kantor.konsolidasi))
    choose(kantor, "Pakai C", id="S01-I2", triwulan="TW I")
    assert "F17" in codes(refresh_file(kantor.konsolidasi))
    choose(kantor, "Pakai A", id="S01-I2", triwulan="TW I")
    send(kantor, ISI | {LAPORAN: 4}, 1, "c.xlsx")
    assert "F16" in codes(refresh_file(kantor.konsolidasi))
    assert str(kantor.value(LAPORAN)) == "ditahan: 1 ↔ 3 ↔ 4"
    assert "F16" not in codes(refresh_file(kantor.konsolidasi)), "told once; the choice is gone"
    assert run("putuskan", kantor.konsolidasi, "S01-I2", "--triwulan", 1, "--pakai", "C").exit_code == 0
    assert kantor.value(LAPORAN) == 4


def test_nothing_held_and_unknown_file_are_refused(berselisih: Kantor) -> None:
    nothing = run("putuskan", berselisih.konsolidasi, "S01-I1", "--triwulan", 4, "--pakai", "A")
    assert (nothing.exit_code, type(nothing.exception)) == (1, Refused)
    assert "S08" in str(nothing.exception)
    unknown = run("putuskan", berselisih.konsolidasi, "--keluarkan", "tidak-ada.xlsx")
    assert "S11" in str(unknown.exception)
    assert run("putuskan", berselisih.konsolidasi, "S01-I1").exit_code == 2


def test_file_left_out_and_taken_back(berselisih: Kantor) -> None:
    kantor = berselisih
    told = run("putuskan", kantor.konsolidasi, "--keluarkan", "b.xlsx")
    assert told.exit_code == 0
    assert "F19" in {r["kode"] for r in kantor.rows("Masalah")}
    used = {r["berkas"]: r["pemakaian"] for r in kantor.rows("Kiriman") if r["berkas"]}
    assert used == {"a.xlsx": "dipakai", "b.xlsx": "dikeluarkan"}
    assert kantor.value(LAPORAN) == 1
    run("putuskan", kantor.konsolidasi, "--masukkan", "b.xlsx")
    assert str(kantor.value(LAPORAN)).startswith("ditahan: ")


# --- where a value comes from -------------------------------------------------------------------------------------


def test_jejak_tells_the_origin_and_what_stood_there_before(
    kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(kantor, ISI, 1, "satu.xlsx")
    refresh_file(kantor.konsolidasi)
    send(kantor, ISI | {LAPORAN: 3}, 2, "dua.xlsx")
    refresh_file(kantor.konsolidasi)
    monkeypatch.chdir(kantor.folder)
    told = run("jejak", "S01-I2", "--triwulan", 1).output
    assert "S01-I2 triwulan 1 realisasi" in told
    assert "berkas: «1» dari satu.xlsx S01!G16; kiriman ke-1, berkasnya tidak dipakai" in told
    assert "berkas: «3» dari dua.xlsx S01!G16; kiriman ke-2, berkasnya dipakai" in told
    assert told.index("konsolidasi: «1» dari satu.xlsx") < told.index("konsolidasi: «3» dari dua.xlsx")
    assert "triwulan 2" not in told
    assert "S09" in str(run("jejak", "S99-I1").exception)
    monkeypatch.chdir(kantor.kiriman)
    assert "S10" in str(run("jejak", "S01-I2").exception)


def test_ledger_holds_every_entry_and_value(kantor: Kantor) -> None:
    kantor.send(ISI)
    segar = refresh_file(kantor.konsolidasi)
    assert segar.hasil is not None
    with sqlite3.connect(beside(kantor.konsolidasi).folder / "buku-besar.sqlite") as ledger:
        held = {
            Key(*row[:3]): json.loads(row[3])
            for row in ledger.execute("SELECT id, baris, kolom, nilai FROM nilai")
        }
    assert held == {k: a.entry.value for k, a in segar.hasil.asal.items() if a.entry.shown is not None}


def test_status_says_who_has_sent_what(kantor: Kantor) -> None:
    written = surat.mail(("BukuKerja.xlsx", send(kantor, ISI, 2, "x.xlsx").read_bytes())).as_bytes()
    (kantor.kiriman / "x.xlsx").unlink()
    (kantor.kiriman / "surel.eml").write_bytes(written)
    refresh_file(kantor.konsolidasi)
    (row,) = (r for r in kantor.rows("Kiriman") if r["berkas"])
    assert (row["berkas"], row["tanggal"]) == ("surel.eml › BukuKerja.xlsx", "03/10/2026 08.15")
    told = run("status", kantor.konsolidasi).output
    assert "KUL: kiriman ke-2 (TW II), diterima " in told
    assert "dari Siti <siti@kpu.example>; 2 terisi, 1 kosong, 1 ditahan, 1 menunggu putusan" in told
    assert "REN: belum mengirim" in told
    as_json = json.loads(run("status", kantor.konsolidasi, "--json").output)
    assert [(row["kode"], row["nomor"], row["sudah"]) for row in as_json] == [
        ("REN", None, False),
        ("KUL", 2, True),
    ]


# --- rebuilt ------------------------------------------------------------------------------------------------------


def test_archive_alone_rebuilds_the_same_konsolidasi_elsewhere(berselisih: Kantor, tmp_path: Path) -> None:
    kantor = berselisih
    kantor.send({k: v for k, v in ISI.items() if k.id == "S02-I1"})
    choose(kantor, "Pakai B", id="S01-I2", triwulan="TW I")
    kantor.type_at(PEMBILANG, 45)
    refresh_file(kantor.konsolidasi)
    kantor.note("Jejak", "sudah dicek", id="S01-I1", kolom="kendala")
    refresh_file(kantor.konsolidasi)
    shutil.copytree(
        beside(kantor.konsolidasi).folder, elsewhere := tmp_path / "lain" / "Konsolidasi-2026.arsip"
    )
    told = run("pulihkan", elsewhere, "--tanpa-makro")
    assert told.exit_code == 0, told.output
    assert "L07" in told.output or "dibangun ulang" in told.output
    again = elsewhere.with_suffix(".xlsx")
    assert cells(again, kantor) == cells(kantor.konsolidasi, kantor)


def test_spoiled_konsolidasi_is_kept_beside_the_rebuilt_one(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    before = cells(kantor.konsolidasi, kantor)
    konsolidasi = kantor.konsolidasi
    konsolidasi.write_bytes(b"rusak")
    made = rebuild(beside(konsolidasi).folder, makro=konsolidasi.suffix == ".xlsm")
    assert cells(konsolidasi, kantor) == before
    assert made.disimpan is not None
    assert made.disimpan.read_bytes() == b"rusak"
    assert "L07" in {p.kode for p in made.problems}


def test_archive_that_is_none_or_unreadable_is_told(kantor: Kantor, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="L35"):
        rebuild(tmp_path / "Kosong.arsip")
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    ledger = beside(kantor.konsolidasi).folder / "buku-besar.sqlite"
    with sqlite3.connect(ledger) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(Refused, match="L33"):
        refresh_file(kantor.konsolidasi)
    ledger.write_bytes(b"bukan basis data" * 100)
    before = kantor.konsolidasi.read_bytes()
    with pytest.raises(Refused, match="L32"):
        refresh_file(kantor.konsolidasi)
    assert kantor.konsolidasi.read_bytes() == before


# --- a plan revised in mid-year -----------------------------------------------------------------------------------


def revised(folder: Path, **changes: dict[str, Any]) -> Path:
    """The plan with some rows changed, by id; "-" drops one."""
    rows = [dict(row) | changes.get(str(row["id"]).replace("-", "_"), {}) for row in BARIS]
    kept = [row for row in rows if row.get("satuan") != "-"]
    return bahan.write_rencana(folder / "Revisi.csv", [*kept, bahan.baris("S04-I1")])


def test_revision_keeps_every_entry_and_old_targets(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    plan = revised(
        kantor.folder, S01_I1={"target": "95%", "nilai": "95"}, S01_I2={"target": "8 Laporan", "nilai": "8"}
    )
    told = run("revisi", kantor.konsolidasi, plan, "--mulai", 3)
    assert told.exit_code == 0, told.output
    assert "1 indikator baru: S04-I1" in told.output
    assert "2 indikator berubah: S01-I1, S01-I2" in told.output
    after = Kantor(kantor.folder, read_plan(plan)[0])
    konsolidasi = next(p for p in kantor.folder.glob("Konsolidasi-*.xls?") if "lama" not in p.name)
    grids = read_grids(konsolidasi)
    place = after.book.places
    assert grids["S01"][place[PEMBILANG].cell.row][place[PEMBILANG].cell.column] == 40
    targets = [
        grids["S01"][place[Key("S01-I1", row, "target")].cell.row][
            place[Key("S01-I1", row, "target")].cell.column
        ]
        for row in ("TW1", "TW2", "TW3", "TW4", "TAHUN")
    ]
    assert targets == [0.9, 0.9, 0.95, 0.95, 0.95]
    refreshed = refresh_file(konsolidasi)
    assert refreshed.hasil is not None
    assert refreshed.hasil.entries[PEMBILANG] == 40
    assert not {"A13", "B19"} & codes(refreshed), "a return of the old plan is read against the old plan"


def test_dropped_and_changed_indikator_are_told(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    arsip = beside(kantor.konsolidasi)
    changed = {"target": "80%", "tipe": "persentase", "nilai": "80", "satuan": "%"}
    plan = revised(kantor.folder, S02_I1={"satuan": "-"}, S01_I2=changed)
    made = revise(kantor.konsolidasi, plan, 2)
    assert (made.baru, made.dihapus, made.berubah) == (("S04-I1",), ("S02-I1",), ("S01-I2",))
    found = {p.kode for p in made.gabungan.hasil.all_problems}
    assert {"F14", "F15"} <= found
    assert LAPORAN not in made.gabungan.hasil.entries
    assert [n.isi for n in arsip.history("S02-I1") if n.key == REN and n.peran == "berkas"] == ["9"]


def test_indikator_that_moved_to_another_sub_bagian(kantor: Kantor) -> None:
    """Both have answered: the same is noted (F08), what differs is held until someone decides (F07)."""
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    plan = revised(kantor.folder, S01_I1={"fungsi": "REN"})
    revise(kantor.konsolidasi, plan, 2)
    build_workbooks(plan, kantor.folder / "buku-kerja", triwulan=2, makro=False)
    moved = Kantor(kantor.folder, read_plan(plan)[0])
    moved.send(
        {PEMBILANG: 40, PENYEBUT: 55, REN: 9, REN._replace(kolom="penyebut"): 10},
        ke=2,
        names={"REN": "ren2.xlsx"},
    )
    konsolidasi = next(p for p in kantor.folder.glob("Konsolidasi-*.xls?") if "lama" not in p.name)
    segar = refresh_file(konsolidasi)
    assert {"F07", "F08"} <= codes(segar)
    assert segar.hasil is not None
    assert segar.hasil.entries[PEMBILANG] == 40
    assert segar.hasil.entries[PENYEBUT] == "ditahan: 55 ↔ 50"


def test_plan_of_another_office_is_no_revision_and_too_small_a_target_is_told(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    other = bahan.write_rencana(kantor.folder / "Lain.csv", BARIS, bahan.identitas("KPU Kota Lain"))
    with pytest.raises(Refused, match="P24"):
        revise(kantor.konsolidasi, other, 2)
    plan = revised(kantor.folder, S01_I2={"target": "1 Laporan", "nilai": "1"})
    assert "P25" in {p.kode for p in revise(kantor.konsolidasi, plan, 4).problems}


def test_archive_of_a_folder_of_returns_is_no_return(kantor: Kantor) -> None:
    """A Dasbor may name the folder in which the workbook itself lies."""
    kantor.send(ISI)
    kantor.type("Dasbor", "B4", ".")
    first = refresh_file(kantor.konsolidasi)
    again = refresh_file(kantor.konsolidasi)
    assert first.hasil is not None
    assert again.hasil is not None
    assert len(again.hasil.kiriman) == len(first.hasil.kiriman)
    assert isinstance(beside(kantor.konsolidasi), Arsip)
