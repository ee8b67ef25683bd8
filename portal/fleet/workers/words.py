"""What each job does, for people. In: what RQ says of a job, its function by dotted name. Out: a few words; of a function that is not known here, its own name."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOBS: dict[str, Promise] = {
    "archive_host_job": _("Archive the output of a host's machines"),
    "check_archives_job": _("Look for archived output that is to be read back"),
    "check_host_job": _("Read archived output back and compare it"),
    "check_seals_job": _("Read sealed audit files back and compare them"),
    "deliver_alert_job": _("Send an alert"),
    "deliver_waiting_alerts_job": _("Look for alerts that wait"),
    "end_expired_rights_job": _("End rights whose time is over"),
    "end_lost_operations_job": _("End acts on machines that no worker performs any more"),
    "end_lost_sessions_job": _("End console sessions that nobody serves any more"),
    "expire_audit_job": _("Delete sealed audit files whose time is over"),
    "expire_output_job": _("Look for recorded output whose time is over"),
    "forward_job": _("Forward audit entries to a target"),
    "forward_waiting_job": _("Look for audit entries that are to be forwarded"),
    "keep_audits_job": _("Look for audit entries that are to be sealed or deleted"),
    "look_after_archives_job": _("Look for output that is to be archived"),
    "make_export_job": _("Make a file of the audit log"),
    "perform_operation_job": _("Act on a machine"),
    "probe_closed_stores_job": _("Try storage accounts that failed"),
    "prune_job": _("Forget sign-ins, invitations and tokens that ended long ago"),
    "prune_links_job": _("Forget links to logs that ended long ago"),
    "prune_operations_job": _("Forget acts on machines that ended long ago"),
    "prune_sessions_job": _("Forget console sessions whose time is over"),
    "seal_audit_job": _("Seal audit entries of a tenant"),
    "tend_exports_job": _("Look after files of the audit log"),
    "tidy_archives_job": _("Look for what is left over in storage accounts"),
    "tidy_host_job": _("Remove what is left over in storage accounts"),
}


def in_words(what: str) -> str | Promise:
    """`what`: the dotted name, with the arguments or without."""
    name = what.partition("(")[0].rpartition(".")[2]
    return JOBS.get(name, name)
