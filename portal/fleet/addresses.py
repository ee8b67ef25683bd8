"""Lists of allowed addresses, as people type them. In: text, one address or network per line. Out: networks, or a sentence per bad line."""

import ipaddress

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 100


def parse_rules(text: str) -> list[str]:
    rules, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.strip()
        if not entry:
            continue
        try:
            rules.append(_network(entry))
        except ValueError as error:
            problems.append(_("Line %(number)d: %(problem)s") % {"number": number, "problem": error})
    if len(rules) > MOST:
        problems.append(_("At most %(most)d lines, please. Use wider networks.") % {"most": MOST})
    if problems:
        raise ValidationError(problems)
    return list(dict.fromkeys(rules))


def _network(entry: str) -> str:
    try:
        return str(ipaddress.ip_network(entry))
    except ValueError:
        pass
    try:
        wider = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        raise ValueError(
            _("%(entry)s is no address or network. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.")
            % {"entry": entry}
        ) from None
    raise ValueError(
        _("%(entry)s is one address inside a network. Did you mean %(wider)s?")
        % {"entry": entry, "wider": wider}
    )
