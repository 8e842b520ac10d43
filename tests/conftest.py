"""Keeps a list of the codes that the program itself has raised; a run of all tests that misses one fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.masalah import Message, Problem

_PROGRAM = ("builder.", "macros.", "workbook_templates.")
raised: set[str] = set()
_first = Problem.__init__


def _remember(self: Problem, message: Message, *more: Any, **named: Any) -> None:
    # One line each: in a comprehension, before Python 3.12, the frames would be counted from its own.
    maker, before = sys._getframe(1), sys._getframe(2)
    if (
        maker.f_globals["__name__"] == "dataclasses"
    ):  # `replace`, as for one that came out of the child process
        maker = before
    if maker.f_globals["__name__"].startswith(_PROGRAM):
        raised.add(message.name)
    _first(self, message, *more, **named)


@pytest.fixture(scope="session", autouse=True)
def _listening() -> Iterator[None]:
    patched = pytest.MonkeyPatch()
    patched.setattr(Problem, "__init__", _remember)
    yield
    patched.undo()


def _is_whole_run(config: pytest.Config) -> bool:
    named = [a for a in config.args if a not in config.getini("testpaths")]
    chosen = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("lf")
    return not chosen and all(
        Path(a).resolve() in (Path(__file__).parent, Path(__file__).parent.parent) for a in named
    )


class _Gather:
    """On the process that hands out the tests: what the others have seen."""

    def __init__(self) -> None:
        self.codes: set[str] = set()

    def pytest_testnodedown(self, node: Any) -> None:
        self.codes |= set(getattr(node, "workeroutput", {}).get("codes", ()))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Gather(), "codes")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput["codes"] = sorted(raised)  # type: ignore[attr-defined]
        return
    gathered = session.config.pluginmanager.get_plugin("codes")
    assert isinstance(gathered, _Gather)
    missing = {m.name for m in Message} - gathered.codes - raised
    if exitstatus == 0 and missing and _is_whole_run(session.config):
        told = f"codes that no test has made the program raise: {', '.join(sorted(missing))}"
        raise pytest.UsageError(told)
