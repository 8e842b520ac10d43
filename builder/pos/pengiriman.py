"""Letters handed to an SMTP server, one after the other: what is known to be sent, refused, or in doubt.

A letter is in doubt where the connection was cut after its last byte had gone and before the server said yes: it may
have arrived, so nobody sends it again on his own.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address

from builder.log import without_secrets
from builder.masalah import Message, Problem, Refused, show
from builder.pos.sambungan import (
    WAIT,
    Terputus,
    connecting,
    lost,
    no_tls,
    odd_sandi,
    tls_context,
    wrong_login,
)
from builder.pos.sandi import Sandi
from builder.pos.setelan import Server, Smtp
from builder.pos.surat import Surat, as_email

_DONE, _FORWARDED, _GO_ON, _TOO_LARGE = 250, 251, 354, 552
_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(slots=True)
class Hasil:
    """What became of one letter, address by address; an address in neither is in doubt."""

    terkirim: list[str] = field(default_factory=list)
    ditolak: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kurir:
    """An open connection to the server."""

    client: smtplib.SMTP
    smtp: Smtp

    def send(self, surat: Surat, kepada: Sequence[Address]) -> Hasil:
        """Hand over a letter; raises Terputus where the connection was cut before the letter itself went."""
        content = as_email(surat, self.smtp).as_bytes()
        hasil = Hasil()
        most = self._most_bytes()
        if most and len(content) > most:
            hasil.ditolak += [a.addr_spec for a in kepada]
            hasil.problems.append(_too_large(surat, len(content), most))
            return hasil
        accepted = self._address(surat, kepada, len(content), hasil)
        if accepted:
            self._hand_over(surat, accepted, content, hasil)
        return hasil

    def _most_bytes(self) -> int:
        told = self.client.esmtp_features.get("size", "")
        return int(told) if told.isascii() and told.isdigit() else 0

    def _address(self, surat: Surat, kepada: Sequence[Address], size: int, hasil: Hasil) -> list[str]:
        """Say from whom and to whom; returns the addresses that the server takes."""
        options = [f"size={size}"] if self.client.has_extn("size") else []
        accepted = []
        with _cut():
            code, said = self.client.mail(self.smtp.pengirim.addr_spec, options)
            if code != _DONE:
                self.client.rset()
                hasil.ditolak += [a.addr_spec for a in kepada]
                hasil.problems.append(_refused_letter(surat, code, said, size))
                return []
            for address in kepada:
                code, said = self.client.rcpt(address.addr_spec)
                if code in (_DONE, _FORWARDED):
                    accepted.append(address.addr_spec)
                else:
                    hasil.ditolak.append(address.addr_spec)
                    values = {
                        "kode": surat.sub_bagian,
                        "alamat": address.addr_spec,
                        "sebab": _said(code, said),
                    }
                    hasil.problems.append(Problem(Message.U33, values=values))
            if not accepted:
                self.client.rset()
        return accepted

    def _hand_over(self, surat: Surat, accepted: list[str], content: bytes, hasil: Hasil) -> None:
        """The letter itself; only its last line makes the server take it."""
        with _cut():
            code, said = self.client.docmd("data")
            if code == _GO_ON:
                self.client.send(_DOT.sub(b"..", content))
        if code == _GO_ON:
            try:
                with _cut():
                    self.client.send(b".\r\n")
                    code, said = self.client.getreply()
            except Terputus:
                hasil.problems.append(Problem(Message.U38, values={"kode": surat.sub_bagian}))
                return
        if code == _DONE:
            hasil.terkirim += accepted
        else:
            hasil.ditolak += accepted
            hasil.problems.append(_refused_letter(surat, code, said, len(content)))


@contextlib.contextmanager
def open_kurir(smtp: Smtp, sandi: Sandi) -> Iterator[Kurir]:
    """Connect, encrypt, log in; raises Refused, and Terputus where the connection was cut."""
    assert smtp.server is not None
    client = _connect(smtp.server)
    try:
        _login(client, smtp.server, sandi)
        yield Kurir(client, smtp)
        with contextlib.suppress(smtplib.SMTPException, OSError):  # all was said
            client.quit()
    finally:
        client.close()


def _connect(server: Server) -> smtplib.SMTP:
    context = tls_context(server)
    with connecting(server), _hung_up():
        if server.keamanan == "tls":
            return smtplib.SMTP_SSL(server.server, server.port, timeout=WAIT, context=context)
        client = smtplib.SMTP(server.server, server.port, timeout=WAIT)
        try:
            client.ehlo()
            client.starttls(context=context)  # nothing is said before that, and nothing without
        except BaseException as error:
            client.close()
            if isinstance(error, (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException)):
                raise Refused(no_tls(server)) from None
            raise
        return client


def _login(client: smtplib.SMTP, server: Server, sandi: Sandi) -> None:
    try:
        with _cut():
            client.login(server.pengguna, sandi.reveal())
            return
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        raise Refused(wrong_login(server, "smtp")) from None
    except UnicodeError:
        pass  # the password is in its repr: nothing that is raised may lead to it
    raise Refused(odd_sandi(server))


@contextlib.contextmanager
def _hung_up() -> Iterator[None]:
    """What the library says where the server ended the connection, or never began to speak SMTP."""
    try:
        yield
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise Terputus("sambungan ditutup") from error


@contextlib.contextmanager
def _cut() -> Iterator[None]:
    """Everything that means that the connection is gone; other answers of the server pass (they are OSErrors too)."""
    try:
        with _hung_up():
            yield
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise lost(error) from error


def _too_large(surat: Surat, size: int, most: int) -> Problem:
    batas = f"{most / 1e6:.1f} MB".replace(".", ",") if most else "yang ditetapkannya"
    values = {"kode": surat.sub_bagian, "ukuran": f"{size / 1e6:.1f}".replace(".", ","), "batas": batas}
    return Problem(Message.U34, values=values)


def _refused_letter(surat: Surat, code: int, said: bytes, size: int) -> Problem:
    if code == _TOO_LARGE:
        return _too_large(surat, size, 0)
    return Problem(Message.U35, values={"kode": surat.sub_bagian, "sebab": _said(code, said)})


def _said(code: int, said: bytes) -> str:
    """What the server answered, in its own words."""
    return show(without_secrets(f"{code} {said.decode('utf-8', 'replace')}"), 120)
