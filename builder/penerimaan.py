"""Returns taken in: what is new goes into the archive, all that was ever received is read, merged and settled.

A file is read against the version of the plan that it was made from, where the archive knows it. Without an archive
(a look only, or a server that may not write) what the given folders and files hold is all there is.
"""

from __future__ import annotations

import datetime
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.arsip import Arsip, Terima
from builder.arsip.simpanan import sha256_of
from builder.consolidator import Konsolidasi, consolidate
from builder.expr import Key
from builder.identitas import KONSOLIDASI, RENCANA
from builder.masalah import Message, Problem, Refused
from builder.masukan import Masuk, Surat, take_in
from builder.preflight.limits import MOST_BYTES
from builder.putusan import Choice, settle
from builder.reader import Kiriman
from builder.returns import Track, no_track, read_masuk
from builder.rkt import Rkt
from builder.strict import Opener
from builder.tertahan import offer_rows
from builder.versi import Plans

# What says that the bytes themselves could not be had: nothing to keep yet.
_UNREAD = frozenset({Message.J04, Message.J05, Message.J06, Message.J12, Message.H07})


@dataclass(frozen=True, slots=True)
class _Butir:
    """One file to read: a new one with the name under which it came, or one of the archive."""

    masuk: Masuk
    terima: Terima
    asal: str = ""  # "" for one of the archive


def merge_returns(
    masukan: Iterable[Path],
    rkt: Rkt,
    triwulan: int,
    *,
    arsip: Arsip | None = None,
    keep: bool = False,
    choices: Mapping[Key, Choice] | None = None,
    without: Iterable[Path] = (),
    track: Track[Any] = no_track,
) -> Konsolidasi:
    """Read and merge returns of folders, files and their carriers, and of the archive; `without` some files.

    `keep`: what is new goes into the archive. Raises Refused where there is nothing at all, or where the archive
    cannot be used. Workbooks of ours that are no returns (a konsolidasi, a plan) are left out and counted.
    """
    masukan = list(masukan)
    plans = Plans(rkt, arsip.plans() if arsip else {})
    with tempfile.TemporaryDirectory(prefix="rkt-") as folder, Opener() as opener:
        items, problems = take_in(masukan, opener, Path(folder))
        left_out = {path.resolve() for path in without}
        new = _new_ones([m for m in items if m.path.resolve() not in left_out], arsip)
        butir = [*(_archived(arsip) if arsip else ()), *new]
        kiriman = [_read(b, plans, opener, arsip) for b in track(butir, "Memeriksa kiriman")]
        _check_still_read(arsip, kiriman)
        ours = [k for k in kiriman if k.tanda and k.tanda.jenis in (KONSOLIDASI, RENCANA)]
        if arsip and keep:
            _keep(
                arsip, [b for b, k in zip(butir, kiriman, strict=True) if b.asal and k not in ours], kiriman
            )
    if ours:
        problems.append(Problem(Message.J09, values={"jumlah": len(ours)}))
    kept = [k for k in kiriman if k not in ours]
    if not kept:
        raise Refused(Problem(Message.S06, ", ".join(map(str, masukan))))
    hasil = consolidate(kept, rkt, triwulan)
    hasil.problems[:0] = problems
    _decide(hasil, choices or {})
    return hasil


def _check_still_read(arsip: Arsip | None, kiriman: Iterable[Kiriman]) -> None:
    """What was read before and is not now (no memory, a virus scanner) is never taken for blank: raises Refused."""
    failed = [k for k in kiriman if any(p.message is Message.H14 for p in k.problems)]
    known = arsip.accepted() if arsip and failed else set[str]()
    problems = [Problem(Message.L38, k.berkas) for k in failed if k.sha256 in known]
    if problems:
        raise Refused(*problems)


def _decide(hasil: Konsolidasi, choices: Mapping[Key, Choice]) -> None:
    """Choices for what is held, then those for rows that show to be unreadable only once these are made."""
    offer_rows(hasil)
    first = {key: choice for key, choice in choices.items() if key in hasil.pilihan}
    settle(hasil, first)
    offer_rows(hasil)
    settle(hasil, {key: choice for key, choice in choices.items() if key not in first})


def _archived(arsip: Arsip) -> list[_Butir]:
    return [_Butir(Masuk(t.berkas, arsip.path_of(t), _surat(t), _told(t)), t) for t in arsip.received()]


def _told(t: Terima) -> tuple[Problem, ...]:
    return tuple(replace(p, berkas=t.berkas) for p in t.masalah)


def _surat(t: Terima) -> Surat | None:
    return Surat(t.pengirim, t.tanggal, t.subjek, t.message_id) if t.pengirim or t.message_id else None


def _new_ones(items: Iterable[Masuk], arsip: Arsip | None) -> list[_Butir]:
    """Files that the archive has not received under this name; one that bears a name twice gets its sha256 beside."""
    known = arsip.known() if arsip else set()
    taken = Counter(t.berkas for t in arsip.received()) if arsip else Counter[str]()
    wave, saat = (arsip.next_wave if arsip else 0), datetime.datetime.now().isoformat(timespec="seconds")
    found = []
    for masuk in items:
        sha = _digest(masuk.path)
        if sha and (sha, masuk.berkas) in known:
            continue
        name = masuk.berkas if not taken[masuk.berkas] else f"{masuk.berkas} [{(sha or 'tak terbaca')[:8]}]"
        taken[masuk.berkas] += 1
        surat = masuk.surat or Surat("", "", "", "")
        of_mail = (surat.pengirim, surat.tanggal, surat.subjek, surat.message_id)
        terima = Terima(sha, name, "", wave, saat, *of_mail, masuk.problems)
        found.append(_Butir(replace(masuk, berkas=name), terima, masuk.berkas))
    return found


def _digest(path: Path) -> str:
    """sha256 of a file; "" where it cannot be read or is larger than any form."""
    try:
        return "" if path.stat().st_size > MOST_BYTES else sha256_of(path.read_bytes())
    except OSError:
        return ""


def _read(butir: _Butir, plans: Plans, opener: Opener, arsip: Arsip | None) -> Kiriman:
    masuk, terima = butir.masuk, butir.terima
    if not butir.asal and arsip and not arsip.is_whole(terima):
        kiriman = Kiriman(masuk.berkas, terima.sha256, problems=[Problem(Message.L34, masuk.berkas)])
    else:
        kiriman = read_masuk(masuk, plans, opener)
        kiriman.sha256 = kiriman.sha256 or terima.sha256
    if terima.dilepas:
        kiriman.problems[:] = [
            Problem(Message.F19, masuk.berkas, values={"saat": _shown_time(terima.dilepas)})
        ]
        kiriman.dilepas = True
    if butir.asal and terima.sha256:
        _check_unchanged(butir, kiriman)
    kiriman.surat, kiriman.gelombang = masuk.surat, terima.gelombang
    kiriman.diterima = _shown_time(terima.saat) if arsip else ""
    return kiriman


def _check_unchanged(butir: _Butir, kiriman: Kiriman) -> None:
    """What was read must be what is kept: bytes that changed meanwhile are not believed (J06); the next refresh is."""
    is_told = any(p.message in _UNREAD for p in kiriman.problems)
    if not is_told and {kiriman.sha256, _digest(butir.masuk.path)} != {butir.terima.sha256}:
        kiriman.sub_bagian = None
        kiriman.entries.clear()
        kiriman.problems[:] = [Problem(Message.J06, butir.masuk.berkas)]


def _shown_time(saat: str) -> str:
    return f"{datetime.datetime.fromisoformat(saat):%d/%m/%Y %H.%M}"


def _keep(arsip: Arsip, new: Iterable[_Butir], kiriman: Iterable[Kiriman]) -> None:
    """New files into the archive, but for those whose bytes could not be had."""
    unread = {k.berkas for k in kiriman if any(p.message in _UNREAD for p in k.problems)}
    arsip.receive(
        (b.terima, b.asal, b.masuk.path.read_bytes())
        for b in new
        if b.terima.sha256 and b.masuk.berkas not in unread
    )
