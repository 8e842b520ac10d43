"""What a returned file came to: its entries, each with its place, and its problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.expr import Key, Value
from builder.identitas import Tanda
from builder.masalah import Problem, Putusan, heaviest, show
from builder.rkt import Rkt, SubBagian
from builder.strict.unpacked import Surat


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry cell as returned: what was read, where it stood, what was found there."""

    key: Key
    value: Value  # per cent as a fraction; None where blank or held
    lembar: str
    sel: str
    isi: str
    ditahan: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing was answered."""
        return self.value is None and not self.ditahan

    @property
    def shown(self) -> Value:
        """What the konsolidasi puts into the cell: the value; where it is held, what was found, as no answer."""
        return f"ditahan: {self.isi[:32000]}" if self.ditahan and self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Asal:
    """An entry and the file that it came from; of one that several sub-bagian made together, every part."""

    entry: Entry
    berkas: str
    bagian: tuple[Asal, ...] = ()  # the parts that it was merged from, in the plan's order

    @property
    def told_berkas(self) -> str:
        """The name of its file, or of the files of its parts, as a cell or a message shows it."""
        return " + ".join(dict.fromkeys(show(a.berkas) for a in self.bagian or (self,)))

    @property
    def cells(self) -> tuple[Entry, ...]:
        """The entry, and the cells of the files that it was merged from."""
        return (self.entry, *(a.entry for a in self.bagian))


@dataclass(slots=True)
class Kiriman:
    """One returned file: identity, entries, problems."""

    berkas: str  # its name
    sha256: str = ""
    tanda: Tanda | None = None
    sub_bagian: SubBagian | None = None
    nomor: int | None = None  # "Kiriman ke-"; None where it says no number
    triwulan: int | None = None  # as set in the file
    entries: dict[Key, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rkt: Rkt | None = None  # the plan that it was read by: the one it was made from, where that is known
    surat: Surat | None = None  # the mail that brought it
    gelombang: int = 0  # the refresh that received it first, counted from 1; 0 where there is no archive
    diterima: str = ""  # when it was first received, "23/11/2026 21.50"; shown, never decides
    terkunci: dict[Key, Value] = field(
        default_factory=dict
    )  # answers that were handed out locked, as they were
    digantikan: list[Problem] = field(default_factory=list)  # its problems before another file replaced it
    dilepas: bool = False  # left out of every merge on request

    @property
    def dasar(self) -> int:
        """The kiriman that the file was made from; 0 for a new form."""
        said = self.tanda.dasar if self.tanda else ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0

    @property
    def status(self) -> str:
        """diterima, peringatan, ditahan or ditolak: the weightiest verdict."""
        worst = heaviest(self.problems)
        return "diterima" if worst is Putusan.CATAT else str(worst)

    @property
    def terisi(self) -> int:
        """How many entry cells hold a value."""
        return sum(e.value is not None or e.ditahan for e in self.entries.values())

    def as_json(self) -> dict[str, Any]:
        """The file as `--json` and LAPORAN give it."""
        surat = self.surat
        told = (
            {"pengirim": surat.pengirim, "tanggal": surat.tanggal, "subjek": surat.subjek} if surat else None
        )
        return {
            "berkas": self.berkas,
            "status": self.status,
            "surel": told,
            "masalah": [p.as_json() for p in self.problems],
        }
