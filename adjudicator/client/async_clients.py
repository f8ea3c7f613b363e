"""The asynchronous client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial
from typing import Any, Unpack

from adjudicator.client import event_requests, job_requests, requests
from adjudicator.client.connections import AsyncConnection
from adjudicator.client.event_requests import WebhookChanges
from adjudicator.client.job_requests import Doing, Replay
from adjudicator.client.requests import Document, Format, Json, Voice
from adjudicator.client.results import Problem, RecordedDecision
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Decision
from adjudicator.model.time import Instant
from adjudicator.wire.events import DeliveryListed, DeliveryTested, EventPage, WebhookCreated, WebhookListed
from adjudicator.wire.messages import (
    ApiKeyCreated,
    ApiKeyListed,
    DecisionSummary,
    DecisionWithPayouts,
    Erasure,
    Job,
    PanelToken,
    PayoutStatus,
    Rerun,
)


class AsyncClient(AsyncConnection):
    """The asyncio counterpart of :class:`Client`. Every method raises :class:`Problem` or :class:`Unreachable`.

    ``token`` is an API key; development mode needs none. ``transport`` replaces the network, for example in tests.
    """

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
        """Decide a case and record the decision.

        With ``fill_settlements`` the service adds the settlements on record, and refuses a case that lists one of them. ``supersedes``
        is the id of the decision that this one replaces; ``if_version`` requires the order to be at that version (see :meth:`standing`).
        """
        return await self._send(requests.decide(case, fill_settlements, idempotency_key, supersedes, if_version))

    async def decide_many(
        self, cases: Iterable[Json], *, fill_settlements: bool = False, idempotency_key: str | None = None
    ) -> AsyncIterator[RecordedDecision | Problem]:
        """Decide any number of cases. Yields a recorded decision or a problem for each, in order.

        Raises :class:`~adjudicator.model.errors.InputError`, with the position of the case, for text that is not one JSON value.
        """
        for batch, key in requests.batches(cases, idempotency_key):
            for result in await self._send(requests.decide_batch(batch, fill_settlements, key)):
                yield result

    async def dry_run(self, case: Json, *, fill_settlements: bool = False) -> Decision:
        """Decide a case without recording it; ``fill_settlements`` works as in :meth:`decide`."""
        return await self._send(requests.dry_run(case, fill_settlements))

    # The record

    async def decision(self, id: str) -> Decision:
        """A recorded decision. If its personal data were erased, it may be too incomplete to read."""
        return await self._send(requests.decision(id))

    async def case(self, id: str) -> Any:
        """The case of a decision, with the settlements that were filled in.

        Raises :class:`Erased` if personal data that it requires were erased; the error has what remains.
        """
        return await self._send(requests.case(id))

    async def standing(self, id: str) -> DecisionWithPayouts:
        """The status of a decision: its list entry, the payouts of its claim, and the version of its order."""
        return await self._send(requests.standing(id))

    async def rerun(self, id: str) -> Rerun:
        """Whether the service still decides a recorded case the same, byte for byte."""
        return await self._send(requests.rerun(id))

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
    ) -> AsyncIterator[DecisionSummary]:
        """Every matching decision, least recently changed first. Fetches pages as needed."""
        filters = {"updated_since": updated_since, "order_id": order_id, "case_id": case_id}
        filters |= {"claim_id": claim_id, "outcome": outcome, "policy": policy}
        async for page in self._pages(lambda cursor: requests.page(filters, cursor, page_size)):
            for decision in page.decisions:
                yield decision

    # Questions

    async def explain(
        self,
        id: str | None = None,
        *,
        given: Json = None,
        voice: Voice | str = "consumer",
        locale: str | None = None,
        format: Format = "text",
    ) -> str:
        """A decision in words: a recorded one by its id, or a decision or case that you pass as ``given``."""
        return await self._send(requests.explain(id, given, voice, locale, format))

    async def what_if(self, id: str | None = None, *, case: Json = None) -> Document:
        """What would change a decision: a recorded one by its id, or the decision on a case."""
        return await self._send(requests.what_if(id, case))

    async def check(self, case: Json) -> Document:
        """What a valid case still needs."""
        return await self._send(requests.check(case))

    async def entitlements(self, inquiry: Json) -> Document:
        """What an order entitles the buyer to before anyone claims."""
        return await self._send(requests.entitlements(inquiry))

    async def check_reply(self, reply: str, about: Json, *, case: Json = None, now: str | None = None) -> Document:
        """A draft reply held against a decision or case: every promise in it, and whether the decision bears it out.

        ``case`` is the case that was decided, if ``about`` is its decision. ``now`` is when the reply is sent, as an RFC 3339 instant.
        """
        return await self._send(requests.check_reply(reply, about, case, now))

    async def examine(
        self,
        order: Json,
        files: Mapping[str, bytes],
        *,
        manifest: Json = None,
        corrections: Json = None,
        suggest: bool = False,
    ) -> Document:
        """Read evidence files, by name: the ``case`` with what is certain filled in, and a ``report``.

        ``order`` is the case so far; ``manifest`` says who handed in what, unless it is among the files. Waits for up to five minutes.
        """
        return await self._send(requests.examine(order, files, manifest, corrections, suggest))

    # Payouts

    async def reserve(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Reserve awards of a decision by key, or all of them. If money is the reason for a refusal, ``Problem.left`` says what you could reserve."""
        return await self._send(requests.settle(id, "reserve", keys, idempotency_key, if_version))

    async def confirm(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Mark reserved payouts as paid."""
        return await self._send(requests.settle(id, "confirm", keys, idempotency_key, if_version))

    async def reverse(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Mark payouts as cancelled, or as returned if they were paid."""
        return await self._send(requests.settle(id, "reverse", keys, idempotency_key, if_version))

    async def payouts(self, order_id: str) -> tuple[PayoutStatus, ...]:
        """Every payout on an order, including reversed ones."""
        return await self._send(requests.payouts(order_id))

    async def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """The settlements on record for an order, in the form that a case holds them."""
        return await self._send(requests.settlements(order_id))

    # Erasing

    async def erase(
        self, *, reason: str, order_id: str | None = None, case_id: str | None = None, subject: str | None = None
    ) -> Erasure:
        """Request to erase the personal data of an order, of a case without an order, or of a person; give exactly one of them.

        The service carries it out: ask :meth:`erasure` how far it is. The reason stays on record, so it must not name anyone.
        """
        return await self._send(requests.erase(reason, order_id, case_id, subject))

    async def erasure(self, id: str) -> Erasure:
        """An erasure, and how far it is."""
        return await self._send(requests.erasure(id))

    # Keys

    async def api_keys(self) -> AsyncIterator[ApiKeyListed]:
        """Every API key of your tenant, by id. Fetches pages as needed."""
        async for page in self._pages(requests.keys_page):
            for key in page.keys:
                yield key

    async def create_key(self, name: str, scopes: Iterable[str], *, expires_at: Instant | None = None) -> ApiKeyCreated:
        """Create an API key in your tenant. Its token is shown once, so this is never retried: if it fails, look at :meth:`api_keys`."""
        return await self._send(requests.create_key(name, scopes, expires_at))

    async def create_panel_token(
        self,
        agent: str,
        *,
        order_id: str | None = None,
        case_id: str | None = None,
        answers: Iterable[str] = (),
        inquiry: Json | None = None,
        time_zone: str | None = None,
    ) -> PanelToken:
        """Create a token that opens the panel for an agent: see ``docs/panel.md``."""
        return await self._send(requests.create_panel_token(agent, order_id, case_id, answers, inquiry, time_zone))

    async def rotate_key(
        self, id: str, *, overlap_seconds: int | None = None, expires_at: Instant | None = None
    ) -> ApiKeyCreated:
        """Replace an API key; the old one works for ``overlap_seconds`` more, by default a day. Never retried, as :meth:`create_key`."""
        return await self._send(requests.rotate_key(id, overlap_seconds, expires_at))

    async def revoke_key(self, id: str) -> ApiKeyListed:
        """Revoke an API key permanently."""
        return await self._send(requests.revoke_key(id))

    # Events

    async def events(
        self,
        cursor: str | None = None,
        *,
        since: Instant | None = None,
        type: str | None = None,
        order_id: str | None = None,
        limit: int = 100,
    ) -> EventPage:
        """The events after a cursor, or from an instant, or from the oldest that is kept.

        Store ``next_cursor`` of the page and go on there: at once if ``has_more``, otherwise after a moment.
        """
        return await self._send(event_requests.events(cursor, since, type, order_id, limit))

    async def webhooks(self) -> AsyncIterator[WebhookListed]:
        """Every webhook of your tenant, by id. Fetches pages as needed."""
        async for page in self._pages(event_requests.webhooks_page):
            for webhook in page.webhooks:
                yield webhook

    async def create_webhook(
        self, url: str, *, types: Iterable[str] | None = None, description: str | None = None
    ) -> WebhookCreated:
        """Create a webhook for all events from now on, or some types. Its secret is shown once, so this is never retried."""
        return await self._send(event_requests.create_webhook(url, types, description))

    async def webhook(self, id: str) -> WebhookListed:
        """A webhook, and how its deliveries are going."""
        return await self._send(event_requests.webhook(id))

    async def change_webhook(self, id: str, **changes: Unpack[WebhookChanges]) -> WebhookListed:
        """Change a webhook, or switch it on or off with ``enabled``."""
        return await self._send(event_requests.change_webhook(id, changes))

    async def delete_webhook(self, id: str) -> WebhookListed:
        """Delete a webhook. Returns it as it was."""
        return await self._send(event_requests.delete_webhook(id))

    async def rotate_webhook(self, id: str, *, overlap_seconds: int | None = None) -> WebhookCreated:
        """Replace the secret of a webhook; both sign for ``overlap_seconds``, by default a day. Never retried, as :meth:`create_webhook`."""
        return await self._send(event_requests.rotate_webhook(id, overlap_seconds))

    async def test_webhook(self, id: str) -> DeliveryTested:
        """Deliver a test event now, once."""
        return await self._send(event_requests.test_webhook(id))

    async def replay_webhook(
        self, id: str, *, cursor: str | None = None, since: Instant | None = None
    ) -> WebhookListed:
        """Deliver again what is in the log after a cursor, or from an instant, or all that is kept."""
        return await self._send(event_requests.replay_webhook(id, cursor, since))

    async def deliveries(self, id: str) -> AsyncIterator[DeliveryListed]:
        """The deliveries of a webhook that have not succeeded. Fetches pages as needed."""
        async for page in self._pages(partial(event_requests.deliveries_page, id)):
            for delivery in page.deliveries:
                yield delivery

    # Jobs

    async def create_job(
        self,
        cases: Iterable[Json],
        do: Doing,
        *,
        fill_settlements: bool = False,
        edition: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Have many cases decided in the background: ``record`` the decisions, or as a ``dry_run``, under an ``edition`` if you name one.

        All cases are sent at once, so they must fit in memory. Ask :meth:`job` how far it is.
        """
        return await self._send(job_requests.create_job(cases, do, fill_settlements, edition, idempotency_key))

    async def create_replay(self, *, idempotency_key: str | None = None, **chosen: Unpack[Replay]) -> Job:
        """Have recorded cases decided again in the background, as they would be now or under an ``edition``, and compared."""
        return await self._send(job_requests.create_replay(chosen, idempotency_key))

    async def jobs(self) -> AsyncIterator[Job]:
        """Every job of yours, oldest first. Fetches pages as needed."""
        async for page in self._pages(job_requests.jobs_page):
            for each in page.jobs:
                yield each

    async def job(self, id: str) -> Job:
        """A job, and how far it is."""
        return await self._send(job_requests.job(id))

    async def cancel_job(self, id: str) -> Job:
        """Stop a job. What it has done stays."""
        return await self._send(job_requests.cancel_job(id))

    async def delete_job(self, id: str) -> Job:
        """Delete a job with its results. Returns it as it was."""
        return await self._send(job_requests.delete_job(id))

    async def job_results(self, id: str, *, after: int = 0) -> AsyncIterator[Document]:
        """The results of a job after a line, as far as they are there. Each has its ``line`` and ``status``. Fetches some at a time."""
        while found := await self._send(job_requests.results(id, after)):
            for each in found:
                yield each
            after = found[-1]["line"]
