"""The operations of the service, one module per group."""

from adjudicator.service.operations import Operation, combine
from adjudicator.service.routes import (
    accesses,
    deciding,
    decisions,
    erasures,
    events,
    examinations,
    jobs,
    keys,
    panel,
    payouts,
    questions,
    rules,
    webhooks,
)

OPERATIONS: tuple[Operation, ...] = combine(
    deciding.OPERATIONS,
    decisions.OPERATIONS,
    payouts.OPERATIONS,
    erasures.OPERATIONS,
    jobs.OPERATIONS,
    keys.OPERATIONS,
    accesses.OPERATIONS,
    events.OPERATIONS,
    webhooks.OPERATIONS,
    panel.OPERATIONS,
    questions.OPERATIONS,
    examinations.OPERATIONS,
    rules.OPERATIONS,
)
