/// Slots that were given, of one process: the same rules as the script in Redis has, as a value. Times are milliseconds.
struct SlotTable {
    private struct Bucket: Hashable {
        let tag: String
        let index: Int64
    }

    private struct Subject {
        var counts: [Bucket: Int64] = [:]
        /// Before this nothing is let pass.
        var hold: Int64 = 0
        /// When the next call at a steady pace is due.
        var due = 0.0
        /// The latest slot.
        var latest: Int64 = 0
    }

    /// Subjects that are kept in mind; beyond them, those go that no limit holds any more.
    static let capacity = 2_000

    private var subjects: [String: Subject] = [:]

    var count: Int { subjects.count }

    /// Takes the earliest slot that all limits allow, if that is not later than in `patience`.
    ///
    /// - Returns: How long it is until then, be it taken or not.
    mutating func reserve(_ wanted: [GovernedSubject], at now: Int64, within patience: Int64) -> (
        taken: Bool, wait: Int64
    ) {
        var slot = now
        for subject in wanted {
            guard let known = subjects[subject.name] else { continue }
            slot = max(slot, known.hold)
            if let pace = subject.pace {
                slot = max(slot, Int64((known.due - Double(pace.burst - 1) * pace.interval).rounded(.up)))
            }
        }
        var isSettled = false
        while !isSettled, slot - now <= patience {
            isSettled = true
            for subject in wanted {
                guard let counts = subjects[subject.name]?.counts else { continue }
                for window in subject.windows {
                    let earliest = Self.earliest(window, in: counts, from: slot)
                    if earliest > slot { (slot, isSettled) = (earliest, false) }
                }
            }
        }
        guard slot - now <= patience else { return (false, slot - now) }
        for subject in wanted { take(slot, of: subject, at: now) }
        forget(at: now)
        return (true, slot - now)
    }

    /// Gives a slot back that was not used: whoever asks next may have it, if its time has not passed.
    mutating func giveBack(_ slot: Int64, of subjects: [GovernedSubject]) {
        for subject in subjects {
            for window in subject.windows {
                let bucket = Bucket(tag: window.tag, index: slot / window.grain)
                guard let count = self.subjects[subject.name]?.counts[bucket], count > 0 else { continue }
                self.subjects[subject.name]?.counts[bucket] = count - 1
            }
            if let pace = subject.pace { self.subjects[subject.name]?.due -= pace.interval }
        }
    }

    /// Lets nothing of a subject pass before `end`.
    mutating func hold(_ name: String, until end: Int64) {
        subjects[name, default: Subject()].hold = max(subjects[name]?.hold ?? 0, end)
    }

    private mutating func take(_ slot: Int64, of subject: GovernedSubject, at now: Int64) {
        var known = subjects[subject.name] ?? Subject()
        for window in subject.windows {
            known.counts[Bucket(tag: window.tag, index: slot / window.grain), default: 0] += 1
            if known.counts.count > window.ring {
                known.counts = known.counts.filter {
                    $0.key.tag != window.tag || $0.key.index > now / window.grain - window.span
                }
            }
        }
        if let pace = subject.pace { known.due = max(known.due, Double(now)) + pace.interval }
        known.latest = max(known.latest, slot)
        subjects[subject.name] = known
    }

    private mutating func forget(at now: Int64) {
        guard subjects.count > Self.capacity else { return }
        subjects = subjects.filter { max($0.value.latest + 70_000, $0.value.hold) > now }
    }

    /// The first moment from `time` on at which one more call leaves every run of buckets within the limit.
    private static func earliest(_ window: CallWindow, in counts: [Bucket: Int64], from time: Int64) -> Int64 {
        func count(_ index: Int64) -> Int64 { counts[Bucket(tag: window.tag, index: index)] ?? 0 }
        var index = time / window.grain
        while true {
            var start = index - window.span + 1
            var sum = (start...index).reduce(0) { $0 + count($1) }
            var lastFull: Int64?
            while true {
                if sum >= window.limit { lastFull = start }
                guard start < index else { break }
                sum += count(start + window.span) - count(start)
                start += 1
            }
            guard let lastFull else { return max(time, index * window.grain) }
            index = lastFull + window.span
        }
    }
}
