"""What `rkt putuskan` does on the closed konsolidasi: a choice for a held cell, a file left out or taken back.

A workbook that is open in Excel is left alone: the choice would stand in the pending copy only, and be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.angka import write_number
from builder.arsip import Arsip, Terima, beside
from builder.closed import check_is_there, check_place, read_file, refresh_file, write_file
from builder.consolidator import Konsolidasi
from builder.dekat import find_names, near_ids, near_names
from builder.expr import Key, Value
from builder.lama import Lama, Segar
from builder.masalah import Message, Problem, Refused, show
from builder.putusan import key_of
from builder.refresh import find_folder, record, refresh
from builder.returns import Track, no_track
from builder.rkt import ROMAWI, Rkt, Tipe
from builder.save import holding, is_open, sign_of
from builder.tanggal import write_time
from workbook_templates.kartu import TEKS


@dataclass(frozen=True, slots=True)
class Keputusan:
    """What came of a decision: one line for each cell or file, and the problems that concern it."""

    baris: tuple[str, ...]
    problems: tuple[Problem, ...]
    segar: Segar
    diambil: bool = True  # every choice could be taken

    @property
    def hasil(self) -> Konsolidasi:
        """The merged returns after it."""
        assert self.segar.hasil is not None
        return self.segar.hasil


def decide(
    konsolidasi: Path, keys: list[Key], pilihan: str | None, *, track: Track[Any] = no_track
) -> Keputusan:
    """Put a choice ("Pakai A", "Kosongkan", a content; None: withdrawn) into the list Putusan and refresh.

    Raises Refused where nothing of that is held, and where the workbook is open in Excel.
    """
    _check_closed(konsolidasi, Message.L36)
    with holding(konsolidasi) as told:
        check_place(konsolidasi)
        tertutup = read_file(konsolidasi)
        chosen, found = _choose(tertutup.lama, keys, pilihan)
        folder = find_folder(tertutup.lama.folder, konsolidasi.parent)
        segar = write_file(tertutup, refresh(chosen, folder, konsolidasi, track=track), told)
        if segar.tertunda:  # it was opened meanwhile
            segar.tertunda.unlink(missing_ok=True)
            raise Refused(_open_problem(konsolidasi, Message.L36))
        record(segar, tertutup.lama.folder, konsolidasi)
    return _told(segar, found, pilihan)


def _check_closed(konsolidasi: Path, message: Message) -> None:
    check_is_there(konsolidasi)
    if is_open(konsolidasi):
        raise Refused(_open_problem(konsolidasi, message))


def _open_problem(konsolidasi: Path, message: Message) -> Problem:
    return Problem(message, konsolidasi.name, values={"kunci": sign_of(konsolidasi)})


def check_known(rkt: Rkt, id: str) -> None:
    """Raises Refused where a plan has no such indikator, with those near it."""
    if rkt.find_indikator(id) is None:
        values = {"id": id, "mirip": ", ".join(near_ids(rkt, id))}
        raise Refused(Problem(Message.S09, values=values))


def _choose(lama: Lama, keys: list[Key], pilihan: str | None) -> tuple[Lama, list[Key]]:
    """The lists with the choice in them, and the cells that it is about."""
    check_known(lama.rkt, keys[0].id)
    rows = [dict(row) for row in lama.lists.get("Putusan", ())]
    found = [row for row in rows if key_of(row) in keys]
    if not found:
        raise Refused(Problem(Message.S08, values={"kunci": _of_keys(keys)}))
    if pilihan is None:
        found = [row for row in found if row.get("pilihan") not in (None, "")]
        if not found:
            raise Refused(Problem(Message.S13, values={"kunci": _of_keys(keys)}))
    for row in found:
        row["pilihan"] = pilihan
    return replace(lama, lists={**lama.lists, "Putusan": rows}), [key_of(row) for row in found]


def _of_keys(keys: Sequence[Key]) -> str:
    """ "S17-I2 TW II realisasi"; of several columns the row alone."""
    return told_key(keys[0]) if len(keys) == 1 else _row(keys[0])


def told_key(key: Key) -> str:
    """A cell as people name it: "S02-I1 TW I pembilang"."""
    return f"{_row(key)} {key.kolom.replace('_', ' ')}"


def _row(key: Key) -> str:
    return f"{key.id} TW {ROMAWI[int(key.baris[2])]}"


# --- what is told of it -------------------------------------------------------------------------------------------


def _told(segar: Segar, keys: Sequence[Key], pilihan: str | None) -> Keputusan:
    hasil = segar.hasil
    assert hasil is not None
    rows = {(key.id, key.baris) for key in keys}
    concern = (p for p in hasil.all_problems if p.tujuan in rows and p.putusan.berat)
    if pilihan is None:
        lines = [f"Putusan dicabut: {told_key(key)}; {_after(hasil, key)}." for key in keys]
        return Keputusan(tuple(lines), segar.problems, segar)
    lines = [_line(hasil, key) for key in keys]
    taken = all(key in hasil.diputuskan or key not in hasil.pilihan for key in keys)
    return Keputusan(tuple(lines), (*concern, *segar.problems), segar, taken)


def _after(hasil: Konsolidasi, key: Key) -> str:
    return "kembali ditahan" if key in hasil.pilihan else "sel itu tidak ditahan lagi"


def _line(hasil: Konsolidasi, key: Key) -> str:
    if key in hasil.diputuskan:
        value = told_content(hasil.rkt, key, hasil.asal[key].entry.value)
        return f"Putusan disimpan: {told_key(key)} = {value} (dahulu {_before(hasil, key)})."
    if key in hasil.pilihan:
        return f"Putusan belum dapat dipakai: {told_key(key)} tetap ditahan."
    return f"Tidak perlu diputuskan lagi: {told_key(key)} sudah tidak ditahan."


def _before(hasil: Konsolidasi, key: Key) -> str:
    """The contents between which it was chosen."""
    found = dict.fromkeys(a.entry.isi for a in hasil.pilihan[key])
    return " atau ".join(f"«{show(isi)}»" if isi.strip() else "kosong" for isi in found)


def told_content(rkt: Rkt, key: Key, value: Value) -> str:
    """A value in the unit of its indikator: 0.975 -> "97,5%"; a text in quotes."""
    i = rkt.find_indikator(key.id)
    if value in (None, ""):
        return "kosong"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        is_percent = i is not None and i.tipe is Tipe.PERSENTASE and key.kolom == "realisasi"
        return f"{write_number(i.unit_value(value))}%" if i and is_percent else write_number(value)
    return f"«{show(str(value))}»" if key.kolom in TEKS else show(str(value))


# --- files --------------------------------------------------------------------------------------------------------


def release(konsolidasi: Path, berkas: str, *, back: bool = False, track: Track[Any] = no_track) -> Keputusan:
    """Leave a received file out of the konsolidasi (or take it `back`) and refresh; raises Refused."""
    _check_closed(konsolidasi, Message.L36_BERKAS)
    arsip = beside(konsolidasi)
    found = find_received(arsip, berkas)
    if back and not found.dilepas:
        raise Refused(Problem(Message.S15, found.berkas))
    if found.dilepas and not back:
        raise Refused(Problem(Message.S14, found.berkas, values={"saat": write_time(found.dilepas)}))
    arsip.release([found.sha256], back=back)
    segar = refresh_file(konsolidasi, track=track)
    line = f"{'Dimasukkan lagi' if back else 'Dikeluarkan'}: {show(found.berkas)}."
    return Keputusan((line,), segar.problems, segar)


def find_received(arsip: Arsip, typed: str) -> Terima:
    """The received file that a name means: as the sheet Kiriman shows it, or a part that only one has.

    Raises Refused.
    """
    by_name = {t.berkas: t for t in arsip.received()}
    found = find_names(by_name, typed)
    if len({by_name[name].sha256 for name in found}) > 1:
        values = {"nama": typed, "daftar": "; ".join(map(show, found)), "contoh": f'"{show(found[0])}"'}
        raise Refused(Problem(Message.S11_BEBERAPA, values=values))
    if not found:
        mirip = "; ".join(f'"{show(name)}"' for name in near_names(by_name, typed))
        raise Refused(Problem(Message.S11, values={"nama": typed, "mirip": mirip or '"KUL.xlsx"'}))
    return by_name[found[0]]
