"""A year of an office, played by chance: four sub-bagian, four triwulan, two konsolidator, and a plain model beside it.

Late and double returns, corrections, two files of one number, answers that a person settles or types over, workbooks
handed out in mid-year, one revision of the plan. After each step the workbook, the Jejak and the ledger must say of
every cell what the model says, and where it comes from. The model knows files and numbers only; nothing of `builder`
but places of cells is asked for it.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import bahan
import openpyxl
import surat
from kantor import Kantor

from builder.arsip import beside
from builder.closed import refresh_file
from builder.commands import build_corrections, build_workbooks
from builder.expr import Key
from builder.keputusan import decide
from builder.package import read_grids
from builder.patch import value_at
from builder.pemulihan import rebuild
from builder.plan import read_plan
from builder.revisi import revise
from builder.rkt import Indikator, Isian, Rkt, SubBagian, Tipe
from workbook_templates.buku_kerja import buku_kerja

HALVES = ("pembilang", "penyebut")
KIRIMAN_KE, TRIWULAN = Key("umum", "", "kiriman"), Key("umum", "", "triwulan")
KATA = "belum ada"  # no answer of a number
_JUMLAH = {"tipe": "jumlah", "konsolidasi": "sum"}
PEMILIK = ("KUL", "HUK")
BERSAMA = "S07-I1"  # answered by two sub-bagian, whose answers are added up
RENCANA = (
    bahan.baris("S01-I1", konsolidasi="last", hitungan="posisi"),
    bahan.baris("S01-I2", target="4 Laporan", nilai="4", satuan="Laporan", **_JUMLAH),
    bahan.baris("S02-I1", fungsi="REN", konsolidasi="average"),
    bahan.baris("S02-I2", fungsi="REN", target="BB", tipe="predikat", nilai="BB", satuan=""),
    bahan.baris("S03-I1", fungsi="TEK", target="12 Kali", nilai="12", satuan="Kali", **_JUMLAH),
    bahan.baris("S03-I2", fungsi="HUK", konsolidasi="raw", boleh_nihil="ya"),
    bahan.baris("S04-I1", fungsi="HUK", target="8 Dokumen", nilai="8", satuan="Dokumen", **_JUMLAH),
    bahan.baris(BERSAMA, fungsi="KUL", bersama="HUK", target="20 Kali", nilai="20", satuan="Kali", **_JUMLAH),
    bahan.baris("S05-I1", fungsi="TEK", konsolidasi="last", hitungan="posisi"),
)
# From triwulan III on: a larger target, an indikator that is gone, and a new one.
REVISI = (
    *(row | {"target": "8 Laporan", "nilai": "8"} if row["id"] == "S01-I2" else row for row in RENCANA[:-1]),
    bahan.baris("S06-I1", fungsi="KUL", target="6 Orang", nilai="6", satuan="Orang", **_JUMLAH),
)
KODE = ("REN", "KUL", "TEK", "HUK")


@dataclass(frozen=True)
class Isian1:
    """What the model says of a cell: what is shown, and where it comes from."""

    tampil: Any
    berkas: str
    lembar: str
    sel: str
    nilai: Any = None  # as a value; None where held


@dataclass
class Berkas:
    """A workbook as its sender has it, and as it was sent."""

    kode: str
    rkt: Rkt
    path: Path
    nomor: int
    triwulan: int
    isi: dict[Key, Any]
    nama: str = ""
    sha: str = ""
    urutan: int = 0  # in which it was received


@dataclass
class Model:
    """What was sent and decided, and what must follow from it."""

    rkt: Rkt
    kiriman: list[Berkas] = field(default_factory=list)
    putusan: dict[Key, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)  # choice, and between what
    tangan: dict[Key, Any] = field(default_factory=dict)

    def sent(self, kode: str) -> list[Berkas]:
        """Each file once, in the order in which they came."""
        seen: dict[Any, Berkas] = {}
        for b in sorted((b for b in self.kiriman if b.kode == kode), key=lambda b: (b.urutan, b.nama)):
            seen.setdefault(b.sha, b)
        alike: dict[Any, Berkas] = {}
        for b in seen.values():
            alike.setdefault((b.nomor, b.triwulan, tuple(sorted(b.isi.items()))), b)
        return [*alike.values()]

    def of_returns(self) -> dict[Key, tuple[Isian1, tuple[Isian1, ...]]]:
        """Of every answered cell: what the returns say, and what may be chosen from where it is held."""
        found: dict[Key, tuple[Isian1, tuple[Isian1, ...]]] = {}
        parts: dict[Key, dict[str, Isian1]] = {}
        for kode in KODE:
            for key, said in self.own_answers(kode).items():
                if key.id == BERSAMA:
                    parts.setdefault(key, {})[kode] = said[0]
                else:
                    found[key] = said
        return found | {key: _together(key, of) for key, of in parts.items()}

    def own_answers(self, kode: str) -> dict[Key, tuple[Isian1, tuple[Isian1, ...]]]:
        """What one sub-bagian says, of an indikator of today's plan."""
        merged = self._merged(self.sent(kode)).values()
        return {k: v for cells in merged for k, v in cells.items() if self.rkt.find_indikator(k.id)}

    def _merged(self, files: list[Berkas]) -> dict[tuple[str, ...], dict[Key, Any]]:
        if not files:
            return {}
        top = max(b.nomor for b in files)
        units: dict[tuple[str, ...], dict[Key, Any]] = {}
        for b in (b for b in files if b.nomor == top):
            for unit, cells in _units(b).items():
                units[unit] = _both(units[unit], cells) if unit in units else cells
        newest = max(b.triwulan for b in files if b.nomor == top)
        triwulan = {b.nama: b.triwulan for b in files}
        for unit, cells in self._merged([b for b in files if b.nomor < top]).items():
            if unit not in units:
                first = next(iter(cells.values()))
                brought = triwulan[(first[1] or first)[0].berkas]
                units[unit] = cells if brought < newest else {k: _emptied(*v) for k, v in cells.items()}
        return units

    def cells(self) -> dict[Key, Isian1]:
        """Every cell of the konsolidasi that is not empty."""
        found: dict[Key, Isian1] = {}
        said = self.of_returns()
        for key, (isian, options) in said.items():
            found[key] = isian
            if key in self.putusan and options:
                word, between = self.putusan[key]
                if between == tuple((o.tampil, o.berkas) for o in options):
                    found[key] = _chosen(word, options)
        for key, typed in self.tangan.items():
            found[key] = Isian1(typed, "(diubah tangan)", "", "", typed)
        return {k: v for k, v in found.items() if v.tampil is not None}

    def settle(self, key: Key, word: str) -> None:
        """A konsolidator decides on a held cell."""
        self.putusan[key] = word, tuple((o.tampil, o.berkas) for o in self.of_returns()[key][1])

    def forget(self) -> None:
        """What a refresh drops: choices that no longer fit, changes by hand that the returns now say too."""
        said = self.of_returns()
        options = {k: tuple((o.tampil, o.berkas) for o in v[1]) for k, v in said.items() if v[1]}
        self.putusan = {k: v for k, v in self.putusan.items() if options.get(k) == v[1]}
        settled = {k: v.tampil for k, v in replace(self, tangan={}).cells().items()}
        self.tangan = {k: v for k, v in self.tangan.items() if settled.get(k) != v}


def _units(b: Berkas) -> dict[tuple[str, ...], dict[Key, Any]]:
    """A pair is one answer; every other cell is one of its own."""
    places = buku_kerja(b.rkt, owner(b.rkt, b.kode)).places
    units: dict[tuple[str, ...], dict[Key, Any]] = {}
    for key, content in b.isi.items():
        unit = (key.id, key.baris, "" if key.kolom in HALVES else key.kolom)
        at = places[key]
        held = content == KATA
        one = Isian1(
            f"ditahan: {KATA}" if held else content, b.nama, at.sheet, at.address, None if held else content
        )
        units.setdefault(unit, {})[key] = (one, (one,) if held else ())
    return units


def _both(first: dict[Key, Any], second: dict[Key, Any]) -> dict[Key, Any]:
    joined = dict(first)
    for key, (b, _) in second.items():
        a, options = first[key]
        known = options or (a,)
        if any(o.tampil == b.tampil for o in known):
            continue
        options = (*known, b)
        shown = " ↔ ".join(_isi(o) for o in options)
        joined[key] = (replace(options[0], tampil=f"ditahan: {shown}", nilai=None), options)
    return joined


def _together(key: Key, parts: dict[str, Isian1]) -> tuple[Isian1, tuple[Isian1, ...]]:
    """The whole of what two sub-bagian answer: numbers added up, words one below the other; a part is never enough."""
    berkas, lembar, sel = (
        " + ".join(dict.fromkeys(getattr(p, name) for p in parts.values()))
        for name in ("berkas", "lembar", "sel")
    )
    if any(p.nilai is None for p in parts.values()):
        told = "; ".join(f"{kode} {_isi(p)}" for kode, p in parts.items())
        held = Isian1(f"ditahan: {told}", berkas, lembar, sel)
        return held, (held,)
    if key.kolom != "realisasi":
        texts = [f"{kode}: {p.nilai}" for kode, p in parts.items()]
        value: Any = "\n".join(texts) if len(texts) > 1 else next(iter(parts.values())).nilai
    else:
        value = sum(p.nilai for p in parts.values()) if len(parts) == len(PEMILIK) else None
    return Isian1(value, berkas, lembar, sel, value), ()


def _emptied(isian: Isian1, options: tuple[Isian1, ...]) -> tuple[Isian1, tuple[Isian1, ...]]:
    blank = replace(isian, tampil=None, nilai=None)
    return replace(isian, tampil=f"ditahan: {_isi(isian)}", nilai=None), (*(options or (isian,)), blank)


def _isi(isian: Isian1) -> str:
    return str(isian.tampil).removeprefix("ditahan: ")


def _chosen(word: str, options: tuple[Isian1, ...]) -> Isian1:
    if word.startswith("Pakai "):
        return options[ord(word[-1]) - 65]
    first = options[0]
    value = None if word == "Kosongkan" else int(word)
    return Isian1(value, "(diputuskan)", first.lembar, first.sel, value)


def owner(rkt: Rkt, kode: str) -> SubBagian:
    return next(s for s in rkt.sub_bagian if s.kode == kode)


# --- the year -----------------------------------------------------------------------------------------------------


@dataclass
class Tahun:
    """The office, its model, and the dice."""

    folder: Path
    rng: random.Random
    kantor: Kantor
    model: Model
    buku: dict[str, Berkas] = field(default_factory=dict)  # the workbook that each sub-bagian works in
    lama: list[Berkas] = field(default_factory=list)  # saved and not sent yet
    langkah: list[str] = field(default_factory=list)
    hitung: int = 0

    @property
    def konsolidasi(self) -> Path:
        return self.kantor.konsolidasi

    # --- what happens -----------------------------------------------------------------------------------------

    def play(self) -> Iterator[str]:
        """Every step, with the state to be checked after it."""
        for k in (1, 2, 3, 4):
            if k == 3:
                yield self.revise()
            yield self.hand_out(k)
            for kode in self.rng.sample(KODE, len(KODE)):
                yield from self._report(kode, k)
            yield from self._aftermath()
            yield self.rebuild_elsewhere()

    def _report(self, kode: str, k: int) -> Iterator[str]:
        """One sub-bagian reports: sometimes twice, with an error, or in two files."""
        yield self.send(kode, k, wrong=self.rng.random() < 0.4)
        for deed in self.rng.sample((self.send_again, self.send_late, self.send_two, self.mend), 2):
            told = deed(kode, k)
            if told:
                yield told

    def _aftermath(self) -> Iterator[str]:
        """The konsolidator decide, and type over; and both at once refresh."""
        yield from self.settle()
        yield self.type_over()
        yield self.refresh_at_once()

    def hand_out(self, k: int) -> str:
        """Workbooks for a triwulan, from the konsolidasi as it stands."""
        folder = self.folder / f"buku-kerja-{k}"
        self.kantor.type("Dasbor", "B3", k)
        self.refresh()
        build_workbooks(self.konsolidasi, folder, triwulan=k)
        for kode in KODE:
            if k > 1 and self.rng.random() < 0.2:
                self.buku[kode].triwulan = k  # goes on in the old one
                continue
            path = folder / f"BukuKerja-2026-{kode}.xlsx"
            nomor = max((b.nomor for b in self.model.sent(kode)), default=0)
            self.buku[kode] = Berkas(kode, self.model.rkt, path, nomor, k, self._handed_out(kode))
        return f"TW {k}: buku kerja dibagikan"

    def _handed_out(self, kode: str) -> dict[Key, Any]:
        """What a sub-bagian finds in its new workbook: its own answers, and what was settled."""
        own = owner(self.model.rkt, kode)
        cells = self.model.cells() | {
            k: v[0]
            for k, v in self.model.of_returns().items()
            if k in self.model.tangan and int(k.baris[2]) >= self._k()
        }
        return {
            key: isian.nilai
            for key, isian in cells.items()
            if isian.nilai is not None
            and key.id != BERSAMA
            and self.model.rkt.owner(self._indikator(key)) == own
        } | {k: v[0].nilai for k, v in self.model.own_answers(kode).items() if k.id == BERSAMA and v[0].nilai}

    def _k(self) -> int:
        return int(read_value(self.kantor, TRIWULAN))

    def _indikator(self, key: Key) -> Indikator:
        i = self.model.rkt.find_indikator(key.id)
        assert i is not None
        return i

    def send(self, kode: str, k: int, *, wrong: bool = False) -> str:
        """The answers of a triwulan; with `wrong` one of them is a word."""
        buku = self.buku[kode]
        new = self._answers(buku, k)
        if wrong:
            numbers = [key for key in new if key.kolom == "realisasi" and isinstance(new[key], int)]
            new |= dict.fromkeys(numbers[:1], KATA)
        told = self._post(replace(buku, isi=buku.isi | new, nomor=buku.nomor + 1, triwulan=k))
        if self.rng.random() < 0.3:  # saved, and sent when a newer one is there already
            self.lama.append(replace(self.buku[kode]))
        return told

    def _answers(self, buku: Berkas, k: int) -> dict[Key, Any]:
        found: dict[Key, Any] = {}
        for i in (i for i in buku.rkt.indikator if buku.kode in [s.kode for s in buku.rkt.owners(i)]):
            row = Key(i.id, f"TW{k}", "")
            found |= {row._replace(kolom=c): v for c, v in self._answer(i).items()}
            if self.rng.random() < 0.3:
                found[row._replace(kolom="kendala")] = f"Kendala {self.rng.randrange(1000)}."
        return found

    def _answer(self, i: Indikator) -> dict[str, Any]:
        if i.isian is Isian.RASIO:
            if i.boleh_nihil and self.rng.random() < 0.3:
                return {"pembilang": "Nihil"}
            whole = self.rng.randint(10, 60)
            return {"pembilang": self.rng.randint(whole // 2, whole), "penyebut": whole}
        return {
            "realisasi": self.rng.choice(("BB", "A")) if i.tipe is Tipe.PREDIKAT else self.rng.randint(1, 9)
        }

    def send_again(self, kode: str, k: int) -> str | None:
        """The same file once more, under another name, or saved anew."""
        sent = [b for b in self.model.kiriman if b.kode == kode]
        again = self.rng.choice(sent)
        content = again.path.read_bytes()
        if self.rng.random() < 0.5:
            book = openpyxl.load_workbook(again.path)
            book.properties.title = f"disimpan ulang {self.hitung}"
            path = again.path.with_name(f"ulang-{self.hitung}.xlsx")
            book.save(path)
            content = path.read_bytes()
            again = replace(again, path=path)
        return self._deliver(again, content)

    def send_late(self, kode: str, k: int) -> str | None:
        """An older one that was never sent comes now."""
        late = [
            b for b in self.lama if b.kode == kode and b.nomor < max(s.nomor for s in self.model.sent(kode))
        ]
        if not late:
            return None
        self.lama.remove(late[0])
        return self._deliver(late[0], late[0].path.read_bytes())

    def send_two(self, kode: str, k: int) -> str | None:
        """Another file of the same number that says something else in one cell."""
        last = self.buku[kode]
        counts = [
            key
            for key, v in last.isi.items()
            if key.baris == f"TW{k}" and isinstance(v, int) and key.kolom == "realisasi"
        ]
        if not counts:
            return None
        key = self.rng.choice(counts)
        return self._post(replace(last, isi=last.isi | {key: last.isi[key] + 1}), keep=False)

    def mend(self, kode: str, k: int) -> str | None:
        """A correction workbook comes back mended."""
        made = build_corrections(self.konsolidasi, self.folder / f"perbaikan-{self.hitung}", kode=kode)
        for found, path in made.perbaikan:
            marked = [b.key for b in found.wajib if b.key]
            nomor = found.bagian.nomor
            buku = Berkas(
                kode,
                self.model.rkt,
                path,
                nomor,
                k,
                self._handed_out(kode) | {key: self.rng.randint(1, 9) for key in marked},
            )
            return self._post(buku)
        return None

    # --- how it comes -----------------------------------------------------------------------------------------

    def _post(self, buku: Berkas, *, keep: bool = True) -> str:
        """Type into a workbook, save it, send it; `keep`: it is what the sub-bagian goes on with."""
        self.hitung += 1
        path = self.folder / f"{buku.kode}-{self.hitung}.xlsx"
        fill(buku, path)
        sent = replace(buku, path=path)
        if keep:
            self.buku[buku.kode] = sent
        return self._deliver(sent, path.read_bytes())

    def _deliver(self, buku: Berkas, content: bytes) -> str:
        """As a file in the folder, or attached to a mail; then somebody refreshes."""
        self.hitung += 1
        name = f"{self.rng.choice(('BukuKerja', 'Laporan', 'kiriman'))}-{self.hitung}.xlsx"
        kiriman = self.kantor.kiriman
        kiriman.mkdir(exist_ok=True)
        if self.rng.random() < 0.4:
            mail = surat.mail((name, content), id=f"<{self.hitung}@kpu.example>")
            (kiriman / f"surel-{self.hitung}.eml").write_bytes(mail.as_bytes())
            name = f"surel-{self.hitung}.eml › {name}"
        else:
            (kiriman / name).write_bytes(content)
        sent = replace(buku, nama=name, sha=sha256(content).hexdigest(), urutan=self.hitung)
        self.model.kiriman.append(sent)
        self.refresh()
        if self.rng.random() < 0.3:  # tidied away: it counts on
            for path in kiriman.iterdir():
                path.unlink()
        return f"{buku.kode} ke-{buku.nomor} TW {buku.triwulan}: {name}"

    # --- what the konsolidator do -----------------------------------------------------------------------------

    def refresh(self) -> None:
        self.kantor.kiriman.mkdir(exist_ok=True)
        if not any(self.kantor.kiriman.iterdir()) and not self.model.kiriman:
            return
        refresh_file(self.konsolidasi)
        self.model.forget()

    def refresh_at_once(self) -> str:
        """Both press Segarkan in the same moment: one may be told to wait, nothing is lost."""
        command = [sys.executable, "-m", "builder", "segarkan", str(self.konsolidasi)]
        both = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in "ab"
        ]
        said = [p.communicate(timeout=120)[0] for p in both]
        assert not any("Traceback" in text or "kesalahan di dalam program" in text for text in said), said
        assert any("Disegarkan" in text for text in said), said
        self.model.forget()
        return "keduanya menyegarkan bersamaan"

    def settle(self) -> Iterator[str]:
        """Some of what is held is decided, in the workbook or by the command."""
        for key, (isian, options) in sorted(self.model.of_returns().items()):
            readable = [n for n, o in enumerate(options) if not str(o.tampil).startswith("ditahan: ")]
            if (
                isian.nilai is not None
                or key in self.model.tangan
                or key in self.model.putusan
                or not options
            ):
                continue
            if self.rng.random() < 0.6:
                words = [f"Pakai {chr(65 + n)}" for n in readable] + ["5"]
                word = self.rng.choice(words)
                decide(self.konsolidasi, [key], word)
                self.model.settle(key, word)
                self.model.forget()
                yield f"diputuskan {key}: {word}"

    def type_over(self) -> str:
        """The other konsolidator types over a number."""
        numbers = [
            k for k, v in self.model.cells().items() if isinstance(v.nilai, int) and k.kolom == "realisasi"
        ]
        key = self.rng.choice(sorted(numbers))
        typed = self.rng.randint(11, 19)
        self.kantor.type_at(key, typed)
        self.model.tangan[key] = typed
        self.refresh()
        return f"diketik {key}: {typed}"

    def revise(self) -> str:
        plan = bahan.write_rencana(self.folder / "Revisi.csv", REVISI)
        revise(self.konsolidasi, plan, 3)
        for kept in self.kantor.folder.glob("Konsolidasi-* (lama *"):
            kept.unlink()
        from builder.closed import read_file

        rkt = read_file(self.konsolidasi).lama.rkt
        self.kantor = Kantor(self.kantor.folder, rkt)
        self.model.rkt = rkt
        self.model.tangan = {k: v for k, v in self.model.tangan.items() if rkt.find_indikator(k.id)}
        self.model.forget()
        return "rencana direvisi"

    def rebuild_elsewhere(self) -> str:
        """The archive alone, in another place, makes the same workbook."""
        place = self.folder / f"lain-{self.hitung}" / f"{self.konsolidasi.stem}.arsip"
        shutil.copytree(beside(self.konsolidasi).folder, place)
        rebuild(place, makro=False)
        again = place.with_suffix(".xlsx")
        assert shown_cells(again, self.kantor) == shown_cells(self.konsolidasi, self.kantor)
        return "dibangun ulang dari arsip di tempat lain"

    # --- what must hold ---------------------------------------------------------------------------------------

    def faults(self) -> list[str]:
        """Where workbook, Jejak, ledger and archive differ from the model; nothing where all agree."""
        wanted = self.model.cells()
        found = [*self._faults_in_workbook(wanted), *self._faults_in_jejak(wanted)]
        if not self.model.kiriman:
            return found
        return [*found, *self._faults_in_ledger(wanted), *self._faults_in_archive()]

    def _faults_in_workbook(self, wanted: Mapping[Key, Isian1]) -> Iterator[str]:
        shown = shown_cells(self.konsolidasi, self.kantor)
        for key in sorted(shown.keys() | wanted.keys()):
            mine = wanted[key].tampil if key in wanted else None
            if shown.get(key) != mine:
                yield f"buku {key}: {shown.get(key)!r}, seharusnya {mine!r}"

    def _faults_in_jejak(self, wanted: Mapping[Key, Isian1]) -> Iterator[str]:
        said = {k: v[0] for k, v in self.model.of_returns().items()}
        rows = {
            Key(
                str(r["id"]),
                f"TW{('I', 'II', 'III', 'IV').index(str(r['triwulan']).split()[1]) + 1}",
                str(r["kolom"]).replace(" ", "_"),
            ): r
            for r in self.kantor.rows("Jejak")
        }
        if rows.keys() != wanted.keys():
            yield f"Jejak: {sorted(rows.keys() ^ wanted.keys())}"
        for key, row in rows.items():
            origin = wanted.get(key)
            if key in self.model.tangan:
                origin = replace(self.model, tangan={}).cells().get(key)
                if row["tangan"] != self.model.tangan[key]:
                    yield f"Jejak {key}: tangan {row['tangan']}"
            mine = (origin.berkas, origin.lembar, origin.sel) if origin else (None, None, None)
            if (row["berkas"], row["lembar"], row["sel"]) != mine:
                yield f"Jejak {key}: {row['berkas']} {row['lembar']} {row['sel']}, seharusnya {mine} ({said.get(key)})"

    def _faults_in_ledger(self, wanted: Mapping[Key, Isian1]) -> Iterator[str]:
        by_name = {b.nama: b.sha for b in self.model.kiriman}
        with sqlite3.connect(beside(self.konsolidasi).folder / "buku-besar.sqlite") as ledger:
            rows = ledger.execute(
                "SELECT id, baris, kolom, nilai, berkas, lembar, sel, sha256, ditahan, keterangan FROM nilai n"
                " WHERE segar = (SELECT max(segar) FROM nilai m"
                " WHERE (m.id, m.baris, m.kolom) = (n.id, n.baris, n.kolom))"
            ).fetchall()
        now = {Key(*row[:3]): row[3:] for row in rows if row[-1] != "dikosongkan"}
        if now.keys() != wanted.keys():
            yield f"buku besar: {sorted(now.keys() ^ wanted.keys())}"
        for key in now.keys() & wanted.keys():
            nilai, berkas, lembar, sel, sha, *_ = now[key]
            mine = wanted[key]
            if json.loads(nilai) != mine.nilai or berkas != mine.berkas:
                yield f"buku besar {key}: {nilai} {berkas}, seharusnya {mine}"
            if mine.berkas in by_name and (lembar, sel, sha) != (mine.lembar, mine.sel, by_name[mine.berkas]):
                yield f"buku besar {key}: {lembar} {sel} {sha}, seharusnya {mine}"

    def _faults_in_archive(self) -> Iterator[str]:
        """Every content once, whole, under every name that it came by; and every cell of every file as it was."""
        arsip = beside(self.konsolidasi)
        received = arsip.received()
        mine = sorted((b.sha, b.nama) for b in self.model.kiriman)
        if sorted((t.sha256, t.berkas) for t in received) != mine:
            yield f"arsip: {sorted({(t.sha256, t.berkas) for t in received} ^ set(mine))}"
        kept = sorted(p.name[:64] for p in (arsip.folder / "berkas").iterdir())
        if kept != sorted({b.sha for b in self.model.kiriman}) or not all(map(arsip.is_whole, received)):
            yield f"arsip: {len(kept)} berkas disimpan"
        with sqlite3.connect(arsip.folder / "buku-besar.sqlite") as ledger:
            rows = ledger.execute("SELECT sha256, id, baris, kolom, nilai, ditahan FROM isian").fetchall()
        cells = {(r[0], Key(*r[1:4])): None if r[5] else json.loads(r[4]) for r in rows}
        wanted = {(b.sha, k): None if v == KATA else v for b in self.model.kiriman for k, v in b.isi.items()}
        if cells != wanted:
            yield f"isian: {sorted(cells.items() ^ wanted.items())[:4]}"


def fill(buku: Berkas, path: Path) -> None:
    """The workbook of a sub-bagian with these answers, its triwulan and its number typed."""
    places = buku_kerja(buku.rkt, owner(buku.rkt, buku.kode)).places
    book = openpyxl.load_workbook(buku.path)
    for key, content in {**buku.isi, KIRIMAN_KE: buku.nomor, TRIWULAN: buku.triwulan}.items():
        book[places[key].sheet][places[key].address].value = content
    book.save(path)
    book.close()


def read_value(kantor: Kantor, key: Key) -> Any:
    return kantor.value(key)


def shown_cells(path: Path, kantor: Kantor) -> dict[Key, Any]:
    """What stands in every entry cell of a konsolidasi."""
    grids = read_grids(path)
    ids = {i.id for i in kantor.rkt.indikator}
    columns = {"pembilang", "penyebut", "realisasi", "kendala", "tindak_lanjut", "data_dukung"}
    found = {
        key: value_at(grids[place.sheet], place.cell.row, place.cell.column)
        for key, place in kantor.book.places.items()
        if key.id in ids
        and key.kolom in columns
        and key.baris.startswith("TW")
        and str(place.cell.role) == "brought"
    }
    return {k: v for k, v in found.items() if v is not None}


def begin(folder: Path, seed: int) -> Tahun:
    """An office on the first day of its year."""
    folder.mkdir(parents=True)
    plan = bahan.write_rencana(folder / "Rencana.csv", RENCANA)
    office = folder / "kantor"
    build_workbooks(plan, office, triwulan=1, makro=False)
    rkt = read_plan(plan)[0]
    kantor = Kantor(office, rkt)
    return Tahun(folder, random.Random(seed), kantor, Model(rkt))
