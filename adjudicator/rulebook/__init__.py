"""Publish the rulebook for readers: codes, JSON documents, graphs and the handbook."""
