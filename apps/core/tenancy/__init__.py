"""Firms as schemas: names, roles, gates."""
