"""The planning engine: pure functions from frozen inputs to frozen results. No Django, clock, dice or disk.

One public function per question: `monte_carlo.project`, `solve.required_savings_rate`,
`solve.sustainable_spending`, `solve.earliest_retirement`, `allocation.optimised_allocation`,
`recommendations.recommend`. The markets come as a scenario cube that the caller draws once
(`drawing.draw_cube`) and keeps. Methods, units and sources: docs/engine/plan_projection.md.
"""
