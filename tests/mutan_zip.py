"""Zip operators of the mutants: each does one thing to the package that no writer of spreadsheets does.

A package is a list of `Bagian`, packed by hand, so that a header can say anything; what was not changed keeps
its deflated bytes. The last operators work on the bytes of the whole file.
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_FIELDS = ("flags", "method", "crc", "packed", "size")
_BLANK = 0x21 << 16  # 1 January 1980


@dataclass(frozen=True, slots=True)
class Bagian:
    """One entry: its name and content, and what its two headers say otherwise."""

    name: str
    content: bytes
    method: int = 8
    body: bytes = b""  # packed; b"": still to be packed
    local: Mapping[str, int] = field(default_factory=dict)
    central: Mapping[str, int] = field(default_factory=dict)
    local_name: str = ""  # another name in the local header
    described: bool = False  # sizes follow in a data descriptor
    extra: bytes = b""
    gap: bytes = b""  # before the local header
    twin: bool = False  # a second directory entry for the same bytes

    def changed(self, content: bytes) -> Bagian:
        """With another content."""
        return replace(self, content=content, body=b"")


def unpack(content: bytes) -> list[Bagian]:
    """The parts of a sound package, each deflated once for all mutants."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [Bagian(n, c, body=_deflate(c)) for n in package.namelist() for c in [package.read(n)]]


def pack(parts: list[Bagian]) -> bytes:
    """The file with these parts, whatever their headers say."""
    out, directory, count = bytearray(), bytearray(), 0
    for part in parts:
        body = part.body or _PACKERS[part.method](part.content)
        out += part.gap
        at = len(out)
        facts = {
            "flags": 8 if part.described else 0,
            "method": part.method,
            "crc": zlib.crc32(part.content),
            "packed": len(body),
            "size": len(part.content),
        }
        tail = struct.pack("<4s3L", b"PK\x07\x08", facts["crc"], facts["packed"], facts["size"])
        blank = {"crc": 0, "packed": 0, "size": 0} if part.described else {}
        local = [{**facts, **blank, **part.local}[f] for f in _FIELDS]
        central = [{**facts, **part.central}[f] for f in _FIELDS]
        name, own = part.name.encode(), (part.local_name or part.name).encode()
        out += _LOCAL.pack(b"PK\x03\x04", 20, *local[:2], 0, 0x21, *local[2:], len(own), len(part.extra))
        out += own + part.extra + body + (tail if part.described else b"")
        where = part.central.get("offset", at)
        entry = _CENTRAL.pack(
            b"PK\x01\x02", 20, 20, *central[:2], 0, 0x21, *central[2:], len(name), 0, 0, 0, 0, 0, where
        )
        for _ in range(2 if part.twin else 1):
            directory += entry + name
            count += 1
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + end)


def _deflate(content: bytes) -> bytes:
    machine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return machine.compress(content) + machine.flush()


_PACKERS: Mapping[int, Callable[[bytes], bytes]] = {
    0: bytes,
    8: _deflate,
    9: _deflate,  # Deflate64 by name only
    12: bz2.compress,
    14: lzma.compress,
    99: bytes,
}


# --- operators on parts -------------------------------------------------------------------------------------------


def duplicate_entry(rng: Random, parts: list[Bagian]) -> None:
    """The same name twice: with the same bytes, with another part's, in other letters, or in the directory only."""
    n = rng.randrange(len(parts))
    part = parts[n]
    match rng.randrange(4):
        case 0:
            parts.insert(rng.randrange(len(parts) + 1), part)
        case 1:
            parts.append(part.changed(rng.choice(parts).content))
        case 2:
            parts.append(replace(part, name=part.name.upper()))
        case _:
            parts[n] = replace(part, twin=True)


def rename_entry(rng: Random, parts: list[Bagian]) -> None:
    """Another name: case, slashes, a way out, letters that look alike; in both headers or in one."""
    n = rng.randrange(len(parts))
    old = parts[n].name
    name = rng.choice((
        old.upper(), old.title(), "/" + old, old.replace("/", "\\"), "../" + old, "./" + old, old + " ", old + "/",
        old.replace("/", "//"), old.replace("a", "а"), old.replace("e", "%65"), old[:-1], old + ".bak", "C:\\" + old,
        old.replace("1", "2"), old + "\x00.xml",
    ))  # fmt: skip
    is_local = rng.random() < 0.3
    parts[n] = replace(parts[n], local_name=name) if is_local else replace(parts[n], name=name)


def drop_entry(rng: Random, parts: list[Bagian]) -> None:
    """One part less."""
    del parts[rng.randrange(len(parts))]


def swap_contents(rng: Random, parts: list[Bagian]) -> None:
    """Two parts under each other's name; two sheets more often than not."""
    sheets = [n for n, p in enumerate(parts) if "worksheets/sheet" in p.name]
    among = sheets if len(sheets) > 1 and rng.random() < 0.7 else list(range(len(parts)))
    a, b = rng.sample(among, 2)
    parts[a], parts[b] = replace(parts[a], name=parts[b].name), replace(parts[b], name=parts[a].name)


def change_header(rng: Random, parts: list[Bagian]) -> None:
    """Another CRC, size, method, set of flags or place, in the local header, in the directory or in both."""
    n = rng.randrange(len(parts))
    part = parts[n]
    name = rng.choice((*_FIELDS, "offset"))
    values = {
        "flags": (1, 8, 0x20, 0x40, 0x800, 0x2000),
        "method": (0, 9, 12, 14, 93, 95, 99),
        "crc": (0, 1, rng.getrandbits(32)),
        "packed": (0, 1, len(part.body) + 1, 0xFFFFFFFF),
        "size": (0, len(part.content) - 1, len(part.content) + 1, 0xFFFFFFFF),
        "offset": (0, 1, 30, 0xFFFFFF00),
    }[name]
    said = {name: max(0, rng.choice(values))}
    where = rng.choice(("local", "central", "both")) if name != "offset" else "central"
    if where != "local":
        part = replace(part, central={**part.central, **said})
    if where != "central":
        part = replace(part, local={**part.local, **said})
    parts[n] = part


def change_method(rng: Random, parts: list[Bagian]) -> None:
    """Packed another way, and honestly so."""
    n = rng.randrange(len(parts))
    parts[n] = replace(parts[n], method=rng.choice((0, 0, 9, 12, 14, 99)), body=b"")


def add_descriptor(rng: Random, parts: list[Bagian]) -> None:
    """Sizes after the bytes instead of before them, for one part or for all; sound."""
    for n in range(len(parts)) if rng.random() < 0.3 else [rng.randrange(len(parts))]:
        parts[n] = replace(parts[n], described=True)


def add_extra(rng: Random, parts: list[Bagian]) -> None:
    """An extra field: padding, a time, a second name, sizes of zip64."""
    n = rng.randrange(len(parts))
    extras = (
        struct.pack("<HH", 0xA220, 4) + bytes(4),
        struct.pack("<HHBL", 0x5455, 5, 1, _BLANK),
        struct.pack("<HHBL", 0x7075, 9, 1, 0) + b"evil",
        struct.pack("<HHQQ", 0x0001, 16, 1, 1),
        b"\x00" * rng.randrange(1, 9),
    )
    parts[n] = replace(parts[n], extra=rng.choice(extras))


def add_gap(rng: Random, parts: list[Bagian]) -> None:
    """Bytes between two parts."""
    n = rng.randrange(len(parts))
    parts[n] = replace(parts[n], gap=rng.randbytes(rng.randrange(1, 64)))


def add_entry(rng: Random, parts: list[Bagian]) -> None:
    """A part that nothing points to: a copy, a program's, an empty one."""
    copy = rng.choice(parts)
    name = rng.choice((
        "xl/vbaProject.bin", "xl/worksheets/sheet99.xml", "customXml/item1.xml", "xl/calcChain.xml", "mimetype",
        "xl/externalLinks/externalLink1.xml", "xl/media/image1.png", "xl/persons/person.xml", "x/" + copy.name,
    ))  # fmt: skip
    parts.append(Bagian(name, rng.choice((copy.content, b"", b"MZ\x90\x00"))))


def reorder_entries(rng: Random, parts: list[Bagian]) -> None:
    """Parts in another order, which means nothing."""
    rng.shuffle(parts)


# --- operators on the file's bytes ----------------------------------------------------------------------------------


def flip_byte(rng: Random, content: bytes) -> bytes:
    """One to four bytes are others: anywhere, or in the directory at the end."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(changed)) if rng.random() < 0.6 else len(changed) - 1 - rng.randrange(3000)
        changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncate(rng: Random, content: bytes) -> bytes:
    """Cut short, or the rest filled with zeros as by a broken download."""
    at = rng.randrange(len(content)) if rng.random() < 0.5 else len(content) - rng.randrange(1, 100)
    return content[:at] + (bytes(len(content) - at) if rng.random() < 0.3 else b"")


def add_junk(rng: Random, content: bytes) -> bytes:
    """Bytes before, behind, or in the midst of the file."""
    junk = rng.choice(
        (rng.randbytes(rng.randrange(1, 200)), b"MZ" + bytes(60), b"\r\n", content[:400], b"\x00")
    )
    at = rng.choice((0, len(content), rng.randrange(len(content))))
    return content[:at] + junk + content[at:]


def double_file(rng: Random, content: bytes) -> bytes:
    """A whole second package, before or behind, or a comment that claims the rest."""
    if rng.random() < 0.5:
        return content + content
    comment = rng.randbytes(rng.randrange(1, 60))
    return content[:-2] + struct.pack("<H", len(comment)) + comment


ON_PARTS: Mapping[str, Callable[[Random, list[Bagian]], None]] = {
    f.__name__: f
    for f in (
        duplicate_entry, rename_entry, drop_entry, swap_contents, change_header, change_method, add_descriptor,
        add_extra, add_gap, add_entry, reorder_entries,
    )
}  # fmt: skip
ON_BYTES: Mapping[str, Callable[[Random, bytes], bytes]] = {
    f.__name__: f for f in (flip_byte, truncate, add_junk, double_file)
}
