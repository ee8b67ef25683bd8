from django.urls import path

from consoles.retention import erasing_views, holding_views, views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/hold/<path:scope>", holding_views.hold_new, name="hold_new"),
    path("records/holds/<uuid:hold_id>/end/", holding_views.hold_end, name="hold_end"),
    path("records/removed/<path:scope>", erasing_views.erase_of_removed, name="erase_removed"),
    path("records/erase/<path:scope>", erasing_views.erase, name="erase"),
]
