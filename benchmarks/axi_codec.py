"""Measure reading and writing of AXI records against peers, in one run and on one machine.

A page of 20 users is made from the captured 69-attribute user; every number is microseconds for one
user, the best of several rounds. Run it by ``python -m benchmarks.axi_codec``.
"""

import time
from collections.abc import Callable
from pathlib import Path
from xml.dom import minidom

import msgspec
from lxml import etree

from mom.axi.codec import Decoder, decode, encode
from mom.axi.element import Element

CAPTURE = Path(__file__).parent.parent / "tests" / "axi" / "captures" / "SetPPResp-unbound.xml"
USERS = 20
ROUNDS = 9
REPEATS = 60


def best(action: Callable[[], object], users: int) -> float:
    """Return microseconds for one user: the best round."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(REPEATS):
            action()
        rounds.append((time.perf_counter() - started) / REPEATS / users * 1e6)
    return min(rounds)


def by_lxml_tree(page: bytes) -> list[dict[str, str]]:
    """Read a page into dictionaries by an lxml tree."""
    return [dict(user.attrib) for user in etree.fromstring(page)]


def by_minidom(page: bytes) -> list[dict[str, str]]:
    """Read a page into dictionaries by the standard library's document tree."""
    root = minidom.parseString(page).documentElement
    return [dict(user.attributes.items()) for user in root.childNodes]


def written_by_lxml(user: Element) -> bytes:
    """Write a user by an lxml tree."""
    node = etree.Element(user.name)
    for name, value in user.attrs.items():
        node.set(name, value)
    return etree.tostring(node, encoding="utf-8")


def main() -> None:
    """Measure and print a table."""
    user = decode(CAPTURE.read_bytes()).child("user")
    assert user is not None
    awkward = msgspec.structs.replace(user, attrs=user.attrs | {"name": "Müller & <Söhne>"})
    page = encode(Element("GetPPUserResp", {"seq": "1"}, (user,) * USERS))
    decoder = Decoder()
    rows = [
        ("read: kept decoder -> Element", best(lambda: decoder.decode(page), USERS)),
        ("read: decode() -> Element", best(lambda: decode(page), USERS)),
        ("read: lxml tree -> dict", best(lambda: by_lxml_tree(page), USERS)),
        ("read: minidom -> dict", best(lambda: by_minidom(page), USERS)),
        ("write: encode()", best(lambda: encode(user), 1)),
        ("write: encode(), with escapes", best(lambda: encode(awkward), 1)),
        ("write: lxml tree", best(lambda: written_by_lxml(user), 1)),
    ]
    print(f"page of {USERS} users with {len(user.attrs)} attributes each: {len(page)} bytes")
    for name, microseconds in rows:
        print(f"{name:34} {microseconds:8.1f} us/user {1e6 / microseconds:10,.0f} users/s")


if __name__ == "__main__":
    main()
