"""Payloads of the platforms, and the cases they become."""
