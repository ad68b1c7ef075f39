"""Advisory fees in exact arithmetic, each with a receipt that re-derives it. Formulas and sources: docs/engine/fees.md.

No framework, clock or disk: terms, values and flows go in, a fee and its receipt come out.
"""

ENGINE_VERSION = "fees-1"
