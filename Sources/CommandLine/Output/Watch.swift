import ArgumentParser
import Dispatch
import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The option of commands whose result is worth looking at again and again.
struct WatchOptions: ParsableArguments {
    @Option(
        defaultAsFlag: 2,
        help: ArgumentHelp("Look again every so many seconds, until Ctrl-C.", valueName: "seconds")
    )
    var watch: Double?

    func validate() throws {
        guard let watch else { return }
        guard (0.1...3600).contains(watch) else { throw ValidationError("--watch takes 0.1 to 3600 seconds") }
    }

    /// Writes what `look` says: once, or again and again until SIGINT or SIGTERM, on a terminal in the same place.
    ///
    /// - Throws: What the first look throws. Later failures are shown in the result's place, as they may pass.
    func show(_ look: () async throws(CommandFailure) -> String) async throws(CommandFailure) {
        let first = try await look()
        guard let watch else { return StandardOutput.write(first) }
        let screen = Screen(isTerminal: LogOutput.standardOutput.isTerminal)
        let ticks = Ticks(every: watch)
        screen.write(first)
        for await _ in ticks.stream {
            do throws(CommandFailure) {
                screen.write(try await look())
            } catch {
                screen.write("\(error.message ?? "failed")\n")
            }
        }
        ticks.end()
    }
}

/// Where one result takes the place of the one before.
struct Screen {
    let isTerminal: Bool

    func write(_ text: String) { StandardOutput.write(rendered(text)) }

    /// On a terminal (ECMA-48): home, each line cleared to its end, then all below it. Elsewhere just one after the other.
    func rendered(_ text: String) -> String {
        guard isTerminal else { return text }
        return "\u{1B}[H" + text.replacing("\n", with: "\u{1B}[K\n") + "\u{1B}[J"
    }
}

/// A stream of moments, which a signal ends.
struct Ticks {
    let stream: AsyncStream<Void>
    private let timer: any DispatchSourceTimer
    private let signals: [any DispatchSourceSignal]

    init(every seconds: Double) {
        // Where looking takes longer than the time between, the moments it missed count as one.
        let (stream, sender) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + seconds, repeating: seconds)
        timer.setEventHandler { sender.yield() }
        timer.resume()
        signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { sender.finish() }
            source.resume()
            return source
        }
    }

    func end() {
        timer.cancel()
        for source in signals { source.cancel() }
    }
}
