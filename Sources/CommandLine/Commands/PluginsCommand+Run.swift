import ArgumentParser
import Cryptography
import FoundationEssentials
import Platform
import PluginPython

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PluginsCommand {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serves a plugin of this machine, as its author does while writing it.",
            discussion: """
                ai-assistant plugins run weather.py
                Serves the class of a Python file that is a PluginInterface, on 127.0.0.1:8300, until Ctrl-C. Then, in another \
                terminal: ai-assistant plugins install --url http://127.0.0.1:8300
                The worker must be let to call it: PLUGINS_ALLOWED_NETWORKS=127.0.0.0/8.
                Python 3.9 or newer is needed, and what the file imports; nothing else.
                """
        )

        @Argument(help: "The Python file, FILE or FILE:CLASS.")
        var file: String
        @Option(help: "Address to listen on.")
        var host = "127.0.0.1"
        @Option(help: "Port to listen on; 0 takes a free one.")
        var port = 8300
        @Option(
            help: ArgumentHelp(
                "File with what requests are signed with; else those of this machine are taken as they come.",
                valueName: "path"
            )
        )
        var secretFile: String?
        @Option(help: ArgumentHelp("The Python program.", valueName: "path"))
        var python = "python3"

        func validate() throws {
            guard secretFile != nil || ["127.0.0.1", "::1", "localhost"].contains(host) else {
                throw ValidationError(
                    "--host \(host) is open to other machines: say how requests are signed, --secret-file"
                )
            }
        }

        /// Where the Python package is kept: a place of the person's own, since what stands there is run.
        private static func folder(_ environment: [String: String]) -> String {
            let cache = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { "\($0)/.cache" }
            if let cache, cache.hasPrefix("/") { return "\(cache)/ai-assistant/python" }
            return FileManager.default.temporaryDirectory.appending(path: "ai-assistant-\(UUID().uuidString)").path
        }

        func run() async throws {
            var environment = ProcessInfo.processInfo.environment
            let folder: String
            do {
                folder = try PythonPackage.write(into: Self.folder(environment))
            } catch {
                throw CommandFailure(.failed, "the Python package cannot be written: \(error)")
            }
            environment["PYTHONPATH"] = [folder, environment["PYTHONPATH"]].compactMap { $0 }.joined(separator: ":")
            if let secretFile { environment["PLUGIN_SECRET"] = try SecretFile.read(secretFile).value }
            let arguments =
                ["-m", "plugin_interface", "serve", file, "--host", host, "--port", String(port)]
                + (secretFile == nil ? ["--insecure"] : [])
            for (name, value) in environment { setenv(name, value, 1) }
            var words: [UnsafeMutablePointer<CChar>?] = ([python] + arguments).map { strdup($0) } + [nil]
            // It takes this process's place, so Ctrl-C and what it says are its own. This thread may have signals blocked,
            // which it would keep.
            var none = sigset_t()
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, nil)
            execvp(python, &words)
            throw CommandFailure(.failed, "\(python) cannot be started: \(String(cString: strerror(errno)))")
        }
    }
}
