"""Preflight: every attack is refused with a fitting code, every form of ours passes, whoever saved it."""

from __future__ import annotations

import io
import random
import re
import struct
import tracemalloc
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from bahan import build
from mesin import save_with_libreoffice
from serangan import (
    BOOK,
    MAIN,
    OFFICE,
    OLE,
    SERANGAN,
    SHEETS,
    STYLES,
    TEXTS,
    TYPES,
    Make,
    Part,
    Serangan,
    add_relation,
    carry,
    chain,
    edit,
    more,
    read_parts,
    rewrite,
    with_parts,
    write_zip,
)

from builder.masalah import Message, Putusan, Refused
from builder.preflight import check_file
from builder.preflight.package import Package

PREFLIGHT = [s for s in SERANGAN.values() if s.layer == "preflight"]
FORM = re.compile(r"\[[A-Z]\d\d\] .+ — .+\. Tindakan: .+\.", re.DOTALL)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A buku kerja as it is handed out."""
    return build(tmp_path_factory.mktemp("bangun"))[0].read_bytes()


def refused(content: bytes, name: str = "BukuKerja.xlsx") -> list[str]:
    """Codes of the refusal; none where the file passes."""
    try:
        check_file(content, name)
    except Refused as error:
        for problem in error.problems:
            assert problem.berkas == name
            assert problem.putusan == Putusan.TOLAK
            assert FORM.fullmatch(problem.pesan), problem.pesan
            assert not re.search(r"[\x00-\x1f\x7f\u202e]", problem.pesan)
        return [problem.kode for problem in error.problems]
    return []


@pytest.mark.parametrize("attack", [s for s in PREFLIGHT if not s.macros], ids=lambda s: s.name)
def test_attack_is_refused(form: bytes, attack: Serangan) -> None:
    content = attack.make(form)
    assert content != form
    codes = refused(content, attack.file)
    assert set(codes) & set(attack.codes), codes


@pytest.mark.parametrize("attack", [s for s in PREFLIGHT if s.macros], ids=lambda s: s.name)
def test_macros_are_told_and_the_identity_is_still_read(form: bytes, attack: Serangan) -> None:
    package = check_file(attack.make(form), "Konsolidasi.xlsm")
    assert package.macros
    assert package.properties["rkt_jenis"] == "buku_kerja"


def test_every_rule_is_attacked_twice() -> None:
    count = Counter(s.codes[0] for s in SERANGAN.values())
    rules = "B16 B17 B18 C18 C20 C26 G01 G02 G03 H01 H02 H03 H04 H06 H07 H08 H09 H10 H11 H12 H13 J01"
    assert [rule for rule in rules.split() if count[rule] < 2] == []
    assert all(code in Message.__members__ for s in SERANGAN.values() for code in s.codes)


@pytest.mark.parametrize(
    "name", ["bom 200 MB yang mengaku 0,9 MB", "bagian 31 MB", "jumlah 65 MB", "teks 2 MB"]
)
def test_bomb_costs_no_memory(form: bytes, name: str) -> None:
    content = SERANGAN[name].make(form)
    tracemalloc.start()
    assert refused(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 << 20


# --- what passes --------------------------------------------------------------------------------------------------


def test_our_form_passes(form: bytes) -> None:
    package = check_file(form, "x.xlsx")
    assert package.workbook == "xl/workbook.xml"
    assert package.application == "Microsoft Excel"
    assert package.properties["rkt_penanda"] == "RKT-FORMULIR"
    assert not any((package.macros, package.template, package.strict, package.shared))
    assert {name: package.read(name) for name in read_parts(form)} == read_parts(form)


def test_form_saved_by_openpyxl_passes(form: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form))
    out = io.BytesIO()
    book.save(out)
    assert check_file(out.getvalue(), "x.xlsx").properties["rkt_penanda"] == "RKT-FORMULIR"


def test_form_saved_by_libreoffice_passes(form: bytes, tmp_path: Path) -> None:
    (tmp_path / "Buku.xlsx").write_bytes(form)
    saved = save_with_libreoffice(tmp_path / "Buku.xlsx", tmp_path / "lo")
    package = check_file(saved.read_bytes(), saved.name)
    assert package.application.startswith("LibreOffice")
    assert package.properties["rkt_penanda"] == "RKT-FORMULIR"


@pytest.mark.parametrize("name", ["Buku.zip", "Buku.bin", "Buku", "Buku.xls", "Buku.pdf", "\u202exslx.exe"])
def test_name_decides_nothing(form: bytes, name: str) -> None:
    assert not check_file(form, name).macros


def _described(form: bytes, mark: bytes, wide: bool = False) -> bytes:
    """As streaming writers do it: sizes behind the data."""
    parts = []
    for name, data in read_parts(form).items():
        packed = len(_body(data))
        numbers = struct.pack("<L2Q" if wide else "<3L", zlib.crc32(data), packed, len(data))
        blank = {"crc": 0, "packed": 0, "size": 0}
        parts.append(Part(name, data, flags=8, local=blank, descriptor=mark + numbers))
    return write_zip(parts)


def _body(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("mark", [b"", b"PK\x07\x08"])
def test_data_descriptors_pass(form: bytes, mark: bytes, wide: bool) -> None:
    assert check_file(_described(form, mark, wide), "x.xlsx").read(BOOK) == read_parts(form)[BOOK]


def _zip64(form: bytes) -> bytes:
    """Sizes of every entry in the zip64 extra."""
    full = {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF}
    parts = []
    for name, data in read_parts(form).items():
        extra = struct.pack("<HHQQ", 1, 16, len(data), len(_body(data)))
        parts.append(Part(name, data, local=full, central=full, extra_local=extra, extra_central=extra))
    return write_zip(parts)


def _stored(form: bytes) -> bytes:
    return write_zip([Part(name, data, method=0) for name, data in read_parts(form).items()])


def _reversed(form: bytes) -> bytes:
    return write_zip([Part(name, data) for name, data in reversed(read_parts(form).items())])


def _padded(form: bytes) -> bytes:
    """Excel's growth hint."""
    extra = struct.pack("<HHHH", 0xA220, 516, 0xA028, 512) + bytes(512)
    return write_zip([Part(name, data, extra_local=extra) for name, data in read_parts(form).items()])


@pytest.mark.parametrize("make", [_zip64, _stored, _reversed, _padded, more(Part("xl/media/", b""))])
def test_other_dialects_of_zip_pass(form: bytes, make: Make) -> None:
    assert check_file(make(form), "x.xlsx").read(TEXTS) == read_parts(form)[TEXTS]


def test_zip64_end_passes(form: bytes) -> None:
    plain = write_zip([Part(name, data) for name, data in read_parts(form).items()])
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2LH", plain[-22:])
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + size, 1)
    check_file(plain[:-22] + wide + locator + plain[-22:], "x.xlsx")


def test_template_strict_and_shared_are_told(form: bytes) -> None:
    template = edit(TYPES, re.escape(f"{MAIN}.sheet.main+xml"), f"{MAIN}.template.main+xml")
    assert check_file(template(form), "x.xltx").template
    shared = carry(
        "xl/revisions/revisionHeaders.xml", b"<x/>", f"{MAIN}.revisionHeaders+xml", "revisionHeaders"
    )
    assert check_file(shared(form), "x.xlsx").shared
    assert check_file(_strict(form), "x.xlsx").strict


def _strict(form: bytes) -> bytes:
    def purl(data: bytes) -> bytes:
        for old, new in (
            (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"spreadsheetml/main"),
            (OFFICE.encode(), b"officeDocument/relationships"),
        ):
            data = data.replace(old, b"http://purl.oclc.org/ooxml/" + new)
        return data

    return write_zip([Part(name, purl(data)) for name, data in read_parts(form).items()])


_RELS = "xl/worksheets/_rels/sheet1.xml.rels"
ALLOWED: dict[str, Make] = {
    "tautan web": add_relation(_RELS, "hyperlink", "https://kpu.example/bukti", external=True),
    "tautan surel": add_relation(_RELS, "hyperlink", "mailto:a@kpu.example", external=True),
    "tautan berkas": add_relation(_RELS, "hyperlink", "file:///C:/Bukti%20dukung.pdf", external=True),
    "tautan kosong": add_relation(_RELS, "hyperlink", "", external=True),
    "tautan ke lembar": add_relation(_RELS, "hyperlink", "#Daftar!A1"),
    "gambar": carry("xl/media/image1.png", b"\x89PNG\r\n\x1a\n", "image/png", "image", _RELS),
    "komentar": carry("xl/comments1.xml", b"<comments/>", f"{MAIN}.comments+xml", "comments", _RELS),
    "VML tak rapi": with_parts({"xl/drawings/vmlDrawing1.vml": b"<xml><br></xml>"}),
    "setelan pencetak": carry(
        "xl/printerSettings/p1.bin", b"M\x00Z", "application/bin", "printerSettings", _RELS
    ),
    "printer hilang": add_relation(_RELS, "printerSettings", "../printerSettings/p9.bin"),
    "kontrol formulir": carry("xl/ctrlProps/c1.xml", b"<x/>", "application/xml", "ctrlProp", _RELS),
    "data XML": carry("customXml/item1.xml", b"<x/>", "application/xml", "customXml"),
    "label kerahasiaan": carry(
        "docMetadata/LabelInfo.xml", b"<x/>", "application/xml", "classificationlabels"
    ),
    "calcChain hilang": add_relation(SHEETS, "calcChain", "calcChain.xml"),
    "biner yang diawali <": with_parts({"xl/customProperty1.bin": b"<\x00a\x00"}),
    "nama berspasi": with_parts({"xl/media/gambar%20satu.png": b"\x89PNG\r\n\x1a\n"}),
}


@pytest.mark.parametrize("make", ALLOWED.values(), ids=ALLOWED)
def test_what_offices_add_passes(form: bytes, make: Make) -> None:
    package = check_file(make(form), "x.xlsx")
    for part in package.parts:
        package.relations(part)


def test_all_that_is_carried_is_told_at_once(form: bytes) -> None:
    make = chain(SERANGAN["koneksi data"].make, SERANGAN["objek OLE"].make, SERANGAN["tautan DDE"].make)
    assert sorted(refused(make(form))) == ["H02", "H03", "H03"]


# --- the package --------------------------------------------------------------------------------------------------


def test_parts_are_found_in_any_case(form: bytes) -> None:
    package = check_file(form, "x.xlsx")
    assert package.has("/XL/Workbook.xml")
    assert package.read("xl/WORKBOOK.xml") == read_parts(form)[BOOK]
    assert package.related("styles") == STYLES
    assert package.related("theme") == "xl/theme/theme1.xml"
    assert package.related("calcChain") is None
    assert package.relations("xl/tidak-ada.xml") == ()
    sheets = [r for r in package.relations(package.workbook) if r.kind == "worksheet"]
    assert sheets[0].target == "xl/worksheets/sheet1.xml"
    assert not any(r.external for r in sheets)


def test_missing_part_is_a_refusal(form: bytes) -> None:
    package = check_file(form, "Buku.xlsx")
    with pytest.raises(Refused) as caught:
        package.read("xl/tidak-ada.xml")
    assert [(p.kode, p.berkas) for p in caught.value.problems] == [("H11", "Buku.xlsx")]


def test_words_of_a_stranger_are_made_fit_to_show(form: bytes) -> None:
    name = "../\u202e\x1b[31m" + "x" * 500
    assert refused(more(Part(name, b"x", flags=1 << 11))(form), "Buku\x1b.xlsx") == ["H10"]


def test_mutants_are_refused_or_read_as_another_reader_reads_them(form: bytes) -> None:
    """Whatever passes, zipfile reads the same bytes from it: no second meaning is left."""
    source = random.Random(2024)
    sound = [form, _described(form, b"PK\x07\x08"), _zip64(form), rewrite()(form)]
    passed = 0
    for _ in range(600):
        content = _mutate(source.choice(sound), source)
        try:
            package = check_file(content, "x.xlsx")
        except Refused:
            continue
        passed += 1
        _compare(package, content)
    assert passed > 10


def _mutate(content: bytes, source: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(source.randint(1, 2)):
        headers = [m.start() for m in re.finditer(rb"PK[\x01\x03\x05\x07][\x02\x04\x06\x08]", out)]
        at = min(source.choice(headers) + source.randint(0, 60), len(out) - 1)
        match source.randrange(5):
            case 0 | 1:
                out[at] = source.randrange(256)
            case 2:
                out[at] ^= 1 << source.randrange(8)
            case 3:
                del out[at : at + source.randint(1, 400)]
            case 4:
                out[at:at] = out[at : at + source.randint(1, 400)]
    return bytes(out)


def _compare(package: Package, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as other:
        for name in other.namelist():
            assert package.read(name) == other.read(name)


def test_truncated_everywhere(form: bytes) -> None:
    for length in range(0, len(form), 997):
        assert refused(form[:length]) == (["J01"] if length != 1 else ["G03"])


def test_macro_book_with_ole_inside_needs_no_link_check(form: bytes) -> None:
    make = chain(SERANGAN["makro VBA"].make, SERANGAN["tautan buku kerja"].make)
    assert check_file(make(form), "x.xlsm").macros
    assert OLE in check_file(make(form), "x.xlsm").read("xl/vbaProject.bin")
