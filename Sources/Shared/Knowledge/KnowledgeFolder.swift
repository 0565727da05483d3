package import Documents
package import Logging
import Processes
import ServiceLifecycle

/// Keeps an index as a folder is: reads what is new or changed, forgets what is gone.
///
/// It looks every so often, since no notice of changes comes from folders that are mounted from elsewhere. A look costs one
/// call of the system for each file; only changed files are read. What cannot be read is told once in each of its versions; what failed
/// for a passing reason is tried again at the next look.
package actor KnowledgeFolder: Service {
    /// What one look found and did.
    package struct Changes: Sendable, Equatable {
        package var read = 0
        package var removed = 0
        /// Documents that could not be read; they are not in the index.
        package var failed = 0

        package init(read: Int = 0, removed: Int = 0, failed: Int = 0) {
            self.read = read
            self.removed = removed
            self.failed = failed
        }
    }

    package static let maximumFiles = 10_000

    private let path: String
    private let index: KnowledgeIndex
    private let reader: DocumentReader
    private let limits: DocumentLimits
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let lane = BlockingLane(width: 1)

    private var known: [String: FolderListing.Stamp] = [:]
    private var isMissing = false

    /// - Parameters:
    ///   - path: of the folder.
    ///   - index: which nobody else gives documents of the same names.
    ///   - reader: reads the documents.
    ///   - limits: of each document.
    ///   - interval: between two looks.
    ///   - clock: by which it waits.
    ///   - logger: hears of documents by their path, and never what is in them.
    package init(
        path: String,
        index: KnowledgeIndex,
        reader: DocumentReader = DocumentReader(),
        limits: DocumentLimits = DocumentLimits(),
        interval: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.path = path
        self.index = index
        self.reader = reader
        self.limits = limits
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Looks now and then at every interval, until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.watch() } }

    private func watch() async {
        while !Task.isCancelled {
            let changes = await refresh()
            if changes != Changes() {
                let size = index.size
                logger.info(
                    "knowledge was read anew",
                    metadata: [
                        "read": "\(changes.read)", "removed": "\(changes.removed)", "failed": "\(changes.failed)",
                        "documents": "\(size.documents)", "passages": "\(size.passages)",
                    ]
                )
            }
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }

    /// Looks once. A folder that cannot be read keeps what was read of it before.
    @discardableResult
    package func refresh() async -> Changes {
        let listing: FolderListing
        do {
            let path = path
            listing = try await blocking { () throws(FolderError) in
                try FolderListing(of: path, maximumFiles: Self.maximumFiles)
            }
            isMissing = false
        } catch {
            if !isMissing { logger.error("cannot read the knowledge folder", metadata: ["error": "\(error)"]) }
            isMissing = true
            return Changes()
        }
        var changes = Changes()
        // A folder below that cannot be read is no folder without files.
        if !listing.isIncomplete {
            for name in known.keys where listing.files[name] == nil {
                known[name] = nil
                index.remove(name)
                changes.removed += 1
            }
        }
        for (name, stamp) in listing.files.sorted(by: { $0.key < $1.key }) where known[name] != stamp {
            guard !Task.isCancelled else { break }
            switch await read(name) {
            case .read: changes.read += 1
            case .failed: changes.failed += 1
            case .later:
                changes.failed += 1
                continue
            }
            known[name] = stamp
        }
        return changes
    }

    private enum Reading {
        case read, failed
        /// Failed, but may not the next time.
        case later
    }

    private func read(_ name: String) async -> Reading {
        do {
            let file = "\(path)/\(name)"
            let limit = limits.inputBytes
            let bytes = try await blocking { () throws(FolderError) in
                try FolderError.contents(of: file, atMost: limit)
            }
            let document = try await reader.text(of: bytes, name: name, limits: limits)
            if !index.insert(document, named: name) || document.wasCut {
                logger.warning("a document was cut to what there is room for", metadata: ["document": "\(name)"])
            }
            return .read
        } catch {
            if Task.isCancelled { return .later }
            index.remove(name)
            logger.warning("cannot read a document", metadata: ["document": "\(name)", "error": "\(error)"])
            return (error as? DocumentError)?.isTransient == true ? .later : .failed
        }
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FolderError) -> Value
    ) async throws(FolderError) -> Value {
        let result: Result<Value, FolderError> = await withCheckedContinuation { continuation in
            lane.perform { continuation.resume(returning: Result { () throws(FolderError) in try body() }) }
        }
        return try result.get()
    }
}
