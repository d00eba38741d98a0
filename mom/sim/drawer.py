"""Where a fleet rests on disk: one file for each OMM, written whole or not at all.

The files hold secrets in the clear and are readable by their owner only. Blocking, and small enough
for that.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from mom.axi.secrets import PrivateKey
from mom.sim.snapshot import Snapshot


class Drawer:
    """The state directory of a fleet; it is made if it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def load(self, index: int) -> Snapshot | None:
        """Return what is kept of an OMM, or `None`. Raises `msgspec.DecodeError` for a bad file."""
        path = self._path(index)
        return msgspec.json.decode(path.read_bytes(), type=Snapshot) if path.exists() else None

    def save(self, index: int, snapshot: Snapshot) -> None:
        """Keep an OMM."""
        self._write(self._path(index), msgspec.json.encode(snapshot))

    def key(self, name: str) -> PrivateKey | None:
        """Return a kept key, or `None`."""
        path = self._folder / f"{name}.pem"
        return PrivateKey.from_pem(path.read_bytes()) if path.exists() else None

    def save_key(self, name: str, key: PrivateKey) -> None:
        """Keep a key, so that a client can be given it to open secrets."""
        self._write(self._folder / f"{name}.pem", key.to_pem())

    def _path(self, index: int) -> Path:
        return self._folder / f"omm-{index:04d}.json"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        fresh.replace(path)
