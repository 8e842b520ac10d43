"""Power cuts, broken disks and people who refresh at once: is the konsolidasi always the old or the new one?

    python benchmarks/kerusakan.py bunuh     # kill -9 before every call that changes the folder, five commands
    python benchmarks/kerusakan.py galat     # ENOSPC, EIO and EACCES at every such call
    python benchmarks/kerusakan.py strace    # rkt segarkan, its system calls killed and failed one by one by strace
    python benchmarks/kerusakan.py acak 300  # kill -9 at so many random moments of rkt segarkan
    python benchmarks/kerusakan.py serentak 200  # so many rounds of 2 to 8 refreshes at once

Each prints one line per part and every fault that it found; the exit code is 1 where there was any. `bunuh` and
`galat` see calls through Python (tests/rusak.py) and read the returns once; `strace` sees the system calls of the
whole program, which it starts anew for each trial (about two seconds each).
"""

from __future__ import annotations

import collections
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

AKAR = Path(__file__).parents[1]
sys.path.insert(0, str(AKAR))
sys.path.insert(0, str(AKAR / "tests"))

import rusak  # noqa: E402
from kantor import Kantor  # noqa: E402
from rusak import KEADAAN, Ukuran, fail_at, faults_after_death, faults_after_error, kill_at  # noqa: E402

from builder.closed import read_file, write_file  # noqa: E402
from builder.masalah import Refused  # noqa: E402
from builder.package import read_grids  # noqa: E402
from builder.patch import Block, Patch, value_at  # noqa: E402
from builder.refresh import refresh  # noqa: E402
from builder.save import digest, holding  # noqa: E402

_CALLS = (
    "write",
    "pwrite64",
    "fsync",
    "rename",
    "renameat2",
    "unlink",
    "unlinkat",
    "openat",
    "close",
    "ftruncate",
)
_ACUAN = 60  # column of the counters of `serentak`


def _each_call(kantor: Kantor, work: Path, trial: Callable[[Ukuran, int], list[str]]) -> int:
    bad = 0
    with rusak.quick_reading(kantor):
        for keadaan in KEADAAN:
            ukuran = rusak.measure(keadaan, kantor.folder, work)
            found = {n: trial(ukuran, n) for n in range(1, ukuran.calls + 1)}
            faults = {n: f for n, f in found.items() if f}
            print(f"{keadaan.nama}: {ukuran.calls} titik, {len(faults)} salah", flush=True)
            for n, fault in faults.items():
                print(f"  {n}: {fault}")
            bad += len(faults)
    return bad


def bunuh(kantor: Kantor, work: Path) -> int:
    """Kill before every call; returns the number of faults."""

    def trial(ukuran: Ukuran, n: int) -> list[str]:
        folder = rusak.fresh(kantor.folder, work)
        rusak.try_out(ukuran.keadaan.arguments(folder), folder, kill_at(n), work.with_suffix(".txt"))
        return faults_after_death(ukuran, folder)

    return _each_call(kantor, work, trial)


def galat(kantor: Kantor, work: Path) -> int:
    """Each error at every call."""

    def trial(ukuran: Ukuran, n: int) -> list[str]:
        found = []
        for number in rusak.ERRORS:
            folder = rusak.fresh(kantor.folder, work)
            said = work.with_suffix(".txt")
            code = rusak.try_out(ukuran.keadaan.arguments(folder), folder, fail_at(n, number), said)
            found += [
                f"{number}: {f}" for f in faults_after_error(ukuran, folder, code, said.read_text("utf-8"))
            ]
        return found

    return _each_call(kantor, work, trial)


def acak(kantor: Kantor, work: Path, trials: int) -> int:
    """Kill at random moments; the returns are read for real in every tenth trial."""
    chance, bad, killed = random.Random(7), 0, 0
    keadaan = KEADAAN[0]
    with rusak.quick_reading(kantor):
        ukuran = rusak.measure(keadaan, kantor.folder, work)
        start = time.perf_counter()
        rusak.try_out(
            keadaan.arguments(rusak.fresh(kantor.folder, work)), work, kill_at(0), work.with_suffix(".txt")
        )
        length = time.perf_counter() - start
        for n in range(trials):
            folder = rusak.fresh(kantor.folder, work)
            killed += _kill_after(chance.uniform(0, 1.1 * length), keadaan.arguments(folder))
            faults = faults_after_death(ukuran, folder)
            bad += bool(faults)
            if faults:
                print(f"  {n}: {faults}")
    print(f"acak: {trials} saat, {killed} terbunuh sebelum selesai, {bad} salah")
    return bad


def _kill_after(delay: float, arguments: list[str]) -> bool:
    pid = os.fork()
    if not pid:
        rusak.run(arguments)
        os._exit(0)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1] == signal.SIGKILL


# --- strace -------------------------------------------------------------------------------------------------------


def strace(kantor: Kantor, work: Path) -> int:
    """Every system call of `rkt segarkan` that touches the folder: killed there, and failed there."""
    ukuran = rusak.measure(KEADAAN[0], kantor.folder, work)
    points = _points(rusak.fresh(kantor.folder, work), work)
    bad, deaths = 0, 0
    for call, n in points:
        for injected in ("signal=KILL", "error=ENOSPC", "error=EIO", "error=EACCES"):
            folder = rusak.fresh(kantor.folder, work)
            code, said = _traced(folder, work, f"inject={call}:{injected}:when={n}")
            dead = injected.startswith("signal")
            deaths += code in (-9, 137)
            faults = (
                faults_after_death(ukuran, folder) if dead else faults_after_error(ukuran, folder, code, said)
            )
            bad += bool(faults)
            if faults:
                print(f"  {call} {n} {injected}: {faults}")
    counted = dict(collections.Counter(call for call, _ in points))
    print(
        f"strace: {len(points)} panggilan {counted}, {4 * len(points)} percobaan, {deaths} terbunuh, {bad} salah"
    )
    return bad


def _points(folder: Path, work: Path) -> list[tuple[str, int]]:
    """Calls that change the folder, by name and number within the process."""
    trace = work.with_suffix(".strace")
    _traced(folder, work, f"trace={','.join(_CALLS)}", "-y", "-o", str(trace))
    seen: collections.Counter[str] = collections.Counter()
    points = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        call = re.match(r"(\w+)\(", line)
        if call:
            seen[call[1]] += 1
            reads = call[1] == "openat" and not re.search("O_WRONLY|O_RDWR|O_CREAT", line)
            # A file of the folder by its handle or its name; a pipe to the reader of returns only tells of it.
            touches = re.search(rf'\((?:\d+<|(?:AT_FDCWD[^,]*, )?"){re.escape(str(folder))}', line)
            if touches and not reads and "kiriman" not in line:
                points.append((call[1], seen[call[1]]))
    return points


def _traced(folder: Path, work: Path, expression: str, *more: str) -> tuple[int, str]:
    arguments = KEADAAN[0].arguments(folder)
    # Without looks at the reading child's memory in between: calls then have the same numbers in every trial.
    program = (
        f"import sys; sys.path.insert(0, {str(AKAR)!r}); import builder.strict.child as child; child._TICK = 9.0; "
        f"from builder.__main__ import main; main({arguments!r})"
    )
    options = more or ("-o", os.devnull)
    done = subprocess.run(
        ["strace", "-qq", *options, "-e", expression, sys.executable, "-B", "-c", program],
        capture_output=True, text=True, check=False, cwd=work.parent,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


# --- at once ------------------------------------------------------------------------------------------------------


def serentak(kantor: Kantor, work: Path, rounds: int) -> int:
    """Refreshes at once: each that says it was done has counted itself in, and stands on the one before."""
    chance, bad, done, told, slowest = random.Random(7), 0, 0, 0, 0.0
    folder = rusak.fresh(kantor.folder, work)
    path = folder / "Konsolidasi-2026.xlsx"
    log = work.with_suffix(".log")
    with rusak.quick_reading(kantor):
        for n in range(rounds):
            log.write_text("")
            before, counted = digest(path), _counters(path)
            _at_once(path, chance.randint(2, 8), log)
            said = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
            wins, losses = [s for s in said if "sesudah" in s], [s for s in said if "kata" in s]
            faults = _faults(path, before, counted, wins, losses)
            done, told, bad = done + len(wins), told + len(losses), bad + bool(faults)
            slowest = max([slowest, *(s["detik"] for s in losses)])
            if faults:
                print(f"  {n}: {faults}")
    left = [p.name for p in folder.iterdir() if p.name.startswith(".")]
    print(f"serentak: {rounds} putaran, {done} selesai, {told} ditolak, terlama diberi tahu {slowest:.2f} detik,"
          f" {bad} putaran salah, sisa {left}")  # fmt: skip
    return bad + len(left) + (slowest > 2)


def _at_once(path: Path, people: int, log: Path) -> None:
    start = time.perf_counter() + 0.1
    pids = []
    for number in range(people):
        pid = os.fork()
        if not pid:
            time.sleep(max(0.0, start - time.perf_counter() + random.Random(os.getpid()).uniform(0, 0.3)))
            _count_in(path, number, log)
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)


def _count_in(path: Path, number: int, log: Path) -> None:
    """Refresh, and add one to this person's own counter; write down what came of it."""
    start, came = time.perf_counter(), {}
    try:
        with holding(path) as told:
            there = read_file(path)
            segar = refresh(there.lama, path.parent / "kiriman", path)
            count = value_at(there.lama.grids["Dasbor"], number, _ACUAN) or 0
            own = Patch("Dasbor", (Block(number, _ACUAN, ((int(str(count)) + 1,),)),))
            write_file(there, replace(segar, patches=(*segar.patches, own)), told)
            came = {"sesudah": digest(path), "sebelum": _sha(there.content), "orang": number}
    except Refused as refused:
        came = {"kata": str(refused), "detik": time.perf_counter() - start}
    except BaseException as error:
        came = {"kata": repr(error), "detik": time.perf_counter() - start}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(came) + "\n")


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _counters(path: Path) -> list[int]:
    grid = read_grids(path)["Dasbor"]
    return [int(str(value_at(grid, n, _ACUAN) or 0)) for n in range(8)]


def _faults(
    path: Path, before: str, counted: list[int], wins: list[dict[str, str]], losses: list[dict[str, str]]
) -> list[str]:
    found = []
    for win in wins:  # the log is in the order of the holding
        if win["sebelum"] != before:
            found.append("stands on another version than the one before")
        before = win["sesudah"]
    if digest(path) != before:
        found.append("the last one is not what stands there")
    grown = sum(_counters(path)) - sum(counted)
    if grown != len(wins):
        found.append(f"lost: {len(wins)} done, {grown} counted")
    found += [s["kata"][:200] for s in losses if "[L05]" not in s["kata"] or "@" not in s["kata"]]
    return found if wins else [*found, "nobody got in"]


def main() -> int:
    """Run the parts that are named."""
    part = (sys.argv[1:2] or ["bunuh"])[0]
    count = (sys.argv[2:3] or ["0"])[0]
    with tempfile.TemporaryDirectory() as made:
        kantor = rusak.make_office(Path(made) / "asal")
        work = Path(made) / "kantor"
        if part == "acak":
            return acak(kantor, work, int(count) or 300)
        if part == "serentak":
            return serentak(kantor, work, int(count) or 200)
        return {"bunuh": bunuh, "galat": galat, "strace": strace}[part](kantor, work)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
