"""A year is played through (`tahun`): after each step workbook, Jejak, ledger and archive agree with a plain model."""

from __future__ import annotations

from pathlib import Path

import pytest
import tahun


@pytest.mark.parametrize("seed", [2026])
def test_year_is_kept_cell_by_cell(seed: int, tmp_path: Path) -> None:
    year = tahun.begin(tmp_path / "tahun", seed)
    for step in year.play():
        year.langkah.append(step)
        assert year.faults() == [], f"after step {len(year.langkah)} of seed {seed}: {year.langkah[-4:]}"
    assert len(year.langkah) > 30
