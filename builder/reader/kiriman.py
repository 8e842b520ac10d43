"""What a returned file came to: its entries, each with its place, and its problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.expr import Key, Value
from builder.identitas import Tanda
from builder.masalah import Problem, Putusan, heaviest
from builder.rkt import SubBagian


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
    def shown(self) -> Value:
        """What the konsolidasi puts into the cell: the value; where it is held, what was found, as no answer."""
        return f"ditahan: {self.isi[:32000]}" if self.ditahan and self.value is None else self.value


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
        return {"berkas": self.berkas, "status": self.status, "masalah": [p.as_json() for p in self.problems]}
