"""A closed workbook read and patched: only the cells that a patch names change, every other part stays as it is.

The file is a zip of XML parts. A sheet that changes is rewritten cell by cell in its own XML; whatever else the
konsolidator, Excel or LibreOffice put into the package is copied. The file is as before, or complete.
"""

from builder.package.grids import read_grids
from builder.package.patcher import apply_patches, patch_package, patched_file

__all__ = ["apply_patches", "patch_package", "patched_file", "read_grids"]
