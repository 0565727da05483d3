package import Feishu

/// What minutes need of the platform that people work on, beside the chat.
package typealias MinutesWorkplace = MinutesDocuments & MinutesTasks & MinutesRecordings

/// Tasks for what was agreed.
package protocol MinutesTasks: Sendable {
    /// Makes a task, one for a key, and returns where people see it.
    ///
    /// Throws errors of the platform, which advise on trying again where they can.
    func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String?

    /// The people in a chat by their names; nil where these are too many, or may not be known.
    func members(ofChat chatID: String, ofApp appID: String) async throws -> [MinutesPerson]?
}

/// What was recorded of meetings.
///
/// All throw errors of the platform, which advise on trying again where they can; what keeps a recording from being read is
/// their `minutesObstacle`.
package protocol MinutesRecordings: Sendable {
    /// What is known of a recording.
    func minute(_ token: String, ofApp appID: String) async throws -> FeishuMinute
    /// What was said in it.
    func transcript(ofMinute token: String, ofApp appID: String) async throws -> FeishuTranscript
    /// With whom it is shared: those whom the platform names.
    func readers(ofMinute token: String, ofApp appID: String) async throws -> [DocumentMember]
    /// A meeting, and who took part.
    func meeting(_ id: String, ofApp appID: String) async throws -> FeishuMeetingInfo
    /// Where the recording of a meeting is.
    func recording(ofMeeting id: String, ofApp appID: String) async throws -> FeishuRecording
}

/// Feishu as that place, for any number of apps.
package struct FeishuMinutesWorkplace: MinutesWorkplace {
    private let clients: FeishuClients

    package init(clients: FeishuClients) {
        self.clients = clients
    }

    func client(_ appID: String) throws -> FeishuClient {
        guard let client = clients[appID] else { throw UnknownApp(appID: appID) }
        return client
    }
}

extension FeishuMinutesWorkplace {
    package func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String? {
        let made = try await client(appID).createTask(task, clientToken: MessageUUID.derive(job: key, step: "task"))
        return made.url
    }

    package func members(ofChat chatID: String, ofApp appID: String) async throws -> [MinutesPerson]? {
        do {
            let members = try await client(appID).members(ofChat: chatID)
            guard !members.isCut else { return nil }
            return members.members.compactMap { member in
                member.name.map { MinutesPerson(openID: member.openID, name: $0) }
            }
        } catch let error as FeishuError where [.permission, .identifier, .gone, .content, .other].contains(error.kind)
        {
            return nil
        }
    }
}
