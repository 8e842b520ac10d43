"""Commands about mail: keeping the password, fetching returns, sending workbooks and reminders."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from builder.layar import say, tell, track
from builder.masalah import Message, Problem, Refused
from builder.tampak import show
from builder.tanggal import today, write_date

if TYPE_CHECKING:
    from builder.pos.setelan import Server
    from builder.pos.surat import Surat

T = TypeVar("T")
_FILE = click.Path(path_type=Path, readable=False)
_SETELAN = click.option(
    "--setelan", metavar="BERKAS", type=_FILE, help="Setelan surel (bawaan: surel.toml di samping bukunya)."
)


class _Tanggal(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A date as people type it."""

    name = "tanggal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The date, or a sentence."""
        from builder.tanggal import read_date

        date = value if isinstance(value, datetime.date) else read_date(str(value))
        if date is None:
            self.fail(
                f"«{show(str(value))}» bukan tanggal. Tulis seperti 2024-01-31 atau 31/01/2024.", param, ctx
            )
        return date


def _with_sample(act: Callable[[], T]) -> T:
    """Without a settings file it is shown what to write into it."""
    try:
        return act()
    except Refused as refused:
        if any(p.message is Message.U01 for p in refused.problems):
            tell(refused.problems)
            say("Isi surel.toml, misalnya (baris berawal # boleh dihapus):\n")
            say(_sample())
            sys.exit(1)
        raise


def _sample() -> str:
    from builder.contoh import examples_folder

    return (examples_folder() / "surel.toml").read_text("utf-8")


# --- sandi --------------------------------------------------------------------------------------------------------


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", metavar="[KONSOLIDASI]", type=_FILE, required=False)
@_SETELAN
@click.option("--hapus", is_flag=True, help="Hapus sandi yang tersimpan.")
def sandi(konsolidasi: Path | None, setelan: Path | None, hapus: bool) -> None:
    """Simpan kata sandi kotak surat dengan aman.

    Di penyimpan sandi komputer ini; sandinya diketik tanpa tampak dan tidak pernah ditulis ke berkas.

    Misalnya: rkt sandi Konsolidasi-2024.xlsm
    """
    from builder.pos.sandi import drop_sandi, keep_sandi

    for server in _with_sample(lambda: _servers(konsolidasi, setelan)):
        whose = f"{show(server.pengguna)} di {server.server}"
        if hapus:
            say(f"Sandi {whose} dihapus." if drop_sandi(server) else f"Sandi {whose} memang tidak tersimpan.")
        else:
            keep_sandi(server, _ask(whose))
            say(f"Sandi {whose} disimpan.")


def _ask(whose: str) -> Any:
    from builder.pos.sandi import Sandi

    return Sandi(click.prompt(f"Kata sandi {whose}", hide_input=True))


def _servers(konsolidasi: Path | None, setelan: Path | None) -> list[Server]:
    """Every server of the settings, each account once."""
    from builder.closed import find_konsolidasi, read_file
    from builder.pos.setelan import NAMA, read_setelan

    path = find_konsolidasi(konsolidasi)
    kode = [s.kode for s in read_file(path).lama.rkt.sub_bagian]
    found = read_setelan(setelan or path.with_name(NAMA), (), kode)
    servers = [found.imap.server if found.imap else None, found.smtp.server if found.smtp else None]
    if not any(servers):
        raise Refused(
            Problem(Message.U03, NAMA, "[imap]", values={"kunci": "server", "contoh": '"imap.kpu.go.id"'})
        )
    return list({(s.server, s.pengguna): s for s in servers if s}.values())


# --- ambil --------------------------------------------------------------------------------------------------------


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", metavar="[KONSOLIDASI]", type=_FILE, required=False)
@_SETELAN
@click.option(
    "--sejak",
    type=_Tanggal(),
    metavar="TANGGAL",
    help="Surel sejak tanggal itu (bawaan: 1 Januari tahun rencana).",
)
@click.option("--ulang", is_flag=True, help="Ambil juga yang pernah diambil, bila berkasnya terhapus.")
@click.option("--segarkan", is_flag=True, help="Segarkan buku konsolidasi sesudahnya.")
def ambil(
    konsolidasi: Path | None, setelan: Path | None, sejak: datetime.date | None, ulang: bool, segarkan: bool
) -> None:
    """Ambil surel baru dari kotak surat ke folder kiriman.

    Kotak suratnya hanya dibaca: tidak ada surel yang berubah, dan tidak ada yang diambil dua kali.

    Misalnya: rkt ambil Konsolidasi-2024.xlsm --segarkan
    """
    from builder.closed import find_konsolidasi, refresh_file, without_told
    from builder.pengambilan import fetch_mail

    path = find_konsolidasi(konsolidasi)
    made = _with_sample(lambda: fetch_mail(path, setelan, sejak=sejak, ulang=ulang, track=track))
    tell(made.problems)
    clean = all(p.putusan.berat < 2 for p in made.problems)
    if made.baru:
        say(f"{made.baru} surel baru disimpan di folder {made.folder.name}.")
    else:
        say("Tidak ada surel baru.")
    if segarkan:
        segar = refresh_file(path, track=track)
        tell([*(segar.hasil.all_problems if segar.hasil else ()), *segar.problems])
        say(without_told(segar))
        clean = clean and segar.clean
    elif made.baru:
        say(f"Lanjutkan dengan: rkt segarkan {path.name}")
    sys.exit(0 if clean else 1)


# --- kirim --------------------------------------------------------------------------------------------------------


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", metavar="[KONSOLIDASI]", type=_FILE, required=False)
@click.argument("folder", metavar="[FOLDER]", type=_FILE, required=False)
@_SETELAN
@click.option("--batas", type=_Tanggal(), metavar="TANGGAL", help="Batas waktu mengirim kembali.")
@click.option("--pengingat", is_flag=True, help="Ingatkan yang belum menjawab untuk triwulan pelaporan.")
@click.option(
    "--perbaikan", is_flag=True, help="Kirim buku perbaikan kepada yang kirimannya ada yang ditahan."
)
@click.option("--lampirkan", is_flag=True, help="Pada pengingat: lampirkan buku kerjanya sekali lagi.")
@click.option("--ulang", is_flag=True, help="Kirim juga yang sudah pernah dikirim.")
@click.option(
    "--simpan", metavar="FOLDER", type=_FILE, help="Simpan sebagai konsep surat (.eml), jangan dikirim."
)
@click.option("--lihat", is_flag=True, help="Tampilkan siapa akan menerima apa, jangan dikirim.")
def kirim(
    konsolidasi: Path | None,
    folder: Path | None,
    setelan: Path | None,
    batas: datetime.date | None,
    pengingat: bool,
    perbaikan: bool,
    lampirkan: bool,
    ulang: bool,
    simpan: Path | None,
    lihat: bool,
) -> None:
    """Kirim buku kerja, pengingat, atau buku perbaikan.

    Ke setiap sub-bagian, dengan suratnya. FOLDER memuat buku kerja hasil rkt bangun (bawaan: buku-kerja).

    Misalnya: rkt kirim --batas 2026-10-10
    """
    from builder.closed import find_konsolidasi
    from builder.pengantaran import due_letters, send_letters
    from builder.persuratan import (
        FOLDER,
        letters_buku_kerja,
        letters_pengingat,
        letters_perbaikan,
        open_kantor,
        save_drafts,
    )

    if konsolidasi and konsolidasi.is_dir() and not folder:
        konsolidasi, folder = None, konsolidasi
    if pengingat and perbaikan:
        raise click.UsageError("Pilih salah satu: --pengingat atau --perbaikan.")
    if not batas:
        raise click.UsageError("Sebutkan batas waktunya, misalnya --batas 2026-10-10.")
    if batas < today():
        raise click.UsageError(f"Batas waktu {write_date(batas)} sudah lewat.")
    path = find_konsolidasi(konsolidasi)
    kantor = _with_sample(lambda: open_kantor(path, setelan, to_send=not (simpan or lihat)))
    if perbaikan:
        letters, problems = letters_perbaikan(kantor, batas, track=track)
    elif pengingat:
        again = folder or path.with_name(FOLDER)
        letters, problems = letters_pengingat(kantor, batas, lampirkan=again if lampirkan else None)
    else:
        letters, problems = letters_buku_kerja(kantor, folder or path.with_name(FOLDER), batas)
    if lihat:
        due, known = due_letters(kantor, letters, ulang=ulang)
        problems += known
        _show(due)
    elif not letters:
        pass  # which is said below
    elif simpan:
        for draft in save_drafts(kantor, letters, simpan):
            say(f"  {draft}")
        say(f"{len(letters)} konsep surat disimpan. Buka satu per satu dengan program surat, lalu kirim.")
    else:
        made = send_letters(kantor, letters, ulang=ulang, track=track)
        problems += made.problems
        for surat, address in made.terkirim:
            say(f"  {surat.sub_bagian}: terkirim ke {show(address)}")
        say(f"{len(made.terkirim)} surat terkirim.")
    tell(problems)
    if not letters:
        say(_nothing(problems, pengingat=pengingat, perbaikan=perbaikan))
    sys.exit(0 if all(p.putusan.berat < 2 for p in problems) else 1)


def _nothing(problems: Iterable[Problem], *, pengingat: bool, perbaikan: bool) -> str:
    """What is said where there is no letter."""
    if any(p.putusan.berat >= 2 for p in problems):
        return "Tidak ada surat yang dapat dibuat."
    if pengingat:
        return "Tidak ada yang perlu diingatkan: semua sub-bagian sudah menjawab."
    return "Tidak ada yang perlu diperbaiki." if perbaikan else "Tidak ada surat yang perlu dikirim."


def _show(letters: Iterable[Surat]) -> None:
    for surat in letters:
        say(f"{surat.sub_bagian}: {', '.join(show(str(a)) for a in surat.kepada)}")
        say(f"  {surat.subjek}")
        for lampiran in surat.lampiran:
            say(f"  lampiran: {show(lampiran.nama)} ({len(lampiran.isi) / 1000:.0f} kB)")
