"""The walk of one person through what the assistant does."""

import time
import traceback

import said
import samples
from scripted_model import Answer


class Walk:
    """Each step is a method whose first line says what holds; `through` takes them all, in their order."""

    def __init__(self, visit, model, person):
        self.visit, self.model, self.person = visit, model, person
        self.device = "phone" if visit.is_phone else "desktop"

    def through(self):
        self.visit.start(self.person)
        for step in (self.greets, self.streams, self.regenerates, self.takes_opinions, self.stops, self.takes_a_burst,
                     self.follows_recalls, self.obeys, self.pages, self.sends_a_file, self.reads_files, self.sees_and_hears, self.knows_quotes,
                     self.cites, self.uses_tools, self.asks_first, self.reminds, self.makes_minutes, self.joins_a_group,
                     self.speaks_english):
            self.take(step)

    def take(self, step, line=None):
        began = time.monotonic()
        line = line or step.__doc__.strip().splitlines()[0].rstrip(".")
        try:
            value = step()
        except Exception:
            print(f"{self.device}: not so: {line}\n{traceback.format_exc(limit=-3)}", flush=True)
            self.visit.driver.save_screenshot(str(self.visit.folder / f"{self.device}-failure.png"))
            raise
        assert not self.visit.complaints(), f"{line}: {self.visit.complaints()}"
        print(f"{self.device}: {line} ({time.monotonic() - began:.1f} s)", flush=True)
        return value

    def picture(self, name, message=None):
        if message:
            message.show()
        self.visit.picture(f"{self.device}-{name}")

    # MARK: Answers

    def greets(self):
        """Whoever opens a chat for the first time is told what the bot can do."""
        self.visit.until(lambda: self.visit.last_of("bot") is not None, "no greeting")
        greeting = self.visit.last_of("bot")
        assert "回答问题" in greeting.text and "/new" in greeting.text, greeting.text
        assert greeting.count("li") > 5 and greeting.count("code") > 5 and greeting.count("strong") >= 2
        self.picture("01-greeting", greeting)

    def streams(self):
        """An answer is signed for by an emoji, types itself out on a card, and ends with footer and buttons."""
        question = f"请比较两种导出方案，给{self.person}"
        first, again = self.model.expect(question, Answer(said.COMPARISON_BEGINS, said.COMPARISON_ENDS, pace=0.05),
                                         Answer(said.COMPARISON_AGAIN))
        message = self.visit.say(question)
        self.visit.until(lambda: message.reactions == ["正在处理"], "no sign that somebody is on it")
        answer = message.answer()
        self.visit.until(lambda: answer.count(".caret") == 1, "nothing is being typed")
        lengths = set()
        self.visit.until(lambda: lengths.add(len(answer.text)) or len(lengths) > 5, "the text does not grow")
        assert answer.buttons == ["停止"], answer.buttons
        self.picture("02-streaming", answer)
        self.visit.until(lambda: "查询进度" in answer.text, "what the model has written so far is not shown")
        first.gate.set()
        self.visit.until(lambda: answer.is_finished() and "导出指南" in answer.text, "the answer never ended")
        assert answer.count("h3, h4, h5") == 2 and answer.count("table") == 1 and answer.count("td") == 8
        assert answer.count("pre code") == 1 and answer.count("ol > li") == 3 and answer.count("ol ul > li") == 2
        assert answer.count("blockquote") == 1 and answer.count("a[href='https://example.com/export']") == 1
        assert answer.count(".caret") == 0
        assert "qwen-plus · " in answer.text and " 秒" in answer.text, answer.text
        assert answer.buttons == ["重新回答", "有用", "没用"], answer.buttons
        self.visit.until(lambda: message.reactions == [], "the emoji stays")
        assert len(message.answers()) == 1, "more than one answer"
        self.picture("03-answer", answer)
        self.compared, self.comparison = message, answer

    def regenerates(self):
        """The button for another answer brings one."""
        self.comparison.press("重新回答")
        self.visit.toasted("收到")
        again = self.compared.answer(1)
        self.visit.until(lambda: "换个说法" in again.text and again.is_finished(), "no other answer")
        assert again.buttons == ["重新回答", "有用", "没用"]
        self.picture("04-regenerated", again)
        self.again = again

    def takes_opinions(self):
        """Who says that an answer was useful, or not, is thanked."""
        self.again.press("有用")
        self.visit.toasted("谢谢反馈")
        self.picture("05-useful")
        self.again.press("没用")
        self.visit.until(lambda: self.visit.count("#toasts .toast") >= 2, "no second thanks")

    def stops(self):
        """The stop button ends the answer within a second, and what was written stays."""
        question = f"写一段很长的项目故事，给{self.person}"
        told = self.model.expect(question, Answer(said.story(self.person), pace=0.05))
        message = self.visit.say(question)
        answer = message.answer()
        self.visit.until(lambda: "第 2 段" in answer.text, "nothing is written")
        pressed = time.monotonic()
        answer.press("停止")
        self.visit.toasted("正在停止")
        assert told.broken.wait(10), "the model goes on writing"
        assert told.broken_at - pressed < 1, f"the model wrote for {told.broken_at - pressed:.2f} s more"
        self.visit.until(lambda: "已停止" in answer.text and answer.is_finished(), "it is not said that it stopped")
        assert "第 1 段" in answer.text and answer.buttons == ["重新回答"], (answer.buttons, answer.text)
        self.visit.until(lambda: message.reactions == [], "the emoji stays")
        self.picture("06-stopped", answer)

    def takes_a_burst(self):
        """Messages that come while an answer is written are answered together, as they are by then."""
        question = f"先列出待办，给{self.person}"
        told = self.model.expect(question, Answer("1. 确认供应商", "\n2. 签合同\n"))
        first = self.visit.say(question)
        self.visit.until(lambda: self.model.asked_about(question), "the model was not asked")
        began = time.monotonic()
        second = self.visit.say("还有一个问题")
        third = self.visit.say("合同几号签")
        fourth = self.visit.say("这句不算")
        third.choose("编辑")
        self.visit.find("#text").clear()
        self.visit.type_and_send("合同最晚几号签？")
        self.visit.until(lambda: "最晚" in third.text and "已编辑" in third.whole, "the edit is not shown")
        fourth.choose("撤回")
        self.visit.until(lambda: "消息已撤回" in fourth.text, "the recall is not shown")
        # What is younger is answered as it came: the event of the recall may be on its way.
        self.visit.until(lambda: time.monotonic() - began > 4.5, "")
        told.gate.set()
        # The card of the first may have come before the later messages, where these took their time.
        answer = first.answer(1)
        self.visit.until(answer.is_finished, "the burst was not answered")
        asked = [each for each in self.model.asked_about("还有一个问题") if self.person in each.everything]
        assert len(asked) == 1 and "合同最晚几号签？" in asked[0].last_asked, [each.last_asked for each in asked]
        assert "合同几号签" not in asked[0].last_asked.replace("合同最晚几号签", "") and "这句不算" not in asked[0].everything
        for message in (first, second, third):
            self.visit.until(lambda: message.reactions == [], "an emoji stays")
        assert len(first.answers()) == 2, "more answers than turns"
        self.picture("07-burst", answer)

    def follows_recalls(self):
        """Taking a message back ends the answer to it, and the conversation forgets it."""
        question = f"这个问题我会撤回，给{self.person}"
        told = self.model.expect(question, Answer(said.story(self.person), pace=0.05))
        message = self.visit.say(question)
        answer = message.answer()
        self.visit.until(lambda: "第 1 段" in answer.text, "nothing is written")
        message.choose("撤回")
        assert told.broken.wait(10), "the model goes on writing"
        self.visit.until(lambda: "已停止" in answer.text and answer.is_finished(), "it is not said that it stopped")
        self.picture("07-recalled", answer)
        self.visit.ask("接着说")
        asked = [each for each in self.model.asked_about("接着说") if self.person in each.everything]
        assert asked and question not in asked[-1].everything, "what was taken back is remembered"

    def obeys(self):
        """Commands are obeyed at once, in Chinese words, too."""
        _, usage = self.visit.ask("/status")
        assert "没有人在排队" in usage.text and "qwen-plus" in usage.text, usage.text
        _, models = self.visit.ask("/model")
        assert "qwen-plus" in models.text and models.count("li") == 1, models.text
        _, used = self.visit.ask("/usage")
        assert "今天：" in used.text, used.text
        self.picture("08-commands", used)
        _, help = self.visit.ask("帮助")
        assert "回答问题" in help.text
        question = f"写得再长一点，给{self.person}"
        told = self.model.expect(question, Answer(said.story(self.person), pace=0.05))
        message = self.visit.say(question)
        answer = message.answer()
        dropped = self.visit.say("等一下的问题")
        stop = self.visit.say("停止")
        assert told.broken.wait(10), "the model goes on writing"
        self.visit.until(lambda: any("还在等待的 1 条消息不再回答" in each.text for each in stop.answers()), "no word of what is dropped")
        self.visit.until(lambda: "已停止" in answer.text and answer.is_finished(), "the card does not say that it stopped")
        for each in (message, dropped):
            self.visit.until(lambda: each.reactions == [], "an emoji stays on a message that nobody answers")
        self.picture("09-stop-word", self.visit.last_of("bot"))
        _, anew = self.visit.ask("/new")
        assert "重新开始" in anew.text
        self.visit.ask("我们刚才说了什么")
        assert said.COMPARISON_AGAIN[:10] not in self.model.asked_about("我们刚才说了什么")[-1].everything
        for button in self.visit.driver.find_elements("css selector", "#menu button"):
            if button.text == "新对话":
                before = self.visit.ids("bot")
                button.click()
                self.visit.until(lambda: set(self.visit.ids("bot")) - set(before), "the menu's item does nothing")
                assert "重新开始" in self.visit.last_of("bot").text

    def pages(self):
        """A long answer becomes several cards, each with its place, the buttons on the last."""
        question = f"写一份运维手册，给{self.person}"
        self.model.expect(question, Answer(said.manual(60)))
        message = self.visit.say(question)
        cards = [message.answer(number) for number in range(3)]
        for number, card in enumerate(cards):
            self.visit.until(lambda: f"第 {number + 1} 页，共 3 页" in card.text, f"page {number + 1} is missing")
        assert [len(card.buttons) for card in cards] == [0, 0, 3], [card.buttons for card in cards]
        assert "第 60 类告警" in cards[2].text and "qwen-plus" in cards[2].text
        self.picture("10-page", cards[0])
        self.picture("11-last-page", cards[2])

    def sends_a_file(self):
        """A very long answer becomes a file that can be had."""
        question = f"写一份完整的运维手册，给{self.person}"
        whole = said.manual(140)
        self.model.expect(question, Answer(whole))
        message = self.visit.say(question)
        card, file = message.answer(0), message.answer(1)
        self.visit.until(lambda: "见附件" in card.text, "no word of the file")
        assert "回答.md" in file.text, file.text
        assert self.visit.downloaded(file).decode() == whole, "the file is not the answer"
        self.picture("12-file", file)

    # MARK: What comes with messages

    def reads_files(self):
        """Files are read: text and PDF."""
        text = self.visit.send_file("三季度.txt", said.REPORT.encode())
        answer = text.answer()
        self.visit.until(lambda: answer.is_finished() and "1,260 万元" in answer.text, "the text was not read")
        pdf = self.visit.send_file("三季度.pdf", samples.pdf("三季度运营报告：收入 1,260 万元，同比增长 18%。"))
        answer = pdf.answer()
        self.visit.until(lambda: answer.is_finished() and "1,260 万元" in answer.text, "the PDF was not read")
        self.picture("13-files", answer)
        broken = self.visit.send_file("归档.zip", b"PK\3\4" + b"\xfe" * 200)
        answer = broken.answer()
        self.visit.until(lambda: answer.is_finished() and "抱歉" in answer.text, "no word of what cannot be read")
        self.picture("14-unreadable", answer)

    def sees_and_hears(self):
        """Pictures go to the model, speech is understood."""
        picture = self.visit.send_file("图.png", samples.png(320, 200))
        answer = picture.answer()
        self.visit.until(lambda: answer.is_finished() and "渐变" in answer.text, "the picture was not seen")
        voice = self.visit.send_file("录音.wav", samples.wav(2))
        answer = voice.answer()
        self.visit.until(lambda: answer.is_finished() and "三组值班" in answer.text, "the voice was not heard")
        self.picture("15-picture-and-voice", answer)

    def knows_quotes(self):
        """What is quoted and what is forwarded is read with the question."""
        _, anew = self.visit.ask("/new")
        self.comparison.choose("回复")
        message, answer = self.visit.ask("这里的上限是多少？")
        assert "五万行" in answer.text and message.count(".quote") == 1, (answer.text, message.count(".quote"))
        assert "网关超时" in self.model.asked_about("这里的上限是多少")[-1].last_asked, "the quoted answer is not read"
        forward = self.visit.sent(lambda: self.comparison.choose("转发给机器人"))
        answer = forward.answer()
        self.visit.until(lambda: answer.is_finished() and "聊天记录" in answer.text, "the forwarded message was not read")
        self.picture("16-quote-and-forward", answer)

    # MARK: Knowledge, tools, reminders

    def cites(self):
        """An answer from the company's documents names them."""
        _, answer = self.visit.ask("入职满一年有几天年假？")
        assert "15 天" in answer.text and "参考资料" in answer.text and "员工手册.md › 员工手册 › 年假" in answer.text, answer.text
        self.picture("17-citation", answer)

    def uses_tools(self):
        """A tool that only looks is used without asking."""
        _, answer = self.visit.ask("今年有哪些报告？")
        assert "2026-Q1.pdf" in answer.text, answer.text
        self.picture("18-tool", answer)

    def asks_first(self):
        """A tool that changes something asks by a card, and does what the person says."""
        message, card = self.visit.ask("删除三季度的旧报告")
        assert card.buttons == ["同意", "拒绝"] and "2025-Q3.pdf" in card.text and "delete_report" in card.text, card.text
        self.picture("19-approval", card)
        card.press("同意")
        self.visit.toasted("收到")
        done = message.answer(1, "word of what was done")
        self.visit.until(lambda: done.is_finished() and "已经删除" in done.text, "the tool was not used")
        self.visit.until(lambda: card.buttons == [] and "已同意" in card.text, "the card still asks")
        self.picture("20-approved", done)
        message, card = self.visit.ask("删除四季度的旧报告")
        card.press("拒绝")
        kept = message.answer(1)
        self.visit.until(lambda: kept.is_finished() and "保留着" in kept.text, "the refusal was not heard")
        self.visit.until(lambda: card.buttons == [] and "已拒绝" in card.text, "the card still asks")
        self.picture("21-declined", kept)

    def reminds(self):
        """A reminder in words comes when it is due."""
        _, answer = self.visit.ask("2秒钟后提醒我给客户回电话")
        assert "提醒你：给客户回电话" in answer.text, answer.text
        self.visit.until(lambda: "⏰ 提醒：给客户回电话" in self.visit.last_of("bot").text, "nobody was reminded")
        _, listed = self.visit.ask("/remind 每个工作日早上9点半 看日报")
        assert "每个工作日 09:30" in listed.text, listed.text
        _, listed = self.visit.ask("/remind list")
        assert "看日报" in listed.text
        self.picture("22-reminders", listed)

    def makes_minutes(self):
        """Subtitles that are dropped become minutes, whose lines lead to what was said."""
        self.visit.drop(said.SUBTITLES, "供应商选型会.vtt")
        for button in self.visit.driver.find_elements("css selector", ".attachment button"):
            if button.text == "改为文件":
                button.click()
                break
        message = self.visit.sent(lambda: self.visit.find("#send").click())
        minutes = message.answer(what="minutes")
        self.visit.until(lambda: "由 qwen-plus 整理" in minutes.text, "the minutes never came")
        for words in ("贺川、期限：周五之前", "选择安达，先签半年", "团队比较了远航和安达", "吴敏、期限：十二月一日之前"):
            assert words in minutes.text, minutes.text
        self.visit.until(lambda: message.reactions == [], "the emoji stays")
        assert len(message.answers()) == 1, "more than one answer"
        self.picture("23-minutes", minutes)
        self.follows_a_moment(minutes)
        self.confirms_tasks(minutes)
        self.asks_about(minutes)

    def follows_a_moment(self, minutes):
        """The link of an action item opens the document at what was said."""
        link = minutes.run("""
            const items = [...node.querySelectorAll('.card a')].filter((each) => each.textContent.startsWith('#5'));
            return items.length ? items.at(-1) : null""")
        assert link is not None, minutes.text
        driver, page = self.visit.driver, self.visit.driver.current_window_handle
        driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", link)
        link.click()
        self.visit.until(lambda: len(driver.window_handles) > 1, "nothing was opened")
        driver.switch_to.window(next(each for each in driver.window_handles if each != page))
        target = "return document.querySelector(':target')"
        self.visit.until(lambda: driver.execute_script(target) is not None, f"no moment at {driver.current_url}")
        block = driver.execute_script(target)
        assert "贺川周五之前把合同初稿给法务" in block.text, block.text
        top, bottom = driver.execute_script(
            "const box = arguments[0].getBoundingClientRect(); return [box.top, innerHeight - box.bottom]", block)
        assert top >= 0 and bottom >= 0, "the moment is out of sight"
        picture = self.visit.folder / f"{self.device}-23-moment.png"
        driver.save_screenshot(str(picture))
        print(f"picture {picture}")
        driver.close()
        driver.switch_to.window(page)

    def confirms_tasks(self, minutes):
        """What was agreed becomes tasks once the person says so, each once."""
        assert minutes.buttons.count("建任务") == 2, minutes.buttons
        minutes.press("全部建任务")
        self.visit.until(lambda: minutes.text.count("已建任务") == 2, "the card does not show the tasks")
        assert "建任务" not in minutes.buttons and "全部建任务" not in minutes.buttons, minutes.buttons
        self.picture("23-tasks", minutes)

    def asks_about(self, minutes):
        """A question about the meeting is answered from what was said, with a link to it."""
        _, answer = self.visit.ask("会上说合同初稿由谁负责？")
        assert "贺川负责合同初稿" in answer.text, answer.text
        assert "贺川" in answer.text and answer.count("a[href*='/docx/']") >= 1, answer.text
        self.picture("23-question", answer)

    # MARK: Groups and languages

    def joins_a_group(self):
        """In a group the bot greets, keeps silent unless mentioned, and answers in the thread it is asked in."""
        self.visit.find("#newChat").click()
        self.visit.until(lambda: self.visit.find("#sheet").is_displayed(), "the sheet did not open")
        fields = self.visit.driver.find_elements("css selector", "#sheet input")
        name = f"{self.person}的项目组"
        fields[1].send_keys(name)
        fields[2].clear()
        fields[2].send_keys(f"{self.person}、韩梅梅")
        self.visit.press_in_sheet("创建")
        self.visit.until(lambda: self.visit.find("#roomName").text == name, "the group did not open")
        self.visit.until(lambda: self.visit.last_of("bot") is not None, "no greeting")
        assert "大家好" in self.visit.last_of("bot").text and "@我" in self.visit.last_of("bot").text
        self.picture("24-group-greeting", self.visit.last_of("bot"))
        silent = self.visit.say("中午一起吃饭吗")
        self.visit.until(lambda: "没有推送" in silent.whole, "the bot was told")
        message, answer = self.visit.ask("会议室订好了吗？", mention=True)
        assert "好的，收到" in answer.text and not silent.answers()[0].is_streaming
        asked = self.model.asked_about("会议室订好了吗")
        assert any(f"{self.person}: " in each.last_asked for each in asked), "the model is not told who speaks"
        message.choose("回复到话题")
        assert self.visit.count(".thread:not([hidden]) .message") == 0
        self.visit.mention_and_send("那几点开始？")
        self.visit.until(lambda: self.visit.count(".thread:not([hidden]) .message.bot .card") == 1, "no answer in the thread")
        self.picture("25-group-thread", self.visit.last_of("bot"))
        self.visit.choose_file("图.png", samples.png(320, 200))
        seen = self.visit.say("这张图是什么？", mention=True)
        self.visit.until(lambda: "渐变" in self.visit.last_of("bot").text, "the picture beside a mention was not seen")
        assert seen.count("img.picture") == 1 and seen.count(".at") == 1
        self.picture("25-group-picture", self.visit.last_of("bot"))

    def speaks_english(self):
        """Whoever writes English is answered in English, and the page speaks it, too."""
        self.visit.open_chat(self.person)
        self.visit.find("#language").click()
        _, answer = self.visit.ask("/language English")
        assert "English" in answer.text
        _, answer = self.visit.ask("Compare the two ways to export, in English please")
        assert answer.buttons == ["Regenerate", "Useful", "Not useful"], answer.buttons
        self.picture("26-english", answer)
        _, help = self.visit.ask("/help")
        assert "Answer questions" in help.text
        self.picture("27-english-help", help)
        self.visit.find("#language").click()
