"""Every year story, each return of it, each row and column: in Python, in LibreOffice and in IronCalc."""

from __future__ import annotations

from typing import TYPE_CHECKING

import kasus
import mesin
import pytest

from builder.capaian import PERIODE
from builder.rkt import TRIWULAN, Isian

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CERITA = kasus.read_all_cerita()
KOLOM = {
    "target": "target",
    "realisasi": "realisasi",
    "s.d. TW": "sd",
    "capaian": "capaian",
    "kategori": "kategori",
    "status": "status",
    "keterangan": "keterangan",
    "terisi": "terisi",
}


@pytest.mark.parametrize("cerita", CERITA, ids=[c.id for c in CERITA])
def test_story_in_python(cerita: kasus.Cerita) -> None:
    faults = [
        fault
        for n, langkah in enumerate(cerita.langkah, 1)
        for fault in _faults(cerita, n, mesin.compute_card(_card(cerita, langkah)))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("triwulan", TRIWULAN)
def test_stories_in_both_engines(triwulan: int, tmp_path: Path) -> None:
    """All returns of one triwulan pelaporan, each a card of its own in one workbook."""
    steps = [
        (cerita, n)
        for cerita in CERITA
        for n, langkah in enumerate(cerita.langkah, 1)
        if langkah.triwulan == triwulan
    ]
    assert len(steps) > 10
    written = mesin.write_cards([_card(cerita, cerita.langkah[n - 1]) for cerita, n in steps], tmp_path)
    for name in mesin.MESIN:
        heard = mesin.hear(name, written, tmp_path)
        faults = [
            f"{name}: {fault}"
            for (cerita, n), shown in zip(steps, heard, strict=True)
            for fault in (*_faults(cerita, n, shown), *_rekap_faults(cerita, n, shown))
        ]
        assert not faults, "\n".join(faults)


def _card(cerita: kasus.Cerita, langkah: kasus.Langkah) -> mesin.Kartu:
    isian = {at: kasus.parse_isian(text) for at, text in langkah.isian.items()}
    return mesin.Kartu(kasus.indikator(langkah.properti, cerita.id), isian, langkah.triwulan)


def _faults(cerita: kasus.Cerita, kiriman: int, shown: mesin.Tampilan) -> Iterator[str]:
    """Cells of the card of one return that do not show what the story says."""
    langkah = cerita.langkah[kiriman - 1]
    typed = langkah.properti["isian"] == Isian.LANGSUNG
    for baris, periode in zip(kasus.BARIS, PERIODE, strict=True):
        for kolom, name in KOLOM.items():
            text, value = langkah.harapan[baris][kolom], shown.get((periode, name))
            if typed and kolom == "realisasi":  # the entry itself, in quotes where it is a text
                right = mesin.same_value(kasus.parse_isian(text), value)
            else:
                right = mesin.is_shown(text, value)
            if not right:
                yield (
                    f"{cerita.judul}, Kiriman {kiriman}, {baris}, {kolom}: "
                    f"must show {text!r}, shows {value!r}"
                )


def _rekap_faults(cerita: kasus.Cerita, kiriman: int, shown: mesin.Tampilan) -> Iterator[str]:
    """The line of Rekap: capaian of every row, the rest as the row of the triwulan pelaporan has it."""
    langkah = cerita.langkah[kiriman - 1]
    now = langkah.harapan[kasus.TW[langkah.triwulan - 1]]
    wanted = {
        f"capaian_{periode}": langkah.harapan[baris]["capaian"]
        for baris, periode in zip(kasus.BARIS, PERIODE, strict=True)
    }
    wanted |= {
        KOLOM[kolom]: now[kolom] for kolom in ("s.d. TW", "kategori", "status", "keterangan", "terisi")
    }
    for column, text in wanted.items():
        value = shown["rekap", column]
        if not mesin.is_shown(text, value):
            yield f"{cerita.judul}, Kiriman {kiriman}, Rekap {column}: must show {text!r}, shows {value!r}"
