"""PEM files that are read again when they change, so that certificates rotate without a restart."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc

from chassis.settings import SettingsError, TlsFiles


@dataclass(frozen=True)
class Pems:
    """The contents of one end's PEM files at one moment; certificate and key belong together."""

    certificate: bytes | None
    key: bytes | None
    authorities: bytes | None

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """Credentials of a client; without authorities the system's roots are trusted."""
        return grpc.ssl_channel_credentials(
            root_certificates=self.authorities, private_key=self.key, certificate_chain=self.certificate
        )

    def server_configuration(self) -> grpc.ServerCertificateConfiguration:
        """What a server shows, and the roots it asks of clients. Needs certificate and key."""
        return grpc.ssl_server_certificate_configuration(
            [(self.key or b"", self.certificate or b"")], root_certificates=self.authorities
        )


class PemFiles:
    """The current contents of TLS files. Safe to share between threads.

    Raises SettingsError at once when the files cannot be used. Later a set that cannot be used (half written, or a key
    that does not fit) leaves the last good one in force and is looked at again the next time.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._marks = self._mark()
        try:
            self.current = self._read()
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"the TLS files cannot be used: {error}") from error

    def changed(self) -> Pems | None:
        """The new contents, once, when the files were changed and fit together; otherwise None."""
        with self._lock:
            marks = self._mark()
            if marks == self._marks:
                return None
            try:
                found = self._read()
            except (OSError, ssl.SSLError):
                return None
            # Written while it was read: the next look sees the whole.
            if self._mark() != marks:
                return None
            self._marks = marks
            if found == self.current:
                return None
            self.current = found
            return found

    def _mark(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_mark(path) for path in (self._files.certificate, self._files.key, self._files.authorities))

    def _read(self) -> Pems:
        files = self._files
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if files.certificate is not None and files.key is not None:
            context.load_cert_chain(files.certificate, files.key)
        if files.authorities is not None:
            context.load_verify_locations(files.authorities)
        return Pems(_content(files.certificate), _content(files.key), _content(files.authorities))


def server_credentials(files: TlsFiles, *, require_client: bool) -> grpc.ServerCredentials:
    """Credentials of a server that looks at its files at every handshake; connections that are open live on.

    Raises SettingsError when the files cannot be used now.
    """
    pems = PemFiles(files)

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        found = pems.changed()
        return None if found is None else found.server_configuration()

    return grpc.dynamic_ssl_server_credentials(
        pems.current.server_configuration(),
        # The type stubs leave out that None means unchanged (grpc.dynamic_ssl_server_credentials, its docstring).
        fetch,  # type: ignore[arg-type]
        require_client_authentication=require_client,
    )


def _mark(path: Path | None) -> tuple[int, int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _content(path: Path | None) -> bytes | None:
    return None if path is None else path.read_bytes()
