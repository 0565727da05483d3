import JSON

/// Who may read something of Feishu's.
package enum DocumentMember: Sendable, Hashable, Codable {
    /// By open id.
    case person(String)
    /// Everyone in a group, in which the bot has to be, too.
    case chat(String)

    package var id: String {
        switch self {
        case .person(let id), .chat(let id): id
        }
    }

    fileprivate func json(_ access: DocumentAccess) -> JSONValue {
        let (memberType, type): (JSONValue, JSONValue) =
            switch self {
            case .person: ("openid", "user")
            case .chat: ("openchat", "chat")
            }
        return [
            "member_type": memberType, "member_id": .string(id), "perm": .string(access.rawValue), "type": type,
        ]
    }
}

/// What somebody may do with it.
package enum DocumentAccess: String, Sendable, Codable {
    case view, edit
}

/// What is shared (`type`).
package enum SharedKind: String, Sendable, Codable {
    case docx, minutes
}

/// Sharing. Feishu takes a hundred calls a minute. Who else may open a link, which is the tenant's own rule, is never
/// touched.
///
/// Source: interface specification, section 5.11.
extension FeishuClient {
    private static let batchMembers = 10

    /// Lets somebody see or change something (`POST /drive/v1/permissions/:token/members`); nobody is notified. Needs the
    /// permission `docs:permission.member:create`.
    ///
    /// - Throws: `FeishuError`: `.permission` (1063002), `.content` for somebody it cannot be shared with, such as a group
    ///   without the bot (1063001, 1063003).
    package func share(
        _ token: String,
        as kind: SharedKind = .docx,
        with member: DocumentMember,
        access: DocumentAccess = .view
    ) async throws(FeishuError) {
        let request = FeishuRequest(
            "POST",
            "drive",
            "v1",
            "permissions",
            .id(token),
            "members",
            query: [("type", kind.rawValue), ("need_notification", "false")],
            body: member.json(access)
        )
        _ = try await call(request)
    }

    /// Lets several people see or change something (`POST /drive/v1/permissions/:token/members/batch_create`), ten a call.
    ///
    /// - Returns: those that Feishu let in: it may leave out some, such as people who left the company.
    /// - Throws: `FeishuError`, as ``share(_:as:with:access:)`` does.
    package func share(
        _ token: String,
        as kind: SharedKind = .docx,
        withAll members: [DocumentMember],
        access: DocumentAccess = .view
    ) async throws(FeishuError) -> [DocumentMember] {
        var admitted: [DocumentMember] = []
        var rest = members[...]
        while !rest.isEmpty {
            let group = Array(rest.prefix(Self.batchMembers))
            rest = rest.dropFirst(group.count)
            let request = FeishuRequest(
                "POST",
                "drive",
                "v1",
                "permissions",
                .id(token),
                "members",
                "batch_create",
                query: [("type", kind.rawValue)],
                body: ["members": .array(group.map { $0.json(access) })]
            )
            let answer = try await call(request)["data"]?["members"]?.array ?? []
            let ids = Set(answer.compactMap { $0["member_id"]?.nonEmpty })
            admitted += group.filter { ids.contains($0.id) }
        }
        return admitted
    }
}
