"""How a console session came and went, for people. In: the word that its row and its audit entries keep. Out: a few words; one that is not known here as it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ENDS: dict[str, Promise] = {
    "left": _("left"),
    "dropped": _("connection lost"),
    "lost": _("connection lost"),
    "restarting": _("the portal restarted"),
    "failed": _("the portal failed"),
    "replaced": _("opened again elsewhere"),
    "ended": _("ended by somebody else"),
    "idle": _("nobody typed for too long"),
    "longest": _("reached the longest time"),
    "signed_out": _("signed out"),
    "revoked": _("a right ended"),
    "switched_off": _("consoles were switched off"),
    "machine_off": _("the machine went off"),
    "gone": _("the machine or its port was removed"),
    "bad_frame": _("not understood"),
}
VIA: dict[str, Promise] = {
    "page": _("console page"),
    "window": _("own window"),
    "wall": _("wall of consoles"),
    "rest": _("REST API"),
}


def why(code: str) -> str | Promise:
    return ENDS.get(code, code)


def through(via: str) -> str | Promise:
    return VIA.get(via, via)
