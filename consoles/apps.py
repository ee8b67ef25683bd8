from django.apps import AppConfig


class ConsolesConfig(AppConfig):
    name = "consoles"

    def ready(self) -> None:
        """Who acts on machines, and who finds them, knows nothing of lines and sessions, and is told here how to reach them."""
        from consoles.reviewing.finding import find_sessions
        from consoles.sysrq import send_sysrq
        from portal.fleet import finding
        from portal.fleet.operations import lines

        lines.send_sysrq = send_sysrq
        finding.finders.append(find_sessions)
