"""Addresses of clients."""

from django.urls import path

from apps.clients.views import agreements, documents, households, imports

app_name = "clients"
urlpatterns = [
    path("households/", households.HouseholdListView.as_view(), name="household-list"),
    path("households/new/", households.TakeOnView.as_view(), name="household-new"),
    path("households/<uuid:household_id>/people/", households.HouseholdPeopleView.as_view(), name="household-people"),
    path("households/<uuid:household_id>/edit/", households.HouseholdEditView.as_view(), name="household-edit"),
    path("households/<uuid:household_id>/status/", households.HouseholdStatusView.as_view(), name="household-status"),
    path(
        "households/<uuid:household_id>/people/<uuid:person_id>/figures/",
        households.PersonPassportView.as_view(),
        name="person-passport",
    ),
    path("households/<uuid:household_id>/people/new/", households.PersonNewView.as_view(), name="person-new"),
    path(
        "households/<uuid:household_id>/people/<uuid:person_id>/edit/",
        households.PersonEditView.as_view(),
        name="person-edit",
    ),
    path(
        "households/<uuid:household_id>/people/<uuid:person_id>/invite/",
        households.PersonInviteView.as_view(),
        name="person-invite",
    ),
    path(
        "households/<uuid:household_id>/people/<uuid:person_id>/withdraw/",
        households.PortalWithdrawView.as_view(),
        name="person-withdraw",
    ),
    path(
        "households/<uuid:household_id>/documents/",
        documents.HouseholdDocumentsView.as_view(),
        name="household-documents",
    ),
    path("households/<uuid:household_id>/documents/new/", documents.UploadView.as_view(), name="document-upload"),
    path("households/<uuid:household_id>/documents/ask/", documents.RequestView.as_view(), name="document-request"),
    path("households/<uuid:household_id>/agreements/new/", agreements.AgreementNewView.as_view(), name="agreement-new"),
    path("documents/<uuid:document_id>/", documents.DocumentView.as_view(), name="document-detail"),
    path("documents/<uuid:document_id>/release/", documents.ReleaseView.as_view(), name="document-release"),
    path("documents/<uuid:document_id>/withhold/", documents.WithholdView.as_view(), name="document-withhold"),
    path("documents/<uuid:document_id>/verify/", documents.VerifyView.as_view(), name="document-verify"),
    path("documents/<uuid:document_id>/versions/", documents.VersionView.as_view(), name="document-version"),
    path(
        "documents/<uuid:document_id>/versions/<int:number>/",
        documents.DownloadView.as_view(),
        name="document-download",
    ),
    path("document-requests/<uuid:request_id>/waive/", documents.WaiveView.as_view(), name="request-waive"),
    path("agreements/<uuid:agreement_id>/send/", agreements.AgreementSendView.as_view(), name="agreement-send"),
    path(
        "signature-requests/<uuid:request_id>/withdraw/",
        agreements.SignatureWithdrawView.as_view(),
        name="signature-withdraw",
    ),
    path("imports/", imports.ImportListView.as_view(), name="import-list"),
    path("imports/new/<slug:kind>/", imports.ImportNewView.as_view(), name="import-new"),
    path("imports/<uuid:import_id>/", imports.ImportDetailView.as_view(), name="import-detail"),
    path("imports/<uuid:import_id>/apply/", imports.ImportApplyView.as_view(), name="import-apply"),
    path("imports/<uuid:import_id>/undo/", imports.ImportUndoView.as_view(), name="import-undo"),
]
