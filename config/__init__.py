"""Wiring: imports everything, imported by nobody."""
