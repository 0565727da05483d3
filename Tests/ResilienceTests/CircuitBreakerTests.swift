import Resilience
import Testing

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private typealias Admission = CircuitBreaker.Admission

    @Test("opens after failures in a row, and a success in between starts the count anew")
    func consecutive() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 3, failureShare: 2))
        for second in 0..<2 { breaker.failed(.allowed, at: .seconds(second)) }
        breaker.succeeded(.allowed, at: .seconds(2))
        for second in 3..<5 { breaker.failed(.allowed, at: .seconds(second)) }
        #expect(breaker.admit(at: .seconds(5)) == .allowed)
        breaker.failed(.allowed, at: .seconds(5))
        #expect(breaker.admit(at: .seconds(6)) == .refused(.seconds(9)))
        #expect(breaker.state(at: .seconds(6)) == .open)
    }

    @Test("opens at a share of failures, once there are enough requests to tell")
    func share() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 100, minimumRequests: 10))
        for index in 0..<9 {
            index % 2 == 0 ? breaker.succeeded(.allowed, at: .zero) : breaker.failed(.allowed, at: .zero)
        }
        #expect(breaker.state(at: .zero) == .closed)
        breaker.failed(.allowed, at: .zero)
        #expect(breaker.state(at: .zero) == .open)
    }

    @Test("forgets what is older than its window")
    func window() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 100, minimumRequests: 10))
        for _ in 0..<9 { breaker.failed(.allowed, at: .seconds(1)) }
        breaker.failed(.allowed, at: .seconds(70))
        #expect(breaker.state(at: .seconds(70)) == .closed)
    }

    @Test("lets one probe through after the pause, which doubles with each that fails, up to its bound")
    func probes() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 1, longestPause: .seconds(35)))
        var now = Duration.zero
        breaker.failed(.allowed, at: now)
        for pause in [10, 20, 35, 35] {
            #expect(breaker.admit(at: now) == .refused(.seconds(pause)))
            now += .seconds(pause)
            #expect(breaker.admit(at: now) == .probe)
            #expect(breaker.admit(at: now) == .refused(.seconds(1)))
            breaker.failed(.probe, at: now)
        }
        now += .seconds(35)
        #expect(breaker.admit(at: now) == .probe)
        breaker.succeeded(.probe, at: now)
        #expect(breaker.admit(at: now) == .allowed)
        breaker.failed(.allowed, at: now)
        #expect(breaker.admit(at: now) == .refused(.seconds(10)))
    }

    @Test("requests from before it opened neither close it nor make the pause longer")
    func stragglers() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 1))
        breaker.failed(.allowed, at: .zero)
        breaker.failed(.allowed, at: .seconds(5))
        breaker.succeeded(.allowed, at: .seconds(6))
        #expect(breaker.admit(at: .seconds(9)) == .refused(.seconds(1)))
        #expect(breaker.admit(at: .seconds(10)) == .probe)
        breaker.failed(.allowed, at: .seconds(10))
        #expect(breaker.state(at: .seconds(11)) == .halfOpen)
    }

    @Test("an abandoned probe makes room for the next")
    func abandoned() {
        var breaker = CircuitBreaker(policy: .init(consecutiveFailures: 1))
        breaker.failed(.allowed, at: .zero)
        let probe = breaker.admit(at: .seconds(10))
        breaker.abandoned(probe)
        #expect(breaker.admit(at: .seconds(10)) == .probe)
    }

    @Test("rests for as long as the vendor asks, within bounds, without opening")
    func rest() {
        var breaker = CircuitBreaker()
        breaker.failed(.allowed, at: .zero, retryAfter: .seconds(7))
        #expect(breaker.admit(at: .seconds(2)) == .refused(.seconds(5)))
        #expect(breaker.admit(at: .seconds(7)) == .allowed)
        breaker.failed(.allowed, at: .seconds(7), retryAfter: .seconds(86_400))
        #expect(breaker.admit(at: .seconds(8)) == .refused(.seconds(299)))
    }

    @Test("a wrong key or an empty account opens it at once and for long")
    func lasting() {
        var breaker = CircuitBreaker()
        breaker.failed(.allowed, at: .zero, isLasting: true)
        #expect(breaker.admit(at: .seconds(1)) == .refused(.seconds(299)))
    }
}
