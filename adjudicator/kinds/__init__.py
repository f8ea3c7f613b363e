"""The kinds of case, one module each: claims, reviews, conduct; and what an approved claim pays."""
