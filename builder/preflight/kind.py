"""What a file is, by its first bytes and never by its name: only a zip goes on, anything else is named (G01 to G03).

A clerk is told what was sent ("halaman HTML", "gambar JPEG"), so that the right file can be asked for.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import struct

from builder.masalah import Message, Problem, Refused
from builder.preflight.geometry import Entry, cut, inflate, locate, part_key

_EXCEL = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")  # a file named so should hold a package
_HEAD = 4096  # bytes that tell what a text is
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00PK")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XLS = ".xls"

# First bytes of what people attach by mistake. BIFF of Excel 2 to 4 stands bare; 5 and later may.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x09\x00\x04\x00", XLS), (b"\x09\x00\x06\x00", XLS), (b"\x09\x02\x06\x00", XLS), (b"\x09\x04\x06\x00", XLS),
    (b"\x09\x08\x08\x00", XLS), (b"\x09\x08\x10\x00", XLS), (b"\x09\x00\x07\x00", XLS),
    (b"%PDF-", "PDF"), (b"%!PS", "PostScript"), (b"{\\rtf", "RTF"),
    (b"\x89PNG", "gambar PNG"), (b"\xff\xd8\xff", "gambar JPEG"), (b"GIF8", "gambar GIF"),
    (b"8BPS", "gambar Photoshop"),
    (b"II*\x00", "gambar TIFF"), (b"MM\x00*", "gambar TIFF"), (b"\xd7\xcd\xc6\x9a", "gambar WMF"),
    (b"Rar!\x1a\x07", "arsip .rar"), (b"7z\xbc\xaf\x27\x1c", "arsip .7z"), (b"\x1f\x8b", "arsip .gz"),
    (b"BZh", "arsip .bz2"), (b"\xfd7zXZ\x00", "arsip .xz"), (b"\x28\xb5\x2f\xfd", "arsip .zst"),
    (b"MSCF", "arsip .cab"), (b"\x60\xea", "arsip .arj"), (b"\x1f\x9d", "arsip .Z"),
    (b"\x78\x9f\x3e\x22", "lampiran Outlook (winmail.dat)"), (b"!BDN", "kotak surat Outlook (.pst)"),
    (b"MZ", "program (.exe)"), (b"\x7fELF", "program"), (b"\xca\xfe\xba\xbe", "program Java"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "pintasan Windows (.lnk)"), (b"SQLite format 3\x00", "basis data SQLite"),
    (b"\x00\x01\x00\x00Standard ", "basis data Access"), (b"bplist", "berkas Apple (plist)"),
    (b"\x00\x00\x02\x00\x06\x04", "Lotus 1-2-3"), (b"\x00\x00\x1a\x00", "Lotus 1-2-3"),
    (b"\x00\x00\x02\x00", "Lotus atau Quattro Pro"),
    (b"\xffWPC", "WordPerfect"), (b"\xdb\xa5-\x00", "Word lama"), (b"1\xbe\x00\x00", "Write"),
    (b"OggS", "rekaman suara"), (b"ID3", "rekaman suara"), (b"\x1a\x45\xdf\xa3", "video"), (b"PAR1", "Parquet"),
    (b"\x00\x05\x16\x07", "berkas bayangan Mac (._)"), (b"-----BEGIN PKCS7", "surel bersandi (.p7m)"),
)  # fmt: skip

# Streams of an OLE file and what it then is; the first that is there decides.
_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", "Word (.doc)"), ("PowerPoint Document", "PowerPoint (.ppt)"),
    ("__properties_version1.0", "surel Outlook (.msg)"), ("HwpSummaryInformation", "Hangul (.hwp)"),
    ("VisioDocument", "Visio (.vsd)"), ("Quill", "Publisher (.pub)"), ("MatOST", "Works (.wps)"),
    ("Workbook", XLS), ("Book", XLS), ("WksSSWorkBook", "Works (.xlr)"), ("SpellingInformation", XLS),
    ("Catalog", "Thumbs.db"), ("Props9", "Project (.mpp)"),
)  # fmt: skip

_TEXTS: tuple[tuple[str, str], ...] = (
    (r"ID;P", "SYLK (.slk)"),
    (r"TABLE\r?\n0,1", "DIF"),
    (r"MIME-Version:.*multipart/related", "MHTML"),
    (
        r"(Return-Path|Received|From|To|Subject|Date|Delivered-To|Message-ID|MIME-Version): ?\S",
        "surel (.eml)",
    ),
    (r"From \S+@?\S* ", "kotak surat (mbox)"),
    (r"Content-(Type|Transfer-Encoding|Disposition):", "surel (.eml)"),
    (r"begin(-base64)? [0-7]{3,4} \S", "lampiran surel yang belum diuraikan (uuencode)"),
    (r"BEGIN:VCARD|BEGIN:VCALENDAR", "kartu nama atau undangan"),
    (r"\[InternetShortcut\]", "pintasan internet (.url)"),
    (r"#!", "naskah program"),
    (r"[\[{]\s*[\"{\[]", "JSON"),
)

_XMLS: tuple[tuple[str, str], ...] = (
    ("urn:schemas-microsoft-com:office:spreadsheet", "XML Spreadsheet 2003"),
    ('progid="excel.sheet"', "XML Spreadsheet 2003"),
    ("schemas.microsoft.com/office/word/2003", "Word 2003 XML"),
    ('progid="word.document"', "Word 2003 XML"),
    ("http://schemas.microsoft.com/office/2006/xmlpackage", "paket Office satu berkas (Flat OPC)"),
    ("vnd.oasis.opendocument.spreadsheet", "OpenDocument satu berkas (.fods)"),
    ("urn:oasis:names:tc:opendocument", "OpenDocument satu berkas"),
    ("<svg", "gambar SVG"),
    ("<gnm:workbook", "Gnumeric"),
)

_HTML = ("<html", "<!doctype html", "<table", "<head", "<body", "<script", "<div", "<meta", "<style", "<form")
_ENCODINGS = ((codecs.BOM_UTF8, "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_OPEN_DOCUMENTS = {"spreadsheet": ".ods", "text": ".odt", "presentation": ".odp", "graphics": ".odg"}

_PACKAGES = (
    ("xl/workbook.bin", ".xlsb"), ("word/document.xml", "Word (.docx)"), ("ppt/presentation.xml", "PowerPoint (.pptx)"),
    ("androidmanifest.xml", "aplikasi Android (.apk)"),
)  # fmt: skip


def check_kind(content: bytes, name: str) -> None:
    """Return where the file is a zip; raises Refused by the name of what it is instead."""
    if not content:
        raise cut("0 byte")
    if not content[:512].strip(b"\x00"):
        raise cut("isinya hanya nol" if not content.strip(b"\x00") else "awalnya hanya nol")
    if content.startswith(_ZIP) or _ends_as_zip(content):
        return
    if content.startswith(_OLE):
        raise _refuse_ole(content, name)
    raise refuse_format(_name_bytes(content) or _name_text(content), name)


def refuse_format(words: str, name: str) -> Refused:
    """G03 where the name promises a package of Excel, else G02, or G01 for the old format of Excel itself."""
    if words == XLS and not name.lower().endswith(_EXCEL):
        return Refused(Problem(Message.G01))
    if name.lower().endswith(_EXCEL):
        inside = "Excel 97–2003 (.xls)" if words == XLS else words
        suffix = f".{name.lower().rpartition('.')[2]}"
        return Refused(Problem(Message.G03, values={"akhiran": suffix, "isi_berkas": inside}))
    return Refused(Problem(Message.G02, values={"format": words}))


def _ends_as_zip(content: bytes) -> bool:
    """A zip behind something else is refused as such, not read as that something (H11: polyglot)."""
    at = len(content) - 22
    if at < 0 or content[at : at + 4] != b"PK\x05\x06":
        return False
    (size,) = struct.unpack_from("<L", content, at + 12)
    return content[max(at - size, 0) :].startswith((b"PK\x01\x02", b"PK\x05\x06"))


# --- OLE ------------------------------------------------------------------------------------------------------


def _refuse_ole(content: bytes, name: str) -> Refused:
    streams = _list_streams(content)
    if streams & {"EncryptedPackage", "EncryptionInfo", "DRMContent"}:
        return Refused(Problem(Message.H13))
    words = next((words for stream, words in _STREAMS if stream in streams), None)
    if words == XLS:
        refused = refuse_format(XLS, name)
        locked = (Problem(Message.H13),) if _is_locked_xls(content) else ()
        return Refused(*locked, *refused.problems)
    if words is None and _is_cut_ole(content):
        return cut(f"{len(content)} byte dari berkas Office lama")
    return refuse_format(words or "berkas Office lama", name)


def _list_streams(content: bytes) -> set[str]:
    """Names in the directory. Its entries stand at multiples of 128, so no chain of a damaged file is followed."""
    names = set()
    for at in range(512, len(content) - 127, 128):
        length = content[at + 64]
        if 4 <= length <= 64 and content[at + 65] == 0 and content[at + 66] in (1, 2):
            names.add(
                content[at : at + length - 2].decode("utf-16-le", "replace").lstrip("\x01\x03\x05\x06\x09")
            )
    return names


def _is_locked_xls(content: bytes) -> bool:
    """A FilePass record follows the first BOF of a workbook with a password."""
    for bof in (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00"):
        at = content.find(bof)
        for _ in range(4):
            if at < 0 or at + 4 > len(content):
                break
            id, length = struct.unpack_from("<HH", content, at)
            if id == 0x2F:
                return True
            at += 4 + length
    return False


def _is_cut_ole(content: bytes) -> bool:
    if len(content) < 1536:
        return True
    (shift,) = struct.unpack_from("<H", content, 30)
    (directory,) = struct.unpack_from("<L", content, 48)
    return shift in (9, 12) and ((directory + 1) << shift) >= len(content)


# --- other bytes ----------------------------------------------------------------------------------------------


def _name_bytes(content: bytes) -> str | None:
    """A format by its first bytes."""
    for magic, words in _MAGIC:
        if content.startswith(magic):
            return words
    if content[:4] == b"RIFF":
        return "gambar WebP" if content[8:12] == b"WEBP" else "rekaman"
    if content[4:8] == b"ftyp":
        return "gambar HEIC" if content[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "video"
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        return "gambar BMP"
    if content[257:262] == b"ustar":
        return "arsip .tar"
    if content[2:5] == b"-lh":
        return "arsip .lzh"
    if b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" in content[:64]:
        return "surel bertanda tangan (.p7m)"
    return "PDF" if b"%PDF-" in content[:1024] else None


def _name_text(content: bytes) -> str:
    """A format by its text; what is no text at all is unknown."""
    text = _decode(content[:_HEAD])
    if text is None:
        return "berkas tak dikenal"
    bare = text.lstrip("\ufeff \t\r\n\x00")
    if bare.startswith("<"):
        return _name_markup(bare.lower())
    for pattern, words in _TEXTS:
        if re.match(pattern, bare, re.IGNORECASE | re.DOTALL):
            return words
    if _is_base64(bare):
        return "lampiran surel yang belum diuraikan (base64)"
    return "CSV" if _is_table(bare) else "teks biasa"


def _decode(head: bytes) -> str | None:
    """The head as text, or None where it is none."""
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    if head[1:2] == b"\x00" and head[3:4] == b"\x00":
        return head.decode("utf-16-le", "replace")
    if head[:1] == b"\x00" and head[2:3] == b"\x00":
        return head.decode("utf-16-be", "replace")
    text = head.decode("cp1252", "replace")
    controls = sum(c < " " and c not in "\t\r\n\f\x1a" for c in text)
    return text if controls * 50 <= len(text) else None


def _name_markup(text: str) -> str:
    for mark, words in _XMLS:
        if mark in text and not text.startswith("<html"):
            return words
    if any(mark in text for mark in _HTML):
        is_login = re.search(r"password|log ?in|sign ?in|kata sandi|masuk", text)
        return "halaman masuk (HTML)" if is_login else "halaman HTML"
    if "<!doctype" in text or "<!entity" in text or re.search(r"<\?xml[^>]*encoding\s*=\s*.utf-7", text):
        raise Refused(Problem(Message.H06, values={"rincian": "memuat DOCTYPE atau pengodean asing"}))
    return "XML"


def _is_base64(text: str) -> bool:
    """An attachment saved as it travels in a mail."""
    lines = text.split()
    if not lines or len(lines[0]) < 16 or not re.fullmatch(r"[A-Za-z0-9+/=]+", "".join(lines)):
        return False
    try:
        head = base64.b64decode(lines[0][:16])
    except binascii.Error:
        return False
    return head.startswith((*_ZIP, _OLE[:4], b"%PDF", b"\x89PNG", b"\xff\xd8\xff"))


def _is_table(text: str) -> bool:
    """Two lines or more with one separator equally often in the first two."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    return len(lines) == 2 and any(lines[0].count(s) == lines[1].count(s) > 0 for s in ",;\t|")


# --- zips that are no package of Office -----------------------------------------------------------------------


def name_zip(content: bytes, entries: list[Entry]) -> str | None:
    """What a zip is that is no package of Office; None where it should be one."""
    names = {part_key(entry.name) for entry in entries}
    kind = re.search(rb"mimetypeapplication/vnd\.oasis\.opendocument\.([a-z]+)", content[:300])
    if kind or {"content.xml", "meta-inf/manifest.xml"} <= names:
        word = kind[1].decode() if kind else "spreadsheet"
        return f"OpenDocument ({_OPEN_DOCUMENTS.get(word, word)})"
    if any(name.endswith((".iwa", "buildversionhistory.plist", "index.apxl")) for name in names):
        return "Numbers, Pages, atau Keynote (Apple)"
    for part, words in _PACKAGES:
        if part in names:
            return words
    if "[content_types].xml" in names or any(name.startswith(("xl/", "/xl/", "xl\\")) for name in names):
        return None
    return "program Java (.jar)" if "meta-inf/manifest.mf" in names else "arsip .zip"


def is_locked(content: bytes, entries: list[Entry]) -> bool:
    """A zip, or an OpenDocument, that asks for a password."""
    if any(entry.is_encrypted for entry in entries):
        return True
    manifest = next((e for e in entries if part_key(e.name) == "meta-inf/manifest.xml"), None)
    if manifest is None or manifest.size > 1 << 20:
        return False
    try:
        return b"encryption-data" in b"".join(inflate(content, locate(content, manifest)))
    except Refused:
        return False
