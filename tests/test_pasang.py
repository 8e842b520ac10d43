"""`rkt pasang` and `rkt periksa-pasang` on a Windows and a Mac made of folders; the Mac's own step is really run."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import makro
import pytest
import xlwings
from click.testing import CliRunner, Result

from builder.expr import Key
from builder.layout import Book, Role, Sheet
from builder.package import read_grids
from builder.writer import write_book
from macros import komputer as modul_komputer
from macros import perintah, proyek
from macros.komputer import MAC, WINDOWS, Jawaban, Komputer, run_program, this_computer, with_console
from macros.pasang import find_row, install
from macros.periksa_pasang import MODUL_TOMBOL, inspect
from macros.proyek import module_texts, write_addin
from workbook_templates.pengaturan import BELUM_DIPASANG, LEMBAR
from workbook_templates.tema import STYLES

VERSI = xlwings.__version__
DLL = f"xlwings64-{VERSI}.dll"
SCRIPT = f"Library/Application Scripts/com.microsoft.Excel/xlwings-{VERSI}.applescript"
START = {
    WINDOWS: "Microsoft/Excel/XLSTART",
    MAC: "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel",
}


class Programs:
    """Stands in for the programs of a computer: answers by what the command says, and keeps each command."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.commands: list[tuple[str, ...]] = []
        self.answers: dict[str, Jawaban] = {  # the first part that is in the command answers
            "platform.python_version": Jawaban(0, "3.12.4\n"),
            "print(xlwings.__version__)": Jawaban(0, f"{VERSI}\n"),
            "import xlwings": Jawaban(0),
            f"import {MODUL_TOMBOL}": Jawaban(0),
            "import pythoncom, win32com.client": Jawaban(0),
            "VBAWarnings": Jawaban(1, galat="ERROR: The system was unable to find the key."),
            "runpython": Jawaban(0, "Successfully enabled RunPython!\n"),
        }

    def __call__(self, command: Sequence[str], folder: Path) -> Jawaban:
        assert folder.is_dir()
        self.commands.append(tuple(command))
        said = next(a for part, a in self.answers.items() if part in " ".join(command))
        if "runpython" in command and said.kode == 0:
            (self.home / SCRIPT).parent.mkdir(parents=True, exist_ok=True)
            (self.home / SCRIPT).write_text("")
        return said


@dataclasses.dataclass
class Kantor:
    """A computer, its programs, and what the commands say on it."""

    komputer: Komputer
    programs: Programs
    monkeypatch: pytest.MonkeyPatch

    def call(self, command: str, *arguments: object) -> Result:
        self.monkeypatch.setattr(modul_komputer, "this_computer", lambda: self.komputer)
        perintah_ = {"pasang": perintah.pasang, "periksa-pasang": perintah.periksa_pasang}[command]
        result = CliRunner().invoke(perintah_, [str(a) for a in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        assert "Traceback" not in result.output
        return result

    @property
    def addin(self) -> Path:
        assert self.komputer.start_folder
        return self.komputer.start_folder / "rkt.xlam"


Make = Callable[[str], Kantor]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    def make_kantor(system: str) -> Kantor:
        home = tmp_path / "rumah"
        folder = home / "python"
        folder.mkdir(parents=True)
        interpreter = folder / "python.exe"
        interpreter.write_text("")
        (folder / DLL).write_text("")
        if system == MAC:
            (home / "Library/Group Containers/UBF8T346G9.Office").mkdir(parents=True)
        programs = Programs(home)
        appdata = home / "AppData" if system == WINDOWS else None
        return Kantor(Komputer(system, home, appdata, interpreter, folder, programs), programs, monkeypatch)

    return make_kantor


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return makro.write_macro_book(tmp_path_factory.mktemp("buku") / "Konsolidasi-2024.xlsm")


@pytest.fixture
def buku(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path))


def _settings(path: Path) -> dict[object, object]:
    return {row[0]: row[1] for row in read_grids(path)[LEMBAR]}


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def _files(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _conf_book(path: Path, rows: Sequence[tuple[str, str] | None]) -> Path:
    sheet = Sheet(LEMBAR, hidden=True, locked=False)
    for at, row in enumerate(rows):
        for column, text in enumerate(row or ()):
            sheet.put(at, column, text, "sel_kiri", Role.FIXED, format="@")
    front = Sheet("Depan")
    front.put(0, 0, "Depan", "teks")
    write_book(Book([front, sheet], title="Buku"), STYLES, path)
    return path


# --- pasang -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "mine", "other"),
    [
        (WINDOWS, "INTERPRETER_WIN", "INTERPRETER_MAC"),
        (MAC, "INTERPRETER_MAC", "INTERPRETER_WIN"),
    ],
)
def test_addin_lies_in_the_start_folder_and_knows_this_python(
    make: Make, system: str, mine: str, other: str, tmp_path: Path
) -> None:
    kantor = make(system)
    result = kantor.call("pasang")
    assert result.exit_code == 0, result.output
    assert "[!]" not in result.output
    root = kantor.komputer.appdata or kantor.komputer.home
    assert kantor.addin == root / START[system] / "rkt.xlam"
    assert [p.name for p in kantor.addin.parent.iterdir()] == ["rkt.xlam"]
    settings = _settings(kantor.addin)
    assert settings[mine] == str(kantor.komputer.interpreter)
    assert settings[other] == BELUM_DIPASANG
    write_addin(tmp_path / "rkt.xlam")
    before, after = _parts(tmp_path / "rkt.xlam"), _parts(kantor.addin)
    assert before.keys() == after.keys()
    assert [n for n in before if before[n] != after[n]] == ["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize(("system", "row"), [(WINDOWS, "INTERPRETER_WIN"), (MAC, "INTERPRETER_MAC")])
def test_workbook_is_told_and_nothing_else_in_it_changes(
    make: Make, system: str, row: str, buku: Path
) -> None:
    kantor = make(system)
    before, settings = _parts(buku), _settings(buku)
    result = kantor.call("pasang", buku)
    assert result.exit_code == 0, result.output
    after = _parts(buku)
    assert _settings(buku) == {**settings, row: str(kantor.komputer.interpreter)}
    assert list(after) == list(before)
    assert len([n for n in before if before[n] != after[n]]) == 1
    assert f"{buku.name}: makro xlwings {VERSI}, sama dengan yang terpasang" in result.output


def test_second_time_nothing_is_written(make: Make, buku: Path) -> None:
    kantor = make(WINDOWS)
    kantor.call("pasang", buku)
    addin, times = kantor.addin.read_bytes(), (buku.stat().st_mtime_ns, buku.stat().st_ino)
    assert kantor.call("pasang", buku).exit_code == 0
    assert kantor.addin.read_bytes() == addin
    assert (buku.stat().st_mtime_ns, buku.stat().st_ino) == times


def test_moved_interpreter_is_written_again(make: Make, buku: Path) -> None:
    kantor = make(WINDOWS)
    kantor.call("pasang", buku)
    other = kantor.komputer.home / "Python baru & lain" / "python.exe"
    other.parent.mkdir()
    other.write_text("")
    kantor.komputer = dataclasses.replace(kantor.komputer, interpreter=other)
    assert kantor.call("pasang", buku).exit_code == 0
    assert {_settings(p)["INTERPRETER_WIN"] for p in (buku, kantor.addin)} == {str(other)}


def test_row_is_found_by_its_name(make: Make, tmp_path: Path) -> None:
    kantor = make(WINDOWS)
    rows = [("SHOW_ERROR_POPUPS", "False"), ("Interpreter_Win", "lama"), ("INTERPRETER_MAC", "lama")]
    path = _conf_book(tmp_path / "Lain.xlsm", rows)
    kantor.call("pasang", path)
    told = {"Interpreter_Win": str(kantor.komputer.interpreter)}
    assert _settings(path) == {**dict(rows), **told}


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([("INTERPRETER_MAC", "x")], "baris INTERPRETER_WIN pada lembar xlwings.conf tidak ada"),
        (
            [("A", "x"), None, ("INTERPRETER_WIN", "x")],
            "baris INTERPRETER_WIN pada lembar xlwings.conf tidak ada",
        ),
    ],
)
def test_workbook_without_the_row_is_told_and_left(
    make: Make, tmp_path: Path, rows: list[tuple[str, str] | None], missing: str
) -> None:
    path = _conf_book(tmp_path / "Lain.xlsm", rows)
    before = path.read_bytes()
    result = make(WINDOWS).call("pasang", path)
    assert result.exit_code == 1
    assert f"[!] Lain.xlsm: {missing}" in result.output
    assert "rkt bangun" in result.output
    assert path.read_bytes() == before


def test_workbook_without_the_sheet_is_told(make: Make, tmp_path: Path) -> None:
    sheet = Sheet("Depan")
    sheet.put(0, 0, "Depan", "teks")
    write_book(Book([sheet], title="Buku"), STYLES, tmp_path / "Lain.xlsm")
    result = make(WINDOWS).call("pasang", tmp_path / "Lain.xlsm")
    assert result.exit_code == 1
    assert "[!] Lain.xlsm: lembar xlwings.conf tidak ada" in result.output


@pytest.mark.parametrize(
    ("grid", "row"),
    [
        ([], None),
        ([[None, "x"], ["INTERPRETER_WIN", "x"]], None),
        ([["", "x"], ["INTERPRETER_WIN", "x"]], None),
        ([[1.0], ["INTERPRETER_WIN"]], 1),
        ([[], ["INTERPRETER_WIN"]], None),
    ],
)
def test_table_of_settings_ends_at_the_first_blank_row(grid: list[list[object]], row: int | None) -> None:
    assert find_row(grid, "INTERPRETER_WIN") == row  # type: ignore[arg-type]


def test_open_addin_stays_as_it_was(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    kantor = make(WINDOWS)
    kantor.addin.parent.mkdir(parents=True)
    kantor.addin.write_text("lama")
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target) == kantor.addin:
            raise PermissionError(13, "Access is denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    result = kantor.call("pasang")
    assert result.exit_code == 1
    assert "sedang dibuka Excel" in result.output
    assert "Tutup semua jendela Excel" in result.output
    assert _files(kantor.addin.parent) == {kantor.addin: b"lama"}


def test_mac_that_forbids_the_folder_says_where_to_allow_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, **_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    kantor = make(MAC)
    monkeypatch.setattr(Path, "mkdir", refuse)
    kantor.programs.answers["runpython"] = Jawaban(1, galat="PermissionError: Operation not permitted")
    result = kantor.call("pasang")
    assert result.exit_code == 1
    assert "Akses Disk Penuh" in result.output
    assert "-m xlwings.cli runpython install" in result.output


@pytest.mark.parametrize("mark", ["~$Konsolidasi-2024.xlsm", ".~lock.Konsolidasi-2024.xlsm#"])
def test_open_workbook_is_left(make: Make, buku: Path, mark: str) -> None:
    buku.with_name(mark).write_text("")
    before = buku.read_bytes()
    result = make(WINDOWS).call("pasang", buku)
    assert result.exit_code == 1
    assert f"[!] {buku.name}: sedang dibuka. Tindakan: Simpan dan tutup" in result.output
    assert buku.read_bytes() == before


@pytest.mark.parametrize(
    "place",
    [
        "AppData/Local/Microsoft/WindowsApps/PythonSoftwareFoundation.Python.3.12/python.exe",
        "venv/Scripts/python.exe",
    ],
)
def test_python_of_the_store_is_refused(make: Make, place: str) -> None:
    kantor = make(WINDOWS)
    base = Path("/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12")
    kantor.komputer = dataclasses.replace(kantor.komputer, interpreter=Path("/") / place, base=base)
    for command in ("pasang", "periksa-pasang"):
        result = kantor.call(command)
        assert result.exit_code == 1
        assert "Microsoft Store" in result.output
        assert "python.org" in result.output
    assert not kantor.addin.exists()


def test_mac_path_that_a_shell_would_split_is_refused(make: Make) -> None:
    kantor = make(MAC)
    kantor.komputer = dataclasses.replace(
        kantor.komputer, interpreter=Path("/Users/Ani/Data Kantor/bin/python")
    )
    result = kantor.call("pasang")
    assert result.exit_code == 1
    assert "memuat spasi" in result.output
    assert not kantor.addin.exists()
    assert kantor.programs.commands == []


def test_mac_path_that_is_let_through_is_one_word_for_a_shell(make: Make) -> None:
    kantor = make(MAC)
    path = "/Users/Ani_é/python@3.12+x,y:z=1%-/bin/python3"
    kantor.komputer = dataclasses.replace(kantor.komputer, interpreter=Path(path))
    found = list(install(dataclasses.replace(kantor.komputer, run=lambda *_: Jawaban(1)), []))
    assert not any("memuat spasi" in t.pesan for t in found)
    said = subprocess.run(
        ["sh", "-c", f"printf '<%s>' {path} -B"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"<{path}><-B>"


def test_mac_where_excel_never_ran(make: Make) -> None:
    kantor = make(MAC)
    assert kantor.komputer.office
    kantor.komputer.office.rmdir()
    result = kantor.call("pasang")
    assert result.exit_code == 1
    assert "Buka Excel sekali" in result.output
    assert not kantor.komputer.office.exists()


def test_mac_runs_the_own_step_of_xlwings(make: Make) -> None:
    kantor = make(MAC)
    kantor.call("pasang")
    python = str(kantor.komputer.interpreter)
    assert kantor.programs.commands == [(python, "-m", "xlwings.cli", "runpython", "install")]


def test_mac_step_that_says_yes_without_a_script_is_not_believed(make: Make) -> None:
    kantor = make(MAC)
    kantor.komputer = dataclasses.replace(kantor.komputer, run=lambda *_: Jawaban(0, "Successfully"))
    result = kantor.call("pasang")
    assert result.exit_code == 1
    assert "Penghubung Excel dan Python tidak dapat dipasang" in result.output


def test_the_real_step_of_xlwings_puts_its_script_where_ours_and_vba_look(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """xlwings is told that this is a Mac; all else is the real command line."""
    kantor = make(MAC)
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import sys\nsys.platform = 'darwin'\n")
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("HOME", str(kantor.komputer.home))
    kantor.komputer = dataclasses.replace(kantor.komputer, interpreter=Path(sys.executable), run=run_program)
    result = kantor.call("pasang")
    assert result.exit_code == 0, result.output
    assert "on VbaHandler(ParameterString)" in (kantor.komputer.home / SCRIPT).read_text(encoding="utf-8")
    assert "/Application Scripts/com.microsoft.Excel/" in module_texts()["Kinerja"]


def test_without_excel_only_the_named_folder_is_written(make: Make, tmp_path: Path, buku: Path) -> None:
    kantor, before = make("Linux"), buku.read_bytes()
    result = kantor.call("pasang", buku)
    assert result.exit_code == 1
    assert "--folder" in result.output
    assert "bukan Windows atau Mac" in result.output
    folder = tmp_path / "pengaya"
    assert kantor.call("pasang", "--folder", folder).exit_code == 0
    assert _settings(folder / "rkt.xlam")["INTERPRETER_WIN"] == BELUM_DIPASANG
    assert buku.read_bytes() == before


def test_named_folder_takes_the_place_of_the_start_folder(make: Make, tmp_path: Path) -> None:
    kantor = make(WINDOWS)
    result = kantor.call("pasang", "--folder", tmp_path / "pengaya")
    assert result.exit_code == 0, result.output
    assert "Add-in" in result.output
    assert not kantor.addin.exists()
    assert _settings(tmp_path / "pengaya" / "rkt.xlam")["INTERPRETER_WIN"] == str(kantor.komputer.interpreter)


def test_folder_that_is_a_file_is_told(make: Make, tmp_path: Path) -> None:
    (tmp_path / "pengaya").write_text("")
    result = make(WINDOWS).call("pasang", "--folder", tmp_path / "pengaya")
    assert result.exit_code == 1
    assert "sudah ada berkas dengan nama folder itu" in result.output


def test_other_version_of_xlwings_is_told(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _old_book(tmp_path, monkeypatch)
    kantor = make(WINDOWS)
    for command in ("pasang", "periksa-pasang"):
        result = kantor.call(command, path)
        assert result.exit_code == 1
        assert f"makronya memakai xlwings 0.1.2, sedangkan yang terpasang {VERSI}" in result.output
        assert "rkt bangun" in result.output


def _old_book(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    read = proyek._xlwings_text
    with monkeypatch.context() as patched:
        patched.setattr(proyek, "_xlwings_text", lambda name: read(name).replace(VERSI, "0.1.2"))
        return makro.write_macro_book(folder / "Lama.xlsm")


@pytest.mark.parametrize("command", ["pasang", "periksa-pasang"])
@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("TidakAda.xlsm", None, "tidak ditemukan"),
        ("Catatan.docx", b"x", "Jenis berkas «.docx» tidak didukung"),
        ("Rusak.xlsm", b"bukan zip", "Rusak.xlsm"),
        ("Kosong.xlsm", b"", "Kosong.xlsm"),
    ],
)
def test_what_is_no_workbook_is_told_and_the_others_still_done(
    make: Make, tmp_path: Path, buku: Path, command: str, name: str, content: bytes | None, fault: str
) -> None:
    kantor = make(WINDOWS)
    kantor.call("pasang")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = kantor.call(command, tmp_path / name, buku)
    assert result.exit_code == 1
    assert fault in next(line for line in result.output.splitlines() if line.startswith("[!]"))
    assert buku.name in result.output


def test_workbook_without_macros_needs_nothing(make: Make, tmp_path: Path) -> None:
    path = _conf_book(tmp_path / "Konsolidasi-2024.xlsx", [])
    before = path.read_bytes()
    result = make(WINDOWS).call("pasang", path)
    assert result.exit_code == 0, result.output
    assert "buku tanpa makro, tidak perlu dipasang" in result.output
    assert path.read_bytes() == before


# --- periksa-pasang -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", [WINDOWS, MAC])
def test_all_is_well_after_pasang(make: Make, buku: Path, system: str) -> None:
    kantor = make(system)
    kantor.call("pasang", buku)
    kantor.programs.commands.clear()
    before = _files(kantor.komputer.home)
    result = kantor.call("periksa-pasang", buku)
    assert result.exit_code == 0, result.output
    assert "[!]" not in result.output
    assert "Semua siap." in result.output
    assert "Microsoft Defender" in result.output
    assert "rkt segarkan" in result.output
    assert _files(kantor.komputer.home) == before
    asked = [c for c in kantor.programs.commands if "-c" in c]
    assert len(asked) == len(set(asked)), "one Python is asked once"


def _no_addin(kantor: Kantor, _: Path) -> None:
    kantor.addin.unlink()


def _no_python(kantor: Kantor, _: Path) -> None:
    kantor.komputer.interpreter.unlink()


def _no_dll(kantor: Kantor, _: Path) -> None:
    (kantor.komputer.interpreter.parent / DLL).unlink()


def _no_script(kantor: Kantor, _: Path) -> None:
    (kantor.komputer.home / SCRIPT).unlink()


def _from_internet(_: Kantor, buku: Path) -> None:
    Path(f"{buku}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n")


def _not_installed(_: Kantor, buku: Path) -> None:
    makro.write_macro_book(buku)


def _no_macros(_: Kantor, buku: Path) -> None:
    _conf_book(buku, [("INTERPRETER_WIN", "/bin/sh")])


def _says(part: str, answer: Jawaban) -> Callable[[Kantor, Path], None]:
    def spoil(kantor: Kantor, _: Path) -> None:
        assert part in kantor.programs.answers
        kantor.programs.answers[part] = answer

    return spoil


MISSING = Jawaban(1, galat="Traceback\nModuleNotFoundError: No module named 'x'\n")
RUSAK: dict[str, tuple[str, Callable[[Kantor, Path], None], str, str]] = {
    "pengaya": (WINDOWS, _no_addin, "Tab Kinerja belum dipasang", "rkt pasang"),
    "python": (WINDOWS, _no_python, "mungkin dipindah atau dihapus", "rkt pasang"),
    "belum": (WINDOWS, _not_installed, "belum diberi tahu di mana Python", 'rkt pasang "Konsolidasi-2024.xlsm"'),
    "makro": (WINDOWS, _no_macros, "tidak memuat makro rkt", "rkt bangun"),
    "dll": (WINDOWS, _no_dll, f"{DLL} tidak ada", "tanpa --user"),
    "internet": (WINDOWS, _from_internet, "makronya diblokir", "Unblock"),
    "penghubung": (MAC, _no_script, "Penghubung Excel dan Python belum ada", "rkt pasang"),
    "rkt": (WINDOWS, _says(f"import {MODUL_TOMBOL}", MISSING), "rkt tidak dapat dipakai", "BERKAS-rkt.whl"),
    "xlwings": (
        MAC,
        lambda k, _: k.programs.answers.update({"print(xlwings.__version__)": MISSING, "import xlwings": MISSING}),
        "xlwings tidak dapat dipakai oleh Python",
        "pip install --upgrade xlwings",
    ),
    "versi": (WINDOWS, _says("print(xlwings.__version__)", Jawaban(0, "9.9\n")), "yang terpasang 9.9", "rkt pasang"),
    "jalan": (MAC, _says("platform.python_version", MISSING), "tidak dapat dijalankan", "Pasang lagi Python"),
    "lama": (MAC, _says("platform.python_version", Jawaban(0, "3.9.1\n")), "Python 3.9.1 terlalu lama", "python.org"),
    "pywin32": (WINDOWS, _says("import pythoncom, win32com.client", MISSING), "pywin32 belum ada", "-m pip install"),
    "aturan": (
        WINDOWS,
        _says("VBAWarnings", Jawaban(0, "\r\nHKEY\r\n    VBAWarnings    REG_DWORD    0x4\r\n")),
        "memblokir makro tanpa bertanya",
        "Trust Center",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RUSAK)
def test_what_is_missing_is_said_with_its_cure(make: Make, buku: Path, name: str) -> None:
    system, spoil, fault, cure = RUSAK[name]
    kantor = make(system)
    kantor.call("pasang", buku)
    spoil(kantor, buku)
    before = _files(kantor.komputer.home), buku.read_bytes()
    result = kantor.call("periksa-pasang", buku)
    assert result.exit_code == 1, result.output
    bad = [line for line in result.output.splitlines() if line.startswith("[!]")]
    assert any(fault in line and cure in line for line in bad), result.output
    assert all(" Tindakan: " in line for line in bad)
    assert (_files(kantor.komputer.home), buku.read_bytes()) == before


@pytest.mark.parametrize("level", ["0x1", "0x2"])
def test_excel_that_asks_about_macros_is_well(make: Make, buku: Path, level: str) -> None:
    kantor = make(WINDOWS)
    kantor.call("pasang", buku)
    kantor.programs.answers["VBAWarnings"] = Jawaban(0, f"    VBAWarnings    REG_DWORD    {level}\r\n")
    assert kantor.call("periksa-pasang", buku).exit_code == 0


@pytest.mark.parametrize(
    "zone", ["[ZoneTransfer]\nZoneId=0\n", "[ZoneTransfer]\nZoneId=2\nHostUrl=ZoneId=3\n", ""]
)
def test_file_of_the_own_network_is_not_from_the_internet(make: Make, buku: Path, zone: str) -> None:
    kantor = make(WINDOWS)
    kantor.call("pasang", buku)
    Path(f"{buku}:Zone.Identifier").write_text(zone)
    assert kantor.call("periksa-pasang", buku).exit_code == 0


@pytest.mark.parametrize(("is_there", "code"), [(True, 0), (False, 1)])
def test_folder_of_returns(make: Make, tmp_path: Path, is_there: bool, code: int) -> None:
    sheet = Sheet("Dasbor")
    sheet.put(3, 0, "Folder kiriman", "label", Role.KEY, Key("dasbor", "Folder kiriman", "label"))
    sheet.put(3, 1, "kiriman TW 2", "isian", Role.ENTRY, Key("umum", "", "folder"), format="@")
    write_book(Book([sheet], title="Buku"), STYLES, tmp_path / "Konsolidasi.xlsx")
    if is_there:
        (tmp_path / "kiriman TW 2").mkdir()
    kantor = make(WINDOWS)
    kantor.call("pasang")
    result = kantor.call("periksa-pasang", tmp_path / "Konsolidasi.xlsx")
    assert result.exit_code == code, result.output
    assert ("folder kiriman «kiriman TW 2» tidak ada" in result.output) is not is_there


def test_without_excel_it_says_so(make: Make) -> None:
    result = make("Linux").call("periksa-pasang")
    assert result.exit_code == 1
    assert "bukan Windows atau Mac" in result.output
    assert "rkt segarkan" in result.output


# --- the real Python ----------------------------------------------------------------------------------------------


def test_real_python_is_asked_as_excel_runs_it(make: Make, buku: Path) -> None:
    kantor = make(MAC)
    python = Path(sys.executable)
    kantor.komputer = dataclasses.replace(kantor.komputer, interpreter=python)
    kantor.call("pasang", buku)
    found = list(inspect(dataclasses.replace(kantor.komputer, run=run_program), [buku]))
    assert [t for t in found if not t.beres] == []
    told = [t.pesan for t in found]
    assert f"Python {sys.version.split()[0]}" in told
    assert f"{buku.name}: makro xlwings {VERSI}, sama dengan yang terpasang" in told


def test_program_that_fails_or_is_not_there_is_an_answer(tmp_path: Path) -> None:
    failed = run_program([sys.executable, "-c", "import tidak_ada_modul_ini"], tmp_path)
    assert failed.kode == 1
    assert failed.sebab == "ModuleNotFoundError: No module named 'tidak_ada_modul_ini'"
    assert run_program([str(tmp_path / "python.exe")], tmp_path).kode == 1
    assert run_program(
        [sys.executable, "-c", "import os; print(os.getcwd())"], tmp_path
    ).keluaran.strip() == str(tmp_path)
    assert Jawaban(3).sebab == "kode 3"


def test_this_computer_is_this_one() -> None:
    computer = this_computer()
    assert computer.interpreter == Path(sys.executable)
    assert computer.home == Path.home()


def test_window_less_python_gives_way_to_the_console_one(tmp_path: Path) -> None:
    windowless = tmp_path / "pythonw.exe"
    assert with_console(windowless) == windowless
    (tmp_path / "python.exe").write_text("")
    assert with_console(windowless) == tmp_path / "python.exe"
    assert with_console(tmp_path / "python3.12") == tmp_path / "python3.12"


def test_buttons_import_the_module_that_is_checked() -> None:
    package, module = MODUL_TOMBOL.split(".")
    assert f"from {package} import {module};" in module_texts()["Kinerja"]


def test_xlwings_is_not_imported() -> None:
    code = "import sys, macros.perintah, macros.pasang, macros.periksa_pasang; sys.exit('xlwings' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
