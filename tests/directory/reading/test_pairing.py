from mom.axi.element import Element
from mom.directory.reading.pairing import MOST_WAITING, PORTION, Pairing
from mom.directory.rows import Row
from mom.model.copy import Noun


def row(noun: Noun, local: int, partner: int) -> Row:
    name, key, other = ("user", "uid", "ppn") if noun is Noun.USER else ("pp", "ppn", "uid")
    element = Element(name, {key: str(local), other: str(partner)})
    return Row(noun=noun, element=element, local=local, whole=True)


def given(*rows: Row, flush: bool = True) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    pairing = Pairing(lambda rows: found.extend((r.element.name, r.local) for r in rows))
    for each in rows:
        pairing.take([each])
    if flush:
        pairing.flush()
    return found


def test_a_user_waits_for_its_device_and_goes_first() -> None:
    user, device = row(Noun.USER, 1, 7), row(Noun.DEVICE, 7, 1)
    last = row(Noun.USER, 2, 0)
    assert given(user, last, device) == [("user", 2), ("user", 1), ("pp", 7)]
    assert given(device, last, user) == [("user", 2), ("user", 1), ("pp", 7)]


def test_what_goes_on_is_gathered_to_portions() -> None:
    rows = [row(Noun.USER, n, 0) for n in range(1, PORTION + 1)]
    assert given(*rows[1:], flush=False) == []
    assert len(given(*rows, flush=False)) == PORTION


def test_nothing_is_given_twice() -> None:
    found: list[int] = []
    pairing = Pairing(lambda rows: found.extend(each.local for each in rows))
    pairing.take([row(Noun.USER, 1, 0)])
    pairing.flush()
    pairing.flush()
    assert found == [1]


def test_a_record_whose_partner_never_comes_goes_on_at_the_end() -> None:
    assert given(row(Noun.DEVICE, 3, 9), row(Noun.USER, 2, 8)) == [("user", 2), ("pp", 3)]


def test_a_record_whose_partner_has_gone_on_alone_does_not_wait() -> None:
    rows = [row(Noun.USER, 1, 0), row(Noun.DEVICE, 4, 1), row(Noun.USER, 2, 0)]
    assert given(*rows) == [("user", 1), ("pp", 4), ("user", 2)]


def test_no_more_than_some_hundred_records_wait() -> None:
    rows = [row(Noun.USER, n, n + 5000) for n in range(1, MOST_WAITING + 2)]
    assert len(given(*rows, flush=False)) == MOST_WAITING + 1


def test_a_partner_that_is_no_number_is_no_partner() -> None:
    strange = Row(
        noun=Noun.USER, element=Element("user", {"uid": "1", "ppn": "x"}), local=1, whole=True
    )
    assert given(strange, row(Noun.USER, 2, 9), row(Noun.USER, 3, 0)) == [
        ("user", 1),
        ("user", 3),
        ("user", 2),
    ]
