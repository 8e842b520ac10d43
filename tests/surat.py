"""Mails and archives as people and their programs make them, with workbooks in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from email.policy import SMTP

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def mail(
    *attachments: tuple[str, bytes],
    dari: str = "Siti <siti@kpu.example>",
    id: str = "<1@kpu.example>",
    text: str = "Terlampir laporan kami.\n",
    html: str = "",
) -> EmailMessage:
    """A mail with attachments, as a program of today writes it."""
    surel = EmailMessage(policy=SMTP)
    surel["From"], surel["To"], surel["Subject"] = dari, "perencana@kpu.example", "Laporan triwulan"
    surel["Date"], surel["Message-ID"] = "Sat, 03 Oct 2026 08:15:00 +0700", id
    surel.set_content(text)
    if html:
        surel.add_alternative(html, subtype="html")
    for name, content in attachments:
        surel.add_attachment(content, *XLSX, filename=name)
    return surel


def forwarded(inner: EmailMessage, dari: str = "Budi <budi@kpu.example>") -> EmailMessage:
    """A mail with another one in it."""
    surel = mail(dari=dari, id=f"<f{inner['Message-ID'].strip('<>')}>", text="Meneruskan.\n")
    surel.add_attachment(inner)
    return surel


def mbox(*mails: bytes) -> bytes:
    """A mailbox of the old kind."""
    lines = []
    for content in mails:
        quoted = b"\n".join(
            b">" + line if line.startswith(b"From ") else line
            for line in content.replace(b"\r\n", b"\n").split(b"\n")
        )
        lines.append(b"From siti@kpu.example Sat Oct  3 08:15:00 2026\n" + quoted.rstrip(b"\n") + b"\n\n")
    return b"".join(lines)


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip as Windows makes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted_zip(name: str) -> bytes:
    """A zip that says of its entry that it is encrypted."""
    content = bytearray(zipped({name: b"x" * 40}))
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    content[local + 6] |= 1
    content[central + 8] |= 1
    return bytes(content)


def cp437_zip(name: bytes, content: bytes) -> bytes:
    """A zip whose names are bytes of some old alphabet, without saying which."""
    packed = zlib.compress(content)[2:-4]
    crc = zlib.crc32(content)
    local = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), len(content), len(name), 0
    )
    central = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        0,
        crc,
        len(packed),
        len(content),
        len(name),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    body = local + name + packed
    directory = central + name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(body), 0)
    return body + directory + end


def tnef(name: str, content: bytes) -> bytes:
    """A winmail.dat with one attachment."""

    def attribute(level: int, id: int, data: bytes) -> bytes:
        return struct.pack("<BLL", level, id, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    rendered = struct.pack("<HLHHL", 1, 0xFFFFFFFF, 0, 0, 0)
    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x00089006, struct.pack("<L", 0x00010000))
        + attribute(2, 0x00069002, rendered)
        + attribute(2, 0x00018010, name.encode("cp1252") + b"\x00")
        + attribute(2, 0x0006800F, content)
    )
