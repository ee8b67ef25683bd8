from django.urls import path

from accounts.views import (
    groups,
    password_reset,
    people,
    person,
    providers,
    service_principals,
    settings,
)

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path(
        "people/invitations/<uuid:invitation_id>/revoke/", people.invitation_revoke, name="invitation_revoke"
    ),
    path("people/<uuid:user_id>/", person.person, name="person"),
    path("people/<uuid:user_id>/disable/", person.person_suspend, name="person_suspend"),
    path("people/<uuid:user_id>/enable/", person.person_resume, name="person_resume"),
    path("people/<uuid:user_id>/remove/", person.person_remove, name="person_remove"),
    path("people/<uuid:user_id>/factors/", person.person_factors, name="person_factors"),
    path("people/<uuid:user_id>/reset/", person.person_reset, name="person_reset"),
    path("new-password/<str:token>/", password_reset.password_reset, name="password_reset"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.group_new, name="group_new"),
    path("groups/<uuid:group_id>/", groups.group, name="group"),
    path("groups/<uuid:group_id>/edit/", groups.group_edit, name="group_edit"),
    path("groups/<uuid:group_id>/add/", groups.group_add, name="group_add"),
    path("groups/<uuid:group_id>/take/", groups.group_take, name="group_take"),
    path("groups/<uuid:group_id>/delete/", groups.group_delete, name="group_delete"),
    path("service-principals/", service_principals.service_principals, name="service_principals"),
    path("service-principals/new/", service_principals.service_principal_new, name="service_principal_new"),
    path(
        "service-principals/<uuid:program_id>/",
        service_principals.service_principal,
        name="service_principal",
    ),
    path("service-principals/<uuid:program_id>/secrets/", service_principals.secret_add, name="secret_add"),
    path(
        "service-principals/<uuid:program_id>/secrets/<uuid:secret_id>/revoke/",
        service_principals.secret_revoke,
        name="secret_revoke",
    ),
    path(
        "service-principals/<uuid:program_id>/disable/",
        service_principals.service_principal_disable,
        name="service_principal_disable",
    ),
    path(
        "service-principals/<uuid:program_id>/enable/",
        service_principals.service_principal_enable,
        name="service_principal_enable",
    ),
    path(
        "service-principals/<uuid:program_id>/delete/",
        service_principals.service_principal_delete,
        name="service_principal_delete",
    ),
    path("tenant/", settings.tenant_settings, name="tenant_settings"),
    path("tenant/staff-access/<uuid:grant_id>/end/", settings.grant_end, name="grant_end"),
    path("tenant/providers/new/", providers.provider_new, name="provider_new"),
    path("tenant/providers/<uuid:provider_id>/", providers.provider, name="provider"),
    path("tenant/providers/<uuid:provider_id>/test/", providers.provider_test, name="provider_test"),
    path("tenant/providers/<uuid:provider_id>/disable/", providers.provider_disable, name="provider_disable"),
    path("tenant/providers/<uuid:provider_id>/enable/", providers.provider_enable, name="provider_enable"),
]
