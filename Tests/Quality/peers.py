"""Summaries of others, for comparison: the meeting's beginning, and LexRank and TextRank of sumy.

All get the same sentences, with a transcriber's marks (`{laugh}`) taken out, and the same room. sumy's own tokenizer would
load data of nltk at run time, so it gets the tokens that ROUGE counts by.
"""

import re

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from rouge import tokens

MARK = re.compile(r"\{[^{}]{1,24}\}")
END = {"zh": re.compile(r"(?<=[。！？；])"), "en": re.compile(r"(?<=[.?!])\s+")}
ROOM = {"zh": 240, "en": 120}
STOP_WORDS = {
    "zh": "的了是我你他她它们这那就也都和与或及而着吗呢吧啊呀嗯哦唉哈嘛呃之其于被很又没不有",
    "en": (
        "a about after all also am an and any are as at be because been before being but by can could did do does doing don "
        "down for from get go going got had has have he her here him his how i if in into is it its just know like ll m me "
        "more most my no not now of off oh ok okay on one or other our out over re right s said say she should so some such "
        "t than that the their them then there these they thing think this those through to too uh um up us ve very was we "
        "well were what when where which while who why will with would yeah yes you your"
    ).split(),
}


class Tokenizer:
    def __init__(self, language):
        self.language = language

    def to_words(self, text):
        return tuple(tokens(text, self.language))


def sentences(meeting):
    language = meeting["language"]
    found = []
    for utterance in meeting["utterances"]:
        text = MARK.sub(" ", utterance["text"])
        found += [part.strip() for part in END[language].split(text) if tokens(part, language)]
    return found


def cut(parts, language):
    """A summary of at most 240 characters of Chinese or 120 words of English."""
    if language == "zh":
        return "".join(parts)[: ROOM["zh"]]
    return " ".join(" ".join(parts).split()[: ROOM["en"]])


def size(text, language):
    return len(text) if language == "zh" else len(text.split())


def filling(summarizer, language):
    """A summarizer of sumy that takes the best sentences until the room is full, instead of a number of them."""

    class Filling(summarizer):
        def _get_best_sentences(self, sentences, count, rating, *arguments, **options):
            rate = rating if callable(rating) else rating.__getitem__
            order = sorted(range(len(sentences)), key=lambda place: (-rate(sentences[place]), place))
            chosen, room = [], ROOM[language]
            for place in order:
                if room <= 0:
                    break
                chosen.append(place)
                room -= size(str(sentences[place]), language)
            return [str(sentences[place]) for place in sorted(chosen)]

    filled = Filling()
    filled.stop_words = frozenset(STOP_WORDS[language])
    return filled


def summaries(meeting):
    """By name of the method."""
    language = meeting["language"]
    parts = sentences(meeting)
    tokenizer = Tokenizer(language)
    document = ObjectDocumentModel([Paragraph([Sentence(part, tokenizer) for part in parts])])
    found = {"lead": parts}
    for name, summarizer in (("lexrank", LexRankSummarizer), ("textrank", TextRankSummarizer)):
        found[name] = filling(summarizer, language)(document, 1)
    return {name: cut(list(lines), language) for name, lines in found.items()}
