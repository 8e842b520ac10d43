"""What connects to a mail server, and what it says when it cannot: each cause its own message, a cut by itself."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator

from builder.masalah import Message, Problem, Refused, os_reason
from builder.pos.setelan import Server

WAIT = 30.0  # seconds for an answer

_CUT = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)
_CERTIFICATE = {  # OpenSSL's numbers
    9: "belum berlaku; periksa tanggal komputer ini",
    10: "sudah kedaluwarsa",
    62: "milik server lain",
    64: "milik server lain",
}


class Terputus(Exception):  # noqa: N818 - becomes another try, or a message
    """The connection was cut; says in Indonesian how."""


def tls_context(server: Server) -> ssl.SSLContext:
    """Certificates are checked, by the system's authorities and the office's own; raises Refused."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.sertifikat:
        try:
            context.load_verify_locations(server.sertifikat)
        except ssl.SSLError:
            raise Refused(_unread(server, "bukan sertifikat .pem")) from None
        except OSError as error:
            raise Refused(_unread(server, os_reason(error))) from error
    return context


def _unread(server: Server, sebab: str) -> Problem:
    assert server.sertifikat is not None
    return Problem(Message.U27, str(server.sertifikat), values={"sebab": sebab})


@contextlib.contextmanager
def connecting(server: Server) -> Iterator[None]:
    """What the network says while a connection is made; raises Refused, or Terputus where it was cut."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        sebab = _CERTIFICATE.get(error.verify_code, "penerbitnya tidak dikenal")
        raise Refused(_told(Message.U21, server, sebab=sebab)) from error
    except _CUT as error:
        raise Terputus("sambungan ditutup") from error
    except ssl.SSLError as error:
        raise Refused(no_tls(server)) from error
    except OSError as error:
        raise Refused(_told(Message.U20, server, sebab=_reason(error))) from error


@contextlib.contextmanager
def talking() -> Iterator[None]:
    """What the network says once a connection stands: whatever it is, the connection is gone."""
    try:
        yield
    except OSError as error:
        raise lost(error) from error


def lost(error: OSError) -> Terputus:
    """What ended a connection that stood."""
    timed_out = isinstance(error, TimeoutError)
    return Terputus(f"tidak ada jawaban selama {WAIT:.0f} detik" if timed_out else "sambungan ditutup")


def no_tls(server: Server) -> Problem:
    """The server does not speak TLS, or not in this way."""
    return _told(Message.U22, server, keamanan=server.keamanan)


def wrong_login(server: Server, bagian: str) -> Problem:
    """The server does not take user and password; what it says itself is not shown."""
    return Problem(
        Message.U23, values={"server": server.server, "pengguna": server.pengguna, "bagian": bagian}
    )


def odd_sandi(server: Server) -> Problem:
    """A password with letters that the server's way of logging in cannot carry."""
    return Problem(Message.U13, values={"server": server.server})


def _told(message: Message, server: Server, **values: str) -> Problem:
    return Problem(message, values={"server": server.server, "port": server.port, **values})


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "nama server tidak ditemukan, atau komputer ini tidak tersambung ke internet"
    if isinstance(error, TimeoutError):
        return f"tidak ada jawaban selama {WAIT:.0f} detik"
    if isinstance(error, ConnectionRefusedError):
        return "tidak ada yang menjawab di port itu"
    return "jaringan tidak sampai ke sana"
