from django.urls import path

from accounts.views import roles

urlpatterns = [
    path("roles/", roles.role_list, name="role_list"),
    path("roles/new/", roles.role_new, name="role_new"),
    path("roles/preview/", roles.role_preview, name="role_preview"),
    path("roles/<uuid:role_id>/", roles.role, name="role"),
    path("roles/<uuid:role_id>/edit/", roles.role_edit, name="role_edit"),
    path("roles/<uuid:role_id>/delete/", roles.role_delete, name="role_delete"),
]
