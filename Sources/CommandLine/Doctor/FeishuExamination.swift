import Assistant
import Cryptography
import Feishu
import FoundationEssentials
import HTTP
import JSON
import Platform

/// Asks Feishu for a token with each app's credentials, as the app would, but keeps it nowhere; then what the app may do.
///
/// Source: Feishu, "Get custom app's tenant_access_token": POST /open-apis/auth/v3/tenant_access_token/internal.
struct FeishuExamination {
    let settings: Configuration.Feishu
    let http: any HTTPTransport
    /// The gateway's public address, where it is to be looked at, too.
    var url: String?
    /// The open id of who gets a message, where one is to be sent.
    var recipient: String?
    /// The words of that message.
    var isChinese = true
    /// What is configured that needs more permissions than usual.
    var uses: Capability.Uses = []
    /// What events they wait for is looked at.
    var rules: Rules = .none

    func examine() async -> [Finding] {
        guard !settings.apps.isEmpty else {
            return [
                .warning(
                    "feishu",
                    "no app is configured",
                    fix: "set FEISHU_APP_ID and FEISHU_APP_SECRET, or feishu.apps"
                )
            ]
        }
        var findings: [Finding] = []
        for app in settings.apps {
            let (answer, clock) = await credentials(of: app)
            findings.append(answer)
            if let clock, app.appID == settings.apps.first?.appID { findings.append(clock) }
            if answer.verdict == .ok, let probe = FeishuAppProbe(app, baseURL: settings.baseURL, http: http) {
                findings += await PermissionExamination(app: probe, uses: uses).examine()
                findings += await SubscriptionExamination(app: probe, rules: rules).examine()
                if let recipient { findings.append(await send(to: recipient, by: probe)) }
            }
            if let url { findings += await EventURLExamination(url: url, http: http).examine(app) }
            if app.encryptKey == nil && app.verificationToken == nil {
                findings.append(
                    .warning(
                        "feishu \(app.appID) events",
                        "neither encrypt key nor verification token: anybody could send events",
                        fix: "set FEISHU_ENCRYPT_KEY as in the app's event subscription"
                    )
                )
            }
        }
        return findings
    }

    /// Sends a message and reads it back.
    private func send(to recipient: String, by app: FeishuAppProbe) async -> Finding {
        let subject = "feishu \(app.appID) message"
        let text = isChinese ? "诊断消息：助手可以给你发消息。" : "A message of the doctor's: the assistant can write to you."
        do {
            let sent = try await app.client.send(.text(text), to: .openID(recipient), uuid: nil)
            let found = try await app.client.messages(withID: sent.messageID)
            guard found.contains(where: { $0.messageID == sent.messageID }) else {
                return .failure(subject, "sent, but not to be read again", fix: "grant im:message:readonly")
            }
            return .ok(subject, "sent and read again: \(TerminalText.line(sent.messageID, limit: 80))")
        } catch {
            let fix =
                error.kind == .identifier
                ? "give an open id (ou_…) of this app's" : PermissionExamination.remedy(error, "sending messages")
            return .failure(subject, TerminalText.line("\(error)", limit: 200), fix: fix)
        }
    }

    /// Whether the credentials are accepted, and how our clock differs from Feishu's.
    private func credentials(of app: Configuration.Feishu.App) async -> (answer: Finding, clock: Finding?) {
        let began = Date()
        let (answer, date) = await token(of: app)
        guard let seconds = date.flatMap(HTTPDate.seconds) else { return (answer, nil) }
        let trip = Date().timeIntervalSince(began)
        // The header has whole seconds, cut off.
        let skew = began.timeIntervalSince1970 + trip / 2 - (Double(seconds) + 0.5)
        let uncertainty = trip / 2 + 0.5
        return (answer, RedisFacts.clock(skew: .seconds(skew), uncertainty: .seconds(uncertainty), of: "Feishu"))
    }

    private func token(of app: Configuration.Feishu.App) async -> (answer: Finding, date: String?) {
        let subject = "feishu \(app.appID)"
        guard let secret = app.appSecret else {
            return (.failure(subject, "has no app secret, so it cannot answer", fix: "set FEISHU_APP_SECRET"), nil)
        }
        let body: JSONValue = ["app_id": .string(app.appID), "app_secret": .string(secret.value)]
        let request = HTTPClientRequest(
            method: "POST",
            url: settings.baseURL.withoutSlash + "/open-apis/auth/v3/tenant_access_token/internal",
            headers: [("Content-Type", "application/json; charset=utf-8")],
            body: Array(body.text.utf8),
            deadlines: .short,
            maximumResponseBytes: 65_536
        )
        do {
            let response = try await http.execute(request)
            return (finding(subject, response), response.header(named: "date"))
        } catch {
            return (.failure(subject, "\(error)", fix: "check feishu.base_url, DNS, proxy and firewall"), nil)
        }
    }

    private func finding(_ subject: String, _ response: HTTPClientResponse) -> Finding {
        let answer = try? JSONValue(parsing: response.body)
        guard let code = answer?["code"]?.integer else {
            return .failure(
                subject,
                "status \(response.status) and no answer of Feishu's",
                fix: "check feishu.base_url (FEISHU_BASE_URL) and proxies on the way"
            )
        }
        guard code == 0 else {
            let message = TerminalText.line(answer?["msg"]?.string ?? "", limit: 120)
            return .failure(
                subject,
                "code \(code): \(message)",
                fix: "compare app ID and app secret with the app's credentials page"
            )
        }
        return .ok(subject, "credentials accepted by \(settings.baseURL)")
    }
}

extension HTTPClientDeadlines {
    /// For questions that somebody waits for.
    static let short = HTTPClientDeadlines(connect: .seconds(5), idle: .seconds(10), total: .seconds(10))
}

extension String {
    /// A base URL to which a path can be appended.
    var withoutSlash: String {
        var text = self[...]
        while text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }
}
