"""A page of a shop's own back office with the panel in it: one order, and the agent who is signed in there."""

import html
import json
import os
import sys
from urllib.request import Request, urlopen

SERVICE = os.environ.get("SERVICE", "http://127.0.0.1:8080")
KEY = os.environ.get("KEY", "")


def token_for(order: str, agent: str) -> str:
    """A token that opens the panel once. Only your server may ask for it: it knows the key, and who is signed in."""
    body = {"agent": agent, "order_id": order, "answers": ["consumer"]}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    with urlopen(Request(f"{SERVICE}/v1/panel-tokens", json.dumps(body).encode(), headers)) as response:
        return json.load(response)["token"]


def page(order: str, agent: str) -> str:
    """The page."""
    return f"""<!DOCTYPE html>
<title>Order {html.escape(order)}</title>
<script src="{SERVICE}/panel/assets/element.js"></script>
<claim-adjudicator order="{html.escape(order)}" token="{token_for(order, agent)}" lang="en"
  style="width: 400px; height: 90vh"></claim-adjudicator>
"""


if __name__ == "__main__":
    print(page(sys.argv[1], "ann"))
