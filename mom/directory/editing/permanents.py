"""How many permanent users there may be: in the whole system, and by what each OMM takes.

Each OMM holds all of them with their subscribed devices. Nothing is changed here.
"""

from collections.abc import Collection, Mapping

from mom.directory.capacity import permanent_ones
from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.model.copy import Noun
from mom.model.identities import OmmId


def refusal(
    index: Index, fresh: Collection[int], all_in_all: int, most: int, limits: Mapping[OmmId, int]
) -> str:
    """Why these users cannot be permanent too; empty if they can.

    `all_in_all` is how many permanent users there would be with them, `most` how many there may be
    in the whole system, `limits` how many phones each OMM takes.
    """
    if all_in_all > most:
        return f"{all_in_all} users would be permanent, and {most} is the limit"
    users = {number: index.entry(Noun.USER, number) for number in fresh}
    devices = {
        phone.number: phone
        for user in users.values()
        if user is not None
        for phone in [index.entry(Noun.DEVICE, user.partner)]
        if phone is not None and phone.active
    }
    for noun, entries in ((Noun.USER, users), (Noun.DEVICE, devices)):
        held = _held(index, noun, entries)
        for omm, limit in limits.items():
            more = len(entries) - held.get(omm, 0)
            full = len(index.shelf(noun, omm)) + more
            if full + len(index.permanent) > limit:
                full += _on_their_way(index, noun, omm, entries)
            if more and full > limit:
                there = full - more
                return f"OMM {omm:04d} has {there} {noun.value}s to hold already and takes {limit}"
    return ""


def _held(index: Index, noun: Noun, numbers: Collection[int]) -> dict[OmmId, int]:
    """How many of these records each OMM holds."""
    held: dict[OmmId, int] = {}
    for number in numbers:
        for copy in index.copies(noun, number):
            held[copy.omm] = held.get(copy.omm, 0) + 1
    return held


def _on_their_way(index: Index, noun: Noun, omm: OmmId, without: Mapping[int, Entry | None]) -> int:
    """How many other permanent users, or devices of such, the OMM does not have yet."""
    return sum(
        1
        for number in permanent_ones(index, noun)
        if number not in without and index.copy(noun, number, omm) is None
    )
