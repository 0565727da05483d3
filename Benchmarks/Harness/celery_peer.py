"""The peer of the jobs benchmark: a Celery task that does nothing. `python celery_peer.py URL COUNT` enqueues it."""

import os
import sys

from celery import Celery

app = Celery("celery_peer", broker=os.environ.get("PEER_REDIS_URL"))
# Celery's fastest settings that acknowledge late, as ours always does.
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=64,
    task_default_queue="celery_peer",
)


@app.task(name="benchmark.no_op")
def no_op():
    pass


if __name__ == "__main__":
    app.conf.broker_url = sys.argv[1]
    with app.producer_pool.acquire() as producer:
        for _ in range(int(sys.argv[2])):
            no_op.apply_async(producer=producer)
