import JSON

/// Who may read what apps made, or what people recorded.
///
/// Source: interface specification, section 5.11.
extension FeishuCloud {
    private static let batchLimit = 10

    /// Lets somebody, or a group with the bot in it, see or change something.
    func share(_ token: String, kind: String?, _ body: JSONValue, by app: String) throws(APIError) -> JSONValue {
        ["member": try admit(body, to: token, kind: kind, by: app)]
    }

    /// The same for several; those that cannot be let in are left out.
    func shareAll(_ token: String, kind: String?, _ body: JSONValue, by app: String) throws(APIError) -> JSONValue {
        let items = body["members"]?.array ?? []
        guard (1...Self.batchLimit).contains(items.count) else { throw .missingField("members") }
        var admitted: [JSONValue] = []
        for item in items {
            do throws(APIError) {
                admitted.append(try admit(item, to: token, kind: kind, by: app))
            } catch {
                guard error == .shareImpossible else { throw error }
            }
        }
        return ["members": .array(admitted)]
    }

    /// With whom minutes are shared: whoever took part in their meeting, and whoever else was let in.
    func collaborators(of token: String, kind: String?) throws(APIError) -> JSONValue {
        guard kind == "minutes" else { throw .shareParameter("type") }
        guard let meeting = withState({ $0.meetings[minute: token] }), !meeting.isDeleted else { throw .sharedMissing }
        guard meeting.isShared else { throw .shareForbidden }
        let items = meeting.participants.map { participant -> JSONValue in
            [
                "member_type": "openid", "member_id": .string(participant.person.openID),
                "perm": participant.person == meeting.host ? "full_access" : "view", "perm_type": "container",
                "type": "user",
            ]
        }
        return ["items": .array(items)]
    }

    private func admit(
        _ body: JSONValue,
        to token: String,
        kind: String?,
        by app: String
    ) throws(APIError) -> JSONValue {
        let access = body["perm"]?.string ?? ""
        guard ["view", "edit"].contains(access) || access == "full_access" && kind == "docx" else {
            throw .shareParameter("perm")
        }
        guard let type = body["member_type"]?.string, ["openid", "openchat"].contains(type),
            let id = body["member_id"]?.string, !id.isEmpty
        else { throw .shareParameter("member") }
        try locked { (state) throws(APIError) in
            let isKnown =
                type == "openid"
                ? state.directory.person(id) != nil
                : state.directory.chats[id].map { $0.bots.contains(app) && !$0.isDisbanded } ?? false
            switch kind {
            case "docx":
                guard var document = state.documents[token] else { throw .sharedMissing }
                guard document.appID == app else { throw .shareForbidden }
                guard isKnown else { throw .shareImpossible }
                document.admit(.init(type: type, id: id, access: access))
                state.documents[token] = document
            case "minutes":
                // An app owns no minutes here, so it can share none.
                guard state.meetings[minute: token] != nil else { throw .sharedMissing }
                throw .shareForbidden
            default: throw .shareParameter("type")
            }
        }
        return [
            "member_type": .string(type), "member_id": .string(id), "perm": .string(access), "perm_type": "container",
            "type": type == "openid" ? "user" : "chat",
        ]
    }
}
