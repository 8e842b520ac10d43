"""The zip geometry of a package: what its two directories say is one and the same and covers every byte once (H11).

No library opens the file: readers of zip differ in which of two contradicting statements they believe, and that is
what an attack lives from. Sizes are held against the limits before a byte is inflated (H07), and never trusted.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from builder.masalah import Message, Problem, Refused, show
from builder.preflight.limits import (
    MOST_BYTES,
    MOST_PART_BYTES,
    MOST_PARTS,
    MOST_RATIO,
    MOST_TOTAL_BYTES,
    RATIO_FROM,
    MiB,
)

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

_ENCRYPTED, _DESCRIBED, _UTF8 = 1 << 0, 1 << 3, 1 << 11
_FLAGS = 0b110 | _DESCRIBED | _UTF8  # 0b110: how hard the writer tried to deflate
STORED, DEFLATED = 0, 8
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF  # "see the zip64 extra"
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_ZIP64_VERSION = 45
_CHUNK = 1 << 16
_HOLE = bytes(512)  # that many zeros stand where a download was never finished
_LINK = 0o120000  # file type of a symbolic link in Unix attributes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the central directory describes it."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its local header
    version: int  # of zip that a reader must know

    @property
    def is_folder(self) -> bool:
        """A name that stands for a folder; it carries nothing."""
        return self.name.endswith("/")

    @property
    def is_encrypted(self) -> bool:
        """Flagged as encrypted."""
        return bool(self.flags & _ENCRYPTED)


@dataclass(frozen=True, slots=True)
class Packed:
    """An entry whose geometry is sound, and where its packed bytes stand."""

    entry: Entry
    start: int

    @property
    def end(self) -> int:
        """Past its last packed byte."""
        return self.start + self.entry.packed


def odd(detail: str) -> Refused:
    """H11: the package is not built as writers of spreadsheets build it."""
    return Refused(Problem(Message.H11, values={"rincian": detail}))


def cut(detail: str) -> Refused:
    """J01: bytes are missing."""
    return Refused(Problem(Message.J01, values={"rincian": detail}))


def too_large(detail: str) -> Refused:
    """H07: it would inflate to more than any form of ours."""
    return Refused(Problem(Message.H07, values={"rincian": detail}))


# --- the central directory ------------------------------------------------------------------------------------


def list_entries(content: bytes) -> list[Entry]:
    """Entries of the central directory, in its order; raises Refused where it cannot be read."""
    if len(content) > MOST_BYTES:
        raise too_large(f"{len(content) / MiB:.1f} MB, paling besar {MOST_BYTES // MiB} MB")
    count, at, end = _find_directory(content)
    if count > MOST_PARTS:
        raise too_large(f"{count} bagian, paling banyak {MOST_PARTS}")
    entries = []
    for _ in range(count):
        entry, at = _read_central(content, at, end)
        entries.append(entry)
    if at != end:
        raise odd("direktorinya memuat lebih dari yang dihitungnya")
    return entries


def _find_directory(content: bytes) -> tuple[int, int, int]:
    """Count of entries, start and end of the central directory."""
    at = _find_end(content)
    _, disk, start_disk, here, count, size, offset, comment = _END.unpack_from(content, at)
    if comment:
        raise odd("ada komentar di belakang zip-nya")
    wide = _read_wide_end(content, at)
    end = at
    if wide is not None:
        numbers = (disk, start_disk, here, count, size, offset)
        for narrow, broad, full in zip(numbers, wide, (_FULL16,) * 4 + (_FULL32,) * 2, strict=True):
            if narrow not in (broad, full):
                raise odd("catatan zip64-nya berbeda dari catatan biasa")
        disk, start_disk, here, count, size, offset = wide
        end = at - _LOCATOR.size - _END64.size
    if disk or start_disk or here != count:
        raise odd("zip-nya terbagi atas beberapa berkas")
    if offset + size != end:
        raise odd("ada byte asing di depan zip-nya atau letak direktorinya salah")
    return count, offset, end


def _find_end(content: bytes) -> int:
    at = content.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(content):
        tail = "ujungnya berisi nol" if content.endswith(_HOLE) else "zip-nya tidak sampai akhir"
        raise cut(f"{tail}; hanya {_dotted(len(content))} byte")
    _, _, _, _, _, size, offset, comment = _END.unpack_from(content, at)
    rest = len(content) - at - _END.size - comment
    if rest and offset + size != at and content.startswith(b"PK\x03\x04"):
        # That end belongs to a package inside this one.
        raise cut(f"zip-nya tidak sampai akhir; hanya {_dotted(len(content))} byte")
    if rest:
        raise odd(f"{_dotted(abs(rest))} byte setelah akhir zip-nya")
    return at


def _read_wide_end(content: bytes, at: int) -> tuple[int, ...] | None:
    """The zip64 record of the end, where there is one: disks, counts, size and offset of the directory."""
    locator = at - _LOCATOR.size
    if locator < 0 or content[locator : locator + 4] != b"PK\x06\x07":
        return None
    _, disk, offset, disks = _LOCATOR.unpack_from(content, locator)
    if disk or disks > 1 or offset != locator - _END64.size:
        raise odd("catatan zip64-nya salah letak")
    mark, size, _, _, *wide = _END64.unpack_from(content, offset)
    if mark != b"PK\x06\x06" or size != _END64.size - 12:
        raise odd("catatan zip64-nya rusak")
    return tuple(wide)


def _read_central(content: bytes, at: int, end: int) -> tuple[Entry, int]:
    if at + _CENTRAL.size > end:
        raise odd("direktorinya lebih pendek dari yang dihitungnya")
    (mark, _, version, flags, method, _, _, crc, packed, size, name_length, extra_length, comment, disk, _,
     attributes, offset) = _CENTRAL.unpack_from(content, at)  # fmt: skip
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_length
    after = extra_at + extra_length + comment
    if mark != b"PK\x01\x02" or after > end:
        raise odd("direktorinya rusak")
    raw = content[name_at:extra_at]
    if (attributes >> 16) & 0o170000 == _LINK:
        raise odd(f"«{show(_decode(raw, flags))}» sebuah tautan, bukan bagian")
    extra = content[extra_at : extra_at + extra_length]
    fields = _read_extra(extra)
    size, packed, offset = _widen(fields, size, packed, offset)
    if disk:
        raise odd("zip-nya terbagi atas beberapa berkas")
    # Version, CRC of the plain name, then the name once more in UTF-8.
    if _UNICODE_PATH in fields and fields[_UNICODE_PATH][5:] != raw:
        raise odd(f"bagian «{show(_decode(raw, flags))}» bernama dua")
    return Entry(_decode(raw, flags), raw, flags, method, crc, packed, size, offset, version), after


def _check_version(version: int) -> None:
    """What a reader must know: no more than zip64."""
    if version & 0xFF > _ZIP64_VERSION:
        raise odd(f"perlu zip versi {(version & 0xFF) / 10}")


def _decode(raw: bytes, flags: int) -> str:
    if flags & _UTF8:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise odd("nama bagiannya bukan UTF-8") from None
    return raw.decode("cp437")


def _widen(fields: dict[int, bytes], size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers with those that the zip64 extra holds instead, always in this order."""
    wide, at = fields.get(_ZIP64, b""), 0
    numbers = [size, packed, offset]
    for index, number in enumerate(numbers):
        if number == _FULL32:
            if at + 8 > len(wide):
                raise too_large("salah satu bagiannya mengaku 4 GB")
            numbers[index] = int.from_bytes(wide[at : at + 8], "little")
            at += 8
    return numbers[0], numbers[1], numbers[2]


def _read_extra(extra: bytes) -> dict[int, bytes]:
    """Fields by their id. Padding after the last is what some writers leave, and means nothing."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        id, length = struct.unpack_from("<HH", extra, at)
        if id in fields and id in (_ZIP64, _UNICODE_PATH):
            raise odd("salah satu bagian berukuran dua")
        fields[id] = extra[at + 4 : at + 4 + length]
        at += 4 + length
    return fields


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


# --- every entry ----------------------------------------------------------------------------------------------


def check_entries(content: bytes, entries: list[Entry]) -> list[Packed]:
    """The entries with their place, once names, sizes, flags and places are sound; folders are left out."""
    for entry in entries:
        _check_name(entry.name)
        _check_version(entry.version)
        _check_method(entry)
    _check_unique(entries)
    _check_sizes(entries)
    packed = [locate(content, entry) for entry in entries]
    _check_cover(content, packed)
    return [p for p in packed if not p.entry.is_folder]


_BAD_NAME = re.compile(r"[\\\x00-\x1f\x7f:*?\"<>|]")


def _check_name(name: str) -> None:
    """H10: a name that leaves the package, or means another place on another system."""
    meant = unquote(name)
    segments = meant.removesuffix("/").split("/")
    hides_slash = meant.count("/") != name.count("/")
    if hides_slash or _BAD_NAME.search(meant) or any(not s.strip(" .") for s in segments):
        raise Refused(Problem(Message.H10, values={"bagian": show(name)}))


def _check_method(entry: Entry) -> None:
    name = show(entry.name)
    if entry.is_encrypted:
        raise odd(f"bagian «{name}» bersandi")
    if entry.flags & ~_FLAGS:
        raise odd(f"bagian «{name}» bertanda asing")
    if entry.method not in (STORED, DEFLATED):
        raise odd(f"bagian «{name}» dikemas dengan cara lain (metode {entry.method})")
    if entry.method == STORED and entry.packed != entry.size:
        raise odd(f"ukuran bagian «{name}» bertentangan")
    if entry.is_folder and entry.size:
        raise odd(f"folder «{name}» berisi")


def _check_unique(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        key = part_key(entry.name.removesuffix("/"))
        if key in seen:
            raise odd(f"bagian «{show(entry.name)}» ada dua")
        seen.add(key)


def part_key(name: str) -> str:
    """A name as parts are compared: without regard to case, and "%20" is a blank."""
    return unicodedata.normalize("NFKC", unquote(name)).casefold()


def _check_sizes(entries: list[Entry]) -> None:
    """H07, by what the headers say; what they hide shows while inflating."""
    for entry in entries:
        name = show(entry.name)
        if entry.size > MOST_PART_BYTES:
            raise too_large(
                f"«{name}» terurai {entry.size / MiB:.1f} MB, paling besar {MOST_PART_BYTES // MiB} MB"
            )
        if entry.size > RATIO_FROM and entry.size > MOST_RATIO * entry.packed:
            raise too_large(f"«{name}» terurai lebih dari {MOST_RATIO} kali ukurannya")
    total = sum(entry.size for entry in entries)
    if total > MOST_TOTAL_BYTES:
        raise too_large(f"terurai {total / MiB:.1f} MB, paling besar {MOST_TOTAL_BYTES // MiB} MB")


def locate(content: bytes, entry: Entry) -> Packed:
    """Where an entry's bytes stand, once its local header agrees with the directory."""
    name = show(entry.name)
    at = entry.offset
    if at + _LOCAL.size > len(content):
        raise odd(f"bagian «{name}» berada di luar berkas")
    mark, version, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        content, at
    )
    name_at = at + _LOCAL.size
    start = name_at + name_length + extra_length
    if mark != b"PK\x03\x04" or start + entry.packed > len(content):
        raise odd(f"bagian «{name}» berada di luar berkas")
    if content[name_at : name_at + name_length] != entry.raw_name:
        raise odd(f"bagian «{name}» bernama lain di kepalanya")
    _check_version(version)
    if (flags, method) != (entry.flags, entry.method):
        raise odd(f"kepala bagian «{name}» bertentangan dengan direktorinya")
    size, packed, _ = _widen(_read_extra(content[name_at + name_length : start]), size, packed, 0)
    blank = entry.flags & _DESCRIBED and (crc, packed, size) == (0, 0, 0)
    if not blank and (crc, packed, size) != (entry.crc, entry.packed, entry.size):
        raise odd(f"ukuran atau CRC bagian «{name}» bertentangan")
    return Packed(entry, start)


def _check_cover(content: bytes, packed: list[Packed]) -> None:
    """One entry after the other from the first byte to the directory: no prefix, gap or overlap."""
    ordered = sorted(packed, key=lambda p: p.entry.offset)
    _, directory, _ = _find_directory(content)
    if (ordered[0].entry.offset if ordered else directory) != 0:
        raise odd("ada byte asing di depan bagian pertamanya")
    for one, following in zip(ordered, [*(p.entry.offset for p in ordered[1:]), directory], strict=True):
        between = content[one.end : following] if following >= one.end else None
        if between is None:
            raise odd(f"bagian «{show(one.entry.name)}» bertumpuk dengan yang lain")
        if between not in _descriptors(one.entry):
            raise odd(f"ada byte asing setelah bagian «{show(one.entry.name)}»")


def _descriptors(entry: Entry) -> tuple[bytes, ...]:
    """What may stand after an entry: nothing, or where its flag says so its CRC and sizes in one of four forms."""
    if not entry.flags & _DESCRIBED:
        return (b"",)
    numbers = (entry.crc, entry.packed, entry.size)
    forms = (struct.pack("<3L", *numbers), struct.pack("<L2Q", *numbers))
    return tuple(mark + form for form in forms for mark in (b"PK\x07\x08", b""))


# --- its bytes ------------------------------------------------------------------------------------------------


def inflate(content: bytes, packed: Packed) -> Iterator[bytes]:
    """The content of an entry in chunks; its size and CRC are right once the last has come, else it is refused."""
    crc = size = 0
    chunks = _stored(content, packed) if packed.entry.method == STORED else _deflated(content, packed)
    for chunk in chunks:
        size += len(chunk)
        if size > packed.entry.size:
            raise odd(f"bagian «{show(packed.entry.name)}» lebih besar dari yang tertulis")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size != packed.entry.size or crc != packed.entry.crc:
        raise _damaged(content, packed, "tidak cocok dengan ukuran atau CRC-nya")


def _stored(content: bytes, packed: Packed) -> Iterator[bytes]:
    for at in range(packed.start, packed.end, _CHUNK):
        yield content[at : min(at + _CHUNK, packed.end)]


def _deflated(content: bytes, packed: Packed) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _stored(content, packed):
            chunk = b""
            while (piece or len(chunk) == _CHUNK) and not machine.eof:
                chunk = machine.decompress(piece, _CHUNK)
                yield chunk
                piece = machine.unconsumed_tail
            if machine.eof and (machine.unused_data or piece):
                raise _damaged(content, packed, "tidak berakhir di tempatnya")
    except zlib.error:
        raise _damaged(content, packed, "tidak dapat diurai") from None
    if not machine.eof:
        raise _damaged(content, packed, "tidak berakhir di tempatnya")


def _damaged(content: bytes, packed: Packed, detail: str) -> Refused:
    name = show(packed.entry.name)
    if packed.entry.method == DEFLATED and content.find(_HOLE, packed.start, packed.end) >= 0:
        return cut(f"di tengah bagian «{name}» hanya ada nol")
    return odd(f"isi bagian «{name}» {detail}")
