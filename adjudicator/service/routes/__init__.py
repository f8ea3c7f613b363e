"""The operations of the service, one module per group."""

from adjudicator.service.operations import Operation, combine
from adjudicator.service.routes import accesses, decisions, erasures, keys, payouts, questions, rules

OPERATIONS: tuple[Operation, ...] = combine(
    decisions.OPERATIONS,
    payouts.OPERATIONS,
    erasures.OPERATIONS,
    keys.OPERATIONS,
    accesses.OPERATIONS,
    questions.OPERATIONS,
    rules.OPERATIONS,
)
