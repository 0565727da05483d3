"""Publishes random canvases and tells what was published: `publish_canvases.py URL OPTIONS SEED…`.

A program of its own, so that any Celery can be the producer. OPTIONS is a JSON object for `RandomCanvas`. Prints a JSON
object a line: the seed, the canvas as text, and the reference of the result that the caller got; null for one of a
thousand, which Celery 5.7 cannot publish (an AttributeError about a header that is still a list, before it sends anything).
"""

import json
import os
import sys


def main(url, options, seeds):
    os.environ["CANVAS_URL"] = url
    # After the environment is set, since the tasks' application reads it.
    from canvas_tasks import app
    from random_canvas import RandomCanvas

    with app.producer_pool.acquire(block=True) as producer:
        for seed in seeds:
            canvas = RandomCanvas(seed, **options)
            try:
                result = canvas.signature.apply_async(producer=producer).as_tuple()
            except AttributeError:
                result = None
            print(json.dumps({"seed": seed, "text": canvas.text, "result": result}))
    sys.stdout.flush()
    # Results subscribe, and their end at the interpreter's end fails with as many words as there are results.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), [int(seed) for seed in sys.argv[3:]])
