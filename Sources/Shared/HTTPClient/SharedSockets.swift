/// Sockets on which several transfers may share one HTTP/2 connection, and when to act on them unasked.
///
/// Reading for one stream, libcurl also takes from the socket what belongs to others. In 7.88 (Debian 12's) it may then
/// forget to tell them: their bytes lie in its buffers, no event comes, and they hang until a timer of theirs fires.
/// (300 requests over 2 connections showed it in every second run, with `curl_multi_socket_action` alone.) Acting on
/// such a socket until nobody gets anything more delivers them; that is done shortly after each event, and now and then
/// while transfers are under way. libcurl does not tell which transfer is on which socket before it ends, so all
/// sockets of TLS count as long as any transfer's protocol is unknown or HTTP/2.
struct SharedSockets {
    static let afterEvent: Duration = .milliseconds(5)
    static let whileQuiet: Duration = .milliseconds(200)

    private var sockets: Set<Int32> = []
    private var stirred: Set<Int32> = []
    private var users = 0
    private var stirredDue: ContinuousClock.Instant?
    private var allDue: ContinuousClock.Instant?

    /// When to act next; nil while nobody shares.
    var due: ContinuousClock.Instant? {
        guard users > 0, let allDue else { return nil }
        return stirredDue.map { min($0, allDue) } ?? allDue
    }

    mutating func watch(_ socket: Int32) { sockets.insert(socket) }

    mutating func forget(_ socket: Int32) {
        sockets.remove(socket)
        stirred.remove(socket)
    }

    /// A transfer begins that may share.
    mutating func enter(at now: ContinuousClock.Instant) {
        if users == 0 { allDue = now.advanced(by: Self.whileQuiet) }
        users += 1
    }

    /// It has ended, or turned out not to share.
    mutating func leave() { users -= 1 }

    /// Something happened on a socket.
    mutating func stir(_ socket: Int32, at now: ContinuousClock.Instant) {
        guard users > 0, sockets.contains(socket) else { return }
        stirred.insert(socket)
        if stirredDue == nil { stirredDue = now.advanced(by: Self.afterEvent) }
    }

    /// The sockets to act on now. One on which that brings something is to be stirred again.
    mutating func take(at now: ContinuousClock.Instant) -> Set<Int32> {
        guard let due, due <= now else { return [] }
        defer {
            stirred = []
            stirredDue = nil
        }
        guard let allDue, allDue <= now else { return stirred }
        self.allDue = now.advanced(by: Self.whileQuiet)
        return sockets
    }
}
