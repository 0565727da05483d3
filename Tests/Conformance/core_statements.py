"""What must hold of all but canvases, one statement after the other, as the Celery of this interpreter sees it.

`core_statements.py [NAME…]`: all statements, or those of these names. The numbers are those of the conformance checklist
(README.md). It starts a Redis, workers of ours and one of this Celery; a program of its own, so that any Celery can be
producer, consumer and inspector. Canvases: `canvas_statements.py`.
"""

import os
import sys

import celery
import kombu

from core_connections import Connections
from core_control import Control
from core_delivery import Delivery
from core_fleet import Fleet
from core_messages import Messages
from core_results import Results
from programs import Programs, run


def main(names):
    print(f"celery {celery.__version__}, kombu {kombu.__version__}", flush=True)
    with Programs() as programs:
        fleet = Fleet(programs)
        statements = [statement for part in (Results, Delivery, Control, Messages, Connections)
                      for statement in part(fleet).statements]
        run([each for each in statements if not names or each.__name__ in names])


if __name__ == "__main__":
    status = 0
    try:
        main(sys.argv[1:])
    except AssertionError as failed:
        print(f"failed: {failed}", file=sys.stderr, flush=True)
        status = 1
    sys.stdout.flush()
    # Results subscribe, and their end at the interpreter's end would fail with many words.
    os._exit(status)
