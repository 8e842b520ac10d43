"""A mailbox on an IMAP server that is only read (EXAMINE, BODY.PEEK): nothing in it changes, no mail becomes read."""

from __future__ import annotations

import contextlib
import datetime
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.masalah import Message, Problem, Refused, show
from builder.masukan import Surat
from builder.masukan.surel import read_surel
from builder.pos.sambungan import (
    WAIT,
    Terputus,
    connecting,
    no_tls,
    odd_sandi,
    talking,
    tls_context,
    wrong_login,
)
from builder.pos.sandi import Sandi
from builder.pos.setelan import Imap, Server

if TYPE_CHECKING:
    from imapclient import IMAPClient

_MANY = 500  # mails that are asked about at once
_HEAD = "BODY.PEEK[HEADER.FIELDS (FROM DATE SUBJECT)]"
_LONGEST_HEAD = 20_000  # bytes that are looked at
_SHOWN = 12  # folders that a message names


@dataclass(frozen=True, slots=True)
class KotakMasuk:
    """An open mailbox."""

    client: IMAPClient
    server: Server
    uidvalidity: int

    def find_uids(self, since: datetime.date) -> list[int]:
        """Numbers of the mails that arrived on a day or after it."""
        with _asking(self.server):
            return sorted(self.client.search(["SINCE", since]))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How large the mails are, as the server says; one that has gone meanwhile is not in it."""
        found: dict[int, int] = {}
        for n in range(0, len(uids), _MANY):
            for uid, item in self._fetch(uids[n : n + _MANY], "RFC822.SIZE").items():
                found[uid] = int(item.get(b"RFC822.SIZE", 0))
        return found

    def heads(self, uids: Sequence[int]) -> dict[int, Surat]:
        """Sender, date and subject, without the mail."""
        answer = self._fetch(uids, _HEAD)
        return {uid: read_surel(_body(item)[:_LONGEST_HEAD]).surat for uid, item in answer.items()}

    def contents(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Mails byte by byte; one that has gone meanwhile is not in it."""
        return {uid: body for uid, item in self._fetch(uids, "BODY.PEEK[]").items() if (body := _body(item))}

    def _fetch(self, uids: Sequence[int], what: str) -> dict[int, dict[bytes, Any]]:
        with _asking(self.server):
            return dict(self.client.fetch(uids, [what]))


def _body(item: dict[bytes, Any]) -> bytes:
    return next((v for k, v in item.items() if k.startswith(b"BODY[") and isinstance(v, bytes)), b"")


@contextlib.contextmanager
def open_kotak(imap: Imap, sandi: Sandi) -> Iterator[KotakMasuk]:
    """Connect, log in, open the folder for reading; raises Refused, and Terputus where the connection was cut."""
    client = _connect(imap.server)
    try:
        _login(client, imap.server, sandi)
        yield KotakMasuk(client, imap.server, _examine(client, imap))
        with contextlib.suppress(Exception):  # nothing was changed that could be lost
            client.logout()
    finally:
        with contextlib.suppress(Exception):  # the connection may be gone
            client.shutdown()


def _connect(server: Server) -> IMAPClient:
    try:
        from imapclient import IMAPClient
        from imapclient.exceptions import IMAPClientAbortError
    except ImportError:
        raise Refused(Problem(Message.U12, values={"paket": "imapclient"})) from None
    # Its logger would write down what is said to the server, and a root logger of somebody else would take it.
    logging.getLogger("imapclient").setLevel(logging.CRITICAL)
    context, direct = tls_context(server), server.keamanan == "tls"
    try:
        with connecting(server):
            client = IMAPClient(
                server.server, server.port, ssl=direct, ssl_context=context if direct else None, timeout=WAIT
            )
            if not direct:
                _start_tls(client, server)
            return client
    except IMAPClientAbortError as error:
        raise Terputus("sambungan ditutup") from error


def _start_tls(client: IMAPClient, server: Server) -> None:
    """Nothing but this is said before the connection is encrypted."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        if not client.has_capability("STARTTLS"):
            raise Refused(no_tls(server))
        client.starttls(tls_context(server))
    except BaseException as error:
        with contextlib.suppress(Exception):
            client.shutdown()
        if isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError):
            raise Refused(no_tls(server)) from None
        raise


def _login(client: IMAPClient, server: Server, sandi: Sandi) -> None:
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    try:
        with _asking(server):
            if client.has_capability("AUTH=PLAIN"):  # takes every letter, which LOGIN does not
                client.plain_login(server.pengguna, sandi.reveal())
            else:
                client.login(server.pengguna, sandi.reveal())
            return
    except LoginError as error:
        # The library makes one error of a refusal and of a cut; what came before it tells.
        if isinstance(error.__context__, (IMAPClientAbortError, OSError)):
            raise Terputus("sambungan ditutup") from None
        raise Refused(wrong_login(server, "imap")) from None
    except UnicodeError:
        pass  # the password is in its repr: nothing that is raised may lead to it
    raise Refused(odd_sandi(server))


def _examine(client: IMAPClient, imap: Imap) -> int:
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        with talking():
            return int(client.select_folder(imap.kotak, readonly=True)[b"UIDVALIDITY"])
    except IMAPClientAbortError as error:
        raise Terputus("sambungan ditutup") from error
    except (IMAPClientError, KeyError):
        raise Refused(_no_folder(client, imap)) from None


def _no_folder(client: IMAPClient, imap: Imap) -> Problem:
    with _asking(imap.server):
        names = [str(name) for _, _, name in client.list_folders()]
    told = _in_words(names[:_SHOWN]) + (" dan lainnya" if len(names) > _SHOWN else "")
    return Problem(Message.U24, values={"server": imap.server.server, "kotak": imap.kotak, "daftar": told})


def _in_words(names: Iterable[str]) -> str:
    return ", ".join(f"«{show(name)}»" for name in names)


@contextlib.contextmanager
def _asking(server: Server) -> Iterator[None]:
    """What the server or the network says against a question."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

    try:
        with talking():
            yield
    except LoginError:
        raise
    except IMAPClientAbortError as error:
        raise Terputus("sambungan ditutup") from error
    except IMAPClientError:
        raise Refused(Problem(Message.U26, values={"server": server.server})) from None
