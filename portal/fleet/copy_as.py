"""What is on screen as commands for a shell. In: a request and where the same thing is in the REST API. Out: text to copy."""

import shlex

from django.http import HttpRequest

COMPUTE = "2024-07-01"
RESOURCES = "2022-12-01"


def curl(request: HttpRequest, path: str, *, api_version: str = COMPUTE, method: str = "GET") -> str:
    """TOKEN is filled by `az account get-access-token --query accessToken --output tsv`."""
    url = request.build_absolute_uri(f"{path}?api-version={api_version}")
    verb = "" if method == "GET" else f"-X {method} "
    return f'curl {verb}-H "Authorization: Bearer $TOKEN" {shlex.quote(url)}'


def for_each_subscription(request: HttpRequest, path: str) -> str:
    """`path` is what follows a subscription's id; jq takes the ids out of the list."""
    ids = f"{curl(request, '/subscriptions', api_version=RESOURCES)} | jq -r '.value[].subscriptionId'"
    one = curl(request, f"/subscriptions/ID{path}").replace("/ID", "/'$id'", 1)
    return f"for id in $({ids}); do {one}; done"


def az(*words: str, **options: str) -> str:
    """`az("vm", "show", name="web-1")`: options without a value are left out."""
    given = [f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items() if value]
    return " ".join(["az", *words, *given])
