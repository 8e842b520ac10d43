"""The mails of an mbox file, one after the other, so that a large one is never in memory as a whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import IO

from builder.preflight.limits import MiB

MOST_SUREL = 48 * MiB
_FROM = re.compile(rb"From \S+ +\w{3} \w{3} [ \d]\d \d\d:\d\d")
_QUOTED = re.compile(rb">+From ")


def split_mbox(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each mail with a name made of its content: it stays the same wherever it stands."""
    lines: list[bytes] = []
    size, blank = 0, True
    for line in file:
        if blank and _FROM.match(line):
            if lines:
                yield _named(lines)
            lines, size, blank = [], 0, False
            continue
        blank = not line.strip()
        size += len(line)
        if (
            size <= MOST_SUREL
        ):  # the rest of a mail that is larger is left; its attachment is then told as broken
            lines.append(line[1:] if _QUOTED.match(line) else line)
    if lines:
        yield _named(lines)


def _named(lines: list[bytes]) -> tuple[str, bytes]:
    content = b"".join(lines)
    return f"surel {hashlib.sha256(content.rstrip()).hexdigest()[:8]}", content
