import Assistant
import Feishu
import JSON

/// Compares the events and callbacks that an app subscribed to, in the version that is in force, with those that the
/// assistant reacts to.
///
/// Source: Feishu, "Get an application" (`GET application/v6/applications/:app_id`, its `callback_info` as Feishu's SDKs
/// have it) and "Get a version of an application" (`GET …/app_versions/:version_id`, `event_infos`).
struct SubscriptionExamination {
    let app: FeishuAppProbe
    let rules: Rules

    private var subject: String { "feishu \(app.appID) subscriptions" }

    func examine() async -> [Finding] {
        let (events, callbacks): (Set<String>?, Set<String>?)
        do throws(FeishuError) {
            (events, callbacks) = try await subscribed()
        } catch {
            let fix =
                error.kind == .permission
                ? "grant \(Capability.ownApplication.name) and publish a version, or compare them with docs/feishu.md"
                : "compare them with docs/feishu.md in the app's console"
            return [.warning(subject, TerminalText.line("cannot be read: \(error)", limit: 200), fix: fix)]
        }
        var findings: [Finding] = []
        for wanted in Subscription.all + Subscription.of(rules, app: app.appID) {
            guard let known = wanted.isCallback ? callbacks : events else { continue }
            let missing = wanted.types.filter { !known.contains($0) }
            guard !missing.isEmpty else { continue }
            let kind = wanted.isCallback ? "callback" : "event"
            let detail = "\(wanted.purpose): missing \(kind) \(missing.joined(separator: ", "))"
            let fix = "subscribe to it under Events & Callbacks of the app, then publish a version"
            let subject = "feishu \(app.appID) \(kind)"
            findings.append(
                wanted.isNeeded ? .failure(subject, detail, fix: fix) : .warning(subject, detail, fix: fix)
            )
        }
        return findings.isEmpty ? [.ok(subject, "all events and callbacks that the assistant reacts to")] : findings
    }

    /// nil for what Feishu does not tell.
    private func subscribed() async throws(FeishuError) -> (events: Set<String>?, callbacks: Set<String>?) {
        let language = [("lang", "zh_cn")]
        let application = try await app.client.call(
            FeishuRequest("GET", "application", "v6", "applications", .id(app.appID), query: language)
        )["data"]?["app"]
        let callbacks = application?["callback_info"]?["subscribed_callbacks"]?.array?.compactMap(\.string)
        guard let version = application?["online_version_id"]?.string, !version.isEmpty else {
            // Nothing is in force without a version.
            return ([], callbacks.map { Set($0) } ?? [])
        }
        let infos = try await app.client.call(
            FeishuRequest(
                "GET",
                "application",
                "v6",
                "applications",
                .id(app.appID),
                "app_versions",
                .id(version),
                query: language
            )
        )["data"]?["app_version"]?["event_infos"]?.array
        return (infos.map { Set($0.compactMap { $0["event_type"]?.string }) }, callbacks.map { Set($0) })
    }
}
