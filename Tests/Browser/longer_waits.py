"""What takes its time: a model that thinks for long, one that fails again and again, and a long line."""

import json
import urllib.request

from scripted_model import Answer

# Of these places answers may have all but four (AnswerCapacity).
CONCURRENCY = 16
ANSWERS = CONCURRENCY - 4
SLOW, DOWN, HELD = "请认真想一想预算", "模型坏了也要回答", "占一个位置"


class LongerWaits:
    """Begun before the walks, and looked at when they are done: by each of those who walked."""

    def __init__(self, url, model):
        self.url, self.model = url, model
        self.slow = model.expect(SLOW, Answer(after="预算要分三步想：收入、固定成本、余量。"))
        self.held = model.expect(HELD, Answer(after="轮到你了。"))
        model.expect(DOWN, Answer(status=500))

    def begin(self):
        self.say("何川", DOWN)
        self.say("吴敏", SLOW)

    def say(self, person, text):
        """Somebody writes, on a device that is none of ours."""
        request = urllib.request.Request(self.url + "sandbox/messages", method="POST",
                                         data=json.dumps({"user": person, "text": text}).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as response:
            assert response.status == 200

    def look(self, walks):
        for walk in walks:
            walk.take(lambda: self.fails(walk), "A model that is down is told in plain words, with a reference")
            walk.take(lambda: self.thinks(walk), "How long somebody has waited for the first word is told")
        self.slow.gate.set()
        for walk in walks:
            walk.take(lambda: self.ends(walk), "Whoever waited long gets the answer")
        self.form_line(walks[0].visit)
        asked = [walk.take(lambda: self.waits(walk), "A place in line is told where many wait") for walk in walks]
        self.held.gate.set()
        for walk, (message, card) in zip(walks, asked):
            walk.take(lambda: self.is_served(walk, message, card), "The card that told the place becomes the answer")

    def fails(self, walk):
        visit = walk.visit
        visit.open_chat("何川")
        visit.until(lambda: visit.last_of("bot") and "参考编号" in visit.last_of("bot").text, "the failure is not told")
        told = visit.last_of("bot")
        assert "抱歉，模型服务暂时不可用，请稍后再试。" in told.text and told.buttons == ["重新回答"], told.text
        assert len(visit.ids("bot")) == 1, "it is told more than once"
        message = visit.last_of("person")
        visit.until(lambda: message.reactions == [], "the emoji stays though nobody is on it")
        walk.picture("30-failure", told)

    def thinks(self, walk):
        visit = walk.visit
        visit.open_chat("吴敏")
        visit.until(lambda: visit.last_of("bot") and "正在思考… " in visit.last_of("bot").text, "no word of how long")
        walk.picture("31-thinking", visit.last_of("bot"))

    def ends(self, walk):
        answer = walk.visit.last_of("bot")
        walk.visit.until(lambda: "余量" in answer.text and answer.is_finished(), "no answer")

    def form_line(self, visit):
        for number in range(ANSWERS):
            self.say(f"甲{number + 1}", HELD)
        visit.until(lambda: len(self.model.asked_about(HELD)) == ANSWERS, "not all places are taken")
        for number in range(6):
            self.say(f"乙{number + 1}", HELD)

    def waits(self, walk):
        walk.visit.open_chat(walk.person)
        message = walk.visit.say("轮到我的时候告诉我")
        card = message.answer(what="place in line")
        # They have chosen English before.
        walk.visit.until(lambda: "In line: " in card.text and "before you" in card.text, "no place in line")
        walk.picture("32-line", card)
        return message, card

    def is_served(self, walk, message, card):
        walk.visit.until(lambda: "好的，收到" in card.text and card.is_finished(), "nobody was served")
        assert len(message.answers()) == 1, "the place in line stayed behind"
        walk.picture("33-served", card)
