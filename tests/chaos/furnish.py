"""The cast of every test of rights, in a database of its own. In: sockets of devices by machine, as JSON. Out: where machines are, and cookies of people who signed in."""

import json
import sys

import django
from django.conf import settings

django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

from django.test import Client  # noqa: E402  needs the apps loaded

from portal.fleet.models import ScaleSet, SerialPort, VirtualMachine  # noqa: E402
from portal.fleet.models.vms import PowerState  # noqa: E402
from portal.fleet.services.resources import add_vm  # noqa: E402
from tests import world as worlds  # noqa: E402

MIB = 1024 * 1024


def furnish(sockets: dict[str, str], limit: int) -> dict[str, object]:
    world = worlds.build()
    SerialPort.objects.filter(vm=world.vm).update(url=f"unix://{sockets.pop('web-1')}")
    for name, path in sockets.items():
        add_vm(
            by=worlds.SYSTEM,
            group=world.group,
            name=name,
            os="Linux",
            serial_url=f"unix://{path}",
            power_state="running",
            host="spy" if name == "spied" else "local",
        )
    VirtualMachine.objects.filter(name="web-1").update(log_limit_bytes=limit)
    VirtualMachine.objects.filter(name__in=sockets).update(log_limit_bytes=limit)
    pool = ScaleSet.objects.create(
        tenant=world.contoso,
        subscription=world.subscription,
        resource_group=world.group,
        name="pool",
    )
    instance = add_vm(
        by=worlds.SYSTEM,
        group=world.group,
        name="pool_0",
        os="Linux",
        serial_url="loop://",
        scale_set=pool,
        instance_id=0,
        power_state=PowerState.RUNNING,
    )
    machines = [*VirtualMachine.objects.filter(tenant=world.contoso, scale_set=None), instance]
    return {
        "vms": {vm.name: {"url": vm.console_url, "line": str(vm.ports.get().line_id)} for vm in machines},
        "cookies": {name: signed_in(name) for name in world.people},
    }


def signed_in(name: str) -> str:
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/sign-in/", {"username": name, "password": worlds.PASSWORD})
    assert answer.status_code == 302, answer.content
    return str(client.cookies["sessionid"].value)


print(json.dumps(furnish(json.loads(sys.argv[1]), int(sys.argv[2]))))
