"""Secrets on the wire: RSA with PKCS#1 v1.5 padding, as base64.

A real OMM's key has 512 bits (captured ciphertexts are 64 bytes), so at most 53 bytes of text fit.
Common libraries refuse to make such keys and, when opening, hide damaged padding behind random
bytes; a sealed secret must be known to open or not, so padding is done here, on plain numbers. This
module must not know which attributes are secret, and never shows a text or a key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import os
from collections.abc import Callable

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mom.axi.errors import BadValue, SecretTooLong, SecretUnreadable

RandomBytes = Callable[[int], bytes]
"""A source of that many random bytes, such as ``os.urandom``."""

MIN_BITS = 512
MAX_BITS = 8192
_PADDING = 11
_LIBRARY_MIN_BITS = 1024
_EXPONENT = 65537
_MAX_EXPONENT = 1 << 64
_MILLER_RABIN_ROUNDS = 40


class PublicKey(msgspec.Struct, frozen=True):
    """A peer's public key, as ``publicKey`` of OpenResp or ``GetPublicKeyResp`` tells it."""

    modulus: int
    exponent: int

    @classmethod
    def from_hex(cls, modulus: str, exponent: str) -> PublicKey:
        """Build the key from the two hex texts of the wire.

        Raises ``BadValue`` for text that is not hex, and for a size outside of 512..8192 bits.
        """
        number = _hex("modulus", modulus)
        power = _hex("exponent", exponent)
        if not MIN_BITS <= number.bit_length() <= MAX_BITS or number % 2 == 0:
            raise BadValue("modulus", f"an RSA modulus of {MIN_BITS} to {MAX_BITS} bits")
        if not 3 <= power < _MAX_EXPONENT or power % 2 == 0:
            raise BadValue("exponent", "a small odd number above 1")
        return cls(number, power)

    @property
    def size(self) -> int:
        """Length of the modulus, and so of each ciphertext, in bytes."""
        return (self.modulus.bit_length() + 7) // 8

    @property
    def max_bytes(self) -> int:
        """Most bytes of UTF-8 text that one secret may have: 53 for a key of 512 bits."""
        return self.size - _PADDING

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the modulus (big-endian, no leading zero), as 64 hex digits."""
        return hashlib.sha256(self.modulus.to_bytes(self.size, "big")).hexdigest()

    def to_hex(self) -> tuple[str, str]:
        """Return modulus and exponent as the wire writes them."""
        return f"{self.modulus:0{self.size * 2}X}", f"{self.exponent:X}"

    def encrypt(self, text: str, random: RandomBytes = os.urandom) -> str:
        """Return the text encrypted for the owner of this key, as base64.

        Raises ``SecretTooLong`` if its UTF-8 form has more than ``max_bytes`` bytes.
        """
        data = text.encode("utf-8")
        if len(data) > self.max_bytes:
            raise SecretTooLong(self.max_bytes)
        filler = _nonzero(self.size - 3 - len(data), random)
        block = int.from_bytes(b"\x00\x02" + filler + b"\x00" + data, "big")
        sealed = pow(block, self.exponent, self.modulus)
        return base64.b64encode(sealed.to_bytes(self.size, "big")).decode("ascii")


class PrivateKey:
    """A private key: opens what was encrypted under its public half."""

    def __init__(self, numbers: rsa.RSAPrivateNumbers) -> None:
        self._numbers = numbers
        public = numbers.public_numbers
        self.public = PublicKey(public.n, public.e)

    def __repr__(self) -> str:
        return f"<PrivateKey {self.public.fingerprint[:16]}>"

    @classmethod
    def from_pem(cls, pem: bytes) -> PrivateKey:
        """Read an unencrypted PEM file; raises ``BadValue`` if it holds no RSA private key."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadValue("private_key", "an RSA private key in PEM") from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise BadValue("private_key", "an RSA private key in PEM")
        return cls(key.private_numbers())

    @classmethod
    def generate(cls, bits: int = 2048, random: RandomBytes = os.urandom) -> PrivateKey:
        """Make a new key of 512 to 8192 bits.

        Below 1024 bits, which only an imitation of an OMM needs, the primes are searched here
        from ``random``; above, the cryptographic library makes the key from its own randomness.
        """
        if not MIN_BITS <= bits <= MAX_BITS:
            raise BadValue("bits", f"between {MIN_BITS} and {MAX_BITS}")
        if bits >= _LIBRARY_MIN_BITS:
            return cls(rsa.generate_private_key(_EXPONENT, bits).private_numbers())
        return cls(_small_key(bits, random))

    def to_pem(self) -> bytes:
        """Return the key as unencrypted PKCS#8 PEM; the caller guards it."""
        return self._numbers.private_key(unsafe_skip_rsa_key_validation=True).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def decrypt(self, ciphertext: str, random: RandomBytes = os.urandom) -> str:
        """Return the text of a base64 ciphertext.

        Raises ``SecretUnreadable`` if it is not base64, has the wrong length, was made for another
        key or does not hold UTF-8. ``random`` blinds the computation against timing.
        """
        try:
            sealed = base64.b64decode(ciphertext, validate=True)
        except (binascii.Error, ValueError) as error:
            raise SecretUnreadable("not base64") from error
        if len(sealed) != self.public.size:
            raise SecretUnreadable("made for a key of another size")
        block = self._open(int.from_bytes(sealed, "big"), random)
        filler, separator, data = block[2:].partition(b"\x00")
        if block[:2] != b"\x00\x02" or not separator or len(filler) < _PADDING - 3:
            raise SecretUnreadable("made for another key, or damaged")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SecretUnreadable("made for another key, or damaged") from error

    def _open(self, sealed: int, random: RandomBytes) -> bytes:
        """Return the padded block: RSA by the Chinese remainder theorem, blinded."""
        numbers, modulus = self._numbers, self.public.modulus
        blind = int.from_bytes(random(self.public.size), "big") % (modulus - 2) + 2
        if sealed >= modulus or math.gcd(blind, modulus) != 1:
            raise SecretUnreadable("made for another key, or damaged")
        blinded = sealed * pow(blind, self.public.exponent, modulus) % modulus
        left = pow(blinded, numbers.dmp1, numbers.p)
        right = pow(blinded, numbers.dmq1, numbers.q)
        joined = right + numbers.q * ((left - right) * numbers.iqmp % numbers.p)
        block = joined * pow(blind, -1, modulus) % modulus
        return block.to_bytes(self.public.size, "big")


def _hex(name: str, text: str) -> int:
    digits = text.strip()
    try:
        data = bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    except ValueError:
        raise BadValue(name, "hex text") from None
    return int.from_bytes(data, "big")


def _nonzero(count: int, random: RandomBytes) -> bytes:
    filler = b""
    while len(filler) < count:
        filler += random(count - len(filler)).replace(b"\x00", b"")
    return filler


def _small_key(bits: int, random: RandomBytes) -> rsa.RSAPrivateNumbers:
    while True:
        p = _prime(bits - bits // 2, random)
        q = _prime(bits // 2, random)
        totient = (p - 1) * (q - 1)
        if p != q and (p * q).bit_length() == bits and math.gcd(_EXPONENT, totient) == 1:
            d = pow(_EXPONENT, -1, totient)
            public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
            dmp1, dmq1, iqmp = d % (p - 1), d % (q - 1), pow(q, -1, p)
            return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, public)


def _prime(bits: int, random: RandomBytes) -> int:
    while True:
        candidate = int.from_bytes(random((bits + 7) // 8), "big") % (1 << bits)
        candidate |= (3 << (bits - 2)) | 1
        if _is_prime(candidate, random):
            return candidate


def _is_prime(candidate: int, random: RandomBytes) -> bool:
    """Miller-Rabin, after trial division by a few small primes."""
    if any(candidate % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
        return False
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(_MILLER_RABIN_ROUNDS):
        base = int.from_bytes(random(16), "big") + 2
        power = pow(base, odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = pow(power, 2, candidate)
            if power == candidate - 1:
                break
        else:
            return False
    return True
