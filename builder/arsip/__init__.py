"""The archive beside a konsolidasi: every received file once, and the ledger of what became of each (KEGAGALAN L07).

A folder `Konsolidasi-2024.arsip` holds the bytes by their sha256 (`simpanan`) and `buku-besar.sqlite` (`buku_besar`).
A konsolidasi is a function of the plan, the archive and what its konsolidator decided, which the ledger keeps too:
from the archive alone it is made again. The archive only grows; the dates in it never decide.
"""

from builder.arsip.arsip import Arsip, beside, is_arsip
from builder.arsip.catatan import Nilai, Terima

__all__ = ["Arsip", "Nilai", "Terima", "beside", "is_arsip"]
