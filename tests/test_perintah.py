"""The words of the command line: help, what was left out, which workbook is meant, what a decision came to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import bahan
import pytest
from click.testing import CliRunner, Result
from kantor import BARIS, ISI, Kantor, make_kantor
from test_arsip import send

from builder.__main__ import cli
from builder.arsip import beside
from builder.closed import refresh_file
from builder.consolidator import consolidate
from builder.dekat import find_names, near_ids
from builder.expr import Key
from builder.masalah import Message, Refused
from builder.package import read_grids

LAPORAN = Key("S01-I2", "TW1", "realisasi")
REN = Key("S02-I1", "TW1", "pembilang")


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("perintah") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


@pytest.fixture
def berselisih(kantor: Kantor) -> Kantor:
    """Two returns of one number that differ in one cell, and a text with two readings; refreshed."""
    send(kantor, ISI, 1, "a.xlsx")
    send(kantor, ISI | {LAPORAN: 3}, 1, "b.xlsx")
    kantor.send(
        {k: v for k, v in (ISI | {REN: "1.234"}).items() if k.id == "S02-I1"}, names={"REN": "ren.xlsx"}
    )
    refresh_file(kantor.konsolidasi)
    return kantor


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def refused(*arguments: object) -> Refused:
    done = run(*arguments)
    assert isinstance(done.exception, Refused), done.output
    return done.exception


def message(*arguments: object) -> tuple[Message, str]:
    (problem,) = refused(*arguments).problems
    return problem.message, problem.pesan


# --- help, and what was left out ----------------------------------------------------------------------------------


def test_list_of_commands_is_not_cut() -> None:
    lines = run("--bantuan").output.splitlines()
    assert set(cli.commands) <= {line.split()[0] for line in lines if line.strip()}
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_help_has_an_example_in_one_line(name: str) -> None:
    lines = run(name, "--bantuan").output.splitlines()
    (example,) = (line.strip() for line in lines if line.strip().startswith("Misalnya: "))
    assert example.startswith(f"Misalnya: rkt {name} ")
    used = {word for word in example.split() if word.startswith("--")}
    assert used <= {opt for param in cli.commands[name].params for opt in param.opts}
    assert lines[lines.index(f"  {example}") + 1] == "", "the whole example stands in its line"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("revisi", "K.xlsx", "R.xlsx"),
            "Kesalahan: Pilihan '--mulai' wajib ditulis. Pilih salah satu: 1, 2, 3, 4.",
        ),
        (("revisi", "K.xlsx"), "Kesalahan: RENCANA belum ditulis."),
        (("bangun", "R.xlsx"), "Kesalahan: Pilihan '-o' / '--keluaran' wajib ditulis."),
        (("periksa", "--rencana", "R.xlsx"), "Kesalahan: BERKAS belum ditulis."),
    ],
)
def test_what_was_left_out_is_said_in_indonesian(words: tuple[str, ...], told: str) -> None:
    """With Click's own catalogue, as the program is started."""
    done = subprocess.run(
        [sys.executable, "-m", "builder", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == told
    assert "Ketik 'rkt " in done.stderr


# --- which workbook -----------------------------------------------------------------------------------------------


def test_no_konsolidasi_and_several(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kantor.folder / "buku-kerja")
    for words in (("status",), ("perbaikan",), ("kirim", "--batas", "2099-01-31"), ("ambil",), ("sandi",)):
        found, told = message(*words)
        assert found is Message.S10
        assert "sebutkan bukunya, misalnya Konsolidasi-2024.xlsm." in told
    told = message("jejak", "S01-I1")[1]
    assert "misalnya --konsolidasi Konsolidasi-2024.xlsm. Bila bukunya hilang: rkt pulihkan" in told
    for year in (2025, 2026):
        shutil.copy(kantor.konsolidasi, f"Konsolidasi-{year}.xlsx")
    found, told = message("status")
    assert found is Message.S10_BEBERAPA
    assert "beberapa buku konsolidasi: Konsolidasi-2025.xlsx, Konsolidasi-2026.xlsx. Tindakan" in told
    assert "misalnya --konsolidasi Konsolidasi-2025.xlsx." in message("jejak", "S01-I1")[1]


def test_named_workbook_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "Konsolidasi-2026.xlsm"
    for words in (
        ("perbaikan", path), ("status", path), ("kirim", path, "--batas", "2099-01-31"), ("sandi", path),
        ("ambil", path), ("jejak", "S01-I1", "--konsolidasi", path),
        ("putuskan", path, "S01-I1", "--triwulan", 1, "--pakai", "A"),
        ("putuskan", path, "--keluarkan", "a.xlsx"), ("revisi", path, tmp_path / "R.csv", "--mulai", 2),
    ):  # fmt: skip
        assert message(*words)[0] is Message.S01, words
    assert list(tmp_path.iterdir()) == []


# --- which indikator ----------------------------------------------------------------------------------------------


def test_indikator_without_a_record_and_unknown_ones(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kantor.folder)
    done = run("jejak", "s01-i2")
    assert done.exit_code == 0
    name = kantor.konsolidasi.name
    assert done.output == (
        "Belum ada isian S01-I2 yang tercatat. "
        f"Segarkan dahulu bila kirimannya sudah ada: rkt segarkan {name}\n"
    )
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    assert (
        "Belum ada isian S01-I2 triwulan 4 yang tercatat." in run("jejak", "S01-I2", "--triwulan", 4).output
    )
    for typed, mirip in (
        ("S01", "S01-I1, S01-I2"),
        ("1.2", "S01-I2"),
        ("S1-I2", "S01-I2"),
        ("S99-I1", "S01-I1"),
    ):
        found, told = message("jejak", typed)
        assert found is Message.S09
        assert f"«{typed}» tidak ada dalam rencana" in told
        assert f"Tulis kodenya seperti dalam rencana, misalnya {mirip}." in told
    found, told = message("putuskan", kantor.konsolidasi, "S99-I1", "--triwulan", 1, "--pakai", "A")
    assert found is Message.S09


def test_near_ids_of_the_example() -> None:
    rkt = bahan.rkt_contoh()
    assert near_ids(rkt, "17.2") == near_ids(rkt, "S17.2") == near_ids(rkt, "17-2") == ["S17-I2"]
    assert near_ids(rkt, "S17") == near_ids(rkt, "17") == ["S17-I1", "S17-I2", "S17-I3"]
    assert near_ids(rkt, "apa") == [rkt.indikator[0].id]


# --- a decision ---------------------------------------------------------------------------------------------------


def test_decision_says_what_was_saved_and_nothing_else(berselisih: Kantor) -> None:
    path = berselisih.konsolidasi
    told = run("putuskan", path, "S02-I1", "--triwulan", 1, "--isi", "9")
    assert told.exit_code == 0
    assert told.output == "Putusan disimpan: S02-I1 TW I pembilang = 9 (dahulu «1.234»).\n"
    told = run("putuskan", path, "S01-I2", "--triwulan", 1, "--pakai", "b")
    assert told.output == "Putusan disimpan: S01-I2 TW I realisasi = 3 (dahulu «1» atau «3»).\n"
    told = run("putuskan", path, "S01-I2", "--triwulan", 1, "--batal")
    assert told.output == "Putusan dicabut: S01-I2 TW I realisasi; kembali ditahan.\n"
    assert message("putuskan", path, "S01-I2", "--triwulan", 1, "--batal")[0] is Message.S13
    told = run("putuskan", path, "S01-I2", "--triwulan", 1, "--kosongkan")
    assert told.output == "Putusan disimpan: S01-I2 TW I realisasi = kosong (dahulu «1» atau «3»).\n"


def test_choice_that_cannot_be_taken_is_an_exit_of_1(berselisih: Kantor) -> None:
    told = run("putuskan", berselisih.konsolidasi, "S01-I2", "--triwulan", 1, "--pakai", "C")
    assert told.exit_code == 1
    assert "[F17]" in told.output
    assert told.output.splitlines()[-1] == "Putusan belum dapat dipakai: S01-I2 TW I realisasi tetap ditahan."


def test_nothing_is_decided_while_the_workbook_is_open(berselisih: Kantor) -> None:
    path = berselisih.konsolidasi
    sign = path.with_name(f"~${path.name}")
    sign.touch()
    before = path.read_bytes()
    found, told = message("putuskan", path, "S01-I2", "--triwulan", 1, "--pakai", "A")
    assert found is Message.L36
    assert "tidak disimpan. Tindakan: Tutup bukunya lalu jalankan perintah yang sama, atau tulis" in told
    assert sign.name in told
    assert message("putuskan", path, "--keluarkan", "b.xlsx")[0] is Message.L36_BERKAS
    assert path.read_bytes() == before
    assert [t.berkas for t in beside(path).received() if t.dilepas] == []
    assert not list(path.parent.glob("*tertunda*"))


def test_workbook_opened_while_it_is_decided(berselisih: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing had told of it before; the choice would stand in the pending copy only."""
    path, opened = berselisih.konsolidasi, [False, True, True, True]
    monkeypatch.setattr("builder.keputusan.is_open", lambda _: opened.pop(0))
    monkeypatch.setattr("builder.closed.is_open", lambda _: opened.pop(0))
    assert message("putuskan", path, "S01-I2", "--triwulan", 1, "--pakai", "A")[0] is Message.L36
    assert not list(path.parent.glob("*tertunda*"))
    assert "Pakai A" not in str(beside(path).lists())


def test_indikator_and_a_file_are_not_decided_together(berselisih: Kantor) -> None:
    for words in (("S01-I2", "--keluarkan", "b.xlsx"), ("--keluarkan", "b.xlsx", "--masukkan", "a.xlsx")):
        done = run("putuskan", berselisih.konsolidasi, *words)
        assert done.exit_code == 2
        assert "--keluarkan dan --masukkan ditulis sendiri" in done.output


def test_file_is_known_by_its_name_or_a_part_of_it(berselisih: Kantor) -> None:
    path = berselisih.konsolidasi
    told = run("putuskan", path, "--keluarkan", "B.XLSX")
    assert (told.exit_code, told.output) == (0, "Dikeluarkan: b.xlsx.\n")
    masalah = next(r for r in berselisih.rows("Masalah") if r["kode"] == "F19")
    assert 'rkt putuskan Konsolidasi-2024.xlsm --masukkan "b.xlsx"' in str(masalah["tindakan"])
    assert message("putuskan", path, "--keluarkan", "b.xlsx")[0] is Message.S14
    told = run("putuskan", path, "--masukkan", "b.x")
    assert (told.exit_code, told.output) == (0, "Dimasukkan lagi: b.xlsx.\n")
    assert message("putuskan", path, "--masukkan", "b.xlsx")[0] is Message.S15
    found, text = message("putuskan", path, "--keluarkan", ".xlsx")
    assert found is Message.S11_BEBERAPA
    assert "a.xlsx; b.xlsx; ren.xlsx" in text
    found, text = message("putuskan", path, "--keluarkan", "rem.xlsx")
    assert found is Message.S11
    assert '"ren.xlsx"' in text


def test_names_are_compared_as_the_list_shows_them() -> None:
    names = ["surel-1.eml › KUL.xlsx", "surel-2.eml › KUL.xlsx", "a\u202eb.xlsx", f"{'panjang ' * 12}.xlsx"]
    assert find_names(names, "surel-1.eml > kul.xlsx") == names[:1]
    assert find_names(names, "surel-2") == names[1:2]
    assert find_names(names, "a‹U+202E›b.xlsx") == names[2:3]
    assert find_names(names, f"{'panjang ' * 12}"[:79] + "…") == names[3:]
    assert find_names(names, "kul.xlsx") == names[:2]
    assert find_names(names, "") == []


# --- where a value comes from -------------------------------------------------------------------------------------


def test_jejak_says_how_the_konsolidasi_came_by_a_value(
    berselisih: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = berselisih.konsolidasi
    monkeypatch.chdir(path.parent)
    run("putuskan", path, "S02-I1", "--triwulan", 1, "--isi", "9")
    run("putuskan", path, "S01-I2", "--triwulan", 1, "--pakai", "B")
    run("putuskan", path, "S01-I2", "--triwulan", 1, "--kosongkan")
    berselisih.type_at(Key("S01-I1", "TW1", "pembilang"), 45)
    refresh_file(path)
    assert "konsolidasi: 9, menurut putusan Anda\n" in run("jejak", "S02-I1", "--triwulan", 1).output
    told = run("jejak", "S01-I2", "--triwulan", 2).output
    assert (
        "«belum ada» (ditahan) dari a.xlsx S01!G17; kiriman ke-1, berkasnya dipakai, sebagian ditahan\n"
        in told
    )
    told = run("jejak", "S01-I2", "--triwulan", 1).output
    assert "konsolidasi: «3», menurut putusan Anda (Pakai B) dari b.xlsx S01!G16\n" in told
    assert told.rstrip().endswith("konsolidasi: kosong lagi")
    told = run("jejak", "S01-I1", "--triwulan", 1).output
    assert "konsolidasi: 45, diubah tangan\n" in told
    for line in told.splitlines():
        assert not line.startswith("  ") or line[4] == line[7] == "/", line


# --- other commands -----------------------------------------------------------------------------------------------


def test_check_of_returns_ends_with_counts(berselisih: Kantor) -> None:
    (berselisih.kiriman / "surat.pdf").write_bytes(b"%PDF-1.7 " + bytes(100))
    told = run("periksa", berselisih.kiriman, "--rencana", berselisih.konsolidasi)
    assert told.output.splitlines()[-1] == "Diperiksa 4 berkas: 3 ditahan, 1 ditolak."
    assert "Bila bukan: keluarkan dari folder kiriman; tidak perlu apa-apa." in told.output


def test_names_with_commas_are_told_apart() -> None:
    (problem,) = consolidate([], bahan.rkt_contoh(), 2).problems
    names = [s.nama for s in bahan.rkt_contoh().sub_bagian]
    assert problem.masalah == f"Belum mengirim: {'; '.join(names)}"


def test_building_says_what_is_next(kantor: Kantor, tmp_path: Path) -> None:
    told = run("bangun", kantor.folder / "Rencana.csv", "-o", tmp_path / "baru", "--tanpa-makro")
    assert told.output.splitlines()[-1] == (
        "Pindahkan Konsolidasi-2026.xlsx ke folder kerja Anda dan buat folder kiriman di sampingnya."
    )
    again = run("bangun", kantor.folder / "Rencana.csv", "-o", tmp_path / "baru", "--tanpa-makro")
    assert "Pindahkan" not in again.output
    handed = run("bangun", kantor.konsolidasi, "-o", tmp_path / "tw3", "--triwulan", 3)
    assert "Triwulan pelaporan di Dasbor masih 2: ganti sebelum menyegarkan." in handed.output
    handed = run("bangun", kantor.konsolidasi, "-o", tmp_path / "tw2", "--triwulan", 2)
    assert "masih" not in handed.output


def test_code_of_a_sub_bagian_in_small_letters(berselisih: Kantor, tmp_path: Path) -> None:
    told = run("perbaikan", berselisih.konsolidasi, "-o", tmp_path / "p", "--sub-bagian", "kul")
    assert "1 buku perbaikan dibuat." in told.output


def test_pending_result_is_told_once(berselisih: Kantor) -> None:
    path = berselisih.konsolidasi
    path.with_name(f"~${path.name}").touch()
    told = run("segarkan", path).output
    assert told.count("sedang dibuka di Excel") == 1
    assert "[L01]" in told
    assert told.splitlines()[-1].startswith("Disegarkan ")


def test_revision_that_changes_nothing(berselisih: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    path, before = berselisih.konsolidasi, berselisih.konsolidasi.read_bytes()
    told = run("revisi", path, berselisih.folder / "Rencana.csv", "--mulai", 3)
    assert (told.exit_code, told.output) == (0, "Rencananya sama; tidak ada yang diubah.\n")
    assert path.read_bytes() == before
    plan = bahan.write_rencana(berselisih.folder / "Revisi.csv", [*BARIS, bahan.baris("S04-I1")])
    told = run("revisi", path, plan, "--mulai", 3)
    assert "hanya ada di buku lama itu" in told.output
    told = run("revisi", path, plan, "--mulai", 3)
    assert told.output == "Rencananya sama; tidak ada yang diubah.\n"


def test_rebuilt_workbook_is_named(berselisih: Kantor) -> None:
    path = berselisih.konsolidasi
    path.unlink()
    told = run("pulihkan", beside(path).folder, "--tanpa-makro")
    assert told.output.splitlines()[-1] == f"Konsolidasi dibangun ulang dari 3 kiriman: {path}"
    assert read_grids(path)
