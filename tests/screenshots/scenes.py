"""Where there is something to see: each page and state, in the order in which the demo can show them."""

from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.screenshots.album import Album
from tests.screenshots.demo import PASSWORD, Demo

# A panel that is read beside the loop shows its first figures after half a minute.
_READ_WITHIN_MS = 120_000
_LOST_WITHIN_MS = 120_000


async def take_all(browser: Browser, demo: Demo, album: Album) -> None:
    page = await _visitor(browser)
    await _log_in(page, demo, "demo")
    await _wait_for_figures(page, demo)
    await _main_pages(page, demo, album)
    await _colours(page, demo, album)
    await _dashboards(page, demo, album)
    await _own_pages(page, demo, album)
    await _admin(page, demo, album)
    await _empty(browser, demo, album)
    await _trouble(browser, page, demo, album)
    await _door(browser, demo, album)


async def _visitor(browser: Browser) -> Page:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page = await context.new_page()
    page.set_default_timeout(30_000)
    return page


async def _log_in(page: Page, demo: Demo, user: str) -> None:
    await page.goto(f"{demo.url}/login/")
    await page.get_by_label("User name").fill(user)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(f"{demo.url}/")


async def _open(page: Page, demo: Demo, address: str) -> None:
    """The page with its line up, where it has one."""
    await page.goto(demo.url + address)
    if await page.locator("#line").count():
        await expect(page.locator("#line")).to_have_text("Connected", timeout=_READ_WITHIN_MS)
    await page.wait_for_timeout(2500)


async def _wait_for_figures(page: Page, demo: Demo) -> None:
    """Until what takes the longest is there: the uptime of the feed, and what the move of a minute means."""
    await _open(page, demo, "/")
    await expect(page.locator("[data-panel=uptime]")).to_contain_text("Main feed", timeout=_READ_WITHIN_MS)
    await expect(page.locator("[data-panel=price]")).to_contain_text("in 1 min, z ", timeout=_READ_WITHIN_MS)


async def _main_pages(page: Page, demo: Demo, album: Album) -> None:
    for title, address, name, said in (
        ("Overview", "/overview/", "overview", "The overview: one instrument, its venues, and how all of it does"),
        ("Instrument", "/instruments/ETH-USDT/", "instrument", "The page of one instrument"),
        ("Positions", "/positions/", "positions", "The accounts that you may see"),
        ("History", "/history/", "history", "What was stored: the newest rows, and a file of all of them"),
        ("System", "/system/", "system", "For operators: every part, its state, what that means and what to do"),
    ):
        album.chapter(title)
        await _open(page, demo, address)
        await album.take(page, name, f"{said}.")
        for width, device in ((820, "tablet"), (390, "phone")):
            await album.take(page, f"{name}-{device}", f"The same on a {device}.", width)
    await _open(page, demo, "/debug/position_component_debug.html")
    await album.take(page, "debug", "For staff: what the line of an account said lately.")


async def _colours(page: Page, demo: Demo, album: Album) -> None:
    """By the form in which people choose."""
    album.chapter("Colours")
    for theme, said in (
        ("Light", "The overview in light colours"),
        ("Dark, for colour-blind eyes", "Dark, with blue and orange in the place of green and red"),
        ("Light, for colour-blind eyes", "The same in light colours"),
    ):
        await _choose(page, demo, theme)
        await _open(page, demo, "/overview/")
        name = theme.lower().replace(", for colour-blind eyes", "-colour-blind")
        await album.take(page, f"colours-{name}", f"{said}.", whole=False)
    await _choose(page, demo, "Light")
    await _open(page, demo, "/positions/")
    await album.take(page, "colours-light-positions", "An account in light colours.", whole=False)
    await _choose(page, demo, "As the system")


async def _choose(page: Page, demo: Demo, theme: str) -> None:
    await page.goto(f"{demo.url}/settings/")
    await page.get_by_label("Colours").select_option(label=theme)
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_load_state()


async def _dashboards(page: Page, demo: Demo, album: Album) -> None:
    album.chapter("Dashboards")
    await _open(page, demo, "/dashboards/")
    await album.take(page, "dashboards", "The dashboards that you may see, and a form for a new one.")
    await page.get_by_role("link", name="Every panel").last.click()
    await expect(page.locator("#line")).to_have_text("Connected")
    await page.wait_for_timeout(4000)
    await album.take(page, "dashboard-every-panel", "A dashboard with a panel of every kind.")
    await page.get_by_role("button", name="Arrange").click()
    await album.take(page, "dashboard-arrange", "Its owner arranges it, by pointer or by keys.", whole=False)
    await page.locator("#arrange summary").click()
    await album.take(page, "dashboard-add", "And adds a panel, on a phone too.", 390, whole=False)
    await page.get_by_role("button", name="Cancel").click()
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.get_by_role("link", name="Edit as a list").click()
    await album.take(page, "dashboard-edit", "The same as forms, without a script.")


async def _own_pages(page: Page, demo: Demo, album: Album) -> None:
    album.chapter("Your account")
    for address, name, said in (
        ("/settings/", "settings", "How you read, and your login"),
        ("/settings/password/", "password", "A new password"),
        ("/settings/sessions/", "sessions", "Where you are logged in"),
        ("/settings/second-factor/", "second-factor", "The second factor"),
        ("/tokens/", "tokens", "Tokens for programs"),
    ):
        await _open(page, demo, address)
        await album.take(page, name, f"{said}.")
    await _open(page, demo, "/settings/")
    await album.take(page, "settings-phone", "The settings on a phone.", 390)


async def _admin(page: Page, demo: Demo, album: Album) -> None:
    album.chapter("Administration")
    for address, name, said in (
        ("/admin/", "admin", "Where an administrator begins"),
        ("/admin/feeds/venue/", "admin-venues", "The order of the venues, by drag or by number"),
        ("/admin/feeds/venue/binance/change/", "admin-venue", "One venue, with its state as it is now"),
        ("/admin/feeds/failoverevent/", "admin-switches", "Switches between venues"),
        ("/admin/dashboard/dashboard/", "admin-dashboards", "All dashboards"),
        ("/admin/dashboard/dashboard/1/change/", "admin-dashboard", "A dashboard: its panels, its owner, its groups"),
        ("/dashboards/1/preview/", "admin-preview", "How it looks to the members of a group"),
        ("/admin/positions/account/", "admin-accounts", "The accounts"),
        ("/admin/dashboard/liveclient/", "admin-clients", "Who is connected"),
    ):
        await page.goto(demo.url + address)
        await page.wait_for_timeout(700)
        await album.take(page, name, f"{said}.")
    await page.goto(f"{demo.url}/admin/feeds/venue/")
    await album.take(page, "admin-venues-phone", "The venues on a phone.", 390)


async def _empty(browser: Browser, demo: Demo, album: Album) -> None:
    """Somebody who owns nothing, and a feed of which nothing is listened to."""
    album.chapter("Nothing to show")
    page = await _visitor(browser)
    await _log_in(page, demo, "vera")
    await _open(page, demo, "/")
    await album.take(page, "empty-dashboard", "A group's dashboard, to a member who may see no account.")
    await _open(page, demo, "/positions/")
    await album.take(page, "empty-positions", "Positions without an account: what to do about it.", whole=False)
    await _open(page, demo, "/instruments/SOL-USDT/?feed=quiet")
    await album.take(page, "empty-instrument", "An instrument that no venue delivers.")
    await page.goto(f"{demo.url}/system/")
    await album.take(page, "forbidden", "A page that you may not see.", whole=False)
    await page.context.close()


async def _trouble(browser: Browser, page: Page, demo: Demo, album: Album) -> None:
    album.chapter("When something is wrong")
    state = await page.context.storage_state()
    plain = await browser.new_context(color_scheme="dark", java_script_enabled=False, storage_state=state)
    unscripted = await plain.new_page()
    await unscripted.goto(f"{demo.url}/overview/")
    await album.take(unscripted, "without-script", "Without JavaScript: the first state, and a word about it.")
    await plain.close()

    await _open(page, demo, "/overview/")
    demo.fault("binance", "mute")
    await expect(page.locator("[data-panel=price]")).to_contain_text("KuCoin since", timeout=_LOST_WITHIN_MS)
    await album.take(page, "failover", "The leading venue went silent: the price is from the next one.")
    demo.fault("*", "mute")
    await expect(page.locator("[data-panel=price]")).to_contain_text("STALE", timeout=_LOST_WITHIN_MS)
    await page.wait_for_timeout(8000)
    await album.take(page, "stale", "No venue delivers: the last price stays, with its age, and is not called live.")
    await album.take(page, "stale-phone", "The same on a phone.", 390, whole=False)
    demo.heal()

    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.route_web_socket("**/ws/dashboard/", _refuse)
    await page.goto(f"{demo.url}/overview/")
    await expect(page.locator("#line")).not_to_contain_text("onnecting", timeout=_LOST_WITHIN_MS)
    await page.wait_for_timeout(3000)
    await album.take(page, "polling", "No WebSocket gets through: the page asks over HTTP.", whole=False)
    await page.route("**/api/v1/state/**", lambda route: route.abort())
    await page.wait_for_timeout(12_000)
    await album.take(page, "connection-lost", "Nothing gets through: everything on the page may be old.", whole=False)
    await album.take(page, "connection-lost-phone", "The same on a phone.", 390, whole=False)
    await page.goto(f"{demo.url}/there-is-no-such-page/")
    await album.take(page, "not-found", "A page that is not there.", whole=False)


async def _refuse(socket: WebSocketRoute) -> None:
    await socket.close(code=1006)


async def _door(browser: Browser, demo: Demo, album: Album) -> None:
    album.chapter("Login")
    page = await _visitor(browser)
    await page.goto(f"{demo.url}/login/")
    await album.take(page, "login", "The login.", whole=False)
    await album.take(page, "login-phone", "The login on a phone.", 390, whole=False)
    for attempt in range(6):
        await page.get_by_label("User name").fill("mallory")
        await page.get_by_label("Password").fill("not this one")
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_load_state()
        if attempt == 0:
            await album.take(page, "login-error", "A wrong password.", whole=False)
    await album.take(page, "login-lockout", "Too many of them: for how long nothing helps.", whole=False)
    await page.goto(f"{demo.url}/login/forgotten/")
    await album.take(page, "login-forgotten", "A forgotten password, where the site sends no mail.", whole=False)
    await page.context.close()
