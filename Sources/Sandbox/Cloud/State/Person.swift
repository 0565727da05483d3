import JSON

/// Someone who chats with the bots.
package struct Person: Sendable, Hashable {
    package let name: String
    package let openID: String
    package let unionID: String
    package let userID: String

    init(name: String) {
        self.name = name
        openID = Identifier.stable("ou_", name)
        unionID = Identifier.stable("on_", name)
        userID = String(Identifier.stable("", name).prefix(8))
    }

    /// The identifiers as events carry them; `user_id` only for an app that may see it.
    func identifiers(showingUserID: Bool) -> JSONValue {
        var object: JSONObject = ["union_id": .string(unionID)]
        if showingUserID { object["user_id"] = .string(userID) }
        object["open_id"] = .string(openID)
        return .object(object)
    }

    /// The identifier of this type (`open_id`, `union_id`, `user_id`); nil for an unknown type.
    func identifier(ofType type: String) -> String? {
        switch type {
        case "open_id": openID
        case "union_id": unionID
        case "user_id": userID
        default: nil
        }
    }
}
