"""Dates as an office writes and types them: "10 Oktober 2026" in a letter, 2026-10-10 or 10/10/2026 in a command."""

from __future__ import annotations

import datetime
import re

BULAN = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def write_date(date: datetime.date) -> str:
    """In words: "10 Oktober 2026"."""
    return f"{date.day} {BULAN[date.month - 1]} {date.year}"


def write_time(saat: str) -> str:
    """A moment of the ledger (ISO) as people read it: "25/11/2026 23.23"."""
    return f"{datetime.datetime.fromisoformat(saat):%d/%m/%Y %H.%M}"


def today() -> datetime.date:
    """The day on which the program runs."""
    return datetime.date.today()


def read_date(text: str) -> datetime.date | None:
    """A date that was typed; None where it is none."""
    year_first, day_first = _YEAR_FIRST.fullmatch(text.strip()), _DAY_FIRST.fullmatch(text.strip())
    parts = year_first.groups() if year_first else tuple(reversed(day_first.groups())) if day_first else ()
    try:
        return datetime.date(*map(int, parts)) if parts else None
    except ValueError:
        return None
