"""What pages, portal, paper and API read of plans."""
