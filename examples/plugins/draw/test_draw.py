import unittest
from collections import Counter

from plugin_interface import PluginError
from plugin_interface.testing import call

from draw import DrawPlugin

PEOPLE = [{"open_id": f"ou_{name}", "name": name} for name in ("Ann", "Bob", "Cid")]


class DrawTests(unittest.TestCase):
    def draw(self, content, state=None, **members):
        answer = call(DrawPlugin, content, language="en", state=state, **members)
        return answer["reply_message"][0]["text"], answer.get("state")

    def test_everybody_has_a_turn_before_anybody_has_two(self):
        for _ in range(20):
            state, drawn = None, []
            for _ in range(6):
                said, state = self.draw("", state, mentions=PEOPLE)
                drawn.append(next(person["name"] for person in PEOPLE if person["name"] in said))
            self.assertEqual(set(drawn[:3]), {"Ann", "Bob", "Cid"})
            self.assertEqual(set(drawn[3:]), {"Ann", "Bob", "Cid"})

    def test_a_new_round_is_told(self):
        said, state = self.draw("Ann Bob", {"had_turn": ["Ann", "Bob"]})
        self.assertIn("a new round begins", said)
        self.assertEqual(len(state["had_turn"]), 1)

    def test_a_round_that_ends_within_a_draw_begins_with_those_who_waited(self):
        for _ in range(20):
            said, state = self.draw("2 Ann Bob Cid", {"had_turn": ["Ann", "Bob"]})
            self.assertIn("Cid", said)
            self.assertEqual(len(state["had_turn"]), 2)

    def test_turns_of_others_are_kept(self):
        _, state = self.draw("Ann", {"had_turn": ["Zoe", "Ann"]})
        self.assertEqual(state["had_turn"], ["Zoe", "Ann"])

    def test_is_fair(self):
        counts = Counter(self.draw("Ann Bob Cid", config={"remember": False})[0] for _ in range(3000))
        self.assertEqual(len(counts), 3)
        # Six standard deviations: once in a billion runs by chance.
        self.assertTrue(all(845 < count < 1155 for count in counts.values()), counts)

    def test_draws_several_that_differ(self):
        said, state = self.draw("3 Ann Bob，Cid、Dan")
        self.assertEqual(len(set(state["had_turn"])), 3)
        self.assertEqual(said.count(","), 2)

    def test_says_how_it_is_used(self):
        for content in ("", "0 Ann", " ".join(str(number) + "x" for number in range(101))):
            with self.assertRaisesRegex(PluginError, "Between whom"):
                self.draw(content)
        with self.assertRaisesRegex(PluginError, "only 1"):
            self.draw("2 Ann")

    def test_begins_anew(self):
        self.assertEqual(self.draw("reset", {"had_turn": ["Ann"]}), ("Good, from the beginning.", None))

    def test_speaks_chinese(self):
        answer = call(DrawPlugin, "小王", state={})
        self.assertEqual(answer["reply_message"][0]["text"], "🎲 抽中：小王")


if __name__ == "__main__":
    unittest.main()
