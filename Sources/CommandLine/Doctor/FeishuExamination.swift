import Cryptography
import HTTP
import JSON
import Platform

/// Asks Feishu for a token with each app's credentials, as the app would, but keeps it nowhere.
///
/// Source: Feishu, "Get custom app's tenant_access_token": POST /open-apis/auth/v3/tenant_access_token/internal.
struct FeishuExamination {
    let settings: Configuration.Feishu
    let http: any HTTPTransport

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
            findings.append(await credentials(of: app))
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

    private func credentials(of app: Configuration.Feishu.App) async -> Finding {
        let subject = "feishu \(app.appID)"
        guard let secret = app.appSecret else {
            return .failure(subject, "has no app secret, so it cannot answer", fix: "set FEISHU_APP_SECRET")
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
        } catch {
            return .failure(subject, "\(error)", fix: "check feishu.base_url, DNS, proxy and firewall")
        }
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
