"""The command `rkt server FOLDER`. Settings of xlwings Server may be set in the environment.

Only the command itself is here when the command line starts; the server's libraries are imported when it runs.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import click

# What xlwings Server is told; whatever stands in the environment already wins.
_SETTINGS = {
    "XLWINGS_PROJECT_NAME": "Kinerja",
    "XLWINGS_FUNCTIONS_NAMESPACE": "KINERJA",
    "XLWINGS_MANIFEST_ID_PROD": "b7b4a0c6-5a0f-4d0e-9a53-6a2f0c9d1e77",
    # No function streams and no page needs these.
    "XLWINGS_ENABLE_SOCKETIO": "false",
    "XLWINGS_ENABLE_HTMX": "false",
    "XLWINGS_ENABLE_ALPINEJS_CSP": "false",
}
_FILE = click.Path(path_type=Path, readable=False)


@click.command(options_metavar="[PILIHAN]")
@click.argument("folder", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--alamat",
    default="127.0.0.1",
    metavar="ALAMAT",
    help="Alamat komputer ini di jaringan (bawaan: 127.0.0.1).",
)
@click.option("--port", default=8000, metavar="PORT", help="Nomor port (bawaan: 8000).")
@click.option("--sertifikat", type=_FILE, metavar="BERKAS", help="Sertifikat HTTPS (.pem).")
@click.option("--kunci", type=_FILE, metavar="BERKAS", help="Kunci sertifikat (.pem).")
def server(folder: Path, alamat: str, port: int, sertifikat: Path | None, kunci: Path | None) -> None:
    """Jalankan server untuk Excel di web.

    FOLDER di komputer ini memuat folder kiriman, dan di sebelahnya buku konsolidasi atau rencana.

    Misalnya: rkt server kinerja-2024 --port 8000
    """
    if importlib.util.find_spec("xlwings_server") is None:
        raise click.ClickException(
            "Bagian server belum dipasang. Jalankan: python -m pip install xlwings-server uvicorn"
        )
    for path, is_there in ((folder, folder.is_dir()), *((p, p.is_file()) for p in (sertifikat, kunci) if p)):
        if not is_there:
            raise click.ClickException(f"«{path}» tidak ditemukan. Periksa nama dan tempatnya.")
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    os.environ["XLWINGS_PROJECT_DIR"] = str(Path(__file__).parent)
    os.environ["XLWINGS_ON_SERVER"] = (
        "true"  # before xlwings is imported: its decorators are the server's then
    )
    os.environ["RKT_FOLDER"] = str(folder.resolve())
    import uvicorn

    uvicorn.run(
        _application(),
        host=alamat,
        port=port,
        ssl_certfile=sertifikat,
        ssl_keyfile=str(kunci) if kunci else None,
    )


def _application() -> Any:
    """The ASGI application of xlwings Server, with our module for both that it looks for."""
    try:
        from macros.server import layanan

        sys.modules["custom_functions"] = sys.modules["custom_scripts"] = layanan
        from xlwings_server.main import main_app
    except Exception as error:
        if type(error).__name__ != "LicenseError":  # of xlwings, which could not be imported
            raise
        raise click.ClickException(
            f"Kunci lisensi xlwings belum ada atau tidak berlaku ({error}). Isi XLWINGS_LICENSE_KEY dengan kunci dari "
            "xlwings, atau dengan noncommercial bila pemakaiannya nonkomersial, lalu jalankan lagi."
        ) from error
    return main_app
