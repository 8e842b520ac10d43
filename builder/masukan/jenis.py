"""What a content carries, by its first bytes: a zip, a mail, a mailbox, an Outlook mail, a winmail.dat; or nothing.

A package of Excel, Word or OpenDocument is a zip too, and no carrier: its first entry tells. What bears the name of
a workbook is read as one, whatever it is, so that the wrong name is told (G03).
"""

from __future__ import annotations

import re
from enum import StrEnum


class Jenis(StrEnum):
    """Kinds of carriers."""

    ZIP = "zip"
    SUREL = "surel"
    MBOX = "mbox"
    OUTLOOK = "outlook"
    TNEF = "tnef"


_ZIP, _OLE, _TNEF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x78\x9f\x3e\x22"
_PACKAGE = re.compile(
    rb"(\[Content_Types\]\.xml|_rels/|docProps/|customXml/|xl/|word/|ppt/|mimetype|META-INF/|Configurations2/"
    rb"|content\.xml|styles\.xml|meta\.xml|Index/|preview)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rb"(Return-Path|Received|Delivered-To|From|To|Cc|Subject|Date|Message-ID|MIME-Version|X-[\w-]+|DKIM-Signature|Reply-To"
    rb"|Content-Type|Thread-Topic|Authentication-Results|Sender|ARC-[\w-]+):[ \t\r\n]",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    rb"^(From|Subject|Message-ID|Date|Received|Return-Path):", re.IGNORECASE | re.MULTILINE
)
_WORKBOOK = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods")
_FROM_LINE = re.compile(rb"From \S+ +\w{3} \w{3} [ \d]\d \d\d:\d\d")


def find_carrier(head: bytes, name: str) -> Jenis | None:
    """The carrier that a content begins as; None for anything else, and for what is named as a workbook."""
    lower = name.lower()
    if lower.endswith(_WORKBOOK):
        return None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if head.startswith(_ZIP):
        length = int.from_bytes(head[26:28], "little")
        return None if _PACKAGE.match(head[30 : 30 + length]) else Jenis.ZIP
    if head.startswith(b"PK\x05\x06"):
        return Jenis.ZIP
    if head.startswith(_TNEF):
        return Jenis.TNEF
    if head.startswith(_OLE):
        return Jenis.OUTLOOK if lower.endswith(".msg") else None
    if _FROM_LINE.match(text):
        return Jenis.MBOX
    if _HEADER.match(text) and (_ADDRESSED.search(text) or lower.endswith(".eml")):
        return Jenis.SUREL
    return None


def is_carrier(head: bytes, name: str) -> bool:
    """Whether there is something to unpack."""
    return find_carrier(head, name) is not None
