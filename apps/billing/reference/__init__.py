"""Dated figures of fee supervision; services read the newest that was in effect on the billed day."""
