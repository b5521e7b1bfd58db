"""Jobs of the site (后台任务): the sweep each minute, and jobs whose worker died.

Nothing legal depends on these: due dates are stored, and a sweep that comes late does what an earlier
one would have done.
"""

from __future__ import annotations

import asyncio
import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

log = logging.getLogger(__name__)
STALLED_SECONDS = 120
POLL_SECONDS = 1.0
RETRY = RetryStrategy(max_attempts=5, wait=300)


@app.periodic(cron="* * * * *")
@app.task(queue="sweep", queueing_lock="sweep", name="guantong.sweep")
def sweep(timestamp: int) -> None:
    """Open, escalate and close what dates bring about (到期巡检)."""
    from guantong.kernel.duties.sweep import sweep as run
    from guantong.mechanisms.clues.import_store import sweep as sweep_imports

    run()
    sweep_imports()


@app.periodic(cron="* * * * *")
@app.task(queue="sweep", queueing_lock="notices", name="guantong.notices")
def notices(timestamp: int) -> None:
    """Tell people that something waits (提醒)."""
    from guantong.notices.making import make

    make()


@app.periodic(cron="* * * * *")
@app.task(queue="sweep", queueing_lock="balance", name="guantong.balance")
def balance(timestamp: int) -> None:
    """Take the day's balance of the ledgers where it was not taken yet (夜间平衡)."""
    from guantong.insight.balance import run_if_due

    run_if_due()


@app.periodic(cron="7 * * * *")
@app.task(queue="mail", queueing_lock="mail", name="guantong.mail", retry=RETRY)
def mail(timestamp: int) -> None:
    """Send the day's mail to those whose hour has come (邮件提醒)."""
    from guantong.notices.mail import send

    send()


@app.periodic(cron="*/2 * * * *")
@app.task(queue="sweep", queueing_lock="requeue", name="guantong.requeue")
async def requeue(timestamp: int) -> None:
    """Give jobs whose worker was killed to another worker (重排中断任务)."""
    jobs = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS)
    for job in jobs:
        log.warning("job %s (%s) was interrupted; it is queued again", job.id, job.task_name)
        await app.job_manager.retry_job(job)


def work() -> None:
    """Run jobs until interrupted. Polls, so that no LISTEN/NOTIFY is needed."""
    worker_app = app.replace_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    with worker_app as running:
        asyncio.run(_work(running))


async def _work(running: object) -> None:
    async with running.open_async():  # type: ignore[attr-defined]
        await running.run_worker_async(  # type: ignore[attr-defined]
            concurrency=2,
            listen_notify=False,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="successful",
        )
