"""A plan file (.xlsx, or .csv with a .toml beside it) into an `Rkt`, or problems that name their cells.

The table has one row per indikator; settings (identity, sub-bagian, rules) stand on sheets of their own, or
in the .toml. Blank columns are proposed by `usulan`. Per cent stands in points (97.5).
"""

from __future__ import annotations

from pathlib import Path

from builder.masalah import TOLAK, Problem, Refused
from builder.plan.rows import read_rows
from builder.plan.settings import read_settings
from builder.plan.source import read_source
from builder.rkt import Rkt


def read_plan(path: Path) -> tuple[Rkt, list[Problem]]:
    """A checked plan with its warnings; raises `Refused` with every problem where it cannot be used."""
    source = read_source(path)
    problems: list[Problem] = []
    identitas, sub_bagian, aturan = read_settings(source, problems)
    sasaran = read_rows(source, identitas.tahun, sub_bagian, aturan, problems)
    if any(p.putusan is TOLAK for p in problems):
        raise Refused(*problems)
    return Rkt(identitas, sasaran, sub_bagian, aturan), problems
