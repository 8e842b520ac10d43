"""The command line: words in, words out, all of it in Indonesian; the work is done in `commands`.

Exit 0 all well, 1 something was refused or held, 2 wrong usage.
"""

from __future__ import annotations

import contextlib
import functools
import gettext
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from builder.layar import say, tell, track
from builder.log import write_log
from builder.masalah import Message, Problem, Putusan, Refused
from builder.perintah_arsip import jejak, perbaikan, pulihkan, putuskan, revisi, status
from builder.perintah_surel import ambil, kirim, sandi
from builder.tampak import json_text, show
from macros.perintah import pasang, periksa_pasang
from macros.server.perintah import server

if TYPE_CHECKING:
    from builder.lama import Segar

T = TypeVar("T")
_FILE = click.Path(path_type=Path, readable=False)  # what is wrong with a file is told by `commands`
_TRIWULAN = click.Choice(["1", "2", "3", "4"])


def _exit(clean: bool) -> None:
    sys.exit(0 if clean else 1)


def _cancellable(command: Callable[..., None]) -> Callable[..., None]:
    """Ctrl+C in a command that writes whole or not at all: it is said that nothing has changed (L12)."""

    @functools.wraps(command)
    def run(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            raise Refused(Problem(Message.L12)) from None

    return run


class _Perintah(click.Group):
    """The commands; what was not written is said in the order of a sentence, which Click's own words do not have."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except click.MissingParameter as missing:
            raise click.UsageError(_told_missing(missing), missing.ctx) from None


def _told_missing(missing: click.MissingParameter) -> str:
    param = missing.param
    if not isinstance(param, click.Option):
        return f"{param.human_readable_name if param else 'Masukan'} belum ditulis."
    names = " / ".join(f"'{name}'" for name in param.opts)
    choices = (
        f" Pilih salah satu: {', '.join(param.type.choices)}." if isinstance(param.type, click.Choice) else ""
    )
    return f"Pilihan {names} wajib ditulis.{choices}"


@click.group(
    cls=_Perintah,
    context_settings={"help_option_names": ["--bantuan", "--help", "-h"], "max_content_width": 100},
    options_metavar="[PILIHAN]",
    subcommand_metavar="PERINTAH …",
)
@click.version_option(package_name="rkt", message="rkt versi %(version)s", help="Tampilkan versi.")
def cli() -> None:
    """Dari dokumen RKT menjadi buku kerja Excel dan konsolidasi capaian kinerja."""


@cli.command(options_metavar="[PILIHAN]")
@click.argument("folder", metavar="[FOLDER]", type=_FILE, default=Path("contoh-rkt"))
def contoh(folder: Path) -> None:
    """Coba semua langkah dengan RKT 2024 Kubu Raya.

    Hasilnya di FOLDER (bawaan: contoh-rkt).

    Misalnya: rkt contoh coba-coba
    """
    from builder.contoh import make_contoh

    made = make_contoh(folder, track=track)
    hasil = made.gabungan.hasil
    held = sum(p.putusan.berat >= Putusan.PERINGATAN.berat for p in hasil.all_problems)
    say(f"Selesai. Semua berkas ada di folder «{folder}»:")
    for path, told in (
        (made.usulan, "rencana hasil impor, dengan keraguan yang harus diputuskan"),
        (made.rencana, "rencana yang sudah diputuskan"),
        (made.buku_kerja[0].parent, "buku kerja kosong untuk setiap sub-bagian"),
        (made.kiriman, "buku kerja yang sudah diisi, dengan beberapa kekeliruan"),
        (made.konsolidasi, "konsolidasi capaian kantor"),
    ):
        say(f"  {path.relative_to(folder)!s:24} {told}")
    waiting = f"{len(hasil.missing)} sub-bagian belum mengirim"
    say(f"{len(hasil.kiriman)} kiriman digabung, {held} hal perlu diperiksa, {waiting}.")
    say(f"Buka dahulu: {made.konsolidasi} (lembar Dasbor, lalu Masalah).")


@cli.command(options_metavar="[PILIHAN]")
@click.argument("dokumen", type=_FILE)
@click.option(
    "-o",
    "--keluaran",
    "rencana",
    metavar="RENCANA",
    type=_FILE,
    required=True,
    help="Rencana yang dibuat: .xlsx atau .csv.",
)
@_cancellable
def impor(dokumen: Path, rencana: Path) -> None:
    """Baca dokumen RKT menjadi rencana.

    Dokumennya .md, .txt, .docx, .pdf, atau .xlsx.

    Misalnya: rkt impor RKT-2024.docx -o Rencana-2024.xlsx
    """
    from builder import commands

    made = commands.import_naskah(dokumen, rencana)
    tell(made.naskah.problems)
    unread = [r for r in made.rows if not r.get("tipe")]
    sasaran = len({str(r["id"]).split("-")[0] for r in made.rows})
    say(f"{sasaran} sasaran, {len(made.rows)} indikator ditulis ke {rencana}.")
    if made.disimpan:
        say(f"Rencana sebelumnya disimpan sebagai {made.disimpan.name}.")
    if not made.naskah.tahun or not made.naskah.kantor:
        what = " dan ".join(
            w for w, v in (("Kantor", made.naskah.kantor), ("tahun", made.naskah.tahun)) if not v
        )
        say(f"{what.capitalize()} tidak terbaca dari dokumen: isi pada lembar Identitas (atau berkas .toml).")
    if made.ragu:
        say(
            f"{len(made.ragu)} baris masih ragu: buka rencana, putuskan baris jingga, lalu kosongkan kolom Ragu."
        )
    if not made.rows or unread:
        say(f"{len(unread)} baris belum terbaca dan harus dilengkapi sebelum buku kerja dapat dibuat.")
    _exit(not unread)


@cli.command(options_metavar="[PILIHAN]")
@click.argument("rencana", type=_FILE)
@click.option(
    "-o",
    "--keluaran",
    "folder",
    metavar="FOLDER",
    type=_FILE,
    required=True,
    help="Folder untuk buku kerja dan buku konsolidasi.",
)
@click.option(
    "--triwulan",
    type=_TRIWULAN,
    metavar="1-4",
    help="Triwulan pelaporan (bawaan: menurut rencana).",
)
@click.option("--tanpa-makro", is_flag=True, help="Buku konsolidasi sebagai .xlsx biasa, tanpa tombol.")
@_cancellable
def bangun(rencana: Path, folder: Path, triwulan: str | None, tanpa_makro: bool) -> None:
    """Buat buku kerja setiap sub-bagian, dan buku konsolidasi.

    Dari sebuah buku konsolidasi dibuat buku kerjanya saja.

    Misalnya: rkt bangun Rencana-2024.xlsx -o buku-kerja
    """
    from builder import commands

    made = commands.build_workbooks(
        rencana,
        folder,
        triwulan=int(triwulan) if triwulan else None,
        makro=not tanpa_makro,
        track=track,
    )
    tell(made.problems)
    for path in made.berkas:
        say(f"  {path}")
    for path in made.disimpan:
        say(f"Berkas sebelumnya disimpan sebagai {path.name}.")
    if made.dibiarkan:
        say(
            f"{made.dibiarkan.name} sudah ada dan dibiarkan apa adanya; isinya disegarkan dengan rkt segarkan."
        )
    if made.terkunci:
        say(f"{made.terkunci} isian triwulan sebelumnya yang sudah diterima disertakan dan dikunci.")
    say(f"{len(made.berkas)} buku dibuat. Kirim setiap BukuKerja ke sub-bagiannya.")
    if made.konsolidasi:
        name = made.konsolidasi.name
        say(f"Pindahkan {name} ke folder kerja Anda dan buat folder kiriman di sampingnya.")
    if made.dasbor:
        say(f"Triwulan pelaporan di Dasbor masih {made.dasbor}: ganti sebelum menyegarkan.")


@cli.command(options_metavar="[PILIHAN]")
@click.argument("berkas", type=_FILE, nargs=-1, required=True)
@click.option(
    "--rencana", metavar="RENCANA", type=_FILE, required=True, help="Rencana kantor: .xlsx atau .csv."
)
@click.option("--json", "as_json", is_flag=True, help="Tulis hasilnya sebagai JSON, untuk program lain.")
def periksa(berkas: tuple[Path, ...], rencana: Path, as_json: bool) -> None:
    """Periksa buku kerja yang kembali, tanpa menggabungnya.

    Misalnya: rkt periksa kiriman --rencana Konsolidasi-2024.xlsm
    """
    from builder import returns
    from builder.keadaan import told_kiriman

    checked = returns.check_returns(berkas, rencana, track=track)
    if as_json:
        click.echo(json_text(returns.report(checked)))
    else:
        for kiriman in checked:
            say(f"{show(kiriman.berkas)}: {kiriman.status}, {kiriman.terisi} sel terisi")
            tell(kiriman.problems)
        say(f"Diperiksa {told_kiriman(checked)}.")
    _exit(all(k.status in ("diterima", "peringatan") for k in checked))


@cli.command(options_metavar="[PILIHAN]")
@click.argument("masukan", type=_FILE, nargs=-1, required=True)
@click.option(
    "--rencana", metavar="RENCANA", type=_FILE, required=True, help="Rencana kantor: .xlsx atau .csv."
)
@click.option(
    "-o",
    "--keluaran",
    metavar="KONSOLIDASI",
    type=_FILE,
    required=True,
    help="Buku konsolidasi: .xlsx, atau .xlsm dengan tombol. Yang sudah ada disegarkan.",
)
@click.option("--data", metavar="DATA", type=_FILE, help="Tulis juga tabel data (.csv).")
@click.option("--laporan", metavar="LAPORAN", type=_FILE, help="Tulis juga laporan pemeriksaan (.json).")
@click.option(
    "--triwulan",
    type=_TRIWULAN,
    metavar="1-4",
    help="Triwulan pelaporan (bawaan: menurut rencana).",
)
@_cancellable
def konsolidasi(
    masukan: tuple[Path, ...],
    rencana: Path,
    keluaran: Path,
    data: Path | None,
    laporan: Path | None,
    triwulan: str | None,
) -> None:
    """Gabungkan kiriman menjadi satu buku konsolidasi.

    MASUKAN boleh berkas atau folder.

    Misalnya: rkt konsolidasi kiriman --rencana R.xlsx -o Konsolidasi-2024.xlsm
    """
    from builder import commands

    made = commands.consolidate_returns(
        masukan,
        rencana,
        keluaran,
        data=data,
        laporan=laporan,
        triwulan=int(triwulan) if triwulan else None,
        track=track,
    )
    hasil = made.hasil
    for kiriman in hasil.kiriman:
        say(f"{show(kiriman.berkas)}: {kiriman.status}, {kiriman.terisi} sel terisi")
        tell(kiriman.problems)
    tell([*hasil.problems, *made.problems])
    if made.disimpan:
        say(f"Buku konsolidasi sebelumnya disimpan sebagai {made.disimpan.name}.")
    told = (
        "Konsolidasi yang ada disegarkan, catatan Anda tetap:"
        if made.disegarkan
        else "Konsolidasi ditulis ke"
    )
    say(f"{told} {made.tertunda or keluaran}. Buka lembar Dasbor, lalu Masalah.")
    _exit(made.clean)


@cli.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE)
@click.option("--langsung", is_flag=True, help="Pada buku yang sedang dibuka di Excel (Windows dan Mac).")
@_cancellable
def segarkan(konsolidasi: Path, langsung: bool) -> None:
    """Segarkan buku konsolidasi tanpa menekan tombol di Excel.

    Kiriman dibaca dari folder yang tertulis di Dasbor.

    Misalnya: rkt segarkan Konsolidasi-2024.xlsm
    """
    if langsung:
        from macros.excel import find_book
        from macros.tombol import segarkan as press

        say(press(find_book(konsolidasi.resolve())))
        return
    from builder.closed import refresh_file

    _tell_refresh(refresh_file(konsolidasi, track=track))


def _tell_refresh(segar: Segar) -> None:
    from builder.closed import without_told

    assert segar.hasil is not None
    for kiriman in segar.hasil.kiriman:
        say(f"{show(kiriman.berkas)}: {kiriman.status}, {kiriman.terisi} sel terisi")
        tell(kiriman.problems)
    tell([*segar.hasil.problems, *segar.problems])
    say(without_told(segar))
    _exit(segar.clean)


@cli.command("hitung-ulang", options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE)
@_cancellable
def hitung_ulang(konsolidasi: Path) -> None:
    """Hitung ulang semua rumus dan tandai yang berbeda.

    Misalnya: rkt hitung-ulang Konsolidasi-2024.xlsm
    """
    from builder.closed import recompute_file, without_told

    segar = recompute_file(konsolidasi)
    tell(segar.problems)
    say(without_told(segar))


@cli.command(options_metavar="[PILIHAN]")
@click.argument("folder", type=_FILE)
@click.argument("konsolidasi", type=_FILE)
def pantau(folder: Path, konsolidasi: Path) -> None:
    """Segarkan setiap kali ada kiriman baru di FOLDER.

    Berhenti dengan Ctrl+C.

    Misalnya: rkt pantau kiriman Konsolidasi-2024.xlsm
    """
    if importlib.util.find_spec("watchfiles") is None:
        raise click.ClickException("Pemantau belum dipasang. Jalankan: python -m pip install watchfiles")
    from builder.closed import check_file
    from macros.pantau import watch_folder

    if not folder.is_dir():
        raise Refused(Problem(Message.L23, values={"folder": str(folder)}))
    check_file(konsolidasi)
    say(f"Memantau folder {folder}. Tekan Ctrl+C untuk berhenti.")
    with contextlib.suppress(KeyboardInterrupt):  # how it is meant to end; a file half written is not left
        watch_folder(folder, konsolidasi, _tell_watch)


def _tell_watch(came: Segar | Refused) -> None:
    from builder.closed import without_told

    tell(came.problems)
    if not isinstance(came, Refused):
        say(without_told(came))


for command in (
    ambil, jejak, kirim, perbaikan, pulihkan, putuskan, revisi, sandi, status, pasang, periksa_pasang, server,
):  # fmt: skip
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a refusal is told and exits with 1, or with 2 where a named file is at fault."""
    _speak_indonesian()
    try:
        cli.main(arguments, prog_name="rkt")
    except Refused as refused:
        for problem in refused.problems:
            say(problem.pesan, err=True)
        sys.exit(2 if all(p.kode in ("S01", "S02") for p in refused.problems) else 1)
    except Exception:
        log = write_log(str(sys.argv[1:]))
        say(f"Terjadi kesalahan di dalam program; tidak ada yang ditulis. Rinciannya di {log}.", err=True)
        sys.exit(1)


def _speak_indonesian() -> None:
    """Click takes its own words ("Usage", "Error") through gettext; its catalogue is beside this module."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old Windows console lacks some characters
    os.environ["LANGUAGE"] = "id"
    gettext.bindtextdomain("messages", str(files("builder").joinpath("bahasa")))


if __name__ == "__main__":
    main()
