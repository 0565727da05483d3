import Knowledge
import Logging
import Platform
import ServiceLifecycle

/// Keeps what answers are looked up in as its folder is.
struct KnowledgeService: Service {
    let index: KnowledgeIndex
    private let folder: KnowledgeFolder

    /// Nil where no folder is set.
    init?(_ settings: Configuration.Knowledge, logger: Logger) {
        guard let path = settings.folder else { return nil }
        index = KnowledgeIndex(maximumPassages: settings.maximumPassages)
        folder = KnowledgeFolder(path: path, index: index, interval: settings.pollInterval, logger: logger)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.folder.run() }
    }
}
