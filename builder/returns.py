"""Returned files from folders to one merged konsolidasi: found, read against the plan, merged; nothing is written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from builder.consolidator import Konsolidasi
from builder.keadaan import berkas_counts, isian_counts
from builder.masalah import Message, Problem, Refused, heaviest
from builder.masukan import Masuk, take_in
from builder.plan import read_plan
from builder.reader import Kiriman, read_kiriman
from builder.rkt import Rkt
from builder.strict import Opener
from builder.versi import Plans

T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterable[T]]  # goes through a sequence and shows how far it is


def no_track(items: Sequence[T], label: str) -> Iterable[T]:
    """Shows nothing."""
    return items


def check_returns(
    berkas: Iterable[Path], rencana: Path | Rkt, *, track: Track[Any] = no_track
) -> list[Kiriman]:
    """Read returned workbooks against a plan (its file, or as read); what is wrong stands in their problems.

    Raises Refused for a plan that cannot be used or a file that does not exist.
    """
    rkt = rencana if isinstance(rencana, Rkt) else read_plan(rencana)[0]
    with tempfile.TemporaryDirectory(prefix="rkt-") as folder, Opener() as opener:
        items, _ = take_in(berkas, opener, Path(folder))
        if not items:
            raise Refused(Problem(Message.S06))
        plans = Plans(rkt)
        return [read_masuk(masuk, plans, opener) for masuk in track(items, "Memeriksa kiriman")]


def read_masuk(masuk: Masuk, plans: Plans, opener: Opener) -> Kiriman:
    """One file that came in; where it was refused before, that is all that is said of it."""
    if masuk.problems:
        return Kiriman(masuk.berkas, problems=list(masuk.problems), surat=masuk.surat)
    kiriman = read_kiriman(masuk.path, plans.find, plans.make_book, opener, masuk.berkas)
    kiriman.surat = masuk.surat
    if masuk.path.with_name(f"~${masuk.path.name}").exists() and kiriman.status != "ditolak":
        kiriman.problems.append(Problem(Message.J03, masuk.berkas))
    return kiriman


def report(kiriman: Sequence[Kiriman], hasil: Konsolidasi | None = None) -> list[dict[str, Any]]:
    """The list that `--json` and LAPORAN give: one item per file; of merged files, one more for all together.

    It holds problems between files, and how many files and expected cells ended in each state: the counts add up
    to the number of files and to that of indikator and triwulan.
    """
    return [k.as_json() for k in kiriman] + ([_together(hasil)] if hasil else [])


def _together(hasil: Konsolidasi) -> dict[str, Any]:
    worst = heaviest(hasil.problems)
    return {
        "berkas": None,
        "status": "diterima" if worst.berat == 0 else str(worst),
        "masalah": [p.as_json() for p in hasil.problems],
        "ringkasan": {"berkas": berkas_counts(hasil.kiriman), "isian": isian_counts(hasil)},
    }
