"""Sums the JUnit XML of a folder into one line, `N passed, N failed, N skipped`; fails if a test did, or none ran."""
import pathlib
import sys
import xml.etree.ElementTree as xml

passed = failed = skipped = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    try:
        cases = list(xml.parse(path).iter("testcase"))
    except xml.ParseError as error:
        print(f"{path.name} can't be read: {error}", file=sys.stderr)
        failed += 1
        continue
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0 or passed == 0)
