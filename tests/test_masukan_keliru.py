"""Bad input: one clear Indonesian sentence each, an exit code, and nothing half written."""

from __future__ import annotations

import os
from pathlib import Path

import bahan
import kasus
import pytest
from test_perjalanan import run

from builder.masalah import Refused
from builder.plan import read_plan

DASAR = bahan.baris()


def refused(path: Path) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_plan(path)
    return [p.kode for p in refusal.value.problems]


@pytest.mark.parametrize("row", kasus.read_kasus("rencana-keliru"), ids=lambda r: r["kasus"])
def test_faults_of_a_plan_row(tmp_path: Path, row: dict[str, str]) -> None:
    """A sound row with one cell changed: the code of the table, and the message names cell and cure."""
    changed = bahan.baris(**dict(p.split("=", 1) for p in row["ubah"].split("; ")))
    path = bahan.write_rencana(tmp_path / "r.csv", [changed])
    if not row["kode"]:
        read_plan(path)
        return
    with pytest.raises(Refused) as refusal:
        read_plan(path)
    problem = refusal.value.problems[0]
    assert problem.kode == row["kode"]
    assert problem.sel == f"baris 2, kolom {row['kolom']}"
    assert "Tindakan: " in problem.pesan


def test_two_equal_ids_are_named_with_their_row(tmp_path: Path) -> None:
    path = bahan.write_rencana(tmp_path / "r.csv", [bahan.baris(), bahan.baris()])
    with pytest.raises(Refused, match="S01-I1 dipakai dua kali"):
        read_plan(path)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    rows = [
        bahan.baris("S01-I1", tipe="perse"),
        bahan.baris("S02-I1", nilai="banyak"),
        bahan.baris("S03-I1", fungsi="XYZ"),
    ]
    assert refused(bahan.write_rencana(tmp_path / "r.csv", rows)) == ["P02", "P03", "P10"]


def test_plan_without_rows_or_columns(tmp_path: Path) -> None:
    assert refused(bahan.write_rencana(tmp_path / "r.csv", [])) == ["P11"]
    (tmp_path / "s.csv").write_text("a,b\n1,2\n")
    assert refused(tmp_path / "s.csv") == ["P05"]
    (tmp_path / "t.csv").write_text("")
    assert refused(tmp_path / "t.csv") == ["P05"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rusak", b"\xff\xfe\x00bukan tabel", b"<html>masuk</html>"]
)
@pytest.mark.parametrize("name", ["r.xlsx", "r.csv"])
def test_file_that_is_no_plan(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name)[0] in ("S03", "P05")


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    for text in (
        '[identitas]\nkantor = "K"\ntahun = 24\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\ntriwulan = 5\n',
        'skema = "tidak-ada"\n[identitas]\nkantor = "K"\ntahun = 2024\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\ncap = "banyak"\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\nkategori = [[10, "A"]]\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\nkategori = [["x", "A"]]\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[[sub_bagian]]\nkode = "A/B"\nnama = "N"\nfungsi = ["KUL"]\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[[sub_bagian]]\nkode = "A"\nnama = ""\nfungsi = ["KUL"]\n',
        f'[identitas]\nkantor = "{"K" * 300}"\ntahun = 2024\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\nnihil_100 = "mungkin"\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\nkategori = [[0, ""]]\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\nopini = []\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\npredikat = [["C", 2, 30], ["B", 3, 60]]\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[aturan]\npredikat = [["B", 1, 0], ["b", 2, 50]]\n',
        "identitas = 3\n",
        'sub_bagian = "x"\n[identitas]\nkantor = "K"\ntahun = 2024\n',
        'aturan = 3\n[identitas]\nkantor = "K"\ntahun = 2024\n',
        '[identitas]\nkantor = "K"\ntahun = 2024\n[[sub_bagian]]\nkode = "A"\nnama = "N"\n',
    ):
        assert refused(bahan.write_rencana(tmp_path / "r.csv", [bahan.baris()], text)) == ["P13"], text
    twice = (
        '[identitas]\nkantor="K"\ntahun=2024\n' + '[[sub_bagian]]\nkode="{}"\nnama="N"\nfungsi=["KUL"]\n' * 2
    )
    assert refused(bahan.write_rencana(tmp_path / "r.csv", [bahan.baris()], twice.format("A", "B"))) == [
        "P16"
    ]
    (tmp_path / "r.toml").write_text("bukan toml [")
    assert refused(tmp_path / "r.csv") == ["S03"]


def test_sasaran_with_two_texts_and_a_plan_without_its_year(tmp_path: Path) -> None:
    rows = [bahan.baris("S01-I1"), bahan.baris("S01-I2", sasaran="Sasaran yang lain")]
    assert refused(bahan.write_rencana(tmp_path / "r.csv", rows)) == ["P15"]
    settings = '[identitas]\nkantor = "KPU Kota Contoh"\n'
    assert "P20" in refused(bahan.write_rencana(tmp_path / "s.csv", [bahan.baris()], settings))


def test_missing_identity_is_told_not_guessed_in_silence(tmp_path: Path) -> None:
    path = bahan.write_rencana(tmp_path / "r.csv", [bahan.baris()])
    path.with_suffix(".toml").unlink()
    _, problems = read_plan(path)
    assert [p.kode for p in problems] == ["P12"]


def test_unknown_and_doubled_columns_are_told(tmp_path: Path) -> None:
    path = bahan.write_rencana(tmp_path / "r.csv", [bahan.baris()])
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(["boleh nihil," + lines[0], "ya," + lines[1]]), "utf-8")
    assert [p.masalah for p in read_plan(path)[1]] == ["Kolom yang tidak dikenal tidak dibaca: boleh nihil"]
    path.write_text("\n".join(["nilai," + lines[0], "5," + lines[1]]), "utf-8")
    assert refused(path) == ["P23"]


def test_what_decides_is_never_proposed_in_silence(tmp_path: Path) -> None:
    """Owner and polarity that the program filled in, and a per cent that looks like a fraction."""
    rows = [
        bahan.baris("S01-I1", fungsi=""),
        bahan.baris("S02-I1", polaritas=""),
        bahan.baris("S03-I1", nilai="0.875"),
    ]
    _, problems = read_plan(bahan.write_rencana(tmp_path / "r.csv", rows))
    told = {p.kode + " " + str(p.values.get("kolom")): p.masalah for p in problems}
    assert set(told) == {"P18 nilai", "P19 fungsi", "P19 polaritas"}
    assert "S01-I1 KUL" in told["P19 fungsi"]
    assert "87,5%" in told["P18 nilai"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bangun", "tidakada.xlsx", "-o", "x"], 2, "tidak ditemukan"),
        (["bangun", "catatan.txt", "-o", "x"], 2, "tidak didukung"),
        (["impor", "tidakada.docx", "-o", "r.xlsx"], 2, "tidak ditemukan"),
        (["impor", "gambar.png", "-o", "r.xlsx"], 2, "tidak didukung"),
        (["impor", "kosong.md", "-o", "r.xlsx"], 1, "Tindakan"),
        (["impor", "kosong.md", "-o", "r.docx"], 2, "tidak didukung"),
        (["konsolidasi", "tidakada", "--rencana", "r.csv", "-o", "k.xlsx"], 2, "tidak ditemukan"),
        (["konsolidasi", "kosong", "--rencana", "r.csv", "-o", "k.xlsx"], 1, "Tidak ada berkas kiriman"),
        (["konsolidasi", "kosong", "--rencana", "r.csv", "-o", "k.pdf"], 2, "tidak didukung"),
        (["konsolidasi", "kosong", "--rencana", "r.csv", "-o", "lain.xlsx"], 1, "tidak ditimpa"),
        (["bangun", "r.csv", "-o", "catatan.txt"], 1, "Tidak dapat menulis"),
        (["bangun", "r.csv", "-o", "catatan.txt/dalam"], 1, "Tidak dapat menulis"),
        (["contoh", "catatan.txt"], 1, "Tidak dapat menulis"),
        (["periksa", "kosong", "--rencana", "r.csv"], 1, "Tidak ada berkas kiriman"),
        (["impor", "kosong.md", "-o", "../" + "kosong.md"], 2, "tidak didukung"),
        (
            ["konsolidasi", "kiriman", "--rencana", "r.csv", "-o", "k.xlsx", "--data", "r.csv"],
            1,
            "juga dipakai sebagai rencana",
        ),
        (
            ["konsolidasi", "kiriman", "--rencana", "r.csv", "-o", "k.xlsx", "--data", "kiriman/a.csv"],
            1,
            "sebagai kiriman",
        ),
        (
            ["konsolidasi", "kiriman", "--rencana", "r.csv", "-o", "k.xlsx", "--data", "d.xlsx"],
            2,
            "tidak didukung",
        ),
        (
            ["konsolidasi", "kiriman", "--rencana", "r.csv", "-o", "k.xlsx", "--laporan", "d.txt"],
            2,
            "tidak didukung",
        ),
    ],
)
def test_commands_say_one_clear_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    bahan.write_rencana(Path("r.csv"), [bahan.baris()])
    for name in ("catatan.txt", "kosong.md", "gambar.png", "lain.xlsx"):
        Path(name).write_text("isi yang tidak boleh hilang")
    Path("kosong").mkdir()
    Path("kiriman").mkdir()
    Path("kiriman/a.csv").write_text("kiriman yang tidak boleh hilang")
    before = _tree(tmp_path)
    assert run(*arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err + told.out
    assert _tree(tmp_path) == before


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


def test_failing_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full while the third workbook is written: no workbook appears, no temporary file stays."""
    synced = 0
    fsync = os.fsync

    def full(handle: int) -> None:
        nonlocal synced
        synced += 1
        if synced == 3:
            raise OSError(28, "No space left on device")
        fsync(handle)

    folder = tmp_path / "hasil"
    folder.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    assert run("bangun", bahan.RENCANA_CONTOH, "-o", folder) == 1
    assert "Disk penuh" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_fault_of_the_program_is_a_sentence_and_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("builder.commands.read_plan", lambda path: 1 / 0)
    assert run("bangun", bahan.RENCANA_CONTOH, "-o", tmp_path / "x") == 1
    told = capsys.readouterr().err
    assert "Terjadi kesalahan di dalam program" in told
    assert "ZeroDivisionError" not in told
    assert "ZeroDivisionError" in (tmp_path / "rkt-kesalahan.log").read_text("utf-8")
