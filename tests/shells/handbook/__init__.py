"""The handbook says everything that the editions say, in every language, and takes all of it from them."""
