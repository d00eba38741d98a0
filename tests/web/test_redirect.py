"""Plain HTTP sends everybody to HTTPS."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from mom.web.redirect import Redirect
from mom.web.site import LimitedSite, Limits
from tests.web.browser import Browser


def browser(port: int) -> Browser:
    return Browser(LimitedSite(Redirect(port), Clock(), Limits()))


@pytest.mark.feature("F118")
@pytest.mark.parametrize(
    ("port", "host", "expected"),
    [
        (443, "mom.example", "https://mom.example/a?b=c"),
        (443, "mom.example:80", "https://mom.example/a?b=c"),
        (8443, "mom.example:8080", "https://mom.example:8443/a?b=c"),
        (8443, "[2001:db8::1]:8080", "https://[2001:db8::1]:8443/a?b=c"),
    ],
)
@ensureDeferred
async def test_every_path_is_redirected_to_the_https_port(
    port: int, host: str, expected: str
) -> None:
    answer = await browser(port).request("GET", "/a?b=c", headers={"Host": host})
    assert (answer.status, answer.headers["location"]) == (308, expected)


@pytest.mark.parametrize("host", ["", "evil.example/x", "a b", "x" * 300, "a@b"])
@ensureDeferred
async def test_a_host_that_is_none_is_refused(host: str) -> None:
    assert (await browser(443).request("GET", "/", headers={"Host": host})).status == 400
