"""Commands of market."""
