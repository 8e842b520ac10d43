"""Where the details of a fault of the program go: a clerk reads a sentence, a maintainer finds the rest here."""

from __future__ import annotations

import datetime
import tempfile
import traceback
from pathlib import Path

from builder.tampak import visible


def write_log(doing: str) -> Path:
    """Append the exception that is being handled; returns where it stands."""
    log = Path(tempfile.gettempdir()) / "rkt-kesalahan.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(
            visible(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} {doing}\n{traceback.format_exc()}\n")
        )
    return log
