import Foundation
import NIOConcurrencyHelpers

/// Ports of 127.0.0.1 for servers that must know theirs before they start.
///
/// They lie below those that the system gives to outgoing connections and to whoever binds port 0. Of those, one could
/// be taken by anybody's connection between the choice and the start, or while its server is down; and a client that
/// tries again and again to reach one may in the end connect to itself, as TCP allows two ends that open at once.
package enum FreePort {
    package struct NoneLeft: Error {}

    /// Where the system's own choice usually begins, and where it may be set to begin at the earliest (ip(7)).
    private static let usualEnd = 32_768
    private static let beginning = 10_000

    private static let ports: Range<Int> = {
        let range = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let first = range?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? usualEnd
        // A machine that leaves no room below has none above either: then any port must do.
        return first > beginning + 1_000 ? beginning..<first : beginning..<usualEnd
    }()

    /// Test processes that run side by side begin in different places.
    private static let last = NIOLockedValueBox(Int.random(in: ports))

    /// One that nobody listens on, and that this process was not given before, unless it has had them all.
    ///
    /// - Throws: ``NoneLeft`` where all are taken.
    package static func next() throws(NoneLeft) -> Int {
        for _ in ports {
            let port = last.withLockedValue { last in
                last = last + 1 < ports.upperBound ? last + 1 : ports.lowerBound
                return last
            }
            if isFree(port) { return port }
        }
        throw NoneLeft()
    }

    /// Binds for a moment, as its server will.
    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
