from django.urls import path

from consoles.retention import erasing, holding, views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/hold/<path:scope>", holding.hold_new, name="hold_new"),
    path("records/holds/<uuid:hold_id>/end/", holding.hold_end, name="hold_end"),
    path("records/removed/<path:scope>", erasing.erase_of_removed, name="erase_removed"),
    path("records/erase/<path:scope>", erasing.erase, name="erase"),
]
