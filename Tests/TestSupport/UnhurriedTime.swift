import Glibc
import NIOConcurrencyHelpers

/// How long something takes, but for the time in which the machine had no time for it.
///
/// For promises such as "within a second", which a machine that also builds cannot keep on the wall's clock. The time
/// is counted in steps of a task of its own that wants to go on every 10 ms: where it does so late, all that waits for a
/// processor does. On an idle machine both clocks agree to about a tenth.
package func unhurried<Value: Sendable>(
    _ body: () async throws -> Value
) async rethrows -> (value: Value, took: Duration) {
    let step = Duration.milliseconds(10)
    let steps = NIOLockedValueBox(0)
    async let _: Void = {
        // Ends by cancellation, with this scope.
        while (try? await Task.sleep(for: step)) != nil { steps.withLockedValue { $0 += 1 } }
    }()
    let value = try await body()
    return (value, step * steps.withLockedValue { $0 })
}

/// How much work this thread has done so far; for bounds on calls that do not wait.
package func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
