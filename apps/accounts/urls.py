"""Addresses of accounts. Those under accounts/ stand before allauth's and replace them."""

from django.urls import path

from apps.accounts.views import account, approvals, brand, invitations, settings, team

app_name = "accounts"
urlpatterns = [
    path("accounts/2fa/enrol/", account.EnrolView.as_view(), name="enrol"),
    path("accounts/email/", account.EmailChangeView.as_view(), name="email"),
    path("accounts/password/change/", account.PasswordChangeView.as_view(), name="password"),
    path("accounts/password/set/", account.password_set, name="password-set"),
    path("account/", account.AccountView.as_view(), name="account"),
    path("account/changes/<str:key>/", account.ConfirmChangeView.as_view(), name="confirm-change"),
    path("account/tours/", account.FinishTourView.as_view(), name="finish-tour"),
    path("approvals/", approvals.ApprovalQueueView.as_view(), name="approval-queue"),
    path("approvals/<uuid:approval_id>/", approvals.ApprovalView.as_view(), name="approval"),
    path("approvals/<uuid:approval_id>/figures/", approvals.ApprovalPassportView.as_view(), name="approval-passport"),
    path("approvals/<uuid:approval_id>/decide/", approvals.DecideView.as_view(), name="approval-decide"),
    path("approvals/<uuid:approval_id>/withdraw/", approvals.WithdrawView.as_view(), name="approval-withdraw"),
    path("approvals/<uuid:approval_id>/self-review/", approvals.OpenSelfReviewView.as_view(), name="self-review-open"),
    path("approvals/<uuid:approval_id>/self-review/attest/", approvals.AttestView.as_view(), name="self-review-attest"),
    path("brand.css", brand.brand_stylesheet, name="brand-css"),
    path("brand/logo/", brand.brand_logo, name="brand-logo"),
    path("invitations/<str:key>/", invitations.AcceptInvitationView.as_view(), name="accept-invitation"),
    path("settings/", settings.SettingsView.as_view(), name="settings"),
    path("settings/approvals/", approvals.ApprovalRulesView.as_view(), name="approval-rules"),
    path("settings/approvals/rules/new/", approvals.ApprovalRuleView.as_view(), name="approval-rule-new"),
    path(
        "settings/approvals/rules/<uuid:rule_id>/retire/",
        approvals.RetireRuleView.as_view(),
        name="approval-rule-retire",
    ),
    path("settings/approvals/delegations/new/", approvals.DelegateView.as_view(), name="delegate"),
    path(
        "settings/approvals/delegations/<uuid:delegation_id>/end/",
        approvals.EndDelegationView.as_view(),
        name="delegation-end",
    ),
    path("settings/brand/", settings.BrandView.as_view(), name="brand"),
    path("settings/brand/logo/", settings.LogoView.as_view(), name="logo"),
    path("settings/brand/logo/remove/", settings.RemoveLogoView.as_view(), name="logo-remove"),
    path("settings/firm/", settings.FirmProfileView.as_view(), name="firm-profile"),
    path("settings/security/", settings.SecurityView.as_view(), name="security"),
    path("settings/team/", team.TeamView.as_view(), name="team"),
    path("settings/team/invite/", team.InviteView.as_view(), name="invite"),
    path("settings/team/invitations/<uuid:invitation_id>/resend/", team.ResendView.as_view(), name="invitation-resend"),
    path("settings/team/invitations/<uuid:invitation_id>/revoke/", team.RevokeView.as_view(), name="invitation-revoke"),
    path("settings/team/<uuid:member_id>/role/", team.ChangeRoleView.as_view(), name="member-role"),
    path("settings/team/<uuid:member_id>/deactivate/", team.DeactivateView.as_view(), name="member-deactivate"),
    path("settings/team/<uuid:member_id>/reactivate/", team.ReactivateView.as_view(), name="member-reactivate"),
    path("settings/team/<uuid:member_id>/second-factor/", team.ResetFactorView.as_view(), name="member-reset-factor"),
]
