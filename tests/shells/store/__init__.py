"""The record: what it promises, on SQLite and on PostgreSQL."""
