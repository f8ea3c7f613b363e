"""The command line."""

from adjudicator.cli.app import main

__all__ = ["main"]
