"""What came in: any mix of folders, workbooks, zips, mails, mailboxes and Maildir, as single files (KEGAGALAN K).

A carrier is known by its content and unpacked in the child process that reads files of strangers. Every item ends
as a file to read, as a refusal with its place, or in the count of what was passed over.
"""

from builder.masukan.folder import gather_files, is_junk
from builder.masukan.masuk import Masuk
from builder.masukan.pembawa import take_in
from builder.strict.unpacked import Surat

__all__ = ["Masuk", "Surat", "gather_files", "is_junk", "take_in"]
