import Foundation
import Processes
import Testing

/// Each is done first by a process that is not confined, so that it is known to be possible. Both run as we do.
@Suite("Programs in a sandbox", .enabled(if: ProcessSandbox.isAvailable))
struct ProcessSandboxTests {
    /// A secret and a program elsewhere, and a folder that the process may write to.
    private struct Places {
        let folder: URL

        var secret: String { folder.appendingPathComponent("elsewhere/secret").path }
        var own: String { folder.appendingPathComponent("own").path }

        static func with(_ body: (Places) throws -> Void) throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID().uuidString)")
            let places = Places(folder: folder)
            let elsewhere = folder.appendingPathComponent("elsewhere")
            for each in [elsewhere, URL(fileURLWithPath: places.own)] {
                try FileManager.default.createDirectory(at: each, withIntermediateDirectories: true)
            }
            defer { try? FileManager.default.removeItem(at: folder) }
            try Data("swordfish\n".utf8).write(to: URL(fileURLWithPath: places.secret))
            try FileManager.default.copyItem(atPath: "/bin/true", toPath: elsewhere.appendingPathComponent("true").path)
            try body(places)
        }
    }

    /// What a shell says to a script, and whether it ended well.
    private func run(
        _ script: String,
        _ places: Places,
        isConfined: Bool,
        staysInGroup: Bool = false
    ) throws -> (text: String, isWell: Bool) {
        let pipe = Pipe()
        var launch = ProcessLaunch(
            "sh",
            arguments: ["-c", script],
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "SECRET": places.secret, "OWN": places.own,
                "TMPDIR": places.own,
                "ELSEWHERE": places.folder.appendingPathComponent("elsewhere").path, "US": "\(getpid())",
            ]
        )
        let nowhere = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/null"))
        defer { try? nowhere.close() }
        launch.descriptors = [1: pipe.fileHandleForWriting.fileDescriptor, 2: nowhere.fileDescriptor]
        launch.staysInGroup = staysInGroup
        if isConfined {
            launch.sandbox = ProcessSandbox(
                readable: ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/proc", "/not/to/be/found"],
                writable: [places.own],
                devices: ["/dev/null", "/dev/urandom"]
            )
        }
        let processID = try launch.spawn()
        try pipe.fileHandleForWriting.close()
        var lines: [String] = []
        LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor).forEachLine { lines.append($0) }
        return (lines.joined(separator: "\n"), ProcessEnding(of: processID) == .status(0))
    }

    @Test(
        "do nothing beyond it",
        arguments: [
            "cat $SECRET", "ls $ELSEWHERE", "echo more >> $SECRET", "echo new > $ELSEWHERE/new",
            "truncate -s 1 $SECRET",
            "mv $SECRET $OWN", "ln $SECRET $OWN/link", "rm $SECRET", "mkdir $ELSEWHERE/folder", "$ELSEWHERE/true",
            "cat /etc/hostname", "ls /",
        ]
    )
    func refused(_ act: String) throws { try refuses(act) }

    @Test(
        "signal nobody beyond it",
        .enabled(if: ProcessSandboxTests.isNew),
        // Our threads are as closed as we are, the one that started it among them.
        arguments: ["kill -0 $US", "for t in /proc/$US/task/*; do kill -0 ${t##*/} && exit 0; done; exit 1"]
    )
    func signals(_ act: String) throws { try refuses(act) }

    /// As the same user, and without root's powers, which reach beyond any sandbox.
    @Test(
        "see nothing of a process beyond it",
        arguments: ["cat /proc/$IT/environ", "cat /proc/$IT/maps", "readlink /proc/$IT/exe"]
    )
    func processes(_ act: String) throws {
        let asNobody = getuid() == 0 ? "setpriv --reuid 65534 --clear-groups " : ""
        let ready = Pipe()
        var other = ProcessLaunch(
            "sh",
            arguments: ["-c", "exec \(asNobody)sh -c 'echo; exec sleep 600'"],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        other.descriptors = [1: ready.fileHandleForWriting.fileDescriptor]
        let number = try other.spawn()
        defer {
            kill(number, SIGKILL)
            _ = ProcessEnding(of: number)
        }
        // It is another user by then.
        #expect(ready.fileHandleForReading.readData(ofLength: 1).count == 1)
        try refuses("IT=\(number); export IT; \(asNobody)sh -c '\(act)'")
    }

    private func refuses(_ act: String) throws {
        for isConfined in [false, true] {
            try Places.with { places in
                let run = try run(act, places, isConfined: isConfined)
                #expect(run.isWell == !isConfined)
            }
        }
    }

    @Test(
        "do what is within",
        arguments: [
            "echo a > $OWN/a && cat $OWN/a && mkdir $OWN/b && mv $OWN/a $OWN/b/c && ln -s b $OWN/d && rm -r $OWN/b",
            "echo x > /dev/null && head -c 8 /dev/urandom | wc -c", "cat /proc/self/status && ls /proc/self/fd",
            "sleep 60 & kill $! && ls /usr/bin | head -1",
        ]
    )
    func allowed(_ act: String) throws {
        try Places.with { places in
            let run = try run(act, places, isConfined: true)
            #expect(run.isWell)
        }
    }

    @Test("take no port but one of the system's choice", .enabled(if: ProcessSandboxTests.isNew))
    func ports() throws {
        let bind = "python3 -c 'import socket, sys; socket.socket().bind((\"127.0.0.1\", int(sys.argv[1])))' "
        let port = Int.random(in: 20_000..<30_000)
        try Places.with { places in
            let free = try run(bind + "\(port)", places, isConfined: false)
            let confined = try run(bind + "\(port)", places, isConfined: true)
            let anyPort = try run(bind + "0", places, isConfined: true)
            #expect(free.isWell && !confined.isWell && anyPort.isWell)
        }
    }

    @Test("stay in their group, and leave our limits alone, where they are to")
    func group() throws {
        try Places.with { places in
            let leave = "setsid sh -c 'ps -o pgid= -p $$' | tr -d ' '; echo $$"
            let free = try run(leave, places, isConfined: false).text.split(separator: "\n")
            #expect(free.count == 2 && free.first != free.last)
            let kept = try run(leave, places, isConfined: false, staysInGroup: true).text.split(separator: "\n")
            #expect(kept.count == 2 && kept.first == kept.last)
            let limit = "prlimit --pid $US --core"
            let own = "prlimit --core=0 -- prlimit --core"
            let ours = try run(limit, places, isConfined: false)
            let refused = try run(limit, places, isConfined: false, staysInGroup: true)
            let theirs = try run(own, places, isConfined: false, staysInGroup: true)
            #expect(ours.isWell && !refused.isWell && theirs.isWell)
        }
    }

    /// Whether the kernel knows ports (6.7) and signals (6.12).
    private static var isNew: Bool {
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 12)
    }
}
