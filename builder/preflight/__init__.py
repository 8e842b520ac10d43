"""Preflight: whether a file of a stranger is a package of Excel that may be read at all (KEGAGALAN G, H, J01).

Everything here looks at bytes only. Nothing is opened by a library, extracted, followed or fetched.
"""

from __future__ import annotations

from dataclasses import replace

from builder.masalah import Message, Problem, Refused
from builder.preflight.carried import open_package
from builder.preflight.geometry import Entry, check_entries, list_entries
from builder.preflight.kind import check_kind, is_locked, name_zip, refuse_format
from builder.preflight.package import Package


def check_file(content: bytes, name: str) -> Package:
    """The package in a file's bytes; raises Refused, and nothing else, for any other. `name` is for messages."""
    try:
        check_kind(content, name)
        entries = list_entries(content)
        _check_zip(content, entries, name)
        return open_package(content, check_entries(content, entries), name)
    except Refused as refused:
        raise Refused(*(replace(p, berkas=name) for p in refused.problems)) from None


def _check_zip(content: bytes, entries: list[Entry], name: str) -> None:
    words = name_zip(content, entries)
    if words is not None:
        locked = (Problem(Message.H13),) if is_locked(content, entries) else ()
        raise Refused(*locked, *refuse_format(words, name).problems)
