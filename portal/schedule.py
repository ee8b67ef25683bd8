"""When each job is due: read by `manage.py rqcron portal.schedule`, of which one runs, and executed by the workers.

The process keeps no state: started again it enqueues everything once, which no job minds. A job that found no worker within
its interval leaves the queue (`ttl`), so that none waits twice. In `records`, where tenants' stores are asked, it waits for its turn,
and those that wait behind it go then (`waits_once`). Those that look for alerts and for entries to forward wait behind
nobody who answers slowly: only what they find is in the queues of these.
"""

from rq import cron

from accounts.jobs import end_expired_rights_job, prune_job
from consoles.archive.jobs import (
    check_archives_job,
    expire_output_job,
    look_after_archives_job,
    tidy_archives_job,
)
from consoles.jobs import end_lost_sessions_job, prune_links_job, prune_sessions_job
from portal.fleet.alerts.jobs import deliver_waiting_alerts_job
from portal.fleet.forwarding.jobs import forward_waiting_job
from portal.fleet.jobs import end_lost_operations_job, prune_operations_job
from portal.fleet.review.jobs import tend_exports_job
from portal.fleet.sealing.jobs import check_seals_job, keep_audits_job
from portal.fleet.stores.jobs import probe_closed_stores_job

EXPIRY_SECONDS = 5
LOST_SECONDS = 30
LATE_SECONDS = 10
ALERT_SECONDS = 15
FORWARD_SECONDS = 5
ARCHIVE_SECONDS = 60
EXPORT_SECONDS = 60
STORE_SECONDS = 5 * 60
HOUR = 60 * 60
DAY = 24 * HOUR
PATIENCE = 6 * HOUR  # in a queue that has jobs of every tenant

cron.register(
    end_expired_rights_job,
    "default",
    interval=EXPIRY_SECONDS,
    ttl=EXPIRY_SECONDS,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(prune_job, "default", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(
    end_lost_sessions_job,
    "default",
    interval=LOST_SECONDS,
    ttl=LOST_SECONDS,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(prune_sessions_job, "default", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(
    deliver_waiting_alerts_job,
    "default",
    interval=ALERT_SECONDS,
    ttl=ALERT_SECONDS,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(
    forward_waiting_job,
    "default",
    interval=FORWARD_SECONDS,
    ttl=FORWARD_SECONDS,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(
    end_lost_operations_job,
    "default",
    interval=LATE_SECONDS,
    ttl=LATE_SECONDS,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(prune_operations_job, "default", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(keep_audits_job, "records", interval=HOUR, ttl=PATIENCE, result_ttl=0, failure_ttl=DAY)
cron.register(
    look_after_archives_job,
    "records",
    interval=ARCHIVE_SECONDS,
    ttl=PATIENCE,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(expire_output_job, "records", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(prune_links_job, "records", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(check_archives_job, "records", interval=HOUR, ttl=PATIENCE, result_ttl=0, failure_ttl=DAY)
cron.register(check_seals_job, "records", interval=HOUR, ttl=PATIENCE, result_ttl=0, failure_ttl=DAY)
cron.register(tidy_archives_job, "records", interval=DAY, ttl=DAY, result_ttl=DAY, failure_ttl=7 * DAY)
cron.register(
    probe_closed_stores_job,
    "records",
    interval=STORE_SECONDS,
    ttl=PATIENCE,
    result_ttl=0,
    failure_ttl=DAY,
)
cron.register(
    tend_exports_job,
    "records",
    interval=EXPORT_SECONDS,
    ttl=PATIENCE,
    result_ttl=0,
    failure_ttl=DAY,
)
