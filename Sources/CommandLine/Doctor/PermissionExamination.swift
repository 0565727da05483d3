import Feishu
import JSON

/// Finds out which permissions an app lacks.
///
/// Feishu tells all that were granted (`GET application/v6/scopes`, which needs none). Where it does not, by calls that do
/// nothing: what they ask for is not there. Feishu looks at the permissions first, and names the missing ones in its
/// refusal (`permission_violations`).
struct PermissionExamination {
    /// One thing that the assistant does.
    struct Probe: Sendable {
        let purpose: String
        /// Whether nothing works without it.
        let isNeeded: Bool
        let request: FeishuRequest
    }

    static let probes = [
        Probe(
            purpose: "sending messages",
            isNeeded: true,
            request: FeishuRequest(
                "POST",
                "im",
                "v1",
                "messages",
                query: [("receive_id_type", "open_id")],
                body: ["receive_id": "ou_doctor", "msg_type": "text", "content": "{}"]
            )
        ),
        Probe(
            purpose: "reading messages and files",
            isNeeded: true,
            request: FeishuRequest("GET", "im", "v1", "messages", .id("om_doctor"))
        ),
        Probe(
            purpose: "streaming answers",
            isNeeded: false,
            request: FeishuRequest(
                "PATCH",
                "cardkit",
                "v1",
                "cards",
                .id("0"),
                "settings",
                body: ["settings": "{}", "sequence": 1]
            )
        ),
        Probe(
            purpose: "reactions",
            isNeeded: false,
            request: FeishuRequest(
                "POST",
                "im",
                "v1",
                "messages",
                .id("om_doctor"),
                "reactions",
                body: ["reaction_type": ["emoji_type": "doctor"]]
            )
        ),
        Probe(
            purpose: "sending files",
            isNeeded: false,
            request: FeishuRequest("POST", "im", "v1", "files", body: [:])
        ),
        Probe(
            purpose: "names of groups",
            isNeeded: false,
            request: FeishuRequest("GET", "im", "v1", "chats", .id("oc_doctor"))
        ),
        Probe(
            purpose: "members of groups",
            isNeeded: false,
            request: FeishuRequest("GET", "im", "v1", "chats", .id("oc_doctor"), "members")
        ),
        Probe(
            purpose: "names of people",
            isNeeded: false,
            request: FeishuRequest(
                "GET",
                "contact",
                "v3",
                "users",
                .id("ou_doctor"),
                query: [("user_id_type", "open_id")]
            )
        ),
    ]

    let app: FeishuAppProbe
    /// What is configured that needs more than usual.
    let uses: Capability.Uses

    func examine() async -> [Finding] {
        var findings = await bot()
        // Without the bot, or where Feishu takes no call at all, there is nothing more to learn.
        guard findings.allSatisfy({ $0.verdict == .ok }) else { return findings }
        if let granted = await granted() { return findings + self.findings(granted) }
        var lacking: [Finding] = []
        for probe in Self.probes {
            do {
                _ = try await app.client.call(probe.request)
            } catch {
                if let finding = finding(error, probe) { lacking.append(finding) }
            }
        }
        findings += lacking
        if lacking.isEmpty {
            findings.append(.ok("feishu \(app.appID) permissions", "all that the assistant uses"))
        }
        return findings
    }

    /// The names of what was granted; nil where Feishu does not tell.
    private func granted() async -> Set<String>? {
        guard let answer = try? await app.client.call(FeishuRequest("GET", "application", "v6", "scopes")),
            let scopes = answer["data"]?["scopes"]?.array
        else { return nil }
        return Set(scopes.filter { $0["grant_status"]?.integer == 1 }.compactMap { $0["scope_name"]?.string })
    }

    /// Each capability that lacks something, with the names of what it lacks.
    private func findings(_ granted: Set<String>) -> [Finding] {
        let lacking = Capability.all.filter { $0.uses.isEmpty || !$0.uses.isDisjoint(with: uses) }
            .compactMap { capability -> Finding? in
                let missing = capability.permissions.filter { !$0.isIn(granted) }.map(\.name)
                guard !missing.isEmpty else { return nil }
                let subject = "feishu \(app.appID) permission"
                let detail = "\(capability.purpose): missing \(missing.joined(separator: " and "))"
                return capability.isNeeded
                    ? .failure(subject, detail, fix: Self.grant) : .warning(subject, detail, fix: Self.grant)
            }
        guard lacking.isEmpty else { return lacking }
        return [.ok("feishu \(app.appID) permissions", "all that the assistant uses")]
    }

    private static let grant = "grant it under Permissions & Scopes of the app, then publish a version"

    private func bot() async -> [Finding] {
        let subject = "feishu \(app.appID) bot"
        do {
            let bot = try await app.client.botInfo()
            guard let status = bot.activationStatus, status != 2 else {
                return [.ok(subject, "\(TerminalText.line(bot.name ?? "without a name", limit: 60)), active")]
            }
            return [
                .failure(
                    subject,
                    "not active (activate_status \(status))",
                    fix: "add the bot ability to the app and publish a version"
                )
            ]
        } catch {
            return [
                .failure(subject, TerminalText.line("\(error)", limit: 200), fix: Self.remedy(error, "its bot"))
            ]
        }
    }

    /// Only a missing permission is a finding: everything else was asked for.
    private func finding(_ error: FeishuError, _ probe: Probe) -> Finding? {
        let subject = "feishu \(app.appID) permission"
        switch error.code {
        case 99_991_672, 99_991_679:
            let scopes = error.missingScopes.map { TerminalText.line($0, limit: 80) }
            let detail = "\(probe.purpose): missing " + (scopes.isEmpty ? "a scope" : scopes.joined(separator: " or "))
            return probe.isNeeded
                ? .failure(subject, detail, fix: Self.grant) : .warning(subject, detail, fix: Self.grant)
        case 99_991_401, 99_991_403:
            return .failure(subject, TerminalText.line("\(error)", limit: 200), fix: Self.remedy(error, probe.purpose))
        default: return nil
        }
    }

    /// What to do about a refusal of any call.
    static func remedy(_ error: FeishuError, _ what: String) -> String {
        if error.reason == .monthlyQuota {
            return "the month's API calls are used up: extend the company's Feishu plan"
        }
        switch error.kind {
        case .denied: return "add this machine's address to the app's IP allow list"
        case .credentials, .token: return "compare app ID and app secret with the app's credentials page"
        case .permission: return "grant what \(what) needs, then publish a version"
        case .transport, .badResponse: return "check feishu.base_url (FEISHU_BASE_URL), DNS, proxy and firewall"
        case .rateLimited, .busy, .notReady, .gone, .content, .conflict, .identifier, .cancelled, .other:
            return "try again; Feishu's support knows it by its log id"
        }
    }
}
