"""What a handler of requests is."""

from collections.abc import Callable, Mapping

from mom.axi.element import Element
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

Handler = Callable[[State, Session, Element], Answer]
"""Answers one request; raises `Refusal`."""

Handlers = Mapping[str, Handler]
"""Handlers by the name of their request."""
