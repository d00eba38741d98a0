"""Data channels: which there are, who listens, and who gets a message.

A channel is made by an application of MOM or by one at an OMM. Data passes whether or not MOM knows
a channel of that name: applications at an OMM may have made theirs before MOM was connected.
The messages are those of the MOM profile. This module must not know how anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mom.axi.errors import BadValue
from mom.axi.mom_profile import EVERYBODY, MOM_ADDRESS, channel_cnf, channel_name
from mom.messaging.errors import Refused, invalid
from mom.messaging.party import Party, Tell

MOST_OF_ONE = 100
"""Channels of one OMM or application, and names that one listens to."""
MAX_DESCRIPTION = 255


class Channel(msgspec.Struct, frozen=True):
    """A channel. `local` is its number at the OMM where it was made; 0 if it was made at MOM."""

    id: int
    name: str
    creator: Party
    local: int = 0


class Channels:
    """All channels and their listeners."""

    def __init__(self) -> None:
        self._channels: dict[int, Channel] = {}
        self._names: dict[Party, set[str]] = {}
        self._last = 0

    def __len__(self) -> int:
        """How many channels there are."""
        return len(self._channels)

    def listeners(self, name: str) -> list[Party]:
        """Who listens to the channel of that name."""
        return [party for party, names in self._names.items() if names & {name, EVERYBODY}]

    def subscribe(self, party: Party, name: str, cmd: str) -> None:
        """Begin (`On`) or end (`Off`) to listen to a channel, or to all. Raises `Refused`."""
        if name != EVERYBODY:
            _checked(name)
        names = self._names.setdefault(party, set())
        if cmd == "On":
            if len(names) >= MOST_OF_ONE and name not in names:
                raise Refused("ENoMem", f"at most {MOST_OF_ONE} names")
            names.add(name)
        elif cmd == "Off":
            names.discard(name)
        else:
            raise invalid("cmd", "On or Off")
        if not names:
            del self._names[party]

    def create(self, creator: Party, name: str, description: str) -> tuple[int, list[Tell]]:
        """Make a channel at MOM; returns its number. Raises `Refused`."""
        _checked(name)
        if len(description) > MAX_DESCRIPTION:
            raise invalid("description", f"at most {MAX_DESCRIPTION} characters")
        if any(each.name == name and not each.local for each in self._channels.values()):
            raise Refused("EExist", "the name is taken", "name")
        if len(self._of(creator)) >= MOST_OF_ONE:
            raise Refused("ENoMem", f"at most {MOST_OF_ONE} channels")
        channel = self._add(name, creator)
        return channel.id, self._announce(channel)

    def delete(self, party: Party, id: int) -> list[Tell]:
        """End a channel that the party made at MOM. Raises `Refused`."""
        channel = self._channels.get(id)
        if channel is None:
            raise Refused("ENoEnt", "no such channel", "id")
        if channel.creator != party or channel.local:
            raise Refused("EPerm", "only its creator may delete a channel")
        return self._end(channel)

    def made_there(self, party: Party, name: str, local: int) -> list[Tell]:
        """An application at an OMM has made a channel there. Raises `Refused`."""
        _checked(name)
        known = self._of(party)
        if len(known) >= MOST_OF_ONE or any(each.local == local for each in known):
            return []
        return self._announce(self._add(name, party, local))

    def ended_there(self, party: Party, local: int) -> list[Tell]:
        """A channel that was made at an OMM has ended."""
        found = [channel for channel in self._of(party) if channel.local == local]
        return [tell for channel in found for tell in self._end(channel)]

    def drop(self, party: Party) -> list[Tell]:
        """The connection of somebody has ended: so have the channels made through it."""
        self._names.pop(party, None)
        return [tell for channel in self._of(party) for tell in self._end(channel)]

    def _of(self, party: Party) -> list[Channel]:
        return [channel for channel in self._channels.values() if channel.creator == party]

    def _add(self, name: str, creator: Party, local: int = 0) -> Channel:
        self._last += 1
        channel = self._channels[self._last] = Channel(self._last, name, creator, local)
        return channel

    def _end(self, channel: Channel) -> list[Tell]:
        del self._channels[channel.id]
        return self._announce(channel, deleted=True)

    def _announce(self, channel: Channel, *, deleted: bool = False) -> list[Tell]:
        event = channel_cnf(channel.name, channel.id, deleted=deleted)
        return [Tell(party, event) for party in self.listeners(channel.name)]


class Receivers(msgspec.Struct, frozen=True):
    """Who gets a message: OMMs, and applications that listen (also those at OMMs)."""

    omms: tuple[Party, ...] = ()
    listeners: tuple[Party, ...] = ()


def receivers(
    sender: Party, to: str, omms: Iterable[tuple[Party, str]], listeners: Iterable[Party]
) -> Receivers:
    """Who gets a message; `omms` are those connected with their ARIs."""
    others = [party for party in listeners if party != sender]
    if to == EVERYBODY:
        reached = tuple(party for party, _ in omms if party != sender)
        return Receivers(reached, tuple(party for party in others if party not in reached))
    if to == MOM_ADDRESS:
        return Receivers((), tuple(others))
    return Receivers(tuple(party for party, ari in omms if ari == to.upper()))


def _checked(name: str) -> None:
    try:
        channel_name(name)
    except BadValue as error:
        raise invalid("name", error.expected) from None
