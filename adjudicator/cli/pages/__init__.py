"""Pages for the terminal: decisions, checks, what-ifs, entitlements, policies and faults.

Text from a case is shown literally: control characters never reach the terminal, and markup is not interpreted.
"""
