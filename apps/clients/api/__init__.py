"""Clients and households over the API."""
