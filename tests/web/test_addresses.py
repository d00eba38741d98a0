"""Whether the web server can listen where it is told to."""

import pytest

from mom.web.addresses import foreign


@pytest.mark.parametrize(
    ("endpoint", "found"),
    [
        ("tcp:8443", ""),
        ("tcp:8443:interface=127.0.0.1", ""),
        ("tcp:8443:interface=192.0.2.1", "192.0.2.1"),
        (r"tcp6:8443:interface=2001\:db8\:\:1", "2001:db8::1"),
        ("", ""),
    ],
)
def test_an_address_of_another_machine_is_named(endpoint: str, found: str) -> None:
    assert foreign(endpoint) == found
