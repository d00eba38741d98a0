"""The check of a whole record finds what the check of each of its values finds."""

from hypothesis import given
from hypothesis import strategies as st

from mom.directory.guard import Guard
from mom.model.attribute import Group, Kind, attributes
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.user import User

VALUES = st.sampled_from(
    [None, "", "Ada", "12*#", "Müller", "two words", "a\nb", "tab\t", "😀", "\u2028", "x" * 17]
)
GUARDED = {
    record: {
        a.name: a
        for a in attributes(record)
        if a.kind is Kind.TEXT
        and a.group in (Group.ADMIN, Group.SUBSCRIPTION, Group.IDENTITY)
        and not a.attr.hidden
    }
    for record in (User, Device)
}


@given(
    st.dictionaries(st.sampled_from(sorted(GUARDED[User])), VALUES, max_size=3),
    st.dictionaries(st.sampled_from(["ac", "location_data"]), VALUES),
    st.dictionaries(st.sampled_from(["name", "voiceboxNum", "ac"]), st.integers(1, 20)),
)
def test_a_record_has_the_flaws_of_its_values(
    user: dict[str, str], device: dict[str, str], lengths: dict[str, int]
) -> None:
    guard = Guard(lengths)
    person = User(uid=UserNumber(1), **user)  # type: ignore[arg-type]
    phone = Device(ppn=DeviceNumber(1), **device)  # type: ignore[arg-type]
    for noun, record in ((Noun.USER, person), (Noun.DEVICE, phone)):
        told = {n: guard.flaw(a, getattr(record, n)) for n, a in GUARDED[type(record)].items()}
        assert guard.flaws(noun, record) == {name: flaw for name, flaw in told.items() if flaw}
