"""A refresh with new files, killed before every call and every statement of its ledger; the next start must heal it.

Run `python benchmarks/terputus.py`; it takes some minutes. Exit code 1 where anything was lost, doubled or left behind.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from test_terputus import hear_ledger, make_office, trials


def main() -> int:
    """Every moment."""
    with tempfile.TemporaryDirectory(prefix="rkt-terputus-") as folder:
        asal = make_office(Path(folder) / "asal")
        hear_ledger()
        tried = [*trials(asal, Path(folder))]
    bad = [n for n, _, sound in tried if not sound]
    print(f"{len(tried)} saat, {len(bad)} tidak pulih: {bad}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
