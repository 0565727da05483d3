/// Feishu's rate limits, as its "frequency control" page and the pages of the APIs have them.
package struct CallLimits: Sendable, Equatable {
    /// The share of an API's quota that sheddable calls may use together.
    static let sheddableShare = 0.8

    /// Calls a minute that stream text into cards, for all cards of the app; nil leaves them to the limit per card.
    ///
    /// Feishu's page on streaming says that it does not count towards the limits of the API, the page of the API names
    /// one: so it can be lifted where Feishu is seen to do so.
    package let streamingCallsPerMinute: Int64?

    package init(streamingCallsPerMinute: Int64? = 1_000) {
        self.streamingCallsPerMinute = streamingCallsPerMinute
    }

    /// Everything that has limits for this call, the API first.
    func subjects(of call: GovernedCall) -> [GovernedSubject] {
        [api(call)] + call.subjects.map(Self.subject)
    }

    /// The subject that a refusal for an API as a whole holds back.
    static func apiName(_ call: GovernedCall) -> String {
        // No blanks in keys.
        "api:" + String(call.api.map { $0 == " " ? ":" : $0 })
    }

    static func name(_ subject: CallSubject) -> String {
        switch subject {
        case .chat(let id): "chat:\(id)"
        case .user(let id): "user:\(id)"
        case .card(let id): "card:\(id)"
        case .message(let id): "message:\(id)"
        case .document(let id): "document:\(id)"
        }
    }

    /// Limits that an id has of its own, over all APIs. All bots in a group share its five messages a second, and a
    /// click on a card is an operation, too: both leave room for what others do.
    private static func subject(_ subject: CallSubject) -> GovernedSubject {
        let window: CallWindow =
            switch subject {
            case .chat: .second(4)
            case .user, .message: .second(5)
            case .card: .second(8)
            case .document: .second(3)
            }
        return GovernedSubject(name: name(subject), windows: [window], pace: nil)
    }

    private func api(_ call: GovernedCall) -> GovernedSubject {
        let limit = quota(of: call.api)
        var windows: [CallWindow] = []
        if let second = limit.second { windows.append(.second(second)) }
        if let minute = limit.minute { windows.append(.minute(minute)) }
        var pace: CallPace?
        if call.urgency == .sheddable {
            if let second = limit.second { windows.append(.second(max(1, second * 4 / 5), tag: "x")) }
            pace = limit.minute.map { CallPace(minute: Double($0) * Self.sheddableShare) }
        }
        return GovernedSubject(name: Self.apiName(call), windows: windows, pace: pace)
    }

    /// Calls a second and a minute of an API, by the start of its path.
    private func quota(of api: String) -> (second: Int64?, minute: Int64?) {
        let path = api.drop { $0 != " " }.dropFirst()
        if path.hasPrefix("cardkit/"), path.hasSuffix("/content") {
            return streamingCallsPerMinute.map { (max(1, $0 / 20), $0) } ?? (nil, nil)
        }
        return Self.tiers.first { path.hasPrefix($0.path) }?.quota ?? (50, 1_000)
    }

    /// What is slower than the usual 50 a second and 1000 a minute.
    private static let tiers: [(path: String, quota: (second: Int64?, minute: Int64?))] = [
        ("docx/", (3, nil)),
        ("minutes/v1/minutes/search", (nil, 100)),
        ("minutes/", (5, nil)),
        ("drive/v1/files/upload", (5, nil)),
        ("drive/v1/medias/upload", (5, nil)),
        ("drive/v1/import_tasks", (nil, 100)),
        ("drive/v1/permissions/", (nil, 100)),
        ("drive/v2/permissions/", (nil, 100)),
        ("vc/v1/meetings/list_by_no", (nil, 100)),
        ("approval/", (nil, 100)),
        ("task/", (10, nil)),
    ]
}
