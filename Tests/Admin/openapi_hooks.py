"""What schemathesis is told of the running product: names of things that are there, and tokens of second steps.

Without it nearly every request would end at a 404 or at the door. `PRODUCT` of the environment has it, as JSON.
"""

import json
import os
import zlib

import schemathesis

PRODUCT = json.loads(os.environ["PRODUCT"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every other read asks for something that is there; what is changed or removed stays made up."""
    operation = context.operation
    if operation is None or operation.method.upper() != "GET" or not path_parameters:
        return path_parameters
    kind = operation.path.split("/")[1]
    for name, value in path_parameters.items():
        known = PRODUCT["known"].get(kind)
        if known and zlib.crc32(str(value).encode()) % 2 == 0:
            path_parameters[name] = known
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends the second step that an operation asks for, but for every fourth request; keeps who asks from harming itself."""
    if case.method.upper() != "GET":
        # Names are learnt from answers, too: a token that revokes itself would end all that follows.
        case.path_parameters = {
            name: PRODUCT["other"] if value in PRODUCT["own"] else value for name, value in (case.path_parameters or {}).items()}
    purpose = case.operation.definition.raw.get("x-step-up")
    if purpose and zlib.crc32(repr((case.path_parameters, case.body)).encode()) % 4:
        case.headers["Step-Up"] = PRODUCT["steps"][purpose]
