"""Whether the certificate of an OMM is the one that was met before.

A fingerprint is the SHA-256 of the certificate in DER form, as 64 lower case hex digits. This
module must not know TLS libraries.
"""

import enum
from collections.abc import Mapping

from mom.fleet.options import Trust


class Verdict(enum.Enum):
    """What a fingerprint is worth."""

    TRUSTED = "trusted"
    NEW = "new"
    """Met for the first time at this address: to be remembered."""
    CHANGED = "changed"
    """Another one than remembered: the administrator must accept it."""


def judge(policy: Trust, pins: Mapping[str, str], address: str, fingerprint: str) -> Verdict:
    """Say what ``fingerprint``, met at ``address``, is worth under ``policy``.

    With ``ca`` the TLS library has already refused what it must, and with ``none`` all is fine.
    """
    if policy is not Trust.TOFU:
        return Verdict.TRUSTED
    known = pins.get(address)
    if not known:
        return Verdict.NEW
    return Verdict.TRUSTED if known.lower() == fingerprint.lower() else Verdict.CHANGED


def seen_certificate(address: str, fingerprint: str) -> str:
    """The form of ``Omm.seen`` for a certificate: the address, a blank, the fingerprint."""
    return f"{address} {fingerprint}"
