import JobPayload
import JobQueue
import Platform

extension Durability {
    /// As configured.
    init(_ setting: Configuration.Durability) {
        switch setting {
        case .async: self = .async
        case .replicated: self = .replicated
        case .fsync: self = .fsync
        }
    }
}

extension JobPayload {
    /// What the workers and the gateway write with.
    ///
    /// - Throws: `CommandFailure`, `.usage`, where the file of keys cannot be used; it names no key's bytes.
    init(_ settings: Configuration.Payload) throws(CommandFailure) {
        do throws(PayloadKeyError) {
            try self.init(
                keysFile: settings.keysFile,
                compressingOver: settings.compressOver,
                storingAsideOver: settings.asideOver
            )
        } catch {
            throw CommandFailure(.usage, "payload.keys_file: \(error)")
        }
    }
}
