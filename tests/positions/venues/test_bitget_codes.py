"""What BitGet's refusals ask for, and what people are told."""

import pytest

from feeds.errors import SessionEnded
from positions.errors import Failure
from positions.venues.bitget_codes import refusal

BY_FAILURE = {
    Failure.CREDENTIALS: "30005 30011 30012 30015 40001 40002 40003 40006 40009 40011 40012 40036 40037 40041",
    Failure.CLOCK: "30013 30014 40005 40008",
    Failure.ADDRESS: "22010 40018 40038",
    Failure.PERMISSION: "40014 40022 40025 40026 40301",
    Failure.KIND: "40084 40085 25245",
    Failure.IDENTITY: "49000",
    Failure.CONFIGURATION: "40099",
    Failure.LIMIT: "30006 30007 429",
    Failure.VENUE: "40010 40015 40725 40808 45001 502",
    Failure.REQUEST: "30001 30002 30003 30004 30016 40017 40020 40034 40404",
    Failure.OTHER: "99999",
}


@pytest.mark.parametrize(
    ("code", "failure"), [(code, failure) for failure, codes in BY_FAILURE.items() for code in codes.split()]
)
def test_code_has_its_class(code: str, failure: Failure) -> None:
    """B1 to B12: the class decides what is done."""
    error = refusal(code)
    assert (error.failure, error.code) == (failure, code)
    assert isinstance(error, SessionEnded)
    assert len(str(error)) <= 200


def test_refused_signature_says_what_to_check() -> None:
    """B-05: in our own words, and it needs a person."""
    error = refusal("30015")
    assert str(error) == "signature refused: check secret, passphrase, clock"
    assert error.failure.needs_person


def test_unknown_code_is_told_and_nothing_else() -> None:
    """S11: neither the venue's text nor a code that is none: they may hold what we sent."""
    assert str(refusal("99999")) == "the venue refused with the code 99999, which we do not know"
    for code in ("", "CANARY", "1234567"):
        error = refusal(code)
        assert (str(error), error.code) == ("the venue refused with no code", "")


def test_limit_is_waited_out() -> None:
    """B8: as long as the venue says, a minute where it says nothing."""
    assert refusal("429", 7.5).wait_at_least == 7.5
    assert refusal("30006").wait_at_least == 60.0
    assert refusal("40015").wait_at_least == 0.0
