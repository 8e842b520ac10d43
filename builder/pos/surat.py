"""Letters to a sub-bagian: words from one template each (data/surat), plain text, as wide as a mail shows well.

A new kind of letter is a template and one call of `write_surat`.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import string
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

from builder.pos.setelan import Smtp
from builder.rkt import Identitas
from builder.tampak import show
from builder.tanggal import write_date

LEBAR = 76  # characters of a line
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_POLICY = SMTP.clone(cte_type="7bit")  # not every server takes letters of eight bits
_ITEM = re.compile(r" *(?:\d+\.|-) +")
_PENUTUP = "penutup"
_LONGEST = 600  # characters of a value


@dataclass(frozen=True, slots=True)
class Lampiran:
    """A file that goes with a letter."""

    nama: str
    isi: bytes

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.isi).hexdigest()


@dataclass(frozen=True, slots=True)
class Surat:
    """A letter as it is to be sent; `sidik` is the same for the same letter on another day."""

    jenis: str
    sub_bagian: str  # its code
    kepada: tuple[Address, ...]
    subjek: str
    isi: str
    lampiran: tuple[Lampiran, ...]
    sidik: str

    def message_id(self, smtp: Smtp) -> str:
        """Of this letter, whenever it is sent."""
        return f"<rkt-{self.jenis}-{self.sub_bagian.lower()}-{self.sidik[:32]}@{smtp.pengirim.domain}>"


def write_surat(
    jenis: str,
    sub_bagian: str,
    kepada: Sequence[Address],
    isian: Mapping[str, str | Sequence[str]],
    penanda: Identitas,
    lampiran: Sequence[Lampiran] = (),
    hari_ini: datetime.date | None = None,
) -> Surat:
    """Fill the template of a kind: `isian` has just the fields it names; `penanda` signs it today.

    A value of several texts becomes a numbered list.
    """
    head, _, body = _template(jenis).partition("\n\n")
    subjek = _fill(head.removeprefix("Subjek:").strip(), isian, _fields(jenis))
    text = _fill(body, isian, _fields(jenis))
    tanda_tangan = _fill(_template(_PENUTUP), _signature(penanda, hari_ini or datetime.date.today()), None)
    isi = _laid_out(f"{text}\n\n{tanda_tangan}")
    said = "\0".join((jenis, sub_bagian, subjek, text, *(a.sha256 for a in lampiran)))
    sidik = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return Surat(jenis, sub_bagian, tuple(kepada), subjek, isi, tuple(lampiran), sidik)


@cache
def _template(nama: str) -> str:
    return files("builder").joinpath("data", "surat", f"{nama}.txt").read_text("utf-8").strip()


@cache
def _fields(nama: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(_template(nama)) if field)


def _fill(text: str, isian: Mapping[str, str | Sequence[str]], fields: frozenset[str] | None) -> str:
    """Values in the places of their names; a field too few or too many is a fault of the program."""
    if fields is not None and fields != isian.keys():
        raise KeyError(*sorted(fields ^ isian.keys()))
    return text.format_map({name: _told(value) for name, value in isian.items()})


def _told(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return show(value, _LONGEST)
    return "\n".join(f"{n}. {show(item, _LONGEST)}" for n, item in enumerate(value, 1))


def _signature(penanda: Identitas, hari_ini: datetime.date) -> dict[str, str]:
    date = write_date(hari_ini)
    return {
        "tempat_tanggal": f"{penanda.tempat}, {date}" if penanda.tempat else date,
        "jabatan": penanda.jabatan or "Sekretaris",
        "pejabat": penanda.pejabat or penanda.kantor,
    }


def _laid_out(text: str) -> str:
    """Each line of a template is a paragraph, or an item of a list that hangs on its mark."""
    return "\n".join(map(_wrapped, text.splitlines())) + "\n"


def _wrapped(line: str) -> str:
    item = _ITEM.match(line)
    indent = " " * len(item[0]) if item else ""
    return textwrap.fill(
        line, LEBAR, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


# --- as a mail ----------------------------------------------------------------------------------------------------


def as_email(surat: Surat, smtp: Smtp) -> EmailMessage:
    """The letter as it goes to the server."""
    surel = _written(surat, smtp)
    surel["Date"] = format_datetime(datetime.datetime.now().astimezone())
    surel["Message-ID"] = surat.message_id(smtp)
    return surel


def as_draft(surat: Surat, smtp: Smtp | None) -> EmailMessage:
    """The letter as a draft that a mail program opens to be sent by a person."""
    surel = _written(surat, smtp)
    surel["X-Unsent"] = "1"
    return surel


def _written(surat: Surat, smtp: Smtp | None) -> EmailMessage:
    surel = EmailMessage(policy=_POLICY)
    if smtp:
        surel["From"] = smtp.pengirim
        if smtp.balas_ke:
            surel["Reply-To"] = smtp.balas_ke
    surel["To"] = surat.kepada
    surel["Subject"] = surat.subjek
    surel.set_content(surat.isi)
    for lampiran in surat.lampiran:
        surel.add_attachment(lampiran.isi, *_XLSX, filename=lampiran.nama)
    return surel
