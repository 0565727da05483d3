import NIOConcurrencyHelpers

/// How the assistant behaves everywhere, and where it behaves otherwise.
package struct AssistantProfiles: Sendable {
    /// What is otherwise in some chats. What is nil is as everywhere.
    package struct Rule: Sendable {
        /// The app it is for; nil for all.
        package var appID: String?
        /// The chats it is for; empty for all.
        package var chats: Set<String>
        /// Changes the settings.
        package var change: @Sendable (inout AssistantSettings) -> Void

        package init(
            appID: String? = nil,
            chats: Set<String> = [],
            change: @escaping @Sendable (inout AssistantSettings) -> Void
        ) {
            self.appID = appID
            self.chats = chats
            self.change = change
        }
    }

    package var base: AssistantSettings
    /// All that are for a chat are applied, in their order.
    package var rules: [Rule]

    package init(base: AssistantSettings = AssistantSettings(), rules: [Rule] = []) {
        self.base = base
        self.rules = rules
    }

    /// The settings for a chat of an app.
    package func settings(appID: String, chatID: String?) -> AssistantSettings {
        var settings = base
        for rule in rules where rule.appID.map({ $0 == appID }) ?? true {
            guard rule.chats.isEmpty || chatID.map({ rule.chats.contains($0) }) ?? false else { continue }
            rule.change(&settings)
        }
        return settings
    }
}

/// The profiles in force: replaced as a whole when the configuration changes.
package final class ProfileBook: Sendable {
    private let box: NIOLockedValueBox<AssistantProfiles>

    package init(_ profiles: AssistantProfiles = AssistantProfiles()) {
        box = NIOLockedValueBox(profiles)
    }

    package var profiles: AssistantProfiles { box.withLockedValue { $0 } }

    package func replace(with profiles: AssistantProfiles) { box.withLockedValue { $0 = profiles } }

    func settings(for conversation: Conversation) -> AssistantSettings {
        profiles.settings(appID: conversation.appID, chatID: conversation.chatID)
    }
}
