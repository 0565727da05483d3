/// Does `work`, or cancels it and throws `timedOut` once `limit` has passed.
func withDeadline<Value: Sendable>(
    _ limit: Duration,
    on clock: any Clock<Duration>,
    model: String,
    _ work: @escaping @Sendable () async throws(LanguageModelError) -> Value
) async throws(LanguageModelError) -> Value {
    let result = await withTaskGroup(of: Result<Value, LanguageModelError>?.self) { group in
        group.addTask {
            do throws(LanguageModelError) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            do {
                try await clock.sleep(for: limit)
                return .failure(LanguageModelError(code: .timedOut, model: model))
            } catch {
                return nil  // cancelled with its sibling, whose result is the one that counts
            }
        }
        defer { group.cancelAll() }
        for await result in group {
            if let result { return result }
        }
        return .failure(LanguageModelError(code: .cancelled, model: model))
    }
    return try result.get()
}

extension Clock where Duration == Swift.Duration {
    /// Tells how long ago it was made.
    func stopwatch() -> @Sendable () -> Swift.Duration {
        let start = now
        return { start.duration(to: now) }
    }
}
