"""Sums of accounts."""
