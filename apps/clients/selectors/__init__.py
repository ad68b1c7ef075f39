"""What pages, portal and API show of clients."""
