import JSON

/// One thing that must work for the process to be of use.
package struct ReadinessCheck: Sendable {
    /// What is checked, such as `redis`.
    package let name: String
    /// How long the check may take.
    package let deadline: Duration
    /// Returns when it works and throws when not. It must end when it is cancelled.
    package let check: @Sendable () async throws -> Void

    package init(
        name: String,
        deadline: Duration = .milliseconds(500),
        check: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.deadline = deadline
        self.check = check
    }

    /// nil when it works, else why not.
    fileprivate func failure() async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await check()
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: deadline)
                } catch {
                    return "cancelled"
                }
                return "no answer within \(deadline)"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// The answer of `GET /readyz`.
package struct ReadinessReport: Sendable, Equatable {
    /// Every check by name with what is wrong, nil where all is well, in the order given.
    package let results: [Result]

    package struct Result: Sendable, Equatable {
        package let name: String
        package let failure: String?
    }

    /// Whether all is well: 200, else 503.
    package var isReady: Bool { results.allSatisfy { $0.failure == nil } }

    /// `{"status":"ready","checks":{"redis":"ok"}}`
    package var json: String {
        var text = Array("{\"status\":\"\(isReady ? "ready" : "unready")\",\"checks\":{".utf8)
        for (index, result) in results.enumerated() {
            if index > 0 { JSONText.append(",", to: &text) }
            JSONText.appendQuoted(result.name, to: &text)
            JSONText.append(":", to: &text)
            JSONText.appendQuoted(result.failure ?? "ok", to: &text)
        }
        JSONText.append("}}", to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Runs all checks at once and waits for each until its deadline.
    package static func evaluate(_ checks: [ReadinessCheck]) async -> ReadinessReport {
        let failures = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check.failure()) }
            }
            var failures = [String?](repeating: nil, count: checks.count)
            for await (index, failure) in group { failures[index] = failure }
            return failures
        }
        return ReadinessReport(results: zip(checks, failures).map { Result(name: $0.name, failure: $1) })
    }
}
