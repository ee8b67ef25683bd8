"""The workers' page for platform staff. In: a request that the staff's site has let in. Out: queues, workers, schedule and failures."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from redis.exceptions import RedisError

from accounts.admin.base import acting
from portal.fleet.workers import failures, selectors

AWAY = (RedisError, OSError)


@never_cache
@require_GET
def workers(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "admin/workers.html", {**_frame(request), **_shown()})


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": _("Workers and jobs"), "now": timezone.now()}


def _shown() -> dict[str, Any]:
    redis = selectors.redis()
    try:
        queues = selectors.queues(redis)
        running = selectors.schedulers(redis)
        return {
            "queues": queues,
            "workers": selectors.workers(redis),
            "schedulers": running,
            "schedule": selectors.schedule(redis, running),
            "failures": failures.failures(redis, [one.name for one in queues]),
        }
    except AWAY as error:
        return {"away": str(error)}


@require_POST
def retry(request: HttpRequest, queue: str, job_id: str) -> HttpResponse:
    try:
        failures.retry(by=acting(request), connection=selectors.redis(), queue=queue, job_id=job_id)
    except failures.Gone:
        messages.error(request, _gone())
    except AWAY as error:
        messages.error(request, _away(error))
    else:
        messages.success(request, _("The job is in its queue again."))
    return redirect("workers")


@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, queue: str, job_id: str) -> HttpResponse:
    redis = selectors.redis()
    try:
        failure = failures.find(redis, queue, job_id)
        if request.method == "GET":
            return _question(request, failure)
        failures.forget(by=acting(request), connection=redis, queue=queue, job_id=job_id)
    except failures.Gone:
        messages.error(request, _gone())
    except AWAY as error:
        messages.error(request, _away(error))
    else:
        messages.success(request, _("The job is forgotten."))
    return redirect("workers")


def _question(request: HttpRequest, failure: failures.Failure) -> HttpResponse:
    context = {
        **_frame(request),
        "title": _("Forget this job?"),
        "effects": [
            failure.what,
            _("It is not tried again, and why it failed is shown here no more."),
            _("What the clock does of itself is done again when it is due."),
        ],
        "button": _("Forget"),
        "original": _("Workers and jobs"),
        "back": "/admin/workers/",
    }
    return TemplateResponse(request, "admin/homeport_confirm.html", context)


def _gone() -> str:
    return _("This job is not among those that failed any more.")


def _away(error: Exception) -> str:
    return _("Redis does not answer (%(reason)s).") % {"reason": error}
