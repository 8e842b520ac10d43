"""Which of several returns of one sub-bagian count: copies, newer ones, late ones, branches (KEGAGALAN F01 to F06).

"Kiriman ke-" says the order, and the kiriman that a file was made from (`dasar`) says its line. Dates and names
never decide. What does not count is told with the file that does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from builder.expr import Key
from builder.masalah import Message, Problem
from builder.reader import Kiriman

_SHOWN = 3  # changed cells that the message names


def find_copies(files: Iterable[Kiriman]) -> list[Kiriman]:
    """Usable files without copies: of equal bytes (F01), or of equal content saved anew (F02), each told."""
    by_bytes: dict[str, Kiriman] = {}
    by_content: dict[tuple[Any, ...], Kiriman] = {}
    kept = []
    for kiriman in files:
        if kiriman.sub_bagian is None or kiriman.dilepas:
            continue
        same = by_bytes.setdefault(kiriman.sha256, kiriman)
        alike = by_content.setdefault(_content(kiriman), kiriman)
        if same is kiriman and alike is kiriman:
            kept.append(kiriman)
        else:
            message, other = (Message.F01, same) if same is not kiriman else (Message.F02, alike)
            kiriman.problems[:] = [Problem(message, kiriman.berkas, values={"lain": other.berkas})]
    return kept


def _content(kiriman: Kiriman) -> tuple[Any, ...]:
    """What a file says, whoever saved it; as found where it could not be read.

    The same figures in the form of another version of the plan are another answer: they may mean something else.
    """
    assert kiriman.sub_bagian is not None
    rencana = kiriman.tanda.rencana if kiriman.tanda else ""
    said = frozenset(
        (key, entry.isi if entry.ditahan else entry.value)
        for key, entry in kiriman.entries.items()
        if not entry.is_blank
    )
    return kiriman.sub_bagian.kode, rencana, kiriman.nomor, kiriman.triwulan, kiriman.dasar, said


def by_sub_bagian(files: Iterable[Kiriman]) -> dict[str, list[Kiriman]]:
    """Files by the code of their sub-bagian."""
    grouped: dict[str, list[Kiriman]] = defaultdict(list)
    for kiriman in files:
        assert kiriman.sub_bagian is not None
        grouped[kiriman.sub_bagian.kode].append(kiriman)
    return grouped


def newest(own: Sequence[Kiriman]) -> list[Kiriman]:
    """The files of a sub-bagian that no other one replaces."""
    return [k for k in own if not any(_replaces(other, k) for other in own)]


def find_newest(own: Sequence[Kiriman]) -> list[Kiriman]:
    """The same; the others are told which one replaces them."""
    found = newest(own)
    for old in own:
        if old not in found:
            winners = [k for k in (*found, *own) if _replaces(k, old)]
            _tell_replaced(old, winners[0])
    for kiriman in found:
        _tell_branch(kiriman, own)
    return found


def _replaces(new: Kiriman, old: Kiriman) -> bool:
    """A higher number of the same line replaces, unless it is about an earlier triwulan: then none is surely newer.

    A file without a number (which is told, A14) comes before every numbered one.
    """
    return _is_higher(new, old) and not _is_branch(new, old)


def _is_higher(new: Kiriman, old: Kiriman) -> bool:
    if (new.nomor or 0) <= (old.nomor or 0):
        return False
    return (new.triwulan or 0) >= (old.triwulan or 0)


def _is_branch(new: Kiriman, old: Kiriman) -> bool:
    """The newer one was made from a kiriman before the older one, by another line of files."""
    return (old.nomor or 0) > new.dasar and old.dasar != new.dasar


def _tell_branch(kiriman: Kiriman, own: Sequence[Kiriman]) -> None:
    passed = [k for k in own if _is_higher(kiriman, k) and _is_branch(kiriman, k)]
    if passed:
        last = max(passed, key=age)
        values = {"dasar": kiriman.dasar, "lama": last.nomor, "lain": last.berkas}
        kiriman.problems.append(Problem(Message.F06, kiriman.berkas, values=values))


def _tell_replaced(old: Kiriman, winner: Kiriman) -> None:
    values: dict[str, Any] = {"lama": old.nomor, "baru": winner.nomor, "lain": winner.berkas}
    late = old.gelombang > winner.gelombang
    if not late:
        values["berubah"] = _changes(old, winner)
    old.digantikan[:] = old.problems
    old.problems[:] = [Problem(Message.F05 if late else Message.F03, old.berkas, values=values)]


def _changes(old: Kiriman, new: Kiriman) -> str:
    """ "3 sel berubah: S17!F8 95 → 97,5, …"."""
    changed = [
        f"{entry.lembar}!{entry.sel} {old.entries[key].isi} → {entry.isi}"
        for key, entry in new.entries.items()
        if _is_changed(old, key, new)
    ]
    if not changed:
        return "tidak ada sel yang berubah"
    more = ", …" if len(changed) > _SHOWN else ""
    return f"{len(changed)} sel berubah: {', '.join(changed[:_SHOWN])}{more}"


def _is_changed(old: Kiriman, key: Key, new: Kiriman) -> bool:
    before, now = old.entries.get(key), new.entries[key]
    return before is not None and not before.is_blank and not now.is_blank and before.shown != now.shown


def age(kiriman: Kiriman) -> tuple[int, int, str]:
    """From the oldest to the newest return; the hash only makes the order the same every time."""
    return kiriman.triwulan or 0, kiriman.nomor or 0, kiriman.sha256
