"""A client of the service (extra ``client``): :class:`Client` and :class:`AsyncClient`, with the types of the library.

    with Client("http://127.0.0.1:8080", token="adj_...") as service:
        given = service.decide(case)
        service.reserve(given.id)

Whatever is asked is asked again when the answer is lost or the service is busy. That is safe: what changes something carries an
idempotency key, which is made up unless one is given.
"""

from adjudicator.extras import importing

with importing("client"):
    from adjudicator.client.async_clients import AsyncClient
from adjudicator.client.clients import Client
from adjudicator.client.results import Problem, RecordedDecision, Unreachable
from adjudicator.client.retry import Patience

__all__ = ["AsyncClient", "Client", "Patience", "Problem", "RecordedDecision", "Unreachable"]
