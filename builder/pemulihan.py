"""A konsolidasi that was lost or spoiled, made again from its archive alone (L07)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builder.arsip import Arsip
from builder.gabungan import Gabungan, write_new
from builder.masalah import Message, Problem, Refused
from builder.penerimaan import merge_returns
from builder.plan import read_carried
from builder.putusan import read_choices
from builder.returns import Track, no_track
from builder.save import digest, holding, saying


def rebuild(folder: Path, *, makro: bool = True, track: Track[Any] = no_track) -> Gabungan:
    """The konsolidasi that belongs to an archive, beside it; one that stands there is kept under another name.

    With every value, choice, change by hand and note in a list; what else its konsolidator wrote into the workbook
    is in no archive. Raises Refused.
    """
    arsip = Arsip(folder)
    last = arsip.last()
    if last is None:
        raise Refused(Problem(Message.L35, values={"arsip": folder.name}))
    rkt = read_carried(arsip.plans()[last.rencana], folder)
    keluaran = folder.with_suffix(".xlsm" if makro else ".xlsx")
    with holding(keluaran) as told:
        with saying(keluaran):
            before = digest(keluaran)
        lists = arsip.lists()
        hasil = merge_returns(
            [], rkt, last.triwulan, arsip=arsip, choices=read_choices(lists.get("Putusan", ())), track=track
        )
        counted = Problem(Message.L07, values={"jumlah": len(hasil.kiriman)})
        return write_new(hasil, last.folder, keluaran, before, (*told, counted), lists, arsip.by_hand())
