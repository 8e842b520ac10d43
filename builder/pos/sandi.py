"""The password of the office's mailbox: from the environment or the system's keyring, and never anywhere else.

It travels as `Sandi`, which shows itself to nobody, and is left out of the log before anything is done with it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from builder.log import hide
from builder.masalah import Message, Problem, Refused
from builder.pos.setelan import Server

if TYPE_CHECKING:
    from types import ModuleType

UMUM = "RKT_SANDI"
VARIABEL = {"imap": "RKT_SANDI_IMAP", "smtp": "RKT_SANDI_SMTP"}
_SOUND = 1  # priority of a keyring that the system guards; one that is a plain file has less


class Sandi:
    """A password: no word of it in a repr, a text, a traceback or a pickle."""

    __slots__ = ("_isi",)

    def __init__(self, isi: str) -> None:
        hide(isi)
        self._isi = isi

    def __repr__(self) -> str:
        return "Sandi(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a password is not stored")

    def reveal(self) -> str:
        """The password, for the one call that logs in."""
        return self._isi


def find_sandi(bagian: str, server: Server) -> Sandi:
    """The password for a server; raises Refused where it is nowhere."""
    for name in (VARIABEL[bagian], UMUM):
        if os.environ.get(name):
            return Sandi(os.environ[name])
    keyring = _keyring()
    try:
        kept = keyring.get_password(_service(server), server.pengguna)
    except keyring.errors.NoKeyringError:
        kept = None
    except keyring.errors.KeyringError:
        raise Refused(Problem(Message.U11)) from None
    if not kept:
        values = {"server": server.server, "pengguna": server.pengguna, "variabel": VARIABEL[bagian]}
        raise Refused(Problem(Message.U10, values=values))
    return Sandi(kept)


def keep_sandi(server: Server, sandi: Sandi) -> None:
    """Put a password into the system's keyring; raises Refused."""
    keyring = _keyring()
    if keyring.get_keyring().priority < _SOUND:
        raise Refused(Problem(Message.U11))
    try:
        keyring.set_password(_service(server), server.pengguna, sandi.reveal())
        return
    except keyring.errors.KeyringError:
        pass  # whatever a keyring writes into its error: nothing that is raised may lead to it
    raise Refused(Problem(Message.U11))


def drop_sandi(server: Server) -> bool:
    """Take a password out of the keyring; False where there was none. Raises Refused."""
    keyring = _keyring()
    try:
        keyring.delete_password(_service(server), server.pengguna)
    except keyring.errors.PasswordDeleteError:
        return False
    except keyring.errors.KeyringError:
        raise Refused(Problem(Message.U11)) from None
    return True


def _service(server: Server) -> str:
    return f"rkt {server.server}"


def _keyring() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise Refused(Problem(Message.U12, values={"paket": "keyring"})) from None
    return keyring
