import JSON

/// With whom something is shared.
extension FeishuClient {
    /// Asks with whom something is shared (`GET /drive/v1/permissions/:token/members`): people and groups. Whoever may see it
    /// by a link, as part of a department or by another name than an open id, is not among them. Needs the permission
    /// `docs:permission.member:retrieve`.
    ///
    /// Source: Feishu, "Get collaborators" (permission-member/list), whose types include minutes.
    ///
    /// - Parameters:
    ///   - token: of what is shared.
    ///   - kind: what that is.
    /// - Returns: those whom Feishu names.
    /// - Throws: `FeishuError`: `.permission` where the app may not know (1063002).
    package func collaborators(
        of token: String,
        as kind: SharedKind = .docx
    ) async throws(FeishuError) -> [DocumentMember] {
        let request = FeishuRequest(
            "GET",
            "drive",
            "v1",
            "permissions",
            .id(token),
            "members",
            query: [("type", kind.rawValue)]
        )
        return (try await call(request)["data"]?["items"]?.array ?? []).compactMap { item in
            guard let id = item["member_id"]?.nonEmpty else { return nil }
            return switch item["member_type"]?.string {
            case "openid": .person(id)
            case "openchat": .chat(id)
            default: nil
            }
        }
    }
}
