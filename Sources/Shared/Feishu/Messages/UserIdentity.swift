import JSON

/// The up to three names Feishu has for one user. Any may be missing.
package struct UserIdentity: Sendable, Equatable {
    /// Of the user within this app: what the API is called with.
    package let openID: String?
    /// Of the user within the tenant; only with the scope for it.
    package let userID: String?
    /// Of the user within the developer's apps.
    package let unionID: String?

    package init(openID: String? = nil, userID: String? = nil, unionID: String? = nil) {
        self.openID = openID
        self.userID = userID
        self.unionID = unionID
    }

    /// Reads the object of events, and the plain open id that the API gives in its place.
    init(_ json: JSONValue?) {
        if let openID = json?.nonEmpty {
            self.init(openID: openID)
        } else {
            self.init(
                openID: json?["open_id"]?.nonEmpty,
                userID: json?["user_id"]?.nonEmpty,
                unionID: json?["union_id"]?.nonEmpty
            )
        }
    }
}

extension JSONValue {
    /// The string, unless it is empty: Feishu writes `""` for what it does not tell.
    var nonEmpty: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

    /// An integer, be it written as a number or as a string.
    var lenientInteger: Int64? { integer ?? string.flatMap { Int64($0) } }
}
