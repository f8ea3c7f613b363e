"""The check of draft replies."""
