"""The command line: what goes in, what comes out, with which status, and that nothing ends in a traceback."""
