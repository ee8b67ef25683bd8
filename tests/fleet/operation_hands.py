"""Acts asked for beside the workers, as pages would. In: a line of JSON per call. Out: a line of JSON once it is committed."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  needs the apps loaded
from django.utils import timezone  # noqa: E402

from accounts import principals  # noqa: E402
from accounts.services.tenants import create_tenant  # noqa: E402
from portal.fleet.jobs import end_lost_operations_job  # noqa: E402
from portal.fleet.models import Operation, ResourceGroup, VirtualMachine  # noqa: E402
from portal.fleet.services import resources  # noqa: E402
from portal.fleet.services.operations import Busy, ask  # noqa: E402

BY = principals.system("tests")


def add(name: str, options: str = "power=running&begins=0&ends=0", url: str = "") -> None:
    group = ResourceGroup.objects.first() or _group()
    machine = url or f"scripted://linux-login/{name}?{options}"
    power = "stopped" if "power=stopped" in machine else "running"
    resources.add_vm(
        by=BY,
        group=group,
        name=name,
        os="Linux",
        serial_url="loop://",
        machine_url=machine,
        power_state=power,
    )


def _group() -> ResourceGroup:
    tenant = create_tenant(by=BY, name="Contoso", slug="contoso")
    paid = resources.create_subscription(by=BY, tenant=tenant, name="production")
    return resources.create_resource_group(by=BY, subscription=paid, name="web")


def asked(name: str, kind: str, details: dict[str, Any] | None = None) -> str:
    return str(ask(by=BY, vm=VirtualMachine.objects.get(name=name), kind=kind, details=details).id)


def told(operation: str) -> dict[str, Any]:
    one = Operation.objects.select_related("vm").get(id=operation)
    return {"state": one.state, "error": one.error_code, "power": one.vm.power_state}


def at_once(name: str, kind: str, people: int) -> list[str]:
    """All of them press in the same moment: what each was told."""
    start = Barrier(people)

    def press(number: int) -> str:
        vm = VirtualMachine.objects.get(name=name)
        start.wait()
        try:
            return str(ask(by=principals.system(f"person {number}"), vm=vm, kind=kind).kind)
        except Busy as busy:
            return f"busy: {busy.operation.kind}"
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return sorted(pool.map(press, range(people)))


def time_is_over(operation: str) -> int:
    Operation.objects.filter(id=operation).update(deadline=timezone.now() - timedelta(seconds=1))
    return end_lost_operations_job()


ACTS = {one.__name__: one for one in (add, asked, told, at_once, time_is_over)}


def main() -> None:
    for line in sys.stdin:
        said = json.loads(line)
        try:
            answer = {"done": ACTS[said["act"]](**said["what"])}
        except Exception as error:
            answer = {"problem": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
