"""The history of a cell in words, one line for each event: what stood there, in which file, and how it came there."""

from __future__ import annotations

from builder.arsip import Nilai
from builder.expr import Value
from builder.putusan import DIPUTUSKAN
from builder.tampak import show
from builder.tangan import DIUBAH_TANGAN
from builder.tanggal import write_time

_PUTUSAN, _KOSONG_LAGI = (
    "diputuskan: ",
    "dikosongkan",
)  # as the ledger notes how the konsolidasi came by a value


def told_event(n: Nilai) -> str:
    """ "25/11/2026 23.23  konsolidasi: «3» dari dua.xlsx S01!G16"."""
    said = _said_in_file(n) if n.peran == "berkas" else _said_in_konsolidasi(n)
    return f"{write_time(n.saat)}  {n.peran}: {said}"


def _said_in_file(n: Nilai) -> str:
    held = " (ditahan)" if n.ditahan else ""
    more = f"; {n.keterangan}" if n.keterangan else ""
    return f"{_found(n)}{held}{_place(n)}{more}"


def _said_in_konsolidasi(n: Nilai) -> str:
    if n.keterangan == _KOSONG_LAGI:
        return "kosong lagi"
    if n.berkas == DIUBAH_TANGAN:
        return f"{show(n.isi) or told_value(n.nilai)}, diubah tangan"
    if n.berkas == DIPUTUSKAN:
        return f"{show(n.isi) or told_value(n.nilai)}, menurut putusan Anda"
    held = " (ditahan)" if n.ditahan else ""
    chosen = n.keterangan.removeprefix(_PUTUSAN)
    decided = f", menurut putusan Anda ({show(chosen)})" if chosen != n.keterangan else ""
    return f"{_found(n)}{held}{decided}{_place(n)}"


def _found(n: Nilai) -> str:
    """What was found, in quotes; a blank as the word."""
    isi = show(n.isi).strip()
    return f"«{isi}»" if isi else told_value(n.nilai)


def _place(n: Nilai) -> str:
    return f" dari {show(n.berkas)} {n.lembar}!{n.sel}" if n.berkas else ""


def told_value(value: Value) -> str:
    """A value of which no content is known."""
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return "kosong" if value in (None, "") else str(value)
