/// Which transfer is due next: a binary heap of instants.
///
/// Nothing is removed early. Whoever takes an entry asks its owner whether it still counts, and `compact` drops the
/// rest once they are many.
struct DeadlineHeap {
    struct Entry {
        let due: ContinuousClock.Instant
        let transfer: ObjectIdentifier
    }

    private var entries: [Entry] = []

    var next: ContinuousClock.Instant? { entries.first?.due }
    var count: Int { entries.count }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[child].due < entries[(child - 1) / 2].due {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The earliest entry, if it is due.
    mutating func pop(ifDueAt now: ContinuousClock.Instant) -> Entry? {
        guard let first = entries.first, first.due <= now else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        sink(0)
        return first
    }

    /// Keeps only the entries that `isCurrent` recognises.
    mutating func compact(keeping isCurrent: (Entry) -> Bool) {
        entries.removeAll { !isCurrent($0) }
        for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, entries[child + 1].due < entries[child].due { child += 1 }
            guard entries[child].due < entries[parent].due else { return }
            entries.swapAt(parent, child)
            parent = child
        }
    }
}
