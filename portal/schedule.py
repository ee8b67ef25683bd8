"""When each job is due: read by `manage.py rqcron portal.schedule`, of which one runs, and executed by the workers.

The process keeps no state: started again it enqueues everything once, which no job minds. A job that found no worker within
its interval leaves the queue (`ttl`), so that none waits twice.
"""

from rq import cron

from accounts.jobs import end_expired_rights_job, prune_job
from consoles.jobs import end_lost_sessions_job, prune_sessions_job
from portal.fleet.alerts.jobs import deliver_waiting_alerts_job
from portal.fleet.jobs import end_lost_operations_job, prune_operations_job

EXPIRY_SECONDS = 5
LOST_SECONDS = 30
LATE_SECONDS = 10
ALERT_SECONDS = 15
DAY = 24 * 60 * 60

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
    "alerts",
    interval=ALERT_SECONDS,
    ttl=ALERT_SECONDS,
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
