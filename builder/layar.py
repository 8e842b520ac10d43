"""What goes to the terminal, and how: nothing that is written there can control it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import click

from builder.masalah import Problem, Putusan
from builder.tampak import visible

T = TypeVar("T")
_MARKS = {Putusan.CATAT: "-", Putusan.PERINGATAN: "!", Putusan.TAHAN: "?", Putusan.TOLAK: "x"}


def track(items: Sequence[T], label: str) -> Iterator[T]:
    """A progress bar on the terminal; nothing where output goes elsewhere."""
    with click.progressbar(items, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar


def say(text: str, *, err: bool = False) -> None:
    """The one way to the terminal: nothing that is written there can control it, names of files included."""
    click.echo(visible(text).replace("\t", " "), err=err)


def tell(problems: Iterable[Problem]) -> None:
    """Problems, one line each, marked by their weight."""
    for problem in problems:
        say(f"  {_MARKS[problem.putusan]} {problem.pesan}", err=True)
