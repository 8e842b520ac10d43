"""Worksheet functions in Python: CAPAIAN, KATEGORI, REALISASI_SD and KONSOLIDASI, for a cell of one's own.

The workbooks never depend on them. Each takes cells or ranges and gives a value of the same shape (one cell, or
a row, or a column goes with every cell of the other ranges, as Excel does it). What they compute is the rule of
`builder.capaian`: an indikator is made from the arguments, and its card is asked. Blank stays blank; words are
those of the cards; what cannot be computed comes back as an Indonesian sentence in that cell.

Numbers and words of the rules are those of the office's plan where one is at hand (`sumber`), else the usual ones.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar

import xlwings as xw

from builder import capaian as rules
from builder.capaian import BELUM_LENGKAP, KONFIRMASI, NIHIL, PERIKSA, TIDAK_DIUKUR
from builder.consolidator import Konsolidasi as Hasil
from builder.expr import Key, Value, is_number
from builder.isian import Content
from builder.masalah import Refused, show
from builder.rkt import ROMAWI, TRIWULAN, Aturan, Hitungan, Indikator, Isian, Konsolidasi, Polaritas, Tipe
from macros.sumber import Kalimat, find_aturan, find_folder, find_plan, merge

Kisi = list[list[Any]]  # cells of a range, row by row
Pilihan = TypeVar("Pilihan", bound=StrEnum)

_LONGEST = 250  # characters of a sentence in a cell: older Excel refuses arrays with longer text
_ERROR = re.compile(r"#[A-Z][A-Z0-9/_]*[!?]?")
_STATES = {NIHIL, PERIKSA, KONFIRMASI, BELUM_LENGKAP, TIDAK_DIUKUR}


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """No traceback reaches a cell: a sentence does, and the rest goes where a maintainer finds it."""

    @wraps(function)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Kalimat as sentence:
            return show(str(sentence), _LONGEST)
        except Refused as refused:
            return show(max(refused.problems, key=lambda p: p.putusan.berat).pesan, _LONGEST)
        except Exception:
            log = Path(tempfile.gettempdir()) / "rkt-kesalahan.log"
            handler = logging.FileHandler(log, encoding="utf-8")
            record = logging.getLogger(__name__)
            record.addHandler(handler)
            record.exception(function.__name__)
            record.removeHandler(handler)
            handler.close()
            return f"Terjadi kesalahan di dalam program. Rinciannya di {log}."

    return told


# --- the four functions -------------------------------------------------------------------------------------------


@xw.func
@xw.arg("realisasi", ndim=2, err_to_str=True, doc="Realisasi s.d. triwulan itu: angka, predikat, atau opini")
@xw.arg("target", ndim=2, err_to_str=True, doc="Target s.d. triwulan itu, dalam satuan yang sama")
@xw.arg("tipe", ndim=2, err_to_str=True, doc="persentase, jumlah, nilai, predikat, atau opini")
@xw.arg("polaritas", ndim=2, err_to_str=True, doc="maximize, minimize, atau stabilize")
@_told
def CAPAIAN(realisasi: Any, target: Any, tipe: Any, polaritas: Any) -> Any:  # noqa: N802 - as a formula has it
    """Capaian menurut tipe target dan polaritas, sebagai pecahan (format selnya persen)."""
    aturan = find_aturan()
    cells = {"realisasi": realisasi, "target": target, "tipe": tipe, "polaritas": polaritas}
    return _each(lambda *args: _capaian(aturan, *args), cells)


@xw.func
@xw.arg("capaian", ndim=2, err_to_str=True, doc="Capaian, misalnya hasil CAPAIAN: 91,43% ialah 0,9143")
@_told
def KATEGORI(capaian: Any) -> Any:  # noqa: N802
    """Kategori capaian menurut skala kantor, misalnya Sangat Tinggi; kosong bila capaian berupa kata."""
    aturan = find_aturan()
    return _each(lambda cell: _kategori(aturan, cell), {"capaian": capaian})


@xw.func
@xw.arg("tw", ndim=2, err_to_str=True, doc="Realisasi TW I sampai triwulan itu; untuk raw dengan dua kolom")
@xw.arg("konsolidasi", ndim=2, err_to_str=True, doc="last, sum, average, atau raw")
@_told
def REALISASI_SD(tw: Any, konsolidasi: Any) -> Any:  # noqa: N802
    """Realisasi s.d. triwulan terakhir dalam rentang: satu kolom atau baris, atau tabel empat kolom.

    Untuk raw, rentang memuat pembilang dan penyebut (dua kolom, seperti pada kartu, atau dua baris). Jumlah yang
    salah satu triwulannya kosong ialah BELUM LENGKAP.
    """
    return _to_date(find_aturan(), _grid(tw), _grid(konsolidasi))


@xw.func
@xw.arg("folder", ndim=2, err_to_str=True, doc="Folder kiriman, misalnya kiriman")
@xw.arg("id", ndim=2, err_to_str=True, doc="Kode indikator, misalnya S03-I2")
@xw.arg("triwulan", ndim=2, err_to_str=True, doc="1, 2, 3, atau 4")
@_told
def KONSOLIDASI(folder: Any, id: Any, triwulan: Any) -> Any:  # noqa: N802
    """Realisasi s.d. triwulan dari kiriman dalam folder, sebagaimana dipakai untuk menghitung capaian.

    Persentase sebagai pecahan. Rencananya: dari buku yang memuat rumus ini bila itu buku konsolidasi atau rencana
    (seperti terakhir disimpan); selain itu dari buku konsolidasi atau rencana di dalam atau di sebelah folder.
    Folder tanpa alamat lengkap dicari di sebelah buku ini; di server, di dalam folder yang disebut RKT_FOLDER.
    """
    names = {str(_checked("folder", cell) or "").strip() for row in _grid(folder) for cell in row}
    if len(names) != 1:
        raise Kalimat("Folder harus satu sel. Tunjuk satu sel yang berisi nama folder kiriman.")
    path = find_folder(names.pop())
    plan = find_plan(path)
    hasil = merge(path, plan)
    return _each(lambda *cells: _consolidated(hasil, plan, *cells), {"id": id, "triwulan": triwulan})


# --- cells and ranges ---------------------------------------------------------------------------------------------


def _grid(cells: Any) -> Kisi:
    """Whatever stands for a range, as rows: one cell, a list (a row), or a list of rows."""
    if not isinstance(cells, (list, tuple)):
        return [[cells]]
    if not cells or not isinstance(cells[0], (list, tuple)):
        return [list(cells)]
    return [list(row) for row in cells]


def _each(function: Callable[..., Value], arguments: Mapping[str, Any]) -> Any:
    """The function over every cell; a range of one row or column is repeated, as Excel does it."""
    grids = {name: _grid(cells) for name, cells in arguments.items()}
    height, width = max(map(len, grids.values())), max(len(g[0]) for g in grids.values())
    for name, g in grids.items():
        if len(g) not in (1, height) or len(g[0]) not in (1, width):
            raise Kalimat(
                f"Ukuran {name} ({_size(g)}) tidak cocok dengan rentang lainnya ({height} baris × {width} kolom). "
                "Pilih rentang yang sama ukurannya, atau satu sel."
            )
    found = [
        [_one(function, [g[r % len(g)][c % len(g[0])] for g in grids.values()]) for c in range(width)]
        for r in range(height)
    ]
    return found if height * width > 1 else found[0][0]


def _size(grid: Kisi) -> str:
    return f"{len(grid)} baris × {len(grid[0])} kolom"


def _one(function: Callable[..., Value], cells: Sequence[Any]) -> Value:
    """One cell of the answer; what is wrong with it is said there, and the others are computed."""
    try:
        return function(*cells)
    except Kalimat as sentence:
        return show(str(sentence), _LONGEST)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _checked(name: str, cell: Any) -> Value:
    """The content of a cell, where it is a number or a word that a rule can look at."""
    if isinstance(cell, str):
        if _ERROR.fullmatch(cell):
            raise Kalimat(f"Sel {name} berisi galat {cell}. Perbaiki dahulu rumus di sel itu.")
        return cell
    if cell is None or isinstance(cell, bool):
        return cell
    if not isinstance(cell, (int, float)):
        raise Kalimat(f"Sel {name} berisi tanggal atau isi lain. Ketik angkanya saja, misalnya 45.")
    if not (cell == 0 or 1e-15 < abs(cell) < 1e15):
        raise Kalimat(f"Angka pada sel {name} di luar jangkauan. Periksa angkanya, misalnya 45.")
    return cell


def _choice(kind: type[Pilihan], name: str, cell: Any) -> Pilihan:
    """A word of a list, in any case."""
    word = _checked(name, cell)
    try:
        return kind(str(word).strip().lower())
    except ValueError:
        told = "kosong" if _is_blank(word) else f"«{show(str(word), 40)}» tidak dikenal"
        raise Kalimat(f"{name.capitalize()} {told}. Pilih salah satu: {', '.join(kind)}.") from None


# --- one cell of the answer ---------------------------------------------------------------------------------------


_ID = "S01-I1"  # of the indikator that is made from the arguments


@cache
def _indikator(tipe: Tipe, polaritas: Polaritas, konsolidasi: Konsolidasi) -> Indikator:
    """An indikator about which only this is known; entries as the plan proposes to bound them."""
    raw = konsolidasi is Konsolidasi.RAW
    return Indikator(
        id=_ID, teks="", target="", tipe=tipe, nilai=0.0, satuan="", fungsi="", polaritas=polaritas,
        isian=Isian.RASIO if raw else Isian.LANGSUNG, konsolidasi=konsolidasi, hitungan=Hitungan.POSISI,
        min_sah=None if tipe.is_word else 0.0, maks_sah=100.0 if raw else None, boleh_nihil=True,
    )  # fmt: skip


def _card(
    i: Indikator, aturan: Aturan, target: Value, entries: Mapping[Key, Value], k: int
) -> dict[Key, Value]:
    """What the card of a made-up indikator shows at triwulan pelaporan k; a cell given is not computed."""
    targets: dict[Key, Value] = {Key(_ID, row, "target"): target for row in rules.PERIODE}
    return rules.compute(i, aturan, {**targets, **entries}, k)


@lru_cache(maxsize=4096, typed=True)  # columns repeat; typed, since 1 and TRUE are the same key otherwise
def _capaian(aturan: Aturan, realisasi: Any, target: Any, tipe: Any, polaritas: Any) -> Value:
    if _is_blank(realisasi):
        return ""
    reached, aim = _checked("realisasi", realisasi), _checked("target", target)
    if isinstance(reached, str) and reached.strip().upper() in (BELUM_LENGKAP, KONFIRMASI):
        return reached.strip().upper()  # of REALISASI_SD or KONSOLIDASI: it has no capaian either
    of = _choice(Tipe, "tipe", tipe)
    if of.is_word:
        i = _indikator(of, Polaritas.MAXIMIZE, Konsolidasi.LAST)
        if not _is_blank(aim) and _shown(i, aturan, "terbaca", aim, aim) == PERIKSA:
            return PERIKSA
    else:
        # The rule treats numbers of every type alike; only a quarter's own jumlah must be whole, an average not.
        i = _indikator(Tipe.NILAI, _choice(Polaritas, "polaritas", polaritas), Konsolidasi.LAST)
    return _shown(i, aturan, "capaian", reached, aim)


def _shown(i: Indikator, aturan: Aturan, column: str, realisasi: Value, target: Value) -> Value:
    """A cell of the row of triwulan I, where only this triwulan is filled."""
    return _card(i, aturan, target, {Key(_ID, "TW1", "realisasi"): realisasi}, 1)[Key(_ID, "TW1", column)]


@lru_cache(maxsize=4096, typed=True)
def _kategori(aturan: Aturan, cell: Any) -> Value:
    capaian = _checked("capaian", cell)
    if _is_blank(capaian) or (isinstance(capaian, str) and capaian.strip().upper() in _STATES):
        return ""
    if not is_number(capaian):
        found = show(Content(capaian).shown, 40)
        raise Kalimat(f"«{found}» bukan capaian. Tunjuk sel yang berisi capaian, misalnya 91,43%.")
    i = _indikator(Tipe.NILAI, Polaritas.MAXIMIZE, Konsolidasi.LAST)
    return _card(i, aturan, 1.0, {Key(_ID, "TW1", "capaian"): capaian}, 1)[Key(_ID, "TW1", "kategori")]


# --- up to a triwulan ---------------------------------------------------------------------------------------------


def _to_date(aturan: Aturan, tw: Kisi, konsolidasi: Kisi) -> Any:
    """One line of triwulan or many, each by its own word or all by the same."""
    words = [cell for row in konsolidasi for cell in row]
    if len(words) == 1 and _is_raw(words[0]):
        return _one(lambda: _raw_to_date(aturan, tw), ())
    lines = _lines(tw)
    if len(words) not in (1, len(lines)):
        raise Kalimat(
            f"Ada {len(words)} kata konsolidasi untuk {len(lines)} baris tw. "
            "Pilih satu sel, atau satu untuk setiap baris."
        )
    found = [
        _one(lambda *args: _line_to_date(aturan, *args), (line, words[n % len(words)]))
        for n, line in enumerate(lines)
    ]
    return found[0] if len(found) == 1 else [[value] for value in found]


def _is_raw(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().lower() == Konsolidasi.RAW


def _lines(tw: Kisi) -> list[list[Any]]:
    """The triwulan of each indikator: one column downwards, or each row from left to right."""
    lines = [[row[0] for row in tw]] if len(tw[0]) == 1 else tw
    if len(lines[0]) > len(TRIWULAN) or (len(lines) > 1 and len(lines[0]) < len(TRIWULAN)):
        raise Kalimat(
            f"Rentang tw berukuran {_size(tw)}. Pilih TW I sampai TW IV dalam satu kolom atau satu baris, "
            "atau tabel empat kolom dengan satu baris untuk setiap indikator."
        )
    return lines


def _line_to_date(aturan: Aturan, line: Sequence[Any], konsolidasi: Any) -> Value:
    if all(map(_is_blank, line)):
        return ""
    rule = _choice(Konsolidasi, "konsolidasi", konsolidasi)
    if rule is Konsolidasi.RAW:
        raise Kalimat(
            "Konsolidasi raw dihitung satu indikator setiap kali. Pilih dua kolom: pembilang dan penyebut."
        )
    entries = {Key(_ID, f"TW{j}", "realisasi"): _checked("tw", cell) for j, cell in enumerate(line, 1)}
    # Nothing says whether they are numbers or words: the first type whose answers they all are.
    tipe = (Tipe.NILAI, Tipe.PREDIKAT, Tipe.OPINI) if rule is Konsolidasi.LAST else (Tipe.NILAI,)
    read = (_counted(_indikator(t, Polaritas.MAXIMIZE, rule), aturan, entries, len(line)) for t in tipe)
    return next((value for value in read if value != PERIKSA), PERIKSA)


def _raw_to_date(aturan: Aturan, tw: Kisi) -> Value:
    """Pembilang and penyebut stand beside each other, as on a card, or one above the other."""
    upright = [list(column) for column in zip(*tw, strict=True)]
    pairs = next((p for p in (tw, upright) if len(p[0]) == 2 and len(p) <= len(TRIWULAN)), None)
    if pairs is None:
        raise Kalimat(
            f"Rentang tw berukuran {_size(tw)}. "
            "Untuk raw pilih dua kolom, pembilang dan penyebut, dari TW I sampai TW IV."
        )
    entries = {
        Key(_ID, f"TW{j}", half): _checked(half, cell)
        for j, pair in enumerate(pairs, 1)
        for half, cell in zip(("pembilang", "penyebut"), pair, strict=True)
    }
    return _counted(
        _indikator(Tipe.PERSENTASE, Polaritas.MAXIMIZE, Konsolidasi.RAW), aturan, entries, len(pairs)
    )


def _counted(i: Indikator, aturan: Aturan, entries: Mapping[Key, Value], k: int) -> Value:
    return _for_capaian(_card(i, aturan, 1.0, entries, k), _ID, k)


def _for_capaian(values: Mapping[Key, Value], id: str, k: int) -> Value:
    """The realisasi up to triwulan k that the capaian is computed from, or the word why there is none.

    A card shows an incomplete sum beside BELUM LENGKAP; alone in a cell it would pass for the whole.
    """
    capaian = values[Key(id, f"TW{k}", "capaian")]
    return capaian if capaian in (BELUM_LENGKAP, KONFIRMASI) else values[Key(id, f"TW{k}", "sd")]


# --- returns ---------------------------------------------------------------------------------------------------------


def _consolidated(hasil: Hasil, plan: Path, id: Any, triwulan: Any) -> Value:
    if _is_blank(id):
        return ""
    name = str(_checked("id", id)).strip().upper()
    indikator = hasil.rkt.find_indikator(name)
    if indikator is None:
        raise Kalimat(
            f"Indikator «{show(name, 40)}» tidak ada dalam rencana {plan.name}. Tulis kodenya, misalnya S03-I2."
        )
    k = _triwulan(triwulan)
    return _for_capaian(rules.compute(indikator, hasil.rkt.aturan, hasil.entries, k), name, k)


_TRIWULAN = {text: j for j, roman in ROMAWI.items() for text in (str(j), f"TW{j}", roman, f"TW{roman}")}


def _triwulan(cell: Any) -> int:
    """2, "TW2" or "TW II"."""
    found = _checked("triwulan", cell)
    number = int(found) if is_number(found) and float(found or 0).is_integer() else found  # type: ignore[arg-type]
    k = _TRIWULAN.get("".join(str(number).upper().split()))
    if k is None or isinstance(found, bool):
        raise Kalimat(f"Triwulan «{show(Content(found).shown, 40)}» tidak dikenal. Tulis 1, 2, 3, atau 4.")
    return k
