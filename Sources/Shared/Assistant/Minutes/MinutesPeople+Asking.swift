/// Asking Feishu who may be meant.
extension MinutesPeople {
    /// More who took part are not asked for by name.
    private static let mostParticipants = 100

    /// Who took part, is in the chat, or asked. Nobody, where too little is known of them to tell that no two have one name.
    ///
    /// Throws errors of the platform. A call for each hundred members, and for each of the others who is not remembered.
    init(of request: MinutesRequest, _ assistant: AssistantParts) async throws {
        self.init([])
        let participants = request.participants ?? []
        guard participants.count <= Self.mostParticipants else { return }
        var people: [MinutesPerson] = []
        if let chatID = request.chatID {
            let members = try await assistant.workplace.members(ofChat: chatID, ofApp: request.appID)
            guard members != nil || !participants.isEmpty else { return }
            people = members ?? []
        }
        let known = Set(people.map(\.openID))
        for openID in Set(participants + [request.senderID].compactMap { $0 }).subtracting(known) {
            guard let name = try await assistant.chat.name(ofUser: openID, inApp: request.appID) else { continue }
            people.append(MinutesPerson(openID: openID, name: name))
        }
        self.init(people)
    }
}
