import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How to start a program: in a process group of its own, so that Ctrl-C reaches only us, with nothing on its standard
/// input, no signal blocked or ignored, and of our descriptors only those that are named.
///
/// In C (`CSpawn`): a process with several threads may run next to nothing between fork and exec.
package struct ProcessLaunch: Sendable {
    /// What the system said against it.
    package struct Failure: Error, CustomStringConvertible {
        /// `errno`, see errno(3).
        package let code: Int32

        package init(code: Int32) { self.code = code }

        package var description: String { String(cString: strerror(code)) }
    }

    /// Absolute path, or a name to be looked up in `PATH`.
    package let program: String
    package let arguments: [String]
    /// The whole environment; secrets travel here and never as arguments.
    package let environment: [String: String]
    /// Our descriptors by the number they get there. 1 and 2 stay what they are where they are not named.
    package var descriptors: [Int32: Int32] = [:]
    /// Its working directory; nil: ours.
    package var directory: String?
    /// What it may reach of the system; nil: what we may.
    package var sandbox: ProcessSandbox?
    /// Whether it and all that it starts stay in its group, so that who signals the group reaches all of it. Where the
    /// kernel cannot see to that, they do as they like.
    package var staysInGroup = false
    /// How much it stands back for us where the processor is short, from 0 to 19.
    package var niceness = 0

    package init(_ program: String, arguments: [String], environment: [String: String]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts it.
    ///
    /// - Returns: Its process ID, which stands for it until `ProcessEnding(of:)` returned.
    /// - Throws: `Failure` where the system would not.
    package func spawn() throws(Failure) -> Int32 {
        let path = program.contains("/") ? program : Self.find(program)
        guard let path else { throw Failure(code: ENOENT) }
        let ruleset = try sandbox?.ruleset()
        defer { if let ruleset { close(ruleset) } }
        let pairs = descriptors.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }

        let texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        let paths = [strdup(path), directory.flatMap { strdup($0) }]
        defer { for text in texts + variables + paths { free(text) } }
        var processID = pid_t()
        let code = pairs.withUnsafeBufferPointer { pairs in
            texts.withUnsafeBufferPointer { texts in
                variables.withUnsafeBufferPointer { variables in
                    var plan = cspawn_plan()
                    plan.program = UnsafePointer(paths[0])
                    plan.arguments = texts.baseAddress
                    plan.environment = variables.baseAddress
                    plan.directory = UnsafePointer(paths[1])
                    plan.descriptors = pairs.baseAddress
                    plan.descriptor_count = pairs.count / 2
                    plan.niceness = Int32(niceness)
                    plan.stays_in_group = staysInGroup ? 1 : 0
                    plan.ruleset = ruleset ?? -1
                    return cspawn_start(&plan, &processID)
                }
            }
        }
        guard code == 0 else { throw Failure(code: code) }
        return processID
    }

    /// Where a program is by our own search path.
    private static func find(_ name: String) -> String? {
        ConfinedProgram.find(name, in: getenv("PATH").map { String(cString: $0) } ?? ConfinedProgram.systemPath)
    }
}
