"""Start-up of portfolios."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfoliosConfig(AppConfig):
    """Accounts, transactions, holdings, performance."""

    name = "apps.portfolios"
    label = "portfolios"

    def ready(self) -> None:
        """Register what this app takes in, and what of it a second person approves."""
        from apps.accounts.ports import connect_approvals
        from apps.clients.ports import ports
        from apps.compliance.ports import risk_facts
        from apps.portfolios.models.order_change import ORDER_CHANGE_REVIEW
        from apps.portfolios.models.trade import ADVISOR_REVIEW, COMPLIANCE_REVIEW, MANAGER_REVIEW
        from apps.portfolios.selectors.risk_facts import shares_of_equity
        from apps.portfolios.services import equivalence, model_portfolios, service_offerings
        from apps.portfolios.services.custodian_importer import CustodianFileImporter, FirmFileImporter
        from apps.portfolios.services.lot_importer import LotFileImporter
        from apps.portfolios.services.order_changes import hear_change_review
        from apps.portfolios.services.prices import APPROVAL_KIND, PricesOfImport, hear_price_decision
        from apps.portfolios.services.trade_checks import hear_trade_review

        for kind, label in (
            (ADVISOR_REVIEW, _("Trades: advisor's review")),
            (MANAGER_REVIEW, _("Trades: manager's review")),
            (COMPLIANCE_REVIEW, _("Trades: compliance review")),
        ):
            connect_approvals(kind, label, hear_trade_review)
        ports.importers["custodian_file"] = CustodianFileImporter()
        ports.importers["custodian_firm"] = FirmFileImporter()
        ports.importers["custodian_lots"] = LotFileImporter()
        ports.followers["custodian_file"] = ports.followers["custodian_firm"] = PricesOfImport()
        connect_approvals(ORDER_CHANGE_REVIEW, _("Orders: another price"), hear_change_review)
        connect_approvals(APPROVAL_KIND, _("Price correction"), hear_price_decision)
        connect_approvals(
            model_portfolios.APPROVAL_KIND, _("Version of a model portfolio"), model_portfolios.hear_version_decision
        )
        connect_approvals(
            service_offerings.APPROVAL_KIND, _("Version of a service"), service_offerings.hear_service_decision
        )
        connect_approvals(equivalence.APPROVAL_KIND, _("Identical securities"), equivalence.hear_equivalence_decision)
        risk_facts.connect(shares_of_equity)
