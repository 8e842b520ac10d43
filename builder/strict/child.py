"""Files of strangers are opened in a child process with a time and a memory cap; what comes back are plain values.

One child reads many files, so that its start is paid once. What kills it costs the file it was reading: that one
is refused (H14) and the next file gets a new child. Excel never sees any of it.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import io
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import psutil

from builder.isian import Content
from builder.masalah import Message, Problem, Putusan, Refused, os_reason
from builder.preflight.limits import MOST_BYTES, MiB
from builder.strict.returned import ReturnedFile, ReturnedSheet
from builder.strict.unpacked import Surat, Unpacked

SECONDS = 10.0  # for one file
MEMORY = 256 * MiB
_TICK = 0.02  # seconds between two looks at the child's memory
_FRAME = struct.Struct(">I")
_LONGEST_FRAME = 256 * MiB
# All that may come out of the child, besides numbers, texts and lists.
_PLAIN = {
    (kind.__module__, kind.__name__)
    for kind in (
        ReturnedFile,
        ReturnedSheet,
        Content,
        Problem,
        Message,
        Putusan,
        datetime.datetime,
        Unpacked,
        Surat,
    )
}
_NOT_HERE = (errno.EIO, errno.ETIMEDOUT, errno.ESTALE, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENODATA)
_CLOUD = range(358, 405)  # Windows: errors of files that are online only


Answer = ReturnedFile | tuple[Problem, ...] | tuple[Unpacked, ...]


class Opener:
    """Opens returned files, one after the other; a context manager, since it holds the child."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _ask(self, path: Path, folder: Path | None, seconds: float) -> Answer:
        """Once more where the child was gone before it was asked: that is not this file's fault."""
        with contextlib.suppress(BrokenPipeError):
            return self._started().ask(path, folder, seconds)
        self.close()
        try:
            return self._started().ask(path, folder, seconds)
        except OSError as error:
            raise _Dead("pembacanya tidak dapat dijalankan") from error

    @property
    def pid(self) -> int | None:
        """The child's process, where there is one."""
        return self._child.pid if self._child else None

    def _started(self) -> _Child:
        if self._child is None:
            self._child = _Child(self._memory)
        return self._child

    def warm(self) -> None:
        """Have the child ready: it has answered once."""
        with contextlib.suppress(Refused):
            self.open(Path(os.devnull))

    def open(self, path: Path) -> ReturnedFile:
        """The values of a file; raises Refused, whatever the file does to the process that reads it."""
        answer = self._answer(path, None, self._seconds)
        assert isinstance(answer, ReturnedFile)
        return answer

    def unpack(self, path: Path, folder: Path) -> tuple[Unpacked, ...]:
        """What a carrier (a zip, a mail, a mailbox) holds, unpacked into an empty folder; raises Refused."""
        seconds = self._seconds
        with contextlib.suppress(OSError):
            # A mailbox of a thousand mails is no fault: two seconds more for each of its megabytes.
            seconds += 2 * path.stat().st_size / MiB
        answer = self._answer(path, folder, seconds)
        assert not isinstance(answer, ReturnedFile)
        return answer

    def _answer(self, path: Path, folder: Path | None, seconds: float) -> ReturnedFile | tuple[Unpacked, ...]:
        try:
            answer = self._ask(path, folder, seconds)
        except (_Dead, OSError) as dead:
            self.close()
            sebab = str(dead) if isinstance(dead, _Dead) else os_reason(dead)
            raise Refused(Problem(Message.H14, path.name, values={"sebab": sebab})) from None
        if isinstance(answer, ReturnedFile):
            return answer
        if folder is not None and all(isinstance(item, Unpacked) for item in answer):
            return answer  # type: ignore[return-value]
        raise Refused(*(item for item in answer if isinstance(item, Problem)))


class _Dead(Exception):  # noqa: N818 - becomes a refusal
    """Says in Indonesian why the child did not answer."""


def _environment() -> dict[str, str]:
    """Ours without the passwords of the mailbox: who reads files of strangers has no use for them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RKT_SANDI")}


class _Child:
    """The process, with a thread that waits for its answers."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        root = str(Path(__file__).parents[2])
        known = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        # -P: never from the folder of the returns. No window on Windows.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_environment(), "PYTHONPATH": known},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._answers: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while (frame := _read_frame(self._process.stdout)) is not None:
                self._answers.put(frame)
        self._answers.put(None)

    def ask(self, path: Path, folder: Path | None, seconds: float) -> Answer:
        """What the child makes of a file; raises _Dead for no answer in time, BrokenPipeError where it is gone.

        `folder`: where a carrier is unpacked; None: a workbook is read.
        """
        assert self._process.stdin is not None
        try:
            for asked in (path, folder or ""):
                _write_frame(self._process.stdin, os.fsencode(asked))
        except OSError as error:
            raise BrokenPipeError(str(error)) from error
        answer = self._wait(time.monotonic() + seconds, seconds)
        if answer is None:
            raise _Dead("pembacanya berhenti")
        try:
            return _Plain(io.BytesIO(answer)).load()  # type: ignore[no-any-return]
        except Exception as error:
            raise _Dead("jawaban pembacanya rusak") from error

    def _wait(self, until: float, seconds: float) -> bytes | None:
        while time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                return self._answers.get(timeout=_TICK)
            with contextlib.suppress(psutil.Error):
                if psutil.Process(self._process.pid).memory_info().rss > self._memory:
                    raise _Dead(f"memorinya lebih dari {self._memory // MiB} MB")
        raise _Dead(f"tidak selesai dalam {seconds:g} detik")

    def end(self) -> None:
        """Kill it: it holds nothing that would have to be put away."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


class _Plain(pickle.Unpickler):
    """Takes plain values only, whatever the child sends."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PLAIN:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def _read_frame(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    (size,) = _FRAME.unpack(head)
    if size > _LONGEST_FRAME:
        return None
    body = stream.read(size)
    return body if len(body) == size else None


def _write_frame(stream: IO[bytes], body: bytes) -> None:
    stream.write(_FRAME.pack(len(body)) + body)
    stream.flush()


# --- inside the child ---------------------------------------------------------------------------------------------


def serve(memory: int) -> None:
    """Answer for one file after the other until the parent is gone."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr  # nothing but answers goes to the parent
    _cap_memory(memory)
    while (frame := _read_frame(requests)) is not None:
        folder = os.fsdecode(_read_frame(requests) or b"")
        answer = _answer(Path(os.fsdecode(frame)), Path(folder) if folder else None)
        _write_frame(answers, pickle.dumps(answer))


def _cap_memory(memory: int) -> None:
    """The system's own cap, where it has one; the parent watches too."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(path: Path, folder: Path | None) -> Answer:
    try:
        return unpack_here(path, folder) if folder else open_here(path)
    except Refused as refused:
        return refused.problems
    except MemoryError:
        sebab = "memorinya tidak cukup"
    except Exception as error:
        # No rule foresaw this: the file is refused, nothing of it is believed.
        sebab = f"isinya tidak terduga: {type(error).__name__}"
    return (Problem(Message.H14, path.name, values={"sebab": sebab}),)


def open_here(path: Path) -> ReturnedFile:
    """Read a file in this process; raises Refused."""
    from builder.strict.workbook import read_workbook

    return read_workbook(read_whole(path), path.name)


def unpack_here(path: Path, folder: Path) -> tuple[Unpacked, ...]:
    """Unpack a carrier in this process; raises Refused."""
    from builder.masukan.bongkar import unpack

    return unpack(path, folder)


def read_whole(path: Path) -> bytes:
    """The bytes of a file that stays as it is meanwhile; raises Refused (J01, J04 to J06, J12, H07)."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            content = file.read(MOST_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise Refused(_os_problem(path, error)) from error
    if len(content) > MOST_BYTES:
        values = {"rincian": f"{before.st_size / MiB:.1f} MB, paling besar 10 MB".replace(".", ",")}
        raise Refused(Problem(Message.H07, path.name, values=values))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Refused(Problem(Message.J06, path.name))
    return content


def _os_problem(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(Message.J12, path.name)
    if error.errno in _NOT_HERE or getattr(error, "winerror", 0) in _CLOUD:
        return Problem(Message.J05, path.name)
    return Problem(Message.J04, path.name, values={"sebab": os_reason(error)})


if __name__ == "__main__":
    serve(int(sys.argv[1]))
