"""The commands `rkt pasang` and `rkt periksa-pasang`: words in, words out; the work is done in `pasang`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from macros.pasang import Temuan

_FILE = click.Path(path_type=Path, readable=False)
_FOLDER = click.option(
    "--folder", metavar="FOLDER", type=_FILE, help="Folder pengaya rkt.xlam (bawaan: folder awal Excel)."
)


@click.command(options_metavar="[PILIHAN]")
@click.argument("buku", metavar="[BUKU]...", type=_FILE, nargs=-1)
@_FOLDER
def pasang(buku: tuple[Path, ...], folder: Path | None) -> None:
    """Pasang tab Kinerja di Excel komputer ini.

    BUKU: buku .xlsm yang tombolnya juga akan dipakai.

    Misalnya: rkt pasang Konsolidasi-2024.xlsm
    """
    from macros.komputer import this_computer
    from macros.pasang import install

    computer = this_computer()
    if _tell(install(computer, buku, folder)):
        shown = "" if folder else ": tab Kinerja ada di pita atas"
        click.echo(f"Selesai. Tutup Excel bila sedang terbuka, lalu buka lagi{shown}.")
    else:
        click.echo("Belum selesai. Ikuti tindakan pada baris [!], lalu jalankan rkt pasang lagi.")
        sys.exit(1)


@click.command("periksa-pasang", options_metavar="[PILIHAN]")
@click.argument("buku", metavar="[BUKU]...", type=_FILE, nargs=-1)
@_FOLDER
def periksa_pasang(buku: tuple[Path, ...], folder: Path | None) -> None:
    """Periksa apakah tombol di Excel siap dipakai.

    BUKU: buku yang ikut diperiksa. Tidak ada yang diubah.

    Misalnya: rkt periksa-pasang Konsolidasi-2024.xlsm
    """
    from macros.komputer import this_computer
    from macros.periksa_pasang import CATATAN, inspect

    is_ready = _tell(inspect(this_computer(), buku, folder))
    click.echo("Semua siap." if is_ready else "Ada yang kurang. Ikuti tindakan pada baris [!].")
    click.echo(f"Catatan: {CATATAN}")
    if not is_ready:
        sys.exit(1)


def _tell(found: Iterable[Temuan]) -> bool:
    """Each finding as it comes; whether all is well."""
    is_ready = True
    for temuan in found:
        is_ready = is_ready and temuan.beres
        cure = f" Tindakan: {temuan.tindakan}" if temuan.tindakan else ""
        click.echo(f"{'[ok]' if temuan.beres else '[!]'} {temuan.pesan.rstrip('.')}.{cure}")
    return is_ready
