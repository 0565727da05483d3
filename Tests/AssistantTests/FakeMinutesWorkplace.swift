import Feishu
import NIOConcurrencyHelpers

@testable import Assistant

/// A workplace that remembers what was made, once a key.
final class FakeMinutesWorkplace: MinutesWorkplace {
    let recordings = FakeRecordings()
    private let made = NIOLockedValueBox<[String: NewFeishuTask]>([:])

    /// What was made, by key.
    var tasks: [String: NewFeishuTask] { made.withLockedValue { $0 } }

    func createTask(_ task: NewFeishuTask, ofApp appID: String, key: String) async throws -> String? {
        made.withLockedValue { made in
            if made[key] == nil { made[key] = task }
            return "https://feishu.example/task/\(key)"
        }
    }
}
