"""Settings of the office's mail, read from surel.toml and checked: every fault at once, with its key and an example.

The keys are one table (`_KUNCI`). A password has no place in it, and a connection without TLS no word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Literal

from builder.masalah import Message, Problem, Refused, os_reason

NAMA = "surel.toml"

Bagian = Literal["imap", "smtp", "alamat"]
Keamanan = Literal["tls", "starttls"]

_PORT: dict[tuple[str, str], int] = {
    ("imap", "tls"): 993, ("imap", "starttls"): 143, ("smtp", "tls"): 465, ("smtp", "starttls"): 587,
}  # fmt: skip
_KEAMANAN: dict[str, Keamanan] = {"imap": "tls", "smtp": "starttls"}
_SANDI = re.compile(r"sandi|pass|pwd|rahasia|secret|token|\bpin\b", re.IGNORECASE)
_SERVER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ALAMAT = re.compile(
    r"""\s*(?:"?(?P<nama>[^<>"\r\n]*?)"?\s*<(?P<a>[^<>]*)>|(?P<b>[^<>\s]+))\s*""",
)
_ADDR_SPEC = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and who we are there."""

    server: str
    port: int
    keamanan: Keamanan
    pengguna: str
    sertifikat: Path | None = None  # of the office's own authority


@dataclass(frozen=True, slots=True)
class Imap:
    """Where mail is fetched."""

    server: Server
    kotak: str


@dataclass(frozen=True, slots=True)
class Smtp:
    """By whom letters are sent, and through which server; None for drafts."""

    server: Server | None
    pengirim: Address
    balas_ke: Address | None = None

    @property
    def reply(self) -> str:
        """The address to which an answer goes."""
        return (self.balas_ke or self.pengirim).addr_spec


@dataclass(frozen=True, slots=True)
class Setelan:
    """What surel.toml says; a section that is not there is None."""

    imap: Imap | None = None
    smtp: Smtp | None = None
    alamat: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)


def read_setelan(path: Path, needed: Collection[Bagian], kode: Collection[str]) -> Setelan:
    """The settings, of which some sections are needed; `kode`: of the sub-bagian. Raises Refused with every fault."""
    return _Reading(path, frozenset(needed), tuple(kode)).read(_load(path))


def read_address(text: object) -> Address | None:
    """«Nama <nama@kantor.go.id>» or the bare address; None where it is neither."""
    found = _ALAMAT.fullmatch(text) if isinstance(text, str) and text.isprintable() else None
    spec = (found["a"] or found["b"] or "").strip() if found else ""
    return (
        Address((found["nama"] or "").strip(), addr_spec=spec)
        if found and _ADDR_SPEC.fullmatch(spec)
        else None
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))  # Notepad writes a mark in front
    except FileNotFoundError:
        raise Refused(Problem(Message.U01, str(path))) from None
    except OSError as error:
        raise Refused(Problem(Message.S03, str(path), values={"sebab": os_reason(error)})) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # What the parser says may quote the line, and with it a password: only its number is told.
        line = _LINE.search(str(error))
        values = {"baris": line[1] if line else "terakhir"}
        raise Refused(Problem(Message.U02, path.name, values=values)) from None


# --- the table of keys --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kunci:
    """One key: what is right for it, and an example as it is to be written."""

    contoh: str
    harus: str
    is_right: Callable[[object], bool]
    wajib: bool = False
    tampil: bool = True  # whether a wrong value may be quoted: one that may hold a password is not


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_server(value: object) -> bool:
    return isinstance(value, str) and bool(_SERVER.fullmatch(value))


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65_536


def _is_address(value: object) -> bool:
    return read_address(value) is not None


_TLS = _Kunci(
    '"tls"',
    '"tls" atau "starttls"; sambungan tanpa penyandian tidak tersedia',
    ("tls", "starttls").__contains__,
)
_SERTIFIKAT = _Kunci('"ca-kantor.pem"', "nama berkas sertifikat di samping surel.toml", _is_text)
_PENGGUNA = _Kunci('"perencana@kpu-kotacontoh.go.id"', "nama pengguna di server itu", _is_text, wajib=True)
_KUNCI: dict[str, dict[str, _Kunci]] = {
    "imap": {
        "server": _Kunci('"imap.kpu.go.id"', "nama server saja", _is_server, wajib=True, tampil=False),
        "port": _Kunci("993", "nomor port", _is_port),
        "keamanan": _TLS,
        "pengguna": _PENGGUNA,
        "kotak": _Kunci('"INBOX/RKT"', "nama folder surat di server itu", _is_text),
        "sertifikat": _SERTIFIKAT,
    },
    "smtp": {
        "server": _Kunci('"smtp.kpu.go.id"', "nama server saja", _is_server, wajib=True, tampil=False),
        "port": _Kunci("587", "nomor port", _is_port),
        "keamanan": _TLS,
        "pengguna": _PENGGUNA,
        "pengirim": _Kunci(
            '"Perencanaan KPU Kota Contoh <perencana@kpu-kotacontoh.go.id>"', "alamat surel", _is_address, wajib=True
        ),
        "balas_ke": _Kunci('"perencana@kpu-kotacontoh.go.id"', "alamat surel", _is_address),
        "sertifikat": _SERTIFIKAT,
    },
}  # fmt: skip


@dataclass
class _Reading:
    """One file being read, and the faults found so far."""

    path: Path
    needed: frozenset[Bagian]
    kode: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)

    def read(self, found: dict[str, Any]) -> Setelan:
        self._refuse_sandi(found)
        for name in found.keys() - {*_KUNCI, "alamat"}:
            self._tell(Message.U05, "", name, daftar="[imap], [smtp], [alamat]")
        imap, smtp = (self._section(name, found) for name in _KUNCI)
        alamat = self._addresses(found)
        if self.problems:
            raise Refused(*self.problems)
        return Setelan(self._imap(imap), self._smtp(smtp), alamat)

    def _tell(self, message: Message, bagian: str, kunci: str, **values: str) -> None:
        place = f"[{bagian}]" if bagian else None
        self.problems.append(Problem(message, self.path.name, place, values={"kunci": kunci, **values}))

    # --- passwords ------------------------------------------------------------------------------------------------

    def _refuse_sandi(self, found: dict[str, Any]) -> None:
        """Tell every key that looks like a password, and take it out: its value is shown nowhere."""
        for bagian, kunci, holder in list(_walk(found)):
            if _SANDI.search(kunci) and not isinstance(holder[kunci], dict):
                del holder[kunci]
                self._tell(Message.U06, bagian, kunci)

    # --- servers --------------------------------------------------------------------------------------------------

    def _section(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        """A section whose keys have been checked; {} where it is missing or wrong."""
        given = found.get(name, {})
        keys = _KUNCI[name]
        if not isinstance(given, dict):
            self._tell(Message.U05, "", name, daftar="[imap], [smtp], [alamat]")
            return {}
        for kunci in given.keys() - keys.keys():
            self._tell(Message.U05, name, kunci, daftar=", ".join(keys))
        for kunci, rule in keys.items():
            self._check(name, kunci, rule, given)
        return given

    def _check(self, bagian: str, kunci: str, rule: _Kunci, given: dict[str, Any]) -> None:
        if kunci in given and not rule.is_right(given[kunci]):
            quoted = f" (sekarang «{given[kunci]}»)" if rule.tampil else ""
            self._tell(Message.U04, bagian, kunci, harus=rule.harus + quoted, contoh=rule.contoh)
        elif kunci not in given and rule.wajib and bagian in self.needed:
            self._tell(Message.U03, bagian, kunci, contoh=rule.contoh)

    def _imap(self, given: dict[str, Any]) -> Imap | None:
        return Imap(server, given.get("kotak", "INBOX")) if (server := self._server("imap", given)) else None

    def _smtp(self, given: dict[str, Any]) -> Smtp | None:
        pengirim = read_address(given.get("pengirim"))
        return (
            Smtp(self._server("smtp", given), pengirim, read_address(given.get("balas_ke")))
            if pengirim
            else None
        )

    def _server(self, bagian: str, given: dict[str, Any]) -> Server | None:
        if not given.get("server") or not given.get("pengguna"):
            return None
        keamanan = given.get("keamanan", _KEAMANAN[bagian])
        sertifikat = self.path.parent / given["sertifikat"] if given.get("sertifikat") else None
        port = given.get("port", _PORT[bagian, keamanan])
        return Server(given["server"].lower(), port, keamanan, given["pengguna"].strip(), sertifikat)

    # --- addresses ------------------------------------------------------------------------------------------------

    def _addresses(self, found: dict[str, Any]) -> dict[str, tuple[Address, ...]]:
        given = found.get("alamat", {})
        if not isinstance(given, dict):
            self._tell(Message.U05, "", "alamat", daftar="[imap], [smtp], [alamat]")
            return {}
        by_code = {k.upper(): k for k in self.kode}
        addresses: dict[str, tuple[Address, ...]] = {}
        for kunci, value in given.items():
            kode = by_code.get(kunci.upper())
            if kode is None:
                self._tell(Message.U07, "alamat", kunci, daftar=", ".join(self.kode))
            else:
                addresses[kode] = tuple(self._each_address(kunci, value))
        return addresses

    def _each_address(self, kunci: str, value: object) -> Iterator[Address]:
        for text in value if isinstance(value, list) else [value]:
            if text == "":
                continue  # not known yet: told when a letter would go there
            address = read_address(text)
            if address:
                yield address
            else:
                harus, contoh = f"alamat surel (sekarang «{text}»)", '"kepala@kpu-kotacontoh.go.id"'
                self._tell(Message.U04, "alamat", kunci, harus=harus, contoh=contoh)


def _walk(table: dict[str, Any], bagian: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every key with the section it stands in and the table that holds it."""
    for kunci, value in table.items():
        yield bagian, kunci, table
        if isinstance(value, dict):
            yield from _walk(value, bagian or kunci)
