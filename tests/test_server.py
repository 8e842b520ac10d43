"""The server on loopback: driven over HTTP as the Office.js client does it, and its task pane in a real browser.

Excel is the stand-in of `tuan_rumah/office.js`: judged is what changed in its workbook, and that it was asked for
nothing that it refuses. No page may reach anything but the server.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import kasus
import pytest
import rentang
from tuan_rumah.buku import Buku, buku, call, lembar, payload, read_buku

from macros import fungsi

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser, Page, Request, Route

WAJIB = "RKT_WAJIB_SERVER"  # set to 1 where a missing server or browser is a failure: in CI
AKAR = Path(__file__).parent.parent
TOMBOL = {
    "segarkan": "Segarkan",
    "hitung_ulang": "Hitung Ulang",
    "periksa": "Periksa",
    "buat_buku_kerja": "Buat Buku Kerja",
}
BUKU = buku(
    "Buku.xlsx",
    lembar(
        "Lembar", {"A1": "terkunci", "B1": "", "A2": 0.5, "B2": "#N/A"}, ("B1", "A3", "B3", "A4", "B4", "A5")
    ),
    lembar("Kosong", {}),
    names=({"nama": "KIRIMAN_KE", "formula": "=Lembar!$A$2", "lembar": "Lembar", "alamat": "A2"},),
)


def _missing(what: str) -> NoReturn:
    if os.environ.get(WAJIB) == "1":
        pytest.fail(f"{what} is not installed, and {WAJIB}=1 asks for it")
    pytest.skip(f"{what} is not installed")


# --- the server ---------------------------------------------------------------------------------------------------


def _command(tombol: str, *words: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "tuan_rumah.mulai", tombol, *words]


def _environment(**given: str) -> dict[str, str]:
    """Without what a developer's own xlwings is told."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("XLWINGS", "RKT_FOLDER"))}
    return own | {"PYTHONPATH": os.pathsep.join(map(str, (AKAR, AKAR / "tests"))), "HOME": os.devnull} | given


@contextmanager
def serving(folder: Path, tombol: str) -> Iterator[str]:
    """The address of a server on a port that the system chose; it is up when it says so."""
    if find_spec("xlwings_server") is None:
        _missing("xlwings-server")
    process = subprocess.Popen(
        _command(tombol, str(folder), "--port", "0"),
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(XLWINGS_LICENSE_KEY="noncommercial"),
    )
    said: list[str] = []
    told = threading.Event()

    def listen() -> None:
        assert process.stderr
        for line in process.stderr:
            said.append(line)
            if "Uvicorn running on" in line:
                told.set()
        told.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        told.wait(60)
        match = re.search(r"http://127\.0\.0\.1:\d+", "".join(said))
        assert match, f"the server did not start: {''.join(said)}"
        yield match[0]
    finally:
        process.terminate()
        process.wait(30)
        listener.join()
        assert process.stderr
        process.stderr.close()


@pytest.fixture(scope="module")
def kantor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rentang.make_kantor(tmp_path_factory.mktemp("kantor"))


@pytest.fixture(scope="module")
def alamat(kantor: Path) -> Iterator[str]:
    with serving(kantor, "tiruan") as url:
        yield url


@pytest.fixture(scope="module")
def klien(alamat: str) -> Iterator[httpx.Client]:
    import httpx  # comes with the server

    # The server drops the connection after an error of its own; the next call must not take it up again.
    with httpx.Client(
        base_url=alamat, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
    ) as client:
        yield client


def test_without_a_licence_key_the_command_says_what_to_do(tmp_path: Path) -> None:
    if find_spec("xlwings_server") is None:
        _missing("xlwings-server")
    done = subprocess.run(
        _command("tiruan", str(tmp_path)), capture_output=True, text=True, check=False, env=_environment()
    )
    assert done.returncode == 1
    assert "Kunci lisensi xlwings belum ada atau tidak berlaku" in done.stderr
    assert "XLWINGS_LICENSE_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_or_a_certificate_that_is_not_there_is_told(tmp_path: Path) -> None:
    if find_spec("xlwings_server") is None:
        _missing("xlwings-server")
    missing = str(tmp_path / "tidak-ada")
    for words in ((missing,), (str(tmp_path), "--sertifikat", missing)):
        done = subprocess.run(
            _command("tiruan", *words), capture_output=True, text=True, check=False, env=_environment()
        )
        assert done.returncode == 1
        assert f"«{missing}» tidak ditemukan." in done.stderr


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    code = (
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        "from macros.server.perintah import server; import sys\n"
        "assert not {m for m in sys.modules if m.startswith(('xlwings', 'uvicorn', 'fastapi'))}\n"
        f"server([{str(tmp_path)!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_environment()
    )
    assert done.returncode == 1
    assert 'python -m pip install "rkt[server]"' in done.stderr
    assert "Traceback" not in done.stderr


# --- over HTTP ----------------------------------------------------------------------------------------------------


def test_the_functions_are_offered_as_they_stand_in_python(klien: httpx.Client) -> None:
    offered = klien.get("/xlwings/custom-functions-meta.json").json()["functions"]
    parameters = {f["id"]: [p["name"] for p in f["parameters"]] for f in offered}
    names = ("CAPAIAN", "KATEGORI", "KONSOLIDASI", "REALISASI_SD")
    assert parameters == {name: list(signature(getattr(fungsi, name)).parameters) for name in names}
    assert not [p for f in offered for p in f["parameters"] if p["description"].startswith("Positional")]
    code = klien.get("/xlwings/custom-functions-code.js").text
    assert all(f'CustomFunctions.associate("{name}", {name});' in code for name in names)


def _sent(cell: Any) -> Any:
    """A cell as Office.js hands it to a function: nothing is an empty text, an error an object."""
    if isinstance(cell, str) and cell.startswith("#"):
        return {"type": "Error", "errorType": "NotAvailable", "basicValue": cell, "basicType": "Error"}
    return "" if cell is None else cell


def _answer(klien: httpx.Client, function: str, *cells: str) -> Any:
    ranges = [[[_sent(c) for c in row] for row in rentang.parse_rentang(cell)] for cell in cells]
    response = klien.post("/xlwings/custom-functions-call", json=call(function, *ranges))
    assert response.status_code == 200, response.text
    return response.json()["result"]


@pytest.mark.parametrize("name", rentang.FUNGSI)
def test_cases_over_http(name: str, klien: httpx.Client) -> None:
    function, columns = rentang.FUNGSI[name]
    faults = [
        fault
        for line in kasus.read_kasus(name)
        for fault in rentang.faults(line, _answer(klien, function, *(line[c] for c in columns)))
    ]
    assert not faults, "\n".join(faults)


def test_cases_of_konsolidasi_over_http(klien: httpx.Client) -> None:
    faults = [
        fault
        for line in kasus.read_kasus("fungsi-konsolidasi")
        for fault in rentang.faults(
            line, _answer(klien, "KONSOLIDASI", '"kiriman"', line["id"], line["triwulan"])
        )
    ]
    assert not faults, "\n".join(faults)


def test_no_folder_but_the_servers_own_is_read_over_http(klien: httpx.Client) -> None:
    ((told,),) = _answer(klien, "KONSOLIDASI", '".."', '"S43-I1"', "1")
    assert told == "Folder «..» di luar folder server. Tulis nama foldernya saja, misalnya kiriman."


def _press(klien: httpx.Client, name: str, book: Buku = BUKU) -> httpx.Response:
    return klien.post(f"/xlwings/custom-scripts-call/{name}", json=payload(book))


def test_the_four_buttons_are_offered_and_nothing_else_can_be_called(klien: httpx.Client) -> None:
    offered = klien.get("/xlwings/custom-scripts-meta.json").json()
    assert {script["function_name"] for script in offered} == set(TOMBOL)
    others = (
        "CAPAIAN",
        "KONSOLIDASI",
        "tombol",
        "xw",
        "_script",
        "asyncio",
        "Any",
        "__loader__",
        "tidak_ada",
    )
    assert [name for name in others if _press(klien, name).is_success] == []


def test_a_button_over_http(klien: httpx.Client) -> None:
    actions = _press(klien, "segarkan").raise_for_status().json()["actions"]
    assert [a["func"] for a in actions] == ["setValues", "runMacro"]
    assert actions[0]["values"] == [["=1+1", 0.5], ["", "007"]]
    assert actions[1]["args"] == ["tampilkanHasil", "Segarkan selesai: 2 baris."]


def test_a_failing_button_gives_no_traceback(klien: httpx.Client) -> None:
    response = _press(klien, "segarkan", _with("gagal"))
    assert response.status_code == 500
    assert response.text == "An error occurred."


def test_two_users_at_once_get_their_own_workbook(klien: httpx.Client) -> None:
    """The sentence of a button goes back to the workbook that pressed it."""
    found: dict[str, list[Any]] = {}

    def press(name: str) -> None:
        found[name] = _press(klien, name).json()["actions"]

    threads = [threading.Thread(target=press, args=(name,)) for name in TOMBOL]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = {name: actions[-1]["args"] for name, actions in found.items()}
    assert last == {
        "segarkan": ["tampilkanHasil", "Segarkan selesai: 2 baris."],
        "hitung_ulang": ["tampilkanHasil", "1 sel berbeda."],
        "periksa": ["tampilkanHasil", "Tidak ada masalah."],
        "buat_buku_kerja": ["tampilkanHasil", "Ditulis: dibuat.txt"],
    }


def test_the_manifest_names_pages_of_this_server(klien: httpx.Client, alamat: str) -> None:
    manifest = klien.get("/manifest.xml")
    root = ET.fromstring(manifest.content)
    urls = {e.get("DefaultValue", "") for e in root.iter() if e.get("DefaultValue", "").startswith("http")}
    assert {urlsplit(url).netloc for url in urls} == {urlsplit(alamat).netloc}
    assert all(klien.get(url).is_success for url in urls)
    resources = {e.get("id") for e in root.iter() if e.get("id")}
    assert {e.get("resid") for e in root.iter() if e.get("resid")} <= resources
    assert "hello" not in manifest.text.lower()


# --- the task pane ------------------------------------------------------------------------------------------------


@dataclass
class Panel:
    """The task pane open beside the stand-in's workbook, and what the page did outside of it."""

    page: Page
    keluar: list[str] = field(default_factory=list)  # requests to anything but the server
    galat: list[str] = field(default_factory=list)  # of the page itself
    dikirim: list[Request] = field(default_factory=list)

    def press(self, name: str) -> None:
        """Press a button and wait until it may be pressed again."""
        button = self.page.get_by_role("button", name=TOMBOL[name], exact=True)
        button.click()
        self.page.wait_for_selector(f"[xw-click={name}]:not([disabled])")

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.page.evaluate("tuanRumah.buku.sheets[0].cells")
        return found

    @property
    def ditolak(self) -> list[str]:
        found: list[str] = self.page.evaluate("tuanRumah.ditolak")
        return found

    @property
    def hasil(self) -> str:
        return self.page.locator("#hasil").inner_text()

    @property
    def kesalahan(self) -> str:
        """What the page shows as a failure; empty where it shows none."""
        alert = self.page.locator("#global-error-alert")
        return alert.inner_text() if alert.is_visible() else ""


@pytest.fixture(scope="module")
def peramban() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if find_spec("playwright") is None:
        _missing("playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        _missing("Chromium")
    from playwright.sync_api import sync_playwright

    quiet = ("quic", "background-networking", "component-update", "sync", "gpu")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--no-first-run", *(f"--disable-{q}" for q in quiet)],
        )
        yield browser
        browser.close()


@contextmanager
def panel_of(peramban: Browser, alamat: str, book: Buku) -> Iterator[Panel]:
    """The task pane as Excel opens it, with our host in place of Office.js."""
    context = peramban.new_context(service_workers="block")
    panel = Panel(context.new_page())

    def decide(route: Route) -> None:
        if urlsplit(route.request.url).netloc != urlsplit(alamat).netloc:
            panel.keluar.append(route.request.url)
            route.abort()
        elif "/vendor/office-js/" in route.request.url:
            route.fulfill(path=AKAR / "tests" / "tuan_rumah" / "office.js", content_type="text/javascript")
        else:
            route.continue_()

    context.route("**/*", decide)
    panel.page.on("pageerror", lambda error: panel.galat.append(str(error)))
    panel.page.on(
        "request", lambda request: panel.dikirim.append(request) if request.method == "POST" else None
    )
    panel.page.add_init_script(f"window.buku = {json.dumps(book)};")
    panel.page.goto(f"{alamat}/taskpane.html")
    panel.page.wait_for_selector("[xw-click=segarkan][xw-click-initialized]")
    yield panel
    context.close()


def _with(word: str) -> Buku:
    book = copy.deepcopy(BUKU)
    book["sheets"][0]["cells"]["B1"]["nilai"] = word
    return book


@pytest.fixture
def panel(peramban: Browser, alamat: str) -> Iterator[Panel]:
    with panel_of(peramban, alamat, BUKU) as opened:
        yield opened
        assert opened.keluar == []
        assert opened.galat == []
        assert opened.ditolak == []


def test_the_pane_is_indonesian_and_has_the_four_buttons(panel: Panel) -> None:
    page = panel.page
    assert page.title() == "Kinerja"
    assert page.locator("html").get_attribute("lang") == "id"
    assert page.locator("button[xw-click]").all_inner_texts() == list(TOMBOL.values())
    everything = page.locator("body").text_content() or ""
    assert not re.search(r"\b(Reload|Cancel|Close|the|add-in)\b", everything)
    labels = [e.get_attribute("aria-label") for e in page.locator("[aria-label]").all()]
    assert set(labels) == {"Tutup"}
    assert page.locator("#hasil").is_hidden()


def test_segarkan_writes_once_and_says_so(panel: Panel) -> None:
    panel.press("segarkan")
    cells = panel.cells
    assert cells["A3"]["rumus"] == "=1+1"  # as Excel takes it; keeping it text is the button's own business
    assert (cells["B3"]["nilai"], cells["A4"]["nilai"], cells["B4"]["nilai"]) == (0.5, "", 7)
    assert panel.hasil == "Segarkan selesai: 2 baris."
    assert panel.kesalahan == ""


def test_hitung_ulang_marks_a_cell(panel: Panel) -> None:
    panel.press("hitung_ulang")
    assert panel.cells["B3"]["warna"].lower() == "#ffc7ce"
    assert panel.hasil == "1 sel berbeda."


def test_periksa_reads_what_the_sheet_shows(panel: Panel) -> None:
    panel.press("periksa")
    assert panel.cells["A5"]["nilai"] == "[['terkunci', None], [0.5, '#N/A']]"
    assert panel.hasil == "Tidak ada masalah."


def test_buat_buku_kerja_writes_on_the_server(panel: Panel, kantor: Path) -> None:
    panel.press("buat_buku_kerja")
    assert (kantor / "dibuat.txt").read_text("utf-8") == "Buku.xlsx"
    assert panel.hasil == "Ditulis: dibuat.txt"


def test_what_was_said_before_goes_when_the_next_button_runs(panel: Panel) -> None:
    panel.press("segarkan")
    panel.page.route("**/custom-scripts-call/**", lambda route: route.abort())
    panel.press("periksa")
    assert panel.page.locator("#hasil").is_hidden()
    assert "No response received from server" in panel.kesalahan


def test_the_page_posts_what_the_tests_over_http_post(panel: Panel) -> None:
    panel.press("periksa")
    posted = panel.dikirim[-1]
    assert posted.post_data_json == payload(BUKU)
    calls: tuple[tuple[str, list[Any], list[list[Any]]], ...] = (
        ("KATEGORI", [[[0.95, ""], ["NIHIL", 0.5]]], [["Sangat Tinggi", ""], ["", "Sangat Rendah"]]),
        ("REALISASI_SD", [[[1, 2]], [["sum"]]], [[3]]),
    )
    for function, args, wanted in calls:
        found = panel.page.evaluate(
            "([name, args]) => tuanRumah.fungsi[name](...args, {address: 'Lembar!D1'})", [function, args]
        )
        sent = panel.dikirim[-1].post_data_json
        assert isinstance(sent, dict)
        assert sent | {"session_id": "sesi-uji"} == call(function, *args)
        assert found == wanted


def test_an_emitted_workbook_is_posted_whole(kantor: Path, peramban: Browser, alamat: str) -> None:
    """The stand-in's buttons do not know this workbook; that the host holds it all is what counts here."""
    book = read_buku(next((kantor / "buku-kerja").glob("Konsolidasi-*")))
    with panel_of(peramban, alamat, book) as panel:
        panel.press("periksa")
        assert panel.dikirim[-1].post_data_json == payload(book)
        assert panel.ditolak == panel.galat == panel.keluar == []


@pytest.mark.parametrize(
    ("word", "refused"),
    [
        ("terkunci", ["AccessDenied: values Lembar!A1: terkunci A1"]),
        ("asing", []),
        ("gagal", []),
    ],
)
def test_a_button_that_fails_is_told_in_the_pane(
    word: str, refused: list[str], peramban: Browser, alamat: str
) -> None:
    with panel_of(peramban, alamat, _with(word)) as panel:
        panel.press("segarkan")
        assert panel.kesalahan
        before = panel.page.evaluate(
            "getComputedStyle(document.querySelector('#global-error-alert'), '::before').content"
        )
        assert before.startswith('"Perintah tidak selesai.')
        assert panel.page.locator("#hasil").is_hidden()
        assert panel.ditolak == refused
        cells = panel.cells
        assert cells["A1"]["nilai"] == "terkunci"
        assert "rumus" not in cells["A3"]
        assert panel.galat == panel.keluar == []


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("context.workbook.tables", "ApiNotFound: workbook.tables"),
        ("context.workbook.worksheets.items", "PropertyNotLoaded: worksheets.items"),
        ("lembar.getRange('A1').values", "PropertyNotLoaded: Range Lembar!A1.values"),
        ("lembar.getRange('A1').load('value')", "ApiNotFound: Range Lembar!A1.load(value)"),
        ("lembar.getRange('A1').formulas = [['=1']]", "AccessDenied: formulas Lembar!A1: terkunci A1"),
        ("lembar.getRange('A1:B1').values = [[1, 2]]", "AccessDenied: values Lembar!A1:B1: terkunci A1"),
        ("lembar.getRange('A3:B3').values = [[1]]", None),
        (
            "lembar.getRange('A3:B3').values = [[1, 2, 3]]",
            "InvalidArgument: values Range Lembar!A3:B3: another shape",
        ),
        ("Office.context.ui", "ApiNotFound: Office.context.ui"),
    ],
)
def test_the_host_is_strict(asked: str, refused: str | None, peramban: Browser, alamat: str) -> None:
    """What the tests above rest on: nothing that Excel would refuse is let through in silence."""
    with panel_of(peramban, alamat, BUKU) as panel:
        told = panel.page.evaluate(
            "asked => Excel.run(async (context) => {"
            " const lembar = context.workbook.worksheets.getItem('Lembar');"
            " new Function('context', 'lembar', asked)(context, lembar);"
            "}).then(() => null, (error) => error.message)",
            asked,
        )
        assert (told is None) is (refused is None)
        assert panel.ditolak == ([refused] if refused else [])
