"""Secrets in and out: open or sealed, never in the wrong form. Pure but for the random padding.

A sealed secret goes only to OMMs with the key that it was made for. It must never log a text.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from mom.axi.secrets import PublicKey
from mom.directory.fingerprints import digest
from mom.model.agreement import NO_PRINT, PRINT_BYTES
from mom.model.attribute import Attribute, Group, of_group
from mom.model.secret import Sealed, Secret
from mom.model.user import User


class Opener(Protocol):
    """Opens ciphertexts with a private key that the installation owns."""

    def open(self, cipher: str, key: str) -> str | None:
        """The text of a ciphertext made for the key with that fingerprint; None if unable."""


class Taken(msgspec.Struct, frozen=True):
    """What the secrets of an element change in a user: new values, and which may differ."""

    values: dict[str, Secret]
    doubtful: tuple[str, ...] = ()


def take(
    user: User,
    ciphers: Mapping[str, str],
    agreed: bytes,
    wins: bool,
    key: str,
    opener: Opener,
    same_second: bool = False,
) -> Taken:
    """Compare an OMM's ciphertexts (by Python name) with what it returned last.

    The same digest: unchanged. A different one counts if the OMM's news win or MOM has nothing;
    it is compared where it can be opened, else kept beside what MOM knows. `key` is the
    fingerprint of the OMM's key, empty if it told none: then a ciphertext is of no use.
    `same_second`: nothing else is news, so an opened secret tells that it was changed, or that
    others came as before: an OMM that encrypts anew does so with all.
    """
    values: dict[str, Secret] = {}
    now = b"".join(digest(ciphers.get(attribute.name)) for attribute in secrets())
    wins = wins or (same_second and changed_alone(agreed, now))
    doubtful = []
    for place, attribute in enumerate(secrets()):
        cipher = ciphers.get(attribute.name)
        if cipher is None or digest(cipher) == _digest_at(agreed, place):
            continue
        mine: Secret | None = getattr(user, attribute.name)
        if not wins and not same_second and mine is not None:
            continue
        text = opener.open(cipher, key)
        if not wins and mine is not None and text is None:
            continue
        if text is not None:
            if mine is None or mine.text != text:
                values[attribute.name] = Secret(text)
        elif key:
            values[attribute.name] = (mine or Secret()).with_sealed(Sealed(cipher, key))
            if mine is not None and mine.text is not None:
                doubtful.append(attribute.wire)
    return Taken(values, tuple(doubtful))


def as_agreed(packed: bytes, now: bytes, opens: bool) -> bool:
    """Whether the digests at the end of a packed agreement are those of `now`, or say nothing.

    `opens`: what was encrypted anew can be opened, so any other digest is worth a look.
    """
    if packed.endswith(now):
        return True
    return not opens and not changed_alone(packed[-len(now) :], now)


def changed_alone(agreed: bytes, now: bytes) -> bool:
    """Whether some digests of secrets are others than agreed upon, and some are as they were."""
    told = [place for place in range(len(secrets())) if _digest_at(now, place) != NO_PRINT]
    kept = [place for place in told if _digest_at(now, place) == _digest_at(agreed, place)]
    return bool(agreed) and 0 < len(kept) < len(told)


def unproven(user: User, ciphers: Mapping[str, str], key: str, opener: Opener) -> bool:
    """Whether MOM has a secret for an OMM with that key and cannot tell that it is there."""
    for attribute in secrets():
        secret: Secret | None = getattr(user, attribute.name)
        cipher = ciphers.get(attribute.name)
        if secret is None or cipher is None:
            continue
        sealed = secret.for_key(key)
        if sealed is not None and sealed.cipher == cipher:
            continue
        if secret.text is not None and opener.open(cipher, key) == secret.text:
            continue
        if sealed is not None or secret.text is not None:
            return True
    return False


def give(user: User, key: PublicKey | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """The secrets of a user for an OMM with that key, by wire name, and the names left out.

    What the OMM's own key sealed last is passed on, being newer than the text beside it; else the
    text is encrypted. What MOM can neither open nor pass on is left out.
    """
    given: dict[str, str] = {}
    missing = []
    fingerprint = key.fingerprint if key is not None else ""
    for attribute in secrets():
        secret: Secret | None = getattr(user, attribute.name)
        if secret is None:
            continue
        sealed = secret.for_key(fingerprint) if fingerprint else None
        if sealed is not None:
            given[attribute.wire] = sealed.cipher
        elif secret.text is not None and key is not None and _fits(secret.text, key):
            given[attribute.wire] = key.encrypt(secret.text)
        else:
            missing.append(attribute.wire)
    return given, tuple(missing)


def secrets() -> tuple[Attribute, ...]:
    """The secret attributes of a user, in the order of their digests."""
    return of_group(User, Group.SECRET)


def _fits(text: str, key: PublicKey) -> bool:
    return len(text.encode()) <= key.max_bytes


def _digest_at(agreed: bytes, place: int) -> bytes:
    start = place * PRINT_BYTES
    return agreed[start : start + PRINT_BYTES] or NO_PRINT
