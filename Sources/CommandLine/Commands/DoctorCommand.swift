import ArgumentParser
import Assistant
import Cryptography
import HTTPClient
import JSON
import Platform

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examines everything the assistant depends on and says what to fix.",
        discussion: """
            Looks at the settings and rules, Redis (version, role, persistence, eviction, clock), the credentials of each \
            Feishu app, its bot, permissions, events and callbacks, and each model's endpoint. With --url it delivers to the gateway as Feishu \
            would, with --send-to it sends a message. Exit status 0 when nothing fails, 1 when something does, 3 when Redis cannot \
            be reached.
            """
    )

    @Option(help: "The gateway's public address, such as https://bot.example.com: is it set up for Feishu?")
    var url: String?

    @Option(help: "Sends a message to the person with this open id, and reads it again.")
    var sendTo: String?

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var options: OutputOptions

    func run() async throws {
        let settings: Configuration
        do {
            settings = try Configuration.load(
                from: ConfigurationInput(flags: configuration.overriding.flags, path: configuration.config)
            )
        } catch {
            report(
                error.problems.map { problem in
                    .failure("configuration", problem.description, fix: "ai-assistant config check tells the same")
                }
            )
            throw CommandFailure(.failed)
        }
        var findings = [Finding.ok("configuration", "valid")] + Self.admin(settings.administration)
        let rules = Self.rules(settings.automation, &findings)
        let redis = await RedisExamination(settings: settings.redis).examine()
        let http = HTTPClient()
        findings += redis.findings
        findings += await FeishuExamination(
            settings: settings.feishu,
            http: http,
            url: url,
            recipient: sendTo,
            isChinese: settings.assistant.language == "zh-CN",
            uses: Capability.Uses(settings.assistant, settings.minutes, rules),
            rules: rules
        ).examine()
        findings += await ModelExamination(providers: settings.modelProviders, http: http).examine()
        await http.shutdown()
        report(findings)
        if !redis.isReachable { throw CommandFailure(.unreachable) }
        if findings.contains(where: { $0.verdict == .failure }) { throw CommandFailure(.failed) }
    }

    /// The rules, and what is to be said of them.
    private static func rules(_ settings: Configuration.Automation, _ findings: inout [Finding]) -> Rules {
        do throws(RuleProblems) {
            let rules = try settings.rules()
            if settings.rulesFile != nil { findings.append(.ok("rules", "\(rules.rules.count), valid")) }
            return rules
        } catch {
            findings += error.problems.map {
                .failure("rules", "\($0)", fix: "mend the file that automation.rules_file names: docs/automation.md")
            }
            return .none
        }
    }

    /// A key shorter than the digest can be guessed faster (RFC 7518, section 3.2).
    static func admin(_ administration: Configuration.Administration) -> [Finding] {
        guard let secret = administration.jwtSecret, secret.value.utf8.count < 32 else { return [] }
        return [
            .warning("admin API", "JWT_SECRET has less than 32 bytes", fix: "make one with openssl rand -hex 32")
        ]
    }

    private func report(_ findings: [Finding]) {
        switch options.output {
        case .json:
            var table = Table([.init("VERDICT"), .init("SUBJECT"), .init("DETAIL"), .init("FIX")])
            for finding in findings {
                table.add([
                    .string(finding.verdict.rawValue), .string(finding.subject), .string(finding.detail),
                    finding.fix.map { .string($0) } ?? .null,
                ])
            }
            StandardOutput.write(table.text(as: .json))
        case .table:
            StandardOutput.write(Self.text(findings))
        }
    }

    /// One line per finding, and under it what to do.
    static func text(_ findings: [Finding]) -> String {
        let width = findings.map(\.subject.count).max() ?? 0
        return findings.map { finding in
            let verdict = finding.verdict.rawValue + String(repeating: " ", count: 4 - finding.verdict.rawValue.count)
            let subject = finding.subject + String(repeating: " ", count: width - finding.subject.count)
            let fix = finding.fix.map { "\n          \(String(repeating: " ", count: width))fix: \($0)" } ?? ""
            return "\(verdict)   \(subject)   \(TerminalText.line(finding.detail, limit: 400))\(fix)\n"
        }.joined()
    }
}
