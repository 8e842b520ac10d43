"""Correction workbooks: what is wrong stands at its cell, in words for who typed it; mended, it is the next kiriman."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from typing import Any

import kekeliruan
import mesin
import openpyxl
import pytest
import surat
from click.testing import CliRunner
from kantor import ISI, Kantor, make_kantor
from openpyxl.workbook import Workbook

from builder.__main__ import cli
from builder.closed import refresh_file
from builder.commands import Koreksi, build_corrections
from builder.consolidator import consolidate
from builder.expr import Key
from builder.identitas import LEMBAR_PERBAIKAN
from builder.masalah import Message, Refused
from builder.penerimaan import merge_returns
from builder.perbaikan import UNTUK_KONSOLIDATOR, find_corrections, find_strangers
from builder.returns import check_returns
from builder.rkt import Rkt
from workbook_templates.buku_kerja import buku_kerja

LAPORAN = Key("S01-I2", "TW1", "realisasi")
DITAHAN = LAPORAN._replace(baris="TW2")
PEMBILANG = Key("S01-I1", "TW1", "pembilang")


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("perbaikan") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path) -> Kantor:
    return terbangun.copy(tmp_path / "kantor")


def correct(kantor: Kantor) -> Koreksi:
    return build_corrections(kantor.konsolidasi, kantor.folder / "perbaikan")


def place(kantor: Kantor, key: Key) -> tuple[str, str]:
    sub_bagian = next(s for s in kantor.rkt.sub_bagian if s.kode == "KUL")
    at = buku_kerja(kantor.rkt, sub_bagian).places[key]
    return at.sheet, at.address


def cell(kantor: Kantor, book: Workbook, key: Key) -> Any:
    sheet, address = place(kantor, key)
    return book[sheet][address]


def codes_of(kantor: Kantor, berkas: str) -> set[str]:
    segar = refresh_file(kantor.konsolidasi)
    assert segar.hasil is not None
    own = [p for k in segar.hasil.kiriman if k.berkas == berkas for p in k.problems]
    return {p.kode for p in [*own, *segar.hasil.problems]} - {"F09"}


def test_wrong_cell_is_marked_and_says_what_is_wrong_and_what_to_do(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    ((found, path),) = correct(kantor).perbaikan
    assert path.name == "BukuKerja-2026-KUL-perbaikan-2.xlsx"
    assert [b.key for b in found.butir] == [DITAHAN]
    book = openpyxl.load_workbook(path)
    wrong = cell(kantor, book, DITAHAN)
    assert wrong.comment.text == (
        "G17 harus angka.\nIsi sebelumnya: «belum ada»\nTulis angkanya saja, tanpa satuan, misalnya 3."
    )
    assert wrong.fill.fgColor.rgb == "FFFCE4D6"
    assert wrong.value is None
    assert not wrong.protection.locked
    assert cell(kantor, book, LAPORAN).value == 1, "the sender's own answers stand in it"
    assert book.active is book[LEMBAR_PERBAIKAN]
    rows = [[c.value for c in row] for row in book[LEMBAR_PERBAIKAN].iter_rows(min_row=6)]
    assert [(r[1], r[3], r[4]) for r in rows] == [("Perbaiki", "S01!G17", "belum ada")]


def test_mended_it_counts_as_the_next_kiriman_and_all_is_well(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    ((_, path),) = correct(kantor).perbaikan
    book = openpyxl.load_workbook(path)
    cell(kantor, book, DITAHAN).value = 2
    book.save(kantor.kiriman / path.name)
    assert codes_of(kantor, path.name) == set()
    assert (kantor.value(DITAHAN), kantor.value(LAPORAN), kantor.value(PEMBILANG)) == (2, 1, 40)
    assert correct(kantor).perbaikan == ()


def test_returned_as_it_was_the_held_content_is_not_forgotten(kantor: Kantor) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    ((_, path),) = correct(kantor).perbaikan
    shutil.copy(path, kantor.kiriman / path.name)
    assert codes_of(kantor, path.name) == {"C29"}
    assert "belum ada" in str(kantor.rows("Putusan"))
    ((again, _),) = correct(kantor).perbaikan
    assert "berisi «belum ada», pada kiriman ke-2 kosong" in again.butir[0].catatan


def test_saved_by_libreoffice_its_comments_are_still_known_as_ours(kantor: Kantor, tmp_path: Path) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    ((_, path),) = correct(kantor).perbaikan
    saved = mesin.save_with_libreoffice(path, tmp_path / "lo", forced=False)
    shutil.copy(saved, kantor.kiriman / path.name)
    assert codes_of(kantor, path.name) == {"C29"}


def test_two_files_that_differ_come_together_in_one(kantor: Kantor) -> None:
    own = {k: v for k, v in ISI.items() if k.id.startswith("S01") and k != DITAHAN}
    kantor.send(own, names={"KUL": "a.xlsx"})
    kantor.send(own | {LAPORAN: 3}, names={"KUL": "b.xlsx"})
    refresh_file(kantor.konsolidasi)
    ((found, path),) = correct(kantor).perbaikan
    assert [b.key for b in found.wajib] == [LAPORAN]
    assert "«1» («a.xlsx») dan «3» («b.xlsx»)" in found.butir[0].catatan
    book = openpyxl.load_workbook(path)
    cell(kantor, book, LAPORAN).value = 3
    book.save(kantor.kiriman / path.name)
    assert codes_of(kantor, path.name) == set()
    assert kantor.value(LAPORAN) == 3


def test_change_by_hand_is_not_put_into_the_senders_mouth(kantor: Kantor) -> None:
    kantor.send(ISI)
    kantor.type("Dasbor", "B3", 1)  # what is open now is what is asked for
    refresh_file(kantor.konsolidasi)
    kantor.type_at(LAPORAN, 9)
    refresh_file(kantor.konsolidasi)
    ((_, path),) = correct(kantor).perbaikan
    assert cell(kantor, openpyxl.load_workbook(path), LAPORAN).value == 1


def test_command_says_what_it_made(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    monkeypatch.chdir(kantor.folder)
    done = CliRunner().invoke(cli, ["perbaikan"])
    assert done.exit_code == 0, done.output
    assert "BukuKerja-2026-KUL-perbaikan-2.xlsx: 1 hal perlu diperbaiki" in done.output
    assert (
        "Tidak ada yang perlu diperbaiki."
        in CliRunner().invoke(cli, ["perbaikan", "--sub-bagian", "REN"]).output
    )
    unknown = CliRunner().invoke(cli, ["perbaikan", "--sub-bagian", "XYZ"])
    assert isinstance(unknown.exception, Refused)
    assert "S12" in str(unknown.exception)


def test_sender_whose_form_is_none_of_ours_is_known_by_his_mail(kantor: Kantor) -> None:
    kantor.kiriman.mkdir(exist_ok=True)
    mail = surat.mail(("laporan.pdf", b"%PDF-1.7 " + bytes(100)))
    (kantor.kiriman / "a.eml").write_bytes(mail.as_bytes())
    found = find_strangers(merge_returns([kantor.kiriman], kantor.rkt, 2))
    assert list(found) == ["Siti <siti@kpu.example>"]
    assert [p.kode for p in found["Siti <siti@kpu.example>"]] == ["G02"]


# --- the words ----------------------------------------------------------------------------------------------------

PERINTAH = re.compile(
    r"\brkt\b|Putusan|Segarkan|Masalah|[Mm]inta (pengirim|sub-bagian)|[Kk]eluarkan|folder kiriman"
)


PENGIRIM = [
    m for m in Message if m.kode[0] in "ABCDEFGHKN" and m.putusan.berat >= 2 and m not in UNTUK_KONSOLIDATOR
]


@pytest.mark.parametrize("message", PENGIRIM)
def test_what_a_sender_is_told_to_do_is_something_that_a_sender_can_do(message: Message) -> None:
    """No command, no sheet of the konsolidasi, nobody else to be asked; and a sentence."""
    assert not PERINTAH.search(message.cure_of_sender), message
    assert message.cure_of_sender.rstrip("} ").endswith((".", "nihil")), message


@pytest.fixture(scope="module")
def besar(tmp_path_factory: pytest.TempPathFactory) -> Rkt:
    return kekeliruan.rencana(tmp_path_factory.mktemp("rencana"))[1]


@pytest.mark.parametrize("nomor", range(len(kekeliruan.BERSAMA)))
def test_every_error_in_a_cell_that_is_held_is_marked_at_its_cell(
    nomor: int, besar: Rkt, tmp_path: Path
) -> None:
    """Each kind of error of a user, at a random place: what holds it is commented at that very cell."""
    berkas = kekeliruan.berkas_baru(tmp_path, besar, random.Random(nomor))
    harapan = [spoil(berkas) for spoil in kekeliruan.BERSAMA[nomor].values()]
    (kiriman,) = check_returns([berkas.simpan()], besar)
    held = {(p.lembar, p.sel) for p in kiriman.problems if p.putusan.berat >= 2 and p.sel}
    found = find_corrections(consolidate([kiriman], besar, 4))
    if not held:
        assert found == [], harapan
        return
    (correction,) = found
    marked = correction.bagian.isi.perbaikan
    book = buku_kerja(besar, correction.bagian.sub_bagian)
    entries = {(place.sheet, place.address) for _, place in book.entry_places()}
    places = {(book.places[k].sheet, book.places[k].address) for k in marked}
    assert held & entries <= places, harapan
    told = {(b.problem.lembar, b.problem.sel) for b in correction.wajib}
    assert held == {at for at in told if at[1]}, "whatever has no cell of its own stands in the list"
    for text in marked.values():
        fault, *_, cure = text.split("\n")
        assert fault.endswith(".")
        assert cure.endswith((".", "?"))
        assert "{" not in text
