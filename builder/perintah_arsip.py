"""Commands about what was received: where a value comes from, who has sent what, choices, and rebuilding."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from builder.layar import say, tell, track
from builder.masalah import Message, Problem, Refused
from builder.tampak import json_text, show

_FILE = click.Path(path_type=Path, readable=False)
_TRIWULAN = click.Choice(["1", "2", "3", "4"])
_KOLOM = ("pembilang", "penyebut", "realisasi", "kendala", "tindak lanjut", "data dukung")
_OF_KONSOLIDASI = click.option(
    "--konsolidasi", metavar="KONSOLIDASI", type=_FILE, help="Bukunya (bawaan: satu-satunya di folder ini)."
)


@click.command(options_metavar="[PILIHAN]")
@click.argument("indikator", metavar="INDIKATOR")
@click.option("--triwulan", type=_TRIWULAN, metavar="1-4", help="Satu triwulan saja.")
@_OF_KONSOLIDASI
def jejak(indikator: str, triwulan: str | None, konsolidasi: Path | None) -> None:
    """Tunjukkan asal setiap angka sebuah indikator.

    INDIKATOR misalnya S17-I2. Yang lama juga ditampilkan: isi setiap berkas dan perubahannya.
    """
    from builder.arsip import beside
    from builder.closed import find_konsolidasi

    found = beside(find_konsolidasi(konsolidasi)).history(indikator.upper())
    if not found:
        raise Refused(Problem(Message.S09, values={"id": indikator}))
    for key in sorted({n.key for n in found if triwulan in (None, n.key.baris[2:])}):
        say(f"{key.id} triwulan {key.baris[2:]} {key.kolom.replace('_', ' ')}")
        for n in (n for n in found if n.key == key):
            told = f"«{show(n.isi)}»" if n.isi else _shown(n.nilai)
            place = f" dari {show(n.berkas)} {n.lembar}!{n.sel}" if n.berkas else ""
            more = f"; {n.keterangan}" if n.keterangan else ""
            held = " (ditahan)" if n.ditahan else ""
            who = "konsolidasi" if n.peran == "konsolidasi" else "berkas"
            say(f"  {n.saat.replace('T', ' ')}  {who}: {told}{held}{place}{more}")


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return "kosong" if value is None else str(value)


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="Tulis hasilnya sebagai JSON, untuk program lain.")
def status(konsolidasi: Path | None, as_json: bool) -> None:
    """Siapa sudah mengirim, kapan, selengkap apa, dan siapa yang belum."""
    from builder.closed import find_konsolidasi
    from builder.status import read_status

    triwulan, rows = read_status(find_konsolidasi(konsolidasi))
    if as_json:
        click.echo(json_text([row.as_json() for row in rows]))
        return
    say(f"Triwulan pelaporan: {triwulan}")
    for row in rows:
        if not row.berkas:
            say(f"  {row.kode}: belum mengirim")
            continue
        sent = f"kiriman ke-{row.nomor} ({row.triwulan}), diterima {row.diterima or '-'}"
        who = f" dari {row.pengirim}" if row.pengirim else ""
        late = "" if row.sudah else "; BELUM untuk triwulan ini"
        counts = f"{row.terisi} terisi, {row.kosong} kosong, {row.ditahan} ditahan"
        say(f"  {row.kode}: {sent}{who}; {counts}, {row.menunggu} menunggu putusan{late}")


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE)
@click.argument("indikator", metavar="[INDIKATOR]", required=False)
@click.option("--triwulan", type=_TRIWULAN, metavar="1-4", help="Triwulan dari sel yang diputuskan.")
@click.option(
    "--kolom", type=click.Choice(_KOLOM), metavar="KOLOM", help="Kolomnya (bawaan: semua yang ditahan)."
)
@click.option("--pakai", metavar="A|B|…", help="Pakai isi A, B, … dari lembar Putusan.")
@click.option("--isi", metavar="ISI", help="Isi yang benar, misalnya 97,5.")
@click.option("--kosongkan", is_flag=True, help="Sel itu memang kosong.")
@click.option("--batal", is_flag=True, help="Cabut putusan yang pernah dibuat.")
@click.option("--keluarkan", metavar="BERKAS", help="Keluarkan sebuah berkas kiriman dari penggabungan.")
@click.option("--masukkan", metavar="BERKAS", help="Masukkan lagi berkas yang pernah dikeluarkan.")
def putuskan(
    konsolidasi: Path,
    indikator: str | None,
    triwulan: str | None,
    kolom: str | None,
    pakai: str | None,
    isi: str | None,
    kosongkan: bool,
    batal: bool,
    keluarkan: str | None,
    masukkan: str | None,
) -> None:
    """Putuskan sel yang ditahan, atau keluarkan sebuah berkas, lalu segarkan.

    Misalnya: rkt putuskan Konsolidasi-2024.xlsm S17-I2 --triwulan 2 --pakai B
    """
    from builder.expr import Key
    from builder.keputusan import decide, release
    from builder.putusan import KOSONGKAN

    if keluarkan or masukkan:
        segar = release(konsolidasi, str(keluarkan or masukkan), back=bool(masukkan), track=track)
    else:
        said = [x for x in (pakai and f"Pakai {pakai}", isi, KOSONGKAN if kosongkan else None) if x]
        if not indikator or not triwulan or len(said) + batal != 1:
            told = "Sebutkan INDIKATOR, --triwulan, dan satu dari --pakai, --isi, --kosongkan, --batal."
            raise click.UsageError(told)
        columns = [kolom] if kolom else _KOLOM
        keys = [Key(indikator.upper(), f"TW{triwulan}", c.replace(" ", "_")) for c in columns]
        segar = decide(konsolidasi, keys, said[0] if said else None, track=track)
    assert segar.hasil is not None
    tell([*segar.hasil.problems, *segar.problems])
    say(segar.kalimat)
    sys.exit(0)


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE, required=False)
@click.option(
    "-o",
    "--keluaran",
    "folder",
    metavar="FOLDER",
    type=_FILE,
    default="perbaikan",
    show_default=True,
    help="Folder untuk buku perbaikan.",
)
@click.option("--sub-bagian", "kode", metavar="KODE", help="Satu sub-bagian saja, misalnya KUL.")
def perbaikan(konsolidasi: Path | None, folder: Path, kode: str | None) -> None:
    """Buat buku perbaikan untuk setiap sub-bagian yang kirimannya ada yang ditahan.

    Isiannya disalin dari kiriman terakhir; sel yang perlu diperbaiki diberi warna jingga dan catatan.
    """
    from builder.closed import find_konsolidasi
    from builder.commands import build_corrections

    made = build_corrections(find_konsolidasi(konsolidasi), folder, kode=kode, track=track)
    for found, path in made.perbaikan:
        say(f"  {path}: {len(found.wajib)} hal perlu diperbaiki")
    if made.bangun is None:
        say("Tidak ada yang perlu diperbaiki.")
        return
    tell(made.bangun.problems)
    for kept in made.bangun.disimpan:
        say(f"Berkas sebelumnya disimpan sebagai {kept.name}.")
    say(
        f"{len(made.perbaikan)} buku perbaikan dibuat. Kirim kepada sub-bagiannya dengan rkt kirim --perbaikan."
    )


@click.command(options_metavar="[PILIHAN]")
@click.argument("arsip", metavar="ARSIP", type=_FILE)
@click.option("--tanpa-makro", is_flag=True, help="Sebagai .xlsx biasa, tanpa tombol.")
def pulihkan(arsip: Path, tanpa_makro: bool) -> None:
    """Bangun ulang buku konsolidasi yang hilang atau rusak dari arsipnya.

    ARSIP ialah folder di sampingnya, misalnya Konsolidasi-2024.arsip.
    """
    from builder.pemulihan import rebuild

    made = rebuild(arsip, makro=not tanpa_makro, track=track)
    tell(made.problems)
    if made.disimpan:
        say(f"Buku konsolidasi sebelumnya disimpan sebagai {made.disimpan.name}.")
    say(f"Konsolidasi dibangun ulang dari {len(made.hasil.kiriman)} kiriman, di samping {arsip.name}.")
    sys.exit(0)


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE)
@click.argument("rencana", type=_FILE)
@click.option(
    "--mulai",
    type=_TRIWULAN,
    metavar="1-4",
    required=True,
    help="Triwulan pertama dengan rencana baru.",
)
def revisi(konsolidasi: Path, rencana: Path, mulai: str) -> None:
    """Lanjutkan konsolidasi dengan rencana yang direvisi di tengah tahun.

    Semua isian tetap; triwulan sebelum --mulai tetap memakai target lamanya. Buku yang lama disimpan di sampingnya.
    """
    from builder.revisi import revise

    made = revise(konsolidasi, rencana, int(mulai), track=track)
    tell([*made.problems, *made.gabungan.hasil.problems, *made.gabungan.problems])
    for told, ids in (("baru", made.baru), ("berubah", made.berubah), ("dihapus", made.dihapus)):
        say(f"{len(ids)} indikator {told}" + (f": {', '.join(sorted(ids))}" if ids else ""))
    if made.gabungan.disimpan:
        say(f"Buku konsolidasi sebelumnya disimpan sebagai {made.gabungan.disimpan.name}.")
    say(f"Bagikan buku kerja yang baru: rkt bangun {konsolidasi.name} -o buku-kerja")
    sys.exit(0)
