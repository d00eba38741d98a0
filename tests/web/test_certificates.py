"""The listener's certificate: made at set-up, replaced and read again while running."""

import contextlib
import datetime
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from OpenSSL import SSL

from mom.web.certificates import (
    CHAIN_FILE,
    KEY_FILE,
    CertificateError,
    Certificates,
    ensure_pair,
    make_self_signed,
    write_pair,
)

NOW = datetime.datetime(2030, 5, 17, tzinfo=datetime.UTC)
HOSTS = ("mom.example", "192.0.2.10", "2001:db8::1")


def private_key(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.feature("F91")
def test_the_first_start_makes_a_pair_and_later_ones_keep_it(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    assert ensure_pair(folder, HOSTS, NOW) is True
    first = (folder / CHAIN_FILE).read_bytes()
    assert ensure_pair(folder, HOSTS, NOW) is False
    assert (folder / CHAIN_FILE).read_bytes() == first
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_the_certificate_names_all_hosts_and_addresses() -> None:
    chain, _ = make_self_signed(HOSTS, NOW)
    certificate = x509.load_pem_x509_certificate(chain)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["mom.example"]
    addresses = [str(each) for each in names.get_values_for_type(x509.IPAddress)]
    assert addresses == ["192.0.2.10", "2001:db8::1"]
    assert certificate.not_valid_after_utc > NOW + datetime.timedelta(days=3000)


@pytest.mark.feature("F91")
def test_an_own_pair_replaces_the_one_in_use(tmp_path: Path) -> None:
    ensure_pair(tmp_path, HOSTS, NOW)
    certificates = Certificates(tmp_path)
    before = certificates.load().fingerprint
    after = certificates.replace(*make_self_signed(["other.example"], NOW))
    assert after.fingerprint != before
    assert certificates.pair.subject == "CN=other.example"
    assert Certificates(tmp_path).load().fingerprint == after.fingerprint
    assert certificates.not_after() == pytest.approx(NOW.timestamp() + 3650 * 86400)


def test_a_key_that_does_not_fit_is_refused_and_the_old_pair_stays(tmp_path: Path) -> None:
    ensure_pair(tmp_path, HOSTS, NOW)
    certificates = Certificates(tmp_path)
    before = certificates.load().fingerprint
    chain, _ = make_self_signed(HOSTS, NOW)
    _, other_key = make_self_signed(HOSTS, NOW)
    with pytest.raises(CertificateError, match="does not belong"):
        certificates.replace(chain, other_key)
    assert Certificates(tmp_path).load().fingerprint == before


def test_unusable_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    chain, key = make_self_signed(HOSTS, NOW)
    certificates = Certificates(tmp_path)
    with pytest.raises(CertificateError, match="cannot read"):
        certificates.load()
    with pytest.raises(CertificateError, match="PEM"):
        certificates.replace(b"nonsense", key)
    with pytest.raises(CertificateError, match="PEM"):
        certificates.replace(chain, b"nonsense")
    with pytest.raises(CertificateError, match="RSA or ECDSA"):
        certificates.replace(chain, private_key(ed25519.Ed25519PrivateKey.generate()))
    with pytest.raises(CertificateError, match="no certificate"):
        assert certificates.pair
    with pytest.raises(CertificateError, match="at least one"):
        make_self_signed([], NOW)


def test_new_connections_use_the_pair_that_was_loaded_last(tmp_path: Path) -> None:
    write_pair(tmp_path, *make_self_signed(HOSTS, NOW))
    certificates = Certificates(tmp_path)
    certificates.load()
    first = certificates.serverConnectionForTLS(None)  # type: ignore[arg-type]
    write_pair(tmp_path, *make_self_signed(["new.example"], NOW))
    certificates.load()
    second = certificates.serverConnectionForTLS(None)  # type: ignore[arg-type]
    assert first.get_context() is not second.get_context()


def shake_hands(server: SSL.Connection, client: SSL.Connection) -> None:
    """Carry bytes between two ends in memory until both are content."""
    client.set_connect_state()
    server.set_accept_state()
    for _ in range(8):
        for end, other in ((client, server), (server, client)):
            with contextlib.suppress(SSL.WantReadError):
                end.do_handshake()
            with contextlib.suppress(SSL.WantReadError):
                other.bio_write(end.bio_read(65536))


@pytest.mark.parametrize("newest", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_tls_1_2_and_1_3_are_spoken_with_http_1_1(tmp_path: Path, newest: int) -> None:
    write_pair(tmp_path, *make_self_signed(HOSTS, NOW))
    certificates = Certificates(tmp_path)
    certificates.load()
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(newest)
    context.set_alpn_protos([b"h2", b"http/1.1"])
    client = SSL.Connection(context, None)
    server = certificates.serverConnectionForTLS(None)  # type: ignore[arg-type]
    shake_hands(server, client)
    assert client.get_protocol_version() == newest
    assert client.get_alpn_proto_negotiated() == b"http/1.1"


def test_nothing_older_than_tls_1_2_is_spoken(tmp_path: Path) -> None:
    write_pair(tmp_path, *make_self_signed(HOSTS, NOW))
    certificates = Certificates(tmp_path)
    certificates.load()
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_1_VERSION)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    server = certificates.serverConnectionForTLS(None)  # type: ignore[arg-type]
    with pytest.raises(SSL.Error):
        shake_hands(server, SSL.Connection(context, None))
