"""Files written whole or not at all, by one process at a time (KEGAGALAN L).

`whole` writes beside the place, reads back and replaces; `temporary` names what is half done and sweeps it;
`lock` lets one process in and says who it is; `pending` finds another name while Excel holds the file.
"""

from builder.save.lock import holding
from builder.save.pending import is_kept, is_open, pending_path, settle, sign_of, told_pending
from builder.save.temporary import is_ours, sweep, sweep_folder
from builder.save.whole import Draft, File, check_folder, digest, real_path, save, saying, stage, whole_file

__all__ = [
    "Draft", "File", "check_folder", "digest", "holding", "is_kept", "is_open", "is_ours", "pending_path", "real_path",
    "save", "saying", "settle", "sign_of", "stage", "sweep", "sweep_folder", "told_pending", "whole_file",
]  # fmt: skip
