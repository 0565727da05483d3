/// Gives each person of a transcript one name, however the transcript writes them.
///
/// Joins what differs in case, width or spacing (`SPEAKER_01`, `Speaker 1`); what is in brackets behind it
/// (`张三(市场部)`); two scripts where the transcript states both (`张三（Zhang San）`); and a given name with the one full name that
/// it can mean. Where two people may be meant it joins nothing: two names of one person can be seen, two persons under one
/// name cannot.
package struct SpeakerUnifier: Sendable {
    /// The name of each who is written in more than one way, by the other ways.
    package private(set) var aliases: [String: String] = [:]
    private var names: [SpeakerName: String] = [:]

    /// - Parameters:
    ///   - turns: Who speaks, in order, as it is written.
    ///   - attendees: Who was there, as it is written.
    ///   - isTyped: Whether people wrote the names, who may call somebody now by one name and now by another. Programs
    ///     write the same account always in the same way.
    init(turns: [SpeakerName], attendees: [SpeakerName], isTyped: Bool) {
        var groups = SpeakerGroups()
        var spoken: [Int] = []
        let written = turns + attendees
        let split = Self.namesakes(written)
        for (index, name) in written.enumerated() {
            let isAttendee = index >= turns.count
            let group = groups.add(
                name,
                key: Self.key(name, split),
                isAttendee: isAttendee,
                isSplit: split.contains(SpeakerKey.of(name.name))
            )
            if !isAttendee { spoken.append(group) }
        }
        groups.joinScripts()
        groups.joinGivenNames(spoken: spoken, isTyped: isTyped)
        var others: [String: Set<String>] = [:]
        for name in written where names[name] == nil {
            let shown = groups.shown(Self.key(name, split))
            names[name] = shown
            others[name.name, default: []].insert(shown)
            if let other = name.qualifier, SpeakerKey.isOtherScript(other, than: name.name) {
                others[other, default: []].insert(shown)
            }
        }
        // What may mean two people is nobody's other name, and neither is what somebody is called.
        let shown = Set(names.values)
        for (other, people) in others where people.count == 1 && !shown.contains(other) {
            aliases[other] = people.first
        }
    }

    /// The one name of who is written so.
    func name(of written: SpeakerName) -> String { names[written] ?? written.name }

    private static func key(_ name: SpeakerName, _ split: Set<String>) -> String {
        let key = SpeakerKey.of(name.name)
        guard split.contains(key), let qualifier = name.qualifier, SpeakerKey.tellsApart(qualifier, of: name.name)
        else {
            return key
        }
        return key + "(" + SpeakerKey.of(qualifier)
    }

    /// The keys that two people share, as their brackets show: `张三(市场部)` and `张三(研发部)`.
    private static func namesakes(_ written: [SpeakerName]) -> Set<String> {
        var first: [String: String] = [:]
        var shared: Set<String> = []
        for name in written {
            guard let qualifier = name.qualifier, SpeakerKey.tellsApart(qualifier, of: name.name) else { continue }
            let key = SpeakerKey.of(name.name)
            let mark = SpeakerKey.of(qualifier)
            guard let known = first[key] else {
                first[key] = mark
                continue
            }
            if !known.contains(mark), !mark.contains(known) { shared.insert(key) }
        }
        return shared
    }
}
