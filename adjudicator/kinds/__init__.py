"""The kinds of case, one module each: claims, reviews, conduct, processes; and what an approved claim pays."""
