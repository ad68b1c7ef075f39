"""Pure numbers of the household's money."""
