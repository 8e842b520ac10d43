"""Files of folders, in the order of their names; what is no return is passed over and counted (KEGAGALAN J)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from builder.arsip import is_arsip
from builder.masalah import Message, Problem, Refused, os_reason
from builder.save import is_ours


def gather_files(masukan: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Files of a mix of folders and files, in the order of their names; what is passed over is counted."""
    found, problems = find_files(masukan)
    return [path for _, path in found], problems


def find_files(masukan: Iterable[Path]) -> tuple[list[tuple[str, Path]], list[Problem]]:
    """The same, each with its name: its place in the folder that was given, or its own."""
    found: dict[Path, str] = {}
    passed: Counter[Message] = Counter()
    problems: list[Problem] = []
    for path in masukan:
        if path.is_dir():
            problems += _walk_folder(path, found, passed)
        elif path.is_file():
            found.setdefault(path, path.name)
        else:
            raise Refused(Problem(Message.S01, str(path)))
    problems += [Problem(message, values={"jumlah": n}) for message, n in sorted(passed.items(), key=str)]
    return [(name, path) for path, name in found.items()], problems


def _walk_folder(folder: Path, found: dict[Path, str], passed: Counter[Message]) -> list[Problem]:
    """Add a folder's files; links to folders are never followed, so no circle is ever walked."""
    problems: list[Problem] = []

    def tell(error: OSError) -> None:
        name = Path(error.filename or folder).name
        problems.append(Problem(Message.J04, name, values={"sebab": os_reason(error)}))

    files: list[Path] = []
    for where, folders, names in os.walk(folder, onerror=tell):
        passed[Message.J08] += sum((Path(where) / name).is_symlink() for name in folders)
        folders[:] = [name for name in folders if not _is_passed(Path(where), name, folders)]
        files += (Path(where) / name for name in names)
    for path in sorted(files):
        if is_ours(path):
            continue
        if is_junk(path):
            passed[Message.J02] += 1
        elif not path.is_dir():  # a file that has just gone is told when it is read
            found.setdefault(path, path.relative_to(folder).as_posix())
    passed += Counter()  # drops what was counted as none
    return problems


def _is_passed(where: Path, name: str, beside: Iterable[str]) -> bool:
    """An archive of ours, and the folder in which a Maildir writes mails that are not there yet."""
    return (name == "tmp" and {"cur", "new"} <= set(beside)) or is_arsip(where / name)


def is_junk(path: Path) -> bool:
    """Lock files and what systems and browsers leave behind."""
    name = path.name.lower()
    known = name in ("thumbs.db", "desktop.ini", ".ds_store") or name.endswith(
        (".tmp", ".crdownload", ".part")
    )
    return known or name.startswith(("~$", "._", ".")) or "__MACOSX" in path.parts
