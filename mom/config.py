"""The configuration file: `mom.toml` in, a frozen `Config` or a list of mistakes with lines out.

Knows the shape of the file, what a private key looks like, and nothing of the parts it configures.
A relative path in the file is relative to the file's own folder.
"""

import difflib
import ipaddress
import os
import re
import tomllib
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mom.axi.errors import BadValue
from mom.axi.secrets import PrivateKey

DEFAULT_FILE = Path("/etc/mom/mom.toml")
ENVIRONMENT = "MOM_CONFIG"

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_ENDPOINT = re.compile(
    r"tcp6?:(?P<port>\d{1,9})(:(interface=(?P<interface>([^\s:\\]|\\.)+)|backlog=\d+))*\Z"
    r"|unix:[^\s:]+(:(mode=[0-7]+|backlog=\d+|lockfile=[01]))*\Z"
    r"|systemd:domain=\w+:index=\d+\Z"
)
_EXPECTED = re.compile(r"Expected (`\w+`), got ")
_DATABASE = re.compile(r"(sqlite:///.|postgresql(\+psycopg)?://.)")

Seconds = Annotated[float, msgspec.Meta(ge=0.1, le=86400)]
Endpoint = Annotated[str, msgspec.Meta(description="endpoint")]
DatabaseUrl = Annotated[str, msgspec.Meta(description="database")]


class Mistake(msgspec.Struct, frozen=True):
    """What is wrong in the file; `line` counts from 1, 0 = the file as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        """The line and the text, as people read it."""
        return f"line {self.line}: {self.text}" if self.line else self.text


class ConfigError(Exception):
    """The file cannot be used; `mistakes` has everything that is wrong with it."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{path}: {mistake}" for mistake in mistakes))
        self.path = path
        self.mistakes = mistakes


def _shipped(*names: str) -> Path:
    """A file or folder that comes with the program: in its source tree, else as installed."""
    beside = Path(__file__).resolve().parent.parent.joinpath(*names)
    return beside if beside.exists() else Path("/usr/share/mom").joinpath(names[-1])


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """`[paths]`: folders that are made as needed, and what comes with the program."""

    state: Path = Path("/var/lib/mom")
    log: Path = Path("/var/log/mom")
    resources: Path = Path("/var/lib/mom/resources")
    omm_files: Path = Path("/var/lib/mom/omm_files")
    webroot: Path = _shipped("webroot")
    eula: Path = _shipped("etc", "eula.txt")
    license_issuers: Path = Path("license-issuers")

    @property
    def lock(self) -> Path:
        """Held by the running service."""
        return self.state / "mom.lock"

    @property
    def control(self) -> Path:
        """The socket through which commands reach the running service."""
        return self.state / "control.sock"

    @property
    def vault_key(self) -> Path:
        """The key of what is encrypted at rest."""
        return self.state / "vault.key"

    @property
    def certificates(self) -> Path:
        """The folder of MOM's own TLS certificate and key."""
        return self.state / "tls"

    @property
    def issuer_key(self) -> Path:
        """The private key of this installation as an issuer of licences."""
        return self.state / "license-issuer.key"

    @property
    def own_issuer(self) -> Path:
        """The folder of the public key that belongs to it."""
        return self.state / "license-issuers"


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """`[database]`: empty means the SQLite file `mom.db` in the state folder."""

    url: DatabaseUrl = ""


class Listen(msgspec.Struct, frozen=True, kw_only=True):
    """`[listen]`: Twisted endpoint strings without the TLS part; empty = off."""

    https: Endpoint = "tcp:443"
    http: Endpoint = "tcp:80"
    maxi: Endpoint = "tcp:12623:interface=127.0.0.1"
    maxi_tls: Endpoint = "tcp:12624"
    maxi_legacy_tls: bool = False
    metrics: Endpoint = ""


class Axi(msgspec.Struct, frozen=True, kw_only=True):
    """`[axi]`: how MOM talks to OMMs."""

    protocol_versions: Annotated[tuple[int, ...], msgspec.Meta(min_length=1)] = (45,)
    reconnect_seconds: Seconds = 60.0
    keepalive_seconds: Seconds = 30.0
    keepalive_timeout_seconds: Seconds = 15.0
    request_timeout_seconds: Seconds = 30.0
    private_key: Path | None = None
    certificate_trust: Literal["tofu", "ca", "none"] = "tofu"


class Provisioning(msgspec.Struct, frozen=True, kw_only=True):
    """`[provisioning]`: the address under which OMMs reach MOM; empty = found out per OMM."""

    address: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`[limits]`: how many of a thing MOM lets in."""

    maxi_clients: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 8
    permanent_users: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 512


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """`[log]`: how much is logged, and for how many days it is kept."""

    level: Literal["debug", "info", "warn", "error", "critical"] = "info"
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 14


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file; a table or key that is left out has its default."""

    paths: Paths = Paths()
    database: Database = Database()
    listen: Listen = Listen()
    axi: Axi = Axi()
    provisioning: Provisioning = Provisioning()
    limits: Limits = Limits()
    log: Log = Log()
    file: Path = DEFAULT_FILE
    """Where it was read from."""

    @property
    def key_is_lost(self) -> bool:
        """Whether there is an SQLite database, but not the key that it was made with."""
        scheme, _, path = self.database.url.partition(":///")
        has_database = scheme == "sqlite" and Path(path).is_file()
        return has_database and not self.paths.vault_key.exists()


_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "paths": Paths,
    "database": Database,
    "listen": Listen,
    "axi": Axi,
    "provisioning": Provisioning,
    "limits": Limits,
    "log": Log,
}


def config_file(given: str | None, environment: Mapping[str, str]) -> Path:
    """The file to read: the one given, else that of `MOM_CONFIG`, else `/etc/mom/mom.toml`."""
    return Path(given or environment.get(ENVIRONMENT) or DEFAULT_FILE).absolute()


def load(path: Path) -> Config:
    """Read and check the file; raises `ConfigError` with all its mistakes."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(path, [Mistake(0, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, [Mistake(0, "is not UTF-8 text")]) from error
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """Check the text of the file at `path`; raises `ConfigError` with all its mistakes."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [_syntax_mistake(str(error), text)]) from error
    return _Reader(text, path).config(tables)


def _syntax_mistake(message: str, text: str) -> Mistake:
    place = _AT_LINE.search(message)
    if place is None:
        return Mistake(0, message)
    line = int(place[1]) if place[1] else text.count("\n") + 1
    return Mistake(line, _AT_LINE.sub("", message))


class _Reader:
    """Collects the mistakes of one file while it turns tables into records."""

    def __init__(self, text: str, path: Path) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._mistakes: list[Mistake] = []

    def config(self, tables: dict[str, Any]) -> Config:
        for name in tables.keys() - _TABLES.keys():
            self._mistakes.append(
                Mistake(self._line("", name), f"unknown table or key {name}{_near(name, _TABLES)}")
            )
        sections = {
            name: self._section(name, kind, tables.get(name, {})) for name, kind in _TABLES.items()
        }
        config = Config(file=self._path, **sections)
        self._check_shipped(config.paths)
        self._check_ports(config.listen)
        if self._mistakes:
            raise ConfigError(self._path, sorted(self._mistakes, key=lambda m: m.line))
        if not config.database.url:
            url = f"sqlite:///{config.paths.state / 'mom.db'}"
            config = msgspec.structs.replace(config, database=Database(url=url))
        return config

    def _check_shipped(self, paths: Paths) -> None:
        """The page and the licence terms must be there, wherever they are said to be."""
        for key, file in (("webroot", paths.webroot / "index.html"), ("eula", paths.eula)):
            if not (file.is_file() and os.access(file, os.R_OK)):
                text = f"{key} in [paths]: there is no file {file}, or it may not be read"
                self._mistakes.append(Mistake(self._line("paths", key), text))

    def _check_ports(self, listen: Listen) -> None:
        """No two listeners may want the same port of the same address."""
        taken: list[tuple[str, str, str]] = []
        for key in ("https", "http", "maxi", "maxi_tls", "metrics"):
            found = _ENDPOINT.match(getattr(listen, key))
            if not (found and found["port"]):
                continue
            port, interface = found["port"], found["interface"] or ""
            for other, other_port, other_interface in taken:
                same = interface == other_interface or not (interface and other_interface)
                if port == other_port and same:
                    text = f"{key} in [listen]: {other} has port {port} already"
                    self._mistakes.append(Mistake(self._line("listen", key), text))
            taken.append((key, port, interface))

    def _section(self, table: str, kind: type[msgspec.Struct], values: object) -> Any:
        if not isinstance(values, dict):
            self._mistakes.append(Mistake(self._line("", table), f"{table} must be a [table]"))
            return kind()
        hints = typing.get_type_hints(kind, include_extras=True)
        read = {}
        for key, value in values.items():
            if key not in hints:
                known = _near(key, hints) or f"; known are {', '.join(hints)}"
                text = f"unknown key {key} in [{table}]{known}"
                self._mistakes.append(Mistake(self._line(table, key), text))
                continue
            try:
                read[key] = self._value(hints[key], value)
            except ValueError as error:
                text = f"{key} in [{table}]: {_in_words(error, hints[key])}"
                self._mistakes.append(Mistake(self._line(table, key), text))
        if kind is Paths:
            read.setdefault("license_issuers", self._absolute(Paths().license_issuers))
        return kind(**read)

    def _value(self, hint: Any, value: object) -> object:
        if hint in (Path, Path | None):
            text = msgspec.convert(value, Annotated[str, msgspec.Meta(min_length=1)])
            if not text.isprintable():
                raise ValueError("a path holds a character that cannot be printed")
            path = self._absolute(Path(text))
            if hint != Path:
                _check_private_key(path)
            return path
        converted = msgspec.convert(value, hint)
        if hint == Endpoint:
            _check_endpoint(str(converted))
        if hint == DatabaseUrl:
            return self._database(str(converted))
        return converted

    def _database(self, url: str) -> str:
        if url and not _DATABASE.match(url):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        scheme, slashes, rest = url.partition(":///")
        if scheme == "sqlite" and slashes:
            return f"sqlite:///{self._absolute(Path(rest))}"
        return url

    def _absolute(self, path: Path) -> Path:
        return Path(os.path.normpath(self._path.parent / path))

    def _line(self, table: str, key: str) -> int:
        """Where `key` is written in `table`; a table itself for the table named ``."""
        current = ""
        for number, line in enumerate(self._lines, 1):
            header = _HEADER.match(line)
            if header:
                current = header[1]
                if not table and current == key:
                    return number
                continue
            found = _KEY.match(line)
            if found and current == table and found[1] == key:
                return number
        return 0


def _near(name: str, known: Iterable[str]) -> str:
    """What was meant, if that can be guessed."""
    near = difflib.get_close_matches(name, known, 1)
    return f"; is {near[0]} meant?" if near else ""


_KINDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": 'a text in ""',
    "`bool`": "true or false",
    "`array`": "a list in []",
}


def _in_words(error: ValueError, hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return f"one of {', '.join(typing.get_args(hint))} is expected"
    text = str(error)
    found = _EXPECTED.match(text)
    if found and found[1] in _KINDS:
        return f"{_KINDS[found[1]]} is expected"
    return text[0].lower() + text[1:]


def _check_private_key(path: Path) -> None:
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    try:
        PrivateKey.from_pem(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except BadValue as error:
        raise ValueError(f"{path} holds no unencrypted RSA private key as PEM") from error


def _check_endpoint(text: str) -> None:
    if not text:
        return
    found = _ENDPOINT.match(text)
    if not found:
        raise ValueError(
            f"{text!r} is no endpoint such as tcp:8443:interface=127.0.0.1, unix:/path or"
            ' systemd:domain=INET:index=0 ("" = off)'
        )
    if found["port"] and int(found["port"]) > 65535:
        raise ValueError(f"there is no port {found['port']}")
    interface = (found["interface"] or "").replace("\\", "")
    if interface and re.fullmatch(r"[0-9.]+|.*:.*", interface):
        _check_address(interface)


def _check_address(text: str) -> None:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise ValueError(f"{text} is no IP address") from error
