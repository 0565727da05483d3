"""What our gateway keeps of an event."""

import json


def as_stored(event):
    """The event as our gateway stores it: without the Verification Token, which is a secret of the app."""
    stored = json.loads(json.dumps(event))
    for place in (stored, stored.get("header", {})):
        if "token" in place:
            place["token"] = ""
    return stored
