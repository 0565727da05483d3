"""ROUGE-1, -2 and -L, F1, of a summary against references (Lin, "ROUGE: A Package for Automatic Evaluation of
Summaries", 2004): English by word in lower case, Chinese by character with Latin words whole. No stemming, no stop words.
"""

import collections
import re

TOKEN = {"zh": re.compile(r"[\u3400-\u9fff]|[a-z0-9]+"), "en": re.compile(r"[a-z0-9]+")}


def tokens(text, language):
    return TOKEN[language].findall(text.lower())


def f1(overlap, ours, theirs):
    if not overlap:
        return 0.0
    precision, recall = overlap / ours, overlap / theirs
    return 2 * precision * recall / (precision + recall)


def grams(words, length):
    return collections.Counter(zip(*[words[start:] for start in range(length)]))


def rouge_n(ours, theirs, length):
    first, second = grams(ours, length), grams(theirs, length)
    return f1(sum((first & second).values()), sum(first.values()), sum(second.values()))


def rouge_l(ours, theirs):
    """By the longest common subsequence of the whole texts."""
    row = [0] * (len(theirs) + 1)
    for word in ours:
        before = 0
        for place, other in enumerate(theirs, 1):
            above = row[place]
            row[place] = before + 1 if word == other else max(above, row[place - 1])
            before = above
    return f1(row[-1], len(ours), len(theirs))


def scores(summary, references, language):
    """ROUGE-1, -2 and -L, each the mean over the references, from 0 to 1."""
    ours = tokens(summary, language)
    sums = [0.0, 0.0, 0.0]
    for reference in references:
        theirs = tokens(reference, language)
        for place, value in enumerate((rouge_n(ours, theirs, 1), rouge_n(ours, theirs, 2), rouge_l(ours, theirs))):
            sums[place] += value
    return [value / len(references) for value in sums]
