"""Secrets of users and devices in the two forms MOM can hold them: open text, or sealed for a key.

A record's secret may have both: the text that was entered in MOM, and beside it ciphertexts as
OMMs returned them. The forms never mix: `Sealed` can only go to an OMM with the same key.
"""

import msgspec


class Sealed(msgspec.Struct, frozen=True):
    """A ciphertext (base64, RSA PKCS#1 v1.5) as an OMM returned it.

    `key` is the SHA-256 (hex) of the modulus of the key it was made for.
    """

    cipher: str
    key: str


class Secret(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """One secret: the open text if MOM knows it, and sealed forms by key."""

    text: str | None = None
    sealed: tuple[Sealed, ...] = ()

    def __repr__(self) -> str:
        """Show which forms are there, never the content."""
        return f"<Secret open={self.text is not None} sealed={len(self.sealed)}>"

    def for_key(self, key: str) -> Sealed | None:
        """The sealed form for the key with that fingerprint, if there is one."""
        return next((form for form in self.sealed if form.key == key), None)

    def with_sealed(self, form: Sealed) -> "Secret":
        """This secret with `form` beside or in place of the former one for the same key."""
        others = tuple(kept for kept in self.sealed if kept.key != form.key)
        return Secret(self.text, (*others, form))
