"""Where things are: the checkout, and the folder of data beside it."""

from pathlib import Path

from portal.config import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(
    env.text(
        "HOMEPORT_VAR", str(BASE_DIR / "var"), "Where data, sockets, logs and certificates live.", shown="var"
    )
)
