"""Where Redis is and who we are to it: what the settings say, read and checked before anything is connected.

No text made here holds a URL, a user or a password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import unquote, urlsplit

from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError

from chassis.settings import ServiceSettings, SettingsError

Mode = Literal["standalone", "sentinel", "cluster"]

_URL: Final = re.compile(
    r"(?P<scheme>rediss?)://((?P<user>[^\s/:]*)(:(?P<password>[^\s/]*))?@)?(?P<hosts>[^\s/@?#]+)(/(?P<database>\d*))?"
)

#: Ports where the URL names none: of a server, and of a sentinel.
_PORT: Final = 6379
_SENTINEL_PORT: Final = 26379

#: The user that a password without a name belongs to (redis.io, commands/auth).
_DEFAULT_USER: Final = "default"


class Credentials(CredentialProvider):
    """A user and a password, shown anew for every connection; one from a file is read again each time.

    So a password that is changed in its file needs no restart. Raises SettingsError at once for a file that cannot be
    used; later such a file is an AuthenticationError of the connection that needs it.
    """

    def __init__(self, user: str | None, password: str | Path) -> None:
        self._user = user or _DEFAULT_USER
        self._password = password
        try:
            self.get_credentials()
        except AuthenticationError:
            raise SettingsError("redis_password_file cannot be read as UTF-8 text") from None

    def of_sentinels(self) -> Credentials:
        """The same password as user `default`.

        Sentinels have no other user unless someone makes one, and where it has no password they take any.
        """
        return Credentials(None, self._password)

    def get_credentials(self) -> tuple[str, str]:
        """User and password as they are now; raises AuthenticationError when the file cannot be used."""
        if isinstance(self._password, str):
            return self._user, self._password
        try:
            return self._user, self._password.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            # Of any other error redis-py thinks nothing, and uses the connection as it is.
            raise AuthenticationError("the password file cannot be read as UTF-8 text") from None

    async def get_credentials_async(self) -> tuple[str, str]:
        """User and password as they are now."""
        return self.get_credentials()


@dataclass(frozen=True)
class RedisPlace:
    """One Redis: its kind, addresses and database, and what a connection needs.

    addresses: host and port of the server, of the sentinels or of some nodes of the cluster. master: the name by which
    sentinels know the server. authorities: PEM of the roots with TLS; None for the system's.
    """

    addresses: tuple[tuple[str, int], ...]
    mode: Mode = "standalone"
    database: int = 0
    credentials: Credentials | None = None
    tls: bool = False
    authorities: Path | None = None
    master: str = "mymaster"

    @classmethod
    def of(cls, settings: ServiceSettings) -> Self | None:
        """The Redis that the settings name, or None. Raises SettingsError when what they name cannot be used."""
        if settings.redis_url_file is not None:
            url, name = _read(settings.redis_url_file, "redis_url_file"), "redis_url_file"
        elif settings.redis_url is not None:
            url, name = settings.redis_url, "redis_url"
        else:
            return None
        return cls._from(url, name, settings)

    @classmethod
    def _from(cls, url: str, name: str, settings: ServiceSettings) -> Self:
        parts = _URL.fullmatch(url)
        if parts is None:
            raise SettingsError(f"{name} is not of the form redis://host:port/db or rediss://host:port/db")
        mode = settings.redis_mode
        default_port = _SENTINEL_PORT if mode == "sentinel" else _PORT
        addresses = tuple(_address(text, name, default_port) for text in parts["hosts"].split(","))
        database = int(parts["database"] or 0)
        if mode == "standalone" and len(addresses) > 1:
            raise SettingsError(f"{name} names several hosts; with redis_mode standalone it names one")
        if mode == "cluster" and database:
            raise SettingsError(f"{name} names database {database}; a cluster has database 0 only")
        tls = parts["scheme"] == "rediss"
        if settings.redis_tls_authorities is not None:
            if not tls:
                raise SettingsError(f"redis_tls_authorities needs a {name} that begins with rediss://")
            _read(settings.redis_tls_authorities, "redis_tls_authorities")
        return cls(
            addresses=addresses,
            mode=mode,
            database=database,
            credentials=_credentials(parts, name, settings),
            tls=tls,
            authorities=settings.redis_tls_authorities,
            master=settings.redis_sentinel_master,
        )


def _credentials(parts: re.Match[str], name: str, settings: ServiceSettings) -> Credentials | None:
    user, password = unquote(parts["user"] or ""), unquote(parts["password"] or "")
    if settings.redis_password_file is not None:
        if user or password:
            raise SettingsError(f"{name} holds a user or a password and redis_password_file another; set one of them")
        return Credentials(settings.redis_username, settings.redis_password_file)
    return Credentials(user, password) if password else None


def _address(text: str, name: str, default_port: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise SettingsError(f"{name} names a host or a port that cannot be: hosts are written host:port, with commas")
    return host, port or default_port


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{name} cannot be read as UTF-8 text") from None
