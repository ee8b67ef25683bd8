"""A virtual network per subscription, an interface per machine, and the rules and routes that explain why SSH fails."""

from ipaddress import ip_network
from typing import NamedTuple

from portal.fleet.demo.world import World, belonging_to, create
from portal.fleet.models import (
    NetworkInterface,
    ResourceGroup,
    Route,
    SecurityGroup,
    SecurityRule,
    Subnet,
    VirtualNetwork,
)

FIRST_HOST = 4
PUBLIC = {
    "web-1": "203.0.113.11",
    "web-2": "203.0.113.12",
    "proxy-1": "203.0.113.13",
    "mail-1": "203.0.113.25",
}


class Net(NamedTuple):
    """Placed in the first group; each group of machines has the subnet of its name."""

    name: str
    space: str
    subnets: dict[str, str]


NETWORKS = [
    Net(
        "production-net",
        "10.10.0.0/16",
        {"web": "10.10.1.0/24", "data": "10.10.2.0/24", "directory": "10.10.3.0/24"},
    ),
    Net("staging-net", "10.20.0.0/16", {"test": "10.20.1.0/24"}),
    Net("plant-net", "10.30.0.0/16", {"plant": "10.30.1.0/24"}),
    Net("office-net", "10.40.0.0/16", {"back-office": "10.40.1.0/24"}),
]


class Rule(NamedTuple):
    name: str
    priority: int
    access: str
    protocol: str
    source: str
    ports: str


RULES = {
    "web": [
        Rule("no-ssh-from-outside", 100, "Deny", "TCP", "*", "22"),
        Rule("web-traffic", 200, "Allow", "TCP", "*", "80,443"),
    ],
    "data": [
        Rule("ssh-from-inside", 100, "Allow", "TCP", "10.10.0.0/16", "22"),
        Rule("database-from-web", 110, "Allow", "TCP", "10.10.1.0/24", "5432"),
    ],
    "back-office": [
        Rule("mail", 100, "Allow", "TCP", "*", "25,587"),
        Rule("ssh", 110, "Allow", "TCP", "*", "22"),
    ],
}
ROUTES: dict[str, list[tuple[str, str, str, str | None]]] = {
    "web": [("to-the-internet", "0.0.0.0/0", "Internet", None)],
    "data": [
        ("through-the-firewall", "0.0.0.0/0", "VirtualAppliance", "10.10.1.254"),
        ("closed", "192.0.2.0/24", "None", None),
    ],
}


def add_networks(world: World) -> None:
    for net in NETWORKS:
        home = world.groups[next(iter(net.subnets))]
        network = create(VirtualNetwork(**belonging_to(home), name=net.name, address_space=[net.space]))
        for group, prefix in net.subnets.items():
            _subnet(world, network, world.groups[group], prefix)


def _subnet(world: World, network: VirtualNetwork, group: ResourceGroup, prefix: str) -> None:
    security = _security_group(group)
    subnet = Subnet.objects.create(network=network, name=group.name, prefix=prefix, security_group=security)
    for name, destination, hop, address in ROUTES.get(group.name, []):
        Route.objects.create(
            subnet=subnet, name=name, prefix=destination, next_hop_type=hop, next_hop_address=address
        )
    machines = [vm for vm in world.vms.values() if vm.resource_group_id == group.id]
    for number, vm in enumerate(machines, FIRST_HOST):
        address = str(ip_network(prefix)[number])
        create(
            NetworkInterface(
                **belonging_to(group),
                name=f"{vm.name}-nic",
                vm=vm,
                subnet=subnet,
                private_address=address,
                public_address=PUBLIC.get(vm.name),
            )
        )


def _security_group(group: ResourceGroup) -> SecurityGroup | None:
    if group.name not in RULES:
        return None
    security = create(SecurityGroup(**belonging_to(group), name=f"{group.name}-rules"))
    SecurityRule.objects.bulk_create(
        SecurityRule(
            group=security,
            name=rule.name,
            priority=rule.priority,
            direction="Inbound",
            access=rule.access,
            protocol=rule.protocol,
            source=rule.source,
            destination_ports=rule.ports,
        )
        for rule in RULES[group.name]
    )
    return security
