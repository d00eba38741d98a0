"""Whatever an OMM says, nothing breaks, and nobody gets more than one final result."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mom.axi.element import Element
from mom.messaging.letter import FINAL
from tests.messaging.world import World

NAMES = (
    "EventMessageSend",
    "EventMessageProgress",
    "EventMessageConfirmation",
    "EventMessageQueueEmpty",
    "EventAlarmTrigger",
    "EventRequestToMOM",
    "EventApplicationDataChannel",
    "EventApplicationDataChannelCnf",
)
INNER = (
    "msg",
    "e",
    "SendMessage",
    "CancelMessage",
    "DeleteMessage",
    "Subscribe",
    "CreateApplicationDataChannel",
    "DeleteApplicationDataChannel",
    "SubscribeApplicationDataChannel",
    "ApplicationDataChannel",
    "GetPPUser",
    "RouteRequestToMOM",
)
VALUES = {
    "sendTime": ("5", "6"),
    "id": ("1", "2", "1048577"),
    "fromAddr": ("tel:1001", "tel:1002"),
    "toAddr": ("tel:1002", "tel:1003", "ppn:2", "tel:7"),
    "event": ("Delivered", "PagingTimeout", "Busy", "DeleteDelivered"),
    "ppn": ("101", "-1"),
    "name": ("doors", "*"),
    "to": ("MOM", "*", "10290002"),
    "from": ("10290001", "10290002"),
    "data": ("QQ==",),
    "cmd": ("On", "Off"),
    "eventType": ("AlarmTrigger", "MessageProgress"),
    "trigger": ("*", "SOS"),
    "deleted": ("1", "0"),
    "seq": ("1",),
}
ATTRS = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(st.sampled_from(values), st.sampled_from(values), st.text(max_size=9))
        for name, values in VALUES.items()
    },
)


Elements = st.SearchStrategy[Element]


def elements(names: tuple[str, ...], children: Elements | None = None) -> Elements:
    return st.builds(
        Element,
        st.one_of(st.sampled_from(names), st.sampled_from(names), st.text(max_size=9)),
        ATTRS,
        st.just(()) if children is None else st.lists(children, max_size=2).map(tuple),
        st.text(max_size=5),
    )


EVENTS = elements(NAMES, elements(INNER, elements(INNER)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), EVENTS), max_size=25))
def test_any_events_in_any_order_are_survived(events: list[tuple[int, Element]]) -> None:
    world = World()
    results: Counter[tuple[str, ...]] = Counter()
    for number, event in events:
        world.tell(number, event)
        for wire in world.wires.values():
            for answer in wire.answers[-1:]:
                if not answer.called:
                    wire.refuse("EFailed")
    for line in world.lines.values():
        line.close()
    for number, wire in world.wires.items():
        for told in wire.routed():
            if told.get("event") in FINAL - {"DeleteDelivered", "DeleteOverridden"}:
                names = ("sendTime", "id", "toAddr")
                results[str(number), *map(told.get, names)] += 1
    figures = world.router.figures()
    assert (figures.open_messages, figures.channels, figures.endpoints) == (0, 0, 0)
    assert sum(results.values()) <= figures.from_omms + figures.from_applications
    world.router.stop()
