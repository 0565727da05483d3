import Foundation
import NIOConcurrencyHelpers
import Testing

@testable import JobQueue

@Suite("The executor of jobs")
struct JobExecutorTests {
    @Test("runs all of a burst, also what goes on after a wait, and no more at once than there are processors")
    func burst() async {
        let executor = JobExecutor()
        let counts = NIOLockedValueBox((running: 0, most: 0, ended: 0))
        let tasks = executor.gathering {
            (0..<1000).map { _ in
                Task(executorPreference: executor) {
                    counts.withLockedValue { $0.running += 1 }
                    for _ in 0..<20 { counts.withLockedValue { $0.most = max($0.most, $0.running) } }
                    counts.withLockedValue { $0.running -= 1 }
                    await Task.yield()
                    counts.withLockedValue { $0.ended += 1 }
                }
            }
        }
        for task in tasks { await task.value }
        #expect(counts.withLockedValue { $0.ended } == 1000)
        #expect(counts.withLockedValue { $0.most } <= ProcessInfo.processInfo.activeProcessorCount)
    }

    @Test("nothing runs before what gathers has returned")
    func gathering() async {
        let executor = JobExecutor()
        let isGathered = NIOLockedValueBox(false)
        let task = executor.gathering {
            let task = Task(executorPreference: executor) { isGathered.withLockedValue { $0 } }
            isGathered.withLockedValue { $0 = true }
            return task
        }
        #expect(await task.value)
    }

    @Test(
        "code that blocks its thread leaves the other threads to the rest",
        .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1)
    )
    func blocking() async {
        let executor = JobExecutor()
        let isFree = ConditionLock(value: false)
        let tasks = executor.gathering {
            [
                Task(executorPreference: executor) {
                    let isFreed = isFree.lock(whenValue: true, timeoutSeconds: 20)
                    #expect(isFreed)
                    if isFreed { isFree.unlock() }
                },
                Task(executorPreference: executor) {
                    isFree.lock()
                    isFree.unlock(withValue: true)
                },
            ]
        }
        for task in tasks { await task.value }
    }
}
