"""What is logged of a failure: where, and no value of a variable there."""

import json

from portal.config.logs import WITHOUT_LOCALS


def test_a_traceback_in_json_holds_no_values() -> None:
    def fails(secret: str) -> None:
        raise ValueError("it failed")

    try:
        fails("hunter2-hunter2")
    except ValueError as error:
        told = WITHOUT_LOCALS(None, "error", {"event": "broken", "exc_info": error})
    (exception,) = told["exception"]
    assert exception["exc_value"] == "it failed"
    assert exception["frames"][-1]["name"] == "fails"
    assert "hunter2" not in json.dumps(told)
