"""What the chat page can do beyond talking: streaming cards, clicks, files, groups, threads, reactions, edits.

Needs fake_bot.py on the other side, which answers each as this expects.
"""

import base64
import struct
import time
import zlib

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from chat_page import Visit


def png(width, height):
    """A small picture with a gradient."""
    rows = b"".join(b"\0" + bytes(value for x in range(width) for value in (60 + x * 150 // width, 120, 60 + y * 190 // height))
                    for y in range(height))
    part = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))


def wav(seconds):
    data = b"\x80" * (8000 * seconds)
    return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
            + b"data" + struct.pack("<I", len(data)) + data)


def last(visit, selector):
    return visit.driver.find_elements(By.CSS_SELECTOR, selector)[-1]


def text_of(visit, selector):
    """The text of the last such element; asked in one step, since the page may put another in its place."""
    return visit.driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].at(-1)?.innerText ?? ''", selector)


def toast(visit, words):
    visit.wait(lambda _: words in text_of(visit, "#toasts"),
               f"no toast with {words}")


def streaming(visit, picture):
    """The text is typed out piece by piece, with a caret, and closed in the end."""
    visit.expect_answer(lambda: visit.type_and_send("请流式回答"), "a streaming card")
    visit.wait(lambda _: visit.count(".bubble.streaming .caret") == 1, "nothing is being typed")
    lengths = set()
    end = time.monotonic() + 15
    while visit.count(".caret") and time.monotonic() < end:
        lengths.add(len(text_of(visit, ".message.bot .card")))
        if len(lengths) == 4:
            visit.picture(picture)
    assert len(lengths) > 6, f"the text came in {len(lengths)} pieces only"
    visit.wait(lambda _: "异步导出放到 1.1 版本" in text_of(visit, ".message.bot .card"), "the text is not whole")
    visit.wait(lambda _: visit.count(".bubble.streaming") == 0, "still streaming")
    visit.wait(lambda _: last(visit, ".message.bot .card").find_elements(By.TAG_NAME, "button"), "the button never came")
    card = last(visit, ".message.bot .card")
    assert card.find_elements(By.CSS_SELECTOR, "table td") and card.find_elements(By.CSS_SELECTOR, "pre code")
    card.find_element(By.TAG_NAME, "button").click()
    toast(visit, "好的")


def clicks(visit, picture):
    visit.expect_answer(lambda: visit.type_and_send("card please"), "a card")
    card = last(visit, ".message.bot .card")
    visit.picture(picture)
    buttons = {button.text: button for button in card.find_elements(By.TAG_NAME, "button")}
    buttons["出错"].click()
    toast(visit, "200671")
    card.find_element(By.CSS_SELECTOR, "input.field").send_keys("清楚<b>")
    Select(card.find_element(By.CSS_SELECTOR, "select.field")).select_by_visible_text("很好")
    buttons["提交"].click()
    toast(visit, "谢谢：清楚<b>（5）")
    visit.picture(picture + "-toast")
    buttons["停止"].click()
    toast(visit, "已停止")
    visit.wait(lambda _: "任务已停止" in text_of(visit, ".message.bot .card"), "the card was not replaced")
    assert "@林晓" in text_of(visit, ".message.bot .card"), "the person is not named"


def files(visit, picture):
    text = lambda content: base64.b64encode(content).decode()
    visit.drop(text(b"%PDF-1.4 plan"), "规划 2027.pdf", "application/pdf")
    visit.expect_answer(lambda: visit.find("#send").click(), "a file")
    assert "规划 2027.pdf，13 字节" in text_of(visit, ".message.bot .bubble")
    visit.drop(text(png(320, 200)), "图.png", "image/png")
    visit.expect_answer(lambda: visit.find("#send").click(), "a picture")
    visit.wait(lambda _: visit.driver.execute_script(
        "return [...document.querySelectorAll('img.picture')].some((image) => image.naturalWidth === 320)"), "no picture shown")
    visit.drop(text(wav(2)), "录音.wav", "audio/wav")
    visit.expect_answer(lambda: visit.find("#send").click(), "a recording")
    assert visit.count("audio.player") == 1
    visit.find("#text").send_keys("看这张图")
    visit.drop(text(png(120, 80)), "二.png", "image/png")
    visit.expect_answer(lambda: visit.find("#send").click(), "text with a picture")
    assert "收到图文" in text_of(visit, ".message.bot .bubble")
    visit.picture(picture)


def menu(visit, message, item):
    visit.driver.execute_script("arguments[0].querySelector('.more').click()", message)
    visit.wait(lambda _: visit.count(".popup") == 1, "the menu did not open")
    for button in visit.driver.find_elements(By.CSS_SELECTOR, ".popup .item"):
        if button.text == item:
            return button.click()
    raise AssertionError(f"no {item} in the menu")


def changes(visit):
    """Reactions, edits and recalls."""
    visit.expect_answer(lambda: visit.type_and_send("写错了的话"), "a message to edit")
    own = last(visit, ".message.person")
    name = own.get_attribute("id")
    again = lambda: visit.find("#" + name)
    menu(visit, last(visit, ".message.bot"), "赞")
    visit.wait(lambda _: last(visit, ".message.bot").find_elements(By.CSS_SELECTOR, ".chip.own"), "no reaction shown")
    menu(visit, again(), "编辑")
    box = visit.find("#text")
    box.clear()
    box.send_keys("改好了的话" + Keys.ENTER)
    visit.wait(lambda _: "改好了的话" in again().text and "已编辑" in again().text, "the edit is not shown")
    menu(visit, again(), "转发给机器人")
    visit.wait(lambda _: visit.count(".forward") == 1, "the forwarded message is not shown")
    menu(visit, again(), "撤回")
    visit.wait(lambda _: "消息已撤回" in again().text, "the recall is not shown")


def groups(visit, picture):
    visit.open_group()
    visit.type_and_send("随便聊聊，没有提到谁")
    visit.wait(lambda _: "没有推送" in text_of(visit, ".message.person"), "an unmentioned bot was told")
    Select(visit.find("#speaker")).select_by_visible_text("周宁")
    visit.expect_answer(lambda: visit.mention_and_send("周会几点？"), "a mention in the group")
    assert "@" in text_of(visit, ".message.person .at")
    menu(visit, last(visit, ".message.person"), "回复到话题")
    visit.type_and_send("三点")
    visit.wait(lambda _: visit.count(".thread:not([hidden]) .message") == 1, "the thread is not shown")
    visit.picture(picture)
    visit.find("#manage").click()
    visit.wait(lambda _: visit.find("#sheet").is_displayed(), "the sheet did not open")
    visit.driver.save_screenshot(str(visit.folder / (picture + "-manage.png")))
    visit.driver.execute_script("closeSheet()")
    new_group(visit)


def new_group(visit):
    visit.find("#newChat").click()
    fields = visit.driver.find_elements(By.CSS_SELECTOR, "#sheet input")
    fields[1].send_keys("猎鹰项目")
    fields[2].clear()
    fields[2].send_keys("李雷、韩梅梅")
    for button in visit.driver.find_elements(By.CSS_SELECTOR, "#sheet button"):
        if button.text == "创建":
            button.click()
            break
    visit.wait(lambda _: visit.find("#roomName").text == "猎鹰项目", "the new group did not open")
    visit.expect_answer(lambda: visit.mention_and_send("第一句话"), "a message in the new group")
    assert text_of(visit, ".message.person .head strong") == "李雷", "the group's first member does not speak"


def desktop(url, folder, timeout):
    visit = Visit(url, folder, timeout, 1280, 800)
    try:
        streaming(visit, "desktop-streaming")
        visit.picture("desktop-streamed")
        clicks(visit, "desktop-card")
        files(visit, "desktop-files")
        changes(visit)
        groups(visit, "desktop-threads")
        assert visit.count(".bubble script, .bubble b, .toast b") == 0, "a message became markup"
        severe = [entry for entry in visit.complaints() if "404" not in entry["message"]]
        assert not severe, severe
    finally:
        visit.driver.quit()


def phone(url, folder, timeout):
    visit = Visit(url, folder, timeout, 390, 844)
    try:
        visit.driver.execute_script("document.querySelector('.chat[data-kind=\"p2p\"]').click()")
        streaming(visit, "phone-streaming")
        visit.picture("phone-streamed")
        clicks(visit, "phone-card")
        visit.open_group()
        visit.picture("phone-group")
        visit.find("#language").click()
        visit.picture("phone-english")
        assert not visit.complaints(), visit.complaints()
    finally:
        visit.driver.quit()
