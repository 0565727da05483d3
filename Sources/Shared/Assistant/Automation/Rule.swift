import JSON
package import JobQueue

/// Something that happens by itself: when, and what then.
package struct Rule: Sendable, Equatable {
    /// What makes it run.
    package enum Trigger: Sendable, Equatable {
        /// An event of this type for which all conditions hold.
        case event(type: String, conditions: [Condition])
        /// By the clock.
        case schedule(Schedule)
    }

    /// What must be so of an event.
    package struct Condition: Sendable, Equatable {
        package enum Test: Sendable, Equatable {
            /// The same text; a number or a truth value counts as it is written.
            case equals(String)
            /// A part of it, whatever the case; of a list, one of its texts.
            case contains(String)
            case exists
        }

        /// A JSON pointer (RFC 6901) into the whole event, as Feishu delivers it.
        let pointer: JSONPointer
        let test: Test
    }

    /// One of the things that are done, in order.
    package enum Step: Sendable, Equatable {
        /// Says something in a chat; nil is the event's.
        case say(chat: Template?, text: Template, isMarkdown: Bool)
        /// Asks the model; the answer is `{{previous}}` to the steps after it.
        case ask(prompt: Template, system: Template?)
        /// Makes a task; its link is `{{previous}}`.
        case task(summary: Template, description: Template?, dueIn: Duration?, assignees: [Template])
        /// Sums up what was said in a chat in the hours before; the summary is `{{previous}}`. Where nothing was said the
        /// steps after it are left out.
        case digest(chat: Template?, hours: Int)

        /// What logs and reports call it.
        var name: String {
            switch self {
            case .say: "say"
            case .ask: "ask"
            case .task: "task"
            case .digest: "digest"
            }
        }
    }

    package let name: String
    /// nil: of events, every app's.
    package let appID: String?
    package let trigger: Trigger
    package let steps: [Step]
}

/// All rules of a file.
package struct Rules: Sendable, Equatable {
    package let rules: [Rule]
    /// Where it is told that a rule failed for good; nil: only in the log and the dead letters.
    package let reportChat: String?

    package static let none = Rules(rules: [], reportChat: nil)

    package subscript(name: String) -> Rule? { rules.first { $0.name == name } }

    /// The rules that an event of an app makes run.
    package func matching(_ event: AutomationEvent, ofApp appID: String) -> [Rule] {
        rules.filter { rule in
            guard rule.appID == nil || rule.appID == appID else { return false }
            guard case .event(let type, let conditions) = rule.trigger, type == event.type else { return false }
            return conditions.allSatisfy { $0.holds(of: event.json) }
        }
    }
}
