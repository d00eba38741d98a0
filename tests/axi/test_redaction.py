from mom.axi.catalogue import load
from mom.axi.element import make
from mom.axi.redaction import MASK, SECRET_ATTRIBUTES, masked


def test_the_secrets_are_those_of_the_catalogue():
    types = load().types.values()

    marked = {name for spec in types for name, a in spec.attributes.items() if a.secret}

    assert marked == SECRET_ATTRIBUTES


def test_secrets_are_masked_and_the_rest_is_not():
    assert masked({"pin": "1234", "sipPw": "", "num": "1234"}) == {
        "pin": MASK,
        "sipPw": "",
        "num": "1234",
    }


def test_an_element_never_shows_its_secrets():
    user = make("user", {"uid": 3, "pin": "1234", "uak": "00FF"})
    message = make("SetPPUser", {"seq": 1}, user)

    shown = f"{message!r} {message}"

    assert "1234" not in shown
    assert "00FF" not in shown
    assert "'uid': '3'" in shown
