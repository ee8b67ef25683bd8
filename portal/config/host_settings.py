"""What is set for one host: its hub, its machines, its stores. Part of settings.py, which takes all of it."""

from pathlib import Path

from portal.config import env
from portal.config.var import VAR_DIR

HUB_HOST = env.text("HOMEPORT_HUB_HOST", "local", "The host whose lines and machines are looked after here.")
MACHINE_WORKERS = env.number("HOMEPORT_MACHINE_WORKERS", 3, "Acts on machines at a time.", at_least=1)
LAB = env.flag("HOMEPORT_LAB", True, "0: `make run` builds no real guests; the demonstration is scripted.")
HUB_LISTEN = env.text(
    "HOMEPORT_HUB_LISTEN",
    f"unix://{VAR_DIR.absolute() / 'run' / f'hub-{HUB_HOST}.sock'}",
    "Where webs reach that hub: `unix:///path`, or `tls://name:port` from other hosts.",
    shown="a socket in var/run",
)
HUB_CA = env.text("HOMEPORT_HUB_CA", "", "File of the authority that hubs and webs trust, for `tls://`.")
HUB_CERT = env.text(
    "HOMEPORT_HUB_CERT", "", "File of this host's certificate from it, for server and client."
)
HUB_KEY = env.text("HOMEPORT_HUB_KEY", "", "File of that certificate's key.")
HUB_ALLOW_PTY = env.flag(
    "HOMEPORT_HUB_ALLOW_PTY", False, "Let `pty://` endpoints start programs on the host."
)
SPOOL = Path(
    env.text("HOMEPORT_SPOOL", str(VAR_DIR / "spool"), "Where the hub keeps its logs.", shown="var/spool")
)
SPOOL_MIB = env.number(
    "HOMEPORT_SPOOL_MIB",
    64,
    "MiB of a line's log that stay on the hub's disk at most; the rest of its limit is in the store.",
    at_least=2,
)
STORES = Path(
    env.text(
        "HOMEPORT_STORES",
        str(VAR_DIR / "stores"),
        "Where storage accounts on this portal's own disk are kept.",
        shown="var/stores",
    )
)
STORE_CHECK_MIB = env.number(
    "HOMEPORT_STORE_CHECK_MIB",
    512,
    "MiB of what storage accounts keep that a host's worker reads back and compares in an hour; 0: none.",
)
STORE_NETWORKS = env.networks(
    "HOMEPORT_STORE_NETWORKS",
    "Networks besides the internet where S3-compatible stores may be, as in `10.1.0.0/16`.",
)
METRICS_TOKEN = env.secret("HOMEPORT_METRICS_TOKEN", "Bearer token for `/metrics`; unset, there are none.")
