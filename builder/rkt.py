"""The plan as the program knows it: Rkt > Sasaran > Indikator, frozen, as DOMAIN 2 to 4 names its parts.

Numbers of a target stand in the target's own unit, as the document prints it: per cent in points (97.5).
`Indikator.cell_value` turns such a number into what a spreadsheet cell holds (0.975).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from builder.angka import write_number

TRIWULAN = (1, 2, 3, 4)
ROMAWI = {1: "I", 2: "II", 3: "III", 4: "IV"}


class Tipe(StrEnum):
    """Type of a target."""

    PERSENTASE = "persentase"
    JUMLAH = "jumlah"
    NILAI = "nilai"
    PREDIKAT = "predikat"
    OPINI = "opini"

    @property
    def is_word(self) -> bool:
        """True where target and realisasi are words (predikat, opini)."""
        return self in (Tipe.PREDIKAT, Tipe.OPINI)


class Polaritas(StrEnum):
    """Which direction of realisasi is the better one."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"
    STABILIZE = "stabilize"


class Isian(StrEnum):
    """Way of entry: pembilang and penyebut (rasio), or realisasi itself (langsung)."""

    RASIO = "rasio"
    LANGSUNG = "langsung"


class Konsolidasi(StrEnum):
    """Period rule: how the triwulan make the realisasi up to triwulan k (DOMAIN 5)."""

    LAST = "last"
    SUM = "sum"
    AVERAGE = "average"
    RAW = "raw"


class Lokasi(StrEnum):
    """Location rule: how the parts of several sub-bagian make the number of the office (DOMAIN 3)."""

    SUM = "sum"
    AVERAGE = "average"
    RAW = "raw"


class Hitungan(StrEnum):
    """What the number of a `last` indikator is: a stock on a date, or counted since January."""

    POSISI = "posisi"
    KUMULATIF = "kumulatif"


class Tingkat(StrEnum):
    """Level of a sasaran, from the heading of its table page."""

    PROGRAM = "program"
    KEGIATAN = "kegiatan"


class Ragu(StrEnum):
    """What about an indikator is still in doubt; the perencana settles it by emptying the cell."""

    BARIS = "baris"  # the row of the document could not be read for sure: not an indikator yet
    TIPE = "tipe"  # name and target disagree about the type
    SKALA = "skala"  # the document does not state the scale of a score
    POLARITAS = "polaritas"
    PEMILIK = "pemilik"
    TEKS = "teks"  # the wording may be cut or joined wrongly


# While one of these is open, no capaian is computed: the row shows KONFIRMASI (DOMAIN 6, rule 1).
RAGU_KONFIRMASI = frozenset({Ragu.TIPE, Ragu.SKALA, Ragu.POLARITAS})


@dataclass(frozen=True, slots=True)
class Indikator:
    """One indikator with its target and the rules that apply to it."""

    id: str  # "S03-I2"; never "3.2", which Excel turns into a number or a date
    teks: str
    target: str  # as the document prints it: "97,5%", "2.498 Orang"
    tipe: Tipe
    nilai: float | str  # the target: per cent in points, or the word of a predikat or an opini
    satuan: str  # "%", "Laporan", "nilai (0-100)"; empty for words
    fungsi: str  # the function that owns it, and is responsible where others answer too: "KUL"
    polaritas: Polaritas = Polaritas.MAXIMIZE
    isian: Isian = Isian.LANGSUNG
    konsolidasi: Konsolidasi = Konsolidasi.LAST
    hitungan: Hitungan | None = None
    min_sah: float | None = None
    maks_sah: float | None = None
    boleh_nihil: bool = False
    batas_capaian: float | None = None  # the row's own ceiling on capaian, in points
    toleransi: float | None = None  # stabilize: the band around the target that counts as 100%
    tahun_data: int | None = None
    target_triwulan: tuple[float | str | None, ...] = (None, None, None, None)  # each triwulan's own
    usulan: bool = False  # its value can be proposed from the other indikator (9.2)
    ragu: frozenset[Ragu] = frozenset()
    keraguan: str = ""  # the doubts in words
    catatan: str = ""
    bersama: tuple[str, ...] = ()  # other functions that answer it too, each with a part: ("TEK", "HUK")
    lokasi: Lokasi | None = None  # how their parts make one number; None where nobody shares it

    @property
    def nomor(self) -> str:
        """The number as the document prints it: "3.2" (to be shown as text only)."""
        sasaran, indikator = self.id[1:].split("-I")
        return f"{int(sasaran)}.{int(indikator)}"

    @property
    def target_teks(self) -> str:
        """The target that counts, in words: "97,5%", "2.498 Orang", "80", "WTP"."""
        number = self.nilai if isinstance(self.nilai, str) else write_number(self.nilai)
        if self.tipe is Tipe.PERSENTASE:
            return f"{number}%"
        return f"{number} {self.satuan}".strip() if self.tipe is Tipe.JUMLAH else number

    @property
    def needs_konfirmasi(self) -> bool:
        """True while type, scale or polarity is not settled."""
        return bool(self.ragu & RAGU_KONFIRMASI)

    def cell_value(self, number: float | str | None) -> float | str | None:
        """A number in the target's unit as a spreadsheet cell holds it (97.5 -> 0.975)."""
        if isinstance(number, str) or number is None:
            return number
        # By decimal digits: 33.3 / 100 in binary lies just below the 0.333 that a person types.
        return float(f"{number / 100:.15g}") if self.tipe is Tipe.PERSENTASE else number

    def unit_value(self, cell: float) -> float:
        """The reverse of `cell_value`, with the binary dust wiped off (0.07 -> 7, not 7.000000000000001)."""
        return float(f"{cell * 100:.15g}") if self.tipe is Tipe.PERSENTASE else cell

    def targets_to_date(self) -> tuple[float | str | None, ...]:
        """Target up to each of triwulan 1 to 4, in the target's unit, by the row's period rule (DOMAIN 5).

        `sum` adds up, `average` is the mean, `last` and `raw` take the latest one given; None where none is.
        """
        to_date: list[float | str | None] = []
        for k in TRIWULAN:
            given = [t for t in self.target_triwulan[:k] if t is not None]
            numbers = [t for t in given if not isinstance(t, str)]
            if not given:
                to_date.append(None)
            elif self.konsolidasi is Konsolidasi.SUM and numbers:
                to_date.append(sum(numbers))
            elif self.konsolidasi is Konsolidasi.AVERAGE and numbers:
                to_date.append(sum(numbers) / len(numbers))
            else:
                to_date.append(given[-1])
        return tuple(to_date)


@dataclass(frozen=True, slots=True)
class Sasaran:
    """One sasaran: its number in the document, its level, its text and its indikator."""

    nomor: int
    tingkat: Tingkat
    teks: str
    indikator: tuple[Indikator, ...]

    @property
    def id(self) -> str:
        """Key and name of its sheet: "S03"; texts repeat and hold characters that no sheet name may."""
        return f"S{self.nomor:02d}"


@dataclass(frozen=True, slots=True)
class SubBagian:
    """One sub-bagian: code (in file names), full name, and the functions whose indikator it owns."""

    kode: str
    nama: str
    fungsi: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aturan:
    """The numbers and words of the capaian rules that an office may set (DOMAIN 5 and 6)."""

    cap: float  # ceiling of capaian_dihitung, a fraction: 1.2
    nihil_100: bool  # True: NIHIL counts as 100% in averages; False: it stays outside
    kategori: tuple[tuple[float, str], ...]  # lower bound in points and name, ascending from 0
    predikat: tuple[tuple[str, int, float], ...]  # letter, rank, bound that its score must exceed; ascending
    opini: tuple[tuple[str, int], ...]  # word and tier


@dataclass(frozen=True, slots=True)
class Identitas:
    """Whose plan it is, for which year, and who signs."""

    kantor: str
    tahun: int
    triwulan: int = 1  # triwulan pelaporan, 1 to 4
    tempat: str = ""
    pejabat: str = ""
    jabatan: str = "Sekretaris"
    contoh: bool = False  # made by `rkt contoh`: never to be mixed with real returns


@dataclass(frozen=True, slots=True)
class Rkt:
    """A whole plan, checked: what the workbooks are built from."""

    identitas: Identitas
    sasaran: tuple[Sasaran, ...]
    sub_bagian: tuple[SubBagian, ...]
    aturan: Aturan
    _by_id: dict[str, Indikator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {i.id: i for s in self.sasaran for i in s.indikator})

    @property
    def indikator(self) -> tuple[Indikator, ...]:
        """All indikator in the order of the document."""
        return tuple(self._by_id.values())

    def find_indikator(self, id: str) -> Indikator | None:
        """The indikator with this id, or None."""
        return self._by_id.get(id)

    def owner(self, indikator: Indikator) -> SubBagian:
        """The sub-bagian whose functions include the indikator's (DOMAIN 3): the responsible one of several."""
        return self.owners(indikator)[0]

    def owners(self, indikator: Indikator) -> tuple[SubBagian, ...]:
        """Every sub-bagian that answers an indikator, each once: the responsible one, then those that share it."""
        functions = (indikator.fungsi, *indikator.bersama)
        return tuple(dict.fromkeys(s for f in functions for s in self.sub_bagian if f in s.fungsi))

    def is_shared(self, indikator: Indikator) -> bool:
        """Whether several sub-bagian answer it; functions of one sub-bagian are one."""
        return len(self.owners(indikator)) > 1

    def sasaran_of(self, sub_bagian: SubBagian) -> tuple[Sasaran, ...]:
        """The sasaran in which a sub-bagian answers at least one indikator, alone or with others."""
        return tuple(s for s in self.sasaran if any(sub_bagian in self.owners(i) for i in s.indikator))
