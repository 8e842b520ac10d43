"""Finds the carriers among what was given and has them unpacked; everything else is a file as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from builder.masalah import Message, Problem, Refused
from builder.masukan.folder import find_files
from builder.masukan.jenis import is_carrier
from builder.masukan.masuk import Masuk
from builder.strict import Opener
from builder.strict.unpacked import Unpacked

_HEAD = 4096
_NUMBER = re.compile(r"\d{1,6}")


def take_in(masukan: Iterable[Path], opener: Opener, folder: Path) -> tuple[list[Masuk], list[Problem]]:
    """Every file that came in; what carriers held is unpacked into `folder`. Raises Refused for what is not there.

    The name of a file says its place in the folder or the carrier, and does not depend on what else came in.
    """
    files, problems = find_files(masukan)
    found: list[Masuk] = []
    passed = 0
    for n, (name, path) in enumerate(files):
        items = list(_take(name, path, opener, folder / str(n)))
        passed += sum(count for _, count in items)
        found += [masuk for masuk, _ in items if masuk]
    if passed:
        problems.append(Problem(Message.K06, values={"jumlah": passed}))
    return _named_once(found), problems


def _take(name: str, path: Path, opener: Opener, folder: Path) -> Iterator[tuple[Masuk | None, int]]:
    if not is_carrier(_head(path), path.name):
        yield Masuk(name, path), 0
        return
    folder.mkdir(parents=True)
    try:
        unpacked = opener.unpack(path, folder)
    except Refused as refused:
        yield Masuk(name, path, None, tuple(replace(p, berkas=name) for p in refused.problems)), 0
        return
    for item in unpacked:
        yield from _item(name, path, folder, item)


def _item(name: str, path: Path, folder: Path, item: Unpacked) -> Iterator[tuple[Masuk | None, int]]:
    if item.dilewati:
        yield None, item.dilewati
        return
    berkas = " › ".join((name, *item.jejak))
    if item.problem:
        yield Masuk(berkas, path, item.surat, (replace(item.problem, berkas=berkas),)), 0
    elif _NUMBER.fullmatch(
        item.simpan
    ):  # nothing but a number comes out of the child: no way out of the folder
        yield Masuk(berkas, folder / item.simpan, item.surat), 0


def _head(path: Path) -> bytes:
    """The first bytes; none where it cannot be read, which is told when it is read."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _named_once(found: list[Masuk]) -> list[Masuk]:
    """Items of one name (a mail may carry two) are told apart by a number, in the order of their carrier."""
    met: Counter[str] = Counter()
    named = []
    for masuk in found:
        met[masuk.berkas] += 1
        again = met[masuk.berkas]
        named.append(replace(masuk, berkas=f"{masuk.berkas} ({again})") if again > 1 else masuk)
    return named
