"""The page of `owctl health check|ready --report`: whole and strict, with nothing from outside in the wrong place, and as a real
browser draws it. SCREENSHOTS=folder keeps what that has drawn, to be looked at."""
import contextlib
import html.parser
import os
import pathlib
import re
import resource
import xml.etree.ElementTree as ET

import pytest
from lab import hostile_http
from lab.browser import Browser
from lab.findings import add_file, add_user, changing
from lab.hostile_http import Hostile
from lab.owctl import Owctl
from lab.parts import NEWEST
from lab.recorded import Recorded

KEY = "a secret key that must not get into any page"
NASTY = "<i>&'>"  # as long as the number of the release that it takes the place of
REASON = """<script>alert("it's known")</script><img src=x onerror=alert(1)>"""
THEMES, WIDTHS = ("light", "dark"), (360, 1280)
CRITICAL, UNKNOWN = 2, 3


class Made:
    """A page, and what the same run has printed."""

    def __init__(self, path, done):
        self.path, self.done, self.text = path, done, path.read_text()
        self.root = ET.fromstring(self.text)
        self.words = " ".join("".join(self.root.find("body").itertext()).split())

    def all(self, attribute):
        return [(element.tag, element.get(attribute)) for element in self.root.iter() if element.get(attribute) is not None]


@pytest.fixture(scope="module")
def pages(tmp_path_factory, templates):
    """By name. Each is of one run, which prints JSON as well."""
    folder = tmp_path_factory.mktemp("pages")
    owctl = Owctl(folder)
    made = {}

    def make(name, command, *words, **environment):
        path = folder / f"{name}.html"
        done = owctl("health", command, "--report", path, "-o", "json", "--deadline", "6s", *words, env=environment)
        made[name] = Made(path, done)

    with contextlib.ExitStack() as stack:
        def recorded(count, **how):
            return stack.enter_context(Recorded(tmp_path_factory.mktemp("recorded"), count, **how)).start()

        fine, odd, other = recorded(3, key=KEY), recorded(1, key=KEY, instead={"0.12.4": NASTY}), recorded(1, key="another")
        strange = [stack.enter_context(Hostile(behave)).url for behave in hostile_http.BEHAVIOURS if behave.__name__ in
                   ("sends_html", "has_terminal_controls", "sends_bad_utf8", "closes_at_once", "is_always_busy")]
        laptop, broken = folder / "laptop", folder / """data "<b>' & co"""
        for one in laptop, broken:
            one.mkdir()
            templates.sqlite(NEWEST, one)
        with changing(f"sqlite:///{laptop}/webui.db") as execute:
            for age in range(0, 300, 20):
                add_user(execute, "user" if age else "admin")
                add_file(execute, "/uploads/", age=age * 86400)
        for one in fine, odd, other:
            one.wait()
        make("laptop", "check", "--replica", fine.urls[0], DATA_DIR=laptop)
        make("ready", "ready", "--replica", fine.urls[0], DATA_DIR=laptop)
        cluster = dict(WEBUI_SECRET_KEY=KEY, WEBUI_URL=fine.urls[0], OWCTL_REPOSITORY=folder / "<no> backups",
                       REDIS_URL="redis://:word-of-redis@127.0.0.1:1/0")
        replicas = ",".join([*fine.urls, *odd.urls, *other.urls, *strange])
        make("broken", "check", "--replica", replicas, "--suppress", f"OW206={REASON}", DATA_DIR=broken, **cluster)
        nobody = [f"http://127.0.1.{number}:1" for number in range(1, 231)]
        make("many", "check", "--only", "replicas,fleet", "--replica", ",".join([*fine.urls, *nobody]), **cluster)
        make("nothing", "check", "--replica", "http://127.0.0.1:1", "--only", "redis")
    return made


NAMES = ["laptop", "ready", "broken", "many", "nothing"]


# ---- what is in it

class Tags(html.parser.HTMLParser):
    """As HTML, which goes by other rules than XML: what begins there, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.mark.parametrize("name", NAMES)
def test_page_has_no_script_and_leads_nowhere_but_to_documentation(pages, name):
    page, tags = pages[name], Tags(pages[name].text).found
    allowed = {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "article", "figure",
               "figcaption", "h1", "h2", "h3", "h4", "p", "ul", "li", "dl", "dt", "dd", "a", "span", "strong", "code", "br", "time", "div",
               "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "g", "path", "rect", "circle", "text", "desc"}
    assert {tag for tag, _ in tags} <= allowed
    assert [tag for tag, _ in tags] == [element.tag.lower() for element in page.root.iter()], "one reading of it is as good as another"
    assert not [attribute for _, own in tags for attribute in own if attribute.startswith("on") or attribute in ("src", "style", "srcset")]
    ids = [value for _, value in page.all("id")]
    assert len(ids) == len(set(ids))
    for tag, own in tags:
        if "href" in own:
            inside = own["href"].startswith("#") and own["href"][1:] in ids
            assert tag == "a" and (inside or own["href"].startswith("https://") and own["rel"] == "noreferrer")
        if "aria-labelledby" in own:
            assert set(own["aria-labelledby"].split()) <= set(ids)
    policy = [own["content"] for _, own in tags if own.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "url(" not in page.text and "@import" not in page.text


@pytest.mark.parametrize("name", NAMES)
def test_page_is_made_for_those_who_hear_it(pages, name):
    root = pages[name].root
    levels = [int(element.tag[1]) for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
    assert root.get("lang") == "en" and levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert all(table.find("caption") is not None for table in root.iter("table"))
    assert all(cell.get("scope") for cell in root.iter("th"))
    for svg in root.iter("svg"):
        assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and svg.find("title").text and svg.find("desc").text)


def squeezed(text):
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("name", ["laptop", "broken", "many", "nothing"])
def test_every_finding_is_there_and_every_check_with_its_state(pages, name):
    page, rows = pages[name], pages[name].done.json()
    cards = {element.get("id"): " ".join("".join(element.itertext()).split()) for element in page.root.iter("article")}
    for row in rows:
        if row["state"] not in ("critical", "warning", "info") or row["suppressed"]:
            continue
        card = cards[f"{row['code']}-{row['state']}"]
        assert squeezed(f"{row['subject'] or ''} {row['what']}") in card and squeezed(row["remedy"]) in card
        assert not row["page"] or any(element.get("href") == row["page"] for element in page.root.iter("a"))
    assert len(cards) == len({(row["code"], row["state"]) for row in rows
                              if row["state"] in ("critical", "warning", "info") and not row["suppressed"]})
    [checks] = [element for element in page.root.iter("section") if element.get("id") == "checks"]
    told = {code.text: "".join(row.itertext()) for row in checks.iter("tr") for code in row.iter("span") if code.get("class") == "code"}
    assert told.keys() == {row["code"] for row in rows}
    assert all(row["what"] in told[row["code"]] for row in rows if row["state"] in ("skipped", "unknown"))


def test_what_comes_from_outside_is_text(pages):
    page = pages["broken"]
    assert "<script" not in page.text and "<img" not in page.text and "<b>" not in page.text and NASTY not in page.text
    for told in (REASON, NASTY, "<script>alert(1)</script>", """data "<b>' & co""", "<no> backups"):
        assert squeezed(told) in page.words
    assert KEY not in page.text and "word-of-redis" not in page.text


def test_broken_places_are_marked_in_the_picture(pages):
    page = pages["broken"]
    boxes = {re.match(r"127.0.0.1:\d+|[^:]+", element.find("title").text)[0]: element.get("class") for element in page.root.iter("g")
             if (element.get("class") or "").startswith("box")}
    assert boxes["Redis"] == "box critical" and boxes["Vectors"] == "box absent"
    critical = {row["subject"] for row in page.done.json() if row["state"] == "critical" and row["subject"] in boxes}
    assert critical == {name for name, kind in boxes.items() if name.startswith("127") and kind == "box critical"} and len(critical) == 7
    assert sum(name.startswith("127") for name in boxes) == 10
    broken = [element.get("class") for element in page.root.iter("path") if element.get("class") == "way broken"]
    assert len(broken) == 3, "to Redis, to the repository, and to the one that closes at once"


def test_of_many_replicas_the_worst_are_shown_and_the_others_counted(pages):
    page = pages["many"]
    assert "221 other replicas" in page.words and "33 more replicas are left out here" in page.words
    [matrix] = [element for element in page.root.iter("table") if element.get("class") == "matrix"]
    assert len(matrix.find("tbody").findall("tr")) == 200


def test_ready_goes_through_all_requirements(pages):
    page = pages["ready"]
    assert "Not ready for several replicas yet" in page.words
    for row in page.done.json():
        assert row["requirement"] in page.words and squeezed(row["why"] or "") in page.words and squeezed(row["remedy"] or "") in page.words


def test_page_is_written_where_nothing_could_be_looked_at(pages):
    page = pages["nothing"]
    assert page.done.rc == UNKNOWN and "Nothing could be looked at" in page.words and "OW401" in page.words


@pytest.mark.parametrize("command, status", [("check", UNKNOWN), ("ready", CRITICAL)])
def test_page_that_cannot_be_written_is_told(owctl, make_sqlite, tmp_path, command, status):
    """Where a folder is missing, before anything is asked; else at the end. What is missing says worse already."""
    words = ["health", command, *(["--only", "OW302"] if command == "check" else []), "--replica", "http://127.0.0.1:1", "--report"]
    where = {"DATA_DIR": make_sqlite(NEWEST).parent}
    done = owctl(*words, tmp_path / "none/page.html", env=where).ended(UNKNOWN)
    assert "none/page.html" in done.err and not done.out
    running = owctl.start(*words, tmp_path / "page.html", env=where,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
    out, err = running.communicate(timeout=60)
    assert running.returncode == status and b"page.html: File too large" in err and out and not (tmp_path / "page.html").exists()


# ---- as a browser draws it

# Contrast as WCAG 2 has it, of each element that has text of its own, against what is painted below it: in a drawing that is
# the box that it stands in.
MEASURE = """(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => channels(colour).slice(0, 3).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const isOpaque = colour => colour && colour !== 'none' && !(channels(colour)[3] === 0);
  const below = element => {
    for (let one = element; one; one = one.parentElement) {
      const box = one.matches('g.box') && one.querySelector('rect');
      const colour = box ? getComputedStyle(box).fill : getComputedStyle(one).backgroundColor;
      if (isOpaque(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const seen = {}, low = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !element.getClientRects().length || element.matches('title, desc')) continue;
    const style = getComputedStyle(element), front = element.matches('text') ? style.fill : style.color, back = below(element);
    const [dark, bright] = [light(front), light(back)].sort((a, b) => a - b);
    const contrast = (bright + .05) / (dark + .05), kind = element.tagName.toLowerCase() + '.' + (element.getAttribute('class') || '');
    seen[kind] = Math.min(seen[kind] || 99, contrast);
    if (contrast < 4.5) low.push([kind, element.textContent, front, back, contrast]);
  }
  const root = document.scrollingElement;
  return {low, seen, overflow: root.scrollWidth - root.clientWidth, width: root.clientWidth,
          background: getComputedStyle(document.body).backgroundColor,
          spilled: [...document.querySelectorAll('g.box text')].filter(one => {
            const [text, box] = [one, one.parentElement.querySelector('rect')].map(some => some.getBoundingClientRect());
            return text.left < box.left || text.right > box.right || text.top < box.top || text.bottom > box.bottom;
          }).map(one => one.textContent),
          small: Math.min(...[...document.querySelectorAll('.picture text')].map(one => one.getBoundingClientRect().height))};
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser.start()


@pytest.mark.parametrize("name", NAMES)
def test_browser_draws_it_in_both_themes_and_widths(pages, browser, name):
    backgrounds, url = {}, pages[name].path.as_uri()
    with browser.page(url, 720, "dark", "print") as page:
        seen = page.evaluate(MEASURE)
        assert not seen["low"] and seen["overflow"] <= 0
        assert seen["background"] == "rgb(255, 255, 255)", "who prints it at night gets black on white"
    for theme in THEMES:
        for width in WIDTHS:
            with browser.page(url, width, theme) as page:
                seen = page.evaluate(MEASURE)
                if shots := os.environ.get("SCREENSHOTS"):
                    pathlib.Path(shots, pages[name].path.name).write_text(pages[name].text)
                    page.screenshot(pathlib.Path(shots, f"{name}-{theme}-{width}.png"))
                assert not seen["low"] and len(seen["seen"]) > 10
                assert not seen["spilled"]
                assert seen["overflow"] <= 0 and seen["width"] == width
                assert seen["small"] >= 9, "the picture can be read on a telephone"
                backgrounds.setdefault(theme, set()).add(seen["background"])
                assert not page.said("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
                assert {one["request"]["url"] for one in page.said("Network.requestWillBeSent")} == {url}
    assert len(backgrounds["light"]) == len(backgrounds["dark"]) == 1 and backgrounds["light"] != backgrounds["dark"]
