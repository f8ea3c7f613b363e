"""The commands, one module per group, and the table of their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cyclopts import App

from adjudicator.cli.commands.adapt import adapt
from adjudicator.cli.commands.audit import audit, migrate
from adjudicator.cli.commands.cases import check, decide, entitlements, whatif
from adjudicator.cli.commands.demo import demo
from adjudicator.cli.commands.explain import diff, explain
from adjudicator.cli.commands.handbook import handbook
from adjudicator.cli.commands.keys import keys
from adjudicator.cli.commands.lint import lint
from adjudicator.cli.commands.new_pack import new_pack
from adjudicator.cli.commands.rules import codes, policies, schema, show
from adjudicator.cli.commands.serve import serve

COMMANDS: Final[Mapping[str, App | Callable[..., Any]]] = {
    "adapt": adapt,
    "audit": audit,
    "check": check,
    "codes": codes,
    "decide": decide,
    "demo": demo,
    "diff": diff,
    "entitlements": entitlements,
    "explain": explain,
    "handbook": handbook,
    "keys": keys,
    "lint": lint,
    "migrate": migrate,
    "new-pack": new_pack,
    "policies": policies,
    "schema": schema,
    "serve": serve,
    "show": show,
    "whatif": whatif,
}
