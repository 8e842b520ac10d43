"""Starts the server as `rkt server` does; where the first word is "tiruan", with the stand-in's buttons."""

from __future__ import annotations

import sys

if sys.argv.pop(1) == "tiruan":
    from tuan_rumah import tombol_tiruan

    sys.modules["macros.tombol"] = tombol_tiruan

from macros.server.perintah import server

server(prog_name="rkt server")
