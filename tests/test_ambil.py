"""Mails fetched from a real IMAP server: each attachment once, none lost, whatever is cut or killed on the way."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import rusak
import surat
from click.testing import CliRunner, Result
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from kantor import Kantor, make_kantor
from pos_sungguhan import PENGGUNA, SANDI, Pos, free_ports, open_jalur, open_pos, write_setelan

from builder import pengambilan
from builder.__main__ import cli
from builder.masalah import Message, Refused
from builder.masukan import take_in
from builder.pengambilan import Pengambilan, fetch_mail
from builder.strict import Opener
from workbook_templates.dasbor import FOLDER

SEED = 2026


@pytest.fixture(scope="module")
def pos() -> Iterator[Pos]:
    with open_pos() as running:
        yield running


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("ambil") / "kantor")


@pytest.fixture
def kantor(terbangun: Kantor, pos: Pos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kantor:
    pos.empty()
    kantor = terbangun.copy(tmp_path / "kantor")
    write_setelan(kantor.folder, pos)
    monkeypatch.setenv("RKT_SANDI", SANDI)
    monkeypatch.setattr(pengambilan, "PAUSES", (0.0, 0.0))
    return kantor


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def told(kantor: Kantor, *more: object) -> str:
    """A command that ends with 1: what it said."""
    done = run("ambil", kantor.konsolidasi, *more)
    assert done.exit_code == 1
    return str(done.exception) + done.output


def bodies(pos: Pos, before: int, sessions: int = 1) -> int:
    """How many bodies the next sessions after the first so many fetched, as soon as the server has said so."""
    until = time.monotonic() + 10
    while len(pos.fetched) < before + sessions and time.monotonic() < until:
        time.sleep(0.02)
    assert len(pos.fetched) == before + sessions
    return sum(pos.fetched[before:])


def stored(kantor: Kantor) -> list[Path]:
    """Every file in the folder of returns; nothing there but mails."""
    found = sorted(kantor.kiriman.iterdir()) if kantor.kiriman.is_dir() else []
    assert all(p.name.startswith("surel-") and p.suffix == ".eml" for p in found), found
    return found


def attachments(kantor: Kantor, folder: Path) -> Counter[bytes]:
    """What the house takes out of the folder of returns, by its bytes."""
    folder.mkdir()
    with Opener() as opener:
        items, _ = take_in([kantor.kiriman], opener, folder)
        return Counter(m.path.read_bytes() for m in items if not m.problems)


def plain(n: int, text: str = "") -> EmailMessage:
    return surat.mail((f"B{n}.xlsx", f"isi {n} {text}".encode()), id=f"<{n}@kpu.example>")


def rfc2231(n: int, content: bytes) -> bytes:
    """A name in pieces and percent signs, as some programs write it."""
    raw = surat.mail(("nama.xlsx", content), id=f"<{n}@kpu.example>").as_bytes()
    return raw.replace(
        b'filename="nama.xlsx"', b"filename*0*=UTF-8''Buku%20kerja%20;\r\n filename*1*=%C3%A9%20KUL.xlsx"
    )


def one_of_each(n: int, rng: random.Random) -> tuple[bytes, list[bytes]]:
    """A mail of one of the kinds that come, and the attachments in it."""
    one, two = (f"lampiran {n} {k} {rng.random()}".encode() for k in "ab")
    id = f"<{n}@kpu.example>"
    match n % 10:
        case 0:  # no attachment at all
            return surat.mail(id=id, text=f"Mohon petunjuk {n}.\n").as_bytes(), []
        case 1:  # a link instead of one
            link = f"Berkas: https://drive.google.com/file/d/{n}\n"
            return surat.mail(id=id, text=link).as_bytes(), []
        case 2:
            return surat.forwarded(surat.mail(("BukuKerja.xlsx", one), id=id)).as_bytes(), [one]
        case 3:
            inner = surat.zipped({"a/BukuKerja.xlsx": one, "b/BukuKerja.xlsx": two})
            return surat.mail(("kiriman.zip", surat.zipped({"dalam.zip": inner})), id=id).as_bytes(), [
                one,
                two,
            ]
        case 4:
            return rfc2231(n, one), [one]
        case 5:
            mail = surat.mail(id=id)
            mail.add_attachment(
                surat.tnef("BukuKerja.xlsx", one), "application", "ms-tnef", filename="winmail.dat"
            )
            return mail.as_bytes(), [one]
        case _:  # names that meet
            return surat.mail(("BukuKerja.xlsx", one), ("BukuKerja.xlsx", two), id=id).as_bytes(), [one, two]


# --- a thousand ---------------------------------------------------------------------------------------------------


def test_a_thousand_mails_each_attachment_once(kantor: Kantor, pos: Pos, tmp_path: Path) -> None:
    rng, before = random.Random(SEED), len(pos.fetched)
    mails = [one_of_each(n, rng) for n in range(1000)]
    pos.deliver(*(content for content, _ in mails))
    first = run("ambil", kantor.konsolidasi)
    assert first.exit_code == 0, first.output + repr(first.exception)
    assert "1000 surel baru disimpan di folder kiriman." in first.output
    assert f"rkt segarkan {kantor.konsolidasi.name}" in first.output
    assert len(stored(kantor)) == 1000
    assert attachments(kantor, tmp_path / "isi") == Counter(a for _, found in mails for a in found)

    assert bodies(pos, before) == 1000
    content = {p.name: p.stat().st_mtime_ns for p in stored(kantor)}
    again = run("ambil", kantor.konsolidasi)
    assert (again.exit_code, again.output) == (0, "Tidak ada surel baru.\n")
    assert bodies(pos, before + 1) == 0

    pos.set_uidvalidity(4711)
    anew = run("ambil", kantor.konsolidasi)
    assert anew.output == "Tidak ada surel baru.\n"
    assert bodies(pos, before + 2) == 1000  # the server's numbers mean nothing now: it has to be asked
    assert {p.name: p.stat().st_mtime_ns for p in stored(kantor)} == content


def test_mail_whose_file_was_deleted_is_fetched_again_on_request(kantor: Kantor, pos: Pos) -> None:
    pos.deliver(*(plain(n).as_bytes() for n in range(3)))
    assert "3 surel baru" in run("ambil", kantor.konsolidasi).output
    stored(kantor)[0].unlink()
    assert run("ambil", kantor.konsolidasi).output == "Tidak ada surel baru.\n"
    assert "1 surel baru" in run("ambil", kantor.konsolidasi, "--ulang").output
    assert len(stored(kantor)) == 3


def test_mailbox_is_as_it_was(kantor: Kantor, pos: Pos) -> None:
    pos.deliver(plain(1).as_bytes())
    fetch_mail(kantor.konsolidasi)
    (path,) = (p for p in (pos.folder / "kotak" / PENGGUNA).rglob("*.uji*") if p.is_file())
    assert path.name.partition(":2,")[2] == "", "no mail is marked as read"
    (mine,) = stored(kantor)
    assert mine.read_bytes() == path.read_bytes()


def test_days_folders_and_starttls(kantor: Kantor, pos: Pos) -> None:
    pos.deliver(plain(1).as_bytes(), plain(2).as_bytes(), box="RKT")
    setelan = write_setelan(kantor.folder, pos, imap=pos.imap, kotak="INBOX.RKT")
    setelan.write_text(setelan.read_text().replace("[smtp]", 'keamanan = "starttls"\n[smtp]', 1))
    assert "«INBOX»" in told(kantor)
    setelan.write_text(setelan.read_text().replace("INBOX.RKT", "RKT"))
    for typed in ("2099-01-31", "31/01/2099"):
        assert run("ambil", kantor.konsolidasi, "--sejak", typed).output == "Tidak ada surel baru.\n"
    assert run("ambil", kantor.konsolidasi, "--sejak", "31-31-2099").exit_code == 2
    assert fetch_mail(kantor.konsolidasi).baru == 2


def test_mail_above_the_limit_is_told_and_stays(
    kantor: Kantor, pos: Pos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pengambilan, "MOST_CONTENT", 20_000)
    large = surat.mail(("besar.xlsx", os.urandom(30_000)), id="<besar@kpu.example>").as_bytes()
    pos.deliver(plain(1).as_bytes(), large)
    before = len(pos.fetched)
    said = told(kantor)
    assert "[K12]" in said
    assert "Siti <siti@kpu.example>, 2026-10-03, «Laporan triwulan»" in said
    assert "1 surel baru" in said
    assert bodies(pos, before) == 1
    again = run("ambil", kantor.konsolidasi)
    assert again.exit_code == 0
    assert "[K13] 1 surel terlalu besar" in again.output
    assert "Siti <siti@kpu.example>" in again.output
    assert bodies(pos, before + 1) == 0


# --- cut and killed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "after", [0, 700, 4_000, 9_000, *random.Random(SEED).sample(range(9_000, 60_000), 5)]
)
def test_cut_after_so_many_bytes(after: int, kantor: Kantor, pos: Pos, tmp_path: Path) -> None:
    """Each connection is cut; what came before stays, and the next run over a sound line brings the rest once."""
    expected = Counter(f"isi {n} {'x' * 900}".encode() for n in range(40))
    pos.deliver(*(plain(n, "x" * 900).as_bytes() for n in range(40)))
    with open_jalur(pos.imaps, after) as jalur:
        write_setelan(kantor.folder, pos, imap=jalur.port)
        made = _fetched_or_refused(kantor)
        if isinstance(made, Refused):
            assert [p.message for p in made.problems] == [Message.U25]
            assert jalur.connections >= 3
            assert f"{len(stored(kantor))} surel baru sudah disimpan" in str(made)
        else:
            assert (made.baru, jalur.connections > 1) == (40, True)
    write_setelan(kantor.folder, pos)
    done = len(stored(kantor))
    assert fetch_mail(kantor.konsolidasi).baru == 40 - done
    assert len(stored(kantor)) == 40
    assert attachments(kantor, tmp_path / "isi") == expected


def _fetched_or_refused(kantor: Kantor) -> Pengambilan | Refused:
    try:
        return fetch_mail(kantor.konsolidasi)
    except Refused as refused:
        return refused


def test_killed_at_any_moment(kantor: Kantor, pos: Pos, tmp_path: Path) -> None:
    """kill -9 before a call that changes the folder; the next run has every mail once, and nothing else is left."""
    pos.deliver(*(plain(n).as_bytes() for n in range(30)))
    said, work = tmp_path / "kata.txt", tmp_path / "kerja"
    arguments = ["ambil", str(work / kantor.konsolidasi.name)]
    rusak.fresh(kantor.folder, work)
    assert rusak.try_out(arguments, work, rusak.kill_at(0), said) == 0, said.read_text()
    calls, whole = int(said.read_text().partition("\n")[0]), _names(work)
    assert calls > 150
    for n in rusak.chosen(calls, 14):
        rusak.fresh(kantor.folder, work)
        assert rusak.try_out(arguments, work, rusak.kill_at(n), said) == rusak.MATI
        assert rusak.try_out(arguments, work, rusak.kill_at(0), said) == 0, (n, said.read_text())
        assert _names(work) == whole, n
        noted = Kantor(work, kantor.rkt)
        assert run("ambil", noted.konsolidasi).output == "Tidak ada surel baru.\n"


def test_killed_after_so_many_milliseconds(kantor: Kantor, pos: Pos, tmp_path: Path) -> None:
    """The same inside of whatever it is doing: SQLite, the network, a write."""
    pos.deliver(*(plain(n).as_bytes() for n in range(30)))
    rng, whole = random.Random(SEED), None
    for milliseconds in [None, *(rng.randrange(30, 500) for _ in range(8))]:
        work = rusak.fresh(kantor.folder, tmp_path / "kerja")
        arguments = ["ambil", str(work / kantor.konsolidasi.name)]
        if milliseconds is not None:
            _kill_later(arguments, milliseconds / 1000)
        code, said = rusak.run(arguments)
        assert code == 0, (milliseconds, said)
        whole = whole or _names(work)
        assert _names(work) == whole, milliseconds
        assert fetch_mail(work / kantor.konsolidasi.name).baru == 0


def _kill_later(arguments: list[str], seconds: float) -> None:
    pid = os.fork()
    if not pid:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        rusak.run(arguments)
        os._exit(0)
    os.waitpid(pid, 0)


def _names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if "journal" not in p.name}


# --- what is said -------------------------------------------------------------------------------------------------


def test_wrong_password(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RKT_SANDI_IMAP", "bukan-sandi-nya-é")
    said = told(kantor)
    assert "[U23] Server 127.0.0.1 menolak pengguna perencana atau kata sandinya" in said
    assert "rkt sandi" in said
    assert "bukan-sandi" not in said


def test_password_that_an_old_server_cannot_take(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RKT_SANDI_IMAP", "rahasia-é")
    monkeypatch.setattr(IMAPClient, "has_capability", lambda self, name: name != "AUTH=PLAIN")
    refused = run("ambil", kantor.konsolidasi).exception
    assert "[U13]" in str(refused)
    assert refused is not None
    assert refused.__context__ is None


def test_certificate_that_nobody_vouches_for(kantor: Kantor) -> None:
    setelan = kantor.folder / "surel.toml"
    lines = [line for line in setelan.read_text().splitlines() if not line.startswith("sertifikat")]
    setelan.write_text("\n".join(lines))
    said = told(kantor)
    assert "[U21] Sertifikat server 127.0.0.1 tidak dapat dipercaya: penerbitnya tidak dikenal" in said
    assert 'sertifikat = "ca-kantor.pem"' in said


@pytest.mark.parametrize("content", [b"", b"bukan sertifikat"])
def test_certificate_file_that_is_none(content: bytes, kantor: Kantor) -> None:
    setelan = kantor.folder / "surel.toml"
    text = setelan.read_text().splitlines()
    setelan.write_text("\n".join("sertifikat = 'ca.pem'" if t.startswith("sertifikat") else t for t in text))
    if content:
        (kantor.folder / "ca.pem").write_bytes(content)
    assert "[U27]" in told(kantor)


def test_no_server_and_no_such_name(kantor: Kantor, pos: Pos) -> None:
    (port,) = free_ports(1)
    setelan = write_setelan(kantor.folder, pos, imap=port)
    assert f"[U20] Server 127.0.0.1 port {port} tidak dapat dihubungi: tidak ada yang menjawab" in told(
        kantor
    )
    setelan.write_text(setelan.read_text().replace('server = "127.0.0.1"', 'server = "surel.invalid"', 1))
    assert "nama server tidak ditemukan" in told(kantor)


def test_server_that_offers_no_tls(kantor: Kantor, pos: Pos) -> None:
    """A port that speaks before TLS, of the same kind or of another."""
    write_setelan(kantor.folder, pos, imap=pos.imap)
    assert "[U22]" in told(kantor)
    write_setelan(kantor.folder, pos, imap=pos.smtp)
    assert "[U22]" in told(kantor)


def test_server_that_makes_no_sense(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IMAPClientError(f"{SANDI}?")

    monkeypatch.setattr(IMAPClient, "search", fail)
    said = told(kantor)
    assert "[U26] Server 127.0.0.1 menjawab tidak semestinya" in said
    assert SANDI not in said


def test_without_the_extra(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imapclient", None)
    assert "[U12] Bagian surel belum dipasang (imapclient)" in told(kantor)


def test_office_that_is_not_ready(kantor: Kantor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[S01]" in str(run("ambil", kantor.folder / "Lain.xlsx").exception)
    kantor.type_at(FOLDER, "tidak/ada/folder")
    assert "[L23]" in told(kantor)
    (kantor.folder / "surel.toml").unlink()
    said = told(kantor)
    assert "[U01]" in said
    assert "[imap]" in said
    assert 'server = "imap.kpu.go.id"' in said
