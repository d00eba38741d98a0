"""The base of typed records that stand for one flat element.

A field ``rfp_id`` is the attribute ``rfpId``. This module must not know any single message.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Self

import msgspec

from mom.axi.element import Element, make
from mom.axi.errors import BadValue

_TEXT = (str, str | None)


class Record(msgspec.Struct, frozen=True, rename="camel"):
    """A record made from the attributes of an element, and back."""

    @classmethod
    def from_element(cls, element: Element) -> Self:
        """Read the record; raises ``BadValue`` for a missing field or one of the wrong kind.

        Unknown attributes are ignored. A number or boolean that is empty counts as left out.
        """
        texts = _texts_of(cls)
        filled = {name: text for name, text in element.attrs.items() if text or name in texts}
        try:
            return msgspec.convert(filled, cls, strict=False)
        except msgspec.ValidationError as error:
            raise BadValue(element.name, f"a {cls.__name__}: {error}") from None

    def to_element(self, name: str) -> Element:
        """Return the element; fields that have their default are left out."""
        attrs = {
            field.encode_name: getattr(self, field.name)
            for field in msgspec.structs.fields(self)
            if getattr(self, field.name) != field.default
        }
        return make(name, attrs)


@lru_cache(maxsize=64)
def _texts_of(record: type[Record]) -> frozenset[str]:
    """The wire names of the fields that hold text, which may be empty."""
    fields = msgspec.structs.fields(record)
    return frozenset(field.encode_name for field in fields if field.type in _TEXT)
