"""Writing whole or not at all (KEGAGALAN L): killed, on a broken disk, at once, or open in Excel."""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bahan
import pytest
import rusak
from kantor import Kantor
from rusak import (
    ERRORS,
    KEADAAN,
    MATI,
    Keadaan,
    fail_at,
    faults_after_death,
    faults_after_error,
    kill_at,
    run,
)

from builder import closed, gabungan
from builder.closed import recompute_file, refresh_file
from builder.commands import build_workbooks
from builder.expr import Key
from builder.gabungan import consolidate_returns
from builder.masalah import Message, Refused
from builder.package import apply_patches, patcher, read_grids
from builder.patch import Block, Patch
from builder.refresh import refresh
from builder.save import whole
from builder.save.lock import holding
from builder.save.temporary import this_host
from macros.pantau import Returns, Waiting
from workbook_templates.dasbor import HASIL

MULAI = 1_000_000_000.0  # a time long gone


@pytest.fixture(scope="module")
def asal(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return rusak.make_office(tmp_path_factory.mktemp("asal") / "kantor")


@pytest.fixture
def kantor(asal: Kantor, tmp_path: Path) -> Iterator[Kantor]:
    with rusak.quick_reading(asal):
        yield asal.copy(tmp_path / "kantor")


def refused(act: Callable[[], object]) -> list[Message]:
    with pytest.raises(Refused) as caught:
        act()
    return [p.message for p in caught.value.problems]


def codes(problems: tuple[object, ...]) -> list[str]:
    return [getattr(p, "kode", "") for p in problems]


def names(kantor: Kantor) -> set[str]:
    return {p.name for p in kantor.folder.iterdir()}


# --- killed, and on a broken disk ---------------------------------------------------------------------------------


@pytest.mark.parametrize("keadaan", KEADAAN, ids=lambda k: k.nama)
def test_killed_in_the_middle(keadaan: Keadaan, asal: Kantor, tmp_path: Path) -> None:
    """Old or new, the next start recovers, nothing is left behind; every call: `benchmarks/kerusakan.py`."""
    with rusak.quick_reading(asal):
        ukuran = rusak.measure(keadaan, asal.folder, tmp_path / "k")
        assert ukuran.calls > 8
        found = {}
        for n in rusak.chosen(ukuran.calls, 4):
            folder = rusak.fresh(asal.folder, tmp_path / "k")
            code = rusak.try_out(keadaan.arguments(folder), folder, kill_at(n), tmp_path / "kata.txt")
            assert code == MATI
            found[n] = faults_after_death(ukuran, folder)
    assert {n: f for n, f in found.items() if f} == {}


@pytest.mark.parametrize("keadaan", KEADAAN, ids=lambda k: k.nama)
def test_disk_refuses_in_the_middle(keadaan: Keadaan, asal: Kantor, tmp_path: Path) -> None:
    """Done all the same, or byte for byte as before, with a sentence that names the place; nothing is left behind."""
    with rusak.quick_reading(asal):
        ukuran = rusak.measure(keadaan, asal.folder, tmp_path / "k")
        found = {}
        for n in rusak.chosen(ukuran.calls, 4):
            folder = rusak.fresh(asal.folder, tmp_path / "k")
            deed = fail_at(n, ERRORS[n % len(ERRORS)])
            code = rusak.try_out(keadaan.arguments(folder), folder, deed, tmp_path / "kata.txt")
            found[n] = faults_after_error(ukuran, folder, code, (tmp_path / "kata.txt").read_text("utf-8"))
    assert {n: f for n, f in found.items() if f} == {}


@pytest.mark.parametrize(
    ("number", "kode"),
    [(errno.ENOSPC, "L03"), (errno.EDQUOT, "L03"), (errno.EFBIG, "L03"), (errno.EIO, "S04")],
)
def test_disk_full_while_writing(
    number: int, kode: str, kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    content, before = kantor.konsolidasi.read_bytes(), names(kantor)

    def full(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    code, said = run(["segarkan", str(kantor.konsolidasi)])
    assert code == 1
    assert said.startswith(f"[{kode}] ")
    assert str(kantor.folder) in said
    assert (kantor.konsolidasi.read_bytes(), names(kantor)) == (content, before)


def test_room_is_asked_for_first(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the size; nothing is read, nothing is written."""
    size = kantor.konsolidasi.stat().st_size
    monkeypatch.setattr(whole, "_left", lambda folder: 2 * size - 1)
    monkeypatch.setattr(closed, "refresh", lambda *_, **__: pytest.fail("read before there was room"))
    before = names(kantor)
    with pytest.raises(Refused) as caught:
        refresh_file(kantor.konsolidasi)
    (problem,) = caught.value.problems
    assert problem.message is Message.L03
    assert problem.values["folder"] == str(kantor.folder)
    assert "perlu 0,1 MB" in problem.pesan
    assert names(kantor) == before


def test_folder_that_takes_no_file(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.open

    def closed_folder(path: str | Path, flags: int, *more: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return really(path, flags, *more)

    monkeypatch.setattr(os, "open", closed_folder)
    assert refused(lambda: refresh_file(kantor.konsolidasi)) == [Message.L02]
    assert refused(
        lambda: build_workbooks(kantor.folder / "Rencana.csv", kantor.folder / "h", makro=False)
    ) == [Message.L02]


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_cancelled(
    error: type[BaseException] | None, kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C while it is read or written; once the file takes its place it counts no more."""
    content, before = kantor.konsolidasi.read_bytes(), names(kantor)

    def cancel(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(
        whole if error is None else closed, "_sync_folder" if error is None else "refresh", cancel
    )
    code, said = run(["segarkan", str(kantor.konsolidasi)])
    assert (code == 1 and said.startswith("[L12]")) is (error is not None)
    assert (kantor.konsolidasi.read_bytes() == content) is (error is not None)
    assert names(kantor) == before


# --- read back ----------------------------------------------------------------------------------------------------


def test_what_does_not_read_back_is_not_put_there(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that the disk changed, a cell that the patcher missed, a cell of somebody else: each is seen."""
    content, before = kantor.konsolidasi.read_bytes(), names(kantor)
    really = patcher._write
    sheet = "xl/worksheets/sheet1.xml"

    def spoil(change: Callable[[bytes], bytes]) -> None:
        def write(package: object, changed: dict[str, bytes], dropped: set[str]) -> bytes:
            return really(package, {**changed, sheet: change(changed[sheet])}, dropped)  # type: ignore[arg-type]

        monkeypatch.setattr(patcher, "_write", write)

    spoil(lambda xml: xml.replace(b"Disegarkan", b"Disegarka?"))
    with pytest.raises(Refused, match=r"\[L11\] .*Dasbor!B5"):
        refresh_file(kantor.konsolidasi)
    spoil(lambda xml: xml.replace(b"<v>2</v>", b"<v>3</v>"))
    with pytest.raises(Refused, match=r"\[L11\] .*Dasbor!"):
        refresh_file(kantor.konsolidasi)
    spoil(lambda xml: xml.replace(b"<sheetFormatPr ", b'<sheetFormatPr x="1" '))
    with pytest.raises(Refused, match=r"\[L11\] .*Dasbor"):
        refresh_file(kantor.konsolidasi)
    monkeypatch.setattr(patcher, "_write", really)
    open_ = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: open_(p)[:-1] if p.suffix == ".tmp" else open_(p))
    with pytest.raises(Refused, match=r"\[L11\]"):
        recompute_file(kantor.konsolidasi)
    assert (kantor.konsolidasi.read_bytes(), names(kantor)) == (content, before)


def test_new_book_is_read_back_too(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    from builder import writer

    really = writer._Writer._write_content

    def forget(self: writer._Writer, sheet: object, worksheet: object, cell: object, look: object) -> None:
        if getattr(cell, "content", None) != "Triwulan pelaporan":
            really(self, sheet, worksheet, cell, look)  # type: ignore[arg-type]

    monkeypatch.setattr(writer._Writer, "_write_content", forget)
    folder = kantor.folder / "lain"
    with pytest.raises(Refused, match=r"\[L11\] .*!"):
        build_workbooks(kantor.folder / "Rencana.csv", folder, makro=False)
    assert list(folder.iterdir()) == []


def test_more_than_excel_holds_is_refused_with_its_place(kantor: Kantor, tmp_path: Path) -> None:
    rows = [bahan.baris(), bahan.baris("S02-I1", indikator="x" * 40_112)]
    code, said = run(
        ["bangun", str(bahan.write_rencana(tmp_path / "r.csv", rows)), "-o", str(tmp_path / "b")]
    )
    assert code == 1
    assert "[L09] " in said
    assert "S02-I1" in said
    assert "40.112 karakter, paling banyak 32.767" in said
    assert [p.name for p in (tmp_path / "b").iterdir()] == []
    patch = Patch("S01", (Block(30, 60, (("x" * 32_768,),)),))
    assert refused(lambda: apply_patches(kantor.konsolidasi, [patch])) == [Message.L09]


# --- one at a time ------------------------------------------------------------------------------------------------


def test_loser_is_told_who_holds_it_since_when(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "budi")
    content = kantor.konsolidasi.read_bytes()
    rencana = kantor.folder / "Rencana.csv"
    with holding(kantor.konsolidasi):
        for act in (
            lambda: refresh_file(kantor.konsolidasi),
            lambda: recompute_file(kantor.konsolidasi),
            lambda: consolidate_returns([kantor.kiriman], rencana, kantor.konsolidasi),
        ):
            with pytest.raises(Refused, match=r"\[L05\] .*oleh «budi@.*» \(proses \d+\) sejak \d\d\.\d\d"):
                act()
    assert kantor.konsolidasi.read_bytes() == content
    assert refresh_file(kantor.konsolidasi).problems == ()
    assert not [n for n in names(kantor) if n.startswith(".")]


def test_a_link_is_followed_and_shares_the_lock(kantor: Kantor) -> None:
    """Whoever comes by another name is told too; the link stays a link."""
    link = kantor.folder / "pintas" / "K.xlsx"
    link.parent.mkdir()
    real = kantor.konsolidasi
    link.symlink_to(real)
    content = real.read_bytes()
    with holding(link):
        assert refused(lambda: refresh_file(real)) == [Message.L05]
    recompute_file(link)
    assert link.is_symlink()
    assert real.read_bytes() != content


@pytest.mark.parametrize("what", ["mati", "komputer lain", "kosong"])
def test_stale_lock_is_taken_over_and_told(what: str, kantor: Kantor) -> None:
    path = kantor.konsolidasi
    lock, card = (path.with_name(f".{path.name}.{kind}") for kind in ("kunci", "pemegang"))
    host = "PC-3" if what == "komputer lain" else this_host()
    lock.write_text("" if what == "kosong" else f"4194304\n{host}\n")
    card.write_text(
        json.dumps({"orang": "budi", "komputer": host, "proses": 4194304, "sejak": "2026-01-02T09:12:00"})
    )
    os.utime(lock, (MULAI, MULAI))
    orphan = path.with_name(f".{path.name}.{this_host()}.4194304.abcd1234.tmp")
    orphan.write_bytes(b"PK")
    other = path.with_name(f".{path.name}.{this_host()}.{os.getpid()}.abcd1234.tmp")
    other.write_bytes(b"PK")
    segar = refresh_file(path)
    assert codes(segar.problems) == ["L04", "L06"]
    assert f"«budi@{host}» (proses 4194304), sejak 02/01/2026 09.12" in segar.kalimat
    assert kantor.value(HASIL) == segar.kalimat
    assert [n for n in names(kantor) if n.startswith(".")] == [other.name]


def test_lock_of_another_computer_is_believed_for_some_hours(kantor: Kantor) -> None:
    path = kantor.konsolidasi
    path.with_name(f".{path.name}.kunci").write_text("12\nPC-3\n")
    with pytest.raises(Refused, match=r"\[L05\] .*«seseorang@PC-3» \(proses 12\)"):
        refresh_file(path)


def test_file_that_changed_meanwhile_is_not_written_over(
    kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody without our lock (Excel on another computer) saved it while the returns were read."""

    def meanwhile(*args: object, **kwargs: object) -> object:
        kantor.type("Dasbor", "Z9", "catatan orang lain")
        return refresh(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(closed, "refresh", meanwhile)
    assert refused(lambda: refresh_file(kantor.konsolidasi)) == [Message.L05_BERUBAH]
    assert read_grids(kantor.konsolidasi)["Dasbor"][8][25] == "catatan orang lain"
    assert not [n for n in names(kantor) if n.startswith(".")]


def test_new_konsolidasi_is_not_put_over_one_that_appeared(
    kantor: Kantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    baru, really = kantor.folder / "Baru.xlsx", vars(gabungan)["merge_returns"]

    def meanwhile(*args: object, **kwargs: object) -> object:
        baru.write_bytes(b"milik orang lain")
        return really(*args, **kwargs)

    monkeypatch.setattr(gabungan, "merge_returns", meanwhile)
    act = lambda: consolidate_returns([kantor.kiriman], kantor.folder / "Rencana.csv", baru)  # noqa: E731
    assert refused(act) == [Message.L05_BERUBAH]
    assert baru.read_bytes() == b"milik orang lain"


# --- open in Excel ------------------------------------------------------------------------------------------------


def test_program_that_holds_the_file_is_waited_for(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virus scanner lets go after a moment; Excel does not, and the result goes beside the workbook."""
    really, left = Path.replace, [2]

    def held(self: Path, target: Path) -> Path:
        if target.name == kantor.konsolidasi.name and left[0]:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "Access is denied", str(self), None, str(target))
        return really(self, target)

    path = kantor.konsolidasi
    monkeypatch.setattr(Path, "replace", held)
    assert refresh_file(path).tertunda is None
    content, left[0] = path.read_bytes(), -1
    monkeypatch.setattr(whole, "PATIENCE", 0.2)
    segar = recompute_file(path)
    assert codes(segar.problems) == ["L01"]
    assert segar.tertunda is not None
    assert segar.tertunda.name in segar.kalimat
    assert "hapus berkas «~$Konsolidasi-2026.xlsx»" in segar.kalimat
    assert path.read_bytes() == content
    assert zipfile.is_zipfile(segar.tertunda)


def test_watching_keeps_the_newest_waiting_result_only(kantor: Kantor) -> None:
    """One that a person wrote into is left; none of them is news."""
    path = kantor.konsolidasi
    (kantor.folder / f"~${path.name}").write_bytes(b"x")
    waiting, made = Waiting(), []
    for n in range(3):
        segar = refresh_file(path)
        assert segar.tertunda is not None
        made.append(segar.tertunda)
        waiting.follow(segar)
        if n == 1:
            with segar.tertunda.open("ab") as written:
                written.write(b"catatan")
    assert [p.exists() for p in dict.fromkeys(made)] == [p in (made[1], made[2]) for p in dict.fromkeys(made)]
    assert not any(Returns(path)((1, str(p))[0], str(p)) for p in made)  # type: ignore[arg-type]
    (kantor.folder / f"~${path.name}").unlink()
    waiting.follow(refresh_file(path))
    assert not made[2].exists()


def test_konsolidasi_of_another_plan_waits_too(kantor: Kantor) -> None:
    """An open one that would be replaced is not kept under another name: it stays where it is."""
    path, content = kantor.konsolidasi, kantor.konsolidasi.read_bytes()
    rows = [bahan.baris(), bahan.baris("S09-I1")]
    rencana = bahan.write_rencana(kantor.folder / "Lain.csv", rows)
    (kantor.folder / f".~lock.{path.name}#").write_text("x")
    made = consolidate_returns([kantor.kiriman], rencana, path)
    assert made.tertunda is not None
    assert (made.disimpan, codes(made.problems)) == (None, ["L01"])
    assert path.read_bytes() == content
    assert not list(kantor.folder.glob("*(lama*"))


def test_two_threads_do_not_both_get_in(kantor: Kantor) -> None:
    """pantau refreshes in a thread of its own in tests and servers: the lock holds there too."""
    came: list[object] = []
    with holding(kantor.konsolidasi):
        thread = threading.Thread(
            target=lambda: came.append(refused(lambda: recompute_file(kantor.konsolidasi)))
        )
        thread.start()
        thread.join()
    assert came == [[Message.L05]]


def test_copies_that_are_kept_are_no_leftovers(kantor: Kantor) -> None:
    """A rename that fails for good: no «(lama …)» beside a book that was not replaced."""
    before = rusak._names(kantor.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole.Draft, "place", _broken_place(whole.Draft.place))
        with pytest.raises(Refused, match=r"\[S04\]"):
            build_workbooks(kantor.folder / "Rencana.csv", kantor.folder / "hasil", makro=False)
    assert rusak._names(kantor.folder) == before


def _broken_place(really: Callable[..., None]) -> Callable[..., None]:
    def place(self: whole.Draft, expected: str | None = None) -> None:
        if "(lama" not in self.path.name:
            raise OSError(errno.EIO, "Input/output error", str(self.temporary), None, str(self.path))
        really(self, expected)

    return place


def test_value_that_was_refreshed_is_there(kantor: Kantor) -> None:
    """The proof lets through what is right."""
    refresh_file(kantor.konsolidasi)
    assert kantor.value(Key("S01-I1", "TW2", "pembilang")) == 45
