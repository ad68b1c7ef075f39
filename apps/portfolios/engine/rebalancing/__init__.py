"""What to trade to reach targets at the least tax and cost. Method: docs/engine/rebalancing.md.

Amounts of the optimiser are float64; quantities, cash and lots of its answer are exact decimals.
"""

REBALANCING_VERSION = "rebalancing-2"
