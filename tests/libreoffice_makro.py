"""Runs macros of a workbook in LibreOffice, and tells what stands in the workbook afterwards.

A macro's call returns whether or not it ran, so nothing here looks at what it returns. LibreOffice's bridge (uno)
belongs to the system's Python: this file is also the program which that Python runs, with the tasks on stdin.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_LIMIT = 240  # seconds for all tasks of one call
_START = 60


# --- the test's side ----------------------------------------------------------------------------------------------


def run_tasks(tasks: list[dict[str, Any]], soffice: str, environment: dict[str, str]) -> list[dict[str, Any]]:
    """For each task, what the workbook holds once its macros ran.

    A task: path, macros ("Kinerja.Segarkan"), cells to fill before ("Lembar!A1" -> text), and if wanted
    template (opened as a new workbook that has no file), front (a workbook opened after it, told as "front"),
    protect (structure), add (names of sheets).
    """
    order = json.dumps({"soffice": soffice, "environment": environment, "tasks": tasks})
    done = subprocess.run(
        [_find_bridge(soffice), str(Path(__file__))],
        input=order, capture_output=True, text=True, timeout=_LIMIT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"LibreOffice did not do the tasks: {done.stdout}\n{done.stderr}")
    results: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return results


def find_bridge(soffice: str) -> str | None:
    """A Python that has LibreOffice's bridge: this one, the system's, or the one that LibreOffice brings along."""
    own = Path(soffice).resolve().parent / "python"
    for python in (sys.executable, "/usr/bin/python3", str(own)):
        if Path(python).exists():
            tried = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if tried.returncode == 0:
                return python
    return None


def _find_bridge(soffice: str) -> str:
    python = find_bridge(soffice)
    assert python is not None
    return python


# --- the side of the Python that has uno --------------------------------------------------------------------------


def _main() -> None:
    order = json.loads(sys.stdin.read())
    profile = tempfile.mkdtemp(prefix="rkt-makro-")
    pipe = f"rkt{os.getpid()}"
    office = subprocess.Popen(
        [
            order["soffice"], f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore",
            "--nologo", "--nolockcheck", f"--accept=pipe,name={pipe};urp;",
        ],
        env={**os.environ, **order["environment"]}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        desktop = _connect(pipe)
        results = [_do(desktop, task) for task in order["tasks"]]
        desktop.terminate()
        office.wait(20)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)  # soffice is a script: the office is its child
        shutil.rmtree(profile, ignore_errors=True)
    print(json.dumps(results))


def _connect(pipe: str) -> Any:
    uno = importlib.import_module("uno")
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    end = time.monotonic() + _START
    while True:
        try:
            office = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _open(desktop: Any, path: str, *, template: bool = False) -> Any:
    make = importlib.import_module("uno").createUnoStruct
    options = []
    wanted: dict[str, Any] = {"MacroExecutionMode": 4, "AsTemplate": template}  # 4: run macros, ask nobody
    if path.endswith(".xlam"):  # which LibreOffice does not know by itself
        wanted["FilterName"] = "Calc MS Excel 2007 VBA XML"
    for name, value in wanted.items():
        option = make("com.sun.star.beans.PropertyValue")
        option.Name, option.Value = name, value
        options.append(option)
    document = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, tuple(options))
    if document is None:
        raise RuntimeError(f"LibreOffice did not open {path}")
    return document


def _do(desktop: Any, task: dict[str, Any]) -> dict[str, Any]:
    document = _open(desktop, task["path"], template=task.get("template", False))
    front = _open(desktop, task["front"]) if task.get("front") else None
    try:
        for name in task.get("add", ()):
            document.Sheets.insertNewByName(name, document.Sheets.Count)
        for place, text in task.get("cells", {}).items():
            sheet, address = place.split("!")
            document.Sheets.getByName(sheet).getCellRangeByName(address).String = text
        if task.get("protect"):
            document.protect("")
        errors = [_run(document, macro) for macro in task["macros"]]
        shown = {"errors": [e for e in errors if e], **_describe(document)}
        return shown if front is None else {**shown, "front": _describe(front)}
    finally:
        for opened in (front, document):
            if opened is not None:
                opened.close(True)


def _run(document: Any, macro: str) -> str:
    url = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
    try:
        document.getScriptProvider().getScript(url).invoke((), (), ())
    except Exception as error:
        return str(error)
    return ""


def _describe(document: Any) -> dict[str, Any]:
    cells = {}
    for name in document.Sheets.ElementNames:
        sheet = document.Sheets.getByName(name)
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.getRangeAddress()
        for row in range(last.EndRow + 1):
            for column in range(min(last.EndColumn, 25) + 1):
                text = sheet.getCellByPosition(column, row).String
                if text:
                    cells[f"{name}!{chr(65 + column)}{row + 1}"] = text
    return {"sheets": list(document.Sheets.ElementNames), "cells": cells}


if __name__ == "__main__":
    _main()
