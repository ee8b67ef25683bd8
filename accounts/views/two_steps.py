"""The second of two steps, once for all directory pages: what will happen to whom, then one button."""

from collections.abc import Callable, Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from accounts.redirects import go
from accounts.requests import PortalRequest


def confirm(
    request: PortalRequest,
    *,
    title: str,
    consequences: Sequence[str],
    submit: str,
    cancel: str,
    act: Callable[[], object],
    done: str,
    then: str = "",
) -> HttpResponse:
    """`cancel` is where the person came from, and where they go afterwards unless `then` says otherwise."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return go(request, then or cancel)
    context = {"title": title, "consequences": consequences, "form": form, "submit": submit, "cancel": cancel}
    return render(request, "accounts/directory_confirm.html", {**context, "danger": True})


def attempt(request: PortalRequest, act: Callable[[], object], *, done: str, then: str) -> HttpResponse:
    """For acts of one step: says what was done, or why not, on the page it came from."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return go(request, then)
