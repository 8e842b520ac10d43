"""Whose form a returned workbook is: the identity inside it, held against the plan. Its name is only compared."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.identitas import AWALAN_PROPERTI, BUKU_KERJA, LEMBAR_META, VERSI, Tanda, make_tanda
from builder.masalah import Message, Problem, Refused
from builder.reader.reading import Reading
from builder.rkt import Rkt, SubBagian
from builder.strict.returned import ReturnedFile

_MOST_PROPERTIES = 65_536  # bytes
_PROPERTY = re.compile(rf'name="({AWALAN_PROPERTI}\w+)"[^>]*>\s*<vt:lpwstr>([^<]*)</vt:lpwstr>')
_COPY = re.compile(r"^(salinan|copy)( \(\d+\))?( dari| of)? |( - )(salinan|copy)|\(\d+\)", re.IGNORECASE)
_BULAN = "jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec"
_DATE = re.compile(
    rf"\d{{1,2}}([-._ ]\d{{1,2}}[-._ ]|[-._ ]?({_BULAN})\w*[-._ ]?)20\d\d|20\d\d([-._]\d\d){{2}}", re.I
)


def read_tanda(file: ReturnedFile, name: str, tahun: str = "…") -> Tanda:
    """The identity on the hidden sheet, checked against the document's properties where it still has them."""
    carried: dict[str, str] = {}
    cells = file.sheets[LEMBAR_META].cells if LEMBAR_META in file.sheets else {}
    for row in range(1, 41):
        label, value = (cells[row, c].shown if (row, c) in cells else "" for c in (1, 2))
        if label and value:
            carried[label] = value
    properties = own_properties(file.properties)
    tanda = Tanda.from_dict(carried or properties)
    if tanda is None:
        raise Refused(Problem(Message.A03, name, values={"tahun": tahun}))
    # A field that only one of the two still has was taken away by hand: programs drop a carrier whole.
    differing = sorted(k for k, v in properties.items() if carried and carried.get(k) != v)
    if differing:
        detail = "; ".join(f"{k}: «{carried.get(k, 'kosong')}» dan «{properties[k]}»" for k in differing)
        raise Refused(Problem(Message.A04, name, LEMBAR_META, values={"rincian": detail}))
    return tanda


def own_properties(properties: Mapping[str, str]) -> dict[str, str]:
    """What a document's own properties say of a form of ours; {} where nothing."""
    ours = {k: v for k, v in properties.items() if k.startswith(AWALAN_PROPERTI)}
    return {name.removeprefix(AWALAN_PROPERTI): value for name, value in ours.items()}


def read_properties(path: Path) -> dict[str, str]:
    """What the document's properties say of a form of ours, without opening the workbook; {} where nothing.

    Enough to know our own konsolidasi with its macros, which is never read as a return.
    """
    try:
        with zipfile.ZipFile(path) as package, package.open("docProps/custom.xml") as part:
            text = part.read(_MOST_PROPERTIES)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return {}
    found = _PROPERTY.findall(text.decode("utf-8", "replace"))
    return {name.removeprefix(AWALAN_PROPERTI): html.unescape(value) for name, value in found}


def find_sub_bagian(tanda: Tanda, rkt: Rkt, name: str) -> SubBagian:
    """The sub-bagian that the file belongs to; raises Refused where it belongs to another plan."""
    ours = make_tanda(rkt, BUKU_KERJA)
    versions: dict[str, Any] = {"ada": tanda.versi, "versi": VERSI}
    checks: tuple[tuple[bool, Message, dict[str, Any]], ...] = (
        (tanda.jenis != BUKU_KERJA, Message.A03, {"tahun": ours.tahun}),
        (_version(tanda.versi) < _version(VERSI), Message.A09, versions),
        (_version(tanda.versi) > _version(VERSI), Message.A10, versions),
        (tanda.tahun != ours.tahun, Message.A07, {"ada": tanda.tahun, "tahun": ours.tahun}),
        (tanda.kantor != ours.kantor, Message.A06, {"pemilik": tanda.kantor, "kantor": ours.kantor}),
        (tanda.contoh == "ya" and ours.contoh != "ya", Message.A12, {}),
    )
    for failed, message, values in checks:
        if failed:
            raise Refused(Problem(message, name, values=values))
    for sub_bagian in rkt.sub_bagian:
        if sub_bagian.kode == tanda.sub_bagian and rkt.sasaran_of(sub_bagian):
            return sub_bagian
    raise Refused(Problem(Message.F10, name, values={"kode": tanda.sub_bagian}))


def _version(text: str) -> int:
    """A form without a sound version is older than any."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


# --- the name of the file -----------------------------------------------------------------------------------------


def note_name(reading: Reading) -> None:
    """A name that speaks of another sub-bagian or year is told; one that says neither is noted."""
    sub_bagian, rkt = reading.kiriman.sub_bagian, reading.rkt
    assert sub_bagian is not None
    stem = reading.kiriman.berkas.rpartition("/")[2].rpartition(".")[0]
    words = re.findall(r"[^\W_]+", _DATE.sub(" ", _COPY.sub(" ", stem)).upper())
    codes = {s.kode.upper() for s in rkt.sub_bagian}
    said_codes = [w for w in words if w in codes]
    said_years = [w for w in words if re.fullmatch(r"20\d\d", w)]
    own, year = sub_bagian.kode.upper(), str(rkt.identitas.tahun)
    wrong = [w for said, ours in ((said_years, year), (said_codes, own)) if ours not in said for w in said]
    values: dict[str, Any] = {"sub_bagian": sub_bagian.kode, "tahun": year}
    if wrong:
        reading.note(Message.A02, sebut=" ".join(dict.fromkeys(wrong)), **values)
    elif own not in said_codes or year not in said_years:
        reading.note(Message.A01, **values)
