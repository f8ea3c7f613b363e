"""Delivering events to webhooks: where the service may connect to, how a delivery is signed and sent, and the task that does it."""
