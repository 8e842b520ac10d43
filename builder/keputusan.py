"""What `rkt putuskan` does on the closed konsolidasi: a choice for a held cell, a file left out or taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.arsip import beside
from builder.closed import check_place, read_file, refresh_file, write_file
from builder.expr import Key
from builder.lama import Lama, Segar
from builder.masalah import Message, Problem, Refused
from builder.putusan import key_of
from builder.refresh import find_folder, record, refresh
from builder.returns import Track, no_track
from builder.save import holding


def decide(konsolidasi: Path, keys: list[Key], pilihan: str | None, *, track: Track[Any] = no_track) -> Segar:
    """Put a choice ("Pakai A", "Kosongkan", a content; None: withdrawn) into the list Putusan and refresh.

    Raises Refused where nothing of that is held.
    """
    with holding(konsolidasi) as told:
        check_place(konsolidasi)
        tertutup = read_file(konsolidasi)
        chosen = _choose(tertutup.lama, keys, pilihan)
        folder = find_folder(tertutup.lama.folder, konsolidasi.parent)
        segar = write_file(tertutup, refresh(chosen, folder, konsolidasi, track=track), told)
        record(segar, tertutup.lama.folder, konsolidasi)
        return segar


def _choose(lama: Lama, keys: list[Key], pilihan: str | None) -> Lama:
    rows = [dict(row) for row in lama.lists.get("Putusan", ())]
    found = [row for row in rows if key_of(row) in keys]
    if not found:
        told = ", ".join(f"{k.id} {k.baris} {k.kolom}" for k in keys[:3])
        raise Refused(Problem(Message.S08, values={"kunci": told}))
    for row in found:
        row["pilihan"] = pilihan
    return replace(lama, lists={**lama.lists, "Putusan": rows})


def release(konsolidasi: Path, berkas: str, *, back: bool = False, track: Track[Any] = no_track) -> Segar:
    """Leave a received file out of the konsolidasi (or take it `back`) and refresh; raises Refused."""
    arsip = beside(konsolidasi)
    found = {t.sha256 for t in arsip.received() if t.berkas == berkas}
    if len(found) != 1:
        raise Refused(Problem(Message.S11, values={"berkas": berkas}))
    arsip.release(found, back=back)
    return refresh_file(konsolidasi, track=track)
