"""Staff pages of money."""
