"""surel.toml and the password: every fault told at once, and the password in no file, log, message or repr."""

from __future__ import annotations

import base64
import logging
import pickle
import sys
import tempfile
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from click.testing import CliRunner, Result
from kantor import Kantor, make_kantor

from builder.__main__ import cli, main
from builder.contoh import examples_folder
from builder.log import without_secrets
from builder.masalah import Problem, Refused
from builder.pos import sandi
from builder.pos.sandi import Sandi, drop_sandi, find_sandi, keep_sandi
from builder.pos.setelan import Bagian, Server, Setelan, read_address, read_setelan
from builder.tanggal import read_date, write_date

RAHASIA = "Kunci-Gudang:88/é"
KODE = ("REN", "KUL", "TEK", "HUK")
SERVER = Server("imap.kpu.example", 993, "tls", "perencana")


def read(folder: Path, text: str, *needed: Bagian) -> Setelan:
    path = folder / "surel.toml"
    path.write_text(text, "utf-8")
    return read_setelan(path, needed, KODE)


def faults(folder: Path, text: str, *needed: Bagian) -> list[Problem]:
    with pytest.raises(Refused) as caught:
        read(folder, text, *needed)
    return list(caught.value.problems)


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], input=typed)


# --- settings -----------------------------------------------------------------------------------------------------


def test_sample_is_sound_and_says_all(tmp_path: Path) -> None:
    found = read_setelan(examples_folder() / "surel.toml", ("imap", "smtp", "alamat"), KODE)
    assert found.imap is not None
    assert found.smtp is not None
    assert found.smtp.server is not None
    assert (found.imap.server.port, found.imap.server.keamanan, found.imap.kotak) == (993, "tls", "INBOX/RKT")
    assert (found.smtp.server.port, found.smtp.server.keamanan) == (587, "starttls")
    assert found.smtp.reply == "perencana@kpu-kotacontoh.go.id"
    assert [len(found.alamat[k]) for k in KODE] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("bagian", "keamanan", "port"),
    [("imap", "starttls", 143), ("smtp", "tls", 465), ("smtp", "starttls", 587)],
)
def test_port_follows_the_way_of_encryption(bagian: str, keamanan: str, port: int, tmp_path: Path) -> None:
    more = 'pengirim = "a@b.id"' if bagian == "smtp" else ""
    text = f'[{bagian}]\nserver = "s.id"\npengguna = "p"\nkeamanan = "{keamanan}"\n{more}'
    found = read(tmp_path, text, "imap" if bagian == "imap" else "smtp")
    server = found.imap.server if found.imap else found.smtp.server if found.smtp else None
    assert server is not None
    assert server.port == port


def test_every_fault_at_once_with_key_and_example(tmp_path: Path) -> None:
    text = """
    [imap]
    server = "imaps://orang:RAHASIA@imap.kpu.go.id"
    port = "993"
    keamanan = "tanpa"
    kotk = "INBOX"
    [smtp]
    server = "smtp.kpu.go.id"
    pengirim = "Perencanaan"
    [alamat]
    KUL = ["kul@kpu.go.id", "kul kpu"]
    XYZ = "x@kpu.go.id"
    [lain]
    """
    found = faults(tmp_path, text, "imap", "smtp", "alamat")
    told = "\n".join(p.pesan for p in found)
    assert sorted(p.kode for p in found) == sorted(
        ["U03", "U03", "U04", "U04", "U04", "U04", "U04", "U05", "U05", "U07"]
    )
    for expected in (
        "surel.toml › [imap] — Isi kunci «server»", "port = 993", '"tls" atau "starttls"', "Kunci «kotk» tidak dikenal",
        "[imap] — Kunci «pengguna» belum ada", "sekarang «Perencanaan»", "sekarang «kul kpu»",
        "Sub-bagian «XYZ» tidak ada dalam rencana", "REN, KUL, TEK, HUK", "Kunci «lain»",
    ):  # fmt: skip
        assert expected in told, (expected, told)
    assert "RAHASIA" not in told


@pytest.mark.parametrize("key", ["sandi", "password", "Kata_Sandi", "passwd", "app_password", "token"])
@pytest.mark.parametrize("section", ["", "[imap]", "[smtp]", "[alamat]"])
def test_password_has_no_place_in_the_settings(section: str, key: str, tmp_path: Path) -> None:
    (problem,) = faults(tmp_path, f'{section}\n{key} = "{RAHASIA}"\n')
    assert problem.kode == "U06"
    assert "rkt sandi" in problem.pesan
    assert RAHASIA not in problem.pesan


@pytest.mark.parametrize("text", [f'[imap]\nsandi = "{RAHASIA}', f"sandi = {RAHASIA}", "[imap\n"])
def test_file_that_is_no_toml_is_told_by_its_line_only(text: str, tmp_path: Path) -> None:
    (problem,) = faults(tmp_path, text)
    assert problem.kode == "U02"
    assert RAHASIA not in problem.pesan
    assert "baris" in problem.pesan


def test_sections_of_the_wrong_kind(tmp_path: Path) -> None:
    assert [p.kode for p in faults(tmp_path, "imap = 1\nalamat = 2\n")] == ["U05", "U05"]


def test_what_windows_writes_and_what_is_not_known_yet(tmp_path: Path) -> None:
    found = read(tmp_path, '\ufeff[alamat]\nkul = ""\nREN = ["", "Adi <adi@kpu.go.id>"]\n')
    assert found.alamat["KUL"] == ()
    assert str(found.alamat["REN"][0]) == "Adi <adi@kpu.go.id>"


@pytest.mark.parametrize(
    "text",
    ["a", "a@b", "a b@kpu.go.id", "a@kpu.go.id, b@kpu.go.id", "é@kpu.go.id", "a@kpu.go.id\nBcc: x@y.id", ""],
)
def test_what_is_no_address(text: str) -> None:
    assert read_address(text) is None


def test_dates() -> None:
    assert [str(read_date(t)) for t in ("2026-10-01", "1/10/2026", " 01-10-2026 ")] == ["2026-10-01"] * 3
    assert [read_date(t) for t in ("2026-13-01", "31/02/2026", "besok", "")] == [None] * 4
    date = read_date("2026-10-10")
    assert date is not None
    assert write_date(date) == "10 Oktober 2026"


# --- the password -------------------------------------------------------------------------------------------------


class Penyimpan(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.kept[service, username]
        except KeyError:
            raise keyring.errors.PasswordDeleteError from None


class Terkunci(Penyimpan):
    """One that its owner did not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(RAHASIA)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(password)

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.KeyringLocked


class Berkas(Penyimpan):
    """One that is a plain file."""

    priority = 0


@pytest.fixture
def penyimpan(monkeypatch: pytest.MonkeyPatch) -> Penyimpan:
    for name in ("RKT_SANDI", "RKT_SANDI_IMAP", "RKT_SANDI_SMTP"):
        monkeypatch.delenv(name, raising=False)
    kept = Penyimpan()
    _use(monkeypatch, kept)
    return kept


def _use(monkeypatch: pytest.MonkeyPatch, backend: Penyimpan) -> None:
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(backend, name))
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


def test_environment_wins_over_the_keyring(penyimpan: Penyimpan, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_sandi(SERVER, Sandi("dari penyimpan"))
    assert find_sandi("imap", SERVER).reveal() == "dari penyimpan"
    monkeypatch.setenv("RKT_SANDI", "umum")
    monkeypatch.setenv("RKT_SANDI_IMAP", "khusus")
    assert [find_sandi(b, SERVER).reveal() for b in ("imap", "smtp")] == ["khusus", "umum"]


def test_password_that_is_nowhere(penyimpan: Penyimpan) -> None:
    with pytest.raises(Refused, match=r"\[U10\].*rkt sandi.*RKT_SANDI_SMTP"):
        find_sandi("smtp", SERVER)
    assert not drop_sandi(SERVER)


@pytest.mark.parametrize("backend", [Terkunci, Berkas])
def test_keyring_that_is_none(backend: type[Penyimpan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RKT_SANDI", raising=False)
    _use(monkeypatch, backend())
    with pytest.raises(Refused, match=r"\[U11\]") as caught:
        keep_sandi(SERVER, Sandi(RAHASIA))
    assert caught.value.__context__ is None
    with pytest.raises(Refused, match=r"\[U11\]" if backend is Terkunci else r"\[U10\]"):
        find_sandi("imap", SERVER)
    if backend is Terkunci:
        with pytest.raises(Refused, match=r"\[U11\]"):
            drop_sandi(SERVER)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RKT_SANDI", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(Refused, match=r"\[U12\].*python -m pip install imapclient keyring"):
        find_sandi("imap", SERVER)


@pytest.fixture(scope="module")
def terbangun(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("setelan") / "kantor")


def test_command_asks_keeps_and_drops(
    terbangun: Kantor, penyimpan: Penyimpan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kantor = terbangun.copy(tmp_path / "kantor")
    monkeypatch.chdir(kantor.folder)
    said = run("sandi")
    assert said.exit_code == 1
    assert 'server = "imap.kpu.go.id"' in said.output
    (kantor.folder / "surel.toml").write_text("[imap]\n")
    assert "[U03]" in str(run("sandi").exception)
    text = (
        '[imap]\nserver = "imap.id"\npengguna = "p"\n'
        '[smtp]\nserver = "smtp.id"\npengguna = "p"\npengirim = "p@kpu.go.id"\n'
    )
    (kantor.folder / "surel.toml").write_text(text)
    said = run("sandi", typed=f"{RAHASIA}\n{RAHASIA}\n")
    assert said.exit_code == 0, said.output
    assert RAHASIA not in said.output
    assert penyimpan.kept == {("rkt imap.id", "p"): RAHASIA, ("rkt smtp.id", "p"): RAHASIA}
    said = run("sandi", "--hapus")
    assert "Sandi p di imap.id dihapus." in said.output
    assert penyimpan.kept == {}
    assert "memang tidak tersimpan" in run("sandi", "--hapus").output


# --- where it must not be -----------------------------------------------------------------------------------------


def forms(secret: str) -> list[str]:
    """The secret as it may be met: plain, as an escape, and in base64 behind whatever stands before it."""
    raw = secret.encode()
    encoded = [
        base64.b64encode(before + raw + b"\n").decode() for before in (b"", b"\0", b"\0u", b"\0orang\0")
    ]
    return [secret, ascii(secret)[1:-1], repr(raw)[2:-1], *(e[12:-6] for e in encoded)]


def test_password_shows_itself_to_nobody() -> None:
    kept = Sandi(RAHASIA)
    shown = f"{kept} {kept!r} {[kept]} {vars(sandi).get('kept')}"
    assert not any(f in shown for f in forms(RAHASIA))
    with pytest.raises(TypeError):
        pickle.dumps(kept)


def test_log_leaves_it_out_in_every_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of the program while the password was in use, with the password in the text of the error."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    Sandi(RAHASIA)

    def fail(*_: object) -> None:
        raw = (b"", b"\0", b"\0u", b"\0orang\0")
        encoded = [base64.b64encode(before + RAHASIA.encode() + b"\n").decode() for before in raw]
        raise ValueError(" | ".join([RAHASIA, ascii(RAHASIA), repr(RAHASIA.encode()), *encoded, "sebabnya"]))

    monkeypatch.setattr("builder.closed.find_konsolidasi", fail)
    with pytest.raises(SystemExit):
        main(["ambil"])
    written = (tmp_path / "rkt-kesalahan.log").read_text()
    assert "sebabnya" in written
    said = capsys.readouterr()
    for form in forms(RAHASIA):
        assert form not in written, form
        assert form not in said.out + said.err


def test_other_words_stay() -> None:
    Sandi("ab")  # too short to be told from a word
    assert without_secrets("abjad dan kabar") == "abjad dan kabar"


def test_library_of_the_mailbox_writes_no_log(caplog: pytest.LogCaptureFixture) -> None:
    from builder.pos import kotak_masuk

    with caplog.at_level(logging.DEBUG), pytest.raises(Refused):
        kotak_masuk._connect(Server("127.0.0.1", 1, "tls", "p"))
    logging.getLogger("imapclient.imaplib").debug("> LOGIN p %s", RAHASIA)
    assert RAHASIA not in caplog.text
