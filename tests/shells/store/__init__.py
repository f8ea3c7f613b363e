"""The record and its guarantees, on SQLite and on PostgreSQL."""
