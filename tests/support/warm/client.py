"""Runs in place of a program: asks the server for a fork, and exits with its status.

The arguments are the address of the server, the program as typed, and the arguments for the program.
"""

import json
import os
import socket
import sys


def main() -> int:
    """Pass everything to the server, and wait."""
    address, *arguments = sys.argv[1:]
    request = {"arguments": arguments, "directory": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109 - every import slows the start
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.connect(address)
        socket.send_fds(server, [b"."], [0, 1, 2])
        server.sendall(json.dumps(request).encode() + b"\n")
        status = server.recv(16)
    return int(status) if status else 70


if __name__ == "__main__":
    sys.exit(main())
