import JSON

/// Meetings: that they end, what becomes of them, and what apps are told and may ask.
///
/// Source: interface specification, sections 3.5 and 5.9.
extension FeishuCloud {
    /// Minutes of a meeting can be asked for that long, in milliseconds.
    private static let memory: Int64 = 90 * 86_400_000
    private static let participantLimit = 500

    /// A meeting ends. Apps that may hear of it are told, then of the recording, then of the minutes.
    ///
    /// - Throws: `.invalid` for what no meeting has; `.full` when too much is under way.
    func endMeeting(_ body: JSONValue) throws(ControlError) -> JSONValue {
        let plan = try MeetingPlan(body, now: time.now())
        let meeting = try locked { (state) throws(ControlError) -> CloudMeeting in
            let meeting = try Self.meeting(plan, in: &state.directory)
            state.meetings.append(meeting)
            return meeting
        }
        var ids = try tellOfEnd(of: meeting)
        if case .at(let time) = meeting.recording { ids += try tellOfRecording(of: meeting, at: time) }
        if case .at(let time) = meeting.minutes { ids += try tellOfMinutes(of: meeting, at: time) }
        var answer = view(of: meeting).object ?? [:]
        answer["event_ids"] = .array(ids.map(JSONValue.string))
        return .object(answer)
    }

    private static func meeting(
        _ plan: MeetingPlan,
        in directory: inout Directory
    ) throws(ControlError) -> CloudMeeting {
        func people(_ names: [String]) throws(ControlError) -> [Person] {
            var people: [Person] = []
            for name in names {
                guard let person = directory.person(named: name) else { throw .full("too many people") }
                if !people.contains(person) { people.append(person) }
            }
            return people
        }
        let participants = try people(Array(([plan.host] + plan.participants).prefix(participantLimit)))
        return CloudMeeting(
            id: Identifier.meeting(),
            number: Identifier.meetingNumber(),
            minuteToken: Identifier.minute(),
            topic: plan.topic,
            keywords: plan.keywords,
            host: participants[0],
            participants: participants.map { .init(person: $0, joined: plan.began, left: plan.ended) },
            began: plan.began,
            ended: plan.ended,
            isReserved: plan.isReserved,
            subscribers: try people(plan.subscribers),
            recording: plan.recording,
            minutes: plan.minutes,
            isShared: plan.isShared,
            isVisible: plan.isVisible,
            turns: plan.turns,
            artifacts: plan.artifacts
        )
    }

    /// Changes what became of a meeting: `recording_ready`, `minutes_ready` (now), `permission`, `visible`, `deleted`.
    func changeMeeting(_ id: String, _ body: JSONValue) throws(ControlError) -> JSONValue {
        let now = time.now()
        let (before, meeting) = try locked { (state) throws(ControlError) -> (CloudMeeting, CloudMeeting) in
            guard let before = state.meetings[id] ?? state.meetings[minute: id] else {
                throw .notFound("no such meeting: \(id)")
            }
            var meeting = before
            let isReady = body["minutes_ready"]?.bool == true
            if body["recording_ready"]?.bool == true || isReady, !meeting.recording.holds(at: now) {
                meeting.recording = .at(now)
            }
            if isReady, !meeting.minutes.holds(at: now) { meeting.minutes = .at(now) }
            meeting.isShared = body["permission"]?.bool ?? meeting.isShared
            meeting.isVisible = body["visible"]?.bool ?? meeting.isVisible
            meeting.isDeleted = body["deleted"]?.bool ?? meeting.isDeleted
            state.meetings[meeting.id] = meeting
            return (before, meeting)
        }
        // What was to come at a time of its own was told of already.
        var ids: [String] = []
        if before.recording == .held, meeting.recording != .held { ids += try tellOfRecording(of: meeting, at: now) }
        if before.minutes == .held, meeting.minutes != .held { ids += try tellOfMinutes(of: meeting, at: now) }
        var answer = view(of: meeting).object ?? [:]
        answer["event_ids"] = .array(ids.map(JSONValue.string))
        return .object(answer)
    }

    /// The meetings so far, oldest first.
    func meetings() -> JSONValue { ["meetings": .array(withState { $0.meetings.all }.map(view))] }

    private func view(of meeting: CloudMeeting) -> JSONValue {
        let now = time.now()
        return [
            "meeting_id": .string(meeting.id), "meeting_no": .string(meeting.number),
            "minute_token": .string(meeting.minuteToken), "url": .string(meeting.url),
            "topic": .string(meeting.topic), "recording_ready": .bool(meeting.recording.holds(at: now)),
            "minutes_ready": .bool(meeting.minutes.holds(at: now)), "permission": .bool(meeting.isShared),
            "participants": .array(
                meeting.participants.map {
                    ["name": .string($0.person.name), "open_id": .string($0.person.openID)]
                }
            ),
        ]
    }

    // MARK: What apps may ask

    func meeting(
        _ id: String,
        withParticipants: Bool,
        idType: String
    ) throws(APIError) -> JSONValue {
        let meeting = try known(id)
        guard meeting.isVisible else { throw .meetingForbidden }
        func user(_ person: Person) -> JSONValue { .string(person.identifier(ofType: idType) ?? person.openID) }
        func seconds(_ milliseconds: Int64) -> JSONValue { .string("\(milliseconds / 1_000)") }
        let participants = meeting.participants.map { participant -> JSONValue in
            [
                "id": user(participant.person), "first_join_time": seconds(participant.joined),
                "final_leave_time": seconds(participant.left),
                "in_meeting_duration": seconds(participant.left - participant.joined), "user_type": 1,
                "is_host": .bool(participant.person == meeting.host), "is_cohost": false, "is_external": false,
                "status": 4,
            ]
        }
        let count = JSONValue.string("\(participants.count)")
        var view: JSONObject = [
            "id": .string(meeting.id), "topic": .string(meeting.topic),
            "url": .string("https://vc.feishu.cn/j/\(meeting.number)"), "meeting_no": .string(meeting.number),
            "password": "", "create_time": seconds(meeting.began), "start_time": seconds(meeting.began),
            "end_time": seconds(meeting.ended), "host_user": ["id": user(meeting.host), "user_type": 1], "status": 3,
            "participant_count": count, "participant_count_accumulated": count, "note_id": "",
        ]
        if withParticipants { view["participants"] = .array(participants) }
        return ["meeting": .object(view)]
    }

    func recording(ofMeeting id: String) throws(APIError) -> JSONValue {
        let meeting = try known(id)
        guard meeting.recording != .never else { throw .recordingMissing }
        guard meeting.recording.holds(at: time.now()) else { throw .recordingProcessing }
        return ["recording": ["url": .string(meeting.url), "duration": .string("\(meeting.duration)")]]
    }

    private func known(_ id: String) throws(APIError) -> CloudMeeting {
        guard !id.isEmpty, id.allSatisfy(\.isNumber), id.count <= 20 else { throw .meetingParameter }
        guard let meeting = withState({ $0.meetings[id] }), meeting.ended > time.now() - Self.memory else {
            throw .meetingMissing
        }
        return meeting
    }
}
