"""Accounts, holdings and transactions over the API."""
