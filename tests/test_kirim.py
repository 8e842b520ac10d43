"""Letters: what they say, that each goes once through a real server, and that a filled workbook comes back."""

from __future__ import annotations

import base64
import contextlib
import datetime
import logging
import os
import re
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import bahan
import openpyxl
import pytest
import rusak
import surat as surat_uji
from click.testing import CliRunner, Result
from imapclient import IMAPClient
from kantor import ISI, Kantor, make_kantor
from pos_sungguhan import DOMAIN, MOST, SANDI, STAF, Pos, free_ports, open_jalur, open_pos, write_setelan
from test_setelan_surel import forms

from builder import capaian, pengambilan, pengantaran
from builder.__main__ import cli
from builder.arsip import beside
from builder.arsip.surel import CatatanSurel, Keadaan, Kiriman
from builder.expr import Key
from builder.masalah import Message, Refused
from builder.pengantaran import Terkirim, send_letters
from builder.persuratan import (
    find_workbooks,
    letters_buku_kerja,
    letters_pengingat,
    letters_perbaikan,
    open_kantor,
)
from builder.pos import pengiriman
from builder.pos.surat import LEBAR, Lampiran, Surat, write_surat
from builder.rkt import Identitas

BATAS, HARI_INI = datetime.date(2026, 10, 10), datetime.date(2026, 9, 28)
INGGRIS = re.compile(
    r"\b(the|and|please|dear|regards|workbook|sheet|file|deadline|click|save|attachment|subject|reminder|reply|enable)\b",
    re.IGNORECASE,
)
SOPAN = ("Yth.", "Dengan hormat", "Mohon", "terima kasih")


@pytest.fixture(scope="module")
def pos() -> Iterator[Pos]:
    with open_pos() as running:
        yield running


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("kirim") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kantor:
    """Settings that need no server."""
    kantor = terbangun.copy(tmp_path / "kantor")
    text = (
        '[smtp]\nserver = "127.0.0.1"\npengguna = "p"\npengirim = "Perencanaan <perencana@kpu.example>"\n'
        '[alamat]\nKUL = ["siti@kpu.example", "adi@kpu.example"]\nREN = "Budi <budi@kpu.example>"\n'
    )
    (kantor.folder / "surel.toml").write_text(text)
    monkeypatch.setenv("RKT_SANDI", SANDI)
    monkeypatch.setattr("builder.perintah_surel.today", lambda: HARI_INI)
    for module in (pengantaran, pengambilan):
        monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    return kantor


@pytest.fixture
def tersambung(kantor: Kantor, pos: Pos) -> Kantor:
    """Settings for the running servers, and empty mailboxes."""
    pos.settle()
    for user in ("perencana", *STAF):
        pos.empty(user)
    write_setelan(kantor.folder, pos)
    return kantor


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def kirim(kantor: Kantor, *more: object) -> Result:
    return run("kirim", kantor.konsolidasi, "--batas", "2026-10-10", *more)


def letters(kantor: Kantor) -> list[Surat]:
    found, problems = letters_buku_kerja(
        open_kantor(kantor.konsolidasi, to_send=True), kantor.folder / "buku-kerja", BATAS, hari_ini=HARI_INI
    )
    assert problems == []
    return found


def send(kantor: Kantor, surat: list[Surat] | None = None, *, ulang: bool = False) -> Terkirim:
    opened = open_kantor(kantor.konsolidasi, to_send=True)
    return send_letters(opened, letters(kantor) if surat is None else surat, ulang=ulang)


def codes(made: Terkirim) -> list[str]:
    return sorted(p.message.name for p in made.problems)


def mailbox(pos: Pos, user: str, count: int) -> list[EmailMessage]:
    """What has arrived for somebody, once so many have."""
    context = ssl.create_default_context(cafile=str(pos.ca))
    with IMAPClient("127.0.0.1", pos.imaps, ssl_context=context) as client:
        client.login(user, SANDI)
        until = time.monotonic() + 60
        while True:
            client.select_folder("INBOX", readonly=True)
            uids = client.search()
            if len(uids) >= count or time.monotonic() > until:
                break
            time.sleep(0.05)
        found = client.fetch(uids, ["BODY.PEEK[]"])
    assert len(found) == count
    return [message_from_bytes(item[b"BODY[]"], policy=policy.default) for _, item in sorted(found.items())]


def count_of(pos: Pos, user: str) -> int:
    """How many mails somebody has."""
    return sum(p.is_file() for part in ("new", "cur") for p in (pos.folder / "kotak" / user / part).glob("*"))


# --- what they say ------------------------------------------------------------------------------------------------


def sound(surat: Surat) -> str:
    """What every letter keeps to."""
    for line in surat.isi.splitlines():
        assert len(line) <= LEBAR, line
        assert line == line.rstrip()
    for sign in "{}\t":
        assert sign not in surat.isi + surat.subjek
    words = re.sub(r"Excel\s+Workbook\s+\(\.xlsx\)", "", surat.isi + surat.subjek)  # as Excel itself names it
    assert not INGGRIS.search(words), INGGRIS.search(words)
    assert all(word in surat.isi for word in SOPAN)
    return re.sub(r"\s+", " ", surat.isi)


def test_letter_with_a_workbook(kantor: Kantor) -> None:
    kul = next(s for s in letters(kantor) if s.sub_bagian == "KUL")
    text = sound(kul)
    for expected in (
        "Sub-bagian Keuangan, Umum, dan Logistik", "KPU Kota Contoh", "untuk Triwulan II",
        "paling lambat 10 Oktober 2026", "Berkas: BukuKerja-2026-KUL.xlsx", "Lembar yang diisi: S01",
        "«Kiriman ke-» dengan 1", "sel kuning",
        "ke perencana@kpu.example", "28 September 2026 Sekretaris",
    ):  # fmt: skip
        assert expected in text, (expected, text)
    assert kul.subjek == "Buku kerja RKT 2026 KUL: mohon diisi untuk Triwulan II"
    assert [str(a) for a in kul.kepada] == ["siti@kpu.example", "adi@kpu.example"]
    assert kul.lampiran[0].isi == (kantor.folder / "buku-kerja" / "BukuKerja-2026-KUL.xlsx").read_bytes()


def test_reminder_names_what_is_missing_and_spares_who_has_answered(kantor: Kantor) -> None:
    kantor.send({k: v for k, v in ISI.items() if k.id.startswith("S01")}, ke=3)
    assert run("segarkan", kantor.konsolidasi).exit_code in (0, 1)
    opened = open_kantor(kantor.konsolidasi, to_send=False)
    found, problems = letters_pengingat(opened, BATAS, hari_ini=HARI_INI)
    assert problems == []
    assert [s.sub_bagian for s in found] == ["REN"]
    text = sound(found[0])
    for expected in (
        "Pengingat: buku kerja RKT 2026 REN", "Belum ada kiriman", "2 isian masih kosong", "0 isian ditahan",
        "0 sel menunggu keputusan", "paling lambat 10 Oktober 2026", "tidak perlu meminta yang baru",
    ):  # fmt: skip
        assert expected in f"{found[0].subjek} {text}", (expected, text)
    assert found[0].lampiran == ()
    again, _ = letters_pengingat(opened, BATAS, lampirkan=kantor.folder / "buku-kerja")
    assert [a.nama for a in again[0].lampiran] == ["BukuKerja-2026-REN.xlsx"]
    assert "kami lampirkan sekali lagi: BukuKerja-2026-REN.xlsx" in sound(again[0])


def test_reminder_to_one_whose_return_is_of_an_earlier_triwulan(kantor: Kantor) -> None:
    early = {k: v for k, v in ISI.items() if k.baris == "TW1"}
    kantor.send(early, ke=2)
    assert run("segarkan", kantor.konsolidasi).exit_code in (0, 1)
    kantor.type_at(capaian.TRIWULAN_PELAPORAN, 3)
    found, _ = letters_pengingat(open_kantor(kantor.konsolidasi, to_send=False), BATAS)
    assert [s.sub_bagian for s in found] == ["REN", "KUL"]
    text = sound(found[0])
    assert "kiriman ke-2 untuk TW II" in text
    assert "«Kiriman ke-» dengan 3" in text


def test_all_have_answered(kantor: Kantor) -> None:
    kantor.send(ISI)
    run("segarkan", kantor.konsolidasi)
    told = "Tidak ada yang perlu diingatkan: semua sub-bagian sudah menjawab.\n"
    for more in (("--lihat",), ("--simpan", kantor.folder / "konsep"), ()):
        said = kirim(kantor, "--pengingat", *more)
        assert (said.exit_code, said.output) == (0, told)
    assert not (kantor.folder / "konsep").exists()


def test_letter_of_corrections_names_file_sheet_cell_content_fault_cure_and_example(kantor: Kantor) -> None:
    kantor.send(ISI)
    assert run("segarkan", kantor.konsolidasi).exit_code in (0, 1)
    opened = open_kantor(kantor.konsolidasi, to_send=False)
    ((surat,), problems) = letters_perbaikan(opened, BATAS, hari_ini=HARI_INI)
    assert problems == []
    text = sound(surat)
    for expected in (
        "Perbaikan buku kerja RKT 2026 KUL Triwulan II: 1 hal", "kiriman Sub-bagian Keuangan, Umum, dan Logistik",
        "1. BukuKerja-2026-KUL.xlsx › S01!G17 (isinya «belum ada»): G17 harus angka. Tulis angkanya saja, tanpa "
        "satuan, misalnya 3.", "(BukuKerja-2026-KUL-perbaikan-2.xlsx)", "sel jingga", "paling lambat 10 Oktober 2026",
        "«Kiriman ke-» 2 sudah kami isi",
    ):  # fmt: skip
        assert expected in f"{surat.subjek} {text}", (expected, text)
    (lampiran,) = surat.lampiran
    assert lampiran.nama == "BukuKerja-2026-KUL-perbaikan-2.xlsx"
    again = letters_perbaikan(opened, BATAS, hari_ini=BATAS)[0][0]
    assert again.sidik == surat.sidik, "the same letter on another day: it is not sent twice"


def test_refused_file_is_told_to_the_sub_bagian_from_whose_address_it_came(kantor: Kantor) -> None:
    kantor.kiriman.mkdir()
    for n, (dari, name, content) in enumerate((
        ("Siti <SITI@kpu.example>", "laporan.pdf", b"%PDF-1.7 " + bytes(200)),
        ("Toko <promo@toko.example>", "brosur.pdf", b"%PDF-1.7 " + bytes(201)),
    )):  # fmt: skip
        mail = surat_uji.mail((name, content), dari=dari, id=f"<{n}@kpu.example>")
        (kantor.kiriman / f"{n}.eml").write_bytes(mail.as_bytes())
    assert run("segarkan", kantor.konsolidasi).exit_code == 1
    letters, problems = letters_perbaikan(open_kantor(kantor.konsolidasi, to_send=False), BATAS)
    assert [s.sub_bagian for s in letters] == ["KUL"]
    text = sound(letters[0])
    assert "0.eml › laporan.pdf: Format PDF tidak dapat dibaca. Simpan sebagai Excel Workbook (.xlsx)" in text
    assert "brosur" not in text
    assert [(p.kode, "promo@toko.example" in p.pesan) for p in problems] == [("U40", True)]


def test_long_list_of_corrections_ends_with_what_is_left(tmp_path: Path) -> None:
    rows = [
        bahan.baris(f"S{n:02d}-I1", target="4 Laporan", tipe="jumlah", nilai="4", satuan="Laporan")
        for n in range(1, 41)
    ]
    kantor = make_kantor(tmp_path / "kantor", rows)
    kantor.send({Key(str(row["id"]), "TW1", "realisasi"): "belum ada" for row in rows})
    (kantor.folder / "surel.toml").write_text('[alamat]\nKUL = "siti@kpu.example"\n')
    assert run("segarkan", kantor.konsolidasi).exit_code == 1
    ((surat,), _) = letters_perbaikan(open_kantor(kantor.konsolidasi, to_send=False), BATAS)
    assert "31. … dan 10 hal lagi; semuanya ada di lembar Perbaikan." in sound(surat)


def test_signature_and_strange_words(kantor: Kantor) -> None:
    """Braces, long words and line ends in a plan are words like any other; a field too few is a fault of ours."""
    penanda = Identitas("KPU {x}\nBcc: a@b.id", 2026, 2, "Sungai Raya", "Fitri, S.Sos.", "Sekretaris")
    kul = letters(kantor)[0]
    isian = dict.fromkeys(
        ("kantor", "tahun", "kode", "sub_bagian", "triwulan", "angka_triwulan", "batas", "kiriman_ke", "balas_ke",
         "berkas", "lembar"), "{kantor} " + "kata " * 40,
    )  # fmt: skip
    surat = write_surat("buku_kerja", "KUL", kul.kepada, isian, penanda, hari_ini=HARI_INI)
    assert surat.isi.endswith("Sungai Raya, 28 September 2026\nSekretaris,\n\n\nFitri, S.Sos.\n")
    assert max(map(len, surat.isi.splitlines())) <= LEBAR
    assert "\n" not in surat.subjek
    assert "{kantor}" in surat.isi
    with pytest.raises(KeyError):
        write_surat("buku_kerja", "KUL", kul.kepada, isian | {"lain": ""}, penanda)


def test_same_letter_on_another_day_is_the_same(kantor: Kantor) -> None:
    opened = open_kantor(kantor.konsolidasi, to_send=True)
    days = [
        letters_buku_kerja(opened, kantor.folder / "buku-kerja", BATAS, hari_ini=HARI_INI.replace(day=d))[0]
        for d in (1, 2)
    ]
    assert [s.sidik for s in days[0]] == [s.sidik for s in days[1]]
    later, _ = letters_buku_kerja(opened, kantor.folder / "buku-kerja", BATAS.replace(day=11))
    assert {s.sidik for s in later}.isdisjoint(s.sidik for s in days[0])


# --- which workbook -----------------------------------------------------------------------------------------------


def test_workbook_is_known_by_what_is_inside(kantor: Kantor, tmp_path: Path) -> None:
    folder = tmp_path / "campur"
    folder.mkdir()
    for code, name in (("KUL", "BukuKerja-2026-REN.xlsx"), ("REN", "a.xlsx")):
        content = (kantor.folder / "buku-kerja" / f"BukuKerja-2026-{code}.xlsx").read_bytes()
        (folder / name).write_bytes(content)
    (folder / "konsolidasi.xlsx").write_bytes(kantor.konsolidasi.read_bytes())
    (folder / "rusak.xlsx").write_bytes(b"PK")
    (folder / "~$a.xlsx").write_bytes(b"")
    found, problems = find_workbooks(open_kantor(kantor.konsolidasi, to_send=True), folder)
    assert problems == []
    assert {k: v.nama for k, v in found.items()} == {"KUL": "BukuKerja-2026-REN.xlsx", "REN": "a.xlsx"}


def test_copies_that_were_kept_are_not_sent(kantor: Kantor) -> None:
    """Made anew into the folder that has them already, and a pending result beside them."""
    folder = kantor.folder / "buku-kerja"
    made = run("bangun", kantor.konsolidasi, "-o", folder, "--triwulan", 3)
    assert made.output.count("(lama ") == 2
    kul = folder / "BukuKerja-2026-KUL.xlsx"
    (folder / f"{kul.stem} (tertunda 2026-11-25 09.12).xlsx").write_bytes(kul.read_bytes() + b"lain")
    said = kirim(kantor, "--lihat")
    assert said.exit_code == 0, said.output
    assert "lampiran: BukuKerja-2026-KUL.xlsx" in said.output
    assert "(lama" not in said.output


def test_settings_file_in_use_is_named(kantor: Kantor) -> None:
    other = kantor.folder / "kantor.toml"
    other.write_text('[alamat]\nREN = "budi@kpu.example"\n')
    assert (
        "[U30] kantor.toml — Alamat surel KUL belum ada"
        in kirim(kantor, "--setelan", other, "--lihat").output
    )


def test_workbooks_that_cannot_go(kantor: Kantor, tmp_path: Path) -> None:
    """One missing, two of one sub-bagian, one without an address; the others go on."""
    folder = kantor.folder / "buku-kerja"
    (folder / "BukuKerja-2026-REN.xlsx").unlink()
    kul = folder / "BukuKerja-2026-KUL.xlsx"
    (folder / "sama.xlsx").write_bytes(kul.read_bytes())
    said = kirim(kantor, "--lihat")
    assert said.exit_code == 1
    assert "KUL: siti@kpu.example, adi@kpu.example" in said.output
    assert "lampiran: BukuKerja-2026-KUL.xlsx" in said.output
    assert "[U31] Buku kerja REN tidak ada di folder" in said.output
    book = openpyxl.load_workbook(kul)
    book.save(folder / "lain.xlsx")
    book.close()
    assert "[U29]" in kirim(kantor, "--lihat").output
    (kantor.folder / "surel.toml").write_text('[alamat]\nREN = "budi@kpu.example"\n')
    assert "[U30]" in kirim(kantor, "--lihat").output
    assert "[U32]" in str(kirim(kantor, tmp_path / "tiada", "--lihat").exception)


def test_workbook_of_another_office(kantor: Kantor, tmp_path: Path) -> None:
    import bahan

    rencana = bahan.write_rencana(tmp_path / "Lain.csv", [bahan.baris()], bahan.identitas("KPU Kota Lain"))
    from builder.commands import build_workbooks

    build_workbooks(rencana, tmp_path / "lain", makro=False)
    (kantor.folder / "buku-kerja" / "x.xlsx").write_bytes(
        (tmp_path / "lain" / "BukuKerja-2026-KUL.xlsx").read_bytes()
    )
    said = kirim(kantor, "--lihat")
    assert said.exit_code == 0
    assert "[U39] x.xlsx — Buku kerja ini milik KPU Kota Lain tahun 2026; tidak dikirim" in said.output


# --- without a server ---------------------------------------------------------------------------------------------


def test_drafts(kantor: Kantor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kantor.folder)
    (kantor.folder / "surel.toml").write_text(
        '[alamat]\nKUL = "siti@kpu.example"\nREN = "budi@kpu.example"\n'
    )
    said = run("kirim", "buku-kerja", "--batas", "10/10/2026", "--simpan", tmp_path / "konsep")
    assert said.exit_code == 0, said.output
    drafts = sorted((tmp_path / "konsep").iterdir())
    assert [d.name for d in drafts] == ["Surat-buku-kerja-2026-KUL.eml", "Surat-buku-kerja-2026-REN.eml"]
    surel = message_from_bytes(drafts[0].read_bytes(), policy=policy.default)
    assert (surel["X-Unsent"], surel["To"], surel["From"]) == ("1", "siti@kpu.example", None)
    assert "alamat pengirim surat ini" in sound(_as_letter(surel))
    (part,) = surel.iter_attachments()
    assert part.get_content() == (kantor.folder / "buku-kerja" / str(part.get_filename())).read_bytes()
    assert not beside(kantor.konsolidasi).exists


def test_date_is_asked_for(kantor: Kantor) -> None:
    assert "--batas 2026-10-10" in run("kirim", kantor.konsolidasi).output
    assert run("kirim", kantor.konsolidasi, "--batas", "besok").exit_code == 2
    late = run("kirim", kantor.konsolidasi, "--batas", "1/1/2020")
    assert (late.exit_code, "Batas waktu 1 Januari 2020 sudah lewat." in late.output) == (2, True)
    assert run("kirim", kantor.konsolidasi, "--batas", HARI_INI, "--lihat").exit_code == 0, (
        "today is not past"
    )


# --- through a server ---------------------------------------------------------------------------------------------


def test_sent_once_and_byte_for_byte(tersambung: Kantor, pos: Pos) -> None:
    first = kirim(tersambung)
    assert first.exit_code == 0, first.output + repr(first.exception)
    assert "2 surat terkirim." in first.output
    for user, code in (("siti", "KUL"), ("budi", "REN")):
        (surel,) = mailbox(pos, user, 1)
        assert surel["Subject"] == f"Buku kerja RKT 2026 {code}: mohon diisi untuk Triwulan II"
        assert surel["From"] == f"Perencanaan KPU Kota Contoh <perencana@{DOMAIN}>"
        assert re.fullmatch(rf"<rkt-buku_kerja-{code.lower()}-[0-9a-f]{{32}}@{DOMAIN}>", surel["Message-ID"])
        assert surel["Date"].datetime.date() == datetime.datetime.now().date()
        (part,) = surel.iter_attachments()
        content = (tersambung.folder / "buku-kerja" / f"BukuKerja-2026-{code}.xlsx").read_bytes()
        assert (part.get_filename(), part.get_content()) == (f"BukuKerja-2026-{code}.xlsx", content)
        sound(_as_letter(surel))
    again = kirim(tersambung)
    assert again.exit_code == 0
    assert again.output.count("[U37]") == 2
    assert "0 surat terkirim." in again.output
    assert kirim(tersambung, "--lihat").output.count("[U37]") == 2
    assert "KUL: siti@kpu.example" in kirim(tersambung, "--lihat", "--ulang").output
    assert "2 surat terkirim." in kirim(tersambung, "--ulang").output
    same = {m["Message-ID"] for m in mailbox(pos, "siti", 2)}
    assert len(same) == 1


def _as_letter(surel: EmailMessage) -> Surat:
    body = surel.get_body()
    assert body is not None
    return Surat("", "", (), str(surel["Subject"]), body.get_content().replace("\r\n", "\n"), (), "")


def test_tls_from_the_first_byte(tersambung: Kantor, pos: Pos) -> None:
    setelan = write_setelan(tersambung.folder, pos, smtp=pos.smtps)
    setelan.write_text(
        setelan.read_text().replace("[alamat]", 'keamanan = "tls"\nbalas_ke = "rkt@kpu.example"\n[alamat]')
    )
    assert "2 surat terkirim." in kirim(tersambung).output
    (surel,) = mailbox(pos, "siti", 1)
    assert surel["Reply-To"] == "rkt@kpu.example"
    body = surel.get_body()
    assert body is not None
    assert "ke rkt@kpu.example" in body.get_content()


def test_refused_recipient_does_not_stop_the_others(tersambung: Kantor, pos: Pos) -> None:
    write_setelan(tersambung.folder, pos, KUL=f"hilang@{DOMAIN}", REN=f"budi@{DOMAIN}")
    said = kirim(tersambung)
    assert said.exit_code == 1
    assert f"[U33] Server menolak alamat hilang@{DOMAIN} untuk KUL (550 Mailbox unknown)" in said.output
    mailbox(pos, "budi", 1)
    write_setelan(tersambung.folder, pos)
    said = kirim(tersambung)
    assert "1 surat terkirim." in said.output
    mailbox(pos, "siti", 1)


def test_missing_address_does_not_stop_the_others(tersambung: Kantor, pos: Pos) -> None:
    write_setelan(tersambung.folder, pos, REN=f"budi@{DOMAIN}")
    said = kirim(tersambung)
    assert said.exit_code == 1
    assert "[U30] surel.toml — Alamat surel KUL belum ada" in said.output
    assert "1 surat terkirim." in said.output


def test_sender_whom_the_server_does_not_know(tersambung: Kantor) -> None:
    setelan = tersambung.folder / "surel.toml"
    setelan.write_text(setelan.read_text().replace(f"<perencana@{DOMAIN}>", f"<asing@{DOMAIN}>"))
    said = kirim(tersambung)
    assert said.output.count("[U35]") == 2
    assert "550 Not your address" in said.output
    assert "0 surat terkirim." in said.output


def test_letter_above_the_servers_limit(tersambung: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    found = letters(tersambung)
    large = Lampiran("besar.xlsx", os.urandom(MOST))
    made = send(tersambung, [write_large(found[0], large), found[1]])
    assert codes(made) == ["U34"]
    assert "batas server, 5,0 MB" in made.problems[0].pesan
    assert [s.sub_bagian for s, _ in made.terkirim] == [found[1].sub_bagian]
    monkeypatch.setattr(
        pengiriman.Kurir, "_most_bytes", lambda self: 0
    )  # a server that says so only when asked
    made = send(tersambung, [write_large(found[0], large)])
    assert codes(made) == ["U34"]
    assert "melebihi batas server, yang ditetapkannya" in made.problems[0].pesan


def write_large(surat: Surat, lampiran: Lampiran) -> Surat:
    return Surat(
        surat.jenis, surat.sub_bagian, surat.kepada, surat.subjek, surat.isi, (lampiran,), lampiran.sha256
    )


def test_wrong_password_certificate_and_server(
    tersambung: Kantor, pos: Pos, monkeypatch: pytest.MonkeyPatch
) -> None:
    setelan = tersambung.folder / "surel.toml"
    text = setelan.read_text()
    monkeypatch.setenv("RKT_SANDI_SMTP", "salah")
    assert "[U23] Server 127.0.0.1 menolak pengguna perencana" in str(kirim(tersambung).exception)
    monkeypatch.setenv("RKT_SANDI_SMTP", "é")
    refused = kirim(tersambung).exception
    assert "[U13]" in str(refused)
    assert refused is not None
    assert refused.__context__ is None, "what the library raised has the password in its repr"
    monkeypatch.delenv("RKT_SANDI_SMTP")
    setelan.write_text("\n".join(t for t in text.splitlines() if not t.startswith("sertifikat")))
    assert "[U21]" in str(kirim(tersambung).exception)
    (port,) = free_ports(1)
    write_setelan(tersambung.folder, pos, smtp=port)
    assert f"[U20] Server 127.0.0.1 port {port}" in str(kirim(tersambung).exception)
    setelan.write_text(text.replace("[alamat]", 'keamanan = "tls"\n[alamat]'))
    assert "[U22]" in str(kirim(tersambung).exception)
    assert CatatanSurel(beside(tersambung.konsolidasi).folder).letters() == {}


# --- servers that misbehave ---------------------------------------------------------------------------------------


class Pura:
    """A mail server without TLS, which answers as it is told; it keeps what it hears."""

    def __init__(self) -> None:
        self.greeting = b"220 halo\r\n"
        self.answer: Callable[[bytes], bytes] = lambda said: b"250 ok\r\n"
        self.heard = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self.socket.accept()[0]
                with client, contextlib.suppress(OSError):
                    client.sendall(self.greeting)
                    while data := client.recv(65_536):
                        self.heard += data
                        client.sendall(self.answer(data))


@pytest.fixture
def pura(kantor: Kantor) -> Iterator[Pura]:
    server = Pura()
    thread = threading.Thread(target=server.serve)
    thread.start()
    text = (kantor.folder / "surel.toml").read_text()
    (kantor.folder / "surel.toml").write_text(
        text.replace("[smtp]", f"[smtp]\nport = {server.port}")
        + f'\n[imap]\nserver = "127.0.0.1"\nport = {server.port}\npengguna = "p"\nkeamanan = "starttls"\n'
    )
    yield server
    server.socket.shutdown(socket.SHUT_RDWR)
    server.socket.close()
    thread.join()


def heard_no_secret(pura: Pura) -> bool:
    return not any(f.encode() in pura.heard for f in forms(SANDI)) and b"AUTH" not in pura.heard


def test_smtp_without_starttls_hears_no_password(kantor: Kantor, pura: Pura) -> None:
    assert "[U22]" in str(kirim(kantor).exception)
    assert heard_no_secret(pura)


def test_smtp_that_hangs_up(kantor: Kantor, pura: Pura) -> None:
    pura.greeting = b"421 sibuk\r\n"
    said = kirim(kantor)
    assert said.exit_code == 1
    assert "[U28]" in said.output
    assert "belum terkirim ke REN, KUL" in said.output


@pytest.mark.parametrize("more", [b"", b" STARTTLS"])
def test_imap_without_starttls_hears_no_password(more: bytes, kantor: Kantor, pura: Pura) -> None:
    """Not offered, or offered and then refused."""

    def answer(said: bytes) -> bytes:
        tag, word = said.split()[:2]
        told = b"* CAPABILITY IMAP4rev1" + more + b"\r\n" if word == b"CAPABILITY" else b""
        return told + tag + (b" OK ya\r\n" if told else b" BAD tidak\r\n")

    pura.greeting, pura.answer = b"* OK halo\r\n", answer
    assert "[U22]" in str(run("ambil", kantor.konsolidasi).exception)
    assert b"LOGIN" not in pura.heard
    assert heard_no_secret(pura)


def test_imap_that_begins_in_the_middle(kantor: Kantor, pura: Pura) -> None:
    """PREAUTH, which somebody between could write so that nothing is ever encrypted."""
    pura.greeting = b"* PREAUTH halo\r\n"
    pura.answer = lambda said: b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + said.split()[0] + b" OK ya\r\n"
    assert "[U22]" in str(run("ambil", kantor.konsolidasi).exception)
    assert heard_no_secret(pura)


# --- cut and killed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [0, 300, 700])
def test_cut_before_the_letter_went(there: int, tersambung: Kantor, pos: Pos) -> None:
    """It is sure that nothing arrived: the next run sends it."""
    with open_jalur(pos.smtp, cut_there=there) as jalur:
        write_setelan(tersambung.folder, pos, smtp=jalur.port)
        made = send(tersambung)
        assert (codes(made), made.terkirim, jalur.connections) == (["U28"], (), 3)
    write_setelan(tersambung.folder, pos)
    assert len(send(tersambung).terkirim) == 2
    for user in STAF:
        mailbox(pos, user, 1)


def test_cut_within_the_letter(tersambung: Kantor, pos: Pos, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much of it had left this computer is not known, so it may be in doubt; it is never said to be sent."""
    monkeypatch.setattr(pengiriman, "WAIT", 2.0)
    large = [
        write_large(s, Lampiran(f"{s.sub_bagian}.xlsx", os.urandom(3_000_000))) for s in letters(tersambung)
    ]
    with open_jalur(pos.smtp, cut_there=400_000) as jalur:
        write_setelan(tersambung.folder, pos, smtp=jalur.port)
        made = send(tersambung, large)
    assert set(codes(made)) <= {"U28", "U38"}
    assert made.terkirim == ()
    write_setelan(tersambung.folder, pos)
    again = send(tersambung, large)
    assert codes(again).count("U36") == codes(made).count("U38")
    assert len(again.terkirim) == 2 - codes(again).count("U36")


@pytest.mark.parametrize("after", [0, 500, 3_500])
def test_cut_before_anything_was_said(after: int, tersambung: Kantor, pos: Pos) -> None:
    with open_jalur(pos.smtps, after) as jalur:
        setelan = write_setelan(tersambung.folder, pos, smtp=jalur.port)
        setelan.write_text(setelan.read_text().replace("[alamat]", 'keamanan = "tls"\n[alamat]'))
        made = send(tersambung)
    assert set(codes(made)) <= {"U28", "U38"}
    write_setelan(tersambung.folder, pos)
    again = send(tersambung)
    assert len(made.terkirim) + len(again.terkirim) + codes(again).count("U36") == 2
    pos.settle()
    assert all(count_of(pos, user) <= 1 for user in STAF)


def test_cut_while_the_server_takes_it(tersambung: Kantor, pos: Pos, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last line and before the answer: told, not guessed, until somebody asks for it."""
    getreply = smtplib.SMTP.getreply
    armed: list[int] = []

    def lose(self: smtplib.SMTP) -> tuple[int, bytes]:
        code, said = getreply(self)
        if said.startswith(b"OK id=") and not armed:
            armed.append(1)
            raise smtplib.SMTPServerDisconnected("putus")
        return code, said

    monkeypatch.setattr(smtplib.SMTP, "getreply", lose)
    made = send(tersambung)
    assert codes(made) == ["U38"]
    assert len(made.terkirim) == 1
    again = send(tersambung)
    assert codes(again) == ["U36", "U37"]
    assert again.terkirim == ()
    assert not again.clean
    assert len(send(tersambung, ulang=True).terkirim) == 2
    mailbox(pos, "budi", 2)


def test_killed_between_two_notes(tersambung: Kantor, pos: Pos, tmp_path: Path) -> None:
    """Nobody gets a letter twice unasked, and nobody's letter is lost without a word."""
    said, work = tmp_path / "kata.txt", tmp_path / "kerja"
    arguments = ["kirim", str(work / tersambung.konsolidasi.name), "--batas", "2026-10-10"]
    for user in STAF:
        pos.empty(user)
    rusak.fresh(tersambung.folder, work)
    pid = os.fork()
    if not pid:
        real = pengiriman.Kurir.send

        def die_after(self: pengiriman.Kurir, surat: Surat, kepada: object) -> object:
            real(self, surat, surat.kepada)
            os.kill(os.getpid(), 9)
            return None

        pengiriman.Kurir.send = die_after  # type: ignore[method-assign, assignment]
        rusak.run(arguments)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == rusak.MATI
    code = rusak.try_out(arguments, work, rusak.kill_at(0), said)
    assert code == 1
    assert "[U36] Surat untuk REN" in said.read_text()
    assert "1 surat terkirim." in said.read_text()
    for user in STAF:
        mailbox(pos, user, 1)


def test_ledger_says_what_was_sent(tersambung: Kantor) -> None:
    send(tersambung)
    found = CatatanSurel(beside(tersambung.konsolidasi).folder).letters()
    assert {(k.sub_bagian, k.kepada, k.keadaan) for k in found.values()} == {
        ("KUL", f"siti@{DOMAIN}", Keadaan.TERKIRIM), ("REN", f"budi@{DOMAIN}", Keadaan.TERKIRIM),
    }  # fmt: skip
    assert all(isinstance(k, Kiriman) and len(k.lampiran) == 64 for k in found.values())


# --- there and back -----------------------------------------------------------------------------------------------


def test_workbook_goes_out_and_comes_back_filled(tersambung: Kantor, pos: Pos, tmp_path: Path) -> None:
    assert "2 surat terkirim." in kirim(tersambung).output
    (surel,) = mailbox(pos, "siti", 1)
    (part,) = surel.iter_attachments()
    meja = Kantor(tmp_path / "meja-siti", tersambung.rkt)
    (meja.folder / "buku-kerja").mkdir(parents=True)
    (meja.folder / "buku-kerja" / str(part.get_filename())).write_bytes(part.get_content())
    meja.send({k: v for k, v in ISI.items() if k.id == "S01-I1"}, names={"KUL": "laporan siti.xlsx"})
    reply = surat_uji.mail(
        ("laporan siti.xlsx", (meja.kiriman / "laporan siti.xlsx").read_bytes()), dari=f"Siti <siti@{DOMAIN}>"
    )
    with smtplib.SMTP_SSL(
        "127.0.0.1", pos.smtps, context=ssl.create_default_context(cafile=str(pos.ca))
    ) as client:
        client.login("siti", SANDI)
        client.send_message(reply, to_addrs=[str(surel["From"].addresses[0].addr_spec)])
    mailbox(pos, "perencana", 1)

    said = run("ambil", tersambung.konsolidasi, "--segarkan")
    assert "1 surel baru disimpan" in said.output, said.output + repr(said.exception)
    assert "Disegarkan " in said.output
    assert tersambung.value(Key("S01-I1", "TW1", "pembilang")) == 40
    status = run("status", tersambung.konsolidasi).output
    assert "KUL: kiriman ke-1 (TW II)" in status
    assert f"dari Siti <siti@{DOMAIN}>" in status
    jejak = run("jejak", "S01-I1", "--konsolidasi", tersambung.konsolidasi).output
    assert re.search(r"dari surel-[0-9a-f]{16}\.eml › laporan siti\.xlsx S01!", jejak), jejak
    (row,) = (r for r in tersambung.rows("Kiriman") if "laporan siti" in str(r["berkas"]))
    assert (row["pengirim"], row["pemakaian"]) == (f"Siti <siti@{DOMAIN}>", "dipakai")
    reminded = kirim(tersambung, "--pengingat")
    assert f"REN: terkirim ke budi@{DOMAIN}" in reminded.output
    assert "KUL" not in reminded.output


def test_correction_goes_out_comes_back_and_settles_it(tersambung: Kantor, pos: Pos, tmp_path: Path) -> None:
    """The whole exchange: an error, the letter, the mended workbook by mail, and the number with its origin."""
    tersambung.send(ISI)
    assert run("segarkan", tersambung.konsolidasi).exit_code == 1
    sent = kirim(tersambung, "--perbaikan")
    assert f"KUL: terkirim ke siti@{DOMAIN}" in sent.output, sent.output
    assert "0 surat terkirim." in kirim(tersambung, "--perbaikan").output
    (surel,) = mailbox(pos, "siti", 1)
    (part,) = surel.iter_attachments()
    path = tmp_path / str(part.get_filename())
    path.write_bytes(part.get_content())
    book = openpyxl.load_workbook(path)
    book["S01"]["G17"].value = 2
    book.save(path)
    reply = surat_uji.mail(
        (path.name, path.read_bytes()), dari=f"Siti <siti@{DOMAIN}>", id="<balas@kpu.example>"
    )
    pos.deliver(reply.as_bytes())
    done = run("ambil", tersambung.konsolidasi, "--segarkan")
    assert "1 surel baru disimpan" in done.output, done.output
    assert tersambung.value(Key("S01-I2", "TW2", "realisasi")) == 2
    told = run("jejak", "S01-I2", "--triwulan", 2, "--konsolidasi", tersambung.konsolidasi).output
    assert (
        "berkas: «belum ada» (ditahan) dari BukuKerja-2026-KUL.xlsx S01!G17; kiriman ke-1, berkasnya tidak dipakai"
        in told
    )
    assert re.search(
        r"konsolidasi: «2» dari surel-\w+\.eml › BukuKerja-2026-KUL-perbaikan-2\.xlsx S01!G17", told
    ), told
    nothing = kirim(tersambung, "--perbaikan")
    assert "Tidak ada yang perlu diperbaiki." in nothing.output


# --- the password -------------------------------------------------------------------------------------------------


def test_password_is_nowhere(
    tersambung: Kantor, pos: Pos, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in what is said, written, logged or shown to other users, whether all goes well or not."""
    pos.deliver(surat_uji.mail(("a.xlsx", b"a")).as_bytes())
    own = tmp_path / "sementara"
    own.mkdir()
    environment = {**os.environ, "TMPDIR": str(own), "RKT_SANDI": SANDI}
    shown, later = "", str(datetime.date.today() + datetime.timedelta(30))
    for words in (
        ["ambil"],
        ["kirim", "--batas", later],
        ["kirim", "--batas", later, "--pengingat"],
    ):
        command = [sys.executable, "-m", "builder", words[0], tersambung.konsolidasi.name, *words[1:]]
        process = subprocess.Popen(
            command,
            cwd=tersambung.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        shown += Path(f"/proc/{process.pid}/cmdline").read_text()
        shown += process.communicate(timeout=60)[0]
        assert process.returncode == 0, shown
    with caplog.at_level(logging.DEBUG):
        shown += str(run("ambil", tersambung.konsolidasi).output)
    os.environ["RKT_SANDI_IMAP"] = f"{SANDI}-salah"
    try:
        refused = run("ambil", tersambung.konsolidasi).exception
    finally:
        del os.environ["RKT_SANDI_IMAP"]
    assert isinstance(refused, Refused)
    assert [p.message for p in refused.problems] == [Message.U23]
    shown += repr(refused) + repr(refused.__cause__) + caplog.text
    written = b"".join(
        p.read_bytes() for folder in (own, tersambung.folder) for p in folder.rglob("*") if p.is_file()
    )
    for secret in (SANDI, f"perencana\0{SANDI}"):
        for form in {*forms(secret), base64.b64encode(f"\0perencana\0{SANDI}".encode()).decode()}:
            assert form not in shown, form
            assert form.encode() not in written, form
