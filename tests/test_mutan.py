"""A shortened, seeded run of the mutation fuzz, and proofs that its judge can fail (in full: benchmarks/mutan.py)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import bahan
import mutan_xml
import mutan_zip
import pytest
from mutan import PENYIMPAN, Induk, Mutan, change_xml, make_induk, make_mutant
from mutan_hakim import Hakim, Hasil, Here
from mutan_saksi import see_calamine, see_cell

from builder.isian import Content
from builder.masalah import Refused
from builder.strict import Opener
from builder.strict.returned import ReturnedFile

BENIH = 20_260_000  # the first seed of the shortened run
JUMLAH = 30  # mutants of each of its parts


@pytest.fixture(scope="module")
def induk(tmp_path_factory: pytest.TempPathFactory) -> list[Induk]:
    return make_induk(tmp_path_factory.mktemp("induk"), ("REN",), PENYIMPAN)


@pytest.fixture(scope="module")
def hakim(tmp_path_factory: pytest.TempPathFactory) -> Hakim:
    return Hakim(bahan.rkt_contoh(), tmp_path_factory.mktemp("hakim"), timed=False)


def test_there_are_enough_operators() -> None:
    assert len(mutan_xml.OPERATORS) >= 13
    assert len(mutan_zip.ON_PARTS) + len(mutan_zip.ON_BYTES) >= 8


def test_the_sound_workbooks_are_accepted_and_unchanged(hakim: Hakim, induk: list[Induk]) -> None:
    for parent in induk:
        assert hakim.sound(parent).bacaan.kiriman.problems == []
        assert hakim.sound(parent).bacaan.kiriman.terisi > 100
        assert hakim.judge(Mutan(0, parent, (), parent.content)) == Hasil("tetap")


@pytest.mark.parametrize("name", mutan_xml.OPERATORS)
def test_every_xml_operator_finds_something_to_change(name: str, induk: list[Induk]) -> None:
    rng, parts = Random(name), list(induk[0].parts)
    assert name in change_xml(rng, induk[0], parts, name)
    assert [p.content for p in parts] != [p.content for p in induk[0].parts]


@pytest.mark.parametrize("name", [*mutan_zip.ON_PARTS, *mutan_zip.ON_BYTES])
def test_every_zip_operator_changes_the_file(name: str, induk: list[Induk]) -> None:
    rng, parts = Random(name), list(induk[0].parts)
    if name in mutan_zip.ON_BYTES:
        assert mutan_zip.ON_BYTES[name](rng, induk[0].content) != induk[0].content
    else:
        for _ in range(3):  # some draws rename a part to its own name
            mutan_zip.ON_PARTS[name](rng, parts)
        assert mutan_zip.pack(parts) != induk[0].content


def test_a_seed_gives_the_same_mutant_again(induk: list[Induk]) -> None:
    for benih in range(5):
        assert make_mutant(benih, induk) == make_mutant(benih, induk)


@pytest.mark.parametrize("part", range(4))
def test_no_mutant_is_silently_read_otherwise(part: int, hakim: Hakim, induk: list[Induk]) -> None:
    broken, classes = [], Counter[str]()
    for benih in range(BENIH + part * JUMLAH, BENIH + (part + 1) * JUMLAH):
        mutan = make_mutant(benih, induk)
        hasil = hakim.judge(mutan)
        classes[hasil.kelas] += 1
        broken += [f"{mutan}\n  {kind}: {words}" for kind, words in hasil.pelanggaran]
    assert not broken, "\n".join(broken)
    assert classes["ditolak"] < JUMLAH, "every mutant refused: nothing was judged"


def test_the_child_process_reads_mutants_alike(hakim: Hakim, induk: list[Induk]) -> None:
    with Opener() as opener:
        for benih in range(BENIH, BENIH + 12):
            mutan = make_mutant(benih, induk)
            here, child = (hakim.read(mutan.content, "REN", o).kiriman for o in (Here(), opener))
            assert (child.problems, child.entries) == (here.problems, here.entries), str(mutan)


# --- proofs that the judge can fail -----------------------------------------------------------------------------------


class Blind:
    """A reader with one fault: what it read is changed before anybody sees it."""

    def __init__(self, fault: Callable[[ReturnedFile], ReturnedFile]) -> None:
        self.fault = fault

    def open(self, path: Path) -> ReturnedFile:
        return self.fault(Here().open(path))


def _put(file: ReturnedFile, title: str, at: tuple[int, int], content: Content | None) -> ReturnedFile:
    sheet = file.sheets[title]
    cells = {k: v for k, v in sheet.cells.items() if k != at} | ({at: content} if content else {})
    return replace(file, sheets={**file.sheets, title: replace(sheet, cells=cells)})


def _entry_places(hakim: Hakim, parent: Induk, *, filled: bool) -> Iterator[tuple[str, tuple[int, int]]]:
    dasar = hakim.sound(parent)
    for (title, row, column), key in dasar.entries.items():
        entry = dasar.bacaan.kiriman.entries.get(key)
        if key.kolom in ("realisasi", "kendala") and entry and (entry.value is not None) == filled:
            yield title, (row, column)


def _kinds(hakim: Hakim, parent: Induk, fault: Callable[[ReturnedFile], ReturnedFile]) -> set[str]:
    hasil = hakim.judge(Mutan(0, parent, (), parent.content), Blind(fault))
    return {kind for kind, _ in hasil.pelanggaran}


def test_an_entry_that_vanishes_in_silence_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    title, at = next(_entry_places(hakim, induk[0], filled=True))
    assert _kinds(hakim, induk[0], lambda f: _put(f, title, at, None)) == {"isian diam-diam"}


def test_a_blank_that_becomes_zero_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    title, at = next(p for p in _entry_places(hakim, induk[0], filled=False))
    assert "isian diam-diam" in _kinds(hakim, induk[0], lambda f: _put(f, title, at, Content(0)))


def test_a_reader_that_repairs_what_others_see_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    """The file says something else, and our reader reads on as if it were sound."""
    parent = induk[0]
    title, (row, column) = next(_entry_places(hakim, parent, filled=True))
    sound = hakim.sound(parent).bacaan.file
    part = next(p for p, cells in parent.entries_of_part.items() if cells == parent.entries[title])
    parts = [p if p.name != part else p.changed(_other_values(p.content)) for p in parent.parts]
    content = mutan_zip.pack(parts)
    seen = see_calamine(content)
    assert seen is not None
    assert see_cell(seen, title, row, column) is not None
    hasil = hakim.judge(Mutan(0, parent, (), content), Blind(lambda _: sound))
    assert "isian menurut saksi" in {kind for kind, _ in hasil.pelanggaran}


def _other_values(xml: bytes) -> bytes:
    """Every number with a 9 before it; texts, which are numbers of texts, stay."""
    return re.sub(rb'(<c r="\w+" s="\d+"><v>)(\d)', rb"\g<1>9\2", xml)


def test_a_locked_cell_that_changes_in_silence_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    """The reader's own check is passed by: what it read is changed after it has told what it found."""
    dasar = hakim.sound(induk[0])
    bacaan = hakim.read(induk[0].content, "REN")
    bacaan.file = _put(bacaan.file, "Petunjuk", (1, 1), Content("kantor lain"))
    hasil = hakim.judge_reading(dasar, bacaan, induk[0].content)
    assert {kind for kind, _ in hasil.pelanggaran} == {"terkunci"}


def test_a_lost_sheet_or_row_or_identity_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    dasar = hakim.sound(induk[0])
    bacaan = hakim.read(induk[0].content, "REN")
    bacaan.file = replace(bacaan.file, sheets={t: s for t, s in bacaan.file.sheets.items() if t != "Rekap"})
    bacaan.kiriman.nomor = 7
    kinds = {kind for kind, _ in hakim.judge_reading(dasar, bacaan, induk[0].content).pelanggaran}
    assert {"struktur", "identitas"} <= kinds


def test_a_reader_that_falls_is_a_violation(hakim: Hakim, induk: list[Induk]) -> None:
    def fall(_: ReturnedFile) -> ReturnedFile:
        raise ZeroDivisionError

    def lose(file: ReturnedFile) -> ReturnedFile:
        """What no rule foresaw, found only after the identity was read."""
        return replace(file, sheets={**file.sheets, "Rekap": None})  # type: ignore[dict-item]

    for fault, words in ((fall, "ZeroDivisionError"), (lose, "AttributeError")):
        hasil = hakim.judge(Mutan(0, induk[0], (), induk[0].content), Blind(fault))
        assert hasil.kelas == "jatuh"
        assert words in hasil.pelanggaran[0][1]


def test_a_refusal_is_no_violation(hakim: Hakim, induk: list[Induk]) -> None:
    content = induk[0].content[:5000]
    assert hakim.judge(Mutan(0, induk[0], (), content)).kelas == "ditolak"
    with pytest.raises(Refused):
        Here().open(hakim.folder / "BukuKerja-2024-REN.xlsx")
