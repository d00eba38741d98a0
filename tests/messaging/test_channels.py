import pytest

from mom.messaging.channels import MOST_OF_ONE, Channels, Receivers, receivers
from mom.messaging.errors import Refused
from mom.messaging.party import Party
from mom.model.identities import OmmId

A, B = Party(omm=OmmId(1)), Party(omm=OmmId(2))
FIRST, SECOND = Party(application=1), Party(application=2)
OMMS = [(A, "10290001"), (B, "10290002")]


@pytest.mark.feature("F87")
@pytest.mark.parametrize(
    ("sender", "to", "listeners", "found"),
    [
        (A, "MOM", [FIRST, SECOND], Receivers((), (FIRST, SECOND))),
        (A, "MOM", [A, B], Receivers((), (B,))),
        (FIRST, "MOM", [FIRST, SECOND], Receivers((), (SECOND,))),
        (FIRST, "10290002", [SECOND], Receivers((B,))),
        (A, "10290002", [], Receivers((B,))),
        (FIRST, "10290003", [SECOND], Receivers()),
        (FIRST, "*", [FIRST, SECOND], Receivers((A, B), (SECOND,))),
        (A, "*", [FIRST, A], Receivers((B,), (FIRST,))),
        (A, "*", [B], Receivers((B,), ())),
    ],
)
def test_who_gets_what_is_sent(
    sender: Party, to: str, listeners: list[Party], found: Receivers
) -> None:
    assert receivers(sender, to, OMMS, listeners) == found


def refused(code: str, call: object, *arguments: object) -> None:
    with pytest.raises(Refused) as found:
        call(*arguments)  # type: ignore[operator]
    assert found.value.code == code


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "*"])
def test_a_channel_needs_a_proper_name(name: str) -> None:
    refused("EInval", Channels().create, FIRST, name, "")


def test_listeners_of_a_channel_hear_of_its_beginning_and_end() -> None:
    channels = Channels()
    channels.subscribe(SECOND, "doors", "On")
    channels.subscribe(A, "*", "On")
    channels.subscribe(B, "windows", "On")
    id, made = channels.create(FIRST, "doors", "All doors")
    assert [(tell.to, tell.event.number("id")) for tell in made] == [(SECOND, id), (A, id)]
    ended = channels.delete(FIRST, id)
    assert [tell.event.flag("deleted") for tell in ended] == [True, True]
    assert len(channels) == 0


def test_only_its_creator_deletes_a_channel_and_a_name_is_taken_once() -> None:
    channels = Channels()
    id, _ = channels.create(FIRST, "doors", "")
    refused("EPerm", channels.delete, SECOND, id)
    refused("ENoEnt", channels.delete, FIRST, id + 1)
    refused("EExist", channels.create, SECOND, "doors", "")
    refused("EInval", channels.create, SECOND, "rooms", "x" * 256)


def test_channels_go_with_the_connection_of_their_creator() -> None:
    channels = Channels()
    channels.subscribe(SECOND, "*", "On")
    channels.create(FIRST, "doors", "")
    channels.create(FIRST, "rooms", "")
    assert [tell.event.get("name") for tell in channels.drop(FIRST)] == ["doors", "rooms"]
    assert channels.create(SECOND, "doors", "")
    channels.drop(SECOND)
    assert channels.listeners("doors") == []


def test_channels_made_at_omms_are_announced_with_numbers_of_mom() -> None:
    channels = Channels()
    channels.subscribe(FIRST, "*", "On")
    (at_a,) = channels.made_there(A, "doors", 3)
    (at_b,) = channels.made_there(B, "doors", 3)
    assert at_a.event.number("id") != at_b.event.number("id")
    assert channels.made_there(A, "doors", 3) == []
    (ended,) = channels.ended_there(A, 3)
    assert ended.event.number("id") == at_a.event.number("id")
    refused("EPerm", channels.delete, B, at_b.event.number("id"))
    assert channels.drop(B)


def test_one_listens_until_it_ends_listening() -> None:
    channels = Channels()
    channels.subscribe(FIRST, "doors", "On")
    channels.subscribe(FIRST, "rooms", "On")
    channels.subscribe(FIRST, "doors", "Off")
    assert channels.listeners("doors") == []
    assert channels.listeners("rooms") == [FIRST]
    refused("EInval", channels.subscribe, FIRST, "rooms", "Maybe")


def test_nobody_has_too_many_channels_or_names() -> None:
    channels = Channels()
    for number in range(MOST_OF_ONE):
        channels.create(FIRST, f"c{number}", "")
        channels.subscribe(FIRST, f"c{number}", "On")
    refused("ENoMem", channels.create, FIRST, "more", "")
    refused("ENoMem", channels.subscribe, FIRST, "more", "On")
    assert channels.create(SECOND, "more", "")
