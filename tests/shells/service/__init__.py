"""Tests of the service: in process, on SQLite and on a real PostgreSQL."""
