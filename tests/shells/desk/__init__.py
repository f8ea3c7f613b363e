"""The panel, in a real browser and without one."""
