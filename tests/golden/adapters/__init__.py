"""One module per app: `ADAPTERS` maps a function of the cases to a callable (input, folders) → named outputs."""
