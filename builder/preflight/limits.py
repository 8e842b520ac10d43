"""How much a returned file may be: far above any real buku kerja, far below what hurts (KEGAGALAN H07, H08)."""

from __future__ import annotations

MiB = 1 << 20

MOST_BYTES = 10 * MiB  # of the file
MOST_PARTS = 500
MOST_PART_BYTES = 30 * MiB  # of a part, inflated
MOST_TOTAL_BYTES = 60 * MiB  # of all parts, inflated
MOST_RATIO = 100  # inflated to packed, for parts beyond RATIO_FROM
RATIO_FROM = 1 * MiB

DEEPEST = 64  # elements in one another
MOST_ELEMENTS = 100_000  # of a part, and of all sheets together
MOST_ATTRIBUTES = 256  # of an element

MOST_RELATIONS = 20_000  # of all parts: a hyperlink is one
LONGEST_PROLOG = 64 << 10  # bytes of a part before its first element is over
LONGEST_TOKEN = (
    MiB // 2
)  # bytes of one text, attribute, comment or instruction: the longest text, escaped, is less
MOST_FRAME_BYTES = 4 * MiB  # of the workbook's part, of relations, types and properties

MOST_SHEETS = 200
MOST_NAMES = 5_000
MOST_STYLES = 65_490  # Excel's own limit
MOST_STRINGS = 200_000
MOST_CELLS = 200_000  # filled ones of a sheet
MOST_MERGED = 5_000
LONGEST_TEXT = 32_767  # Excel's own limit

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # Excel's own limits
KEPT_ROWS, KEPT_COLUMNS = 4_000, 100  # the rectangle in which a form of ours may stand; the rest is counted
