import Feishu
package import JobQueue
package import LanguageModel
import Logging
package import TimeZones

/// Runs one rule for one event or one time: its steps in order, each once whatever becomes of an attempt.
///
/// Each step's result is in the task's journal before the next begins, and what it does outside carries a key of the rule,
/// its occasion and the step, so a second run does only what is missing. A rule that is gone from the file meanwhile is
/// not run.
package struct AutomationJob: Job {
    package static let name: TaskName = "automation.run"
    package static let queue: QueueName = "background"
    package static let timeLimit: Duration = .seconds(1_800)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 6)
    package typealias Arguments = AutomationArguments

    /// What is known after a step.
    private struct Result: Codable {
        var text: String
        /// Whether the steps after it are left out.
        var isEnd: Bool

        init(_ text: String = "", isEnd: Bool = false) {
            self.text = text
            self.isEnd = isEnd
        }
    }

    private let book: RuleBook
    private let model: any LanguageModel
    private let usage: any UsageLedger
    private let workplace: any Workplace
    private let zone: TimeZoneRules
    private let language: WrittenLanguage

    /// - Parameters:
    ///   - book: the rules in force.
    ///   - model: which is asked.
    ///   - usage: what that costs is entered there, and counts for the chat that the event is about.
    ///   - workplace: where things are done.
    ///   - zone: whose clocks dates and times are of.
    ///   - language: of what is said that no rule words.
    package init(
        book: RuleBook,
        model: any LanguageModel,
        usage: any UsageLedger,
        workplace: any Workplace,
        zone: TimeZoneRules,
        language: WrittenLanguage = .chinese
    ) {
        self.book = book
        self.model = model
        self.usage = usage
        self.workplace = workplace
        self.zone = zone
        self.language = language
    }

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let run = try RuleRun(arguments, periodicTime: context.periodicTime)
        let rules = book.rules
        guard let rule = rules[run.rule] else {
            context.logger.warning("a rule is not there any more", metadata: ["rule": "\(run.rule)"])
            return NoOutput()
        }
        let clock = zone.civil(at: run.at)
        var values = Template.Values(
            event: run.event,
            rule: rule.name,
            date: "\(clock.year)-\(Self.two(clock.month))-\(Self.two(clock.day))",
            time: "\(Self.two(clock.hour)):\(Self.two(clock.minute))"
        )
        for (index, step) in rule.steps.enumerated() {
            let result: Result
            do {
                result = try await context.step("\(index)/\(step.name)") {
                    try await perform(step, at: index, values, run)
                }
            } catch {
                await report(error, of: rule, at: index, rules.reportChat, run, context)
                throw error
            }
            if result.isEnd { break }
            if case .say = step { continue }
            values.previous = result.text
        }
        return NoOutput()
    }

    private func perform(
        _ step: Rule.Step,
        at index: Int,
        _ values: Template.Values,
        _ run: RuleRun
    ) async throws -> Result {
        let key = "\(run.key)/\(index)"
        switch step {
        case .say(let chat, let text, let isMarkdown):
            let filled = text.filled(with: values, escaping: isMarkdown ? .markdown : .none)
            guard filled.contains(where: { !$0.isWhitespace }) else { throw RuleFailure(.nothingToSay) }
            try await workplace.say(
                isMarkdown ? .markdown(filled) : .text(filled),
                inChat: try self.chat(chat, values, run),
                ofApp: run.appID,
                key: key
            )
            return Result()
        case .ask(let prompt, let system):
            let texts = AssistantTexts(language)
            let answer = try await ask(
                system?.filled(with: values, escaping: .none) ?? texts.systemPrompt,
                prompt.filled(with: values, escaping: .none),
                for: account(run, chatID: run.event.flatMap(AutomationEvent.init)?.chatID),
                key: key
            )
            return Result(answer)
        case .task(let summary, let description, let dueIn, let assignees):
            let task = NewFeishuTask(
                summary: summary.filled(with: values, escaping: .none),
                description: description?.filled(with: values, escaping: .none),
                due: dueIn.map { run.at + Int64($0 / .milliseconds(1)) },
                assignees: assignees.map { $0.filled(with: values, escaping: .none) }.filter { $0.hasPrefix("ou_") }
            )
            guard task.summary.contains(where: { !$0.isWhitespace }) else { throw RuleFailure(.nothingToSay) }
            return Result(try await workplace.createTask(task, ofApp: run.appID, key: key) ?? "")
        case .digest(let chat, let hours):
            let chatID = try self.chat(chat, values, run)
            let span = (run.at - Int64(hours) * 3_600_000)..<run.at
            let lines = try await workplace.lines(inChat: chatID, ofApp: run.appID, during: span)
            guard !lines.isEmpty else { return Result(isEnd: true) }
            return Result(try await digest(lines, for: account(run, chatID: chatID), key: key))
        }
    }

    /// The chat that a step names, or the event's.
    private func chat(_ template: Template?, _ values: Template.Values, _ run: RuleRun) throws -> String {
        let named = template?.filled(with: values, escaping: .none)
        guard let chat = named ?? run.event.flatMap(AutomationEvent.init)?.chatID, chat.hasPrefix("oc_") else {
            throw RuleFailure(.noChat)
        }
        return chat
    }

    /// Nobody in particular asks: a rule's questions count for a chat and for all.
    private func account(_ run: RuleRun, chatID: String?) -> UsageAccount {
        UsageAccount(appID: run.appID, userID: nil, chatID: chatID)
    }

    private func ask(
        _ system: String,
        _ prompt: String,
        for account: UsageAccount,
        key: String
    ) async throws -> String {
        try await usage.admit(account)
        let request = ChatRequest(messages: [.system(system), .user(prompt)])
        let answer = try await usage.completion(of: request, by: model, for: account, key: key)
        guard answer.text.contains(where: { !$0.isWhitespace }) else {
            throw LanguageModelError(code: .badResponse, model: answer.finish.model)
        }
        return answer.text
    }

    /// With a model that answers, by it; else the sentences that say most.
    private func digest(_ lines: [ChatLine], for account: UsageAccount, key: String) async throws -> String {
        let text = AutomationTexts.transcript(lines)
        guard model.answersOpenQuestions else {
            let sentences = ExtractiveSummariser().summary(of: text, atMost: .init(sentences: 8))
            return sentences.map { "- \($0.plainInMarkdown)" }.joined(separator: "\n")
        }
        return try await ask(
            AssistantTexts(language).systemPrompt,
            AutomationTexts(language).digestPrompt(text),
            for: account,
            key: key
        )
    }

    /// Tells where the file says so that no attempt follows.
    private func report(
        _ error: any Error,
        of rule: Rule,
        at index: Int,
        _ chatID: String?,
        _ run: RuleRun,
        _ context: JobContext
    ) async {
        guard !Task.isCancelled, context.isFinal(error) else { return }
        context.logger.error(
            "a rule failed",
            metadata: ["rule": "\(rule.name)", "step": "\(index)/\(rule.steps[index].name)", "error": "\(error)"]
        )
        guard let chatID else { return }
        let text = AutomationTexts(language).failed(
            rule: rule.name,
            step: index + 1,
            kind: rule.steps[index].name,
            reference: context.taskID.rawValue
        )
        do {
            try await workplace.say(.text(text), inChat: chatID, ofApp: run.appID, key: "\(run.key)/failed")
        } catch {
            context.logger.error("could not tell of a rule that failed", metadata: ["error": "\(error)"])
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// What a rule asks that cannot be done, whatever the number of tries.
struct RuleFailure: RetryAdvising, CustomStringConvertible {
    enum Code: String, Sendable {
        /// No chat is named, and the event is about none.
        case noChat
        /// The template came out blank.
        case nothingToSay
        /// Neither the arguments nor the task say when it was to happen.
        case noTime
    }

    let code: Code

    init(_ code: Code) { self.code = code }

    var retryAdvice: RetryAdvice { .never }
    var description: String { "RuleFailure.\(code)" }
}
