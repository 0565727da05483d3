import JSON

/// What an app may ask about itself.
extension FeishuCloud {
    /// Every scope that was granted, and of the usual ones those that were not.
    func grants(of app: String) -> JSONValue {
        let granted = withState { $0.apps[app]?.scopes } ?? []
        return [
            "scopes": .array(
                granted.union(Scopes.usual).sorted().map {
                    ["scope_name": .string($0), "grant_status": granted.contains($0) ? 1 : 2]
                }
            )
        ]
    }

    func application(_ id: String, for app: String) throws(APIError) -> JSONValue {
        let own = try own(id, app)
        let url = own.callbackURL ?? configuration.eventURL(of: own) ?? ""
        return [
            "app": [
                "app_id": .string(own.id), "status": 1, "app_name": .string(own.name),
                "online_version_id": .string(Self.versionID(of: own.id)),
                "callback_info": [
                    "callback_type": "webhook", "request_url": .string(url),
                    "subscribed_callbacks": .array(own.callbacks.sorted().map(JSONValue.string)),
                ],
            ]
        ]
    }

    func applicationVersion(_ id: String, for app: String) throws(APIError) -> JSONValue {
        let own = try own(id, app)
        return [
            "app_version": [
                "app_id": .string(own.id), "version": "1.0.0", "version_id": .string(Self.versionID(of: own.id)),
                "status": 1,
                "event_infos": .array(
                    own.events.sorted().map { ["event_type": .string($0), "event_name": .string($0)] }
                ),
            ]
        ]
    }

    /// An app sees itself only; `me` stands for it.
    private func own(_ id: String, _ app: String) throws(APIError) -> SandboxApp {
        guard id == app || id == "me", let own = withState({ $0.apps[app] }) else { throw .noSuchApp }
        return own
    }

    private static func versionID(of app: String) -> String { Identifier.stable("oav_", app) }
}
