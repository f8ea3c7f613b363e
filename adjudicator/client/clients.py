"""The synchronous client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Unpack

from adjudicator.client import event_requests, job_requests, requests
from adjudicator.client.connections import Connection
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


class Client(Connection):
    """A synchronous client of the service. Every method raises :class:`Problem` or :class:`Unreachable`.

    ``token`` is an API key; development mode needs none. ``transport`` replaces the network, for example in tests.
    """

    # Deciding

    def decide(
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
        return self._send(requests.decide(case, fill_settlements, idempotency_key, supersedes, if_version))

    def decide_many(
        self, cases: Iterable[Json], *, fill_settlements: bool = False, idempotency_key: str | None = None
    ) -> Iterator[RecordedDecision | Problem]:
        """Decide any number of cases. Yields a recorded decision or a problem for each, in order.

        Raises :class:`~adjudicator.model.errors.InputError`, with the position of the case, for text that is not one JSON value.
        """
        for batch, key in requests.batches(cases, idempotency_key):
            yield from self._send(requests.decide_batch(batch, fill_settlements, key))

    def dry_run(self, case: Json, *, fill_settlements: bool = False) -> Decision:
        """Decide a case without recording it; ``fill_settlements`` works as in :meth:`decide`."""
        return self._send(requests.dry_run(case, fill_settlements))

    # The record

    def decision(self, id: str) -> Decision:
        """A recorded decision. If its personal data were erased, it may be too incomplete to read."""
        return self._send(requests.decision(id))

    def case(self, id: str) -> Any:
        """The case of a decision, with the settlements that were filled in.

        Raises :class:`Erased` if personal data that it requires were erased; the error has what remains.
        """
        return self._send(requests.case(id))

    def standing(self, id: str) -> DecisionWithPayouts:
        """The status of a decision: its list entry, the payouts of its claim, and the version of its order."""
        return self._send(requests.standing(id))

    def rerun(self, id: str) -> Rerun:
        """Whether the service still decides a recorded case the same, byte for byte."""
        return self._send(requests.rerun(id))

    def decisions(
        self,
        *,
        updated_since: Instant | None = None,
        order_id: str | None = None,
        case_id: str | None = None,
        claim_id: str | None = None,
        outcome: str | None = None,
        policy: str | None = None,
        page_size: int = 100,
    ) -> Iterator[DecisionSummary]:
        """Every matching decision, least recently changed first. Fetches pages as needed."""
        filters = {"updated_since": updated_since, "order_id": order_id, "case_id": case_id}
        filters |= {"claim_id": claim_id, "outcome": outcome, "policy": policy}
        for page in self._pages(lambda cursor: requests.page(filters, cursor, page_size)):
            yield from page.decisions

    # Questions

    def explain(
        self,
        id: str | None = None,
        *,
        given: Json = None,
        voice: Voice | str = "consumer",
        locale: str | None = None,
        format: Format = "text",
    ) -> str:
        """A decision in words: a recorded one by its id, or a decision or case that you pass as ``given``."""
        return self._send(requests.explain(id, given, voice, locale, format))

    def what_if(self, id: str | None = None, *, case: Json = None) -> Document:
        """What would change a decision: a recorded one by its id, or the decision on a case."""
        return self._send(requests.what_if(id, case))

    def check(self, case: Json) -> Document:
        """What a valid case still needs."""
        return self._send(requests.check(case))

    def entitlements(self, inquiry: Json) -> Document:
        """What an order entitles the buyer to before anyone claims."""
        return self._send(requests.entitlements(inquiry))

    def check_reply(self, reply: str, about: Json, *, case: Json = None, now: str | None = None) -> Document:
        """A draft reply held against a decision or case: every promise in it, and whether the decision bears it out.

        ``case`` is the case that was decided, if ``about`` is its decision. ``now`` is when the reply is sent, as an RFC 3339 instant.
        """
        return self._send(requests.check_reply(reply, about, case, now))

    def examine(
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
        return self._send(requests.examine(order, files, manifest, corrections, suggest))

    # Payouts

    def reserve(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Reserve awards of a decision by key, or all of them. If money is the reason for a refusal, ``Problem.left`` says what you could reserve."""
        return self._send(requests.settle(id, "reserve", keys, idempotency_key, if_version))

    def confirm(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Mark reserved payouts as paid."""
        return self._send(requests.settle(id, "confirm", keys, idempotency_key, if_version))

    def reverse(
        self,
        id: str,
        keys: Iterable[str] | None = None,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[PayoutStatus, ...]:
        """Mark payouts as cancelled, or as returned if they were paid."""
        return self._send(requests.settle(id, "reverse", keys, idempotency_key, if_version))

    def payouts(self, order_id: str) -> tuple[PayoutStatus, ...]:
        """Every payout on an order, including reversed ones."""
        return self._send(requests.payouts(order_id))

    def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """The settlements on record for an order, in the form that a case holds them."""
        return self._send(requests.settlements(order_id))

    # Erasing

    def erase(
        self, *, reason: str, order_id: str | None = None, case_id: str | None = None, subject: str | None = None
    ) -> Erasure:
        """Request to erase the personal data of an order, of a case without an order, or of a person; give exactly one of them.

        The service carries it out: ask :meth:`erasure` how far it is. The reason stays on record, so it must not name anyone.
        """
        return self._send(requests.erase(reason, order_id, case_id, subject))

    def erasure(self, id: str) -> Erasure:
        """An erasure, and how far it is."""
        return self._send(requests.erasure(id))

    # Keys

    def api_keys(self) -> Iterator[ApiKeyListed]:
        """Every API key of your tenant, by id. Fetches pages as needed."""
        for page in self._pages(requests.keys_page):
            yield from page.keys

    def create_key(self, name: str, scopes: Iterable[str], *, expires_at: Instant | None = None) -> ApiKeyCreated:
        """Create an API key in your tenant. Its token is shown once, so this is never retried: if it fails, look at :meth:`api_keys`."""
        return self._send(requests.create_key(name, scopes, expires_at))

    def create_panel_token(
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
        return self._send(requests.create_panel_token(agent, order_id, case_id, answers, inquiry, time_zone))

    def rotate_key(
        self, id: str, *, overlap_seconds: int | None = None, expires_at: Instant | None = None
    ) -> ApiKeyCreated:
        """Replace an API key; the old one works for ``overlap_seconds`` more, by default a day. Never retried, as :meth:`create_key`."""
        return self._send(requests.rotate_key(id, overlap_seconds, expires_at))

    def revoke_key(self, id: str) -> ApiKeyListed:
        """Revoke an API key permanently."""
        return self._send(requests.revoke_key(id))

    # Events

    def events(
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
        return self._send(event_requests.events(cursor, since, type, order_id, limit))

    def webhooks(self) -> Iterator[WebhookListed]:
        """Every webhook of your tenant, by id. Fetches pages as needed."""
        for page in self._pages(event_requests.webhooks_page):
            yield from page.webhooks

    def create_webhook(
        self, url: str, *, types: Iterable[str] | None = None, description: str | None = None
    ) -> WebhookCreated:
        """Create a webhook for all events from now on, or some types. Its secret is shown once, so this is never retried."""
        return self._send(event_requests.create_webhook(url, types, description))

    def webhook(self, id: str) -> WebhookListed:
        """A webhook, and how its deliveries are going."""
        return self._send(event_requests.webhook(id))

    def change_webhook(self, id: str, **changes: Unpack[WebhookChanges]) -> WebhookListed:
        """Change a webhook, or switch it on or off with ``enabled``."""
        return self._send(event_requests.change_webhook(id, changes))

    def delete_webhook(self, id: str) -> WebhookListed:
        """Delete a webhook. Returns it as it was."""
        return self._send(event_requests.delete_webhook(id))

    def rotate_webhook(self, id: str, *, overlap_seconds: int | None = None) -> WebhookCreated:
        """Replace the secret of a webhook; both sign for ``overlap_seconds``, by default a day. Never retried, as :meth:`create_webhook`."""
        return self._send(event_requests.rotate_webhook(id, overlap_seconds))

    def test_webhook(self, id: str) -> DeliveryTested:
        """Deliver a test event now, once."""
        return self._send(event_requests.test_webhook(id))

    def replay_webhook(self, id: str, *, cursor: str | None = None, since: Instant | None = None) -> WebhookListed:
        """Deliver again what is in the log after a cursor, or from an instant, or all that is kept."""
        return self._send(event_requests.replay_webhook(id, cursor, since))

    def deliveries(self, id: str) -> Iterator[DeliveryListed]:
        """The deliveries of a webhook that have not succeeded. Fetches pages as needed."""
        for page in self._pages(partial(event_requests.deliveries_page, id)):
            yield from page.deliveries

    # Jobs

    def create_job(
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
        return self._send(job_requests.create_job(cases, do, fill_settlements, edition, idempotency_key))

    def create_replay(self, *, idempotency_key: str | None = None, **chosen: Unpack[Replay]) -> Job:
        """Have recorded cases decided again in the background, as they would be now or under an ``edition``, and compared."""
        return self._send(job_requests.create_replay(chosen, idempotency_key))

    def jobs(self) -> Iterator[Job]:
        """Every job of yours, oldest first. Fetches pages as needed."""
        for page in self._pages(job_requests.jobs_page):
            yield from page.jobs

    def job(self, id: str) -> Job:
        """A job, and how far it is."""
        return self._send(job_requests.job(id))

    def cancel_job(self, id: str) -> Job:
        """Stop a job. What it has done stays."""
        return self._send(job_requests.cancel_job(id))

    def delete_job(self, id: str) -> Job:
        """Delete a job with its results. Returns it as it was."""
        return self._send(job_requests.delete_job(id))

    def job_results(self, id: str, *, after: int = 0) -> Iterator[Document]:
        """The results of a job after a line, as far as they are there. Each has its ``line`` and ``status``. Fetches some at a time."""
        while found := self._send(job_requests.results(id, after)):
            yield from found
            after = found[-1]["line"]
