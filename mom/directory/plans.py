"""How whole elements with the same attributes become records: worked out once, used for all. Pure.

For elements in which every value is of its kind and written plainly, as nearly all are; an element
with another value is read by `mom.directory.wire`, which keeps such a value raw.
"""

import functools
from collections.abc import Iterable, Mapping
from itertools import repeat

import msgspec

from mom.axi.element import FLAGS
from mom.directory.alike import Columns
from mom.directory.fingerprints import RECORDS, group_of, shape_of, stamp_name
from mom.directory.wire import Record, readers, whole
from mom.model.agreement import GROUPS
from mom.model.attribute import Group, Kind
from mom.model.copy import Noun


class Plan:
    """The plan for one list of attribute names of one noun.

    `shape` takes stamps and prints. `secrets` are the names of the secrets that are told; `stamps`
    those of the fields that keep the stamps of the groups, empty for one that is not kept.
    """

    def __init__(self, noun: Noun, names: tuple[str, ...]) -> None:
        known = readers(noun)
        of = {kind: [n for n in names if n in known and known[n][2] is kind] for kind in Kind}
        self._record = RECORDS[noun]
        self._fields = [(f.encode_name, f.default) for f in msgspec.structs.fields(self._record)]
        self._texts = frozenset(of[Kind.TEXT])
        self._numbers = frozenset(of[Kind.NUMBER])
        self._switches = frozenset(of[Kind.BOOLEAN])
        self._unknown = tuple(
            name for name in names if name not in known and group_of(noun, name) is Group.ADMIN
        )
        self.shape = shape_of(noun, names)
        self.secrets = tuple(of[Kind.SECRET])
        self.stamps = tuple(
            "" if group is Group.RELATION else stamp_name(group) for group in GROUPS[noun]
        )

    def misfits(self, columns: Columns) -> set[int]:
        """The places of the elements with a value that is not of its kind."""
        found: set[int] = set()
        for names, fits in ((self._switches, FLAGS.__contains__), (self._numbers, _is_plain)):
            for name in names:
                if not all(map(fits, set(columns[name]))):
                    found |= {at for at, text in enumerate(columns[name]) if not fits(text)}
        return found

    def records(self, columns: Columns, own: Mapping[str, Iterable[object]]) -> list[Record]:
        """The records of elements that fit; `own` are MOM's values, by name on the wire, at least
        their numbers.
        """
        fields: list[Iterable[object]] = []
        for name, default in self._fields:
            if name in own:
                fields.append(own[name])
            elif name in self._texts:
                fields.append(columns[name])
            elif name in self._switches:
                fields.append(map(FLAGS.__getitem__, columns[name]))
            elif name in self._numbers:
                fields.append(map(int, columns[name]))
            else:
                fields.append(repeat(default))
        return list(map(self._record, *fields))

    def extras(self, columns: Columns, count: int) -> list[dict[str, str]]:
        """What each of the elements tells that is not known."""
        if not self._unknown:
            return [{} for _ in range(count)]
        values = zip(*[columns[name] for name in self._unknown], strict=True)
        return [dict(zip(self._unknown, each, strict=True)) for each in values]


@functools.lru_cache(maxsize=512)
def plan_of(noun: Noun, names: tuple[str, ...]) -> Plan:
    """The plan for elements with these attributes, in this order."""
    return Plan(noun, names)


def _is_plain(text: str) -> bool:
    """Whether a text is a whole number as it is usually written."""
    number = whole(text)
    return number is not None and str(number) == text
