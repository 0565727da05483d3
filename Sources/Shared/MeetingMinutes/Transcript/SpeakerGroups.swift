/// Names that are one person's, as `SpeakerUnifier` joins them.
struct SpeakerGroups {
    private struct Group {
        let key: String
        /// How it was written first; attendees' spelling counts more.
        var shown: String
        var isAttendee: Bool
        var speaks: Bool
        /// Names in another script that the transcript states for it.
        var others: Set<String> = []
    }

    private var groups: [Group] = []
    private var places: [String: Int] = [:]
    /// Which group each was joined to; itself, if to none.
    private var roots: [Int] = []

    /// Takes in one more place where somebody is named; returns their group.
    mutating func add(_ name: SpeakerName, key: String, isAttendee: Bool, isSplit: Bool) -> Int {
        let place = places[key] ?? groups.count
        if place == groups.count {
            let shown = isSplit && key.contains("(") ? "\(name.name)(\(name.qualifier ?? ""))" : name.name
            places[key] = place
            roots.append(place)
            groups.append(Group(key: key, shown: shown, isAttendee: isAttendee, speaks: !isAttendee))
        } else if isAttendee, !groups[place].isAttendee {
            groups[place].isAttendee = true
            if !isSplit { groups[place].shown = name.name }
        }
        if let other = name.qualifier, SpeakerKey.isOtherScript(other, than: name.name) {
            groups[place].others.insert(SpeakerKey.of(other))
        }
        return place
    }

    /// The name that the person of a key is shown by.
    mutating func shown(_ key: String) -> String {
        guard let place = places[key] else { return key }
        return groups[root(place)].shown
    }

    /// Joins `Zhang San` with `张三` where the transcript states that for nobody else.
    mutating func joinScripts() {
        var claims: [String: Int] = [:]
        for group in groups { for other in group.others { claims[other, default: 0] += 1 } }
        for place in groups.indices {
            for other in groups[place].others.sorted() where claims[other] == 1 {
                guard let second = places[other] else { continue }
                join(second, to: place)
            }
        }
    }

    /// Joins a given name with the one full name that it can mean, if the two do not answer each other, and if the list of
    /// attendees or a typist's habit speaks for it.
    mutating func joinGivenNames(spoken: [Int], isTyped: Bool) {
        var full: [String: [Int]] = [:]
        for place in groups.indices where root(place) == place {
            if let given = SpeakerKey.givenName(of: groups[place].key) { full[given, default: []].append(place) }
        }
        guard !full.isEmpty else { return }
        var neighbours: Set<[Int]> = []
        for (one, next) in zip(spoken, spoken.dropFirst()) where one != next {
            neighbours.insert([min(one, next), max(one, next)])
        }
        for place in groups.indices where root(place) == place {
            guard let candidates = full[groups[place].key], candidates.count == 1, let other = candidates.first,
                other != place, !neighbours.contains([min(place, other), max(place, other)])
            else { continue }
            let (short, long) = (groups[place], groups[other])
            guard !(short.isAttendee && long.isAttendee), !(short.speaks && long.speaks) || long.isAttendee || isTyped
            else { continue }
            join(place, to: other)
        }
    }

    /// Shortens the way to it, so that long chains cost nothing.
    private mutating func root(_ place: Int) -> Int {
        var place = place
        while roots[place] != place {
            roots[place] = roots[roots[place]]
            place = roots[place]
        }
        return place
    }

    private mutating func join(_ second: Int, to first: Int) {
        let (from, to) = (root(second), root(first))
        guard from != to else { return }
        // Attendees' spelling, else that of who speaks, else the first.
        let (one, two) = (groups[to], groups[from])
        if two.isAttendee && !one.isAttendee || two.speaks && !one.speaks && !one.isAttendee {
            groups[to].shown = two.shown
        }
        groups[to].isAttendee = one.isAttendee || two.isAttendee
        groups[to].speaks = one.speaks || two.speaks
        roots[from] = to
    }
}
