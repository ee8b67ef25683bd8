"""The API's routes as ninja knows them, in the one case they are written in; portal/arm/door.py leads there."""

from django.urls import path

from portal.arm.api import api

urlpatterns = [path("", api.urls)]
