"""The rulebook as something to read: codes, JSON documents, the handbook."""
