"""Draws lots among the people who are mentioned, or among words, so that everybody's turn comes."""

import random
import re

from plugin_interface import PluginError, PluginInterface, reply, text

#: What the state of a conversation may grow to.
MOST_REMEMBERED = 200
MOST_CHOICES = 100
LONGEST_CHOICE = 60

WORDS = {
    "zh-CN": {
        "how": "在谁之间抽？@几个人，或写几个词：/draw 小王 小李 小张；抽两个：/draw 2 小王 小李 小张；/draw reset 重新开始。",
        "drawn": "🎲 抽中：{names}",
        "again": "（大家都轮到过了，重新一轮）",
        "too_many": "一共只有 {count} 个，抽不出 {wanted} 个。",
        "reset": "好的，从头开始。",
        "between": "、",
    },
    "en": {
        "how": "Between whom? Mention people or write words: /draw Ann Bob Cid; two of them: /draw 2 Ann Bob Cid; "
        "/draw reset begins anew.",
        "drawn": "🎲 Drawn: {names}",
        "again": " (everybody had a turn, so a new round begins)",
        "too_many": "There are only {count}, so {wanted} cannot be drawn.",
        "reset": "Good, from the beginning.",
        "between": ", ",
    },
}


class DrawPlugin(PluginInterface):
    #: Not to be foreseen, whatever was drawn before.
    chance = random.SystemRandom()

    def handle_message(self, context: dict) -> dict:
        words = WORDS["en" if context["language"] == "en" else "zh-CN"]
        content = context["message_content"].strip()
        if content.lower() in ("reset", "重来", "重新开始"):
            return reply(text(words["reset"]), state=None)
        wanted, choices = self.choices(content, context.get("mentions", []))
        if not choices or wanted < 1 or len(choices) > MOST_CHOICES:
            raise PluginError(words["how"])
        if wanted > len(choices):
            raise PluginError(words["too_many"].format(count=len(choices), wanted=wanted))
        remembers = context["config"].get("remember", True)
        had_turn = context.get("state", {}).get("had_turn", []) if remembers else []
        drawn, had_turn, is_new_round = self.draw(choices, wanted, had_turn)
        names = words["between"].join(choices[key] for key in drawn)
        said = words["drawn"].format(names=names) + (words["again"] if is_new_round else "")
        return reply(text(said), state={"had_turn": had_turn}) if remembers else reply(text(said))

    def choices(self, content: str, mentions: list) -> tuple:
        """How many are to be drawn, and among whom: names by what tells them apart."""
        count = re.match(r"(\d{1,3})(?:\s+|$)", content)
        wanted = int(count[1]) if count else 1
        if mentions:
            return wanted, {person["open_id"]: person.get("name") or person["open_id"] for person in mentions}
        rest = content[count.end() :] if count else content
        words = [word[:LONGEST_CHOICE] for word in re.split(r"[\s,，、;；]+", rest) if word]
        return wanted, {word: word for word in words}

    def draw(self, choices: dict, wanted: int, had_turn: list) -> tuple:
        """Who is drawn, who had a turn then, and whether a new round began: those without a turn come first."""
        waiting = [key for key in choices if key not in had_turn]
        drawn = self.chance.sample(waiting, min(wanted, len(waiting)))
        is_new_round = len(drawn) < wanted
        if is_new_round:
            had_turn = [key for key in had_turn if key not in choices]
            others = [key for key in choices if key not in drawn]
            drawn += self.chance.sample(others, wanted - len(drawn))
        return drawn, (had_turn + drawn)[-MOST_REMEMBERED:], is_new_round
