"""DATA: one row per indikator and triwulan, and one for the year, with the origin of each number (DOMAIN 5, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from builder import capaian
from builder.capaian import TAHUN
from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key, Value, is_number
from builder.rkt import TRIWULAN, Indikator, Isian
from builder.tampak import csv_text

if TYPE_CHECKING:
    import pandas as pd

DATA_KOLOM = (
    "id", "triwulan", "pembilang", "penyebut", "realisasi", "capaian", "capaian_dihitung", "status", "kategori",
    "sub_bagian", "berkas", "lembar", "sel",
)  # fmt: skip
_HALVES = ("pembilang", "penyebut")


def data_frame(result: Konsolidasi) -> pd.DataFrame:
    """DATA: one row per indikator and triwulan ("1" to "4") and one for the year ("tahun").

    pembilang, penyebut and realisasi are the quarter's own, realisasi in the target's unit (per cent in points;
    the word of a predikat or an opini); capaian is up to the quarter, as a fraction. Words stand in status.
    A text that a spreadsheet would take for a formula (the name of a file) begins with an apostrophe.
    """
    import pandas as pd  # half a second that a refresh does not need

    rows = [_plain(row) for i in result.rkt.indikator for row in _rows(result, i)]
    return pd.DataFrame(rows, columns=list(DATA_KOLOM), dtype=object)


def _plain(row: dict[str, Value]) -> dict[str, Value]:
    return {column: csv_text(v) if isinstance(v, str) else v for column, v in row.items()}


def _rows(result: Konsolidasi, i: Indikator) -> list[dict[str, Value]]:
    values = capaian.compute(i, result.rkt.aturan, result.entries, result.triwulan)
    return [_row(result, i, values, f"TW{j}") for j in TRIWULAN] + [_row(result, i, values, TAHUN)]


def _row(result: Konsolidasi, i: Indikator, values: Mapping[Key, Value], periode: str) -> dict[str, Value]:
    def cell(column: str) -> Value:
        return values.get(Key(i.id, periode, column))

    year = periode == TAHUN
    origin = [
        result.asal[k]
        for c in ("pembilang", "penyebut", "realisasi")
        if (k := Key(i.id, periode, c)) in result.asal
    ]
    filled = [a for a in origin if not a.entry.is_blank]
    return {
        "id": i.id,
        "triwulan": "tahun" if year else periode[2],
        **{half: _typed(result, Key(i.id, periode, half)) for half in _HALVES},
        "realisasi": _realisasi(
            i, cell("sd" if year else "realisasi" if i.isian is Isian.RASIO else "terbaca")
        ),
        "capaian": _only_number(cell("capaian")),
        "capaian_dihitung": _only_number(cell("dihitung")),
        "status": str(capaian.status_of(cell("status"), cell("capaian"))),
        "kategori": cell("kategori") or None,
        "sub_bagian": result.rkt.owner(i).kode,
        "berkas": filled[0].berkas if filled else None,
        "lembar": filled[0].entry.lembar if filled else None,
        "sel": _told_cells(filled),
    }


def _told_cells(filled: Sequence[Asal]) -> str | None:
    """Where a number was typed: "E8:F8"; of one that several sub-bagian made together "E8:F8 + E9:F9"."""
    by_file = zip(*(a.bagian or (a,) for a in filled), strict=False)
    return " + ".join(dict.fromkeys(":".join(a.entry.sel for a in of_file) for of_file in by_file)) or None


def _typed(result: Konsolidasi, key: Key) -> Value:
    asal = result.asal.get(key)
    return _only_number(asal.entry.value) if asal else None


def _only_number(value: Value) -> Value:
    return value if is_number(value) else None


def _realisasi(i: Indikator, value: Value) -> Value:
    """In the target's unit; the words of a predikat or an opini are values, the words of a state are not."""
    if isinstance(value, str):
        states = ("", capaian.NIHIL, capaian.PERIKSA)
        return value if i.tipe.is_word and value not in states else None
    return None if value is None or isinstance(value, bool) else i.unit_value(value)
