"""A list of things that must be true, each told on a line of its own."""


class Checks:
    """Collects what holds and what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, holds, what, *details):
        """`what` is a sentence that should be true; `details` are shown when it is not."""
        if holds:
            self.passed += 1
            print(f"  ok    {what}", flush=True)
        else:
            self.failed += 1
            print(f"  WRONG {what}", flush=True)
            for detail in details:
                print(f"        {detail}", flush=True)
        return bool(holds)

    def equal(self, found, wanted, what):
        """`found` should be `wanted`."""
        return self.that(found == wanted, what, f"found  {found}", f"wanted {wanted}")

    def close(self, name):
        """Prints the closing line, and returns the exit status."""
        print(f"{name}: {self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0
