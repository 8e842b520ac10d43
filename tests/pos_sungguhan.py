"""A real post office on this computer: Dovecot for reading, Exim for sending, both with TLS, in a folder of their own.

Both run as whoever runs the tests, or as nobody where that is root. Exim, since OpenSMTPD keeps its queue and its
control socket in places of the system that no setting moves: two runs would meet there, and something would be left
behind. Ports are those that the system gives; nothing is left.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

WAJIB = "RKT_WAJIB_SUREL"  # set to 1 where missing servers are a failure: in CI
PENGGUNA, SANDI = "perencana", "Rahasia-7391-kantor"
STAF = ("siti", "budi")  # further mailboxes; everybody has the same password
DOMAIN = "kpu.example"
MOST = 5_000_000  # bytes of a mail that Exim takes
_PROGRAMS = ("/usr/sbin/dovecot", "/usr/sbin/exim4")

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_client_limit = 2000
protocols = imap lmtp
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/kotak/%n
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
imap_logout_format = fetched_bodies=%{{fetch_body_count}} bytes=%{{fetch_body_bytes}}
passdb {{
  driver = static
  args = password={sandi}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/kotak/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
  }}
}}
service imap {{
  service_count = 0
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
lmtp_save_to_detail_mailbox = no
"""

_EXIM = """
primary_hostname = surel.{domain}
exim_user = {user}
exim_group = {group}
spool_directory = {folder}/antrean
log_file_path = {folder}/antrean/%slog
pid_file_path = {folder}/antrean/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
message_size_limit = {most}
deliver_drop_privilege = true
keep_environment =
smtp_accept_max = 0
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
rfc1413_query_timeout = 0s

begin acl
mail:
  deny message = Not your address
       senders = asing@{domain}
  accept
rcpt:
  deny !authenticated = *
  deny message = Mailbox unknown
       local_parts = hilang
  deny message = Relaying denied
       !domains = {domain}
  accept

begin routers
kotak:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = dovecot

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  allow_localhost

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{sandi}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = User : Password
  server_condition = ${{if eq{{$auth2}}{{{sandi}}}}}
  server_set_id = $auth1
"""


def need_servers() -> None:
    """Skip, or fail in CI, where a server is not installed."""
    missing = [p for p in _PROGRAMS if not Path(p).exists()]
    if missing and os.environ.get(WAJIB) == "1":
        pytest.fail(f"{', '.join(missing)} is not installed, and {WAJIB}=1 asks for it")
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")


def _user() -> pwd.struct_passwd:
    """Whom the servers run as."""
    return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")


def _as_user() -> dict[str, Any]:
    """How a process is started as that user."""
    user = _user()
    return {} if os.geteuid() else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@dataclass(frozen=True)
class Pos:
    """The running post office."""

    folder: Path
    imap: int  # STARTTLS
    imaps: int
    smtp: int  # STARTTLS
    smtps: int
    ca: Path  # who signed the certificate

    def deliver(self, *mails: bytes, to: str = PENGGUNA, box: str = "") -> None:
        """Put mails into a mailbox as they are, as a delivery does; `box`: a folder beside INBOX."""
        maildir = self.folder / "kotak" / to / (f".{box}" if box else "")
        for part in ("cur", "new", "tmp"):
            _make_folder(maildir / part, self.folder)
        for n, content in enumerate(mails):
            path = maildir / "tmp" / f"{time.time_ns()}.{n}.uji"
            path.write_bytes(content)
            _give(path)
            path.rename(maildir / "new" / path.name)

    def empty(self, user: str = PENGGUNA) -> None:
        """A mailbox that was never there."""
        shutil.rmtree(self.folder / "kotak" / user, ignore_errors=True)

    def settle(self) -> None:
        """Wait until everything that was sent has been delivered."""
        queue, until = self.folder / "antrean" / "input", time.monotonic() + 60
        while queue.is_dir() and any(queue.iterdir()) and time.monotonic() < until:
            time.sleep(0.02)

    def set_uidvalidity(self, value: int, user: str = PENGGUNA, box: str = "INBOX") -> None:
        """What a server does that lost its index: every mail has another number."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), "mailbox", "update"]
        command += ["-u", user, "--uid-validity", str(value), box]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, **_as_user())

    @property
    def fetched(self) -> list[int]:
        """How many bodies each session fetched, as Dovecot logged it."""
        text = (self.folder / "dovecot.log").read_text("utf-8")
        return [
            int(line.partition("fetched_bodies=")[2].split()[0])
            for line in text.splitlines()
            if "fetched_bodies=" in line
        ]

    @property
    def log(self) -> str:
        """What both servers wrote down."""
        names = ("dovecot.log", "antrean/mainlog", "antrean/rejectlog", "antrean/paniclog")
        paths = [self.folder / name for name in names]
        return "".join(p.read_text("utf-8", "replace") for p in paths if p.exists())


def _make_folder(folder: Path, root: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in (folder, *folder.parents):
        if path == root:
            break
        _give(path)


def _give(path: Path) -> None:
    """What we made as root belongs to the servers."""
    if not os.geteuid():
        os.chown(path, _user().pw_uid, _user().pw_gid)


@contextlib.contextmanager
def open_pos() -> Iterator[Pos]:
    """Start both servers, and stop them whatever happens."""
    need_servers()
    folder = Path(tempfile.mkdtemp(prefix="rkt-pos-"))
    folder.chmod(0o755)
    try:
        pos = _prepare(folder)
        with contextlib.ExitStack() as stack:
            for command, ports in _commands(pos):
                process = subprocess.Popen(
                    command,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    **_as_user(),
                )
                stack.callback(_stop, process)
                for port in ports:
                    _wait_for(port, process, pos)
            yield pos
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> Pos:
    ca = trustme.CA()
    cert = ca.issue_cert("127.0.0.1", "localhost")
    cert.cert_chain_pems[0].write_to_path(folder / "server.pem")
    cert.private_key_pem.write_to_path(folder / "server.key")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    imap, imaps, lmtp, smtp, smtps = free_ports(5)
    pos = Pos(folder, imap, imaps, smtp, smtps, folder / "ca.pem")
    user = _user()
    values = {
        "folder": folder, "imap": imap, "imaps": imaps, "lmtp": lmtp, "smtp": smtp, "smtps": smtps, "sandi": SANDI,
        "uid": user.pw_uid, "gid": user.pw_gid, "user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name,
        "most": MOST, "domain": DOMAIN,
    }  # fmt: skip
    (folder / "dovecot.conf").write_text(_DOVECOT.format_map(values))
    (folder / "exim.conf").write_text(_EXIM.format_map(values))
    for name in ("antrean", "kotak"):
        (folder / name).mkdir()
    for path in (folder, *folder.iterdir()):
        _give(path)
    return pos


def _commands(pos: Pos) -> list[tuple[list[str], tuple[int, ...]]]:
    dovecot, exim = _PROGRAMS
    return [
        ([dovecot, "-F", "-c", str(pos.folder / "dovecot.conf")], (pos.imap, pos.imaps)),
        ([exim, "-C", str(pos.folder / "exim.conf"), "-bdf", "-q1h"], (pos.smtp, pos.smtps)),
    ]


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for found in sockets:
            found.bind(("127.0.0.1", 0))
        return [found.getsockname()[1] for found in sockets]


def _wait_for(port: int, process: subprocess.Popen[bytes], pos: Pos) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"a server did not start: {process.args!r}\n{pos.log}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


# --- a line that breaks -------------------------------------------------------------------------------------------


class Jalur:
    """A way to a server that cuts each connection after so many bytes back from it, or there."""

    def __init__(self, to: int, cut_after: int, cut_there: int) -> None:
        self.to, self.cut_after, self.cut_there, self.connections = to, cut_after, cut_there, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = self._listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.to))
                self.connections += 1
                self._open += [near, far]
                self._start(self._carry, near, far, self.cut_there)
                self._start(self._carry, far, near, self.cut_after)

    def _carry(self, source: socket.socket, target: socket.socket, left: int) -> None:
        with contextlib.suppress(OSError):
            while left != 0 and (data := source.recv(min(65_536, left) if left > 0 else 65_536)):
                left -= len(data) if left > 0 else 0
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for end in self._open:
            end.close()


@contextlib.contextmanager
def open_jalur(to: int, cut_after: int = -1, cut_there: int = -1) -> Iterator[Jalur]:
    """A way to a port, closed at the end."""
    jalur = Jalur(to, cut_after, cut_there)
    try:
        yield jalur
    finally:
        jalur.close()


# --- the office ---------------------------------------------------------------------------------------------------


def write_setelan(
    folder: Path, pos: Pos, *, imap: int = 0, smtp: int = 0, kotak: str = "INBOX", **alamat: str
) -> Path:
    """The office's surel.toml for these servers; `alamat`: of sub-bagian, where not the usual ones."""
    addresses = alamat or {"KUL": f"siti@{DOMAIN}", "REN": f"Budi <budi@{DOMAIN}>"}
    lines = [
        "[imap]", 'server = "127.0.0.1"', f"port = {imap or pos.imaps}", f'pengguna = "{PENGGUNA}"',
        f'kotak = "{kotak}"', f"sertifikat = '{pos.ca}'",
        "[smtp]", 'server = "127.0.0.1"', f"port = {smtp or pos.smtp}", f'pengguna = "{PENGGUNA}"',
        f'pengirim = "Perencanaan KPU Kota Contoh <{PENGGUNA}@{DOMAIN}>"', f"sertifikat = '{pos.ca}'",
        "[alamat]", *(f'{kode} = "{address}"' for kode, address in addresses.items()),
    ]  # fmt: skip
    path = folder / "surel.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
