"""Relations at an OMM without `SetPP`: such an OMM only switches the type of a pair that it has.

It knows the two requests for that, and neither copies nor decisions.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred

from mom.axi.element import Element, make
from mom.directory.wire import child_name, question, read
from mom.model.copy import Noun

Ask = Callable[[Element], "Deferred[Element]"]


async def switch(ask: Ask, noun: Noun, local: int, partner: int, rel_type: str) -> bool:
    """Bring the type of a pair to `rel_type`; tells whether the OMM has that relation now.

    `local` is the number there of the user, or of the device if there is no user, `partner` that
    of the other end; 0 = there is none.
    """
    answer = await ask(question(noun, local))
    child = answer.child(child_name(noun))
    told = read(noun, child) if child is not None else None
    if told is None or told.partner != partner:
        return False
    if partner and told.rel_type != rel_type:
        await ask(make("SetPPUserDevRelation", {"uid": local, "relType": rel_type}))
    return True
