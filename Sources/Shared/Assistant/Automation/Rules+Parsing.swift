import JSON
package import TimeZones
import Yams

extension Rules {
    static let maximumRules = 500
    static let maximumSteps = 20

    /// Reads a file of rules.
    ///
    /// - Parameters:
    ///   - yaml: its text.
    ///   - zone: of schedules that name none.
    ///   - events: those that the gateway hands on; a rule for another would never run. nil: any.
    /// - Throws: everything that is wrong with it.
    package init(yaml: String, zone: TimeZoneRules, events: Set<String>? = nil) throws(RuleProblems) {
        let reader = RuleReader()
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw RuleProblems(problems: [RuleProblem(path: "", explanation: "is no YAML: \(Self.place(of: error))")])
        }
        guard let root, root.null == nil else {
            self = .none
            return
        }
        var rules: [Rule] = []
        let file = reader.mapping(root, at: "", keys: ["rules", "report_chat"], required: ["rules"])
        if let (node, path) = file?.node("rules") {
            rules = reader.list(node, at: path, atMost: Self.maximumRules).compactMap {
                RuleParser(reader: reader, zone: zone, events: events).rule($0.node, at: $0.path)
            }
        }
        var seen: Set<String> = []
        for rule in rules where !seen.insert(rule.name).inserted {
            reader.note("rules", "\(rule.name) is there twice, expected a different name for each rule")
        }
        guard reader.problems.isEmpty else { throw RuleProblems(problems: reader.problems) }
        self.init(rules: rules, reportChat: file?.text("report_chat"))
    }

    /// Where in the text, without quoting it.
    private static func place(of error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem), line \(mark.line)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "\(duplicates.joined(separator: ", ")) is there twice, line \(context.mark.line)"
        default: "it cannot be read"
        }
    }
}

/// Reads one rule.
private struct RuleParser {
    let reader: RuleReader
    let zone: TimeZoneRules
    let events: Set<String>?

    private static let durationUnits: [Character: Int] = ["m": 60, "h": 3_600, "d": 86_400]

    func rule(_ node: Node, at path: String) -> Rule? {
        let keys = ["name", "app", "on", "steps"]
        guard let mapping = reader.mapping(node, at: path, keys: keys, required: ["name", "on", "steps"]) else {
            return nil
        }
        let name = mapping.text("name")
        if let name,
            name.utf8.count > 64
                || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        {
            mapping.note("name", "expected up to 64 letters, digits, '-' and '_'")
        }
        // Also where something about it is wrong.
        let when = mapping.node("on")?.node.mapping
        let isScheduled = when?["schedule"] != nil || when?["cron"] != nil
        let trigger = mapping.node("on").flatMap { self.trigger($0.node, at: $0.path) }
        var steps: [Rule.Step] = []
        if let (node, path) = mapping.node("steps") {
            steps = reader.list(node, at: path, atMost: Rules.maximumSteps).compactMap {
                step($0.node, at: $0.path, isScheduled)
            }
            if node.sequence?.isEmpty == true { reader.note(path, "expected at least one step") }
        }
        let appID = mapping.text("app")
        if isScheduled {
            if appID == nil { mapping.note("app", "is missing, expected where the rule has a schedule") }
            if let appID, !Self.isAppID(appID) {
                mapping.note("app", "expected the id of an app such as cli_0123456789abcdef")
            }
        }
        guard let name, let trigger else { return nil }
        return Rule(name: name, appID: appID, trigger: trigger, steps: steps)
    }

    /// Part of the name of a periodic job, beside that of the rule.
    private static func isAppID(_ text: String) -> Bool {
        (1...48).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    // MARK: When

    private func trigger(_ node: Node, at path: String) -> Rule.Trigger? {
        let keys = ["event", "where", "schedule", "at", "days", "day", "cron", "time_zone"]
        guard let mapping = reader.mapping(node, at: path, keys: keys) else { return nil }
        let kinds = ["event", "schedule", "cron"].filter(mapping.has)
        guard kinds.count == 1, let kind = kinds.first else {
            reader.note(path, "expected one of event, schedule and cron")
            return nil
        }
        if kind == "event" { return event(mapping) }
        if mapping.has("where") { mapping.note("where", "is only for events") }
        let times = RuleTimesParser(mapping: mapping, zone: zone)
        return (kind == "cron" ? times.cron() : times.schedule()).map { .schedule($0) }
    }

    private func event(_ mapping: RuleMapping) -> Rule.Trigger? {
        for key in ["at", "days", "day", "time_zone"] where mapping.has(key) {
            mapping.note(key, "is only for schedules")
        }
        let conditions = mapping.node("where").map { node, path in
            reader.list(node, at: path, atMost: 20).compactMap { condition($0.node, at: $0.path) }
        }
        if let type = mapping.text("event"), let events, !events.contains(type) {
            mapping.note("event", "found \(type), expected one of \(events.sorted().joined(separator: ", "))")
        }
        return mapping.text("event").map { .event(type: $0, conditions: conditions ?? []) }
    }

    private func condition(_ node: Node, at path: String) -> Rule.Condition? {
        let keys = ["field", "equals", "contains", "exists"]
        guard let mapping = reader.mapping(node, at: path, keys: keys, required: ["field"]) else { return nil }
        var tests: [Rule.Condition.Test] = []
        if let text = mapping.text("equals") { tests.append(.equals(text)) }
        if let text = mapping.text("contains") { tests.append(.contains(text)) }
        if mapping.choice("exists", ["true"]) != nil { tests.append(.exists) }
        if ["equals", "contains", "exists"].count(where: mapping.has) != 1 {
            reader.note(path, "expected one of equals, contains, exists")
        }
        guard let field = mapping.text("field") else { return nil }
        guard field.utf8.count <= 1_024, let pointer = JSONPointer(field), !pointer.tokens.isEmpty else {
            mapping.note("field", "expected a path into the event such as /event/chat_id")
            return nil
        }
        return tests.first.map { Rule.Condition(pointer: pointer, test: $0) }
    }

    // MARK: What

    private func step(_ node: Node, at path: String, _ isScheduled: Bool) -> Rule.Step? {
        let kinds = ["say", "ask", "task", "digest"]
        guard let mapping = reader.mapping(node, at: path, keys: kinds) else { return nil }
        guard mapping.values.count == 1, let kind = kinds.first(where: mapping.has),
            let (node, path) = mapping.node(kind)
        else {
            reader.note(path, "expected one of \(kinds.joined(separator: ", "))")
            return nil
        }
        let step =
            switch kind {
            case "say": say(node, at: path, isScheduled)
            case "ask": ask(node, at: path)
            case "task": task(node, at: path)
            default: digest(node, at: path, isScheduled)
            }
        if isScheduled, let step, step.templates.contains(where: \.needsEvent) {
            reader.note(path, "speaks of an event, which a schedule has none of")
        }
        return step
    }

    private func say(_ node: Node, at path: String, _ isScheduled: Bool) -> Rule.Step? {
        guard let mapping = reader.mapping(node, at: path, keys: ["chat", "text", "markdown"]) else { return nil }
        guard mapping.has("text") != mapping.has("markdown") else {
            reader.note(path, "expected either text or markdown")
            return nil
        }
        requireChat(mapping, isScheduled)
        let isMarkdown = mapping.has("markdown")
        let text = mapping.template(isMarkdown ? "markdown" : "text")
        return text.map { .say(chat: mapping.template("chat"), text: $0, isMarkdown: isMarkdown) }
    }

    private func ask(_ node: Node, at path: String) -> Rule.Step? {
        let mapping = reader.mapping(node, at: path, keys: ["prompt", "system"], required: ["prompt"])
        return mapping?.template("prompt").map { .ask(prompt: $0, system: mapping?.template("system")) }
    }

    private func task(_ node: Node, at path: String) -> Rule.Step? {
        let keys = ["summary", "description", "due_in", "assignees"]
        guard let mapping = reader.mapping(node, at: path, keys: keys, required: ["summary"]) else { return nil }
        let due = mapping.text("due_in").flatMap { text -> Duration? in
            guard let last = text.last, let unit = Self.durationUnits[last], let number = Int(text.dropLast()),
                (1...1_000).contains(number)
            else {
                mapping.note("due_in", "expected a time such as 30m, 8h or 2d")
                return nil
            }
            return .seconds(number * unit)
        }
        let assignees = mapping.templates("assignees", atMost: 50)
        return mapping.template("summary").map {
            .task(summary: $0, description: mapping.template("description"), dueIn: due, assignees: assignees)
        }
    }

    private func digest(_ node: Node, at path: String, _ isScheduled: Bool) -> Rule.Step? {
        guard let mapping = reader.mapping(node, at: path, keys: ["chat", "hours"]) else { return nil }
        requireChat(mapping, isScheduled)
        let hours = mapping.has("hours") ? mapping.integer("hours", in: 1...168) : 24
        return hours.map { .digest(chat: mapping.template("chat"), hours: $0) }
    }

    private func requireChat(_ mapping: RuleMapping, _ isScheduled: Bool) {
        if isScheduled, !mapping.has("chat") {
            mapping.note("chat", "is missing, expected where the rule has a schedule")
        }
    }
}

extension Rule.Step {
    fileprivate var templates: [Template] {
        switch self {
        case .say(let chat, let text, _): [chat, text].compactMap { $0 }
        case .ask(let prompt, let system): [prompt, system].compactMap { $0 }
        case .task(let summary, let description, _, let assignees):
            [summary, description].compactMap { $0 } + assignees
        case .digest(let chat, _): [chat].compactMap { $0 }
        }
    }
}
