"""Addresses of partners' pages."""

from django.urls import path

from apps.integrations.views import fix, language_models, partners

app_name = "integrations"
urlpatterns = [
    path("settings/partners/", partners.PartnerList.as_view(), name="partner-list"),
    path("settings/partners/new/", partners.RegisterPartner.as_view(), name="partner-new"),
    path("settings/partners/<uuid:partner_id>/secret/", partners.RenewSecret.as_view(), name="partner-secret"),
    path("settings/partners/<uuid:partner_id>/suspend/", partners.SuspendPartner.as_view(), name="partner-suspend"),
    path("settings/fix/", fix.FixList.as_view(), name="fix-list"),
    path("settings/fix/new/", fix.FixNew.as_view(), name="fix-new"),
    path("settings/fix/<uuid:connection_id>/", fix.FixDetail.as_view(), name="fix-detail"),
    path("settings/fix/<uuid:connection_id>/certificates/", fix.FixCertificates.as_view(), name="fix-certificates"),
    path("settings/fix/<uuid:connection_id>/reset/", fix.FixReset.as_view(), name="fix-reset"),
    path("settings/fix/<uuid:connection_id>/switch/", fix.FixSwitch.as_view(), name="fix-switch"),
    path("settings/language-model/", language_models.LanguageModelSettings.as_view(), name="language-model"),
    path("settings/language-model/try/", language_models.TryLanguageModel.as_view(), name="language-model-try"),
    path(
        "settings/language-model/disconnect/",
        language_models.DisconnectLanguageModel.as_view(),
        name="language-model-disconnect",
    ),
    path(".well-known/jwks.json", partners.jwks, name="jwks"),
]
