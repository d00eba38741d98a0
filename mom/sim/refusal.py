"""Why an OMM refuses a request: the AXI error codes that the simulator uses.

Source: the error codes of the published schema; `bad` goes with EInval, EMissing and ETooLong,
`maxLen` with ETooLong only.
"""

from __future__ import annotations

from mom.axi.element import Value


class Refusal(Exception):
    """A request is refused: `code` is its `errCode`; `attrs` are all attributes of the answer."""

    def __init__(
        self, code: str, info: str = "", *, bad: str = "", max_len: int = 0, **more: str
    ) -> None:
        super().__init__(": ".join(part for part in (code, bad, info) if part))
        self.code = code
        self.bad = bad
        self.attrs: dict[str, Value] = {"errCode": code}
        if info:
            self.attrs["info"] = info
        if bad:
            self.attrs["bad"] = bad
        if max_len:
            self.attrs["maxLen"] = max_len
        self.attrs.update(more)


def invalid(name: str, info: str = "") -> Refusal:
    """EInval: the attribute or element `name` is not what it should be."""
    return Refusal("EInval", info, bad=name)


def missing(name: str) -> Refusal:
    """EMissing: the attribute or element `name` is needed."""
    return Refusal("EMissing", f"{name} is needed", bad=name)


def no_entry(info: str = "no such record") -> Refusal:
    """ENoEnt: there is no such record, or no further one."""
    return Refusal("ENoEnt", info)
