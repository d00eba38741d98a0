"""The TLS side of the simulator: self-signed certificates, as site controllers have them.

An elliptic curve key makes handshakes cheap; the certificate's numbers come from the seed, so that
a restarted simulator is recognised by a client that remembers fingerprints.
"""

from __future__ import annotations

import datetime
import random
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from twisted.internet.ssl import CertificateOptions, TLSVersion

_FROM = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
_UNTIL = datetime.datetime(2049, 1, 1, tzinfo=datetime.UTC)


def server_options(name: str, rng: random.Random) -> CertificateOptions:
    """Make a server's TLS options (1.2 and later) with a certificate for `name`."""
    key = ec.derive_private_key(rng.getrandbits(255) | 1, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(rng.getrandbits(100) | 1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    # Twisted declares pyOpenSSL's types, which are deprecated; what it calls takes these.
    return CertificateOptions(
        privateKey=cast("Any", key),
        certificate=cast("Any", certificate),
        raiseMinimumTo=TLSVersion.TLSv1_2,
    )
