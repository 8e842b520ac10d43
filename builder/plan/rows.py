"""Rows of a plan into sasaran and indikator; every fault of every row is told at once, with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from builder.angka import write_number
from builder.masalah import TOLAK, Message, Problem
from builder.plan.source import Place, PlanSource
from builder.rkt import (
    TRIWULAN,
    Aturan,
    Hitungan,
    Indikator,
    Isian,
    Konsolidasi,
    Lokasi,
    Polaritas,
    Ragu,
    Sasaran,
    SubBagian,
    Tingkat,
    Tipe,
)
from builder.usulan import Baris, complete, fitting_lokasi

_ID = re.compile(r"S(\d{2,3})-I(\d{1,2})")
_TOLERANCE = 1e-6
_SATUAN_LENGTH = 60  # stands in headings and in the messages of entry cells

_CARA_LOKASI = {  # why a location rule is wrong where it is not the one that fits
    Lokasi.SUM: "Persen dan nilai tidak boleh dijumlahkan",
    Lokasi.AVERAGE: "Hasil bagi tidak boleh dirata-ratakan",
    Lokasi.RAW: "raw memerlukan pembilang dan penyebut (isian rasio)",
}

E = TypeVar("E", bound=StrEnum)


def read_rows(
    source: PlanSource, tahun: int, sub_bagian: tuple[SubBagian, ...], aturan: Aturan, problems: list[Problem]
) -> tuple[Sasaran, ...]:
    """The sasaran with their indikator; what is wrong is added to `problems`."""
    return _Rows(source, tahun, sub_bagian, aturan, problems).read()


class _Rows:
    """Rows of a plan into sasaran and indikator; every fault of every row is told at once."""

    def __init__(
        self,
        source: PlanSource,
        tahun: int,
        sub_bagian: tuple[SubBagian, ...],
        aturan: Aturan,
        problems: list[Problem],
    ) -> None:
        self.source = source
        self.tahun = tahun
        self.fungsi = [f for s in sub_bagian for f in s.fungsi]
        self.words = {
            Tipe.PREDIKAT: [k for k, *_ in aturan.predikat],
            Tipe.OPINI: [k for k, *_ in aturan.opini],
        }
        self.problems = problems
        self.proposed: dict[str, list[str]] = {"fungsi": [], "polaritas": []}
        self.row: Baris = {}
        self.place: Place = lambda column: None

    def read(self) -> tuple[Sasaran, ...]:
        found: dict[str, Indikator] = {}
        heads: dict[int, tuple[Tingkat, str]] = {}
        for row, place in self.source.rows:
            self.row, self.place = complete(row, self.tahun), place
            self._note_proposed(row)
            before = len(self.problems)
            indikator = self._indikator()
            if indikator is None or any(p.putusan is TOLAK for p in self.problems[before:]):
                continue
            if indikator.id in found:
                self._wrong(Message.P01, "id", id=indikator.id, baris=place("id"))
                continue
            found[indikator.id] = indikator
            self._note_head(heads, int(indikator.id[1:].split("-")[0]))
        if self.source.unknown:
            values = {"kolom": ", ".join(self.source.unknown)}
            self.problems.append(
                Problem(Message.P22, self.source.path.name, self.source.lembar, values=values)
            )
        if not self.source.rows:
            self.problems.append(Problem(Message.P11, self.source.path.name, self.source.lembar))
        self._note_doubts(found.values())
        self._tell_proposed()
        numbers = sorted({int(id[1:].split("-")[0]) for id in found})
        return tuple(Sasaran(n, *heads[n], self._in_order(found, n)) for n in numbers)

    def _in_order(self, found: Mapping[str, Indikator], nomor: int) -> tuple[Indikator, ...]:
        own = [i for id, i in found.items() if int(id[1:].split("-")[0]) == nomor]
        return tuple(sorted(own, key=lambda i: int(i.id.split("-I")[1])))

    def _note_head(self, heads: dict[int, tuple[Tingkat, str]], nomor: int) -> None:
        head = (Tingkat(str(self.row["tingkat"])), str(self.row["sasaran"]))
        if heads.setdefault(nomor, head) != head:
            self._wrong(Message.P15, "sasaran", id=f"S{nomor:02d}")

    def _note_doubts(self, indikator: Iterable[Indikator]) -> None:
        doubtful = [i.id for i in indikator if i.needs_konfirmasi]
        if doubtful:
            values = {"jumlah": len(doubtful), "daftar": ", ".join(doubtful)}
            self.problems.append(
                Problem(Message.P14, self.source.path.name, self.source.lembar, values=values)
            )

    def _note_proposed(self, written: Baris) -> None:
        for column, ids in self.proposed.items():
            if written.get(column) in (None, "") and self.row.get(column):
                ids.append(f"{self._text('id')} {self._text(column)}")

    def _tell_proposed(self) -> None:
        """What decides owner and direction is never settled in silence."""
        for column, told in self.proposed.items():
            if told:
                shown = ", ".join(told[:8]) + (", …" if len(told) > 8 else "")
                values = {"jumlah": len(told), "kolom": column, "daftar": shown}
                self.problems.append(
                    Problem(Message.P19, self.source.path.name, self.source.lembar, values=values)
                )

    def _wrong(self, message: Message, column: str, **values: object) -> None:
        found = self.row.get(column)
        shown = "" if found is None else write_number(found) if isinstance(found, float) else str(found)
        values = {"kolom": column, "isi_kolom": shown, **values}
        self.problems.append(
            Problem(
                message,
                self.source.path.name,
                self.source.lembar,
                self.place(column) or self.place("id"),
                values=values,
            )
        )

    def _text(self, column: str) -> str:
        return str(self.row.get(column) or "")

    def _choice(self, kind: type[E], column: str) -> E | None:
        try:
            return kind(self._text(column).lower())
        except ValueError:
            self._wrong(Message.P02, column, daftar=", ".join(kind))
            return None

    def _indikator(self) -> Indikator | None:
        if not self._is_whole():
            return None
        tipe = self._choice(Tipe, "tipe")
        polaritas = self._choice(Polaritas, "polaritas") if tipe else None
        if tipe is None or polaritas is None:
            return None
        isian, konsolidasi = self._choice(Isian, "isian"), self._choice(Konsolidasi, "konsolidasi")
        hitungan = self._choice(Hitungan, "hitungan") if self._text("hitungan") else None
        tingkat = self._choice(Tingkat, "tingkat")
        nilai = self._target(tipe, "nilai")
        if isian is None or konsolidasi is None or tingkat is None or nilai is None:
            return None
        self._check_fungsi()
        self._check_rule(tipe, isian, konsolidasi)
        bersama = tuple(re.findall(r"\w+", self._text("bersama")))
        lokasi = self._choice(Lokasi, "lokasi") if self._text("lokasi") else None
        self._check_bersama(bersama, lokasi, tipe, isian)
        triwulan = tuple(
            self._target(tipe, f"tw{j}") if self.row.get(f"tw{j}") not in (None, "") else None
            for j in TRIWULAN
        )
        indikator = Indikator(
            id=self._text("id"), teks=self._text("indikator"), target=self._text("target"),
            tipe=tipe, nilai=nilai, satuan=self._text("satuan") or ("%" if tipe is Tipe.PERSENTASE else ""),
            fungsi=self._text("fungsi"), polaritas=polaritas, isian=isian, konsolidasi=konsolidasi, hitungan=hitungan,
            min_sah=self._limit("min_sah"), maks_sah=self._limit("maks_sah"), boleh_nihil=self._flag("boleh_nihil"),
            batas_capaian=self._limit("batas_capaian"), toleransi=self._limit("toleransi"),
            tahun_data=self._year(), target_triwulan=triwulan, usulan=self._flag("usulan"), ragu=self._ragu(),
            keraguan=self._text("keraguan"), catatan=self._text("catatan"), bersama=bersama, lokasi=lokasi,
        )  # fmt: skip
        self._check_bounds(indikator)
        self._check_triwulan(indikator)
        return indikator

    def _is_whole(self) -> bool:
        """The row is an indikator at all: settled, with a code, texts, a type and a target."""
        before = len(self.problems)
        if Ragu.BARIS in self._text("ragu").split():
            self._wrong(
                Message.P07, "ragu", keraguan=self._text("keraguan").rstrip(".") or "lihat dokumennya"
            )
            return False
        if len(self._text("satuan")) > _SATUAN_LENGTH:
            self._wrong(Message.P21, "satuan", panjang=_SATUAN_LENGTH)
        for column, example in (
            ("sasaran", "Terwujudnya …"),
            ("indikator", "Persentase …"),
            ("tipe", "persentase"),
            ("nilai", "97,5"),
        ):
            if not self._text(column) and self.row.get(column) != 0:
                self._wrong(Message.P04, column, contoh=example)
        if not _ID.fullmatch(self._text("id")):
            self._wrong(Message.P06, "id")
        return len(self.problems) == before

    def _target(self, tipe: Tipe, column: str) -> float | str | None:
        """The target in this column as its type wants it."""
        found = self.row.get(column)
        if tipe.is_word:
            word = str(found or "").upper()
            if word in self.words[tipe]:
                return word
            self._wrong(
                Message.P03, column, tipe=tipe, cara=f"Pilih salah satu: {', '.join(self.words[tipe])}."
            )
            return None
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            if found >= 0 and (tipe is not Tipe.JUMLAH or found == int(found)):
                return float(found)
            self._wrong(
                Message.P03,
                column,
                tipe=tipe,
                cara="Tulis bilangan bulat 0 atau lebih, misalnya 12."
                if tipe is Tipe.JUMLAH
                else "Tulis angka 0 atau lebih, misalnya 97,5.",
            )
            return None
        self._wrong(
            Message.P03,
            column,
            tipe=tipe,
            cara="Tulis angkanya tanpa pemisah ribuan dan tanpa satuan, misalnya 97,5 atau 2498.",
        )
        return None

    def _limit(self, column: str) -> float | None:
        """A number from 0, or nothing."""
        found = self.row.get(column)
        if found in (None, ""):
            return None
        if isinstance(found, (int, float)) and found >= 0:
            return float(found)
        self._wrong(Message.P17, column, contoh="100")
        return None

    def _year(self) -> int | None:
        year = self._limit("tahun_data")
        return None if year is None else int(year)

    def _flag(self, column: str) -> bool:
        word = self._text(column).lower()
        if word not in ("", "ya", "tidak", "1", "0", "1.0", "0.0", "true", "false"):
            self._wrong(Message.P02, column, daftar="ya, tidak")
        return word in ("ya", "1", "1.0", "true")

    def _ragu(self) -> frozenset[Ragu]:
        words = re.findall(r"[\w-]+", self._text("ragu").lower())
        if any(w not in list(Ragu) for w in words):
            self._wrong(Message.P02, "ragu", daftar=", ".join(Ragu))
            return frozenset()
        return frozenset(Ragu(w) for w in words)

    def _check_fungsi(self) -> None:
        if self._text("fungsi") not in self.fungsi:
            self._wrong(Message.P10, "fungsi", daftar=", ".join(self.fungsi))

    def _check_rule(self, tipe: Tipe, isian: Isian, konsolidasi: Konsolidasi) -> None:
        """Which ways of entry and period rules make sense for which targets (DOMAIN 5)."""
        column, cure = "konsolidasi", ""
        if isian is Isian.RASIO and tipe is not Tipe.PERSENTASE:
            column, cure = "isian", "Isian rasio hanya untuk tipe persentase; pakai langsung."
        elif tipe.is_word and konsolidasi is not Konsolidasi.LAST:
            cure = "Untuk predikat dan opini pakai konsolidasi last."
        elif konsolidasi is Konsolidasi.RAW and isian is not Isian.RASIO:
            cure = "Konsolidasi raw memerlukan isian rasio."
        elif konsolidasi is Konsolidasi.SUM and isian is Isian.RASIO:
            cure = "Hasil bagi tidak boleh dijumlahkan; pakai raw, last, atau average."
        if cure:
            self._wrong(Message.P09, column, konsolidasi=konsolidasi, tipe=tipe, isian=isian, cara=cure)

    def _check_bersama(
        self, bersama: tuple[str, ...], lokasi: Lokasi | None, tipe: Tipe, isian: Isian
    ) -> None:
        """Who shares an indikator is known, and the parts make a right number (DOMAIN 3)."""
        unknown = [f for f in bersama if f not in self.fungsi]
        if unknown:
            self._wrong(Message.P26, "bersama", tak_dikenal=", ".join(unknown), daftar=", ".join(self.fungsi))
        elif bersama and tipe.is_word:
            self._wrong(Message.P28, "bersama", tipe=tipe)
        elif lokasi and not bersama:
            self._wrong(Message.P27, "lokasi", contoh="TEK HUK")
        elif lokasi and lokasi not in (fits := fitting_lokasi(tipe, isian)):
            cure = {"cara": _CARA_LOKASI[lokasi], "cocok": " atau ".join(fits)}
            self._wrong(Message.P29, "lokasi", tipe=tipe, isian=isian, **cure)

    def _check_bounds(self, i: Indikator) -> None:
        """The target lies within what an entry may be; otherwise no entry could reach it."""
        if isinstance(i.nilai, str):
            return
        if i.tipe is Tipe.PERSENTASE and 0 < i.nilai < 1:
            self._wrong(Message.P18, "nilai", seratus=write_number(i.nilai * 100))
        low, high = i.min_sah, i.maks_sah
        if (low is not None and i.nilai < low) or (high is not None and i.nilai > high):
            limits = " sampai ".join(write_number(x) for x in (low, high) if x is not None)
            self._wrong(
                Message.P03,
                "nilai",
                tipe=i.tipe,
                cara=f"Target harus di antara min_sah dan maks_sah ({limits}).",
            )

    def _check_triwulan(self, i: Indikator) -> None:
        """sum: T1 + .. + T4 = T; last and raw: T4 = T; average: mean = T (DOMAIN 5)."""
        last = i.targets_to_date()[-1]
        same = last == i.nilai or (
            isinstance(last, float)
            and isinstance(i.nilai, float)
            and abs(last - i.nilai) <= _TOLERANCE * max(1, abs(i.nilai))
        )
        if same:
            return
        told = {
            Konsolidasi.SUM: "Jumlah keempat triwulan harus sama dengan target tahunan.",
            Konsolidasi.AVERAGE: "Rata-rata triwulan harus sama dengan target tahunan.",
        }.get(i.konsolidasi, "Target TW IV harus sama dengan target tahunan.")
        shown = [
            x if isinstance(x, str) else "kosong" if x is None else write_number(x) for x in (last, i.nilai)
        ]
        self._wrong(Message.P08, "tw4", rincian=f"s.d. TW IV {shown[0]}, setahun {shown[1]}", cara=told)
