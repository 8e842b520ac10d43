"""What the ledger says of one receipt and of one value, as plain records."""

from __future__ import annotations

from dataclasses import dataclass

from builder.expr import Key, Value
from builder.masalah import Problem


@dataclass(frozen=True, slots=True)
class Terima:
    """A file as it was received: under which name, in which refresh, by whose mail."""

    sha256: str
    berkas: str  # how messages name it
    simpan: str  # its name in the archive
    gelombang: int  # the refresh, counted from 1
    saat: str  # "2026-11-23T21:50:00"
    pengirim: str = ""
    tanggal: str = ""
    subjek: str = ""
    message_id: str = ""
    masalah: tuple[Problem, ...] = ()  # why it was refused before anybody looked for a form in it
    dilepas: str = ""  # since when it is left out on request; "" where it counts


@dataclass(frozen=True, slots=True)
class Nilai:
    """What stood in a cell: in a received file, or in the konsolidasi from some refresh on."""

    key: Key
    nilai: Value  # per cent as a fraction
    isi: str  # as found
    ditahan: bool
    berkas: str
    sha256: str
    lembar: str
    sel: str
    gelombang: int  # the refresh that brought it
    saat: str
    peran: str  # "berkas": as a file has it; "konsolidasi": as the konsolidasi has it from then on
    keterangan: str = ""  # status and number of the file, or how the konsolidasi came by it
