"""How whole elements with the same attributes become records: worked out once, used for each. Pure.

For elements in which every value is of its kind, as nearly all are; an element with another value
is read by `mom.directory.wire`, which keeps such a value raw.
"""

import functools
from collections.abc import Callable, Sequence
from operator import itemgetter

from mom.axi.element import FLAGS
from mom.directory.fingerprints import group_of, shape_of
from mom.directory.wire import readers, whole
from mom.model.agreement import GROUPS
from mom.model.attribute import Group, Kind
from mom.model.copy import Noun

Attrs = dict[str, str]


class Plan:
    """The plan for one list of attribute names of one noun.

    `shape` takes stamps and prints. `secrets` are the secrets that are told, by wire and Python
    name; `stamps` the fields that keep the stamps of the groups, empty for one that is not kept.
    """

    def __init__(self, noun: Noun, names: tuple[str, ...]) -> None:
        found = [(name, *known) for name in names if (known := readers(noun).get(name))]
        of = {kind: [(wire, name) for wire, name, _, k in found if k is kind] for kind in Kind}
        self._names = tuple(name for _, name in of[Kind.TEXT])
        self._texts = _together([wire for wire, _ in of[Kind.TEXT]])
        self._number_names = tuple(name for _, name in of[Kind.NUMBER])
        self._numbers = _together([wire for wire, _ in of[Kind.NUMBER]])
        self._switch_names = tuple(name for _, name in of[Kind.BOOLEAN])
        self._switches = _together([wire for wire, _ in of[Kind.BOOLEAN]])
        self._unknown = tuple(
            name
            for name in names
            if name not in readers(noun) and group_of(noun, name) is Group.ADMIN
        )
        self.shape = shape_of(noun, names)
        self.secrets = tuple(of[Kind.SECRET])
        self.stamps = tuple(
            "" if group is Group.RELATION else f"time_stamp_{group.value}" for group in GROUPS[noun]
        )

    def values(self, attrs: Attrs) -> dict[str, object] | None:
        """The typed values by Python name, `extra` included; None if one is not of its kind."""
        switches = tuple(map(FLAGS.get, self._switches(attrs)))
        numbers = tuple(map(whole, self._numbers(attrs)))
        if None in switches or None in numbers:
            return None
        found: dict[str, object] = dict(zip(self._names, self._texts(attrs), strict=True))
        found.update(zip(self._switch_names, switches, strict=True))
        found.update(zip(self._number_names, numbers, strict=True))
        found["extra"] = {name: attrs[name] for name in self._unknown}
        return found


@functools.lru_cache(maxsize=512)
def plan_of(noun: Noun, names: tuple[str, ...]) -> Plan:
    """The plan for elements with these attributes, in this order."""
    return Plan(noun, names)


def _together(names: Sequence[str]) -> Callable[[Attrs], tuple[str, ...]]:
    """A function that takes these attributes out of an element."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda attrs: tuple(attrs[name] for name in names)
