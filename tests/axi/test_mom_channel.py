import base64

import pytest

from mom.axi.errors import BadValue
from mom.axi.mom_channel import MAX_CHANNEL_DATA, ChannelMessage, channel_cnf, channel_name


def test_channel_data_survives_the_way():
    data = base64.b64encode(b"\0\x01hello").decode()
    message = ChannelMessage("doors", origin="1028D67A", to="MOM", data=data, id="4")

    element = message.to_element("EventApplicationDataChannel")

    assert element.get("from") == "1028D67A"
    assert ChannelMessage.from_element(element) == message
    assert message.content() == b"\0\x01hello"


@pytest.mark.parametrize(
    "data", ["!", "AAA", "ü", base64.b64encode(b"x" * (MAX_CHANNEL_DATA + 1)).decode()]
)
def test_channel_data_that_is_none_or_too_much_is_refused(data: str):
    with pytest.raises(BadValue, match="data"):
        ChannelMessage("doors", data=data).content()


def test_a_channel_is_announced_and_its_end_too():
    made, ended = (channel_cnf("doors", 4, deleted=deleted) for deleted in (False, True))

    assert made.attrs == {"name": "doors", "id": "4"}
    assert ended.attrs == {"name": "doors", "id": "4", "deleted": "1"}


def test_a_channel_name_has_few_characters():
    assert channel_name("Door.1_a-b") == "Door.1_a-b"
    for wrong in ("", "a b", "x" * 65, "ü", "a\n"):
        with pytest.raises(BadValue):
            channel_name(wrong)
