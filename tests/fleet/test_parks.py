from mom.fleet.parks import ParkClaims
from mom.model.identities import OmmId

ONE, TWO = OmmId(1), OmmId(2)


def test_the_first_record_keeps_a_park() -> None:
    claims = ParkClaims()
    assert claims.claim("1F1028D67A", ONE) == ONE
    assert claims.claim("1F1028D67A", TWO) == ONE
    assert claims.claim("1F1028D67A", ONE) == ONE


def test_a_released_park_is_free() -> None:
    claims = ParkClaims()
    claims.claim("1F1028D67A", ONE)
    claims.release(ONE)
    assert claims.claim("1F1028D67A", TWO) == TWO
