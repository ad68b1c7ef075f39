"""The book of an account, its reconciliation with the custodian's, and returns. Methods: docs/engine/positions.md.

Quantities, costs and cash are exact decimals; returns are statistics in float64.
"""

ENGINE_VERSION = "portfolios-3"
