from hypothesis import given
from hypothesis import strategies as st

from mom.model.agreement import (
    GROUPS,
    MOST,
    NEVER,
    PRINT_BYTES,
    Agreement,
    prefix,
    revisions,
    unpack,
)
from mom.model.copy import Noun

STAMPS = st.integers(-1, 2**40)
PRINTS = st.binary(min_size=8, max_size=8)
REVISIONS = st.integers(-2, 2**31 - 1)


@given(st.sampled_from([Noun.USER, Noun.DEVICE]), st.data())
def test_an_agreement_survives_packing_and_begins_with_its_prefix(
    noun: Noun, data: st.DataObject
) -> None:
    count = len(GROUPS[noun])
    agreement = Agreement(
        data.draw(st.tuples(*[STAMPS] * count)),
        data.draw(st.tuples(*[PRINTS] * count)),
        data.draw(st.tuples(*[REVISIONS] * count)),
        data.draw(PRINTS),
        data.draw(st.sampled_from([b"", bytes(5 * PRINT_BYTES)])),
        data.draw(st.lists(PRINTS, max_size=MOST).map(tuple)),
    )
    packed = agreement.pack()
    assert unpack(noun, packed) == agreement
    assert revisions(noun, packed) == agreement.revisions
    head = prefix(agreement.stamps, agreement.prints, agreement.observed, agreement.revisions)
    assert packed.startswith(head)


def test_empty_bytes_agree_on_nothing() -> None:
    assert unpack(Noun.DEVICE, b"").revisions == (NEVER,) * 4
    assert unpack(Noun.USER, b"").stamps == (NEVER,) * 2
    assert revisions(Noun.DEVICE, b"") == (NEVER,) * 4
