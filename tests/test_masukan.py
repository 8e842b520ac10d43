"""What comes by mail and in archives: each attachment once, none lost, what is none of ours told or counted."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import bahan
import pytest
import surat
from click.testing import CliRunner

from builder.__main__ import cli
from builder.masukan import Masuk, take_in
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.strict import Opener


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("formulir")
    bahan.build(folder)
    return (folder / "BukuKerja-2024-REN.xlsx").read_bytes()


def check(path: Path, *more: Path) -> list[Kiriman]:
    return check_returns([path, *more], bahan.rkt_contoh())


def codes(kiriman: Kiriman) -> set[str]:
    return {p.kode for p in kiriman.problems}


def read(kiriman: Kiriman) -> bool:
    return kiriman.sub_bagian is not None


def written(path: Path, content: bytes | EmailMessage) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.as_bytes() if isinstance(content, EmailMessage) else content)
    return path


# --- one carrier --------------------------------------------------------------------------------------------------


def test_attachments_of_one_name_are_both_read_and_told_apart(form: bytes, tmp_path: Path) -> None:
    other = surat.zipped({"a.txt": b"lain"})
    mails = [
        surat.mail(("BukuKerja.xlsx", form)),
        surat.mail(("BukuKerja.xlsx", form), dari="Adi <adi@kpu.example>"),
    ]
    for n, content in enumerate(mails):
        written(tmp_path / f"{n}.eml", content)
    written(tmp_path / "dua.eml", surat.mail(("B.xlsx", form), ("B.xlsx", other)))
    found = check(tmp_path)
    assert [k.berkas for k in found] == [
        "0.eml › BukuKerja.xlsx", "1.eml › BukuKerja.xlsx", "dua.eml › B.xlsx", "dua.eml › B.xlsx (2)",
    ]  # fmt: skip
    assert [read(k) for k in found] == [True, True, True, False]
    assert found[1].surat is not None
    assert (found[1].surat.pengirim, found[1].surat.tanggal) == (
        "Adi <adi@kpu.example>",
        "2026-10-03T08:15:00+07:00",
    )


def test_mail_in_mail_in_mail(form: bytes, tmp_path: Path) -> None:
    inner = surat.mail(("BukuKerja.xlsx", form), dari="Staf <staf@kpu.example>", id="<asli@kpu.example>")
    path = written(
        tmp_path / "terusan.eml", surat.forwarded(surat.forwarded(inner), dari="Kasubbag <k@kpu.example>")
    )
    (kiriman,) = check(path)
    assert read(kiriman)
    assert kiriman.surat is not None
    assert kiriman.surat.pengirim == "Staf <staf@kpu.example>"
    assert kiriman.berkas == (
        "terusan.eml › surel terusan «Laporan triwulan» › surel terusan «Laporan triwulan» › BukuKerja.xlsx"
    )


def test_zip_in_zip_in_a_mail_and_no_deeper(form: bytes, tmp_path: Path) -> None:
    once = surat.zipped({"REN/BukuKerja.xlsx": form, "__MACOSX/._BukuKerja.xlsx": b"x", "Thumbs.db": b"x"})
    twice = surat.zipped({"dalam.zip": once})
    path = written(
        tmp_path / "zip.eml", surat.mail(("luar.zip", twice), ("terlalu.zip", surat.zipped({"l.zip": twice})))
    )
    good, deep = check(path)
    assert good.berkas == "zip.eml › luar.zip › dalam.zip › BukuKerja.xlsx"
    assert read(good)
    assert codes(deep) == {"K04"}


def quine() -> bytes:
    """A zip with a copy of itself in it, as deep as one likes."""
    content = surat.zipped({"a.txt": b"x"})
    for _ in range(12):
        content = surat.zipped({"lagi.zip": content})
    return content


def bomb() -> bytes:
    return surat.zipped({f"{n}.xlsx": bytes(9 << 20) for n in range(40)})


def many(form: bytes) -> bytes:
    return surat.zipped({f"{n:03}/BukuKerja.xlsx": form + bytes(n) for n in range(200)})


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "kosong.zip": ("K12", lambda: surat.zipped({})),
    "kuin.zip": ("K04", quine),
    "bom.zip": ("K12", bomb),
    "sandi.zip": ("K05", lambda: surat.encrypted_zip("BukuKerja.xlsx")),
    "rusak.zip": ("J01", lambda: surat.zipped({"a.txt": b"x" * 100})[:60]),
    "arsip.rar": ("G02", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50)),
    "arsip.7z": ("G02", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50)),
    "outlook.msg": ("K12", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
    "winmail.dat": ("K07", lambda: b"\x78\x9f\x3e\x22\x01\x00" + b"\xff" * 40),
}


@pytest.mark.parametrize("name", REFUSED)
def test_archive_that_cannot_be_opened_is_refused_by_name(name: str, tmp_path: Path) -> None:
    code, make = REFUSED[name]
    found = check(written(tmp_path / name, make()))
    assert code in set().union(*map(codes, found))
    assert not any(map(read, found))
    assert all(k.status == "ditolak" for k in found if code in codes(k))


def test_winmail_dat_is_unpacked(form: bytes, tmp_path: Path) -> None:
    path = written(
        tmp_path / "o.eml", surat.mail(("winmail.dat", surat.tnef("BukuKerja-2024-REN.xlsx", form)))
    )
    (kiriman,) = check(path)
    assert kiriman.berkas == "o.eml › winmail.dat › BukuKerja-2024-REN.xlsx"
    assert read(kiriman)


def test_mail_saved_by_outlook(form: bytes, tmp_path: Path) -> None:
    (kiriman,) = check(written(tmp_path / "kiriman.msg", outlook("BukuKerja-2024-REN.xlsx", form)))
    assert kiriman.berkas == "kiriman.msg › BukuKerja-2024-REN.xlsx"
    assert read(kiriman)
    assert kiriman.surat is not None
    assert kiriman.surat.subjek == "Laporan"


def outlook(name: str, content: bytes) -> bytes:
    """A .msg with one attachment: an OLE file with the properties that Outlook writes."""
    import ole_tulis

    return ole_tulis.write_msg("Laporan", name, content)


# --- mails without a form -----------------------------------------------------------------------------------------

LINK = "Filenya besar, silakan unduh di https://drive.google.com/file/d/abc/view?usp=sharing\n"
TABLE = "<table>" + "<tr><td>S01</td><td>97</td></tr>" * 6 + "</table>"


def picture(inline: bool, size: int = 60_000) -> EmailMessage:
    surel = surat.mail(text="Berikut laporannya.\n")
    more = {"cid": "<foto1>", "disposition": "inline"} if inline else {"filename": "foto.jpg"}
    surel.add_attachment(b"\xff\xd8\xff" + bytes(size), "image", "jpeg", **more)  # type: ignore[arg-type]
    return surel


TANPA: dict[str, tuple[str, EmailMessage]] = {
    "tautan saja": ("K08", surat.mail(text=LINK)),
    "dihapus antivirus": ("K08", surat.mail(("BukuKerja.xlsx dihapus antivirus.txt", b"Lampiran dihapus."))),
    "gambar di badan surel": ("K11", picture(inline=True)),
    "tabel di badan surel": ("K11", surat.mail(html=TABLE)),
    "foto sebagai lampiran": ("G02", picture(inline=False)),
}


@pytest.mark.parametrize("name", TANPA)
def test_mail_without_a_form_says_why(name: str, tmp_path: Path) -> None:
    code, surel = TANPA[name]
    (kiriman,) = check(written(tmp_path / "surel.eml", surel))
    assert codes(kiriman) == {code}
    assert kiriman.status == "ditolak"
    assert kiriman.surat is not None
    assert "Tindakan: " in kiriman.problems[0].pesan


def test_encrypted_mail_is_refused_with_advice(tmp_path: Path) -> None:
    surel = surat.mail()
    surel.add_attachment(bytes(100), "application", "pkcs7-mime", filename="smime.p7m")
    (kiriman,) = check(written(tmp_path / "s.eml", surel))
    assert codes(kiriman) == {"K07"}


def test_logos_and_thanks_are_counted(form: bytes, tmp_path: Path) -> None:
    signed = surat.mail(("BukuKerja.xlsx", form))
    signed.add_attachment(b"\x89PNG" + bytes(900), "image", "png", cid="<logo>", disposition="inline")
    written(tmp_path / "a.eml", signed)
    written(tmp_path / "b.eml", surat.mail(text="Terima kasih.\n"))
    with Opener() as opener:
        items, problems = take_in([tmp_path], opener, tmp_path / "keluar")
    assert [m.berkas for m in items] == ["a.eml › BukuKerja.xlsx"]
    assert [(p.kode, p.values["jumlah"]) for p in problems] == [("K06", 2)]


# --- names --------------------------------------------------------------------------------------------------------

NAMES = {
    "RFC 2231": (b"filename*=UTF-8''Buku%20Kerja%20%E2%80%93%20REN.xlsx", "Buku Kerja – REN.xlsx"),
    "RFC 2231 dipotong": (
        b"filename*0*=UTF-8''Buku%20; filename*1*=Kerja%20REN; filename*2=.xlsx",
        "Buku Kerja REN.xlsx",
    ),
    "RFC 2047 dalam kutip": (
        b'filename="=?UTF-8?Q?Buku_Kerja_=E2=80=93_REN=2Exlsx?="',
        "Buku Kerja – REN.xlsx",
    ),
    "byte UTF-8 mentah": ('filename="Buku Kerja – REN.xlsx"'.encode(), "Buku Kerja – REN.xlsx"),
    "jalur Windows": (b'filename="C:\\\\Users\\\\Siti\\\\REN.xlsx"', "REN.xlsx"),
    "jalur ke atas": (b'filename="../../etc/REN.xlsx"', "REN.xlsx"),
    "alfabet tidak dikenal": (b"filename*=tidak-ada''REN.xlsx", "REN.xlsx"),
}


@pytest.mark.parametrize("name", NAMES)
def test_name_of_an_attachment(name: str, form: bytes, tmp_path: Path) -> None:
    header, shown = NAMES[name]
    content = surat.mail(("X.xlsx", form)).as_bytes().replace(b'filename="X.xlsx"', header)
    assert header in content
    (kiriman,) = check(written(tmp_path / "n.eml", content))
    assert kiriman.berkas == f"n.eml › {shown}"
    assert read(kiriman)


def test_names_of_old_alphabets_in_a_zip(form: bytes, tmp_path: Path) -> None:
    path = written(tmp_path / "z.zip", surat.cp437_zip("報告.xlsx".encode("shift_jis"), form))
    (kiriman,) = check(path)
    assert kiriman.berkas == "z.zip › 報告.xlsx"
    assert read(kiriman)


# --- many ---------------------------------------------------------------------------------------------------------


def test_two_hundred_forms_in_a_zip_are_all_there(form: bytes, tmp_path: Path) -> None:
    path = written(tmp_path / "banyak.zip", many(form))
    items = taken(tmp_path, path)
    assert len(items) == len({m.berkas for m in items}) == 200
    assert len({m.path.read_bytes() for m in items}) == 200


def test_thousand_mails_give_each_attachment_once_in_any_order(tmp_path: Path) -> None:
    rng = random.Random(5)
    mails, sent = [], []
    for n in range(1000):
        content = surat.zipped({"xl/workbook.xml": b"%d" % n})
        files = [("BukuKerja-2024-KUL.xlsx", content)] if rng.random() < 0.8 else []
        files += [("rekap.xlsx", content + b" ")] if rng.random() < 0.2 else []
        sent += [data for _, data in files]
        who, text = f"Staf {n} <s{n}@kpu.example>", "From sini.\n\nFrom sana.\n"
        surel = surat.mail(*files, id=f"<{n}@kpu.example>", dari=who, text=text)
        mails.append((surat.forwarded(surel) if rng.random() < 0.1 else surel).as_bytes())
    first = taken(tmp_path / "a", written(tmp_path / "a" / "kotak.mbox", surat.mbox(*mails)))
    rng.shuffle(mails)
    second = taken(tmp_path / "b", written(tmp_path / "b" / "kotak.mbox", surat.mbox(*mails)))
    assert sorted(m.path.read_bytes() for m in first) == sorted(sent)
    as_read = [{m.berkas: m.path.read_bytes() for m in found} for found in (first, second)]
    assert as_read[0] == as_read[1]
    assert len(as_read[0]) == len(sent)


def taken(folder: Path, path: Path) -> list[Masuk]:
    with Opener() as opener:
        items, _ = take_in([path], opener, folder / "keluar")
    assert not [m for m in items if m.problems]
    return items


def test_maildir(form: bytes, tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "surat" / part).mkdir(parents=True)
    for n, name in enumerate(
        ("cur/1759450000.M1.host:2,S", "new/1759450001.M2.host", "tmp/1759450002.M3.host")
    ):
        written(tmp_path / "surat" / name, surat.mail((f"B{n}.xlsx", form), id=f"<{n}@x>"))
    found = check(tmp_path)
    assert [k.berkas.rpartition(" › ")[2] for k in found] == ["B0.xlsx", "B1.xlsx"]
    assert all(map(read, found))


def test_every_item_has_one_state_and_its_mail_in_the_report(form: bytes, tmp_path: Path) -> None:
    """Through the command: a zip, a mail, a mail without a form, and a plain file."""
    folder = tmp_path / "kiriman"
    written(folder / "a.zip", surat.zipped({"REN.xlsx": form, "surat.pdf": b"%PDF-1.4"}))
    written(folder / "b.eml", surat.mail(("REN.xlsx", form)))
    written(folder / "c.eml", surat.mail(text=LINK))
    written(folder / "BukuKerja-2024-REN.xlsx", form)
    told = CliRunner().invoke(cli, ["periksa", str(folder), "--rencana", str(bahan.RENCANA_CONTOH), "--json"])
    found = {item["berkas"]: item for item in json.loads(told.stdout)}
    assert {name: item["status"] for name, item in found.items()} == {
        "a.zip › REN.xlsx": "peringatan", "a.zip › surat.pdf": "ditolak", "b.eml › REN.xlsx": "peringatan",
        "c.eml": "ditolak", "BukuKerja-2024-REN.xlsx": "peringatan",
    }  # fmt: skip
    assert found["b.eml › REN.xlsx"]["surel"]["pengirim"] == "Siti <siti@kpu.example>"
    assert found["a.zip › REN.xlsx"]["surel"] is None


def test_package_with_an_odd_first_entry_is_no_archive(form: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "asli.xlsx", "w") as out:
        out.writestr("aneh.txt", "x")
        out.writestr("[Content_Types].xml", "<Types/>")
    found = check(tmp_path / "asli.xlsx")
    assert [k.berkas for k in found] == ["asli.xlsx"]
