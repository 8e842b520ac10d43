"""The server on loopback: driven over HTTP as the Office.js client does it, and its task pane in a real browser.

Excel is the stand-in of `tuan_rumah/office.js`, which holds an emitted konsolidasi: judged is what changed in it, and
that it was asked for nothing that it refuses. No page may reach anything but the server.
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
from kantor import make_kantor
from tuan_rumah.buku import Buku, buku, call, differences, lembar, payload, read_buku

from builder.closed import refresh_file
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
HASIL = "Dasbor!B5"
BUKU = buku(  # of someone else
    "Buku.xlsx",
    lembar("Lembar", {"A1": "terkunci", "A2": 0.5, "B2": "#N/A"}, ("A3", "B3")),
    lembar("Kosong", {}),
    names=({"nama": "KIRIMAN_KE", "formula": "=Lembar!$A$2", "lembar": "Lembar", "alamat": "A2"},),
)


def _missing(what: str) -> NoReturn:
    if os.environ.get(WAJIB) == "1":
        pytest.fail(f"{what} is not installed, and {WAJIB}=1 asks for it")
    pytest.skip(f"{what} is not installed")


# --- the server ---------------------------------------------------------------------------------------------------


def _command(*words: str) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "builder", "server", *words]


def _environment(**given: str) -> dict[str, str]:
    """Without what a developer's own xlwings is told."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("XLWINGS", "RKT_FOLDER"))}
    return own | {"PYTHONPATH": str(AKAR), "HOME": os.devnull} | given


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server on a port that the system chose; it is up when it says so."""
    if find_spec("xlwings_server") is None:
        _missing("xlwings-server")
    process = subprocess.Popen(
        _command(str(folder), "--port", "0"),
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
    with serving(kantor) as url:
        yield url


@pytest.fixture(scope="module")
def klien(alamat: str) -> Iterator[httpx.Client]:
    import httpx  # comes with the server

    # The server drops the connection after an error of its own; the next call must not take it up again.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=alamat, trust_env=False, limits=limits, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def konsolidasi(kantor: Path) -> Path:
    """As emitted; the server does not need its file."""
    (path,) = (kantor / "buku-kerja").glob("Konsolidasi-*")
    return path


@pytest.fixture(scope="module")
def asal(konsolidasi: Path) -> Buku:
    """The emitted konsolidasi as the user has it open; whoever changes it takes a copy."""
    return read_buku(konsolidasi)


@pytest.fixture(scope="module")
def segar(kantor: Path, konsolidasi: Path, tmp_path_factory: pytest.TempPathFactory) -> Buku:
    """The same after `rkt segarkan`."""
    folder = tmp_path_factory.mktemp("tertutup")
    shutil.copytree(kantor / "kiriman", folder / "kiriman")
    path = Path(shutil.copy(konsolidasi, folder))
    refresh_file(path)
    return read_buku(path)


@pytest.fixture(scope="module")
def kecil(tmp_path_factory: pytest.TempPathFactory) -> Buku:
    """The konsolidasi of a small office, for what does not depend on its size."""
    return read_buku(make_kantor(tmp_path_factory.mktemp("kecil"), makro=True).konsolidasi)


def _changed(book: Buku, cells: dict[str, Any]) -> Buku:
    """A copy in which some cells ("Dasbor!B4") are otherwise: another value, or `{"terkunci": True}`."""
    changed = copy.deepcopy(book)
    sheets = {sheet["name"]: sheet["cells"] for sheet in changed["sheets"]}
    for place, what in cells.items():
        name, at = place.split("!")
        sheets[name][at] |= what if isinstance(what, dict) else {"nilai": what}
    return changed


def test_without_a_licence_key_the_command_says_what_to_do(tmp_path: Path) -> None:
    if find_spec("xlwings_server") is None:
        _missing("xlwings-server")
    done = subprocess.run(
        _command(str(tmp_path)), capture_output=True, text=True, check=False, env=_environment()
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
            _command(*words), capture_output=True, text=True, check=False, env=_environment()
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
    assert "python -m pip install xlwings-server uvicorn" in done.stderr
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


def _press(klien: httpx.Client, name: str, sent: dict[str, Any]) -> httpx.Response:
    return klien.post(f"/xlwings/custom-scripts-call/{name}", json=sent)


def _told(response: httpx.Response) -> str:
    """The sentence of a button that did nothing but tell it: in the pane, and in the status cell where there is one."""
    *written, shown = response.raise_for_status().json()["actions"]
    name, sentence = shown["args"]
    assert name == "tampilkanHasil"
    assert [action["values"] for action in written] in ([], [[[sentence]]])
    return str(sentence)


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
    assert [name for name in others if _press(klien, name, payload(BUKU)).is_success] == []


def test_a_payload_that_is_none_gives_no_traceback(klien: httpx.Client) -> None:
    response = _press(klien, "segarkan", {"client": "Office.js"})
    assert response.status_code == 500
    assert response.text == "An error occurred."


def test_two_users_at_once_get_their_own_answer(klien: httpx.Client, asal: Buku, segar: Buku) -> None:
    """What a button says goes back to the workbook that pressed it."""
    given = {
        "semua": ("hitung_ulang", payload(segar)),
        "Diperiksa": ("periksa", payload(asal)),
        "Folder kiriman": ("segarkan", payload(_changed(asal, {"Dasbor!B4": "tidak-ada"}))),
        "Buku ini bukan": ("periksa", payload(BUKU)),
    }
    found: dict[str, str] = {}

    def press(word: str) -> None:
        found[word] = _told(_press(klien, *given[word]))

    threads = [threading.Thread(target=press, args=(word,)) for word in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [word for word in given if word not in found.get(word, "")] == []


def test_a_workbook_without_its_dasbor_is_refused_in_a_sentence(klien: httpx.Client, kecil: Buku) -> None:
    """Names of a sheet that was deleted stay, and refer to nothing."""
    sent = payload(kecil)
    sent["sheets"] = [sheet for sheet in sent["sheets"] if sheet["name"] != "Dasbor"]
    for name in sent["names"]:
        if "Dasbor" in name["refers_to"]:
            name |= {"refers_to": "=#REF!", "type": "Error", "sheet_index": None, "address": None}
        else:
            name["sheet_index"] -= 1
    assert "Dasbor" in _told(_press(klien, "segarkan", sent))


def test_nothing_outside_the_servers_folder_is_read_or_written(
    klien: httpx.Client, kecil: Buku, kantor: Path, tmp_path: Path
) -> None:
    (tmp_path / "kiriman").mkdir()
    for folder in ("..", "kiriman/../..", str(tmp_path / "kiriman"), "/"):
        told = _told(_press(klien, "segarkan", payload(_changed(kecil, {"Dasbor!B4": folder}))))
        assert f"Folder kiriman «{folder}» tidak ada" in told
    for name in (str(tmp_path / "Buku.xlsx"), "/"):
        told = _told(_press(klien, "buat_buku_kerja", payload(kecil | {"name": name})))
        assert f" dibuat di folder {kantor / 'buku-kerja'}: " in told


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
    def buku(self) -> Buku:
        """What the stand-in's workbook holds now."""
        found: Buku = json.loads(self.page.evaluate("JSON.stringify(tuanRumah.buku)"))
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
    assert panel.keluar == panel.galat == []
    context.close()


@pytest.fixture
def panel(peramban: Browser, alamat: str) -> Iterator[Panel]:
    with panel_of(peramban, alamat, BUKU) as opened:
        yield opened
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


def _press_in_pane(peramban: Browser, alamat: str, name: str, book: Buku) -> tuple[str, Buku]:
    """What the pane said, and the workbook afterwards, whose status cell says the same; nothing was refused."""
    with panel_of(peramban, alamat, book) as panel:
        panel.press(name)
        assert (panel.kesalahan, panel.ditolak) == ("", [])
        assert panel.dikirim[-1].post_data_json == payload(book)
        now = panel.buku
        assert _value(now, HASIL) == panel.hasil
        assert (now["hitungan"], now["aktif"]) == (book["hitungan"], book["aktif"])
        return panel.hasil, now


def _value(book: Buku, place: str) -> Any:
    name, at = place.split("!")
    return next(sheet for sheet in book["sheets"] if sheet["name"] == name)["cells"][at]["nilai"]


def test_segarkan_writes_what_the_closed_file_would_get(
    peramban: Browser, alamat: str, asal: Buku, segar: Buku
) -> None:
    told, now = _press_in_pane(peramban, alamat, "segarkan", asal)
    assert told.startswith("Disegarkan ")
    assert "; 2 dipakai, 1 hal ditahan" in told
    assert differences(now, segar) == set()
    links = [c for s in now["sheets"] for c in s["cells"].values() if "HYPERLINK" in c.get("rumus", "")]
    changed = differences(now, asal)
    assert len(changed) > 100
    assert "S14 tinggi 8" in changed  # a row of a protected card grows with its text
    assert len(links) > 10


def test_periksa_changes_nothing_but_the_status_cell(peramban: Browser, alamat: str, asal: Buku) -> None:
    told, now = _press_in_pane(peramban, alamat, "periksa", asal)
    assert told.startswith("Diperiksa ")
    assert "; 2 dipakai, 1 hal ditahan" in told
    assert differences(now, asal) == {HASIL}


def test_hitung_ulang_says_that_all_is_right(peramban: Browser, alamat: str, segar: Buku) -> None:
    told, now = _press_in_pane(peramban, alamat, "hitung_ulang", segar)
    assert re.fullmatch(r"Dihitung ulang [\d/]+ [\d.]+: semua \d{3,} rumus benar\.", told)
    assert differences(now, segar) == {HASIL}


def test_hitung_ulang_marks_and_lists_what_differs(peramban: Browser, alamat: str, segar: Buku) -> None:
    cells = next(s for s in segar["sheets"] if s["name"] == "S43")["cells"]
    at = next(at for at, cell in cells.items() if cell["nilai"] == 0.8 and "rumus" in cell)
    wrong = _changed(segar, {f"S43!{at}": 0.9})
    told, now = _press_in_pane(peramban, alamat, "hitung_ulang", wrong)
    assert re.search(r": 1 dari \d{3,} rumus menunjukkan angka lain; selnya merah", told)
    changed = differences(now, wrong) - {HASIL}
    assert {re.split("[! ]", place)[0] for place in changed} == {"S43", "Masalah"}
    assert at in [_value(now, place) for place in changed if place.startswith("Masalah!")]


def test_buat_buku_kerja_writes_on_the_server(
    peramban: Browser, alamat: str, asal: Buku, kantor: Path
) -> None:
    folder = kantor / "buku-kerja"
    before = {path.name: path.read_bytes() for path in folder.glob("BukuKerja-2024-???.xlsx")}
    shutil.rmtree(folder)
    told, now = _press_in_pane(peramban, alamat, "buat_buku_kerja", asal)
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(made) == 4
    assert before.items() <= made.items()
    assert told.startswith(f"4 buku kerja dibuat di folder {folder}: ")
    assert all(name in told for name in made)
    assert differences(now, asal) == {HASIL}


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [("tidak-ada", "Folder kiriman «{}» tidak ada"), ("kosong", "Tidak ada berkas kiriman di folder «{}»")],
)
def test_a_folder_without_returns_is_told_and_nothing_is_written(
    folder: str, wanted: str, peramban: Browser, alamat: str, kecil: Buku, kantor: Path
) -> None:
    (kantor / "kosong").mkdir(exist_ok=True)
    book = _changed(kecil, {"Dasbor!B4": folder})
    told, now = _press_in_pane(peramban, alamat, "segarkan", book)
    assert wanted.format(kantor / folder) in told
    assert differences(now, book) == {HASIL}


def test_a_workbook_of_someone_else_is_told_and_left_alone(panel: Panel) -> None:
    panel.press("segarkan")
    assert "Buku ini bukan buku konsolidasi program ini" in panel.hasil
    assert differences(panel.buku, BUKU) == set()
    assert panel.kesalahan == ""


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


def _assert_failed(panel: Panel) -> None:
    before = panel.page.evaluate(
        "getComputedStyle(document.querySelector('#global-error-alert'), '::before').content"
    )
    assert before.startswith('"Perintah tidak selesai.')
    assert panel.kesalahan
    assert panel.page.locator("#hasil").is_hidden()


def test_a_write_that_excel_refuses_is_told_in_the_pane(peramban: Browser, alamat: str, kecil: Buku) -> None:
    locked = _changed(kecil, {HASIL: {"terkunci": True}})
    with panel_of(peramban, alamat, locked) as panel:
        panel.press("periksa")
        _assert_failed(panel)
        assert panel.ditolak == [f"AccessDenied: values {HASIL}: terkunci B5"]
        assert differences(panel.buku, locked) == set()


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"actions": [{"func": "tidakDikenal", "args": [], "sheet_position": 0}]}},
        {"status": 500, "body": "An error occurred."},
    ],
)
def test_an_answer_that_the_pane_cannot_use_is_told(answer: dict[str, Any], panel: Panel) -> None:
    panel.page.route("**/custom-scripts-call/**", lambda route: route.fulfill(**answer))
    panel.press("segarkan")
    _assert_failed(panel)
    assert differences(panel.buku, BUKU) == set()


@pytest.fixture(scope="module")
def tuan_rumah(peramban: Browser, alamat: str) -> Iterator[Panel]:
    with panel_of(peramban, alamat, BUKU) as opened:
        yield opened


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("context.workbook.tables", "ApiNotFound: workbook.tables"),
        ("context.workbook.worksheets.items", "PropertyNotLoaded: worksheets.items"),
        ("lembar.getRange('A1').values", "PropertyNotLoaded: Range Lembar!A1.values"),
        ("lembar.getRange('A1').load('value')", "ApiNotFound: Range Lembar!A1.load(value)"),
        ("lembar.getRange('A1').formulas = [['=1']]", "AccessDenied: formulas Lembar!A1: terkunci A1"),
        ("lembar.getRange('A2:A3').values = [[1], [2]]", "AccessDenied: values Lembar!A2:A3: terkunci A2"),
        ("lembar.getRange('A3:B3').values = [[1]]", None),
        (
            "lembar.getRange('A3:B3').values = [[1, 2, 3]]",
            "InvalidArgument: values Range Lembar!A3:B3: another shape",
        ),
        ("lembar.getRange('A1:C1').format.rowHeight = 30", "AccessDenied: rowHeight Lembar!A1:C1: terkunci"),
        ("Office.context.ui", "ApiNotFound: Office.context.ui"),
    ],
)
def test_the_host_is_strict(asked: str, refused: str | None, tuan_rumah: Panel) -> None:
    """What the tests above rest on: nothing that Excel would refuse is let through in silence."""
    told = tuan_rumah.page.evaluate(
        "asked => Excel.run(async (context) => {"
        " tuanRumah.ditolak.length = 0;"
        " const lembar = context.workbook.worksheets.getItem('Lembar');"
        " new Function('context', 'lembar', asked)(context, lembar);"
        "}).then(() => null, (error) => error.message)",
        asked,
    )
    assert (told is None) is (refused is None)
    assert tuan_rumah.ditolak == ([refused] if refused else [])
