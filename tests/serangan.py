"""Attacks on our own form: from the bytes of a good buku kerja to those of one that must be refused or held.

Each has the codes with which it may be refused, and the layer that sees it: "preflight" (bytes and packaging) or
"reader" (what stands in sheets). A small zip writer that can lie stands at the end of the file.
"""

from __future__ import annotations

import base64
import gzip
import io
import random
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Make = Callable[[bytes], bytes]

SHEET1, SHEETS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
BOOK, TYPES, TEXTS, STYLES = "xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml", "xl/styles.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass(frozen=True)
class Serangan:
    """One attack."""

    name: str
    codes: tuple[str, ...]  # one of them must be among those of the refusal
    make: Make
    layer: str = "preflight"
    file: str = "BukuKerja.xlsx"  # name under which it is sent
    macros: bool = False  # passes preflight as a workbook with macros, for the caller to refuse


SERANGAN: dict[str, Serangan] = {}


def add(name: str, codes: str, make: Make, **options: Any) -> None:
    assert name not in SERANGAN, name
    SERANGAN[name] = Serangan(name, tuple(codes.split()), make, **options)


# --- changing a good form -------------------------------------------------------------------------------------


def read_parts(content: bytes) -> dict[str, bytes]:
    """Parts of a good form."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_parts(changes: dict[str, bytes | None]) -> Make:
    """Parts replaced, added or (None) left out; everything else sound."""

    def make(content: bytes) -> bytes:
        parts: dict[str, bytes | None] = {**read_parts(content), **changes}
        return write_zip([Part(name, data) for name, data in parts.items() if data is not None])

    return make


def edit(part: str, old: str, new: str) -> Make:
    """The first match of a pattern in one part replaced."""

    def make(content: bytes) -> bytes:
        text, count = re.subn(old, lambda _: new, read_parts(content)[part].decode(), count=1)
        assert count == 1, (part, old)
        return with_parts({part: text.encode()})(content)

    return make


def chain(*makes: Make) -> Make:
    """One change after the other."""

    def make(content: bytes) -> bytes:
        for one in makes:
            content = one(content)
        return content

    return make


def add_relation(rels: str, kind: str, target: str, external: bool = False, base: str = OFFICE) -> Make:
    """A relation more in a .rels, which is made where it is missing."""
    mode = ' TargetMode="External"' if external else ""
    element = (
        f'<Relationship Id="rIdX{zlib.crc32(target.encode())}" Type="{base}/{kind}" Target="{target}"{mode}/>'
    )

    def make(content: bytes) -> bytes:
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        blank = f'<Relationships xmlns="{space}"></Relationships>'.encode()
        data = read_parts(content).get(rels, blank)
        return with_parts({rels: data.replace(b"</Relationships>", element.encode() + b"</Relationships>")})(
            content
        )

    return make


def add_type(part: str, type: str) -> Make:
    return edit(TYPES, "</Types>", f'<Override PartName="/{part}" ContentType="{type}"/></Types>')


def carry(part: str, data: bytes, type: str, kind: str, rels: str = SHEETS, base: str = OFFICE) -> Make:
    """A part more, with its type and a relation to it, as Excel would do it."""
    return chain(
        with_parts({part: data}), add_type(part, type), add_relation(rels, kind, f"/{part}", base=base)
    )


def external_link(
    inner: str, target: str = "file:///C:\\Rahasia\\Buku.xlsx", kind: str = "externalLinkPath"
) -> Make:
    part = "xl/externalLinks/externalLink1.xml"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = f'<externalLink xmlns="{space}" xmlns:r="{OFFICE}">{inner}</externalLink>'.encode()
    return chain(
        carry(part, body, f"{MAIN}.externalLink+xml", "externalLink"),
        add_relation("xl/externalLinks/_rels/externalLink1.xml.rels", kind, target, external=True),
    )


def instead(data: bytes) -> Make:
    """Another file altogether."""
    return lambda _: data


def lie(victim: str = SHEET1, /, **changes: Any) -> Make:
    """One entry of the zip written with lies; the others are sound."""

    def make(content: bytes) -> bytes:
        parts = [Part(name, data) for name, data in read_parts(content).items()]
        for part in parts:
            if part.name == victim:
                for name, value in changes.items():
                    setattr(part, name, value)
        return write_zip(parts)

    return make


def rewrite(**options: Any) -> Make:
    """All entries sound, the frame of the zip not."""

    def make(content: bytes) -> bytes:
        return write_zip([Part(name, data) for name, data in read_parts(content).items()], **options)

    return make


def more(*parts: Part, first: bool = False) -> Make:
    """Entries more."""

    def make(content: bytes) -> bytes:
        own = [Part(name, data) for name, data in read_parts(content).items()]
        return write_zip([*parts, *own] if first else [*own, *parts])

    return make


def zipped(files: dict[str, bytes]) -> bytes:
    return write_zip([Part(name, data) for name, data in files.items()])


# --- the entry cell that reader-level attacks aim at ------------------------------------------------------------


def find_entry(content: bytes) -> tuple[str, str]:
    """Sheet part and address of one yellow cell for a number."""
    parts = read_parts(content)
    book = parts[BOOK].decode()
    found = re.search(r'name="S\d+_I\d+_TW[12]_REALISASI"[^>]*>\'?([^\'!]+)\'?!\$([A-Z]+)\$(\d+)<', book)
    assert found, "no entry cell"
    id = re.search(rf'<sheet [^>]*name="{re.escape(found[1])}"[^>]*r:id="([^"]+)"', book)
    assert id, found[1]
    element = re.search(rf'<Relationship [^>]*Id="{id[1]}"[^>]*>', parts[SHEETS].decode())
    assert element, id[1]
    target = re.search(r'Target="([^"]+)"', element[0])
    assert target
    part = target[1].removeprefix("/")
    return part if part.startswith("xl/") else f"xl/{part}", found[2] + found[3]


def put_cell(xml: str) -> Make:
    """The entry cell replaced; {r} is its address, {row} its row, {s} its style."""

    def make(content: bytes) -> bytes:
        part, address = find_entry(content)
        text = read_parts(content)[part].decode()
        found = re.search(rf'<c r="{address}"( s="\d+")?[^>/]*(/>|>.*?</c>)', text)
        assert found, address
        row = re.sub(r"\D", "", address)
        new = xml.replace("{r}", address).replace("{row}", row).replace("{s}", found[1] or "")
        return with_parts({part: (text[: found.start()] + new + text[found.end() :]).encode()})(content)

    return make


def put_value(value: str, type: str = "") -> Make:
    kind = f' t="{type}"' if type else ""
    return put_cell(f'<c r="{{r}}"{{s}}{kind}><v>{value}</v></c>')


def edit_entry_sheet(old: str, new: str) -> Make:
    """A pattern replaced on the sheet of the entry cell."""
    return lambda content: edit(find_entry(content)[0], old, new)(content)


# --- G: other formats, J01: damaged -----------------------------------------------------------------------------


def ole(*streams: str, tail: bytes = b"") -> bytes:
    """An OLE file with nothing but its directory."""
    head = bytearray(512)
    head[:8] = OLE
    struct.pack_into("<5H", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    entries = b""
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le")
        entries += raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw) + 2, 2, 1) + bytes(60)
    return bytes(head) + entries.ljust(1024, b"\x00") + tail.ljust(512, b"\x00")


BIFF8 = struct.pack("<HHHHHHLL", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
LOCKED = BIFF8 + struct.pack("<HH", 0x2F, 6) + bytes(6)
HTML = b"<html><body><table><tr><td>97,5</td></tr></table></body></html>"
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><form><input type=password></form></html>"
XML2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
MAIL = b"Received: from mx by kpu\r\nFrom: a@kpu\r\nSubject: Kiriman\r\n\r\nTerlampir.\r\n"
MHTML = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("Buku.xlsx"))
    return out.getvalue()


def _formats() -> None:
    samples: dict[str, tuple[bytes, str]] = {
        "xls lama": (ole("Workbook", tail=BIFF8), ".xls"),
        "xls Excel 5": (ole("Book"), ".xls"),
        "BIFF2 telanjang": (b"\x09\x00\x04\x00\x02\x00\x10\x00", ".xls"),
        "BIFF4 telanjang": (b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", ".xls"),
        "Word lama": (ole("WordDocument"), ".doc"),
        "surel Outlook": (ole("__properties_version1.0"), ".msg"),
        "Hangul": (ole("\x05HwpSummaryInformation"), ".hwp"),
        "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ".pdf"),
        "gambar JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", ".jpg"),
        "gambar PNG": (PNG, ".png"),
        "gambar HEIC": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", ".heic"),
        "RTF": (b"{\\rtf1\\ansi 97,5}", ".rtf"),
        "HTML": (HTML, ".html"),
        "halaman masuk": (LOGIN, ".html"),
        "MHTML": (MHTML, ".mht"),
        "XML 2003": (XML2003, ".xml"),
        "XML 2003 UTF-16": (b"\xff\xfe" + XML2003.decode().encode("utf-16-le"), ".xml"),
        "SYLK": (b"ID;PWXL;N;E\r\nC;Y1;X1;K97.5\r\nE\r\n", ".slk"),
        "DIF": (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', ".dif"),
        "CSV": (b"kode;realisasi\r\nS01-I1;97,5\r\n", ".csv"),
        "teks": (b"Laporan kami menyusul, terima kasih.\n", ".txt"),
        "surel": (MAIL, ".eml"),
        "TNEF": (b"\x78\x9f\x3e\x22\x01\x00", ".dat"),
        "rar": (b"Rar!\x1a\x07\x01\x00", ".rar"),
        "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", ".7z"),
        "gz": (gzip.compress(b"Buku", mtime=0), ".gz"),
        "tar": (_tar(), ".tar"),
        "program": (b"MZ\x90\x00\x03" + bytes(128), ".exe"),
        "pintasan": (b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(64), ".lnk"),
        "uuencode": (b"begin 644 Buku.xlsx\nM4$L#!!0\n", ".uue"),
        "base64": (base64.encodebytes(b"PK\x03\x04" + bytes(60)), ".b64"),
        "ods": (zipped({"mimetype": ODS, "content.xml": b"<x/>"}), ".ods"),
        "fods": (b'<?xml version="1.0"?><office:document office:mimetype="' + ODS + b'"/>', ".fods"),
        "numbers": (zipped({"Index/Document.iwa": b"\x00", "Metadata/Properties.plist": b""}), ".numbers"),
        "zip": (zipped({"Buku.xlsx": b"PK", "Baca.txt": b"x"}), ".zip"),
        "jar": (zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"\xca\xfe\xba\xbe"}), ".jar"),
        "docx": (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), ".docx"),
        "pptx": (zipped({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}), ".pptx"),
        "xlsb": (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"\x83\x01"}), ".xlsb"),
        "byte acak": (b"\x81\x8d\x8f\x01\x02\x03\x04\x05" * 40, ".bin"),
    }  # fmt: skip
    for name, (data, suffix) in samples.items():
        if suffix not in (".eml", ".msg", ".zip", ".dat"):  # carriers, which test_masukan tries
            codes = "G01" if suffix == ".xls" else "G02"
            add(f"format {name}", codes, instead(data), file=f"Kiriman{suffix}")
        add(f"format {name} bernama xlsx", "G03", instead(data))


def cut(share: int) -> Make:
    """So many per cent of the file."""
    return lambda content: content[: len(content) * share // 100]


def _damage() -> None:
    for share in (1, 10, 50, 90, 99):
        add(f"terpotong {share}%", "J01", cut(share))
    add("terpotong satu byte", "J01", lambda content: content[:-1])
    add("kosong", "J01", instead(b""))
    add("nol saja", "J01", instead(bytes(40_000)))
    add("awal nol", "J01", lambda content: bytes(4096) + content[4096:])
    add(
        "ujung nol",
        "J01",
        lambda content: content[: len(content) // 2] + bytes(len(content) - len(content) // 2),
    )
    add("tengah nol", "J01 H11", lambda content: content[:30_000] + bytes(8192) + content[38_192:])
    add("xls terpotong", "J01", instead(ole("Workbook")[:600]))
    add("satu byte", "J01 G02 G03", instead(b"P"))
    add("hanya tanda zip", "J01", instead(b"PK\x03\x04"))
    add(
        "byte berubah",
        "H11",
        lambda content: content[:20_000] + bytes([content[20_000] ^ 1]) + content[20_001:],
    )


# --- H01 to H04: what a file carries ------------------------------------------------------------------------------


def _macros() -> None:
    vba, type = OLE + bytes(600), "application/vnd.ms-office.vbaProject"
    as_xlsm = edit(
        TYPES, re.escape(f"{MAIN}.sheet.main+xml"), "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    makes = {
        "makro VBA": carry("xl/vbaProject.bin", vba, type, "vbaProject", base=MICROSOFT),
        "makro VBA tanpa relasi": with_parts({"xl/vbaProject.bin": vba}),
        "makro VBA berhuruf lain": with_parts({"xl/VBAPROJECT.BIN": vba}),
        "makro VBA bernama gambar": carry("xl/media/image1.png", vba, type, "vbaProject", base=MICROSOFT),
        "jenis xlsm tanpa makro": as_xlsm,
        "jenis xlam": edit(
            TYPES, re.escape(f"{MAIN}.sheet.main+xml"), "application/vnd.ms-excel.addin.macroEnabled.main+xml"
        ),
        "lembar makro XLM": carry(
            "xl/macrosheets/sheet1.xml", b"<x/>", "application/vnd.ms-excel.macrosheet+xml", "xlMacrosheet",
            base=MICROSOFT,
        ),
        "lembar makro XLM bernama lembar": carry(
            "xl/worksheets/sheet99.xml", b"<x/>", "application/vnd.ms-excel.intlmacrosheet+xml", "xlIntlMacrosheet",
            base=MICROSOFT,
        ),
        "lembar dialog": carry(
            "xl/dialogsheets/sheet1.xml", b"<x/>", f"{MAIN}.dialogsheet+xml", "dialogsheet"
        ),
    }  # fmt: skip
    for name, make in makes.items():
        add(name, "H01", make, macros=True)


def _links() -> None:
    book = '<externalBook r:id="rId1"/>'
    dde = '<ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems/></ddeLink>'
    add("tautan buku kerja", "H02", external_link(book))
    add("tautan buku kerja web", "H02", external_link(book, "https://jahat.example/buku.xlsx"))
    add("tautan buku kerja UNC", "H02", external_link(book, "file://///10.0.0.1/bagi/buku.xlsx"))
    add("tautan DDE", "H03", external_link(dde))
    add("tautan OLE", "H03", external_link('<oleLink r:id="rId1" progId="Word.Document"/>', kind="oleObject"))
    add("tautan tanpa relasi", "H02", with_parts({"xl/externalLinks/externalLink7.xml": b"<x/>"}))
    for name, part, type, kind in (
        ("koneksi data", "xl/connections.xml", f"{MAIN}.connections+xml", "connections"),
        ("peta XML", "xl/xmlMaps.xml", "application/xml", "xmlMaps"),
        ("data langsung RTD", "xl/volatileDependencies.xml", "application/xml", "volatileDependencies"),
    ):
        add(name, "H02", carry(part, b"<x/>", type, kind))
    add("koneksi data tanpa relasi", "H02", with_parts({"xl/Connections.xml": b"<x/>"}))
    add("kueri web", "H02", carry("xl/queryTables/queryTable1.xml", b"<x/>", f"{MAIN}.queryTable+xml", "queryTable",
                                  "xl/worksheets/_rels/sheet1.xml.rels"))  # fmt: skip
    add("model data", "H02", carry("xl/model/item.data", b"\x00", "application/vnd.ms-excel.model+data",
                                   "powerPivotData"))  # fmt: skip
    picture = "xl/drawings/_rels/drawing1.xml.rels"
    add("gambar tertaut", "H02", add_relation(picture, "image", "http://lacak.example/a.png", True))
    add("gambar tertaut berkas", "H02 H12", add_relation(picture, "image", "file:///C:/a.png", True))
    add("video tertaut", "H02", add_relation(picture, "video", "https://x.example/v", True))


def _objects() -> None:
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    ole_type = f"{MAIN.replace('spreadsheetml', 'oleObject')}"
    add(
        "objek OLE",
        "H03",
        carry("xl/embeddings/oleObject1.bin", OLE + bytes(512), ole_type, "oleObject", rels),
    )
    add(
        "dokumen tertanam",
        "H03",
        carry("xl/embeddings/Dokumen.docx", zipped({"a": b"b"}), ole_type, "package", rels),
    )
    add("objek tanpa relasi", "H03", with_parts({"xl/Embeddings/oleObject9.bin": OLE + bytes(512)}))
    add("objek OLE bernama gambar", "H03", with_parts({"xl/media/image1.png": OLE + bytes(512)}))
    add("arsip bernama gambar", "H03", with_parts({"xl/media/image2.png": zipped({"a": b"b"})}))
    add("program bernama gambar", "H03", with_parts({
        "xl/media/image3.png": b"MZ" + bytes(76) + b"This program cannot be run in DOS mode"}))  # fmt: skip
    add("ActiveX", "H03", carry("xl/activeX/activeX1.xml", b"<x/>", "application/vnd.ms-office.activeX+xml", "control",
                                rels))  # fmt: skip
    add("ActiveX biner", "H03", with_parts({"xl/activeX/activeX1.bin": b"\x00"}))
    add("add-in web", "H03", carry(
        "xl/webextensions/webextension1.xml", b"<x/>", "application/vnd.ms-office.webextension+xml", "webextension",
        "_rels/.rels", "http://schemas.microsoft.com/office/2011/relationships"))  # fmt: skip
    add("panel add-in web", "H03", carry(
        "xl/webextensions/taskpanes.xml", b"<x/>", "application/vnd.ms-office.webextensiontaskpanes+xml",
        "webextensiontaskpanes", "_rels/.rels", "http://schemas.microsoft.com/office/2011/relationships"))  # fmt: skip
    add("objek tertaut", "H03", add_relation(rels, "oleObject", "file:///C:/a.doc", True))


# --- H06 to H08: XML and size -------------------------------------------------------------------------------------


def _doctype(part: str, doctype: str) -> Make:
    def make(content: bytes) -> bytes:
        data = read_parts(content)[part]
        at = data.index(b"?>") + 2
        return with_parts({part: data[:at] + doctype.encode() + data[at:]})(content)

    return make


def _recode(part: str, encoding: str, declared: str | None = None) -> Make:
    def make(content: bytes) -> bytes:
        text = read_parts(content)[part].decode()
        if declared is not None:
            text = text.replace('encoding="UTF-8"', f'encoding="{declared}"')
        return with_parts({part: text.encode(encoding, "replace")})(content)

    return make


def _xml() -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    add("bom entitas", "H06", _doctype(TEXTS, f"<!DOCTYPE sst [{bomb}]>"))
    add("entitas luar", "H06", _doctype(SHEET1, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'))
    add("DTD luar", "H06", _doctype(BOOK, '<!DOCTYPE workbook SYSTEM "http://x.example/a.dtd">'))
    add("DOCTYPE kosong", "H06", _doctype(STYLES, "<!DOCTYPE styleSheet>"))
    add("DOCTYPE di relasi", "H06", _doctype("_rels/.rels", "<!DOCTYPE Relationships>"))
    add("DOCTYPE di jenis", "H06", _doctype(TYPES, "<!DOCTYPE Types>"))
    add("DOCTYPE di properti", "H06", _doctype("docProps/custom.xml", "<!DOCTYPE Properties>"))
    add("DOCTYPE setelah komentar", "H06", _doctype(TEXTS, f"<!--{'x' * 5000}--><!DOCTYPE sst>"))
    add("DOCTYPE di bagian lain", "H06", with_parts({"customXml/item1.xml": b"<!DOCTYPE a []><a/>"}))
    add("DOCTYPE di VML", "H06", with_parts({"xl/drawings/vmlDrawing1.vml": b"<!DOCTYPE a []><a/>"}))
    add("pembuka 100 KB", "H06 H08", _doctype(TEXTS, f"<!--{'x' * 100_000}-->"))
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        add(f"lembar {encoding}", "H06", _recode(SHEET1, encoding, encoding.upper()))
    add("lembar UTF-7", "H06", _recode(SHEET1, "utf-8", "UTF-7"))
    add("teks Latin-1", "H06", _recode(TEXTS, "latin-1", "ISO-8859-1"))
    add(
        "byte bukan UTF-8",
        "H06",
        with_parts({TEXTS: b'<?xml version="1.0"?><sst><si><t>\xe9\xff</t></si></sst>'}),
    )
    add("buku kerja UTF-16", "H06", _recode(BOOK, "utf-16", "UTF-16"))
    add("relasi rusak", "H06", with_parts({SHEETS: b"<Relationships><Relationship></Relationships>"}))
    add("jenis rusak", "H06", with_parts({TYPES: b"<Types>"}))
    add("buku kerja terpotong", "H06", edit(BOOK, "</workbook>", ""))
    add("properti rusak", "H06", edit("docProps/custom.xml", "</Properties>", "</Property>"))
    deep = b"<a>" * 5000 + b"</a>" * 5000
    add("sarang di buku kerja", "H06 H08", edit(BOOK, "</workbook>", deep.decode() + "</workbook>"))
    add("sarang di jenis", "H06 H08", edit(TYPES, "</Types>", deep.decode() + "</Types>"))
    attributes = " ".join(f'a{n}="1"' for n in range(2000))
    add("2000 atribut", "H08", edit(BOOK, "</workbook>", f"<x {attributes}/></workbook>"))
    sheets = "".join(f'<sheet name="L{n}" sheetId="{n}" r:id="rId1"/>' for n in range(100, 5000))
    add("5000 lembar", "H08 H12", edit(BOOK, "</sheets>", f"{sheets}</sheets>"))
    links = "".join(
        f'<Relationship Id="h{n}" Type="{OFFICE}/hyperlink" Target="#A{n}"/>' for n in range(25_000)
    )
    add("25.000 hubungan", "H08", edit(SHEETS, "</Relationships>", f"{links}</Relationships>"))
    long = _dull(20 << 20, b"< ").decode()
    add("komentar 20 MB", "H07 H08", edit(TYPES, "<Override", f"<!--{long}--><Override"))
    add("instruksi 20 MB", "H07 H08", edit(BOOK, "<sheets", f"<?x {long}?><sheets"))
    add("komentar 20 MB di lembar", "H07 H08", edit(SHEET1, "<sheetData", f"<!--{long}--><sheetData"))
    add(
        "buku kerja 5 MB",
        "H07 H08",
        edit(BOOK, "<sheets", f"<!--x-->{' ' * 99}<x>{_dull(99).decode()}</x>" * 25_000 + "<sheets"),
    )
    add("atribut 2 MB", "H07 H08", with_parts({"docProps/core.xml": b'<a b="' + _dull(2 << 20) + b'"/>'}))
    add("teks 2 MB", "H07 H08", with_parts({"customXml/item1.xml": b"<a>" + _dull(2 << 20) + b"</a>"}))


def _dull(size: int, between: bytes = b"") -> bytes:
    """Text that packs to about a thirtieth."""
    source = random.Random(1)
    out = bytearray()
    while len(out) < size:
        out += b"%08x" % source.getrandbits(32) + between + b"x" * 400
    return bytes(out[:size])


def _bombs() -> None:
    blank = b'<?xml version="1.0"?><a>' + b" " * (31 << 20) + b"</a>"
    add("bagian 31 MB", "H07", with_parts({"xl/worksheets/sheet2.xml": blank}))
    add("bagian 5 MB dari nol", "H07", with_parts({"xl/media/image1.bin": bytes(5 << 20)}))
    add("jenis 5 MB", "H07", with_parts({TYPES: b"<Types>" + b" " * (5 << 20) + b"</Types>"}))
    add("jumlah 65 MB", "H07", lambda content: more(
        *(Part(f"xl/m/{n}.bin", _dull(5 << 20)) for n in range(13)))(content))  # fmt: skip
    add("501 bagian", "H07", more(*(Part(f"xl/m/{n}.bin", b"x") for n in range(501))))
    add("berkas 11 MB", "H07", lambda content: more(
        Part("xl/m/a.bin", random.Random(1).randbytes(11 << 20)))(content))  # fmt: skip
    small = {"size": 500}
    add("ukuran bohong kecil", "H11 H07", lie(local=small, central=small))
    hidden = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(hidden.compress(b"<a/>" * (1 << 18)) for _ in range(200)) + hidden.flush()
    told = {"size": 900_000, "crc": 0}
    add("bom 200 MB yang mengaku 0,9 MB", "H11 H07", lie(body=body, local=told, central=told))
    full = {"size": 0xFFFFFFFF}
    add("mengaku 4 GB", "H07 H11", lie(local=full, central=full))
    add("mengaku 1 PB lewat zip64", "H07 H11", lie(
        central=full, extra_central=struct.pack("<HHQ", 1, 8, 1 << 50)))  # fmt: skip


# --- H10 to H13: names, zip, relations, passwords -------------------------------------------------------------------


def _names() -> None:
    for name in ("../../evil.txt", "xl/../../evil.txt", "/etc/passwd", "C:\\evil.txt", "C:/evil.txt", "xl\\evil.xml",
                 "..\\evil.txt", "xl//evil.xml", "xl/./evil.xml", "xl/evil\x00.xml", "xl/evil\n.xml", "xl/%2e%2e/evil",
                 "xl/..%2fevil", "xl/a%5cb", "xl/ /evil.xml", "\\\\server\\bagi\\a", "xl/a:b.xml", "...",
                 "xl/ev%00il"):  # fmt: skip
        add(f"nama {name!r}", "H10", more(Part(name, b"x")))
    add("nama kosong", "H10", more(Part("", b"x")))
    add("lembar bernama mundur", "H10", lie(name="xl\\worksheets\\sheet1.xml"))


def _zip() -> None:
    add("entri ganda", "H11", more(Part(SHEET1, b"<worksheet/>")))
    add("entri ganda di depan", "H11", more(Part(SHEET1, b"<worksheet/>"), first=True))
    add("entri beda huruf", "H11", more(Part("XL/Worksheets/Sheet1.xml", b"<worksheet/>")))
    add("entri beda sandi URL", "H11", more(Part("xl/worksheets/sheet%31.xml", b"<worksheet/>")))
    add("jenis ganda beda huruf", "H11", more(Part("[content_types].xml", b"<Types/>")))
    add("folder bernama bagian", "H11", more(Part("xl/workbook.xml/", b"")))
    add("folder berisi", "H11", more(Part("xl/isi/", b"rahasia")))
    add("nama lokal lain", "H11", lie(local_name=b"xl/worksheets/sheet9.xml"))
    add("nama lokal lebih panjang", "H11", lie(local_name=b"xl/worksheets/sheet1.xml "))
    for where in ("local", "central"):
        for what, value in (
            ("crc", 0),
            ("crc", 12345),
            ("size", 50),
            ("packed", 60),
            ("method", 0),
            ("flags", 8),
        ):
            told = {what: value}
            make = lie(local=told) if where == "local" else lie(central=told)
            add(f"{what} {value} salah di {where}", "H11", make)
    both = {"crc": 99}
    add("CRC salah di keduanya", "H11", lie(local=both, central=both))
    for method, word in (
        (12, "bzip2"),
        (9, "deflate64"),
        (14, "lzma"),
        (99, "AES"),
        (6, "implode"),
        (93, "zstd"),
    ):
        told = {"method": method}
        add(f"metode {word}", "H11", lie(local=told, central=told))
    for bit, word in (
        (0, "bersandi"),
        (4, "deflate lebih"),
        (5, "tambalan"),
        (6, "sandi kuat"),
        (13, "tersamar"),
    ):
        flags = {"flags": 1 << bit}
        add(f"bendera {word}", "H11", lie(local=flags, central=flags))
    add("awalan 4 KB", "H11", rewrite(prefix=b"x" * 4096))
    add("awalan 4 KB disesuaikan", "H11", rewrite(prefix=b"x" * 4096, shift=True))
    add("awalan gambar", "H11", rewrite(prefix=PNG, shift=True))
    add("awalan program", "H11", rewrite(prefix=b"MZ" + bytes(998)))
    add("awalan PDF", "H11", rewrite(prefix=b"%PDF-1.4\n" + b"x" * 500, shift=True))
    add("akhiran", "H11", rewrite(suffix=b"x" * 1000))
    add("akhiran 70 KB", "H11", rewrite(suffix=b"x" * 70_000))
    add("akhiran satu byte", "H11", rewrite(suffix=b"\n"))
    add("komentar zip", "H11", rewrite(comment=b"halo"))
    add("komentar berisi akhir zip kedua", "H11", rewrite(comment=b"PK\x05\x06" + bytes(18)))
    add("zip kedua menempel", "H11", lambda content: content + content)
    add("celah antar-entri", "H11", lie(before=b"tersembunyi"))
    add("celah sebelum direktori", "H11", rewrite(gap=b"tersembunyi"))
    add("entri bertumpuk", "H11", lie(offset_of="xl/worksheets/sheet2.xml"))
    add("entri bertumpuk sebagian", "H11", lie("xl/worksheets/sheet3.xml", shift=-40))
    add("letak di luar berkas", "H11", lie(shift=50_000_000))
    add("ekor di belakang deflate", "H11", lambda content: lie(
        body=_deflate(read_parts(content)[SHEET1]) + b"ekor")(content))  # fmt: skip
    add("deflate tak selesai", "H11", lambda content: lie(
        body=_deflate(read_parts(content)[SHEET1])[:-20])(content))  # fmt: skip
    add("deflate rusak", "H11", lie(body=b"\xff" * 900))
    add("deskriptor bohong", "H11", lie(flags=8, descriptor=struct.pack("<4s3L", b"PK\x07\x08", 1, 2, 3)))
    add("deskriptor hilang", "H11", lie(flags=8, local={"crc": 1, "packed": 0, "size": 0}))
    add("direktori lebih", "H11", rewrite(count=5))
    add("direktori kurang", "H11 J01", rewrite(count=100))
    add("banyak disk", "H11", rewrite(disk=1))
    add("letak direktori salah", "H11", rewrite(directory=10))
    add("tautan simbolik", "H11", more(Part("xl/tautan", b"/etc/passwd", attributes=0o120777 << 16)))
    add("nama Unicode kedua", "H11", lie(
        extra_central=struct.pack("<HHBL", 0x7075, 13, 1, 0) + b"xl/lain.xml"[:8]))  # fmt: skip
    add("zip64 salah letak", "H11", rewrite(locator=struct.pack("<4sLQL", b"PK\x06\x07", 0, 7, 1)))
    add("nama bukan UTF-8", "H11", more(Part("xl/\udcff.xml", b"x", flags=1 << 11)))
    add("tanpa jenis isi", "H11", with_parts({TYPES: None}))
    add(
        "jenis isi tanpa buku kerja",
        "H11",
        edit(TYPES, re.escape(f"{MAIN}.sheet.main+xml"), "application/xml"),
    )
    add("jenis isi bertentangan", "H11", chain(
        add_type("xl/lain.xml", "application/xml"), add_type("XL/lain.xml", "text/xml")))  # fmt: skip
    add("zip kosong", "G03 H11", instead(write_zip([])))


def _deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


def _relations() -> None:
    target = 'Target="worksheets/sheet1.xml"'
    for name, new in {
        "file": 'Target="file:///etc/passwd" TargetMode="External"',
        "file tanpa mode": 'Target="file:///etc/passwd"',
        "http": 'Target="http://x.example/a.xml" TargetMode="External"',
        "UNC": 'Target="\\\\10.0.0.1\\a.xml"',
        "dua garis": 'Target="//10.0.0.1/a.xml"',
        "keluar paket": 'Target="../../../../etc/passwd"',
        "keluar paket tersandi": 'Target="%2e%2e/%2e%2e/%2e%2e/etc/passwd"',
        "tidak ada": 'Target="worksheets/sheet77.xml"',
        "lembar lain": 'Target="worksheets/sheet2.xml"',
        "lembar lain beda huruf": 'Target="Worksheets/SHEET2.xml"',
        "drive": 'Target="C:\\a.xml"',
        "dirinya": 'Target="workbook.xml"',
        "kosong": 'Target=""',
    }.items():
        add(f"relasi lembar {name}", "H12 H11", edit(SHEETS, re.escape(target), new))
    add("relasi gaya hilang", "H12", with_parts({STYLES: None}))
    add("relasi teks hilang", "H12", with_parts({TEXTS: None}))
    add("buku kerja hilang", "H12", with_parts({BOOK: None}))
    add("relasi utama hilang", "H12", with_parts({"_rels/.rels": None}))
    add("dua buku kerja", "H12", add_relation("_rels/.rels", "officeDocument", "xl/workbook2.xml"))
    add("relasi lembar tak resmi", "H12", edit(SHEETS, f"{OFFICE}/worksheet", "http://x.example/worksheet"))
    add("id relasi ganda", "H11", edit(SHEETS, 'Id="rId2"', 'Id="rId1"'))
    add("dua gaya", "H11 H12", carry("xl/styles2.xml", b"<x/>", f"{MAIN}.styles+xml", "styles"))
    add("lembar tanpa relasi", "H12", edit(BOOK, 'r:id="rId1"', 'r:id="rId999"'))
    add("dua lembar satu bagian", "H12", edit(BOOK, 'r:id="rId2"', 'r:id="rId1"'))
    add("relasi luar tak dikenal", "H12", add_relation(SHEETS, "theme", "http://x.example/t.xml", True))
    add("relasi luar lembar lain", "H12", add_relation(
        "xl/lain/_rels/a.xml.rels", "printerSettings", "file:///C:/a.bin", True))  # fmt: skip
    add("buku kerja bukan buku kerja", "H11", with_parts({BOOK: b'<?xml version="1.0"?><html/>'}))


def _passwords() -> None:
    add("sandi OOXML", "H13", instead(ole("EncryptionInfo", "EncryptedPackage")))
    add("sandi OOXML bernama xls", "H13", instead(ole("EncryptedPackage")), file="Buku.xls")
    add("sandi xls", "H13", instead(ole("Workbook", tail=LOCKED)), file="Buku.xls")
    manifest = b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
    locked_ods = {"mimetype": ODS, "content.xml": b"\x00", "META-INF/manifest.xml": manifest}
    add("sandi ods", "H13", instead(zipped(locked_ods)), file="Buku.ods")
    locked = write_zip([Part("Buku.xlsx", b"x", flags=1)])
    add("sandi zip", "H13", instead(locked))


# --- reader: what stands in sheets ----------------------------------------------------------------------------------


def _cells() -> None:
    def reader(name: str, codes: str, make: Make) -> None:
        add(name, codes, make, layer="reader")

    for ref in ("A1", "A1:XFD1048576", "ZZZZ99999999"):
        reader(
            f"dimensi {ref}",
            "B16",
            edit_entry_sheet(r'<dimension ref="[^"]*"/>', f'<dimension ref="{ref}"/>'),
        )
    number = "<v>12.5</v></c>"
    reader("sel dua kali", "B17", put_cell(f'<c r="{{r}}"{{s}}><v>97.5</v></c><c r="{{r}}"{{s}}>{number}'))
    reader("sel tanpa alamat", "B17", put_cell(f"<c{{s}}>{number}"))
    reader("sel di baris lain", "B17", put_cell(f'<c r="B9999"{{s}}>{number}'))
    reader("sel mundur", "B17", put_cell(f'<c r="{{r}}"{{s}}>{number}<c r="A{{row}}">{number}'))
    reader(
        "baris mundur", "B17", edit_entry_sheet("</sheetData>", '<row r="1"><c r="A1"/></row></sheetData>')
    )
    reader(
        "baris tanpa nomor", "B17", edit_entry_sheet("</sheetData>", "<row><c><v>1</v></c></row></sheetData>")
    )
    reader("dua sheetData", "B17", edit_entry_sheet("</sheetData>", "</sheetData><sheetData></sheetData>"))
    reader("dua lembar senama", "B17", edit(BOOK, 'name="Daftar"', 'name="Petunjuk"'))
    reader("lembar bernamaruang asing", "B17", edit_entry_sheet(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://x.example/main"))  # fmt: skip
    for address in ("A0", "XFE{row}", "A1048577", "ZZZ9999999", "1A", "{row}", "$A$1", "a{row}"):
        reader(f"alamat sel {address}", "B18 B17", put_cell(f'<c r="{address}"{{s}}>{number}'))
    for row in ("0", "-1", "1048577", "4294967297", "1e3", "٩"):
        reader(f"nomor baris {row}", "B18 B17", edit_entry_sheet(
            "</sheetData>", f'<row r="{row}"><c r="A{row}"/></row></sheetData>'))  # fmt: skip
    for value in ("NaN", "INF", "-INF", "1E+999", "1" * 20, "9" * 400, "1E308", "nan", "Infinity"):
        reader(f"angka {value[:12]}{len(value)}", "C18 C20", put_value(value))
    for value in (
        " 97.5 x",
        "1_000",
        "٩٧",
        "0x10",
        "97,5",
        "1 000",
        "９７",
        "+",
        "1e",
        "--1",
        "belum ada",
        "1.2.3",
    ):
        reader(f"angka tak sah {value}", "C20", put_value(value))
    for name, xml in {
        "dua v": '<c r="{r}"{s}><v>1</v><v>2</v></c>',
        "komentar dalam v": '<c r="{r}"{s}><v>9<!-- -->7.5</v></c>',
        "instruksi dalam v": '<c r="{r}"{s}><v>9<?x y?>7.5</v></c>',
        "v dan is": '<c r="{r}"{s} t="inlineStr"><v>1</v><is><t>2</t></is></c>',
        "unsur dalam v": '<c r="{r}"{s}><v>9<b/>7</v></c>',
        "indeks di luar": '<c r="{r}"{s} t="s"><v>999999</v></c>',
        "indeks negatif": '<c r="{r}"{s} t="s"><v>-1</v></c>',
        "indeks pecahan": '<c r="{r}"{s} t="s"><v>1.5</v></c>',
        "jenis tak dikenal": '<c r="{r}"{s} t="zzz"><v>1</v></c>',
        "boolean 2": '<c r="{r}"{s} t="b"><v>2</v></c>',
        "gaya di luar": '<c r="{r}" s="999999"><v>1</v></c>',
        "gaya negatif": '<c r="{r}" s="-1"><v>1</v></c>',
    }.items():
        reader(f"sel {name}", "C26 B17 C20", put_cell(xml))
    for formula in ('HYPERLINK("http://x.example","klik")', 'WEBSERVICE("http://x.example")',
                    '_xlfn.WEBSERVICE("http://x.example")', 'IMPORTXML("http://x.example","//a")',
                    'FILTERXML("&lt;a/&gt;","//a")', '_xlfn.IMAGE("http://x.example/a.png")'):  # fmt: skip
        reader(f"rumus {formula[:18]}", "H04", put_cell(f'<c r="{{r}}"{{s}}><f>{formula}</f><v>1</v></c>'))
    reader("rumus DDE", "H03", put_cell("<c r=\"{r}\"{s}><f>cmd|'/c calc'!A0</f><v>1</v></c>"))
    reader(
        "rumus MSEXCEL DDE",
        "H03",
        put_cell("<c r=\"{r}\"{s}><f>MSEXCEL|'..\\cmd.exe /c calc'!A1</f><v>1</v></c>"),
    )
    reader("rumus buku lain", "H02 D07", put_cell('<c r="{r}"{s}><f>[1]Sheet1!A1</f><v>1</v></c>'))


def _excess() -> None:
    def reader(name: str, codes: str, make: Make) -> None:
        add(name, codes, make, layer="reader")

    reader(
        "sarang di lembar", "H08", edit_entry_sheet("</worksheet>", f"{'<a>' * 90}{'</a>' * 90}</worksheet>")
    )
    attributes = " ".join(f'a{n}="1"' for n in range(400))
    reader("400 atribut di lembar", "H08", edit_entry_sheet("<sheetData>", f"<x {attributes}/><sheetData>"))
    names = "".join(f'<definedName name="N{n}">1</definedName>' for n in range(8000))
    reader("8000 nama sel", "H08", edit(BOOK, "</definedNames>", f"{names}</definedNames>"))
    looks = "".join(
        f'<xf numFmtId="0" fontId="{n}" fillId="0" borderId="0" xfId="0"/>' for n in range(70_000)
    )
    reader("70.000 gaya", "H08 H07", edit(STYLES, "</cellXfs>", f"{looks}</cellXfs>"))
    texts = "".join(f"<si><t>{n}</t></si>" for n in range(210_000))
    reader("210.000 teks", "H08 H07", edit(TEXTS, "</sst>", f"{texts}</sst>"))
    reader("teks 40.000 huruf", "H08 C22 L09", put_cell(
        f'<c r="{{r}}"{{s}} t="inlineStr"><is><t>{"x" * 40_000}</t></is></c>'))  # fmt: skip
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(5000, 210_000))
    reader("205.000 sel", "H08 H09", edit_entry_sheet("</sheetData>", f"{cells}</sheetData>"))
    reader("sel jauh", "B12 H09", edit_entry_sheet(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))  # fmt: skip
    merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(5000, 20_000))
    reader("15.000 gabungan", "H09 H08", edit_entry_sheet("</mergeCells>", f"{merged}</mergeCells>"))
    reader("gabungan seluruh lembar", "H09 B13 B17", edit_entry_sheet(
        "</mergeCells>", '<mergeCell ref="A1:XFD1048576"/></mergeCells>'))  # fmt: skip


# --- a zip writer that can lie --------------------------------------------------------------------------------------


@dataclass
class Part:
    """One entry; `local` and `central` hold what its two headers say instead of the truth."""

    name: str
    data: bytes
    flags: int = 0
    method: int = 8
    local_name: bytes | None = None
    body: bytes | None = None  # packed bytes, instead of those of `data`
    local: dict[str, int] = field(default_factory=dict)
    central: dict[str, int] = field(default_factory=dict)
    extra_local: bytes = b""
    extra_central: bytes = b""
    descriptor: bytes = b""
    before: bytes = b""  # bytes in front of it that belong to nobody
    shift: int = 0  # added to where the directory says that it stands
    offset_of: str = ""  # says that it stands where that part stands
    attributes: int = 0

    @property
    def raw_name(self) -> bytes:
        return self.name.encode("utf-8", "surrogateescape")


def write_zip(
    parts: list[Part],
    *,
    prefix: bytes = b"",
    suffix: bytes = b"",
    comment: bytes = b"",
    gap: bytes = b"",
    locator: bytes = b"",
    shift: bool = False,
    count: int | None = None,
    disk: int = 0,
    directory: int = 0,
) -> bytes:
    """A zip with all its lies; with none, as sound as any. `shift`: offsets count the prefix."""
    out = bytearray(prefix)
    base = 0 if shift else len(prefix)
    offsets: dict[str, int] = {}
    rows: list[tuple[Part, dict[str, int], int]] = []
    for part in parts:
        body = part.body if part.body is not None else _deflate(part.data) if part.method == 8 else part.data
        truth = {"flags": part.flags, "method": part.method, "crc": zlib.crc32(part.data), "packed": len(body),
                 "size": len(part.data)}  # fmt: skip
        out += part.before
        at = offsets[part.name] = len(out) - base
        out += _local(part, {**truth, **part.local}) + body + part.descriptor
        rows.append((part, {**truth, **part.central}, at))
    out += gap
    start = len(out) - base
    for part, told, at in rows:
        out += _central(part, told, offsets.get(part.offset_of, at) + part.shift)
    size = len(out) - base - start
    number = len(parts) if count is None else count
    out += locator + struct.pack("<4s4H2LH", b"PK\x05\x06", disk, disk, number, number, size, start + directory,
                                 len(comment))  # fmt: skip
    return bytes(out) + comment + suffix


def _local(part: Part, told: dict[str, int]) -> bytes:
    name = part.raw_name if part.local_name is None else part.local_name
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, told["flags"], told["method"], 0, 33, told["crc"],
                       told["packed"], told["size"], len(name), len(part.extra_local))  # fmt: skip
    return head + name + part.extra_local


def _central(part: Part, told: dict[str, int], offset: int) -> bytes:
    head = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0x314, 20, told["flags"], told["method"], 0, 33, told["crc"],
                       told["packed"], told["size"], len(part.raw_name), len(part.extra_central), 0, 0, 0,
                       part.attributes, offset)  # fmt: skip
    return head + part.raw_name + part.extra_central


for _register in (_formats, _damage, _macros, _links, _objects, _xml, _bombs, _names, _zip, _relations, _passwords,
                  _cells, _excess):  # fmt: skip
    _register()
