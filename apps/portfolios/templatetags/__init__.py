"""Template tags of portfolios and money."""
