"""One table of records: rows to records and back, and bulk access by number.

The same for users, devices, OMMs, accounts and events; what differs is in their `TableSpec`.
"""

import enum
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import msgspec
from sqlalchemy.engine import Connection

from mom.store.columns import Kind, TableSpec, columns_of, fold_by_length
from mom.store.database import Database
from mom.store.rows import Columns, portions, taker
from mom.store.vault import Vault

R = typing.TypeVar("R", bound=msgspec.Struct)
Row = tuple[object, ...]
_AS_NUMBER: dict[object, int] = {True: 1, False: 0}
"""How a switch is stored; one that was never told is NULL."""
_CHUNK = 1000
"""Rows fetched at once where a whole table is read."""


class RowMapper(typing.Generic[R]):
    """Turns records of one class into rows of their table and back."""

    def __init__(self, spec: TableSpec, vault: Vault) -> None:
        self.spec = spec
        self._vault = vault
        columns = columns_of(spec)
        self._read_names = tuple(column.name for column in columns)
        fields = msgspec.structs.fields(spec.record)
        place = {field.name: number for number, field in enumerate(fields)}
        plain = [c for c in columns if c.kind not in (Kind.BOOLEAN, Kind.WORD, Kind.JSON)]
        switches = [column for column in columns if column.kind is Kind.BOOLEAN]
        written = [column for column in columns if column.kind in (Kind.WORD, Kind.JSON)]
        folded = sorted((c for c in columns if c.folded), key=lambda c: not c.by_length)
        self.names = (
            *(column.name for column in (*plain, *switches, *written)),
            *(column.folded for column in folded),
            "search",
            *(("hidden",) if spec.hidden else ()),
        )
        self._key = place[spec.key]
        self._plain = taker([place[column.name] for column in plain])
        self._switches = taker([place[column.name] for column in switches])
        self._switch_names = tuple(column.name for column in switches)
        self._writers = tuple(
            (place[c.name], _write_word if c.kind is Kind.WORD else _write_json) for c in written
        )
        self._readers = tuple((c.name, _reader(c.kind, c.hint)) for c in written)
        self._by_length = taker([place[c.name] for c in folded if c.by_length])
        self._folded = taker([place[c.name] for c in folded if not c.by_length])
        self._searched = tuple(place[name] for name in spec.searched)
        self._hidden = tuple(place[name] for name in spec.hidden)
        self._nothing_hidden = tuple(fields[place[name]].default for name in spec.hidden)
        self._secrets = _hidden_class(spec)
        self._encode_into = msgspec.msgpack.Encoder().encode_into
        self._decode = msgspec.msgpack.Decoder(self._secrets).decode

    @property
    def read_names(self) -> tuple[str, ...]:
        """The columns that `to_record` takes, without the encrypted one."""
        return self._read_names

    def to_columns(self, records: Iterable[R]) -> Columns:
        """The rows of records by column, in the order of `names`."""
        fields = Columns.of([msgspec.structs.astuple(record) for record in records])
        columns = [
            *self._plain(fields),
            *[tuple(map(_AS_NUMBER.get, switches)) for switches in self._switches(fields)],
            *[tuple(map(write, fields[place])) for place, write in self._writers],
            *[
                tuple([fold_by_length(text) if text else "" for text in texts])
                for texts in self._by_length(fields)
            ],
            *[
                tuple([text.casefold() if text else "" for text in texts])
                for texts in self._folded(fields)
            ],
            tuple(map(self.spec.search, *map(fields.whole, self._searched))),
        ]
        if self.spec.hidden:
            columns.append(self._seal(fields))
        return Columns(columns, fields.rows)

    def to_record(self, row: Sequence[typing.Any], hidden: bytes | None = None) -> R:
        """The record of a row with the columns `read_names`.

        Without `hidden` the secrets have their defaults: such a record is for showing only, it
        must never be put back.
        """
        values = dict(zip(self._read_names, row, strict=True))
        for name in self._switch_names:
            switch = values[name]
            if switch is not None:
                values[name] = switch == 1
        for name, read in self._readers:
            stored = values[name]
            if stored == "":
                del values[name]
            else:
                values[name] = read(stored)
        if hidden is not None:
            self._open(values, hidden)
        return typing.cast(R, self.spec.record(**values))

    def _seal(self, fields: Columns) -> tuple[bytes | None, ...]:
        sealed: list[bytes | None] = []
        content = bytearray()
        hidden = zip(*map(fields.whole, self._hidden), strict=True)
        for number, values in zip(fields.whole(self._key), hidden, strict=True):
            if values == self._nothing_hidden:
                sealed.append(None)
            else:
                self._encode_into(self._secrets(*values), content)
                sealed.append(self._vault.seal(content, self._place(number)))
        return tuple(sealed)

    def _open(self, values: dict[str, typing.Any], hidden: bytes) -> None:
        secrets = self._decode(self._vault.open(hidden, self._place(values[self.spec.key])))
        for name in self.spec.hidden:
            value = getattr(secrets, name)
            if value is not None:
                values[name] = value

    def _place(self, number: object) -> str:
        return f"{self.spec.table}/{number}"


class Records(typing.Generic[R]):
    """Bulk access to one table of records, for whoever holds a connection."""

    def __init__(self, spec: TableSpec, vault: Vault, database: Database) -> None:
        self.spec = spec
        self.mapper: RowMapper[R] = RowMapper(spec, vault)
        self._database = database
        names = [*self.mapper.read_names, *(["hidden"] if spec.hidden else [])]
        self._columns = ", ".join(f'"{name}"' for name in names)
        self._upsert = database.upsert(spec.table, (spec.key,), self.mapper.names)
        self._delete = f"DELETE FROM {spec.table} WHERE {database.among(spec.key)}"

    def load(self, connection: Connection, numbers: Collection[int]) -> dict[int, R]:
        """The records with these numbers, secrets included; unknown numbers are left out."""
        if not numbers:
            return {}
        condition = self._database.among(self.spec.key)
        rows = connection.exec_driver_sql(
            f"SELECT {self._columns} FROM {self.spec.table} WHERE {condition}",
            (self._database.pack(numbers),),
        )
        return {self._number(record): record for record in map(self._whole, rows)}

    def show(self, connection: Connection, numbers: Collection[int]) -> dict[int, R]:
        """The records with these numbers for showing: without secrets, never to be put back."""
        names = ", ".join(f'"{name}"' for name in self.mapper.read_names)
        condition = self._database.among(self.spec.key)
        rows = connection.exec_driver_sql(
            f"SELECT {names} FROM {self.spec.table} WHERE {condition}",
            (self._database.pack(numbers),),
        )
        return {self._number(record): record for record in map(self.mapper.to_record, rows)}

    def every(self, connection: Connection) -> Iterator[R]:
        """All records by number, secrets included, read in portions."""
        last = -1
        statement = self._database.sql(
            f"SELECT {self._columns} FROM {self.spec.table} WHERE {self.spec.key} > ?"
            f" ORDER BY {self.spec.key} LIMIT {_CHUNK}"
        )
        while rows := connection.exec_driver_sql(statement, (last,)).fetchall():
            for row in rows:
                record = self._whole(row)
                last = self._number(record)
                yield record

    def columns(self, connection: Connection, names: Sequence[str]) -> list[Row]:
        """Some plain columns (Python names) of all records, by number; for building an index."""
        unknown = set(names) - set(self.mapper.read_names)
        if unknown:
            raise ValueError(f"{self.spec.table} has no columns {sorted(unknown)}")
        quoted = ", ".join(f'"{name}"' for name in names)
        rows = connection.exec_driver_sql(
            f"SELECT {quoted} FROM {self.spec.table} ORDER BY {self.spec.key}"
        )
        return [row for part in portions(rows) for row in part]

    def put(self, connection: Connection, records: Collection[R]) -> None:
        """Insert or update."""
        if records:
            connection.exec_driver_sql(self._upsert, self.mapper.to_columns(records))

    def delete(self, connection: Connection, numbers: Collection[int]) -> None:
        """Delete those that are there."""
        if numbers:
            connection.exec_driver_sql(self._delete, (self._database.pack(numbers),))

    def _number(self, record: R) -> int:
        return typing.cast(int, getattr(record, self.spec.key))

    def _whole(self, row: typing.Any) -> R:
        if self.spec.hidden:
            return self.mapper.to_record(row[:-1], row[-1])
        return self.mapper.to_record(row)


def _write_word(value: enum.Enum) -> object:
    return value.value


def _write_json(value: typing.Any) -> str:
    return msgspec.json.encode(value).decode() if value else ""


def _reader(kind: Kind, hint: typing.Any) -> Callable[[typing.Any], object]:
    return hint if kind is Kind.WORD else msgspec.json.Decoder(hint).decode


def _hidden_class(spec: TableSpec) -> type[msgspec.Struct]:
    hints = typing.get_type_hints(spec.record)
    fields = [(name, hints[name] | None, None) for name in spec.hidden]
    return msgspec.defstruct("Hidden", fields, omit_defaults=True)
