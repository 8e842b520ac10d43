"""What somebody may have meant: ids of a plan and names of files that are near what was typed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from builder.rkt import Rkt
from builder.tampak import show

_MOST = 5
_NOMOR = re.compile(r"(?:S0*)?(\d+)(?:(?:\.|-I?|I)0*(\d+))?")


def near_ids(rkt: Rkt, typed: str) -> list[str]:
    """Ids of a plan near a typed one, never none: "S17" -> S17-I1, S17-I2; "17.2" -> S17-I2."""
    ids, word = [i.id for i in rkt.indikator], typed.strip().upper()
    number = _NOMOR.fullmatch(word)
    sasaran = [i for i in rkt.indikator if number and i.nomor.split(".")[0] == number[1]]
    exact = [i.id for i in sasaran if number and i.nomor.split(".")[1] == number[2]]
    near = exact or [i.id for i in sasaran] or difflib.get_close_matches(word, ids, _MOST, 0.7)
    return near[:_MOST] or ids[:1]


def plain_name(name: str) -> str:
    """A name of a file for comparing: as the sheet Kiriman shows it, ">" for "›", small letters."""
    return re.sub(r"\s+", " ", show(name, 1000).replace(">", "›")).strip().casefold()


def find_names(names: Iterable[str], typed: str) -> list[str]:
    """The names that a typed one means: the same, else as a list shows them (which cuts), else those it is part of."""
    names, word = list(names), plain_name(typed)
    ways = (
        [n for n in names if n == typed],
        [n for n in names if word in (plain_name(n), plain_name(show(n)))],
        [n for n in names if word and word in plain_name(n)],
    )
    return next((found for found in ways if found), [])


def near_names(names: Iterable[str], typed: str) -> list[str]:
    """Names near a typed one; those that come first where none is."""
    plain = {plain_name(n): n for n in names}
    near = difflib.get_close_matches(plain_name(typed), plain, _MOST, 0.5)
    return [plain[n] for n in near] or [*plain.values()][:_MOST]
