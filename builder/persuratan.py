"""Letters of a konsolidasi: who gets which workbook, reminder or correction; sent by `pengantaran`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from builder.books import make_file
from builder.closed import check_is_there, read_file
from builder.identitas import BUKU_KERJA, make_tanda
from builder.lama import Lama
from builder.masalah import Message, Problem, Refused, os_reason, show
from builder.perbaikan import (
    Perbaikan,
    correction_book,
    correction_name,
    find_corrections,
    find_strangers,
    told_files,
)
from builder.pos.setelan import NAMA, Setelan, read_setelan
from builder.pos.surat import Lampiran, Surat, as_draft, write_surat
from builder.reader import peek_tanda
from builder.refresh import merge_archive
from builder.returns import Track, no_track
from builder.rkt import ROMAWI, SubBagian
from builder.save import File, is_kept, save, saying
from builder.status import Status, read_status
from builder.tanggal import write_date

FOLDER = "buku-kerja"
_JENIS = (".xlsx", ".xlsm")
_MOST_ITEMS = 30  # that a letter lists


@dataclass(frozen=True, slots=True)
class Kantor:
    """What letters are written from: a konsolidasi as it stands, and the settings of its mail."""

    konsolidasi: Path
    lama: Lama
    setelan: Setelan
    berkas_setelan: str = NAMA  # from which they were read

    @property
    def owners(self) -> list[SubBagian]:
        """Every sub-bagian that owns an indikator."""
        return [s for s in self.lama.rkt.sub_bagian if self.lama.rkt.sasaran_of(s)]

    def address(self, sub_bagian: SubBagian, problems: list[Problem]) -> tuple[Address, ...]:
        """Where letters to a sub-bagian go; () where the settings do not say, which is told."""
        found = self.setelan.alamat.get(sub_bagian.kode, ())
        if not found:
            problems.append(Problem(Message.U30, self.berkas_setelan, values={"kode": sub_bagian.kode}))
        return found

    def words(self, sub_bagian: SubBagian, batas: datetime.date, status: Status) -> dict[str, str]:
        """The fields that letters of every kind have."""
        identitas, triwulan = self.lama.rkt.identitas, self.lama.triwulan
        smtp = self.setelan.smtp
        return {
            "kantor": identitas.kantor, "tahun": str(identitas.tahun), "kode": sub_bagian.kode,
            "sub_bagian": sub_bagian.nama, "triwulan": ROMAWI[triwulan], "angka_triwulan": str(triwulan),
            "batas": write_date(batas), "kiriman_ke": str((status.nomor or 0) + 1),
            "balas_ke": smtp.reply if smtp else "alamat pengirim surat ini",
        }  # fmt: skip


def open_kantor(konsolidasi: Path, setelan: Path | None = None, *, to_send: bool) -> Kantor:
    """A konsolidasi with its settings; `to_send`: the server is needed, not addresses alone. Raises Refused."""
    check_is_there(konsolidasi)
    lama = read_file(konsolidasi).lama
    kode = [s.kode for s in lama.rkt.sub_bagian]
    path = setelan or konsolidasi.with_name(NAMA)
    found = read_setelan(path, {"smtp", "alamat"} if to_send else {"alamat"}, kode)
    return Kantor(konsolidasi, lama, found, path.name)


# --- what is written ----------------------------------------------------------------------------------------------


def letters_buku_kerja(
    kantor: Kantor, folder: Path, batas: datetime.date, *, hari_ini: datetime.date | None = None
) -> tuple[list[Surat], list[Problem]]:
    """To every sub-bagian its workbook in a folder; what stands against one is told and does not stop the others."""
    found, problems = find_workbooks(kantor, folder)
    status = _status(kantor)
    letters = []
    for sub_bagian in kantor.owners:
        lampiran, kepada = found.get(sub_bagian.kode), kantor.address(sub_bagian, problems)
        if lampiran and kepada:
            sheets = ", ".join(s.id for s in kantor.lama.rkt.sasaran_of(sub_bagian))
            isian = kantor.words(sub_bagian, batas, status[sub_bagian.kode])
            isian |= {"berkas": lampiran.nama, "lembar": sheets}
            letters.append(_write(kantor, "buku_kerja", sub_bagian, kepada, isian, [lampiran], hari_ini))
    return letters, problems


def letters_pengingat(
    kantor: Kantor,
    batas: datetime.date,
    *,
    lampirkan: Path | None = None,
    hari_ini: datetime.date | None = None,
) -> tuple[list[Surat], list[Problem]]:
    """To every sub-bagian that has not answered for the triwulan pelaporan; `lampirkan`: with its workbook again."""
    found, problems = find_workbooks(kantor, lampirkan) if lampirkan else ({}, [])
    status = _status(kantor)
    letters = []
    for sub_bagian in kantor.owners:
        row = status[sub_bagian.kode]
        kepada = () if row.sudah else kantor.address(sub_bagian, problems)
        if kepada:
            lampiran = [found[sub_bagian.kode]] if sub_bagian.kode in found else []
            isian = kantor.words(sub_bagian, batas, row) | _missing(row, lampiran)
            letters.append(_write(kantor, "pengingat", sub_bagian, kepada, isian, lampiran, hari_ini))
    return letters, [p for p in problems if not _is_settled(p, status)]


def letters_perbaikan(
    kantor: Kantor,
    batas: datetime.date,
    *,
    hari_ini: datetime.date | None = None,
    track: Track[Any] = no_track,
) -> tuple[list[Surat], list[Problem]]:
    """To every sub-bagian of whose returns something is held or refused: what it is, and the correction workbook.

    A refused file whose sub-bagian nobody knows belongs to the sub-bagian from whose address it came; senders with an
    address of nobody are told to the konsolidator and get no letter.
    """
    lama, problems = kantor.lama, list[Problem]()
    hasil = merge_archive(lama, kantor.konsolidasi, lama.triwulan, track=track)
    status, senders = _status(kantor), _senders(kantor)
    letters = []
    for found in find_corrections(hasil, senders):
        sub_bagian = found.bagian.sub_bagian
        kepada = kantor.address(sub_bagian, problems)
        if kepada:
            lampiran = _correction(lama, found)
            isian = kantor.words(sub_bagian, batas, status[sub_bagian.kode]) | {
                "jumlah": str(len(found.wajib)), "berkas": told_files(found), "lampiran": lampiran.nama,
                "kiriman_ke": str(found.bagian.nomor),
            }  # fmt: skip
            words: dict[str, str | Sequence[str]] = {**isian, "butir": _items(found)}
            letters.append(_write(kantor, "perbaikan", sub_bagian, kepada, words, [lampiran], hari_ini))
    for address in sorted(find_strangers(hasil, senders)):
        problems.append(Problem(Message.U40, values={"alamat": address}))
    return letters, problems


def _senders(kantor: Kantor) -> dict[str, str]:
    """Code of the sub-bagian by address."""
    return {a.addr_spec.lower(): kode for kode, found in kantor.setelan.alamat.items() for a in found}


def _correction(lama: Lama, found: Perbaikan) -> Lampiran:
    name = correction_name(lama.rkt, found)
    return Lampiran(name, make_file(correction_book(lama.rkt, found, lama.triwulan), Path(name)).content)


def _items(found: Perbaikan) -> list[str]:
    """What must be mended, as a letter lists it: place, content, fault, cure."""
    told = [b.kalimat for b in found.wajib[:_MOST_ITEMS]]
    more = len(found.wajib) - len(told)
    return [*told, f"… dan {more} hal lagi; semuanya ada di lembar Perbaikan."] if more else told


def _write(
    kantor: Kantor,
    jenis: str,
    sub_bagian: SubBagian,
    kepada: Sequence[Address],
    isian: Mapping[str, str | Sequence[str]],
    lampiran: Sequence[Lampiran],
    hari_ini: datetime.date | None,
) -> Surat:
    identitas = kantor.lama.rkt.identitas
    return write_surat(jenis, sub_bagian.kode, kepada, isian, identitas, lampiran, hari_ini)


def _status(kantor: Kantor) -> dict[str, Status]:
    return {row.kode: row for row in read_status(kantor.konsolidasi)[1]}


def _missing(row: Status, lampiran: Sequence[Lampiran]) -> dict[str, str]:
    """What a reminder says of the state of things."""
    last = f"Kiriman terakhir yang kami terima ialah kiriman ke-{row.nomor} untuk {row.triwulan}."
    again = f"Buku kerjanya kami lampirkan sekali lagi: {lampiran[0].nama}." if lampiran else ""
    return {
        "terakhir": last if row.berkas else "Belum ada kiriman dari sub-bagian ini yang dapat kami pakai.",
        "terisi": f"{row.terisi} isian", "kosong": f"{row.kosong} isian", "ditahan": f"{row.ditahan} isian",
        "menunggu": f"{row.menunggu} sel",
        "lampiran": again or "Buku kerja yang sudah dibagikan tetap berlaku; tidak perlu meminta yang baru.",
    }  # fmt: skip


def _is_settled(problem: Problem, status: dict[str, Status]) -> bool:
    """A missing workbook of somebody who gets no reminder is nobody's problem."""
    row = status.get(str(problem.values.get("kode")))
    return row is not None and row.sudah


def find_workbooks(kantor: Kantor, folder: Path) -> tuple[dict[str, Lampiran], list[Problem]]:
    """The workbook of each sub-bagian by the identity inside it, and what stands against others; raises Refused."""
    if not folder.is_dir():
        raise Refused(
            Problem(Message.U32, values={"folder": show(str(folder)), "konsolidasi": kantor.konsolidasi.name})
        )
    ours = make_tanda(kantor.lama.rkt, BUKU_KERJA)
    found: dict[str, list[Lampiran]] = {}
    problems = []
    for path in sorted(p for p in folder.iterdir() if _is_workbook(p)):
        tanda = peek_tanda(path)
        if tanda is None or tanda.jenis != BUKU_KERJA:
            continue  # the konsolidasi, a plan, or a file of somebody else
        if (tanda.kantor, tanda.tahun) != (ours.kantor, ours.tahun):
            values = {"kantor": tanda.kantor, "tahun": tanda.tahun}
            problems.append(Problem(Message.U39, path.name, values=values))
        else:
            found.setdefault(tanda.sub_bagian, []).append(Lampiran(path.name, _read(path)))
    missing = {s.kode for s in kantor.owners} - found.keys()
    for kode in sorted(missing):
        problems.append(Problem(Message.U31, values={"kode": kode, "folder": show(str(folder))}))
    for kode, files in sorted(found.items()):
        if len({f.sha256 for f in files}) > 1:
            problems.append(
                Problem(Message.U29, values={"kode": kode, "daftar": ", ".join(f.nama for f in files)})
            )
            del found[kode]
    return {kode: files[0] for kode, files in found.items()}, problems


def _is_workbook(path: Path) -> bool:
    """A workbook by its name; a copy that `rkt bangun` kept of an earlier one is none to be sent."""
    return path.suffix.lower() in _JENIS and path.name[:1] not in "~." and not is_kept(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(Problem(Message.S03, str(path), values={"sebab": os_reason(error)})) from error


def save_drafts(kantor: Kantor, letters: Iterable[Surat], folder: Path) -> list[Path]:
    """Letters as drafts that a mail program opens to be sent by a person; raises Refused. Nothing is noted."""
    tahun = kantor.lama.rkt.identitas.tahun
    made = [
        File(
            folder / f"Surat-{s.jenis.replace('_', '-')}-{tahun}-{s.sub_bagian}.eml",
            as_draft(s, kantor.setelan.smtp).as_bytes(),
        )
        for s in letters
    ]
    with saying(folder):
        folder.mkdir(parents=True, exist_ok=True)
        save(made)
    return [f.path for f in made]
