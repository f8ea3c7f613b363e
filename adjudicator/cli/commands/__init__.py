"""The commands, one module each, and the table of their names. A module is imported when one of its commands is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen


@frozen
class Command:
    """A command: where its function is, and what the help of the program says about it, which is the first sentence of its own help."""

    function: str
    summary: str


GROUPS: Final[Mapping[str, Mapping[str, Command]]] = {
    "Cases and decisions": {
        "decide": Command("adjudicator.cli.commands.decide:decide", "Decide a case, or one case per line."),
        "explain": Command(
            "adjudicator.cli.commands.explain:explain",
            "Explain a decision for one audience, showing only what they may see.",
        ),
        "whatif": Command(
            "adjudicator.cli.commands.whatif:whatif",
            "Show the smallest changes that would change the outcome, and what to ask next.",
        ),
        "diff": Command(
            "adjudicator.cli.commands.explain:diff", "Show what changed between two decisions on one case, and why."
        ),
        "check-reply": Command(
            "adjudicator.cli.commands.check_reply:check_reply",
            "Hold every promise in a draft reply against a decision, before you send it.",
        ),
        "check": Command(
            "adjudicator.cli.commands.check:check",
            "Check that a case is valid, and show what its policy still needs, without deciding it.",
        ),
        "entitlements": Command(
            "adjudicator.cli.commands.entitlements:entitlements",
            "Show what an order entitles the buyer to before any claim: until exactly when, how much at most, and what a claim will need.",
        ),
        "adapt": Command(
            "adjudicator.cli.commands.adapt:adapt",
            "Turn a platform's payloads into a case, and report what was lost on the way.",
        ),
        "examine": Command(
            "adjudicator.cli.commands.examine:examine",
            "Turn a bundle of files into the evidence of a case, and report what was read where.",
        ),
        "demo": Command("adjudicator.cli.commands.demo:demo", "Decide a sample claim, from a file that you can edit."),
    },
    "Policies": {
        "policies": Command(
            "adjudicator.cli.commands.rules:policies", "List the policies, and which edition is in force when."
        ),
        "show": Command(
            "adjudicator.cli.commands.rules:show",
            "Show a rule as its policy file states it: every clause, what it cites, and the facts it depends on.",
        ),
        "codes": Command(
            "adjudicator.cli.commands.rules:codes",
            "List every stable code that decisions can contain: since when, which party it falls on, and what to do next.",
        ),
        "handbook": Command(
            "adjudicator.cli.commands.handbook:handbook",
            "Write the handbook: every rule clause by clause, with its code, its facts, worked examples and what changed.",
        ),
        "schema": Command(
            "adjudicator.cli.commands.rules:schema", "Write the JSON Schema (2020-12) of an input or output."
        ),
        "lint": Command(
            "adjudicator.cli.commands.lint:lint",
            "Report what the editions of a pack lack, beyond what the engine checks: words, restatements, examples.",
        ),
        "new-pack": Command(
            "adjudicator.cli.commands.new_pack:new_pack",
            "Write a small pack of policies to start from: a rule, its words, an example, a table of cases and tests that pass.",
        ),
        "propose": Command(
            "adjudicator.cli.commands.propose:propose",
            "Show what a proposed edition changes: the rule, the laws, and the results and money of past cases.",
        ),
        "prove": Command(
            "adjudicator.cli.commands.prove:prove",
            "Prove what no input can change: that two editions answer alike, or that each clause of one decides something.",
        ),
    },
    "Past cases": {
        "sample": Command(
            "adjudicator.cli.commands.sample:sample",
            "Write a made-up history of cases to standard output, one per line.",
        ),
        "replay": Command(
            "adjudicator.cli.commands.replay:replay",
            "Decide past cases in bulk, and write the decisions as a table into a folder.",
        ),
        "compare": Command(
            "adjudicator.cli.commands.compare:compare",
            "Compare two editions over past cases: which results change, what that costs, and why.",
        ),
    },
    "Service and record": {
        "serve": Command("adjudicator.cli.commands.serve:serve", "Serve over HTTP: decide, record and pay."),
        "mcp": Command(
            "adjudicator.cli.commands.mcp:mcp",
            "Serve AI agents by the Model Context Protocol: decide, explain, ask, and check replies before they are sent.",
        ),
        "keys": Command("adjudicator.cli.commands.keys:keys", "Create, list, rotate and revoke API keys."),
        "tenants": Command(
            "adjudicator.cli.commands.tenants:tenants",
            "Create and list tenants, and choose the policies that each may use.",
        ),
        "webhooks": Command(
            "adjudicator.cli.commands.webhooks:webhooks",
            "Create, list, change and delete webhooks, and deliver to them again.",
        ),
        "events": Command(
            "adjudicator.cli.commands.events:events", "Write the log of events, oldest first, one JSON object per line."
        ),
        "accesses": Command(
            "adjudicator.cli.commands.accesses:accesses",
            "Write the access log of the service, newest first, one JSON object per line: who did what with which decision.",
        ),
        "audit": Command(
            "adjudicator.cli.commands.audit:audit",
            "Verify, export, import and checkpoint the record, and erase personal data from it.",
        ),
        "migrate": Command("adjudicator.cli.commands.audit:migrate", "Create or upgrade the schema of the database."),
        "prune": Command(
            "adjudicator.cli.commands.prune:prune",
            "Remove old answers to idempotency keys, and old events with their deliveries, of every tenant.",
        ),
    },
}
"""The commands by what they are for, in the order in which the help lists them."""

COMMANDS: Final[Mapping[str, Command]] = {name: command for group in GROUPS.values() for name, command in group.items()}
"""The commands by name."""
