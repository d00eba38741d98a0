"""How whole elements with the same attributes become records: worked out once, used for each. Pure.

For elements in which every value is of its kind and written plainly, as nearly all are; an element
with another value is read by `mom.directory.wire`, which keeps such a value raw.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

import msgspec

from mom.axi.element import FLAGS
from mom.directory.fingerprints import RECORDS, group_of, shape_of, stamp_name
from mom.directory.wire import Record, readers, whole
from mom.model.agreement import GROUPS
from mom.model.attribute import Group, Kind
from mom.model.copy import Noun

Attrs = dict[str, str]


class Plan:
    """The plan for one list of attribute names of one noun.

    `names` is that list; `shape` takes stamps and prints. `secrets` are the names of the secrets
    that are told; `stamps` those of the fields that keep the stamps of the groups, empty for one
    that is not kept.
    """

    def __init__(self, noun: Noun, names: tuple[str, ...]) -> None:
        known = readers(noun)
        of = {kind: [n for n in names if n in known and known[n][2] is kind] for kind in Kind}
        self.names = names
        self._record = RECORDS[noun]
        self._numbers = _together(of[Kind.NUMBER])
        self._switches = _together(of[Kind.BOOLEAN])
        self._own = _own(noun, names)
        self._unknown = tuple(
            name for name in names if name not in known and group_of(noun, name) is Group.ADMIN
        )
        self.shape = shape_of(noun, names)
        self.secrets = tuple(of[Kind.SECRET])
        self.stamps = tuple(
            "" if group is Group.RELATION else stamp_name(group) for group in GROUPS[noun]
        )

    def fits(self, attrs: Attrs) -> bool:
        """Whether every value is of its kind."""
        return FLAGS.keys() >= set(self._switches(attrs)) and all(
            map(_is_plain, self._numbers(attrs))
        )

    def record(self, attrs: Attrs, own: Mapping[str, object]) -> Record:
        """The record of an element that fits; `own` are MOM's values, by name on the wire."""
        extra = {name: attrs[name] for name in self._unknown}
        values = {**attrs, **self._own, "extra": extra, **own}
        return msgspec.convert(values, self._record, strict=False)


@functools.lru_cache(maxsize=512)
def plan_of(noun: Noun, names: tuple[str, ...]) -> Plan:
    """The plan for elements with these attributes, in this order."""
    return Plan(noun, names)


def _own(noun: Noun, names: tuple[str, ...]) -> dict[str, object]:
    """The defaults of the fields that an OMM does not decide, though it may name them."""
    known = readers(noun)
    return {
        field.encode_name: field.default
        for field in msgspec.structs.fields(RECORDS[noun])
        if field.encode_name in names
        and known.get(field.encode_name, ("", 0, Kind.OTHER))[2] in (Kind.OTHER, Kind.SECRET)
    }


@functools.lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    """Whether a text is a whole number as it is usually written."""
    number = whole(text)
    return number is not None and str(number) == text


def _together(names: Sequence[str]) -> Callable[[Attrs], tuple[str, ...]]:
    """A function that takes these attributes out of an element."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda attrs: tuple(attrs[name] for name in names)
