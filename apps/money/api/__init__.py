"""What partners read and write of a household's money."""
