"""Staff pages of clients."""
