"""The keys of those who issue licences: public keys in a folder, and an own private key.

An operator without a vendor is his own issuer. Knows files and keys, but not what a licence says.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from twisted.logger import Logger

from mom.admin.licence_file import issuer_of

MAX_ISSUERS = 100
MAX_KEY_BYTES = 16 * 1024


class IssuerKeyError(ValueError):
    """The private key of the issuer cannot be used; the text says why."""


class IssuerKeys:
    """The issuers whose licences are taken: `*.pem` files with Ed25519 public keys in a folder."""

    _log = Logger()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Mapping[str, Ed25519PublicKey]:
        """The keys that are in the folder now, by issuer; files that hold none are logged."""
        found: dict[str, Ed25519PublicKey] = {}
        for path in sorted(self._folder.glob("*.pem"))[:MAX_ISSUERS]:
            key = self._read(path)
            if key is not None:
                found[issuer_of(key)] = key
        return found

    def add(self, key: Ed25519PublicKey, name: str) -> Path:
        """Put a public key into the folder, under a file name made from `name`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "issuer"
        path = self._folder / f"{stem}-{issuer_of(key)[:8]}.pem"
        path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return path

    def _read(self, path: Path) -> Ed25519PublicKey | None:
        try:
            with path.open("rb") as file:
                key = load_pem_public_key(file.read(MAX_KEY_BYTES))
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            self._log.warn("{path} holds no public key: {error}", path=str(path), error=error)
            return None
        return key if isinstance(key, Ed25519PublicKey) else None


def own_issuer(path: Path) -> Ed25519PrivateKey:
    """The private key of this installation as an issuer, made at need (mode 0600).

    Raises `IssuerKeyError` if the file is there but holds no such key.
    """
    if path.exists():
        return _private_key(path)
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _private_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes()[:MAX_KEY_BYTES], None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise IssuerKeyError(f"{path} holds no private key: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IssuerKeyError(f"{path} holds another kind of key than Ed25519")
    return key
