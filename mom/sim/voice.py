"""How one OMM writes: answers, events and records as frames, with its quirks of writing.

Records are encoded in one pass and kept; a page is joined from the kept bytes. Secrets are
encrypted under the OMM's key with padding that depends on nothing but the text, so that an
unchanged secret looks unchanged, unless the OMM re-encrypts. This module must not know what a
message means.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from mom.axi.codec import encode
from mom.axi.element import Element, Value, make
from mom.axi.secrets import PublicKey
from mom.sim.kinds import Kind
from mom.sim.quirks import Quirk, Quirks
from mom.sim.records import Record

_REMEMBERED = 4096
_V = TypeVar("_V")


class Answer(msgspec.Struct, frozen=True):
    """What a request is answered with: attributes, children, and encoded records after them."""

    attrs: Mapping[str, Value] = {}
    children: Sequence[Element] = ()
    rows: tuple[bytes, ...] = ()
    text: str = ""


class Voice:
    """Writes for one OMM; `rng` is where its whims come from.

    `keeps` tells whether the encoded form of a record stays the same until the record changes.
    """

    def __init__(self, key: PublicKey, quirks: Quirks, rng: random.Random) -> None:
        self._key = key
        self._rng = rng
        self._reencrypt = Quirk.REENCRYPT in quirks
        self._words = Quirk.WORDS in quirks
        self._shuffled = Quirk.SHUFFLED in quirks
        self._strange = Quirk.STRANGE in quirks
        self._sealed: dict[str, str] = {}
        self.keeps = not (self._reencrypt or self._shuffled)

    def message(self, name: str, answer: Answer, seq: str | None = None) -> bytes:
        """Return one message as a frame; `seq` is repeated in front if there is one."""
        attrs = dict(answer.attrs)
        if self._strange:
            attrs["futureHint"] = "7"
        head = {} if seq is None else {"seq": seq}
        element = make(name, {**head, **self._written(attrs)}, *answer.children, text=answer.text)
        frame = encode(element)
        if not answer.rows:
            return frame
        body = b"".join(answer.rows)
        if frame.endswith(b"/>"):
            return b"%b>%b</%b>" % (frame[:-2], body, name.encode())
        return frame.removesuffix(end := b"</%b>" % name.encode()) + body + end

    def child(self, name: str, attrs: Mapping[str, Value], *children: Element) -> Element:
        """Return a child element of an answer or event."""
        return make(name, self._written(attrs), *children)

    def record(self, record: Record) -> bytes:
        """Return a whole record, from what is kept if it has not changed."""
        if record.encoded is not None:
            return record.encoded
        encoded = self._encode(record.kind, record.all())
        if self.keeps:
            record.encoded = encoded
        return encoded

    def part(self, record: Record, names: Iterable[str]) -> bytes:
        """Return the keys of a record and these attributes of it."""
        kind = record.kind
        wanted = {kind.key, kind.second, *names}
        return self._encode(kind, {n: v for n, v in record.all().items() if n in wanted})

    def key_only(self, kind: Kind, number: int, second: int) -> bytes:
        """Return only the keys of a record that is no more."""
        return encode(make(kind.tag, {kind.key: number, kind.second: second}))

    def seal(self, text: str) -> str:
        """Encrypt a secret under the OMM's key."""
        if self._reencrypt:
            return self._key.encrypt(text, self._rng.randbytes)
        sealed = self._sealed.get(text)
        if sealed is None:
            if len(self._sealed) >= _REMEMBERED:
                self._sealed.clear()
            sealed = self._sealed[text] = self._key.encrypt(text, _Padding(text))
        return sealed

    def _encode(self, kind: Kind, values: dict[str, str]) -> bytes:
        for name in kind.secrets & values.keys():
            values[name] = self.seal(values[name])
        if self._words:
            for name in kind.booleans & values.keys():
                values[name] = "true" if values[name] == "1" else "false"
        if self._shuffled:
            values = self._mixed(values)
        return encode(Element(kind.tag, values))

    def _written(self, attrs: Mapping[str, Value]) -> dict[str, Value]:
        written = dict(attrs)
        if self._words:
            for name, value in written.items():
                if value is True or value is False:
                    written[name] = "true" if value else "false"
        return self._mixed(written) if self._shuffled else written

    def _mixed(self, attrs: Mapping[str, _V]) -> dict[str, _V]:
        names = list(attrs)
        self._rng.shuffle(names)
        return {name: attrs[name] for name in names}


class _Padding:
    """Bytes that look random and depend on a text alone."""

    def __init__(self, text: str) -> None:
        self._text = text.encode("utf-8")
        self._count = 0

    def __call__(self, count: int) -> bytes:
        self._count += 1
        return hashlib.shake_128(b"%d:%b" % (self._count, self._text)).digest(count)
