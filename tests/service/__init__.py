"""The service, in process and as a process of its own."""
