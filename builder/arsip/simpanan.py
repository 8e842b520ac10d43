"""The bytes of received files, each once, under the name of its sha256; written whole or not at all."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from builder.save import File, save, saying

_AKHIRAN = re.compile(r"\.[a-z0-9]{1,6}")


def sha256_of(content: bytes) -> str:
    """The name under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def store(folder: Path, name: str, content: bytes) -> str:
    """Keep a content; returns its name in the archive. What is there already, whole, is left as it is."""
    akhiran = Path(name.rpartition(" › ")[2]).suffix.lower()
    stored = sha256_of(content) + (akhiran if _AKHIRAN.fullmatch(akhiran) else "")
    path = folder / stored
    if not _is_whole(path):
        with saying(path, len(content)):
            folder.mkdir(parents=True, exist_ok=True)
            save([File(path, content)])
    return stored


def _is_whole(path: Path) -> bool:
    """A file is there and still is what its name says."""
    try:
        return sha256_of(path.read_bytes()) == path.stem
    except OSError:
        return False
