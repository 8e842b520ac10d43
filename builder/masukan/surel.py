"""One mail: who sent it, what is attached, and where nothing is, why not (KEGAGALAN K06 to K11)."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.header import decode_header
from email.message import Message as Surel
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from typing import Any

from builder.masalah import Message, Problem
from builder.strict.unpacked import Surat

_LINK = re.compile(
    r"https?://[^\s\"'<>]*(drive\.google|docs\.google|1drv\.ms|onedrive\.live|sharepoint\.com|dropbox\.com|we\.tl"
    r"|wetransfer\.com|mega\.nz|mediafire\.com|terabox|icloud\.com/iclouddrive|box\.com/s)",
    re.IGNORECASE,
)
_REMOVED = re.compile(
    r"dihapus|deleted|removed|quarantin|karantina|blocked|diblokir|antivirus|malware", re.IGNORECASE
)
_NO_RETURN = ("text/calendar", "text/vcard", "text/x-vcard", "application/pkcs7-signature", "application/pgp-signature",
              "application/x-pkcs7-signature", "message/delivery-status", "message/disposition-notification",
              "text/rfc822-headers")  # fmt: skip
_OPAQUE = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_PICTURE = 30_000  # bytes: a logo is smaller, a photograph of a table is not
_TABLE = re.compile(r"<tr\b", re.IGNORECASE)
_ROWS = 4  # of a table in the body that somebody pasted
_LONGEST_NAME = 150
_RAW_NAME = re.compile(r'filename="?([^";]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lampiran:
    """An attachment, or a mail inside."""

    nama: str
    isi: bytes = b""
    is_surel: bool = False
    problem: Problem | None = None


@dataclass(slots=True)
class Terbuka:
    """An opened mail."""

    surat: Surat
    lampiran: list[Lampiran] = field(default_factory=list)
    dilewati: int = 0  # parts that are no return
    problem: Problem | None = None  # why a mail without attachment is no return


def read_surel(content: bytes) -> Terbuka:
    """A mail from its bytes."""
    # The older policy: it takes broken headers as they are, where the newer one may raise.
    surel = email.message_from_bytes(content, policy=policy.compat32)
    opened = Terbuka(_surat(surel))
    bodies: list[str] = []
    picture = False
    for part in _leaves(surel):
        kind = part.get_content_type()
        data = _payload(part)
        if kind == "message/rfc822":
            opened.lampiran.append(Lampiran(_subject_name(part), _inner(part), is_surel=True))
        elif kind in _OPAQUE:
            values = {"nama": _name(part) or "smime.p7m", "jenis": "sandi surel (.p7m)"}
            opened.lampiran.append(Lampiran(str(values["nama"]), problem=Problem(Message.K07, values=values)))
        elif _is_body(part):
            bodies.append(data.decode(_charset(part), "replace"))
        elif _is_passed(part, kind):
            opened.dilewati += 1
            picture = picture or (kind.startswith("image/") and len(data) >= _PICTURE)
        else:
            name = _name(part) or f"lampiran{_ending(kind)}"
            opened.lampiran.append(Lampiran(name, data))
    _judge(opened, bodies, picture)
    return opened


def _judge(opened: Terbuka, bodies: list[str], picture: bool) -> None:
    """What a mail is that carries no form; a note of a virus scanner in place of one is none."""
    notes = [a for a in opened.lampiran if a.nama.lower().endswith((".txt", ".htm", ".html"))]
    removed = [
        a
        for a in notes
        if _REMOVED.search(a.nama) or _REMOVED.search(a.isi[:2000].decode("utf-8", "replace"))
    ]
    if removed and len(removed) == len(opened.lampiran):
        opened.lampiran = []
        opened.problem = Problem(Message.K08, values={"apa": f"«{removed[0].nama}» dari pemindai virus"})
    elif opened.lampiran:
        return
    elif any(_LINK.search(body) for body in bodies):
        opened.problem = Problem(Message.K08, values={"apa": "tautan ke penyimpanan lain"})
    elif picture or any(len(_TABLE.findall(body)) >= _ROWS for body in bodies):
        opened.problem = Problem(Message.K11)


# --- parts --------------------------------------------------------------------------------------------------------


def _leaves(part: Surel) -> Iterator[Surel]:
    """Parts that hold something, in their order; a mail inside is one part."""
    if part.get_content_type() != "message/rfc822" and part.is_multipart():
        payload: Any = part.get_payload()
        for inner in payload:
            yield from _leaves(inner)
    else:
        yield part


def _payload(part: Surel) -> bytes:
    if part.is_multipart():
        return b""
    data: Any = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _inner(part: Surel) -> bytes:
    """The bytes of a mail inside; of one that was packed as text, unpacked."""
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        return b"".join(inner.as_bytes() for inner in payload)
    return _payload(part)


def _is_body(part: Surel) -> bool:
    texts = part.get_content_type() in ("text/plain", "text/html", "text/enriched")
    return texts and not _name(part) and part.get_content_disposition() != "attachment"


def _is_passed(part: Surel, kind: str) -> bool:
    """Logos, invitations and signatures; a workbook is an attachment wherever it stands."""
    if kind in _NO_RETURN:
        return True
    inline = part.get_content_disposition() == "inline" or part.get("Content-ID") is not None
    return kind.startswith("image/") and (inline or not _name(part))


def _ending(kind: str) -> str:
    """Of an attachment without a name."""
    return ".xlsx" if kind.endswith("spreadsheetml.sheet") else ".pdf" if kind.endswith("/pdf") else ""


def _charset(part: Surel) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        b"".decode(charset)
    except LookupError:
        return "utf-8"
    return charset


# --- words --------------------------------------------------------------------------------------------------------


def _surat(surel: Surel) -> Surat:
    sender, subject, id = (_decoded(surel, name)[:200] for name in ("From", "Subject", "Message-ID"))
    return Surat(sender, _date(surel), subject, id)


def _date(surel: Surel) -> str:
    try:
        return parsedate_to_datetime(str(surel.get("Date", ""))).isoformat()
    except (TypeError, ValueError, OverflowError, IndexError):
        return ""


def _decoded(surel: Surel, name: str) -> str:
    return _words(surel.get(name, ""))


def _words(raw: object) -> str:
    """A header's words, as well as they can be had (RFC 2047)."""
    try:
        parts = decode_header(str(raw))
    except Exception:  # what a broken header makes the library raise differs from version to version
        return str(raw).replace("\r", " ").replace("\n", " ")
    text = "".join(_text(part, charset) for part, charset in parts)
    return re.sub(r"\s+", " ", text).strip()


def _text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    for alphabet in (charset, "utf-8", "latin-1"):
        try:
            return part.decode(alphabet or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return part.decode("latin-1")


def _name(part: Surel) -> str:
    """The name of an attachment (RFC 2231, RFC 2047, or neither); never a path."""
    try:
        raw = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
        text = collapse_rfc2231_value(raw) if isinstance(raw, tuple) else str(raw or "")
    except Exception:  # a parameter that was cut or numbered wrongly
        text = ""
    text = _words(text) if "=?" in text else _undeclared(part) or text
    return text.replace("\\", "/").rpartition("/")[2].strip()[-_LONGEST_NAME:]


def _undeclared(part: Surel) -> str:
    """A name in bytes beyond ASCII of which nobody said the alphabet; "" where there is none such."""
    for name, raw in part.raw_items():
        value = str(raw)
        found = _RAW_NAME.search(value)
        if name.lower() == "content-disposition" and found and any("\udc80" <= c <= "\udcff" for c in value):
            return _text(found[1].encode("utf-8", "surrogateescape"), None)
    return ""


def _subject_name(part: Surel) -> str:
    payload: Any = part.get_payload()
    subject = _decoded(payload[0], "Subject") if isinstance(payload, list) and payload else ""
    return f"surel terusan «{subject[:60]}»" if subject else "surel terusan"
