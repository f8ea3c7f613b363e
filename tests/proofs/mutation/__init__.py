"""What is not noticed when the packs and the fold are broken, and why that is right."""
