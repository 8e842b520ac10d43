"""Whose form a returned workbook is: the identity inside it, held against the plan."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

from builder.identitas import AWALAN_PROPERTI, BUKU_KERJA, LEMBAR_META, VERSI, Tanda, make_tanda
from builder.masalah import Message, Problem, Refused
from builder.reader.source import ReturnedFile
from builder.rkt import Rkt, SubBagian

_MOST_PROPERTIES = 65_536  # bytes
_PROPERTY = re.compile(rf'name="({AWALAN_PROPERTI}\w+)"[^>]*>\s*<vt:lpwstr>([^<]*)</vt:lpwstr>')


def read_tanda(file: ReturnedFile, name: str, tahun: str = "…") -> Tanda:
    """The identity on the hidden sheet, checked against the document's properties where it still has them."""
    carried: dict[str, str] = {}
    if LEMBAR_META in file.sheets:
        for line in file.values[LEMBAR_META].iter_rows(max_col=2, max_row=40):
            if line[0].value is not None and line[1].value is not None:
                carried[str(line[0].value)] = str(line[1].value)
    properties = {
        p.name.removeprefix(AWALAN_PROPERTI): str(p.value)
        for p in file.values.custom_doc_props.props  # type: ignore[attr-defined]
        if p.name and p.name.startswith(AWALAN_PROPERTI)
    }
    tanda = Tanda.from_dict(carried or properties)
    if tanda is None:
        raise Refused(Problem(Message.A03, name, values={"tahun": tahun}))
    differing = sorted(k for k, v in properties.items() if carried.get(k, v) != v)
    if differing:
        detail = "; ".join(f"{k}: «{carried[k]}» dan «{properties[k]}»" for k in differing)
        raise Refused(Problem(Message.A04, name, LEMBAR_META, values={"rincian": detail}))
    return tanda


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
    checks: tuple[tuple[bool, Message, dict[str, Any]], ...] = (
        (tanda.jenis != BUKU_KERJA, Message.A03, {"tahun": ours.tahun}),
        (tanda.versi != VERSI, Message.A10, {"ada": tanda.versi, "versi": VERSI}),
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
    raise Refused(Problem(Message.A08, name, values={"kode": tanda.sub_bagian}))
