"""What Outlook wraps attachments in: a saved mail (.msg), and winmail.dat (TNEF)."""

from __future__ import annotations

import io
import logging
from typing import Any

from builder.masalah import Message, Problem
from builder.masukan.surel import Lampiran, Terbuka
from builder.strict.unpacked import Surat

_NOBODY = Surat("", "", "", "")


def read_outlook(content: bytes) -> Terbuka | Problem:
    """A mail saved by Outlook."""
    from oxmsg import Message as OutlookMessage

    try:
        surel = OutlookMessage.load(io.BytesIO(content))
        opened = Terbuka(_surat(surel))
        for attachment in surel.attachments:
            name = str(attachment.file_name or "lampiran")
            if not attachment.attached_by_value:
                values = {"nama": name, "jenis": "surel Outlook di dalam surel Outlook"}
                opened.lampiran.append(Lampiran(name, problem=Problem(Message.K07, values=values)))
            else:
                opened.lampiran.append(Lampiran(_bare(name), bytes(attachment.file_bytes or b"")))
    except Exception:  # a broken OLE file makes the library raise whatever lies on its way
        return Problem(Message.K12, values={"rincian": "surel Outlook rusak"})
    return opened


def _surat(surel: Any) -> Surat:
    sent = surel.sent_date
    headers = surel.message_headers or {}
    return Surat(
        str(surel.sender or "")[:200],
        sent.isoformat() if sent else "",
        str(surel.subject or "")[:200],
        str(headers.get("Message-ID", ""))[:200],
    )


def read_tnef(content: bytes, surat: Surat | None) -> Terbuka | Problem:
    """What a winmail.dat wraps; it came in somebody's mail."""
    from tnefparse import TNEF

    logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
    try:
        wrapped = TNEF(content, do_checksum=False)
        found = [
            Lampiran(_bare(a.long_filename() or a.name or "lampiran"), bytes(a.data))
            for a in wrapped.attachments
        ]
    except Exception:  # as above
        values = {"nama": "winmail.dat", "jenis": "Outlook (winmail.dat)"}
        return Problem(Message.K07, values=values)
    if not found:
        return Problem(Message.K07, values={"nama": "winmail.dat", "jenis": "Outlook (winmail.dat)"})
    return Terbuka(surat or _NOBODY, found)


def _bare(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].replace("\x00", "").strip() or "lampiran"
