"""Signing in with the issuer: the page leads there, and comes back with a code, which the service exchanges for a token.

This is the authorization code flow of OpenID Connect with PKCE (RFC 7636). The service keeps nothing of it: the page holds the verifier,
without which a code is worth nothing, and gets the token, with which it opens a session as with one that was pasted. So there is one
place that judges tokens, and one line in the access log for a sign-in.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode

from attrs import frozen

from adjudicator.desk.panel_routes import NO_STORE
from adjudicator.service.issuer_keys import answer_to
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    InvalidValue,
    Operation,
    Pace,
    Tag,
    json_answer,
    operation,
)
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.service.settings import Misconfigured, Settings

MOST_CHARACTERS: Final = 4_096
"""The longest code, verifier or address that is passed on."""
AT_ONCE: Final = threading.BoundedSemaphore(4)
"""The most exchanges of a worker at once: nobody has to be signed in for one, and an issuer may take seconds."""
PACE: Final = Pace(at_once=30, per_second=2.0)
"""How often codes are exchanged in a worker: enough for a morning, and little enough for an issuer, which may lock out a client that fails often."""
_log = logging.getLogger("adjudicator.oidc")


@frozen
class Provider:
    """Where people sign in, and as what the desk asks for them: what the page needs to lead there."""

    address: str
    client: str
    scope: str

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """The issuer of these settings; ``None`` if only keys and tokens open the desk."""
        if settings.desk_sign_in is None or settings.desk_sign_in_client is None:
            return None
        return cls(settings.desk_sign_in, settings.desk_sign_in_client, settings.desk_sign_in_scope)


def check_secret(settings: Settings) -> None:
    """Raises :class:`~adjudicator.service.settings.Misconfigured` if the client's secret cannot be read."""
    try:
        _secret(settings)
    except (OSError, ValueError) as error:
        raise Misconfigured((f"desk_sign_in_secret: cannot be read: {type(error).__name__}",)) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_CHARACTERS or not value.isprintable():
        raise InvalidValue(f"a text of 1 to {MOST_CHARACTERS} characters that can be printed")
    return value


_FIELDS: Final = {"code": _text, "verifier": _text, "redirect": _text}


@operation(
    "POST",
    "/desk/sign-in",
    open=True,
    pace=PACE,
    parameters=(LOCALE,),
    tag=Tag.PANEL,
    request_body=Body(
        schema={"type": "object"},
        description="The code, its verifier, and the address of the page.",
        most_bytes=8 * MOST_CHARACTERS,
    ),
    response_schemas={JSON: {"type": "object"}},
)
def exchange_code(call: Call) -> Answer:
    """Exchange the code that the issuer gave the page for a token of the issuer."""
    if Provider.of(call.settings) is None:
        raise Problem("not-found", "nobody signs in with an issuer here")
    given = read_fields(call.body, _FIELDS, tuple(_FIELDS))
    if not AT_ONCE.acquire(blocking=False):
        raise Problem("unavailable", "too many people sign in at once", {"Retry-After": "1"})
    try:
        answer = answer_to(_request(call.settings, given))
        token = json.loads(answer)["access_token"]
    except HTTPError as error:
        _log.warning("the issuer answered %d to a code", error.code)
        if error.code >= 500:
            raise _away() from None
        raise Problem(
            "unauthorized", "the issuer does not accept this sign-in", {"WWW-Authenticate": "Bearer"}
        ) from None
    except (OSError, HTTPException, ValueError, KeyError, TypeError, RecursionError) as error:
        _log.warning("%s while a code was exchanged", type(error).__name__)
        raise _away() from None
    finally:
        AT_ONCE.release()
    return json_answer({"token": token}, NO_STORE)


def _away() -> Problem:
    return Problem("unavailable", "the issuer cannot be reached right now", {"Retry-After": "5"})


def _request(settings: Settings, given: Mapping[str, str]) -> urllib.request.Request:
    """The request of the client; a secret goes into the header, as every issuer must accept it (RFC 6749, 2.3.1)."""
    fields = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "code_verifier": given["verifier"],
        "redirect_uri": given["redirect"],
    }
    headers = {"Accept": "application/json"}
    client, secret = str(settings.desk_sign_in_client), _secret(settings)
    if secret is None:
        fields["client_id"] = client
    else:
        both = f"{quote_plus(client)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    address = str(settings.desk_sign_in_token)
    return urllib.request.Request(address, urlencode(fields).encode(), headers)  # noqa: S310 - the settings allow HTTP only


def _secret(settings: Settings) -> str | None:
    if settings.desk_sign_in_secret is None:
        return None
    return Path(settings.desk_sign_in_secret).read_text("utf-8").strip()


OPERATIONS: Final[tuple[Operation, ...]] = (exchange_code,)
