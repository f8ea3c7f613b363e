"""Mutation tests of the packs and the engine, and the list of mutants that survive for a reason."""
