"""Wire formats: JSON in and out, pointers into it, its schemas."""
