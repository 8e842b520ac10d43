"""Writes a small OLE file (compound file, version 3) with storages and streams, for mails as Outlook saves them."""

from __future__ import annotations

import itertools
import struct

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = dict[str, "bytes | Tree"]


def write_msg(subject: str, name: str, content: bytes) -> bytes:
    """A mail with one attachment."""

    def props(head: int, **sizes: int) -> bytes:
        rows = b"".join(struct.pack("<LLLL", int(tag[1:], 16), 6, size, 0) for tag, size in sizes.items())
        return bytes(head) + rows

    def text(value: str) -> bytes:
        return value.encode("utf-16-le")

    attachment: Tree = {
        "__properties_version1.0": props(8, _3707001F=len(text(name)) + 2, _37010102=len(content))
        + struct.pack("<LLLL", 0x37050003, 6, 1, 0),
        "__substg1.0_3707001F": text(name),
        "__substg1.0_37010102": content,
    }
    return write_ole({
        "__properties_version1.0": bytes(8) + struct.pack("<LLLL", 1, 1, 1, 1) + bytes(8)
        + props(0, _0037001F=len(text(subject)) + 2, _001A001F=18),
        "__substg1.0_0037001F": text(subject),
        "__substg1.0_001A001F": text("IPM.Note"),
        "__nameid_version1.0": {
            "__substg1.0_00020102": b"", "__substg1.0_00030102": b"", "__substg1.0_00040102": b"",
        },
        "__attach_version1.0_#00000000": attachment,
    })  # fmt: skip


def write_ole(tree: Tree) -> bytes:
    """All streams in plain sectors (those shorter than the cutoff are padded up to it)."""
    entries: list[tuple[str, int, bytes | None, list[int]]] = [("Root Entry", 5, None, [])]

    def add(parent: int, branch: Tree) -> None:
        for name in sorted(branch, key=lambda n: (len(n), n.upper())):
            value = branch[name]
            number = len(entries)
            entries.append((name, 2, value, []) if isinstance(value, bytes) else (name, 1, None, []))
            entries[parent][3].append(number)
            if not isinstance(value, bytes):
                add(number, value)

    add(0, tree)
    directory_sectors = -(-len(entries) * 128 // _SECTOR)
    data, chains, starts = b"", list[list[int]](), dict[int, int]()
    small, minifat = b"", list[int]()
    next_sector = 0
    for number, (_, kind, content, _children) in enumerate(entries):
        if kind == 2 and content is not None and 0 < len(content) < 4096:
            first = len(small) // 64
            count = -(-len(content) // 64)
            starts[number] = first
            minifat += [*range(first + 1, first + count), _END]
            small += content + bytes(-len(content) % 64)
    blobs = [(n, c) for n, (_, k, c, _x) in enumerate(entries) if k == 2 and c is not None and len(c) >= 4096]
    blobs += [(0, small)] if small else []
    for number, content in blobs:
        count = -(-len(content) // _SECTOR)
        starts[number] = next_sector
        chains.append(list(range(next_sector, next_sector + count)))
        next_sector += count
        data += content + bytes(-len(content) % _SECTOR)
    mini = b"".join(struct.pack("<L", x) for x in minifat)
    mini += b"\xff" * (-len(mini) % _SECTOR)
    mini_start, mini_count = next_sector, len(mini) // _SECTOR
    chains.append(list(range(mini_start, mini_start + mini_count)))
    next_sector += mini_count
    directory_start = next_sector
    chains.append(list(range(directory_start, directory_start + directory_sectors)))
    next_sector += directory_sectors
    fat_count = 1
    while fat_count * 128 < next_sector + fat_count:
        fat_count += 1
    fat = [_FREE] * (fat_count * 128)
    for chain in chains:
        for a, b in zip(chain, [*chain[1:], _END], strict=True):
            fat[a] = b
    for n in range(fat_count):
        fat[next_sector + n] = _FAT
    header = struct.pack("<8s16x6H10x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0)[
        :34
    ] + bytes(6)
    header += struct.pack(
        "<9L", 0, fat_count, directory_start, 0, 4096, mini_start if mini_count else _END, mini_count, _END, 0
    )
    difat = [next_sector + n for n in range(fat_count)]
    header += b"".join(struct.pack("<L", x) for x in difat + [_FREE] * (109 - len(difat)))
    return (
        header
        + data
        + mini
        + _directory(entries, starts, len(small))
        + b"".join(struct.pack("<L", x) for x in fat)
    )


def _directory(
    entries: list[tuple[str, int, bytes | None, list[int]]], starts: dict[int, int], small: int
) -> bytes:
    """Entries; the children of a storage as a list to the right, which is a tree too."""
    right: dict[int, int] = {}
    for _, _, _, children in entries:
        for a, b in itertools.pairwise(children):
            right[a] = b
    out = b""
    for number, (name, kind, content, children) in enumerate(entries):
        text = name.encode("utf-16-le")
        size = small if number == 0 else len(content or b"")
        out += (text + bytes(64 - len(text))) + struct.pack("<HBB", len(text) + 2, kind, 1)
        out += struct.pack("<LLL", _FREE, right.get(number, _FREE), children[0] if children else _FREE)
        out += bytes(16) + struct.pack("<L", 0) + bytes(16)
        out += struct.pack("<LQ", starts.get(number, _END if kind != 1 else 0), size)
    return out + bytes(-len(out) % _SECTOR)
