"""The staff's pages of billing."""
