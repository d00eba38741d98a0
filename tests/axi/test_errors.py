import pytest

from mom.axi.element import make
from mom.axi.errors import (
    AxiError,
    BadValue,
    FrameTooLong,
    LinkLost,
    MalformedFrame,
    Neglected,
    RequestFailed,
    RequestRefused,
    RequestTimeout,
    SecretTooLong,
    SecretUnreadable,
    Unencodable,
)


def test_a_refusal_carries_what_the_answer_says():
    answer = make(
        "SetPPUserResp", {"errCode": "ETooLong", "bad": "name", "maxLen": 20, "info": "too long"}
    )

    error = RequestRefused("SetPPUser", answer)

    assert (error.code, error.bad, error.info) == ("ETooLong", "name", "too long")
    assert error.max_len == 20
    assert error.response is answer
    assert error.request == "SetPPUser"
    assert str(error) == "SetPPUser: ETooLong bad=name too long"


def test_a_refusal_without_details_is_still_readable():
    error = RequestRefused("GetPPUser", make("GetPPUserResp", {"errCode": "ENoEnt", "maxLen": "?"}))

    assert error.max_len == 0
    assert str(error) == "GetPPUser: ENoEnt"


@pytest.mark.parametrize(
    "error",
    [
        RequestRefused("Ping", make("PingResp", {"errCode": "EPerm"})),
        RequestTimeout("Ping", 30),
        LinkLost("Ping"),
    ],
)
def test_every_end_of_a_request_without_answer_is_one_kind(error: Exception):
    assert isinstance(error, RequestFailed)
    assert isinstance(error, AxiError)


@pytest.mark.parametrize(
    "kind",
    [
        MalformedFrame,
        FrameTooLong,
        Neglected,
        Unencodable,
        BadValue,
        SecretTooLong,
        SecretUnreadable,
    ],
)
def test_errors_of_the_language_are_no_failed_requests(kind: type[Exception]):
    assert issubclass(kind, AxiError)
    assert not issubclass(kind, RequestFailed)


def test_a_refusal_keeps_little_of_what_a_peer_says_at_length():
    long = "9" * 100_000
    refusal = RequestRefused(
        "Open", make("OpenResp", {"errCode": long, "info": long, "bad": long, "maxLen": long})
    )
    assert refusal.max_len == 0
    assert len(str(refusal)) < 1000
