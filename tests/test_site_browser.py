"""Pages as a reader has them: opened from the disk in a real browser, pointed at, clicked, sorted, filtered."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from records import StandIn, changed, failed, held
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from test_compare import FOUR, TWO, measured
from test_plots import MANY
from test_site import NASTY_NAME, nasty

from runner.site import write_site

DRIVER = shutil.which("chromedriver")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    not (DRIVER and BROWSER), reason="needs Chromium and its driver (Debian: chromium, chromium-driver)"
)

ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1400,1000",
)  # fmt: skip
LINES = changed(measured("s1"), TWO.key, [3], failed("timeout", "took too long"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    write_site({"waiting": held(LINES), "many": held(StandIn(share=0.1).declared(MANY, 10, "s"))}, folder)
    return folder


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = BROWSER or ""
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chrome: Chrome, pages: Path) -> Chrome:
    """At the experiment's page, its tables and pictures made."""
    log(chrome, "performance")
    chrome.get("about:blank")
    chrome.get((pages / "experiments" / "waiting.html").as_uri())
    WebDriverWait(chrome, 30).until(lambda _: found(chrome, "html[data-ready]"))
    return chrome


def log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    """What the browser wrote since it was last asked."""
    return list(browser.get_log(kind))  # type: ignore[no-untyped-call]


def found(browser: Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def lines(browser: Chrome) -> list[str]:
    return [row.text for row in found(browser, "table.data tbody tr")]


def header(browser: Chrome, name: str) -> WebElement:
    return next(each for each in found(browser, "table.data th") if each.text.startswith(name))


def numbers(browser: Chrome, name: str) -> list[float]:
    """What the lines are sorted by in a column, from the top; cells that have nothing there are left out."""
    place = int(header(browser, name).get_attribute("data-dt-column") or 0)
    orders = [
        row.find_elements(By.TAG_NAME, "td")[place].get_attribute("data-order")
        for row in found(browser, "table.data tbody tr")
    ]
    return [float(order) for order in orders if order]


def test_a_page_asks_nobody_for_anything_and_complains_of_nothing(browser: Chrome) -> None:
    events = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    asked = [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "about"}
    assert any(url.endswith("assets/plotly.js") for url in asked)
    assert log(browser, "browser") == []


def test_a_click_on_a_header_sorts_by_number(browser: Chrome) -> None:
    header(browser, "speedup").click()
    up = numbers(browser, "speedup")
    header(browser, "speedup").click()
    assert up == sorted(up)
    assert numbers(browser, "speedup") == up[::-1]


def test_the_keyboard_sorts_as_well(browser: Chrome) -> None:
    header(browser, "workers").find_element(By.CSS_SELECTOR, "[tabindex='0']").send_keys(Keys.ENTER)
    assert header(browser, "workers").get_attribute("aria-sort") == "ascending"


def test_what_is_typed_filters_the_table(browser: Chrome) -> None:
    before = len(lines(browser))
    found(browser, ".dt-search input")[0].send_keys("threads")
    assert 0 < len(lines(browser)) < before
    assert all("threads" in line for line in lines(browser))


def test_a_column_is_filtered_by_its_values(browser: Chrome) -> None:
    header(browser, "model").find_element(By.CSS_SELECTOR, "button").click()
    WebDriverWait(browser, 10).until(lambda _: found(browser, ".dtcc-list-buttons button"))
    next(each for each in found(browser, ".dtcc-list-buttons button") if each.text == "serial").click()
    assert {line.split()[1] for line in lines(browser)} == {"serial"}


def test_a_click_on_a_model_opens_the_cell_s_blocks_and_reasons(browser: Chrome) -> None:
    found(browser, f"a[href='#cell-{TWO.key}']")[0].click()
    WebDriverWait(browser, 10).until(lambda _: found(browser, "details[open]"))
    assert "took too long" in found(browser, "details[open]")[0].text


def test_a_link_to_a_cell_opens_it(browser: Chrome, pages: Path) -> None:
    browser.get("about:blank")
    browser.get((pages / "experiments" / "waiting.html").as_uri() + f"#cell-{FOUR.key}")
    (opened,) = WebDriverWait(browser, 30).until(lambda _: found(browser, "details[open]"))
    assert "threads with 4 workers" in opened.text


def hovered(browser: Chrome) -> str:
    return " ".join(each.text for each in found(browser, ".hoverlayer .hovertext"))


def test_pointing_at_a_picture_tells_the_figure_and_its_interval(browser: Chrome) -> None:
    point = found(browser, ".scatterlayer .point")[-1]
    ActionChains(browser).move_to_element(point).perform()
    WebDriverWait(browser, 10).until(lambda _: hovered(browser))
    assert re.fullmatch(r"threads with 4 workers: [\d.]+× \([\d.]+ to [\d.]+\)", hovered(browser))


@pytest.fixture
def narrow(chrome: Chrome) -> Iterator[None]:
    """A telephone's window."""
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("name", ["index.html", "experiments/waiting.html"])
def test_on_a_telephone_only_tables_are_wider_than_the_window(
    name: str, browser: Chrome, pages: Path, narrow: None
) -> None:
    browser.get((pages / name).as_uri())
    WebDriverWait(browser, 30).until(lambda _: found(browser, "html[data-ready]"))
    assert browser.execute_script("return document.documentElement.scrollWidth") == 400


def test_on_a_telephone_names_stand_above_their_bars(browser: Chrome, pages: Path, narrow: None) -> None:
    browser.get((pages / "experiments" / "many.html").as_uri())
    WebDriverWait(browser, 10).until(lambda _: found(browser, ".annotation-text"))
    name, bar = (found(browser, selector)[0] for selector in (".annotation-text", ".barlayer .point"))
    assert name.text == "serial"
    assert name.location["y"] + name.size["height"] <= bar.location["y"] + 1


def test_a_law_is_seen_beside_the_ideal_line(browser: Chrome) -> None:
    legend = [each.text for each in found(browser, ".legendtext")]
    assert {"threads", "ideal", "fitted law"} <= set(legend)


def test_a_link_of_the_page_leads_to_how_it_was_measured(browser: Chrome) -> None:
    found(browser, "nav a[href='#measured']")[0].click()
    shown = found(browser, "#measured")[0]
    WebDriverWait(browser, 10).until(
        lambda _: browser.execute_script("return arguments[0].getBoundingClientRect().top < innerHeight", shown)
    )
    assert "Measured on m-here" in shown.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_of_the_page_is_legible_in_light_and_dark(browser: Chrome, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    assert len(browser.get_screenshot_as_png()) > 10_000
    for selector in ("h1", "table.data td", ".picture .xtick text", "figcaption", "a", "td sub"):
        assert contrast(browser, selector) >= 4.5


def contrast(browser: Chrome, selector: str) -> float:
    """Of the first such text against the page, by WCAG 2.1's formula."""
    style = f"const style = getComputedStyle(document.querySelector({json.dumps(selector)}));"
    ink = browser.execute_script(
        f"{style} return document.querySelector({json.dumps(selector)}) instanceof SVGElement ? style.fill : style.color"
    )
    ground = browser.execute_script("return getComputedStyle(document.documentElement).backgroundColor")
    lighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Of `rgb(18, 21, 26)`."""
    shares = [int(part) / 255 for part in colour[4:-1].split(",")]
    red, green, blue = (share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_names_of_users_are_text_in_everything_that_scripts_make_of_them(chrome: Chrome, tmp_path: Path) -> None:
    write_site({"nasty": held(nasty())}, tmp_path)
    for page in ("index.html", "experiments/nasty.html"):
        chrome.get((tmp_path / page).as_uri())
        WebDriverWait(chrome, 30).until(lambda _: found(chrome, "html[data-ready]"))
        for button in found(chrome, "table.data th button.dtcc-button"):
            chrome.execute_script("arguments[0].click()", button)
            assert found(chrome, ".dtcc-list-buttons button")
            assert found(chrome, "img, u") == []
    ActionChains(chrome).send_keys(Keys.ESCAPE).perform()
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", point := found(chrome, ".point")[-1])
    ActionChains(chrome).move_to_element(point).perform()
    WebDriverWait(chrome, 10).until(lambda _: hovered(chrome).startswith(NASTY_NAME))
    assert log(chrome, "browser") == []
