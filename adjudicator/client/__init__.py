"""A client of the service (extra ``client``): :class:`Client` and :class:`AsyncClient`, with the types of the library.

    with Client("http://127.0.0.1:8080", token="adj_...") as service:
        recorded = service.decide(case)
        service.reserve(recorded.id)

Requests are retried when the response is lost or the service is busy. That is safe: every request that changes something carries an
idempotency key, generated unless you pass one.
"""

from adjudicator.extras import importing

with importing("client"):
    from adjudicator.client.async_clients import AsyncClient
from adjudicator.client.clients import Client
from adjudicator.client.results import Erased, Problem, RecordedDecision, Unreachable
from adjudicator.client.retry import Patience

__all__ = ["AsyncClient", "Client", "Erased", "Patience", "Problem", "RecordedDecision", "Unreachable"]
