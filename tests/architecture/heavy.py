"""Libraries that no process loads at start: what each costs, in seconds of one core (`python -X importtime`, idle)."""

HEAVY = {
    "clarabel": 0.1,  # and scipy.sparse with it
    "exchange_calendars": 1.7,  # pandas
    "httpx": 0.3,  # rich with it, where that is installed
    "matplotlib": 1.6,
    "numba": 1.3,  # llvmlite
    "openpyxl": 0.7,
    "pyhanko": 1.0,  # aiohttp, for timestamps that we do not ask for
    "pyhanko_certvalidator": 0.3,
    "scipy": 1.5,  # scipy.optimize; scipy.stats takes 2.7
    "sklearn": 1.0,
    "stripe": 0.7,
    "weasyprint": 1.3,  # and Pango may be missing: everything but PDFs works without it
}
# modules of ours that import one of these at their top: they are imported inside a function too, and why
LATE = {
    "apps.core.tabular.sheets": "openpyxl is at home there; files are read when somebody brings one",
    "apps.portfolios.engine.book_values": "numba: the kernel compiles at import; only the night values a book",
    "apps.plans.engine.plan_capacity": "numba: walks a plan, when somebody opens the form of capacity",
    "apps.plans.services._answers": "numba and scipy: kernels compile at import; only jobs compute",
    "apps.plans.services._what_if": "numba: loaded when somebody opens a what-if page, and kept from there",
    "apps.plans.services._explorers": "the same engine, for pages that explore one choice of a plan",
    "apps.plans.services._savings": "the same engine, for calculators of saving",
    "apps.plans.services._together": "the same engine, for all that was accepted of a result at once",
    "apps.plans.services._nights": "the same engine, for the night of plans in force",
}
