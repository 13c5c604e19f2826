"""What `owctl health check` finds, and the table of the classes of failure that it was proved on."""
COUNTS = ("warning", "critical")


class Findings:
    def __init__(self, done):
        self.status = done.rc
        self.rows = done.json()

    def of(self, *states):
        return [row for row in self.rows if row["state"] in states]

    @property
    def counting(self):
        """{code: subjects} of what is above info."""
        found = {}
        for row in self.of(*COUNTS):
            found.setdefault(row["code"], set()).add(row["subject"])
        return found

    def row(self, code):
        [row] = [row for row in self.rows if row["code"] == code]
        return row


def status_of(findings):
    """That of a monitoring plugin, by what was found."""
    states = {row["state"] for row in findings.rows}
    return 2 if "critical" in states else 1 if "warning" in states else 3 if "unknown" in states else 0


def table(classes, others):
    """Of the records that the fixture `finds` has made, and of the tests that look at one family in their own way."""
    width = max(len(one["class"]) for one in classes)
    lines = [f"{'class of failure':{width}}  found  false  codes"]
    for one in sorted(classes, key=lambda one: one["class"]):
        expected, found = set(map(tuple, one["expected"])), set(map(tuple, one["found"]))
        hits = "-" if not expected else f"{len(expected & found)}/{len(expected)}"
        codes = ", ".join(sorted({code for code, _ in found}))
        lines.append(f"{one['class']:{width}}  {hits:5}  {len(found - expected):5}  {codes}")
    good = sum(set(map(tuple, one["expected"])) <= set(map(tuple, one["found"])) for one in classes)
    false = sum(len(set(map(tuple, one["found"])) - set(map(tuple, one["expected"]))) for one in classes)
    passed = sum(outcome == "passed" for _, outcome in others)
    return "\n".join([*lines, f"{good} of {len(classes)} states told as they are, {false} false findings",
                      "", "further states, each with a test that expects exactly what is to be found", *sorted(name for name, _ in others),
                      f"{passed} of {len(others)} passed"])
