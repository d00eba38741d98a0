"""Which attributes are secret, and how they look in logs, dumps and error texts.

The names are those that the catalogue marks as secret, in whatever message they occur; a test keeps
the two equal. This module must not know any value.
"""

from collections.abc import Mapping

SECRET_ATTRIBUTES = frozenset(
    {
        "credentialPw",
        "keyLockPin",
        "oldPassword",
        "password",
        "pin",
        "privateKeyPassword",
        "serviceAuthPassword",
        "sipPw",
        "uak",
    }
)
"""Attributes that travel encrypted or must never be logged."""

MASK = "*****"
"""What stands for a secret."""


def masked(attrs: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes with a mask in place of every secret that is not empty."""
    return {
        name: MASK if name in SECRET_ATTRIBUTES and text else text for name, text in attrs.items()
    }
