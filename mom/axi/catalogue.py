"""The catalogue of AXI: look a message up, and check an element against what is known of it.

Enumerations stay open, because newer OMMs add values, and unknown names are no errors on the wire:
a finding is a hint for a person (who wrote a template, say), never a reason to drop a message. This
module must not know what a message does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from mom.axi.element import Element
from mom.axi.errors import BadValue
from mom.axi.specs import (
    AttributeSpec,
    ChildSpec,
    EventTypeSpec,
    Kind,
    MessageSpec,
    Specs,
    TypeSpec,
    parse,
)

REQUEST_ATTRIBUTES = frozenset({"seq", "plainText", "replaceData"})
"""Attributes that any request may have; the latter two are for provisioning files."""

RESPONSE_ATTRIBUTES = frozenset({"seq", "errCode", "info", "bad", "maxLen"})
"""Attributes that any answer may have."""

_COMMON = {
    Kind.REQUEST: REQUEST_ATTRIBUTES,
    Kind.RESPONSE: RESPONSE_ATTRIBUTES,
    Kind.EVENT: frozenset[str](),
}
_RANGES = {
    "short": (-(1 << 15), (1 << 15) - 1),
    "integer": (-(1 << 31), (1 << 32) - 1),
    "unsigned": (0, (1 << 32) - 1),
    "long": (-(1 << 63), (1 << 63) - 1),
}
_SHOWN_VALUES = 12


class Catalogue:
    """Everything that is publicly known of AXI; immutable."""

    def __init__(self, specs: Specs) -> None:
        self.messages: Mapping[str, MessageSpec] = MappingProxyType(specs.messages)
        self.types: Mapping[str, TypeSpec] = MappingProxyType(specs.types)
        self.enums: Mapping[str, tuple[str, ...]] = MappingProxyType(specs.enums)
        self.errors: Mapping[str, str] = MappingProxyType(specs.errors)
        self.event_types: Mapping[str, EventTypeSpec] = MappingProxyType(specs.event_types)
        self.limits: Mapping[str, int] = MappingProxyType(specs.limits)

    def message(self, name: str) -> MessageSpec | None:
        """Return what is known of a message, or ``None`` for a name nobody knows."""
        return self.messages.get(name)

    def versions_7_1(self) -> dict[str, str]:
        """Return the versions that an OMM 7.1 reports in GetVersionsResp, by element name."""
        return {
            message.name: message.version_7_1
            for message in self.messages.values()
            if message.version_7_1 and message.kind is not Kind.RESPONSE
        }

    def findings(self, element: Element) -> list[str]:
        """Check a message; return one readable line for each thing that looks wrong.

        Found are: an unknown message, attribute or child (with the nearest known name), a value
        that is no number, boolean or known value of its enumeration, and a child too many. What is
        only known by name is not looked into.
        """
        message = self.messages.get(element.name)
        if message is None:
            return [_unknown("message", element.name, self.messages)]
        found: list[str] = []
        if message.known:
            self._check(
                element, self.types[message.type], element.name, _COMMON[message.kind], found
            )
        return found

    def _check(
        self, element: Element, spec: TypeSpec, path: str, common: frozenset[str], found: list[str]
    ) -> None:
        if spec.open:
            return
        for name, text in element.attrs.items():
            attribute = spec.attributes.get(name)
            if attribute is not None:
                found.extend(self._check_value(element, f"{path}/@{name}", name, attribute))
            elif name not in common:
                found.append(f"{path}: " + _unknown("attribute", name, spec.attributes))
            elif name in ("plainText", "replaceData") and text not in ("0", "1", "true", "false"):
                found.append(f"{path}/@{name}: not a boolean")
        counts: dict[str, int] = {}
        for child in element.children:
            counts[child.name] = counts.get(child.name, 0) + 1
            child_spec = spec.children.get(child.name)
            if child_spec is None:
                found.append(f"{path}: " + _unknown("child", child.name, spec.children))
            else:
                self._check_child(child, child_spec, f"{path}/{child.name}", found)
        found.extend(_too_many(spec, counts, path))

    def _check_child(self, child: Element, spec: ChildSpec, path: str, found: list[str]) -> None:
        if spec.text:
            values = self.enums.get(spec.type)
            if values is not None and child.text not in values:
                found.append(f"{path}: " + _not_one_of(child.text, values))
        elif spec.type in self.types:
            self._check(child, self.types[spec.type], path, frozenset(), found)

    def _check_value(
        self, element: Element, path: str, name: str, spec: AttributeSpec
    ) -> Iterable[str]:
        if spec.type in self.enums:
            values = self.enums[spec.type]
            if element.get(name).lower() not in {value.lower() for value in values}:
                yield f"{path}: " + _not_one_of(element.get(name), values)
            return
        try:
            if spec.type == "boolean":
                element.flag(name)
            elif spec.type == "integer-list":
                _check_integers(name, element.get(name))
            elif spec.type in _RANGES:
                low, high = _RANGES[spec.type]
                low = low if spec.min is None else spec.min
                high = high if spec.max is None else spec.max
                if not low <= element.number(name, low) <= high:
                    yield f"{path}: not between {low} and {high}"
        except BadValue as error:
            yield f"{path}: not {error.expected}"


@cache
def load() -> Catalogue:
    """Return the catalogue; the data file is read once."""
    data = resources.files("mom.axi").joinpath("catalogue.txt")
    return Catalogue(parse(data.read_text(encoding="utf-8")))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, if one comes close."""
    names = sorted(known)
    same = [each for each in names if each.lower() == name.lower()]
    close = same or difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return close[0] if close else None


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    return f"unknown {what} {name!r}" + (f", did you mean {close!r}?" if close else "")


def _not_one_of(text: str, values: tuple[str, ...]) -> str:
    shown = ", ".join(value for value in values[:_SHOWN_VALUES] if value)
    more = ", ..." if len(values) > _SHOWN_VALUES else ""
    return f"{text!r} is none of the known values: {shown}{more}"


def _too_many(spec: TypeSpec, counts: Mapping[str, int], path: str) -> Iterable[str]:
    for name, count in counts.items():
        child = spec.children.get(name)
        if child is None:
            continue
        most = child.max if child.many else 1
        if most is not None and count > most:
            yield f"{path}: {count} children {name!r}, at most {most} are known"


def _check_integers(name: str, text: str) -> None:
    for part in text.split(","):
        Element(name, {name: part}).number(name)
