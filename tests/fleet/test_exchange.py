import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, fail, succeed

from mom.axi.element import Element, make
from mom.axi.errors import LinkLost, RequestRefused, RequestTimeout
from mom.fleet.exchange import ask, ask_all


def request(element: Element) -> Deferred[Element]:
    if element.name == "Refused":
        return fail(RequestRefused("Refused", make("RefusedResp", {"errCode": "EInval"})))
    if element.name == "Lost":
        return fail(LinkLost("Lost"))
    if element.name == "Slow":
        return fail(RequestTimeout("Slow", 30.0))
    return succeed(make(f"{element.name}Resp"))


@ensureDeferred
async def test_a_refusal_is_no_answer() -> None:
    assert await ask(request, make("Refused")) is None
    assert await ask(request, make("Good")) == make("GoodResp")


@ensureDeferred
async def test_answers_and_refusals_come_in_the_order_of_the_questions() -> None:
    first, second, third = await ask_all(request, [make("A"), make("Refused"), make("B")])
    assert (first, third) == (make("AResp"), make("BResp"))
    assert isinstance(second, RequestRefused)


@ensureDeferred
async def test_a_link_that_does_not_carry_ends_the_exchange() -> None:
    with pytest.raises(RequestTimeout):
        await ask_all(request, [make("A"), make("Slow"), make("Lost")])


@ensureDeferred
async def test_no_questions_have_no_answers() -> None:
    assert await ask_all(request, []) == []
