"""The one checker of "MOM and an OMM agree": serves tests, durability runs and benchmarks.

Identity (by the copies), admin, relation, roaming and subscription attributes are equal, and
secrets are once opened with the OMM's private key. It only compares; it knows no store.
"""

from collections.abc import Iterable, Mapping

from mom.axi.element import Element
from mom.axi.errors import SecretUnreadable
from mom.axi.secrets import PrivateKey
from mom.directory import wire
from mom.directory.credentials import secrets
from mom.directory.entry import UNBOUND
from mom.directory.guard import Guard
from mom.directory.marks import NO_RELATION
from mom.directory.wire import Record, Told
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import ipei_key
from mom.model.secret import Secret
from mom.model.user import User

_COMPARED = (Group.ADMIN, Group.ROAMING, Group.SUBSCRIPTION)
Records = Mapping[tuple[Noun, int], Record]


def differences(
    records: Records,
    copies: Iterable[Copy],
    elements: Iterable[Element],
    key: PrivateKey | None = None,
    has_numbers: bool = True,
) -> list[str]:
    """All differences between MOM's records and one OMM's `user` and `pp` elements, in words.

    `copies` are those on this OMM; one that the OMM refused differs by rule, and is marked.
    Without `key` secrets are not compared. `has_numbers`: the OMM keeps system-wide numbers,
    which not all do.
    """
    nouns = {wire.child_name(noun): noun for noun in (Noun.USER, Noun.DEVICE)}
    told = [wire.read(nouns[element.name], element) for element in elements]
    places = {(it.noun, it.local): it for it in told}
    copies = tuple(copies)
    by_local = {(copy.noun, copy.local): copy for copy in copies if copy.local}
    found = []
    for copy in copies:
        place = (copy.noun, copy.local)
        if copy.refused and copy.refused != NO_RELATION:
            continue
        if copy.state is not CopyState.HELD:
            found.append(f"{_name(copy)} is {copy.state.value}")
        elif place not in places:
            found.append(f"{_name(copy)} is not on the OMM")
    guard = Guard()
    for place, it in places.items():
        held = by_local.get(place)
        record = records.get((it.noun, held.number)) if held is not None else None
        if held is None or record is None:
            found.append(f"{it.noun.value} {it.local} of the OMM is not known")
            continue
        if held.refused and held.refused != NO_RELATION:
            continue
        head = _name(held)
        if has_numbers and it.number not in (None, held.number):
            found.append(f"{head} has number {it.number} there")
        found += [f"{head}: {text}" for text in _values(record, it, guard)]
        if held.refused != NO_RELATION:
            found += [f"{head}: {text}" for text in _relation(record, it, by_local)]
        if key is not None and isinstance(record, User):
            found += [f"{head}: {text}" for text in _secrets(record, it, key)]
    return found


def _values(record: Record, told: Told, guard: Guard) -> list[str]:
    flaws = guard.flaws(told.noun, record)
    found = []
    for group in _COMPARED:
        for name, theirs in told.groups.get(group, {}).items():
            mine = getattr(record, name)
            if name == "ipei":
                mine, theirs = ipei_key(mine), ipei_key(str(theirs))
            if mine is None and theirs == "":
                continue
            if mine != theirs and name not in flaws:
                found.append(f"{name} is {mine!r} in MOM and {theirs!r} there")
    for name, text in told.extra.items():
        if not wire.alike(record.extra.get(name), text):
            found.append(f"{name} is {record.extra.get(name)!r} in MOM and {text!r} there")
    return found


def _relation(record: Record, told: Told, by_local: Mapping[tuple[Noun, int], Copy]) -> list[str]:
    """The relation there, with system-wide numbers; a partner that is not there counts as none."""
    other = Noun.DEVICE if told.noun is Noun.USER else Noun.USER
    partner = int(record.ppn if isinstance(record, User) else record.uid)
    there = {copy.number for (noun, _), copy in by_local.items() if noun is other}
    mine = (partner, record.rel_type) if partner in there else (0, UNBOUND)
    copy = by_local.get((other, told.partner or 0))
    theirs = (copy.number if copy is not None else told.partner or 0, told.rel_type)
    if theirs[1] is None or mine == theirs:
        return []
    return [f"bound to {mine} in MOM and to {theirs} there"]


def _secrets(user: User, told: Told, key: PrivateKey) -> list[str]:
    found = []
    for attribute in secrets():
        cipher = told.secrets.get(attribute.name)
        mine: Secret | None = getattr(user, attribute.name)
        if cipher is None or (mine is not None and not _knows(mine, key)):
            continue
        if _opened(cipher, key) not in (_texts(mine, key) if mine is not None else {""}):
            found.append(f"{attribute.name} differs")
    return found


def _texts(secret: Secret, key: PrivateKey) -> set[str]:
    """What MOM's secret is for an OMM with that key: sealed for it, else the open text."""
    sealed = secret.for_key(key.public.fingerprint)
    if sealed is not None:
        try:
            return {_opened(sealed.cipher, key)}
        except SecretUnreadable:
            return set()
    return {secret.text} if secret.text is not None else set()


def _knows(secret: Secret, key: PrivateKey) -> bool:
    """Whether MOM can give the secret to an OMM with that key."""
    return secret.text is not None or secret.for_key(key.public.fingerprint) is not None


def _opened(cipher: str, key: PrivateKey) -> str:
    """The text of a secret as an OMM writes it; an empty one is written in the clear."""
    return key.decrypt(cipher) if cipher else ""


def _name(copy: Copy) -> str:
    return f"{copy.noun.value} {copy.number} (local {copy.local})"
