import MeetingMinutes

/// Somebody by the name that Feishu knows.
package struct MinutesPerson: Sendable, Equatable {
    /// An open id.
    package let openID: String
    package let name: String

    package init(openID: String, name: String) {
        self.openID = openID
        self.name = name
    }
}

/// Who may be meant by a name in minutes. No I/O.
///
/// A name is somebody's only where exactly one has it, in whatever case, width and blanks: a task in the wrong hands is
/// worse than one in nobody's.
struct MinutesPeople {
    /// Open ids by name.
    private var ids: [String: Set<String>] = [:]

    init(_ people: [MinutesPerson]) {
        for person in people { ids[SpeakerKey.of(person.name), default: []].insert(person.openID) }
    }

    /// Who is to do something; empty where that is not certain, and not whole where it is not for one of several.
    func owners(of action: Minutes.Action) -> (openIDs: [String], isWhole: Bool) {
        guard let owner = action.owner, !action.line.doubts.contains(.owner) else { return ([], false) }
        if let one = person(called: owner) { return ([one], true) }
        // As grounding joins those of several.
        let names = owner.split(separator: "、").flatMap { $0.split(separator: ", ") }.map(String.init)
        guard names.count > 1 else { return ([], false) }
        var found: [String] = []
        for name in names {
            if let one = person(called: name), !found.contains(one) { found.append(one) }
        }
        return (found, found.count == names.count)
    }

    private func person(called name: String) -> String? {
        let key = SpeakerKey.of(name)
        guard !key.isEmpty, let known = ids[key], known.count == 1 else { return nil }
        return known.first
    }
}
