"""Fee terms, billing runs, invoices and payments."""
