import re
import tomllib
from pathlib import Path

import pytest

from mom import config
from mom.axi.secrets import PrivateKey
from mom.config import Config, ConfigError, Mistake

HERE = Path("/etc/mom/mom.toml")
PATHS = config.Paths.__struct_fields__
LISTENERS = ("https", "http")
SHIPPED = Path(__file__).parent.parent / "etc" / "mom.toml"


def mistakes(text: str) -> list[Mistake]:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, HERE)
    return caught.value.mistakes


def test_an_empty_file_has_all_defaults() -> None:
    read = config.parse("", HERE)
    assert read.listen.https == "tcp:443"
    assert read.axi.protocol_versions == (45,)
    assert read.database.url == "sqlite:////var/lib/mom/mom.db"
    assert read.paths.license_issuers == Path("/etc/mom/license-issuers")


def test_relative_paths_are_relative_to_the_file() -> None:
    text = '[paths]\nstate = "../state"\nlog = "log"\n[database]\nurl = "sqlite:///mom.db"'
    read = config.parse(text, Path("/srv/etc/mom.toml"))
    assert read.paths.state == Path("/srv/state")
    assert read.paths.log == Path("/srv/etc/log")
    assert read.database.url == "sqlite:////srv/etc/mom.db"


def test_the_database_lies_in_the_state_folder_unless_told_otherwise() -> None:
    read = config.parse('[paths]\nstate = "s"', Path("/srv/mom.toml"))
    assert read.database.url == "sqlite:////srv/s/mom.db"


@pytest.mark.parametrize("url", ["postgresql://mom@/mom?host=/tmp", "postgresql://u:p@h:1/db"])
def test_a_postgresql_url_is_taken_as_it_is(url: str) -> None:
    assert config.parse(f'[database]\nurl = "{url}"', HERE).database.url == url


def test_an_unknown_key_is_a_mistake_with_its_line() -> None:
    (mistake,) = mistakes("[axi]\nreconnect_seconds = 5\n\nrecconect_seconds = 5\n")
    assert mistake.line == 4
    assert mistake.text == "unknown key recconect_seconds in [axi]; is reconnect_seconds meant?"


def test_the_line_is_that_of_the_right_table() -> None:
    (mistake,) = mistakes('[listen]\nhttps = "tcp:1"\n[log]\nhttps = "tcp:1"\n')
    assert mistake.line == 4


def test_an_unknown_table_is_a_mistake_with_its_line() -> None:
    (mistake,) = mistakes('[log]\nlevel = "info"\n[logs]\nlevel = "info"\n')
    assert (mistake.line, mistake.text) == (3, "unknown table or key logs; is log meant?")


def test_a_table_that_is_no_table_is_a_mistake() -> None:
    assert mistakes("log = 5\n") == [Mistake(1, "log must be a [table]")]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    found = mistakes('[log]\nlevel = "loud"\nkeep_days = 0\n[listen]\nhttps = 443\n')
    assert [mistake.line for mistake in found] == [2, 3, 5]


def test_what_is_no_toml_is_a_mistake_with_its_line() -> None:
    (mistake,) = mistakes("[log]\nlevel = info\n")
    assert mistake.line == 2
    assert "(at" not in mistake.text


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "tcp:8443",
        "tcp:8443:interface=127.0.0.1",
        "tcp:8443:interface=localhost",
        "tcp6:8443:interface=\\\\:\\\\:1",
        "unix:/run/x",
        "systemd:domain=INET:index=0",
    ],
)
def test_endpoints_are_taken(endpoint: str) -> None:
    read = config.parse(f'[listen]\nhttps = "{endpoint}"', HERE).listen.https
    assert read == endpoint.replace("\\\\", "\\")


@pytest.mark.parametrize("endpoint", ["8443", "ssl:443", "tcp:", "tcp:70000", "udp:5", "systemd:x"])
def test_what_is_no_endpoint_is_refused(endpoint: str) -> None:
    (mistake,) = mistakes(f'[listen]\nhttps = "{endpoint}"')
    assert mistake.line == 2


@pytest.mark.parametrize(
    "line",
    [
        "[axi]\nreconnect_seconds = 0",
        "[axi]\nkeepalive_seconds = -1",
        '[axi]\nprotocol_versions = "45"',
        '[axi]\ncertificate_trust = "all"',
        "[limits]\nmaxi_clients = -1",
        "[limits]\npermanent_users = 1.5",
        "[log]\nkeep_days = 0",
        '[listen]\nhttps = "tcp:8443:interface"',
        '[listen]\nhttps = "tcp:8443:bogus=1"',
        '[listen]\nhttps = "tcp:8443:interface=300.1.2.3"',
        '[listen]\nhttps = "tcp6:8443:interface=1\\\\:2"',
        '[paths]\neula = "/nope/e.txt"',
        '[paths]\nwebroot = "/nope"',
        '[listen]\nhttps = "tcp:8443\\nx"',
        "[axi]\nreconnect_seconds = 1e-300",
        "[axi]\nprotocol_versions = []",
        '[paths]\nstate = ""',
        '[paths]\nstate = "a\\u0000b"',
        "[paths]\nstate = 5",
        '[database]\nurl = "mysql://x"',
    ],
)
def test_a_value_out_of_its_range_is_a_mistake_in_its_line(line: str) -> None:
    (mistake,) = mistakes(line)
    assert mistake.line == 2


@pytest.mark.parametrize(
    ("https", "http"),
    [
        ("tcp:8443", "tcp:8443"),
        ("tcp:8443:interface=10.0.0.1", "tcp:8443"),
        ("tcp:8443:interface=10.0.0.1", "tcp:8443:backlog=5:interface=10.0.0.1"),
    ],
)
def test_two_listeners_on_one_port_are_a_mistake(https: str, http: str) -> None:
    (mistake,) = mistakes(f'[listen]\nhttps = "{https}"\nhttp = "{http}"\n')
    assert mistake == Mistake(3, "http in [listen]: https has port 8443 already")


def test_one_port_of_two_addresses_is_two_ports() -> None:
    text = "\n".join(f'{key} = "tcp:8443:interface=10.0.0.{n}"' for n, key in enumerate(LISTENERS))
    assert config.parse(f"[listen]\n{text}", HERE).listen.http == "tcp:8443:interface=10.0.0.1"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            '[log]\nlevel = "verbose"',
            "level in [log]: one of debug, info, warn, error, critical is expected",
        ),
        ('[log]\nkeep_days = "many"', "keep_days in [log]: a whole number is expected"),
        (
            '[axi]\nreconnect_seconds = "5"',
            "reconnect_seconds in [axi]: a number is expected",
        ),
        ("[listen]\nhttps = 443", 'https in [listen]: a text in "" is expected'),
        ("[listen]\nmaxi_legacy_tls = 1", "maxi_legacy_tls in [listen]: true or false is expected"),
        ('[paths]\nhome = "/"', f"unknown key home in [paths]; known are {', '.join(PATHS)}"),
    ],
)
def test_a_mistake_says_what_is_expected_in_words(line: str, text: str) -> None:
    assert mistakes(line) == [Mistake(2, text)]


def test_a_private_key_must_be_there(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    text = f'[axi]\nprivate_key = "{key}"'
    with pytest.raises(ConfigError, match="there is no file"):
        config.parse(text, HERE)
    key.write_text("PEM")
    with pytest.raises(ConfigError, match=r"line 2: private_key in \[axi\]: .* no unencrypted RSA"):
        config.parse(text, HERE)
    key.write_bytes(PrivateKey.generate(512).to_pem())
    assert config.parse(text, HERE).axi.private_key == key


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        config.load(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "mom.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        config.load(tmp_path / "mom.toml")


def test_the_file_is_the_one_given_then_that_of_the_environment_then_the_usual_one() -> None:
    environment = {"MOM_CONFIG": "/b.toml"}
    assert config.config_file("/a.toml", environment) == Path("/a.toml")
    assert config.config_file(None, environment) == Path("/b.toml")
    assert config.config_file(None, {}) == Path("/etc/mom/mom.toml")


def test_the_shipped_file_names_every_key_and_changes_nothing() -> None:
    assert config.load(SHIPPED) == Config(
        file=SHIPPED,
        paths=config.Paths(license_issuers=SHIPPED.parent / "license-issuers"),
        database=config.Database(url="sqlite:////var/lib/mom/mom.db"),
    )
    uncommented = re.sub(r"^#(\w+ = )", r"\1", SHIPPED.read_text(), flags=re.M)
    tables = tomllib.loads(uncommented)
    for name, kind in config._TABLES.items():
        assert set(tables[name]) == set(kind.__struct_fields__), name
