"""The verbs behind the desk: moving a step, and handing over with a list."""
