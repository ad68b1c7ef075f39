"""Risk assessments over the API."""
