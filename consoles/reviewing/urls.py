from django.urls import path

from consoles.reviewing import replay_views, session_views

VM = "vms/<uuid:sub>/<str:group>/<str:name>/replay/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/replay/"

urlpatterns = [
    path("sessions/", session_views.session_list, name="session_list"),
    path("sessions/<uuid:session_id>/", session_views.session, name="session"),
    path("sessions/<uuid:session_id>/output/", session_views.session_output, name="session_output"),
    path("sessions/<uuid:session_id>/end/", session_views.session_end, name="session_end"),
    path(VM, replay_views.replay, name="replay"),
    path(f"{VM}cast/", replay_views.replay_cast, name="replay_cast"),
    path(f"{VM}cast/part/", replay_views.replay_part, name="replay_part"),
    path(f"{VM}find/", replay_views.replay_find, name="replay_find"),
    path(INSTANCE, replay_views.replay, name="instance_replay"),
    path(f"{INSTANCE}cast/", replay_views.replay_cast, name="instance_replay_cast"),
    path(f"{INSTANCE}cast/part/", replay_views.replay_part, name="instance_replay_part"),
    path(f"{INSTANCE}find/", replay_views.replay_find, name="instance_replay_find"),
]
