"""Mails fetched from the office's mailbox into the folder of returns: each once, none lost, nothing changed there.

A mail is stored under a name made of its bytes, whole or not at all, and then noted in the ledger, batch by batch: one
that was stored and not noted is fetched again, has the same name, and is noted. So a cut or a kill at any moment loses
and doubles nothing, and a server that numbers its mails anew doubles nothing either.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.arsip import beside
from builder.arsip.simpanan import sha256_of
from builder.arsip.surel import Ambilan, CatatanSurel, Kotak
from builder.closed import check_is_there, read_file
from builder.lama import Lama
from builder.masalah import Message, Problem, Refused, show
from builder.masukan import Surat
from builder.masukan.bongkar import MOST_CONTENT
from builder.pos.kotak_masuk import KotakMasuk, open_kotak
from builder.pos.sambungan import Terputus
from builder.pos.sandi import find_sandi
from builder.pos.setelan import NAMA, Imap, read_setelan
from builder.preflight.limits import MiB
from builder.refresh import find_folder
from builder.returns import Track, no_track
from builder.save import File, digest, holding, save, saying, sweep_folder

PAUSES = (1.0, 3.0)  # seconds before the connection is tried again, each time that it brought nothing
_MANY, _MUCH = 25, 8 * MiB  # of one batch
_LONGEST_LIST = 5


@dataclass(frozen=True, slots=True)
class Pengambilan:
    """What a fetch came to."""

    folder: Path  # of the returns
    baru: int  # mails that were not there before
    problems: tuple[Problem, ...] = ()


def fetch_mail(
    konsolidasi: Path,
    setelan: Path | None = None,
    *,
    sejak: datetime.date | None = None,
    ulang: bool = False,
    track: Track[Any] = no_track,
) -> Pengambilan:
    """Fetch what is new since a day (1 January of the plan's year) for a konsolidasi; raises Refused.

    `ulang`: what was fetched before too, where its file has gone.

    What was fetched before a connection was cut for good stays, and the next time goes on from there.
    """
    check_is_there(konsolidasi)
    with holding(konsolidasi) as told:
        lama = read_file(konsolidasi).lama
        imap = _imap(setelan or konsolidasi.with_name(NAMA), lama)
        sandi = find_sandi("imap", imap.server)
        folder = _returns_folder(lama, konsolidasi)
        since = sejak or datetime.date(lama.rkt.identitas.tahun, 1, 1)
        fetching = _Fetching(folder, CatatanSurel(beside(konsolidasi).folder), imap, since, ulang, track)
        while fetching.goes_on:
            try:
                with open_kotak(imap, sandi) as kotak:
                    fetching.take_all(kotak)
            except Terputus as cut:
                fetching.take_breath(cut)
    return Pengambilan(folder, fetching.baru, (*told, *fetching.problems))


def _imap(path: Path, lama: Lama) -> Imap:
    imap = read_setelan(path, {"imap"}, [s.kode for s in lama.rkt.sub_bagian]).imap
    assert imap is not None
    return imap


def _returns_folder(lama: Lama, konsolidasi: Path) -> Path:
    """As the Dasbor names it; made where only itself is missing."""
    folder = find_folder(lama.folder, konsolidasi.parent)
    if not folder.parent.is_dir():
        raise Refused(Problem(Message.L23, values={"folder": show(str(folder))}))
    with saying(folder):
        folder.mkdir(exist_ok=True)
        sweep_folder(folder)
    return folder


@dataclass
class _Fetching:
    """One run, over as many connections as it takes."""

    folder: Path
    catatan: CatatanSurel
    imap: Imap
    since: datetime.date
    ulang: bool
    track: Track[Any]
    baru: int = 0
    problems: list[Problem] = field(default_factory=list)
    goes_on: bool = True
    _done: int = 0  # mails noted
    _done_before: int = -1  # when the last connection was cut
    _cuts: int = 0  # in a row that brought nothing

    def take_all(self, kotak: KotakMasuk) -> None:
        """Everything that the ledger does not know."""
        box = Kotak(kotak.server.server, kotak.server.pengguna, self.imap.kotak, kotak.uidvalidity)
        known = self.catatan.fetched(box)
        if not self.problems:  # else told on an earlier connection of this run
            self._tell_left(known.values())
        gone = {
            uid for uid, a in known.items() if self.ulang and a.sha256 and not self._path(a.sha256).exists()
        }
        sizes = kotak.sizes([u for u in kotak.find_uids(self.since) if u not in known or u in gone])
        self._leave(kotak, box, [uid for uid, size in sizes.items() if size > MOST_CONTENT], sizes)
        small = {uid: size for uid, size in sizes.items() if size <= MOST_CONTENT}
        for batch in self.track(list(self._batches(small)), "Mengambil surel"):
            self._take(box, kotak.contents(batch))
        self.goes_on = False

    def take_breath(self, cut: Terputus) -> None:
        """After a cut: another try, or the end where two more brought nothing either. Raises Refused."""
        self._cuts = 0 if self._done > self._done_before else self._cuts + 1
        self._done_before = self._done
        if self._cuts >= len(PAUSES):
            server = self.imap.server.server
            values = {"server": server, "sebab": str(cut), "kali": self._cuts + 1, "jumlah": self.baru}
            raise Refused(*self.problems, Problem(Message.U25, values=values))
        time.sleep(PAUSES[self._cuts])

    def _batches(self, sizes: dict[int, int]) -> Iterator[Sequence[int]]:
        """A few mails at a time; after a cut one by one, so that each connection brings something."""
        many = _MANY if self._done_before < 0 else 1
        batch: list[int] = []
        for uid in sizes:
            if batch and (len(batch) >= many or sum(sizes[u] for u in batch) + sizes[uid] > _MUCH):
                yield batch
                batch = []
            batch.append(uid)
        if batch:
            yield batch

    def _take(self, box: Kotak, contents: dict[int, bytes]) -> None:
        """Store a batch, then note it."""
        named = {uid: (sha256_of(content), content) for uid, content in contents.items()}
        files = {self._path(sha): (sha, content) for sha, content in named.values()}
        missing = [File(path, content) for path, (sha, content) in files.items() if digest(path) != sha]
        with saying(self.folder, sum(len(f.content) for f in missing)):
            save(missing)
        again = {files[f.path][0] for f in missing}  # fetched before, and deleted since
        new = ({sha for sha, _ in named.values()} - self.catatan.contents()) | again
        self.catatan.note_fetched(box, [Ambilan(uid, sha) for uid, (sha, _) in named.items()])
        self.baru += len(new)
        self._done += len(named)

    def _path(self, sha: str) -> Path:
        return self.folder / f"surel-{sha[:16]}.eml"

    # --- too large ------------------------------------------------------------------------------------------------

    def _leave(self, kotak: KotakMasuk, box: Kotak, uids: Sequence[int], sizes: dict[int, int]) -> None:
        """Mails above any limit stay where they are, and are told by sender, date and subject."""
        heads = kotak.heads(uids)
        left = [Ambilan(uid, "", _in_words(heads[uid], sizes[uid])) for uid in uids if uid in heads]
        self.problems += [Problem(Message.K12, values={"rincian": a.keterangan}) for a in left]
        if left:
            self.catatan.note_fetched(box, left)
            self._done += len(left)

    def _tell_left(self, known: Iterable[Ambilan]) -> None:
        """Those that an earlier run left: told again, since nobody knows whether that run was heard."""
        left = [a.keterangan for a in known if not a.sha256]
        if left:
            more = f"; dan {len(left) - _LONGEST_LIST} lagi" if len(left) > _LONGEST_LIST else ""
            values = {"jumlah": len(left), "daftar": "; ".join(left[:_LONGEST_LIST]) + more}
            self.problems.append(Problem(Message.K13, values=values))


def _in_words(surat: Surat, size: int) -> str:
    who, about = show(surat.pengirim) or "pengirim tidak tertulis", show(surat.subjek) or "tanpa judul"
    return f"surel dari {who}, {surat.tanggal[:10] or 'tanpa tanggal'}, «{about}», {size / 1e6:.0f} MB"
