"""Billing for partners."""
