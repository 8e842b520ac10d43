"""The folder of returns as it really is: open files, links, half-copied and unreachable ones (KEGAGALAN J)."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import bahan
import pytest

from builder import returns
from builder.masalah import Problem
from builder.masukan import gather_files
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.strict.child import open_here
from builder.strict.returned import ReturnedFile


class Here:
    """Opens files in this process, so that a test can make the system fail."""

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def open(self, path: Path) -> ReturnedFile:
        return open_here(path)


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(returns, "Opener", Here)
    bahan.build(tmp_path)
    return tmp_path / "BukuKerja-2024-REN.xlsx"


def read(path: Path) -> Kiriman:
    return check_returns([path], bahan.rkt_contoh())[0]


def codes(problems: list[Problem]) -> list[str]:
    return [p.kode for p in problems]


def failing(monkeypatch: pytest.MonkeyPatch, path: Path, error: OSError) -> None:
    """The system refuses this file and no other."""
    first = Path.open

    def refuse(self: Path, *more: Any, **named: Any) -> Any:
        if self == path:
            raise error
        return first(self, *more, **named)

    monkeypatch.setattr(Path, "open", refuse)


def test_file_that_is_open_in_excel_is_read_as_it_was_saved(form: Path) -> None:
    form.with_name(f"~${form.name}").write_bytes(b"\x05Budi")
    kiriman = read(form)
    assert set(codes(kiriman.problems)) == {"A11", "J03"}
    assert kiriman.status == "peringatan"


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (errno.EACCES, "J04", "tidak ada izin"),
        (errno.EIO, "J05", "OneDrive"),
        (errno.ETIMEDOUT, "J05", "OneDrive"),
        (errno.ENOENT, "J12", "antivirus"),
    ],
)
def test_file_that_the_system_does_not_give_is_held(
    form: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, told: str
) -> None:
    failing(monkeypatch, form, OSError(number, os.strerror(number)))
    kiriman = read(form)
    assert codes(kiriman.problems) == [code]
    assert kiriman.status == "ditahan"
    assert told in kiriman.problems[0].pesan
    assert not kiriman.entries


def test_file_that_changes_while_it_is_read_is_held(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = os.fstat
    seen: list[int] = []

    def stat(handle: int) -> os.stat_result:
        if seen:
            os.utime(form, ns=(1, 1))
        seen.append(handle)
        return first(handle)

    monkeypatch.setattr("builder.strict.child.os.fstat", stat)
    kiriman = read(form)
    assert codes(kiriman.problems) == ["J06"]
    assert kiriman.status == "ditahan"


def test_links_to_folders_are_counted_and_not_followed(form: Path) -> None:
    (form.parent / "lingkar").symlink_to(form.parent, target_is_directory=True)
    files, problems = gather_files([form.parent])
    assert codes(problems) == ["J08"]
    assert all(p.parent == form.parent for p in files)


def test_folder_that_cannot_be_read_is_told(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = form.parent / "tertutup"
    inner.mkdir()
    first = os.scandir

    def scan(path: Any) -> Any:
        if Path(path) == inner:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(inner))
        return first(path)

    monkeypatch.setattr("os.scandir", scan)
    _, problems = gather_files([form.parent])
    assert [(p.kode, p.berkas) for p in problems] == [("J04", "tertutup")]


def test_own_locks_and_temporary_files_are_nobody_elses_business(form: Path) -> None:
    for name in (".Konsolidasi-2024.xlsm.kunci", ".Konsolidasi-2024.xlsm.PC.1.abcdefgh.tmp"):
        (form.parent / name).write_bytes(b"")
    files, problems = gather_files([form.parent])
    assert problems == []
    assert all(not p.name.startswith(".") for p in files)


def test_strict_open_xml_is_read_and_never_empty(form: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(form) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for kind in ("spreadsheetml/2006/main", "officeDocument/2006/relationships"):
                plain, _, last = kind.partition("/2006/")
                data = data.replace(
                    f"http://schemas.openxmlformats.org/{kind}".encode(),
                    f"http://purl.oclc.org/ooxml/{plain}/{last}".encode(),
                )
            new.writestr(name, data)
    form.write_bytes(content.getvalue())
    kiriman = read(form)
    assert set(codes(kiriman.problems)) == {"A11", "G04"}
    assert kiriman.sub_bagian is not None
    assert kiriman.entries
