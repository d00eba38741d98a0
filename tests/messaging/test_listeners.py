import pytest

from mom.axi.element import Element, Value, make
from mom.messaging.errors import Refused
from mom.messaging.listeners import MAX_PATTERN, MOST_PATTERNS, Listeners
from mom.messaging.party import Party

ONE, TWO = Party(application=1), Party(application=2)


def subscribe(*entries: dict[str, Value]) -> Element:
    return make("Subscribe", None, *[make("e", {"cmd": "On", **entry}) for entry in entries])


def wanting(listeners: Listeners, trigger: str) -> list[Party]:
    return list(listeners.wanting("AlarmTrigger", trigger))


@pytest.mark.feature("F227")
@pytest.mark.parametrize(
    ("pattern", "trigger", "wants"),
    [
        ("*", "SOS", True),
        ("", "SOS", True),
        ("sos", "SOS", True),
        ("LOC-*", "loc-7", True),
        ("LOC-*", "SOS", False),
        ("SOS", "SOS-2", False),
    ],
)
def test_triggers_are_chosen_by_patterns_without_case(
    pattern: str, trigger: str, wants: bool
) -> None:
    listeners = Listeners()
    listeners.apply(ONE, subscribe({"eventType": "AlarmTrigger", "trigger": pattern}))
    assert wanting(listeners, trigger) == [ONE] * wants


def test_flags_end_when_they_are_cleared_or_their_connection_ends() -> None:
    listeners = Listeners()
    for party in (ONE, TWO):
        listeners.apply(party, subscribe({"eventType": "AlarmTrigger", "trigger": "A"}))
    listeners.apply(ONE, subscribe({"eventType": "AlarmTrigger", "trigger": "A", "cmd": "Off"}))
    assert wanting(listeners, "a") == [TWO]
    listeners.drop(TWO)
    assert wanting(listeners, "a") == []


@pytest.mark.parametrize(
    ("entry", "code", "bad"),
    [
        ({}, "EMissing", "eventType"),
        ({"eventType": "PPCnf"}, "EInval", "eventType"),
        ({"eventType": "MessageProgress", "cmd": "Maybe"}, "EInval", "cmd"),
        ({"eventType": "MessageConfirmation", "ppn": 7}, "EInval", "ppn"),
    ],
)
def test_a_wrong_entry_is_refused_and_none_is_applied(
    entry: dict[str, Value], code: str, bad: str
) -> None:
    listeners = Listeners()
    with pytest.raises(Refused) as found:
        listeners.apply(ONE, subscribe({"eventType": "MessageProgress"}, entry))
    assert (found.value.code, found.value.bad) == (code, bad)
    assert list(listeners.wanting("MessageProgress")) == []


def test_one_to_twenty_entries_are_taken_and_so_many_patterns() -> None:
    listeners = Listeners()
    for count in (0, 21):
        with pytest.raises(Refused):
            listeners.apply(ONE, subscribe(*[{"eventType": "MessageProgress"}] * count))
    for number in range(MOST_PATTERNS):
        entry: dict[str, Value] = {"eventType": "AlarmTrigger", "trigger": f"T{number}"}
        listeners.apply(ONE, subscribe(entry))
    with pytest.raises(Refused) as found:
        listeners.apply(ONE, subscribe({"eventType": "AlarmTrigger", "trigger": "more"}))
    assert found.value.code == "ENoMem"


def test_a_pattern_is_short_so_that_nobody_waits_for_it_to_be_compiled() -> None:
    listeners = Listeners()
    long = {"eventType": "AlarmTrigger", "trigger": "*a" * MAX_PATTERN}
    with pytest.raises(Refused, match=f"at most {MAX_PATTERN} characters"):
        listeners.apply(ONE, subscribe(long))
    assert wanting(listeners, "a" * 1000) == []
