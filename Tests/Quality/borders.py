"""How well a meeting's parts were found: Pk (Beeferman, Berger and Lafferty, 1999) and WindowDiff (Pevzner and Hearst,
2002), both errors from 0 to 1, with a window of half the mean part.
"""


def labels(starts, count):
    found, part = [], 0
    starts = set(starts)
    for place in range(count):
        part += place in starts and place > 0
        found.append(part)
    return found


def errors(reference, ours, count):
    """Pk and WindowDiff of borders, given as the first utterances of parts."""
    window = max(2, round(count / (len({start for start in reference if start > 0}) + 1) / 2))
    first, second = labels(reference, count), labels(ours, count)
    places = range(max(0, count - window))
    apart = sum((first[p] == first[p + window]) != (second[p] == second[p + window]) for p in places)
    differing = sum(first[p + window] - first[p] != second[p + window] - second[p] for p in places)
    return apart / max(1, len(places)), differing / max(1, len(places))


def even(count, parts):
    return [round(count * part / parts) for part in range(1, parts)]


def parts(meeting):
    """The reference's parts as lists of ranges of utterances, from 0, both ends within."""
    if "segments" in meeting:
        return [[(segment["first"], segment["last"])] for segment in meeting["segments"]]
    return [[(int(a), int(b)) for a, b in topic["spans"]] for topic in meeting["topics"] if topic["spans"]]
