import Documents
import Foundation
import TestSupport
import Testing

@Suite("Programs that read documents")
struct ReadingToolTests {
    /// A directory in whose `bin` a shell script takes pdftotext's place. Removed at the end.
    private func withTool(_ script: String, _ body: (_ directory: URL, _ reader: DocumentReader) async throws -> Void)
        async throws
    {
        let directory = FileManager.default.temporaryDirectory.appending(path: "reading-tool-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        let tool = directory.appending(path: "bin/pdftotext")
        try FileManager.default.createDirectory(at: tool.deletingLastPathComponent(), withIntermediateDirectories: true)
        try await ExecutableScript.write("#!/bin/sh\nD=\(directory.path)\n\(script)\n", to: tool)
        let path = "\(directory.appending(path: "bin").path):/usr/bin:/bin"
        try await body(directory, DocumentReader(searchPath: path))
    }

    private let pdf = SamplePDF.bytes(pages: ["x"])

    /// A script that hangs, with a child that hangs, and says who they are. It may create files but not fill them.
    private let hanging = "sleep 600 & : > $D/started-$!; : > $D/started-$$; wait"

    private func processes(in directory: URL) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.hasPrefix("started-") }.compactMap { Int32($0.dropFirst(8)) }
    }

    @Test("that hang are killed at the deadline, with what they started")
    func hang() async throws {
        try await withTool(hanging) { directory, reader in
            let start = ContinuousClock.now
            await #expect(throws: DocumentError.timedOut) {
                try await reader.text(of: pdf, name: "a.pdf", limits: DocumentLimits(time: .seconds(1)))
            }
            #expect(ContinuousClock.now - start < .seconds(8))
            let numbers = try processes(in: directory)
            #expect(numbers.count == 2)
            try await eventually("both are gone") { numbers.allSatisfy { kill($0, 0) != 0 } }
        }
    }

    @Test("are killed when nobody waits for them any more")
    func cancelled() async throws {
        try await withTool(hanging) { directory, reader in
            let task = Task { try await reader.text(of: pdf, name: "a.pdf") }
            try await eventually("both run") { try processes(in: directory).count == 2 }
            task.cancel()
            await #expect(throws: DocumentError.cancelled) { try await task.value }
            let numbers = try processes(in: directory)
            try await eventually("both are gone") { numbers.allSatisfy { kill($0, 0) != 0 } }
        }
    }

    @Test("that are missing are named")
    func missing() async {
        let reader = DocumentReader(searchPath: "/nowhere")
        await #expect(throws: DocumentError.toolMissing(name: "pdftotext")) {
            try await reader.text(of: pdf, name: "a")
        }
        let word = SampleArchive.word(body: "")
        await #expect(throws: DocumentError.toolMissing(name: "pandoc")) { try await reader.text(of: word, name: "a") }
    }

    @Test("get limits on memory, time and files, no environment and no descriptor of ours")
    func confinement() async throws {
        let script =
            "ulimit -v; ulimit -t; ulimit -f; ulimit -c; echo env $(env | cut -d= -f1 | sort | tr '\\n' ' ')\n"
            + "echo fds $(ls /proc/self/fd | tr '\\n' ' '); head -c 8 /dev/fd/3; printf '\\f'"
        try await withTool(script) { _, reader in
            let ours = fcntl(STDERR_FILENO, F_DUPFD, 200)
            defer { close(ours) }
            let limits = DocumentLimits(time: .milliseconds(4_500), memoryBytes: 512 << 20)
            let lines = try await reader.text(of: pdf, name: "a.pdf", limits: limits).text.split(separator: "\n")
            #expect(lines.prefix(4) == ["524288", "5", "0", "0"])
            #expect(lines[4] == "env HOME LANG PATH PWD" || lines[4] == "env HOME LANG OLDPWD PATH PWD")
            #expect(lines[5].split(separator: " ").compactMap { Int($0) }.allSatisfy { $0 < 10 })
            #expect(lines[6] == "%PDF-1.4")
        }
    }

    @Test("reach no network where the system can take it away")
    func network() async throws {
        // Only root is sure to be allowed.
        try await withTool("tail -n +3 /proc/net/dev | cut -d: -f1; printf 'end\\f'") { _, reader in
            let interfaces = try await reader.text(of: pdf, name: "a.pdf").text.split(separator: "\n")
            if geteuid() == 0, FileManager.default.fileExists(atPath: "/usr/bin/unshare") {
                #expect(interfaces.map { $0.filter { $0 != " " } } == ["lo", "end"])
            }
        }
    }

    @Test("that write to disk or say too much gain nothing by it")
    func floods() async throws {
        try await withTool("yes | head -c 1000 > $D/stolen; yes 很多") { directory, reader in
            let document = try await reader.text(of: pdf, name: "a.pdf", limits: DocumentLimits(outputBytes: 10_000))
            #expect(document.wasCut && document.text.utf8.count <= 10_000)
            let stolen = try FileManager.default.attributesOfItem(atPath: directory.appending(path: "stolen").path)
            #expect(stolen[.size] as? Int == 0)
        }
    }

    @Test("wait for one another, and their documents' time goes on meanwhile")
    func crowd() async throws {
        try await withTool(hanging) { _, reader in
            let start = ContinuousClock.now
            await withTaskGroup(of: DocumentError?.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        do throws(DocumentError) {
                            _ = try await reader.text(of: pdf, name: "a.pdf", limits: .init(time: .seconds(1)))
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                for await error in group { #expect(error == .timedOut) }
            }
            // Without that, twenty rounds of a second.
            #expect(ContinuousClock.now - start < .seconds(12))
        }
    }

    @Test("texts for people exist in both languages")
    func told() {
        let errors: [DocumentError] = [
            .tooLarge, .unsupported, .encrypted, .damaged, .timedOut, .toolMissing(name: "a"),
            .toolNotStarted(name: "a", code: 1), .empty, .cancelled,
        ]
        #expect(Set(errors.map(\.told.chinese)).count == 8 && Set(errors.map(\.told.english)).count == 8)
    }
}
