"""A receiver of webhooks that verifies what it gets, with the public library of the Standard Webhooks."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

received: list[dict] = []


class Receiver(BaseHTTPRequestHandler):
    """Stores each event once. Acting on it comes later."""

    secret = ""

    def do_POST(self) -> None:
        """Take one delivery."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            event = Webhook(self.secret).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.send_response(401)
        else:
            if event["id"] not in {each["id"] for each in received}:
                received.append(event)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def listen() -> ThreadingHTTPServer:
    """Listen on a free port of this machine."""
    return ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
