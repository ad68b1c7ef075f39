"""The rules of the FIX session, without socket, clock or disk."""
