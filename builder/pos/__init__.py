"""The office's mail: its settings and password, a mailbox that is only read, letters that are written and sent.

Nothing here knows a konsolidasi: that is `pengambilan` and `persuratan` above. No connection without TLS and a checked
certificate, and no password in a file, a message or a log.
"""
