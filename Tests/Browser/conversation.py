"""One person's conversation on the chat page, as its elements show it."""

import base64
import pathlib
import tempfile

from selenium.webdriver.common.by import By

from chat_page import Visit


class Message:
    """A message on the page, found anew by its id whenever it is asked: the page redraws what changes."""

    def __init__(self, visit, element_id):
        self.visit, self.id = visit, element_id

    def run(self, script, *arguments):
        return self.visit.driver.execute_script(
            "const node = document.getElementById(arguments[0]);" + script, self.id, *arguments)

    @property
    def text(self):
        return self.run("return node?.querySelector('.bubble')?.innerText ?? ''")

    @property
    def whole(self):
        """With what stands around the bubble: reactions, what became of its event."""
        return self.run("return node?.innerText ?? ''")

    @property
    def buttons(self):
        return self.run("return [...node?.querySelectorAll('.card button') ?? []].map((each) => each.textContent)")

    @property
    def reactions(self):
        return self.run("return [...node?.querySelectorAll(':scope > .column > .reactions .chip') ?? []]"
                        ".map((each) => each.textContent)")

    @property
    def is_streaming(self):
        return self.run("return Boolean(node?.querySelector('.bubble.streaming'))")

    def count(self, selector):
        return self.run("return node?.querySelectorAll(arguments[1]).length ?? 0", selector)

    def press(self, label):
        """Presses a button of its card as a person does: it must be in sight and nothing in front of it. A card that is drawn
        anew in between has another button in that place, which is the one that a person sees then."""
        def pressed(_):
            button = self.run("return [...node.querySelectorAll('.card button')]"
                              ".find((each) => each.textContent === arguments[1])", label)
            assert button is not None, f"no button {label} among {self.buttons}"
            self.visit.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", button)
            button.click()
            return True

        self.visit.wait(pressed, f"the button {label} was never there long enough")

    def choose(self, item):
        """Takes an item of its menu."""
        self.run("node.scrollIntoView({ block: 'center' }); node.querySelector('.more').click()")
        self.visit.wait(lambda _: self.visit.count(".popup") == 1, "the menu did not open")
        found = [each for each in self.visit.driver.find_elements(By.CSS_SELECTOR, ".popup .item") if each.text == item]
        assert found, f"no {item} in the menu"
        found[0].click()

    def answers(self):
        """What bots said after it, in its thread or below it."""
        ids = self.run("""
            if (!node) return [];
            const all = [...document.querySelectorAll('#messages li.message')];
            return all.slice(all.indexOf(node) + 1).filter((each) => each.classList.contains('bot')).map((each) => each.id)""")
        return [Message(self.visit, each) for each in ids]

    def answer(self, number=0, what="an answer"):
        """The answer of this number, once it is there."""
        self.visit.wait(lambda _: len(self.answers()) > number, f"no {what}")
        return self.answers()[number]

    def is_finished(self):
        """Whether nothing more will come: the card is closed, and typed to its end."""
        return not self.is_streaming and self.count(".caret") == 0 and bool(self.text.strip())

    def show(self):
        """Scrolls so that its end is in sight, as one who reads it does."""
        self.run("node.scrollIntoView({ block: node.offsetHeight > innerHeight / 2 ? 'end' : 'center' })")


class Conversation(Visit):
    """A visit of one person who talks to the bot; `files` is a folder for what they send."""

    def __init__(self, url, pictures, files, timeout, width, height):
        super().__init__(url, pictures, timeout, width, height)
        self.files = files

    def start(self, name):
        """Opens a chat of a person whom nobody has heard of."""
        self.find("#newChat").click()
        self.wait(lambda _: self.find("#sheet").is_displayed(), "the sheet did not open")
        self.driver.find_elements(By.CSS_SELECTOR, "#sheet input")[0].send_keys(name)
        self.press_in_sheet("开始")
        self.wait(lambda _: self.find("#roomName").text == name, "the chat did not open")

    def press_in_sheet(self, label):
        found = [each for each in self.driver.find_elements(By.CSS_SELECTOR, "#sheet button") if each.text == label]
        assert found, f"no button {label}"
        found[0].click()

    def last_of(self, kind):
        ids = self.driver.execute_script(
            "return [...document.querySelectorAll('#messages li.message.' + arguments[0])].map((each) => each.id)", kind)
        return Message(self, ids[-1]) if ids else None

    def say(self, text, mention=False):
        """Types and sends; returns the message."""
        return self.sent(lambda: (self.mention_and_send if mention else self.type_and_send)(text))

    def sent(self, act):
        before = self.ids("person")
        act()
        self.wait(lambda _: set(self.ids("person")) - set(before), "it never showed up")
        return Message(self, (set(self.ids("person")) - set(before)).pop())

    def ids(self, kind):
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages li.message.' + arguments[0])].map((each) => each.id)", kind)

    def ask(self, text, **options):
        """Says it and waits for the whole answer; returns both."""
        message = self.say(text, **options)
        answer = message.answer(what=f"answer to {text}")
        self.wait(lambda _: answer.is_finished(), f"the answer to {text} never ended")
        return message, answer

    def choose_file(self, name, content):
        """Takes a file with the page's button, and sends it as it is."""
        # The page reads it when it is sent.
        path = pathlib.Path(tempfile.mkdtemp(dir=self.files)) / name
        path.write_bytes(content)
        before = self.count(".attachment")
        self.find("#file").send_keys(str(path))
        self.wait(lambda _: self.count(".attachment") > before, f"{name} was not taken")
        for button in self.driver.find_elements(By.CSS_SELECTOR, ".attachment button"):
            if button.text == "改为文件":
                button.click()
                break

    def send_file(self, name, content):
        self.choose_file(name, content)
        return self.sent(lambda: self.find("#send").click())

    def downloaded(self, message):
        """The bytes behind a file's link, fetched by the page itself."""
        text = self.driver.execute_async_script("""
            const [id, done] = arguments;
            const link = document.getElementById(id).querySelector('a.fileCard');
            fetch(link.href).then((answer) => answer.arrayBuffer()).then((data) => {
              let text = '';
              for (const byte of new Uint8Array(data)) text += String.fromCharCode(byte);
              done(btoa(text));
            }, (error) => done(''))""", message.id)
        return base64.b64decode(text)

    def toasted(self, words):
        self.wait(lambda _: words in self.driver.execute_script("return document.getElementById('toasts').innerText"),
                  f"no toast with {words}")

    def until(self, condition, complaint):
        self.wait(lambda _: condition(), complaint)

    def open_chat(self, name):
        self.wait(lambda driver: driver.execute_script("""
            const found = [...document.querySelectorAll('.chat')].find((each) => each.querySelector('strong').textContent === arguments[0]);
            found?.click();
            return Boolean(found)""", name), f"no chat {name}")
        self.wait(lambda _: self.find("#roomName").text == name, f"{name} did not open")
