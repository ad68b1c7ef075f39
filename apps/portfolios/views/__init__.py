"""Staff pages of portfolios."""
