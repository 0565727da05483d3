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
                terminal: ai-assistant plugins install --url http://127.0.0.1:8300 --secret-file signing.txt
                Python 3.9 or newer is needed, and what the file imports; nothing else.
                """
        )

        @Argument(help: "The Python file, FILE or FILE:CLASS.")
        var file: String
        @Option(help: "Address to listen on.")
        var host = "127.0.0.1"
        @Option(help: "Port to listen on; 0 takes a free one.")
        var port = 8300
        @Option(help: ArgumentHelp("File with what requests are signed with.", valueName: "path"))
        var secretFile: String?
        @Flag(help: "Take requests that are not signed; only on the loopback address.")
        var insecure = false
        @Option(help: ArgumentHelp("The Python program.", valueName: "path"))
        var python = "python3"

        func validate() throws {
            guard secretFile != nil || insecure else {
                throw ValidationError("say how requests are checked: --secret-file, or --insecure while trying things")
            }
        }

        func run() async throws {
            let folder: String
            do {
                folder = try PythonPackage.write(
                    into: FileManager.default.temporaryDirectory.path()
                        + "ai-assistant-\(ProcessInfo.processInfo.userName)"
                )
            } catch {
                throw CommandFailure(.failed, "the Python package cannot be written: \(error)")
            }
            var environment = ProcessInfo.processInfo.environment
            environment["PYTHONPATH"] = [folder, environment["PYTHONPATH"]].compactMap { $0 }.joined(separator: ":")
            if let secretFile { environment["PLUGIN_SECRET"] = try SecretFile.read(secretFile).value }
            let arguments =
                ["-m", "plugin_interface", "serve", file, "--host", host, "--port", String(port)]
                + (insecure ? ["--insecure"] : [])
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
