"""Who the client is to the firm, and where sign-in is changed."""

from __future__ import annotations

from apps.portal.views._page import PortalPage


class AccountView(PortalPage):
    """GET: own details, the advisor, the household's people."""

    template_name = "portal/account.html"
