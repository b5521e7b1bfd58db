"""Jobs about clues (线索后台任务): going through the rows of a large import."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=5, wait=30)


@app.task(queue="imports", lock="imports", name="guantong.import", retry=RETRY)
def go_on(token: str) -> None:
    """Go through the rows of an import (导入), one import at a time, so that the sweep has a worker too.

    Done again where its worker died; it goes on from there.
    """
    from guantong.mechanisms.clues.import_work import go_on as run

    run(token)
