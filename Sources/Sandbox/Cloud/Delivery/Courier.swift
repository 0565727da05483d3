import JSON
import NIOConcurrencyHelpers
import ServiceLifecycle

/// One copy of an event on its way.
struct Letter: Sendable {
    let eventID: String
    let copy: Int
    let plaintext: [UInt8]
    /// The app it is for, whose key seals it.
    let app: SandboxApp
    let url: String
    /// How long it is until what it tells of happens.
    var delay = Duration.zero
}

/// How one attempt to deliver ended, and what follows.
enum DeliveryStep: Sendable {
    case acknowledged
    /// Tried again after this long.
    case waiting(Duration)
    case givenUp
}

/// Brings events to the gateway and repeats those not answered with 200, as the real cloud does: after 15 s, 5 min,
/// 1 h and 6 h, four times at most (interface specification, section 2.12).
final class Courier: Service {
    static let schedule: [Duration] = [.seconds(15), .seconds(300), .seconds(3600), .seconds(6 * 3600)]

    /// Who is told what happens.
    struct Listener: Sendable {
        let attempted: @Sendable (Letter, DeliveryRecord.Attempt, DeliveryStep) -> Void
        let verified: @Sendable () -> Void
    }

    private let configuration: SandboxConfiguration
    private let time: CloudTime
    private let carrier: any EventCarrier
    private let letters: AsyncStream<Letter>
    private let inbox: AsyncStream<Letter>.Continuation
    private let underway = NIOLockedValueBox(0)
    private let listener = NIOLockedValueBox<Listener?>(nil)
    /// Apps whose event URL gave the challenge back.
    private let verified = NIOLockedValueBox<Set<String>>([])

    init(configuration: SandboxConfiguration, time: CloudTime, carrier: any EventCarrier) {
        self.configuration = configuration
        self.time = time
        self.carrier = carrier
        (letters, inbox) = AsyncStream.makeStream(of: Letter.self)
    }

    /// Whether the gateway has answered the challenge for the main app.
    var isVerified: Bool { verified.withLockedValue { $0.contains(configuration.app.id) } }

    /// Tells `listener` from now on.
    func tell(_ listener: Listener) { self.listener.withLockedValue { $0 = listener } }

    /// Takes letters for delivery, all or none; false when too many are under way.
    func post(_ batch: [Letter]) -> Bool {
        let accepted = underway.withLockedValue { count in
            guard count + batch.count <= configuration.bounds.underway else { return false }
            count += batch.count
            return true
        }
        if accepted { for letter in batch { inbox.yield(letter) } }
        return accepted
    }

    /// Delivers until graceful shutdown; what waits for a repetition then is dropped, as all else in memory.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if self.configuration.verifiesEventURL {
                    for app in self.configuration.apps { group.addTask { await self.verify(app) } }
                }
                for await letter in self.letters {
                    group.addTask { await self.deliver(letter) }
                }
                group.cancelAll()
            }
        }
    }

    private func deliver(_ letter: Letter) async {
        defer { underway.withLockedValue { $0 -= 1 } }
        if letter.delay > .zero {
            do { try await time.sleep(letter.delay) } catch { return }
        }
        for repetition in 0...Self.schedule.count {
            let started = time.now()
            let (status, failure) = await attempt(letter)
            if Task.isCancelled { return }
            let step: DeliveryStep
            if status == 200 {
                step = .acknowledged
            } else if repetition < Self.schedule.count {
                step = .waiting(Self.schedule[repetition] / configuration.redeliverySpeed)
            } else {
                step = .givenUp
            }
            let attempt = DeliveryRecord.Attempt(
                copy: letter.copy,
                repetition: repetition,
                started: started,
                milliseconds: time.now() - started,
                status: status,
                failure: failure
            )
            listener.withLockedValue { $0 }?.attempted(letter, attempt, step)
            guard case .waiting(let delay) = step else { return }
            do { try await time.sleep(delay) } catch { return }
        }
    }

    /// The status answered, or why there was none.
    private func attempt(_ letter: Letter) async -> (status: Int?, failure: String?) {
        do {
            let event = try SealedEvent(letter.plaintext, key: letter.app.encryptKey, now: time.now())
            let answer = try await carrier.carry(event, to: letter.url, timeout: configuration.deliveryTimeout)
            return (answer.status, nil)
        } catch {
            return (nil, String(describing: error))
        }
    }

    /// Asks for the challenge, more and more slowly, until the gateway gives it back.
    private func verify(_ app: SandboxApp) async {
        guard let url = configuration.eventURL(of: app) else { return }
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            let challenge = Identifier.event()
            let plaintext = EventEnvelope.challenge(challenge, app: app).bytes
            if let event = try? SealedEvent(
                plaintext,
                key: app.encryptKey,
                now: time.now(),
                isSigned: false
            ),
                let answer = try? await carrier.carry(event, to: url, timeout: .seconds(1)), answer.status == 200,
                let body = try? JSONValue(parsing: answer.body), body["challenge"]?.string == challenge
            {
                verified.withLockedValue { _ = $0.insert(app.id) }
                listener.withLockedValue { $0 }?.verified()
                return
            }
            do { try await time.sleep(pause) } catch { return }
            pause = min(pause * 2, .seconds(5))
        }
    }
}
