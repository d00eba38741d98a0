"""Why a request of an application is refused."""

from __future__ import annotations

from mom.axi.element import Element, make


class Refused(Exception):
    """A request is refused with an AXI error code; `bad` names the attribute at fault."""

    def __init__(self, code: str, info: str = "", bad: str = "") -> None:
        super().__init__(code, info, bad)
        self.code = code
        self.info = info
        self.bad = bad

    def answer(self, request: str) -> Element:
        """The answer to the request of that name."""
        attrs = {"errCode": self.code, "bad": self.bad or None, "info": self.info or None}
        return make(f"{request}Resp", attrs)


def invalid(name: str, right: str) -> Refused:
    """The attribute `name` is wrong; `right` says what it should be."""
    return Refused("EInval", f"{name}: {right}", name)


def missing(name: str) -> Refused:
    """The attribute or element `name` is needed."""
    return Refused("EMissing", f"{name} is needed", name)
