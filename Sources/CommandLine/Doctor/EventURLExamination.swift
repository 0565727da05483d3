import Cryptography
import Feishu
import FoundationEssentials
import HTTP
import JSON
import Platform

/// Delivers to our own gateway as Feishu would: from outside, with the app's keys.
///
/// Nothing of it has an effect but the click, which the worker takes for one on somebody else's card.
/// Source: Feishu, "Configure the request URL", "Receive events", "Handle card callbacks".
struct EventURLExamination {
    /// Feishu waits so long for the answer to a challenge, and three seconds for all others.
    static let challengeLimit: Duration = .seconds(1)

    /// The gateway's public address, or a whole event URL.
    let url: String
    let http: any HTTPTransport

    func examine(_ app: Configuration.Feishu.App) async -> [Finding] {
        let subject = "feishu \(app.appID) URL"
        let probe = DeliveryProbe(app)
        var findings: [Finding] = []
        if !url.lowercased().hasPrefix("https://") {
            findings.append(
                .warning(subject, "events travel unencrypted by TLS", fix: "put TLS in front, or set gateway.tls")
            )
        }
        findings.append(await challenge(probe, app, subject))
        guard findings.allSatisfy({ $0.verdict != .failure }) else { return findings }
        findings.append(
            await deliver(probe.event(type: "ai_assistant.doctor"), app, "\(subject) events") { answer in
                answer.status == 200 ? "a signed event is taken" : nil
            }
        )
        findings.append(
            await deliver(probe.click(), app, "\(subject) callbacks") { answer in
                let toast = (try? JSONValue(parsing: answer.body))?["toast"]?["content"]?.string
                return answer.status == 200 && toast != nil ? "a click is taken and answered with a toast" : nil
            }
        )
        if app.encryptKey != nil {
            findings.append(
                await deliver(probe.clearChallenge(), app, "\(subject) clear text") { answer in
                    (400...499).contains(answer.status) ? "what is not encrypted is refused" : nil
                }
            )
        }
        findings.append(
            await deliver(probe.forged(), app, "\(subject) forgery") { answer in
                (400...499).contains(answer.status) ? "what is not Feishu's is refused" : nil
            }
        )
        return findings
    }

    private func challenge(
        _ probe: DeliveryProbe,
        _ app: Configuration.Feishu.App,
        _ subject: String
    ) async -> Finding {
        let word = Hex.encode(RandomBytes.generate(count: 16))
        let began = ContinuousClock.now
        return await deliver(probe.challenge(word), app, "\(subject) challenge") { answer in
            guard answer.status == 200, (try? JSONValue(parsing: answer.body))?["challenge"]?.string == word else {
                return nil
            }
            guard ContinuousClock.now - began < Self.challengeLimit else { return nil }
            return app.encryptKey == nil ? "answered" : "answered, encrypted"
        }
    }

    /// Sends one delivery. `good` says what is well about an answer; nil for one that is not right.
    private func deliver(
        _ delivery: DeliveryProbe.Delivery,
        _ app: Configuration.Feishu.App,
        _ subject: String,
        _ good: (HTTPClientResponse) -> String?
    ) async -> Finding {
        let request = HTTPClientRequest(
            method: "POST",
            url: eventURL(of: app),
            headers: [("Content-Type", "application/json;charset=utf-8")] + delivery.headers,
            body: delivery.body,
            deadlines: .init(connect: .seconds(2), idle: .seconds(3), total: .seconds(3)),
            maximumResponseBytes: 65_536
        )
        do {
            let answer = try await http.execute(request)
            if let detail = good(answer) { return .ok(subject, detail) }
            return Self.complaint(subject, answer)
        } catch {
            return .failure(
                subject,
                "\(error)",
                fix: "Feishu must reach this address within 3 seconds: check DNS, firewall, proxy and the gateway"
            )
        }
    }

    private static func complaint(_ subject: String, _ answer: HTTPClientResponse) -> Finding {
        let code = (try? JSONValue(parsing: answer.body))?["error"]?["code"]?.string ?? "no reason"
        let fix =
            switch (answer.status, code) {
            case (404, "unknown_app"): "configure the app in the gateway, too, and restart it"
            case (404, _): "the address must lead to the gateway's /api/feishu/events"
            case (400, _), (401, _): "compare the encrypt key with the gateway's, and the clocks"
            case (403, _): "compare app ID and verification token with the gateway's"
            case (503, _): "the gateway cannot store events: look at its Redis"
            case (200, _): "something else answers at this address, or too late: Feishu waits a second for a challenge"
            default: "the gateway must answer 200 itself: no redirect, no login page"
            }
        return .failure(subject, "status \(answer.status), \(TerminalText.line(code, limit: 60))", fix: fix)
    }

    /// An address without a path gets the gateway's own for the app.
    private func eventURL(of app: Configuration.Feishu.App) -> String {
        let address = url.withoutSlash
        let afterScheme = address.split(separator: "//", maxSplits: 1).last ?? ""
        return afterScheme.contains("/") ? address : "\(address)/api/feishu/\(app.appID)/events"
    }
}
