"""Settings of a plan (identity, sub-bagian, numbers of the rules) checked, each fault with its sheet.

What the plan does not say is taken from `data/aturan.toml` and `data/skema.toml`.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from builder.angka import write_number
from builder.masalah import Message, Problem, Refused, show
from builder.plan.source import PlanSource, number
from builder.plan.table import LEMBAR_ATURAN, LEMBAR_IDENTITAS, LEMBAR_SUB_BAGIAN
from builder.rkt import Aturan, Identitas, SubBagian

Row = TypeVar("Row", bound=tuple[Any, ...])

_NAME_LENGTH = 120  # fits into headings, document properties and page headers


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("builder").joinpath(f"data/{name}.toml").read_text("utf-8"))


def default_aturan() -> dict[str, Any]:
    """Numbers and words of the rules as the program brings them."""
    return dict(_data("aturan"))


def skema(name: str) -> list[dict[str, Any]]:
    """Sub-bagian of a named scheme (`pkpu14-2020`, `pkpu21-2023`); KeyError where there is none."""
    return list(_data("skema")["skema"][name])


def skema_names() -> tuple[str, ...]:
    """Names of the schemes that the program brings."""
    return tuple(_data("skema")["skema"])


def read_settings(
    source: PlanSource, problems: list[Problem]
) -> tuple[Identitas, tuple[SubBagian, ...], Aturan]:
    """Identity, sub-bagian and rules; what is wrong is added to `problems`."""
    try:
        return _Settings(source, problems).read()
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
    ) as error:  # a .toml whose parts are not what they should be
        told = {
            "apa": "Susunan",
            "lembar_rencana": source.path.with_suffix(".toml").name,
            "isi_kolom": str(error),
        }
        cure = "Tulis [identitas], [[sub_bagian]] (kode, nama, fungsi), dan [aturan] seperti pada contoh."
        raise Refused(Problem(Message.P13, source.path.name, values={**told, "cara": cure})) from error


class _Settings:
    """Identity, sub-bagian and rules of a plan, each fault with the sheet where it stands."""

    def __init__(self, source: PlanSource, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems

    def read(self) -> tuple[Identitas, tuple[SubBagian, ...], Aturan]:
        return self._identitas(), self._sub_bagian(), self._aturan()

    def _wrong(self, sheet: str, what: str, found: object, cure: str) -> None:
        values = {"apa": what, "lembar_rencana": sheet, "isi_kolom": found, "cara": cure}
        self.problems.append(Problem(Message.P13, self.source.path.name, sheet, values=values))

    def _identitas(self) -> Identitas:
        given = {k: v for k, v in self.source.settings.get("identitas", {}).items() if v not in (None, "")}
        if "tahun" not in given and self.source.settings:
            self.problems.append(
                Problem(Message.P20, self.source.path.name, values={"tempat": self._where()})
            )
        missing = [name for name in ("kantor", "tahun") if name not in given]
        given = {"kantor": "KPU (nama kantor belum diisi)", "tahun": datetime.date.today().year} | given
        if missing:
            told = {"kurang": " dan ".join(missing).capitalize(), "tempat": self._where()}
            values = {"kantor": given["kantor"], "tahun": given["tahun"], **told}
            self.problems.append(Problem(Message.P12, self.source.path.name, values=values))
        if len(str(given["kantor"])) > _NAME_LENGTH:
            cure = f"Tulis nama kantor paling panjang {_NAME_LENGTH} huruf."
            self._wrong(LEMBAR_IDENTITAS, "Kantor", show(str(given["kantor"])), cure)
        return Identitas(
            kantor=str(given["kantor"]),
            tahun=self._whole("tahun", given["tahun"], 2000, 2100, "Tulis tahunnya, misalnya 2024."),
            triwulan=self._whole("triwulan", given.get("triwulan", 1), 1, 4, "Tulis 1, 2, 3, atau 4."),
            tempat=str(given.get("tempat", "")),
            pejabat=str(given.get("pejabat", "")),
            jabatan=str(given.get("jabatan", "Sekretaris")),
            contoh=str(given.get("contoh", "tidak")).lower() in ("ya", "true"),
        )

    def _where(self) -> str:
        """Where the office writes its identity."""
        if self.source.lembar is None:
            return self.source.path.with_suffix(".toml").name
        return f"lembar {LEMBAR_IDENTITAS}"

    def _whole(self, name: str, found: object, low: int, high: int, cure: str) -> int:
        read = number(found) if isinstance(found, str) else found
        if isinstance(read, (int, float)) and read == int(read) and low <= read <= high:
            return int(read)
        self._wrong(LEMBAR_IDENTITAS, name.capitalize(), found, cure)
        return low

    def _sub_bagian(self) -> tuple[SubBagian, ...]:
        given = self.source.settings.get("sub_bagian")
        name = str(self.source.settings.get("skema", "pkpu14-2020"))
        if not given and name not in skema_names():
            self._wrong(LEMBAR_SUB_BAGIAN, "Skema", name, f"Pilih salah satu: {', '.join(skema_names())}.")
            name = "pkpu14-2020"
        rows = given or skema(name)
        sub_bagian = [SubBagian(str(s["kode"] or ""), str(s["nama"] or ""), tuple(s["fungsi"])) for s in rows]
        for s in sub_bagian:
            if not re.fullmatch(r"[A-Za-z0-9]{1,12}", s.kode):
                cure = "Tulis 1 sampai 12 huruf atau angka, misalnya KUL."
                self._wrong(LEMBAR_SUB_BAGIAN, "Kode sub-bagian", s.kode, cure)
            if not s.nama or len(s.nama) > _NAME_LENGTH:
                cure = f"Tulis nama sub-bagian {s.kode}, paling panjang {_NAME_LENGTH} huruf."
                self._wrong(LEMBAR_SUB_BAGIAN, "Nama sub-bagian", show(s.nama), cure)
        codes = [s.kode for s in sub_bagian]
        for kode in sorted({k for k in codes if codes.count(k) > 1}):
            self._wrong(
                LEMBAR_SUB_BAGIAN, "Kode sub-bagian", kode, "Setiap sub-bagian memerlukan kode sendiri."
            )
        owned = [f for s in sub_bagian for f in s.fungsi]
        for fungsi in sorted({f for f in owned if owned.count(f) > 1}):
            values = {"isi_kolom": fungsi}
            self.problems.append(
                Problem(Message.P16, self.source.path.name, LEMBAR_SUB_BAGIAN, values=values)
            )
        return tuple(sub_bagian)

    def _aturan(self) -> Aturan:
        given = default_aturan() | {
            k: v for k, v in self.source.settings.get("aturan", {}).items() if v not in (None, "")
        }
        cap = given["cap"]
        if not isinstance(cap, (int, float)) or isinstance(cap, bool) or not 1 <= cap <= 10:
            self._wrong(
                LEMBAR_ATURAN, "Batas capaian", cap, "Tulis persen dari 100% sampai 1000%, misalnya 120%."
            )
            cap = 1.2
        nihil = str(given["nihil_100"]).lower()
        if nihil not in ("ya", "tidak", "true", "false"):
            self._wrong(LEMBAR_ATURAN, "Nihil dihitung 100%", given["nihil_100"], "Tulis ya atau tidak.")
        try:
            return Aturan(
                float(cap),
                nihil in ("ya", "true"),
                self._scale("kategori", given["kategori"]),
                self._words(
                    "predikat", [(str(k).upper(), int(r), float(b)) for k, r, b, *_ in given["predikat"]]
                ),
                self._words("opini", [(str(k).upper(), int(t)) for k, t, *_ in given["opini"]]),
            )
        except (TypeError, ValueError):
            self._wrong(
                LEMBAR_ATURAN,
                "Tabel",
                "ada sel kosong atau bukan angka",
                "Lengkapi setiap baris tabel seperti contoh bawaan.",
            )
            return _aturan_of(default_aturan())

    def _words(self, name: str, rows: list[Row]) -> tuple[Row, ...]:
        """A table of words: at least one, each once."""
        words = [str(row[0]) for row in rows]
        if not words or len(set(words)) != len(words):
            cure = "Tulis paling sedikit satu baris, setiap kata satu kali."
            self._wrong(LEMBAR_ATURAN, f"Tabel {name}", ", ".join(words) or "kosong", cure)
        if name == "predikat" and not _is_ladder(rows):
            cure = "Urutan harus 1, 2, 3, dan seterusnya, dengan nilai yang naik."
            self._wrong(LEMBAR_ATURAN, "Tabel predikat", ", ".join(words), cure)
        return tuple(rows)

    def _scale(self, name: str, rows: Iterable[Sequence[Any]]) -> tuple[tuple[float, str], ...]:
        scale = tuple((float(b), str(n or "")) for b, n, *_ in rows)
        bounds = [b for b, _ in scale]
        if not scale or bounds[0] != 0 or bounds != sorted(set(bounds)) or not all(n for _, n in scale):
            self._wrong(
                LEMBAR_ATURAN,
                f"Skala {name}",
                "; ".join(f"{write_number(b)} {n}" for b, n in scale),
                "Batas bawah harus mulai dari 0 dan naik, misalnya 0, 51, 66, 76, 91.",
            )
            return _aturan_of(default_aturan()).kategori
        return scale


def _is_ladder(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Ranks 1 to n with rising bounds, so that a letter and a score mean the same step."""
    bounds = [row[2] for row in rows]
    return [row[1] for row in rows] == list(range(1, len(rows) + 1)) and bounds == sorted(set(bounds))


def _aturan_of(given: Mapping[str, Any]) -> Aturan:
    return Aturan(
        float(given["cap"]),
        bool(given["nihil_100"]),
        tuple((float(b), str(n)) for b, n in given["kategori"]),
        tuple((str(k), int(r), float(b)) for k, r, b in given["predikat"]),
        tuple((str(k), int(t)) for k, t in given["opini"]),
    )
