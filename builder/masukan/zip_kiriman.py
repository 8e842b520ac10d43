"""The files in a zip that somebody sent, within limits; a package of Excel is left whole.

Sizes are what really comes out, never what the directory says.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from builder.masalah import Message, Problem
from builder.preflight.limits import MOST_BYTES, MiB

MOST_ENTRIES = 2_000
MOST_INFLATED = 200 * MiB
_ENCRYPTED = 1
_PACKAGE = ("[content_types].xml", "xl/workbook.xml", "word/document.xml", "mimetype", "content.xml")
_UTF8 = 1 << 11
# NotImplementedError is a RuntimeError: a way of packing that Python does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError)


class BadZip(Exception):  # noqa: N818 - carries the problem
    """The zip as a whole cannot be unpacked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.masalah)
        self.problem = problem


def read_zip(content: bytes) -> Iterator[tuple[str, bytes | Problem | None]]:
    """Name and content of every file; None: left behind by a system. Raises BadZip, or BadZipFile for a package."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        # Part of several volumes, cut, or no zip: named by who looks for a form in it.
        raise zipfile.BadZipFile(str(error)) from error
    with archive:
        infos = archive.infolist()
        if any(info.filename.lower() in _PACKAGE for info in infos):
            raise zipfile.BadZipFile("package")
        if len(infos) > MOST_ENTRIES:
            raise BadZip(Problem(Message.K12, values={"rincian": f"{len(infos)} berkas"}))
        if (
            infos
            and all(info.flag_bits & _ENCRYPTED for info in infos if not info.is_dir())
            and not _is_folders(infos)
        ):
            raise BadZip(Problem(Message.K05, values={"jenis": ".zip bersandi"}))
        yield from _entries(archive, infos)


def _is_folders(infos: list[zipfile.ZipInfo]) -> bool:
    return all(info.is_dir() for info in infos)


def _entries(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]
) -> Iterator[tuple[str, bytes | Problem | None]]:
    total = 0
    for info in infos:
        if info.is_dir():
            continue
        name = _name(info)
        if _is_junk(name):
            yield name, None
            continue
        packed = _inflate(archive, info)
        total += len(packed) if isinstance(packed, bytes) else 0
        if total > MOST_INFLATED:
            raise BadZip(Problem(Message.K12, values={"rincian": f"lebih dari {MOST_INFLATED // MiB} MB"}))
        yield name, packed


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | Problem:
    if info.flag_bits & _ENCRYPTED:
        return Problem(Message.K05, values={"jenis": ".zip bersandi"})
    try:
        with archive.open(info) as file:
            content = file.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                return Problem(Message.K12, values={"rincian": f"lebih dari {MOST_BYTES // MiB} MB"})
            return content
    except _BROKEN as error:
        unknown = isinstance(error, NotImplementedError)
        values = {"rincian": "cara mampatnya tidak dikenal" if unknown else "isinya rusak"}
        return Problem(Message.K12, values=values)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as well as it can be had: Windows writes the alphabet of its country and does not say so."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for alphabet in ("utf-8", "shift_jis", "gb18030"):
            try:
                decoded = raw.decode(alphabet)
            except UnicodeDecodeError:
                continue
            name = decoded if not raw.isascii() else name
            break
    return PurePosixPath(name.replace("\\", "/")).name or "tanpa nama"


def _is_junk(name: str) -> bool:
    lower = name.lower()
    return lower in ("thumbs.db", "desktop.ini", ".ds_store") or lower.startswith(("._", "~$"))
