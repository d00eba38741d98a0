"""The vault: encryption of secrets at rest, under one key in a file of mode 0600.

AES-256-GCM with a random nonce per value; the place where a value rests is authenticated with it,
so that a ciphertext moved to another record does not open. It must not know what it encrypts.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mom.store.errors import KeyFileError, Unopenable

KEY_BYTES = 32
_NONCE_BYTES = 12
_NONCES_DRAWN = 256
"""Nonces that are drawn at once: each drawing gives the interpreter's lock away."""
_FORM = b"\x01"
"""First byte of every sealed value: form 1 is AES-256-GCM, nonce, ciphertext with tag."""


class Vault:
    """Seals and opens bytes under one key. Safe to use from several threads."""

    def __init__(self, key: bytes, random: Callable[[int], bytes] = os.urandom) -> None:
        """`key` has `KEY_BYTES` bytes; `random(n)` gives n bytes that nobody can guess."""
        if len(key) != KEY_BYTES:
            raise KeyFileError(f"the key must have {KEY_BYTES} bytes, not {len(key)}")
        self._cipher = AESGCM(key)
        self._random = random
        self._nonces: list[bytes] = []
        """Drawn and not used yet; each is taken out by one thread only."""

    @classmethod
    def load(cls, path: Path, random: Callable[[int], bytes] = os.urandom) -> "Vault":
        """The vault of the key file at `path`. Raises `KeyFileError`."""
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(4 * KEY_BYTES)
        except OSError as error:
            raise KeyFileError(f"the key file {path} cannot be read: {error.strerror}") from error
        if mode & 0o077:
            raise KeyFileError(f"the key file {path} can be read by others; chmod 0600 it")
        try:
            key = bytes.fromhex(text.decode("ascii"))
        except ValueError as error:
            raise KeyFileError(f"the key file {path} must hold hexadecimal digits") from error
        return cls(key, random)

    @classmethod
    def create(cls, path: Path, random: Callable[[int], bytes] = os.urandom) -> "Vault":
        """Make a new key file, readable by its owner only, and give its vault.

        Raises `KeyFileError` if there is a file already: a lost key means lost secrets.
        """
        key = random(KEY_BYTES)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise KeyFileError(f"the key file {path} cannot be made: {error.strerror}") from error
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(key, random)

    def seal(self, content: bytes | bytearray, place: str) -> bytes:
        """Encrypt `content` for the place where it will rest, for example ``users/4711``."""
        try:
            nonce = self._nonces.pop()
        except IndexError:
            nonce = self._draw()
        return _FORM + nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for that place. Raises `Unopenable`."""
        if sealed[:1] != _FORM or len(sealed) < 1 + _NONCE_BYTES:
            raise Unopenable(f"the encrypted value at {place} has an unknown form")
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, place.encode())
        except InvalidTag as error:
            raise Unopenable(f"the encrypted value at {place} was not sealed here") from error

    def _draw(self) -> bytes:
        """Draw nonces and take one of them."""
        drawn = self._random(_NONCES_DRAWN * _NONCE_BYTES)
        nonces = [drawn[at : at + _NONCE_BYTES] for at in range(0, len(drawn), _NONCE_BYTES)]
        nonce = nonces.pop()
        self._nonces.extend(nonces)
        return nonce
