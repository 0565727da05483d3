import Feishu

extension MinutesRequest {
    /// The most people that a document is shared with by name.
    private static let mostReaders = 300

    /// Whom the document is for: the group that the minutes belong to, who asked, and who took part, each once.
    var readers: [DocumentMember] {
        var readers: [DocumentMember] = []
        if let chatID, isGroup != false { readers.append(.chat(chatID)) }
        var seen: Set<String> = []
        for person in ([senderID].compactMap { $0 } + (participants ?? [])).prefix(Self.mostReaders)
        where seen.insert(person).inserted {
            readers.append(.person(person))
        }
        return readers
    }
}
