from django.apps import AppConfig


class ConsolesConfig(AppConfig):
    name = "consoles"

    def ready(self) -> None:
        """Who acts on machines knows nothing of lines, and is told here how to reach them."""
        from consoles.sysrq import send_sysrq
        from portal.fleet.operations import lines

        lines.send_sysrq = send_sysrq
