"""Proofs about editions with a solver."""
