import JSON

/// A meeting that is over, with its recording and its minutes.
struct CloudMeeting: Sendable {
    /// Somebody who took part.
    struct Participant: Sendable {
        let person: Person
        /// Milliseconds since 1970.
        let joined: Int64
        let left: Int64
    }

    /// When something is there.
    enum Readiness: Sendable, Equatable {
        /// Milliseconds since 1970.
        case at(Int64)
        /// When somebody says so.
        case held
        case never

        func holds(at now: Int64) -> Bool {
            if case .at(let time) = self { time <= now } else { false }
        }
    }

    let id: String
    /// The nine digits that people join by.
    let number: String
    let minuteToken: String
    let topic: String
    let keywords: [String]
    let host: Person
    let participants: [Participant]
    /// Milliseconds since 1970.
    let began: Int64
    let ended: Int64
    /// Whether an app made it: only those are told of by events of their own.
    let isReserved: Bool
    /// Whose subscription brings events of it.
    let subscribers: [Person]
    var recording: Readiness
    var minutes: Readiness
    /// Whether the app may read the minutes.
    var isShared: Bool
    /// Whether the app may ask for the meeting and who took part.
    var isVisible: Bool
    var isDeleted = false
    var turns: [SpokenTurn]
    /// What Feishu itself made of it, as the interface shows it.
    var artifacts: JSONObject = [:]

    var url: String { "https://\(CloudMeeting.tenantHost)/minutes/\(minuteToken)" }

    /// Milliseconds.
    var duration: Int64 { ended - began }

    /// The tenant's host in addresses of minutes, which are those of the real cloud.
    static let tenantHost = "sandbox.feishu.cn"
}

/// The meetings, bounded in number; the oldest go first.
struct MeetingStore: Sendable {
    private var order = Ring<String>()
    private var meetings: [String: CloudMeeting] = [:]
    private var tokens: [String: String] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Oldest first.
    var all: [CloudMeeting] { order.elements.compactMap { meetings[$0] } }

    subscript(id: String) -> CloudMeeting? {
        get { meetings[id] }
        set { if meetings[id] != nil, let newValue { meetings[id] = newValue } }
    }

    subscript(minute token: String) -> CloudMeeting? { tokens[token].flatMap { meetings[$0] } }

    mutating func append(_ meeting: CloudMeeting) {
        meetings[meeting.id] = meeting
        tokens[meeting.minuteToken] = meeting.id
        order.append(meeting.id)
        if order.count > limit, let oldest = order.popFirst(), let gone = meetings.removeValue(forKey: oldest) {
            tokens[gone.minuteToken] = nil
        }
    }
}
