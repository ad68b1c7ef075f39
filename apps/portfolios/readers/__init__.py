"""Custodians' files, read into frozen rows."""
