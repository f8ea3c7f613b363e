"""A stand-in for curl with the options that the documentation uses, because a machine may have no curl and no service on port 8080."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import httpx

reader = argparse.ArgumentParser(prog="curl")
reader.add_argument("-s", action="store_true")
reader.add_argument("-i", action="store_true")
reader.add_argument("-H", action="append", default=[])
reader.add_argument("--json")
reader.add_argument("--data-binary", dest="data")
reader.add_argument("-F", dest="form", action="append", default=[])
reader.add_argument("url")


def main(port: str, arguments: list[str]) -> None:
    """Send the request to the service at this port instead of the one in the URL."""
    asked = reader.parse_args(arguments)
    headers = dict(each.split(": ", 1) for each in asked.H)
    given, body = asked.json or asked.data, None
    if given is not None:
        body = Path(given[1:]).read_bytes() if given.startswith("@") else given.encode()
    if asked.json is not None:
        headers |= {"Content-Type": "application/json", "Accept": "application/json"}
    url = asked.url.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    parts = [part(*each.split("=@")) for each in asked.form]
    method = "POST" if parts or body is not None else "GET"
    answer = httpx.request(method, url, headers=headers, content=body, files=parts or None, verify=False, timeout=60)
    out = sys.stdout.buffer
    if asked.i:
        out.write(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\n".encode())
        out.write("".join(f"{name}: {value}\n" for name, value in answer.headers.items()).encode() + b"\n")
    out.write(answer.content.removesuffix(b"\n") + b"\n")


def part(name: str, path: str) -> tuple[str, tuple[str, bytes]]:
    """A file as a part of a multipart form."""
    return name, (Path(path).name, Path(path).read_bytes())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
