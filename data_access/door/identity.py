"""What the claims of the bank's identity provider prove: an address, and which sign-in it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from data_access.errors import IdentityError
from data_access.said import Said, marked


@dataclass(frozen=True, slots=True)
class Identity:
    """A proved address.

    Attributes:
        email: As the provider writes it.
        session_id: Digest of what is unique to one sign-in. It stays the same in all tabs that share its cookie.
    """

    email: str
    session_id: str


def prove(claims: Mapping[str, object], trusted_issuers: Collection[str]) -> Identity:
    """The identity that an ID token's claims prove.

    Args:
        claims: Of a token whose signature, audience and nonce were checked.
        trusted_issuers: Issuers that let nobody choose an address, so that it counts as verified where the
            token does not say. Where it says that the address is not verified, it is not, whoever issued it.

    Raises:
        IdentityError: the claims hold no address, or one that nobody verified.
    """
    email = claims.get("email")
    if not isinstance(email, str) or not email:
        raise IdentityError(
            "no_email",
            Said.of(
                marked("The identity provider sent no email address. Nothing was read. Have it send the claim `email`.")
            ),
        )
    said = claims.get("email_verified")
    if said is None and claims.get("iss") in trusted_issuers:
        said = True
    if said is not True and said != "true":  # some providers write booleans as text
        raise IdentityError(
            "not_verified",
            Said.of(
                marked(
                    "The identity provider does not say that {email} is verified. Nothing was read. Have it verify the "
                    "address and send the claim `email_verified`, or name it in the setting `trusted_issuers`."
                ),
                email=email,
            ),
        )
    return Identity(email, _session_id(claims))


def _session_id(claims: Mapping[str, object]) -> str:
    """The nonce is new at each sign-in; the others keep two providers, and two people, apart."""
    unique = [claims.get(name) for name in ("iss", "sub", "iat", "nonce")]
    return hashlib.sha256(json.dumps(unique, default=str).encode()).hexdigest()
