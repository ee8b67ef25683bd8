"""The REST API: every route in ARM's shapes, one way in (a bearer token), one way to say no."""

from ninja import NinjaAPI

from accounts.pages import signed_in
from portal.arm import compute, console, errors, operations, power, storage, subscriptions
from portal.arm.bearer import Bearer

api = NinjaAPI(
    title="Homeport",
    version="1",
    description="The REST API of Homeport, in the shapes of Azure Resource Manager.",
    urls_namespace="arm",
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
    docs_decorator=signed_in,
    auth=Bearer(),
)
api.add_router("", subscriptions.router)
api.add_router("", console.router)
api.add_router("", compute.router)
api.add_router("", power.router)
api.add_router("", operations.router)
api.add_router("", storage.router)

for kind in errors.HANDLED:
    api.add_exception_handler(kind, errors.answer)
