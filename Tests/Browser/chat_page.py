"""The sandbox's chat page in a real browser, used as a person would; takes pictures on the way.

Needs Debian's chromium, chromium-driver and fonts-noto-cjk, and selenium from PyPI.
"""

import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TRANSCRIPT = """供应商选型会
2026年11月18日 09:30｜时长 8分钟

吴敏 00:00:05
今天把物流供应商定下来，候选是远航和安达两家。

贺川 00:00:20
远航单价低百分之八，但是华北的妥投率只有百分之九十四；安达贵一点，妥投率百分之九十八。

吴敏 00:00:52
客户投诉主要就是华北，我倾向安达。预算能接受吗？

贺川 00:01:10
一年多花十二万，在预算之内。我建议先签半年，六月底复盘。

吴敏 00:01:31
好，决定选安达，先签半年。贺川周五之前把合同初稿给法务，我十二月一日之前确认付款方式。
"""

DROP = """
const transfer = new DataTransfer();
const bytes = arguments[2] ? Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0)) : arguments[0];
transfer.items.add(new File([bytes], arguments[1], { type: arguments[2] || "text/plain" }));
for (const kind of ["dragenter", "dragover", "drop"])
  document.getElementById("log").dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
"""


class Visit:
    """One browser on the chat page."""

    def __init__(self, url, folder, timeout, width, height):
        options = Options()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 2 if width < 500 else 1, "mobile": width < 500})
        self.is_phone = width < 500
        self.folder, self.timeout, self.url = folder, timeout, url
        self.open()
        self.wait(lambda driver: driver.find_element(By.ID, "dot").get_attribute("class").endswith("good"),
                  "the page never saw the gateway verified")

    def open(self):
        """Loads the page; the sandbox may still be starting."""
        end = time.monotonic() + self.timeout
        while True:
            try:
                return self.driver.get(self.url)
            except WebDriverException:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def wait(self, condition, complaint):
        # The page may put a changed message in the place of the one just looked at.
        WebDriverWait(self.driver, self.timeout, poll_frequency=0.05,
                      ignored_exceptions=[StaleElementReferenceException]).until(condition, complaint)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def picture(self, name):
        self.check_layout(name)
        path = self.folder / f"{name}.png"
        self.driver.save_screenshot(str(path))
        print(f"picture {path}")

    def check_layout(self, name):
        """Nothing may make the page scroll sideways, and its head and foot stay in sight."""
        wide = self.driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name}: the page is {wide} px too wide"
        for part in ("header.bar", "#composer"):
            box = self.driver.execute_script(
                "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
                "return [box.top, innerHeight - box.bottom]", part)
            assert min(box) >= -0.5, f"{name}: {part} is out of sight"

    def expect_answer(self, act, what):
        """Does something and waits until it was delivered and answered; returns the seconds it took."""
        before, mine = self.count(".message.bot"), self.count(".message.person")
        began = time.monotonic()
        act()
        self.wait(lambda _: self.count(".message.person") > mine, f"{what}: it never showed up")
        self.wait(lambda _: self.count(".message.bot") > before, f"{what}: no answer")
        taken = time.monotonic() - began
        self.wait(lambda _: self.driver.find_elements(By.CSS_SELECTOR, ".message.person .delivery")[-1]
                  .get_attribute("class").endswith("acknowledged"), f"{what}: not shown as delivered")
        print(f"{what}: answered after {taken:.2f} s")
        return taken

    def type_and_send(self, text):
        self.find("#text").send_keys(text + Keys.ENTER)

    def drop(self, content, name, kind=None):
        """Drops a file on the page: text as it is, with a media type base64 of its bytes."""
        before = self.count(".attachment")
        self.driver.execute_script(DROP, content, name, kind)
        self.wait(lambda _: self.count(".attachment") > before, f"{name}: the dropped file was not taken")

    def open_group(self):
        # In one step: the list is sorted anew while messages come in.
        self.driver.execute_script("document.querySelector('.chat[data-kind=\"group\"]').click()")
        self.wait(lambda _: self.find("#mention").is_displayed(), "the group did not open")

    def mention_and_send(self, text):
        """Picks the bot, which is first in the picker."""
        self.find("#mention").click()
        self.wait(lambda _: self.find("#picker").is_displayed(), "the picker did not open")
        self.find("#text").send_keys(Keys.ENTER)
        self.type_and_send(text)

    def complaints(self):
        return [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


def desktop(url, folder, timeout):
    visit = Visit(url, folder, timeout, 1280, 800)
    try:
        visit.picture("desktop-welcome")
        visit.expect_answer(lambda: visit.type_and_send("你好，你能做什么？<b>粗体</b>"), "a typed message")
        assert not visit.find("#typing").is_displayed(), "still typing after the answer"
        visit.picture("desktop-answer")
        visit.drop(TRANSCRIPT, "供应商选型会.txt")
        visit.picture("desktop-attachment")
        visit.expect_answer(lambda: visit.find("#send").click(), "a dropped transcript")
        visit.picture("desktop-minutes")
        refuse_long_text(visit)
        visit.find("#language").click()
        assert visit.find("#send").text == "Send", "the English switch does not work"
        assert visit.driver.execute_script("return document.documentElement.lang") == "en"
        visit.picture("desktop-english")
        visit.find("#language").click()
        group(visit)
        assert not visit.driver.execute_script("return window.hacked"), "a message ran as a script"
        assert visit.count(".bubble script, .bubble img:not(.picture)") == 0, "a message became markup"
        links = visit.driver.find_elements(By.CSS_SELECTOR, ".bubble a")
        assert all(link.get_attribute("href").startswith(("http://", "https://", "mailto:")) for link in links)
        check_labels(visit)
        reload_keeps(visit)
        assert not visit.complaints(), visit.complaints()
    finally:
        visit.driver.quit()


def refuse_long_text(visit):
    visit.driver.execute_script("document.getElementById('text').value = '长'.repeat(60000); send()")
    visit.wait(lambda _: "150" in visit.find("#problem").text, "a message over 150 KB was not refused")
    visit.driver.execute_script("complain(''); document.getElementById('text').value = ''")


def group(visit):
    visit.open_group()
    visit.expect_answer(lambda: visit.mention_and_send("大家好，机器人在吗？"), "a message in the group")
    visit.picture("desktop-group")


def reload_keeps(visit):
    before = visit.count(".message")
    visit.open()
    visit.wait(lambda _: visit.count(".message") > 0, "a reload lost the conversation")
    assert before > 0


def check_labels(visit):
    """Every control has a name for those who cannot see it."""
    nameless = visit.driver.execute_script("""
        return [...document.querySelectorAll("button, textarea, input, a, nav, [role=log]")].filter((node) =>
          node.checkVisibility() && !(node.textContent.trim() || node.getAttribute("aria-label") || node.labels?.length)).map((node) => node.outerHTML)""")
    assert not nameless, nameless


def phone(url, folder, timeout):
    visit = Visit(url, folder, timeout, 390, 844)
    try:
        visit.wait(lambda _: visit.count(".chat") > 0, "no chats shown")
        visit.picture("phone-conversation")
        visit.find("#sample").click()
        visit.wait(lambda _: visit.count(".attachment") == 1, "the sample was not taken")
        visit.picture("phone-attachment")
        visit.expect_answer(lambda: visit.find("#send").click(), "the sample transcript on a phone")
        visit.picture("phone-minutes")
        assert not visit.complaints(), visit.complaints()
    finally:
        visit.driver.quit()
