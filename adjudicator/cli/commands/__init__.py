"""The commands, one module each, and the table of their names. A module is imported when one of its commands is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "accesses": "adjudicator.cli.commands.accesses:accesses",
    "adapt": "adjudicator.cli.commands.adapt:adapt",
    "audit": "adjudicator.cli.commands.audit:audit",
    "check": "adjudicator.cli.commands.check:check",
    "check-reply": "adjudicator.cli.commands.check_reply:check_reply",
    "codes": "adjudicator.cli.commands.rules:codes",
    "compare": "adjudicator.cli.commands.compare:compare",
    "decide": "adjudicator.cli.commands.decide:decide",
    "demo": "adjudicator.cli.commands.demo:demo",
    "diff": "adjudicator.cli.commands.explain:diff",
    "entitlements": "adjudicator.cli.commands.entitlements:entitlements",
    "events": "adjudicator.cli.commands.events:events",
    "examine": "adjudicator.cli.commands.examine:examine",
    "explain": "adjudicator.cli.commands.explain:explain",
    "handbook": "adjudicator.cli.commands.handbook:handbook",
    "keys": "adjudicator.cli.commands.keys:keys",
    "lint": "adjudicator.cli.commands.lint:lint",
    "mcp": "adjudicator.cli.commands.mcp:mcp",
    "migrate": "adjudicator.cli.commands.audit:migrate",
    "new-pack": "adjudicator.cli.commands.new_pack:new_pack",
    "policies": "adjudicator.cli.commands.rules:policies",
    "propose": "adjudicator.cli.commands.propose:propose",
    "prove": "adjudicator.cli.commands.prove:prove",
    "prune": "adjudicator.cli.commands.prune:prune",
    "replay": "adjudicator.cli.commands.replay:replay",
    "sample": "adjudicator.cli.commands.sample:sample",
    "schema": "adjudicator.cli.commands.rules:schema",
    "serve": "adjudicator.cli.commands.serve:serve",
    "show": "adjudicator.cli.commands.rules:show",
    "tenants": "adjudicator.cli.commands.tenants:tenants",
    "webhooks": "adjudicator.cli.commands.webhooks:webhooks",
    "whatif": "adjudicator.cli.commands.whatif:whatif",
}
"""The name of each command, and where its function is."""
