"""The command line: input, output, exit statuses, and no tracebacks."""
