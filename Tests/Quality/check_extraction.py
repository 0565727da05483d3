#!/usr/bin/env python3
"""check_extraction.py MEETINGS [--program PATH] [--processes N]

Measures what the product makes of meetings without a model, and exits with status 1 where a bar is missed:
- summaries: ROUGE-1 F1 above the meeting's beginning and above LexRank and TextRank of sumy, in both languages
- answers: an utterance of a question's gold span is in one of the five best windows, for 91 % of the questions
- topics: their borders are nearer to the reference's than even cuts; what they cite touches 95 % of its parts

MEETINGS is a folder of JSON files: `language` (zh or en), `utterances` (`speaker`, `text`), `summaries`, and `segments`
(`first`, `last`) or `topics` (`spans`) and `questions` (`query`, `spans`).
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # this folder is a target of SwiftPM, which asks about files that it does not know

import borders
import peers
import rouge

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"zh": "Chinese", "en": "English"}
METHODS = ("ours", "lead", "lexrank", "textrank")
ANSWERED = 0.91
TOUCHED = 0.95


def built_program():
    root = HERE.parent.parent
    found = subprocess.run(
        ["swift", "build", "--show-bin-path"], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()
    return os.path.join(found, "extraction-quality")


def read(folder):
    meetings = {}
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        meetings[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    if not meetings:
        sys.exit(f"{folder} holds no meeting")
    return meetings


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def summary_scores(meeting, lines):
    language = meeting["language"]
    texts = peers.summaries(meeting)
    texts["ours"] = peers.cut(lines, language)
    return {name: rouge.scores(text, meeting["summaries"], language) for name, text in texts.items()}


def check_summaries(meetings, reports, processes):
    """Also of every second meeting, so that one sees what a tuning on the others is worth."""
    good = True
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        scored = dict(zip(meetings, pool.map(
            summary_scores, meetings.values(), [reports[name]["summary"] for name in meetings]
        )))
    for language in NAMES:
        names = [name for name in meetings if meetings[name]["language"] == language]
        if not names:
            continue
        print(f"{NAMES[language]} summaries of {len(names)} meetings, F1 in percent: ROUGE-1, -2, -L; halves of ROUGE-1")
        first = {}
        for method in METHODS:
            rows = [scored[name][method] for name in names]
            values = [100 * mean(row[place] for row in rows) for place in range(3)]
            halves = [100 * mean(row[0] for row in rows[start::2]) for start in (0, 1)]
            first[method] = [values[0], *halves]
            print(f"  {method:9}" + "".join(f"{value:7.1f}" for value in values + halves))
        for method in METHODS[1:]:
            if any(ours <= theirs for ours, theirs in zip(first["ours"], first[method])):
                print(f"  MISSED: not above {method}, in all or in a half")
                good = False
    return good


def check_answers(meetings, reports):
    asked = []
    for name, meeting in meetings.items():
        for question, windows in zip(meeting.get("questions", []), reports[name]["windows"]):
            spans = [(int(a) + 1, int(b) + 1) for a, b in question["spans"]]
            if spans:
                asked.append((spans, windows))
    if not asked:
        return True

    def share(test):
        return mean(any(test(window, span) for window in windows for span in spans) for spans, windows in asked)

    def common(window, span):
        return max(0, min(window[1], span[1]) - max(window[0], span[0]) + 1)

    hit = share(lambda window, span: common(window, span) > 0)
    half = share(lambda w, s: 2 * common(w, s) >= min(s[1] - s[0] + 1, w[1] - w[0] + 1))
    halves = [mean(any(common(w, s) for w in windows for s in spans) for spans, windows in asked[k::2]) for k in (0, 1)]
    first = mean(any(common(windows[0], s) for s in spans) for spans, windows in asked if windows)
    print(f"Answers to {len(asked)} questions: gold span in the five best windows {hit:.1%} (halves {halves[0]:.1%}, "
          f"{halves[1]:.1%}), half of it or of a window {half:.1%}, in the best window {first:.1%}")
    if hit < ANSWERED:
        print(f"  MISSED: {ANSWERED:.0%}")
    return hit >= ANSWERED


def check_topics(meetings, reports):
    good = True
    for language in NAMES:
        rows, touched, cited = [], [], 0
        for name, meeting in meetings.items():
            if meeting["language"] != language:
                continue
            count = len(meeting["utterances"])
            topics = [fact["utterances"] for fact in reports[name]["facts"] if fact["kind"] == "topic"]
            reference = borders.parts(meeting)
            starts = [span[0] for part in reference for span in part]
            ours = [numbers[0] - 1 for numbers in topics]
            rows.append(borders.errors(starts, ours, count)
                        + borders.errors(starts, borders.even(count, len(topics)), count))
            numbers = {number - 1 for topic in topics for number in topic}
            cited += len(topics)
            touched += [any(a <= number <= b for a, b in part for number in numbers) for part in reference]
        if not rows:
            continue
        pk, difference, even_pk, even_difference = (mean(row[place] for row in rows) for place in range(4))
        print(f"{NAMES[language]} topics ({cited / len(rows):.1f} a meeting): Pk {pk:.3f}, even cuts {even_pk:.3f}; "
              f"WindowDiff {difference:.3f}, even cuts {even_difference:.3f}; parts touched {mean(touched):.1%}")
        if pk >= even_pk or difference >= even_difference or mean(touched) < TOUCHED:
            print("  MISSED")
            good = False
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("meetings")
    parser.add_argument("--program", help="extraction-quality; the one that was built if not given")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    meetings = read(arguments.meetings)
    output = subprocess.run(
        [arguments.program or built_program(), arguments.meetings], check=True, capture_output=True, text=True
    ).stdout
    reports = {report["meeting"]: report for report in map(json.loads, output.splitlines())}
    slowest = max(reports.values(), key=lambda report: report["milliseconds"]["extracting"])
    print(f"Extraction takes {slowest['milliseconds']['extracting']:.0f} ms at most ({slowest['meeting']}), an index "
          f"{max(report['milliseconds']['indexing'] for report in reports.values()):.0f} ms")
    results = [
        check_answers(meetings, reports),
        check_topics(meetings, reports),
        check_summaries(meetings, reports, arguments.processes),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
