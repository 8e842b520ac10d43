"""The optional server, extra `rkt[server]`: for Excel on the web, and where no Python may be installed.

`rkt server FOLDER` (`perintah`) starts xlwings Server with what stands here: `layanan` is what it offers, the
folders `templates` and `static` replace pages of its own. Nothing outside this package imports any of it.
"""
