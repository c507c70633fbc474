"""What an identity provider's claims prove."""

from __future__ import annotations

import pytest

from data_access.door.identity import prove
from data_access.errors import IdentityError

CLAIMS = {
    "iss": "https://login.bank.example",
    "sub": "17",
    "iat": 1790000000,
    "nonce": "n1",
    "email": "lin@bank.example",
    "email_verified": True,
}


def test_a_verified_address_is_proved():
    assert prove(CLAIMS, ()).email == "lin@bank.example"
    assert prove(CLAIMS | {"email_verified": "true"}, ()).email == "lin@bank.example"


@pytest.mark.parametrize("said", [False, None, "false", "", 0, 1, "yes", "True", [True]])
def test_an_address_is_verified_only_where_the_provider_says_so(said):
    with pytest.raises(IdentityError, match="trusted_issuers") as refused:
        prove(CLAIMS | {"email_verified": said}, ())
    assert refused.value.reason == "not_verified"


def test_an_absent_claim_is_not_verified():
    with pytest.raises(IdentityError):
        prove({name: value for name, value in CLAIMS.items() if name != "email_verified"}, ())


def test_an_issuer_that_gives_out_addresses_itself_need_not_say_it():
    silent = {name: value for name, value in CLAIMS.items() if name != "email_verified"}
    assert prove(silent, ("https://login.bank.example",)).email == "lin@bank.example"
    with pytest.raises(IdentityError):
        prove(silent, ("https://login.bank.example.evil.example",))
    with pytest.raises(IdentityError):  # what it says counts for more than what is believed of it
        prove(CLAIMS | {"email_verified": False}, ("https://login.bank.example",))


@pytest.mark.parametrize("email", [None, "", 17, ["lin@bank.example"]])
def test_without_an_address_nobody_is_proved(email):
    with pytest.raises(IdentityError, match="no email address") as refused:
        prove(CLAIMS | {"email": email}, ("https://login.bank.example",))
    assert refused.value.reason == "no_email"


@pytest.mark.parametrize("change", [{"iss": "https://other"}, {"sub": "18"}, {"iat": 1790000001}, {"nonce": "n2"}])
def test_each_sign_in_is_a_session_of_its_own(change):
    assert prove(CLAIMS | change, ()).session_id != prove(CLAIMS, ()).session_id


def test_a_session_is_the_same_whatever_else_a_token_says():
    assert prove(CLAIMS | {"name": "Lin", "picture": "x"}, ()).session_id == prove(CLAIMS, ()).session_id
