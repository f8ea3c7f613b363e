"""Creators' tasks (DX, R61): steps, histories, and letters, worked out by hand."""
