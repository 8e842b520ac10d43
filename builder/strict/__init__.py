"""Opens files of strangers: only what our own form needs, strictly, in a child process; plain values come out.

`Opener` is the door. `workbook` puts a file together from its parts after preflight; `cells`, `strings` and
`styles` read one part each; `returned` holds the values.
"""

from builder.strict.child import Opener
from builder.strict.returned import At, Block, ReturnedFile, ReturnedSheet

__all__ = ["At", "Block", "Opener", "ReturnedFile", "ReturnedSheet"]
