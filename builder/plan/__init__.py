"""A plan file (.xlsx, or .csv with a .toml beside it) into an `Rkt`, or problems that name their cells.

The table has one row per indikator; settings (identity, sub-bagian, rules) stand on sheets of their own, or
in the .toml. Blank columns are proposed by `usulan`. Per cent stands in points (97.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from builder.masalah import TOLAK, Problem, Refused
from builder.plan.rows import read_rows
from builder.plan.settings import read_settings
from builder.plan.source import PlanSource, read_bawaan, read_source
from builder.rkt import Rkt


def read_plan(path: Path) -> tuple[Rkt, list[Problem]]:
    """A checked plan with its warnings; raises `Refused` with every problem where it cannot be used."""
    return _read(read_source(path))


def read_carried(lines: Iterable[Sequence[Any]], path: Path) -> Rkt:
    """The plan that a konsolidasi carries, from the rows of its hidden sheet; raises `Refused`."""
    return _read(read_bawaan(path, lines))[0]


def _read(source: PlanSource) -> tuple[Rkt, list[Problem]]:
    problems: list[Problem] = []
    identitas, sub_bagian, aturan = read_settings(source, problems)
    sasaran = read_rows(source, identitas.tahun, sub_bagian, aturan, problems)
    if any(p.putusan is TOLAK for p in problems):
        raise Refused(*problems)
    return Rkt(identitas, sasaran, sub_bagian, aturan), problems
