"""Where the details of a fault of the program go: a clerk reads a sentence, a maintainer finds the rest here.

No password gets in there: whoever holds one says so first (`hide`), and neither it nor what a mail server is sent in
its place (base64) is ever written.
"""

from __future__ import annotations

import base64
import datetime
import tempfile
import traceback
from pathlib import Path

from builder.tampak import visible

_hidden: set[str] = set()
_TITIK = "•••"
_SHORTEST = 4  # characters of a piece that is looked for: a shorter one is in every text


def hide(secret: str) -> None:
    """Leave a secret out of everything that is written from now on, in its base64 forms too."""
    raw = secret.encode("utf-8", "surrogatepass")
    pieces = {secret, ascii(secret)[1:-1], repr(raw)[2:-1]}
    for before in range(3):  # how it looks depends on what stands before it
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        pieces.add(encoded[-(-before * 8 // 6) : len(encoded) - 1])
    _hidden.update(p for p in pieces if len(p) >= _SHORTEST)


def without_secrets(text: str) -> str:
    """A text with every secret as dots."""
    for piece in sorted(_hidden, key=len, reverse=True):
        text = text.replace(piece, _TITIK)
    return text


def write_log(doing: str) -> Path:
    """Append the exception that is being handled; returns where it stands."""
    log = Path(tempfile.gettempdir()) / "rkt-kesalahan.log"
    told = f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} {doing}\n{traceback.format_exc()}\n"
    with log.open("a", encoding="utf-8") as file:
        file.write(visible(without_secrets(told)))
    return log
