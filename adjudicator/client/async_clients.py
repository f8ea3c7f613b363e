"""The client that lets others go on while it waits for its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any, TypeVar

import httpx

from adjudicator.client import requests
from adjudicator.client.exchange import TIMEOUT, headers_for, read_answer, request_for
from adjudicator.client.requests import Document, Format, Json, Question, Voice
from adjudicator.client.results import Problem, RecordedDecision
from adjudicator.client.retry import Patience
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Decision
from adjudicator.model.time import Instant
from adjudicator.wire.messages import DecisionListed, DecisionStanding, PayoutTold, RunAgain

T = TypeVar("T")


class AsyncClient:
    """Asks the service without keeping others waiting; else the same as :class:`Client`. Every method raises :class:`Problem` or :class:`Unreachable`.

    ``token`` is an API key; in development mode there is none. ``transport`` is another way to reach the service than the network.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = TIMEOUT,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(base_url=url, headers=headers_for(token), timeout=timeout, transport=transport)
        self._patience = patience or Patience()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def _ask(self, question: Question[T]) -> T:
        request, attempt = request_for(self._http, question), 0
        while True:
            attempt += 1
            answer, error = None, None
            try:
                answer = await self._http.send(request)
            except httpx.TransportError as lost:
                error = lost
            wait = self._patience.after(attempt, answer)
            if wait is None:
                return read_answer(question, answer, error)
            await asyncio.sleep(wait)

    # Deciding

    async def decide(
        self,
        case: Json,
        *,
        fill_settlements: bool = False,
        idempotency_key: str | None = None,
        supersedes: str | None = None,
        if_version: int | None = None,
    ) -> RecordedDecision:
        """Decide a case and put the decision on record.

        With ``fill_settlements`` the service adds what is settled on its record. ``supersedes`` is the id of the decision that this one
        takes the place of; ``if_version`` then lets it, only while the order is at that version (see :meth:`standing`).
        """
        return await self._ask(requests.decide(case, fill_settlements, idempotency_key, supersedes, if_version))

    async def decide_many(
        self, cases: Iterable[Json], *, fill_settlements: bool = False, idempotency_key: str | None = None
    ) -> AsyncIterator[RecordedDecision | Problem]:
        """Decide any number of cases: for each, in their order, the decision on record or the problem with it."""
        for batch, key in requests.batches(cases, idempotency_key):
            for each in await self._ask(requests.decide_batch(batch, fill_settlements, key)):
                yield each

    async def dry_run(self, case: Json, *, fill_settlements: bool = False) -> Decision:
        """Decide a case and record nothing; ``fill_settlements`` as in :meth:`decide`."""
        return await self._ask(requests.dry_run(case, fill_settlements))

    # The record

    async def decision(self, id: str) -> Decision:
        """A decision on record. One whose personal data were erased may not be whole enough to be read."""
        return await self._ask(requests.decision(id))

    async def case(self, id: str) -> Any:
        """The case that was decided, with the settlements that were filled in."""
        return await self._ask(requests.case(id))

    async def standing(self, id: str) -> DecisionStanding:
        """How a decision stands: its place in the list, the payouts of its claim, the version of its order."""
        return await self._ask(requests.standing(id))

    async def rerun(self, id: str) -> RunAgain:
        """Whether the service would still decide a recorded case so, byte for byte."""
        return await self._ask(requests.rerun(id))

    async def decisions(
        self,
        *,
        updated_since: Instant | None = None,
        order_id: str | None = None,
        case_id: str | None = None,
        claim_id: str | None = None,
        outcome: str | None = None,
        policy: str | None = None,
        page_size: int = 100,
    ) -> AsyncIterator[DecisionListed]:
        """Every decision that fits, in the order of its last change; pages are asked for as they are needed."""
        filters = {"updated_since": updated_since, "order_id": order_id, "case_id": case_id}
        filters |= {"claim_id": claim_id, "outcome": outcome, "policy": policy}
        cursor = None
        while True:
            page = await self._ask(requests.page(filters, cursor, page_size))
            for each in page.decisions:
                yield each
            cursor = page.next_cursor
            if cursor is None:
                return

    # Questions

    async def explain(
        self,
        id: str | None = None,
        *,
        given: Json = None,
        voice: Voice = "consumer",
        locale: str | None = None,
        format: Format = "text",
    ) -> str:
        """A decision in words: one on record by its id, or a decision or case that is ``given``."""
        return await self._ask(requests.explain(id, given, voice, locale, format))

    async def what_if(self, id: str | None = None, *, case: Json = None) -> Document:
        """What would change a decision: one on record by its id, or that of a case."""
        return await self._ask(requests.what_if(id, case))

    async def check(self, case: Json) -> Document:
        """Whether a case is sound, and what it lacks."""
        return await self._ask(requests.check(case))

    async def entitlements(self, inquiry: Json) -> Document:
        """What an order gives before anything is claimed."""
        return await self._ask(requests.entitlements(inquiry))

    # Payouts

    async def reserve(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutTold, ...]:
        """Reserve awards of a decision by their keys, or all of them. A refusal says in ``left`` what could be."""
        return await self._ask(requests.settle(id, "reserve", keys, idempotency_key, if_version))

    async def confirm(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutTold, ...]:
        """Say that what was reserved has been paid."""
        return await self._ask(requests.settle(id, "confirm", keys, idempotency_key, if_version))

    async def reverse(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutTold, ...]:
        """Say that what was reserved will not be paid, or that what was paid came back."""
        return await self._ask(requests.settle(id, "reverse", keys, idempotency_key, if_version))

    async def payouts(self, order_id: str) -> tuple[PayoutTold, ...]:
        """Every payout on an order, also those that were reversed."""
        return await self._ask(requests.payouts(order_id))

    async def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """What is settled on an order, as a case holds it."""
        return await self._ask(requests.settlements(order_id))

    # Erasing

    async def erase(
        self, *, reason: str, order_id: str | None = None, case_id: str | None = None, subject: str | None = None
    ) -> tuple[str, ...]:
        """Erase the personal data of an order, of a case without an order, or of a person; name exactly one of them.

        Returns the ids of the decisions from which they were erased. The reason stays on record, so it must name nobody.
        """
        return await self._ask(requests.erase(reason, order_id, case_id, subject))
