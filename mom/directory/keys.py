"""The private keys that the installation owns: what they open is known as text."""

from collections.abc import Sequence

from mom.axi.errors import SecretUnreadable
from mom.axi.secrets import PrivateKey


class Keys:
    """Opens ciphertexts with the private keys that the installation owns."""

    def __init__(self, keys: Sequence[PrivateKey] = ()) -> None:
        self._keys = {key.public.fingerprint: key for key in keys}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def open(self, cipher: str, key: str) -> str | None:
        """The text of a ciphertext made for the key with that fingerprint; None if unable."""
        private = self._keys.get(key)
        if private is None:
            return None
        try:
            return private.decrypt(cipher)
        except SecretUnreadable:
            return None
