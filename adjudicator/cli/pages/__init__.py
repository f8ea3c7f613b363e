"""What people read in a terminal: decisions, checks, what-ifs, entitlements, policies and faults as pages.

Whatever came in with a case is shown as it is, character by character, and never obeyed: no control character of it reaches the
terminal, and no markup in it is markup.
"""
