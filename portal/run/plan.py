"""What runs: the one-time preparation, then the processes that make Homeport."""

import sys

from portal.run.child import Spec
from portal.run.options import Options

MANAGE = (sys.executable, "manage.py")
# a guest's kernel drops what it prints where the hub comes late to read it: whoever can wait lets web and hub go first
BEHIND = ("nice", "-n", "5", *MANAGE)
IN_TURN = ("--worker-class", "rq.worker.RoundRobinWorker")  # many alerts keep no audit log from leaving


def preparation(options: Options) -> Spec:
    """Everything that must be done before the first request."""
    welcome = ("--demo",) if options.demo else ()
    addresses = (
        "--http",
        options.http,
        "--https",
        options.https,
        "--ca",
        str(options.var / "tls" / "ca.pem"),
    )
    return Spec("prepare", (sys.executable, "-m", "portal.run.prepare", *addresses, *welcome))


def processes(options: Options) -> list[Spec]:
    """One cron process only: RQ's has no lock, and two would enqueue each job twice.

    The workers of machines are forked by one process that has everything loaded: three of them take 130 MB so, and 280 apart.
    What a host's archive waits for keeps nobody's records waiting: they have a process of their own, for 90 MB more.
    """
    acts = ("rqworker-pool", "--verbosity", "0", "--num-workers", str(options.machine_workers))
    return [
        Spec("hub", (*MANAGE, "run_hub")),
        Spec("web", web(options)),
        Spec("worker", (*BEHIND, "rqworker", "--verbosity", "0", "--with-scheduler", "default")),
        Spec("machines", (*MANAGE, "run_machines")),
        Spec("acts", (*BEHIND, *acts, f"machines.{options.machine_host}")),
        Spec("archive", (*BEHIND, "rqworker", "--verbosity", "0", f"archive.{options.machine_host}")),
        Spec("records", (*BEHIND, "rqworker", "--verbosity", "0", "records")),
        Spec("alerts", (*BEHIND, "rqworker", "--verbosity", "0", *IN_TURN, "alerts", "forwarding")),
        Spec("cron", (*MANAGE, "rqcron", "--logging-level", "WARNING", "portal.schedule")),
    ]


def farewell(options: Options) -> Spec:
    """The demonstration's guests outlive a crash of Homeport, and end with it where it is stopped in order."""
    return Spec("lab", (sys.executable, "-m", "portal.lab", "off", str(options.var / "lab")))


def web(options: Options) -> tuple[str, ...]:
    """Daphne without its access log, which would keep the one-time links that people open."""
    interface = escape(options.bind)
    tls = options.var / "tls"
    endpoints: list[str] = []
    if options.http_port:
        endpoints += ["-e", f"tcp:{options.http_port}:interface={interface}"]
    if options.https_port:
        files = f"privateKey={escape(str(tls / 'server.key'))}:certKey={escape(str(tls / 'server.pem'))}"
        endpoints += ["-e", f"ssl:{options.https_port}:{files}:interface={interface}"]
    return (
        sys.executable,
        "-m",
        "portal.config.serve",
        "-v",
        "0",
        "--no-server-name",
        *endpoints,
        "portal.config.asgi:application",
    )


def escape(value: str) -> str:
    """For Twisted's endpoint descriptions, where `:` and `=` part the fields."""
    return value.replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=")
