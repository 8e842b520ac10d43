"""Commands about what was received: where a value comes from, who has sent what, choices, and rebuilding."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder.layar import say, tell, track
from builder.tampak import json_text

if TYPE_CHECKING:
    from builder.expr import Key

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

    Yang lama juga ditampilkan: isi setiap berkas dan perubahannya.

    Misalnya: rkt jejak S17-I2 --triwulan 2
    """
    from builder.arsip import beside
    from builder.closed import find_konsolidasi, read_file
    from builder.keputusan import check_known
    from builder.riwayat import told_event

    path = find_konsolidasi(konsolidasi, "--konsolidasi ")
    id = indikator.strip().upper()
    history = beside(path).history(id)
    if not history:
        check_known(read_file(path).lama.rkt, id)
    found = [n for n in history if triwulan in (None, n.key.baris[2:])]
    if not found:
        which = f"{id} triwulan {triwulan}" if triwulan else id
        told = f"Segarkan dahulu bila kirimannya sudah ada: rkt segarkan {path.name}"
        say(f"Belum ada isian {which} yang tercatat. {told}")
    for key in sorted({n.key for n in found}):
        say(f"{key.id} triwulan {key.baris[2:]} {key.kolom.replace('_', ' ')}")
        for n in (n for n in found if n.key == key):
            say(f"  {told_event(n)}")


@click.command(options_metavar="[PILIHAN]")
@click.argument("konsolidasi", type=_FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="Tulis hasilnya sebagai JSON, untuk program lain.")
def status(konsolidasi: Path | None, as_json: bool) -> None:
    """Tunjukkan siapa sudah mengirim apa, dan siapa belum.

    Juga kapan diterima, selengkap apa, dan berapa sel yang ditahan.

    Misalnya: rkt status Konsolidasi-2024.xlsm
    """
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
    """Putuskan sel yang ditahan, atau keluarkan sebuah berkas.

    Bukunya lalu disegarkan; tutup dahulu bila sedang dibuka di Excel.

    Misalnya: rkt putuskan Konsolidasi-2024.xlsm S17-I2 --triwulan 2 --pakai B
    """
    from builder.keputusan import decide, release
    from builder.putusan import KOSONGKAN

    said = [x for x in (pakai and f"Pakai {pakai}", isi, KOSONGKAN if kosongkan else None) if x]
    if keluarkan or masukkan:
        if indikator or triwulan or kolom or said or batal or (keluarkan and masukkan):
            told = "--keluarkan dan --masukkan ditulis sendiri, tanpa INDIKATOR dan tanpa pilihan lain."
            raise click.UsageError(told)
        made = release(konsolidasi, str(keluarkan or masukkan), back=bool(masukkan), track=track)
    else:
        if not indikator or not triwulan or len(said) + batal != 1:
            told = "Sebutkan INDIKATOR, --triwulan, dan satu dari --pakai, --isi, --kosongkan, --batal."
            raise click.UsageError(told)
        keys = _keys(indikator, triwulan, kolom)
        made = decide(konsolidasi, keys, said[0] if said else None, track=track)
    tell(made.problems)
    for line in made.baris:
        say(line)
    sys.exit(0 if made.diambil else 1)


def _keys(indikator: str, triwulan: str, kolom: str | None) -> list[Key]:
    """The cells that a decision may be about."""
    from builder.expr import Key

    columns = [kolom] if kolom else _KOLOM
    return [Key(indikator.strip().upper(), f"TW{triwulan}", c.replace(" ", "_")) for c in columns]


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
    """Buat buku perbaikan untuk kiriman yang ditahan.

    Satu buku untuk setiap sub-bagian. Isiannya disalin dari kiriman terakhir; sel yang perlu diperbaiki diberi warna
    jingga dan catatan.

    Misalnya: rkt perbaikan Konsolidasi-2024.xlsm --sub-bagian KUL
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
    """Bangun ulang buku konsolidasi dari arsipnya.

    Untuk buku yang hilang atau rusak. ARSIP ialah folder di samping buku itu.

    Misalnya: rkt pulihkan Konsolidasi-2024.arsip
    """
    from builder.pemulihan import rebuild

    made = rebuild(arsip, makro=not tanpa_makro, track=track)
    tell(made.problems)
    if made.disimpan:
        say(f"Buku konsolidasi sebelumnya disimpan sebagai {made.disimpan.name}.")
    path = made.tertunda or arsip.with_suffix(".xlsx" if tanpa_makro else ".xlsm")
    say(f"Konsolidasi dibangun ulang dari {len(made.hasil.kiriman)} kiriman: {path}")
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
    """Lanjutkan konsolidasi dengan rencana yang direvisi.

    Semua isian tetap; triwulan sebelum --mulai tetap memakai target lamanya. Buku yang lama disimpan di sampingnya.

    Misalnya: rkt revisi Konsolidasi-2024.xlsm Rencana-2024-revisi.xlsx --mulai 3
    """
    from builder.closed import check_is_there
    from builder.revisi import revise

    check_is_there(konsolidasi)
    if _is_same_plan(konsolidasi, rencana, int(mulai)):
        say("Rencananya sama; tidak ada yang diubah.")
        return
    made = revise(konsolidasi, rencana, int(mulai), track=track)
    tell([*made.problems, *made.gabungan.hasil.problems, *made.gabungan.problems])
    for told, ids in (("baru", made.baru), ("berubah", made.berubah), ("dihapus", made.dihapus)):
        say(f"{len(ids)} indikator {told}" + (f": {', '.join(sorted(ids))}" if ids else ""))
    if made.gabungan.disimpan:
        say(f"Buku konsolidasi sebelumnya disimpan sebagai {made.gabungan.disimpan.name}.")
        say(
            "Lembar tambahan dan tulisan Anda di luar kolom Catatan hanya ada di buku lama itu; salin bila perlu."
        )
    say(f"Bagikan buku kerja yang baru: rkt bangun {konsolidasi.name} -o buku-kerja")
    sys.exit(0)


def _is_same_plan(konsolidasi: Path, rencana: Path, mulai: int) -> bool:
    """Whether a plan would change nothing in a konsolidasi; raises Refused."""
    from builder.closed import read_file
    from builder.identitas import plan_hash
    from builder.plan import read_plan
    from builder.revisi import merge_plans

    old = read_file(konsolidasi).lama.rkt
    new, _ = read_plan(rencana)
    if (new.identitas.kantor, new.identitas.tahun) != (old.identitas.kantor, old.identitas.tahun):
        return False  # which is told by the revision
    merged, _ = merge_plans(old, new, mulai)
    return plan_hash(merged) == plan_hash(old) and merged.identitas == old.identitas
