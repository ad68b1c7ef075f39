"""Staff pages of compliance."""
