"""The rules that a password has to keep, and which of them one breaks.

Pure: it knows neither accounts nor hashes. Each broken rule has the error code that the protocol
has for it (`EPw...`) and a sentence that says what would be right.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

MIN_LENGTH = 6
"""Fewest characters of a password."""
MAX_LENGTH = 128
"""Most characters of a password; bounds the work that a stranger can cause."""
MIN_GROUPS = 3
"""From how many of the four groups of characters a password must have some."""
KEYS_IN_A_ROW = 4
"""How many neighbouring keys make a password weak."""
MIN_NAME = 3
"""Shorter names may be part of a password."""

_ROWS = (
    *("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    *("azertyuiop", "qsdfghjklm", "wxcvbn"),
)
"""The rows of American, German and French keyboards."""


class PasswordFault(msgspec.Struct, frozen=True):
    """A rule that a password breaks: its error code and the rule in words."""

    code: str
    text: str


def faults(
    password: str, *, account: str, hosts: Sequence[str] = (), old: str | None = None
) -> tuple[PasswordFault, ...]:
    """All rules that a new password breaks, in a fixed order; empty = it may be used.

    `account` is the name of the account, `hosts` are the server's host names and addresses, `old`
    is the password until now if it is known.
    """
    if not password:
        return (PasswordFault("EPwEmpty", "A password is needed"),)
    found = [
        *_of_form(password),
        *_of_likeness(password.casefold(), account, hosts),
        *_of_old(password, old),
    ]
    return tuple(found)


def _of_form(password: str) -> Iterator[PasswordFault]:
    if len(password) < MIN_LENGTH:
        yield PasswordFault("EPwTooShort", f"It must have at least {MIN_LENGTH} characters")
    if len(password) > MAX_LENGTH:
        yield PasswordFault("ETooLong", f"It must not have more than {MAX_LENGTH} characters")
    if len(_groups(password)) < MIN_GROUPS:
        yield PasswordFault(
            "EPwTooWeak",
            "It must have characters of at least three of these groups: lower case letters, "
            "upper case letters, digits, other characters",
        )
    if 2 * max(Counter(password).values()) >= len(password):
        yield PasswordFault(
            "EPwTooManySimilarChars", "No character may fill half of the places or more"
        )


def _of_likeness(folded: str, account: str, hosts: Sequence[str]) -> Iterator[PasswordFault]:
    if _holds(folded, account):
        yield PasswordFault(
            "EPwSimilarToName", "It must not contain the account name, forward or backward"
        )
    if any(_holds(folded, name) for host in hosts for name in _names_of_host(host)):
        yield PasswordFault(
            "EPwSimilarToHost",
            "It must not contain the server's host name or address, forward or backward",
        )
    if _has_neighbouring_keys(folded):
        yield PasswordFault(
            "EPwTooWeak",
            f"It must not contain {KEYS_IN_A_ROW} neighbouring keys such as qwer or 4321",
        )


def _of_old(password: str, old: str | None) -> Iterator[PasswordFault]:
    if not old:
        return
    if password == old:
        yield PasswordFault("EPwUnchanged", "It must not be the old password")
    elif _holds(password.casefold(), old, shortest=1):
        yield PasswordFault(
            "EPwTooSimilar", "It must not contain the old password, forward or backward"
        )


def _groups(password: str) -> set[str]:
    return {_group(char) for char in password}


def _group(char: str) -> str:
    if char.islower():
        return "lower"
    if char.isupper():
        return "upper"
    return "digit" if char.isdigit() else "other"


def _holds(folded: str, name: str, shortest: int = MIN_NAME) -> bool:
    """Whether the name is in the text, in any case, forward or backward."""
    if len(name) < shortest:
        return False
    wanted = name.casefold()
    return wanted in folded or wanted[::-1] in folded


def _names_of_host(host: str) -> tuple[str, ...]:
    """A host's name as it is and without its domain; an address only as it is."""
    label = host.partition(".")[0]
    return (host,) if label.isdigit() or ":" in host else (host, label)


def _has_neighbouring_keys(folded: str) -> bool:
    for start in range(len(folded) - KEYS_IN_A_ROW + 1):
        run = folded[start : start + KEYS_IN_A_ROW]
        if any(run in row or run[::-1] in row for row in _ROWS):
            return True
    return False
